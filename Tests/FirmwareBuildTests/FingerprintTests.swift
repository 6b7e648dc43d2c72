// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import FirmwareBuild

@Suite struct FingerprintTests {
  private func fingerprint(_ parts: String...) -> Fingerprint {
    var result = Fingerprint()
    for part in parts { result.add(part) }
    return result
  }

  @Test func equalInputs_haveEqualFingerprints() {
    #expect(fingerprint("Startup", "Drivers") == fingerprint("Startup", "Drivers"))
  }

  @Test func oneByte_changesFingerprint() {
    #expect(fingerprint("let a = 1000000") != fingerprint("let a = 1000001"))
    #expect(fingerprint("a") != fingerprint("b"))
  }

  @Test func bytesMovedBetweenInputs_changeFingerprint() {
    #expect(fingerprint("ab", "c") != fingerprint("a", "bc"))
    #expect(fingerprint("") != fingerprint())
  }

  @Test func folder_countsNamesAndContents_butNotWhatIsLeftOut() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("breadboard-fingerprint-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("Generated"), withIntermediateDirectories: true)
    func write(_ text: String, _ name: String) throws {
      try Data(text.utf8).write(to: folder.appendingPathComponent(name))
    }
    func current() -> Fingerprint {
      var result = Fingerprint()
      result.add(contentsOf: folder, leavingOut: ["Generated"])
      return result
    }
    try write("1", "a.swift")
    let first = current()
    try write("anything", "Generated/Network.swift")
    #expect(current() == first)
    try write("2", "a.swift")
    #expect(current() != first)
    try write("1", "a.swift")
    #expect(current() == first)
    try write("", "b.swift")
    #expect(current() != first)
  }
}
