// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Transports

@Suite(.serialized) struct SerialPortTests {
  private let terminal: PseudoTerminal

  init() throws { terminal = try PseudoTerminal() }

  @Test func bytes_passBothWaysUnchanged() throws {
    let port = try SerialPort(path: terminal.path, baud: 115_200)
    let all = (0...255).map { UInt8($0) }
    try port.write(all)
    #expect(terminal.read(atMost: 300) == all)
    #expect(terminal.write(all) == 256)
    var got: [UInt8] = []
    while got.count < 256 {
      let more = try port.read(atMost: 100, within: .seconds(1))
      try #require(!more.isEmpty)
      got += more
    }
    #expect(got == all)
  }

  @Test func read_endsWithNothingAfterItsTime() throws {
    let port = try SerialPort(path: terminal.path, baud: 9600)
    let start = ContinuousClock.now
    #expect(try port.read(atMost: 1, within: .milliseconds(80)) == [])
    #expect(ContinuousClock.now - start >= .milliseconds(75))
    #expect(try port.read(atMost: 1, within: .zero) == [])
  }

  @Test(arguments: [1200, 9600, 115_200, 230_400, 921_600, 74_880])
  func speed_isWhatWasAskedFor(baud: Int) throws {
    let port = try SerialPort(path: terminal.path, baud: 9600)
    try port.setBaud(baud)
    #expect(terminal.baud == baud)
  }

  @Test func nonsensicalSpeed_isRefused() throws {
    let port = try SerialPort(path: terminal.path, baud: 9600)
    #expect(throws: TransportError.failed("0 baud is no speed of a serial port")) {
      try port.setBaud(0)
    }
  }

  @Test func pseudoTerminal_hasNoModemLines() throws {
    let port = try SerialPort(path: terminal.path, baud: 9600)
    #expect(try port.setLines(dtr: false, rts: nil) == false)
    #expect(try port.setLines(dtr: nil, rts: nil) == true)
  }

  @Test func discardInput_dropsWhatWasNotRead() throws {
    let port = try SerialPort(path: terminal.path, baud: 9600)
    _ = terminal.write([1, 2, 3])
    try port.discardInput()
    #expect(try port.read(atMost: 10, within: .milliseconds(20)) == [])
  }

  @Test func closing_keepsWhatWasWrittenAndIsSeen() throws {
    let port = try SerialPort(path: terminal.path, baud: 9600)
    #expect(terminal.isOpen)
    try port.write([7, 8])
    port.close()
    #expect(terminal.read(atMost: 10) == [7, 8])
    #expect(!terminal.isOpen)
    #expect(throws: TransportError.disconnected) { try port.write([1]) }
  }

  @Test func portThatGoesAway_isDisconnected() throws {
    let port = try SerialPort(path: terminal.path, baud: 9600)
    terminal.close()
    #expect(throws: TransportError.disconnected) {
      try port.read(atMost: 1, within: .seconds(2))
    }
  }

  @Test func writeThatNobodyTakes_timesOut() throws {
    let port = try SerialPort(path: terminal.path, baud: 9600)
    port.writeTimeout = .milliseconds(60)
    #expect(throws: TransportError.timedOut) {
      try port.write([UInt8](repeating: 0, count: 1 << 20))
    }
  }

  @Test func portThatAnotherProgramHolds_isBusy() throws {
    let first = try SerialPort(path: terminal.path, baud: 9600)
    #expect(throws: TransportError.busy(path: terminal.path)) {
      try SerialPort(path: terminal.path, baud: 9600)
    }
    first.close()
    _ = try SerialPort(path: terminal.path, baud: 9600)
  }

  @Test func pathsThatAreNoPorts_areTold() throws {
    #expect(throws: TransportError.notFound(path: "/dev/ttyNowhere")) {
      try SerialPort(path: "/dev/ttyNowhere", baud: 9600)
    }
    #expect(throws: TransportError.failed("/dev/null is no serial port")) {
      try SerialPort(path: "/dev/null", baud: 9600)
    }
    #expect(TransportError(opening: "x", EACCES) == .accessDenied(path: "x"))
    #expect(TransportError(opening: "x", EBUSY) == .busy(path: "x"))
    #expect(TransportError(transferring: EIO) == .disconnected)
  }
}
