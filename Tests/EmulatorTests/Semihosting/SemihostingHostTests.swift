// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Emulator

@Suite struct SemihostingHostTests {
  private var host = SemihostingHost()

  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  @Test mutating func withoutAFolder_noFileOpens_andTheReasonIsKept() {
    let handle = host.attempt { (host) throws(FileError) in try host.open(Array("a".utf8), mode: 4)
    }
    #expect(handle == nil)
    #expect(host.lastError == .accessDenied)
  }

  @Test mutating func streams_areToldApart() throws {
    let (input, output) = (
      try host.open(bytes(":tt"), mode: 0), try host.open(bytes(":tt"), mode: 4)
    )
    let error = try host.open(bytes(":tt"), mode: 8)
    #expect(input > 0 && Set([input, output, error]).count == 3)
    #expect(try host.console(input) == .input)
    #expect(try host.console(output) == .output)
    #expect(try host.console(error) == .output)
  }

  @Test mutating func features_offerExtendedExitAndStandardError() throws {
    let handle = try host.open(bytes(":semihosting-features"), mode: 0)
    #expect(try host.length(handle) == 5)
    #expect(try host.read(handle, 4) == bytes("SHFB"))
    #expect(try host.read(handle, 4) == [3])
    #expect(try host.read(handle, 4).isEmpty)
    try host.seek(handle, to: 4)
    #expect(try host.read(handle, 1) == [3])
  }

  @Test mutating func handle_isUsedAgainOnlyOnceClosed() throws {
    let first = try host.open(bytes(":tt"), mode: 0)
    let second = try host.open(bytes(":tt"), mode: 4)
    try host.close(first)
    #expect(refusal { _ = try host.console(first) } == .badHandle)
    #expect(try host.open(bytes(":tt"), mode: 0) == first)
    #expect(try host.console(second) == .output)
  }

  @Test mutating func nonsenseHandles_areRefused() throws {
    for handle: UInt32 in [0, 1, 2, .max, 0x8000_0000] {
      #expect(refusal { _ = try host.console(handle) } == .badHandle)
    }
  }

  @Test mutating func openingForEver_ends() throws {
    for _ in 0..<64 { _ = try host.open(bytes(":tt"), mode: 0) }
    let next = host.attempt { (host) throws(FileError) in try host.open(Array(":tt".utf8), mode: 0)
    }
    #expect(next == nil)
    #expect(host.lastError == .tooManyFiles)
  }

  @Test(arguments: [
    (0, true, false, false, false), (2, true, true, false, false), (5, false, true, true, false),
    (7, true, true, true, false), (8, false, true, true, true), (11, true, true, true, true),
  ])
  func mode_isWhatFopenSays(
    _ number: UInt32, _ reads: Bool, _ writes: Bool, _ creates: Bool, _ appends: Bool
  ) throws {
    let mode = try #require(OpenMode(number: number))
    #expect(mode.reads == reads && mode.writes == writes)
    #expect(mode.creates == creates && mode.appends == appends)
    #expect(mode.truncates == (creates && !appends))
  }
}
