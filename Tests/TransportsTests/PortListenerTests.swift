// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Transports

@Suite struct PortListenerTests {
  private let terminal: PseudoTerminal
  private let listener: PortListener
  private let port: Int32

  init() throws {
    terminal = try PseudoTerminal()
    listener = PortListener(terminal)
    port = open(terminal.path, O_RDWR | O_NOCTTY)
    try #require(port >= 0)
  }

  private func next() -> [UInt8] {
    for _ in 0..<500 where listener.isEmpty { listener.wait(milliseconds: 10) }
    return listener.next()
  }

  @Test func writes_areTakenOneByOne() {
    #expect(write(port, [1, 2] as [UInt8], 2) == 2)
    #expect(next() == [1, 2])
    #expect(write(port, [3] as [UInt8], 1) == 1)
    #expect(next() == [3])
    #expect(listener.next() == [])
    listener.stop()
    close(port)
  }

  /// A terminal gives at most 4095 bytes at a time.
  @Test func aLongWrite_staysTogether() {
    let bytes = (0..<4096).map { UInt8(truncatingIfNeeded: $0) }
    #expect(write(port, bytes, 4096) == 4096)
    #expect(next() == bytes)
    listener.stop()
    close(port)
  }

  @Test func whatCameLast_outlivesTheThread() {
    #expect(write(port, [9] as [UInt8], 1) == 1)
    for _ in 0..<500 where listener.isEmpty { listener.wait(milliseconds: 10) }
    close(port)
    listener.stop()
    terminal.close()
    #expect(listener.next() == [9])
  }
}
