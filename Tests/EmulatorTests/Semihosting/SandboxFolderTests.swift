// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Emulator

/// A folder for the guest inside one that is none of its business.
@Suite final class SandboxFolderTests {
  private let outside: URL
  private let inside: URL
  private let sandbox: SandboxFolder

  init() throws {
    outside = FileManager.default.temporaryDirectory.appendingPathComponent(
      "breadboard-\(UUID().uuidString)")
    inside = outside.appendingPathComponent("inside")
    try FileManager.default.createDirectory(
      at: inside.appendingPathComponent("deep/er"), withIntermediateDirectories: true)
    try Data("secret".utf8).write(to: outside.appendingPathComponent("secret"))
    try Data("open".utf8).write(to: inside.appendingPathComponent("deep/er/open"))
    let links = [
      "file": outside.appendingPathComponent("secret").path, "folder": outside.path,
      "up": "..", "dangling": outside.appendingPathComponent("made").path,
    ]
    for (name, target) in links {
      try FileManager.default.createSymbolicLink(
        atPath: inside.appendingPathComponent(name).path, withDestinationPath: target)
    }
    mkfifo(inside.appendingPathComponent("pipe").path, 0o600)
    sandbox = try SandboxFolder(path: inside.path)
  }

  deinit { try? FileManager.default.removeItem(at: outside) }

  private func open(_ name: String, _ mode: UInt32) throws(FileError) -> HostFile {
    guard let mode = OpenMode(number: mode) else { throw .invalid }
    return try sandbox.open(Array(name.utf8), mode)
  }

  private static let doors = [
    "../secret", "deep/../../secret", "/etc/hostname", "//etc/hostname", "file", "folder/secret",
    "up/secret", "deep/../file", "dangling", "pipe", "./../secret", "..", "folder/",
  ]

  @Test(arguments: doors) func nameThatLeadsOut_isRefused(_ name: String) throws {
    for mode: UInt32 in 0..<12 {
      #expect(refusal { _ = try self.open(name, mode) } != nil)
    }
    #expect(
      refusal {
        _ = try self.sandbox.rename(Array("deep/er/open".utf8), to: Array("../moved".utf8))
      } != nil)
    let names = try FileManager.default.contentsOfDirectory(atPath: outside.path)
    #expect(names.sorted() == ["inside", "secret"])
    let secret = try String(contentsOf: outside.appendingPathComponent("secret"), encoding: .utf8)
    #expect(secret == "secret")
  }

  @Test(arguments: ["../secret", "folder/secret", "up/secret", "/tmp/x"])
  func removalOutside_isRefused(_ name: String) {
    #expect(refusal { _ = try self.sandbox.remove(Array(name.utf8)) } == .accessDenied)
  }

  @Test func fileInside_isWrittenReadAndRemoved() throws {
    let file = try open("./deep/new", 6)
    #expect(try file.write(Array("hello".utf8), at: 0) == 5)
    #expect(try file.write(Array("J".utf8), at: 0) == 1)
    #expect(try file.read(10, at: 1) == Array("ello".utf8))
    #expect(file.length == 5)
    try sandbox.rename(Array("deep/new".utf8), to: Array("deep/er/old".utf8))
    #expect(refusal { _ = try self.open("deep/new", 0) } == .noEntry)
    try sandbox.remove(Array("deep/er/old".utf8))
    #expect(refusal { _ = try self.open("deep/er/old", 0) } == .noEntry)
  }

  @Test func appending_goesBehindTheEnd_whereverThePositionIs() throws {
    let file = try open("deep/er/open", 8)
    #expect(try file.write(Array("ed".utf8), at: 0) == 6)
    #expect(refusal { _ = try file.read(1, at: 0) } == .badHandle)
    #expect(try open("deep/er/open", 0).read(9, at: 0) == Array("opened".utf8))
  }

  @Test func fileThatIsReadOnly_takesNoBytes() throws {
    let file = try open("deep/er/open", 1)
    #expect(refusal { _ = try file.write([0], at: 0) } == .badHandle)
  }

  @Test func fileOfMoreThanAGibibyte_isRefused() throws {
    let file = try open("large", 4)
    #expect(refusal { _ = try file.write([0, 0], at: 1 << 30 - 1) } == .tooLarge)
    #expect(file.length == 0)
  }

  @Test func folderThatIsNotThere_isNamed() {
    var told = ""
    do { _ = try SandboxFolder(path: "/nowhere/at/all") } catch { told = error.description }
    #expect(told.contains("'/nowhere/at/all'"))
  }
}

/// Why a call failed, nil if it did not.
func refusal(_ body: () throws -> Void) -> FileError? {
  do { try body() } catch { return error as? FileError }
  return nil
}
