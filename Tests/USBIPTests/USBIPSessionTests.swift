// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing
import USBModel

@testable import USBIP

/// Held against the kernel's Documentation/usb/usbip_protocol.rst.
@Suite struct USBIPSessionTests {
  private static func words(_ values: UInt32...) -> [UInt8] {
    values.reduce(into: []) { $0.append(long: $1) }
  }

  private static let list: [UInt8] = [0x01, 0x11, 0x80, 0x05, 0, 0, 0, 0]

  private static func importing(_ name: String) -> [UInt8] {
    var bytes: [UInt8] = [0x01, 0x11, 0x80, 0x03, 0, 0, 0, 0]
    bytes.append(text: name, in: 32)
    return bytes
  }

  private static func submit(
    _ sequence: UInt32, endpoint: UInt32, isToHost: Bool, length: UInt32, packets: UInt32 = .max,
    setup: [UInt8] = Array(repeating: 0, count: 8), data: [UInt8] = []
  ) -> [UInt8] {
    words(1, sequence, 0x1_0002, isToHost ? 1 : 0, endpoint, 0, length, 0, packets, 0) + setup
      + data
  }

  private static func unlink(_ sequence: UInt32, _ target: UInt32) -> [UInt8] {
    words(2, sequence, 0x1_0002, 0, 0, target) + Array(repeating: 0, count: 24)
  }

  private static func submitReply(
    _ sequence: UInt32, status: Int32 = 0, count: UInt32 = 0, data: [UInt8] = []
  ) -> [UInt8] {
    words(3, sequence, 0, 0, 0, UInt32(bitPattern: status), count, 0, 0, 0)
      + Array(repeating: 0, count: 8) + data
  }

  private static func unlinkReply(_ sequence: UInt32, status: Int32) -> [UInt8] {
    words(4, sequence, 0, 0, 0, UInt32(bitPattern: status)) + Array(repeating: 0, count: 24)
  }

  private func attached() -> (USBIPSession, StubFunction) {
    let function = StubFunction()
    return (USBIPSession(.attached, for: function), function)
  }

  // MARK: Operations

  @Test func list_describesTheDevice() {
    var function = StubFunction()
    var session = USBIPSession(for: function)
    let reply = session.receive(Self.list, for: &function)
    #expect(Array(reply[..<12]) == [0x01, 0x11, 0, 5, 0, 0, 0, 0, 0, 0, 0, 1])
    let device = Array(reply[12...])
    #expect(device.count == 312 + 8)
    #expect(String(decoding: device[..<256].prefix { $0 != 0 }, as: UTF8.self).hasSuffix("/1-1"))
    #expect(Array(device[256..<260]) == [0x31, 0x2D, 0x31, 0])
    // Bus 1, device 2, full speed.
    #expect(Array(device[288..<300]) == Self.words(1, 2, 2))
    #expect(Array(device[300..<306]) == [0x23, 0x41, 0x00, 0x5A, 0x12, 0x34])
    // Class, subclass, protocol, configuration, configurations, interfaces.
    #expect(Array(device[306..<312]) == [0xEF, 2, 1, 1, 1, 2])
    #expect(Array(device[312...]) == [2, 2, 1, 0, 10, 0, 0, 0])
    #expect(!session.isOver)
  }

  @Test func list_isEmptyWithoutADevice() {
    var function = StubFunction()
    function.isAttached = false
    var session = USBIPSession(for: function)
    #expect(
      session.receive(Self.list, for: &function) == [0x01, 0x11, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0])
  }

  @Test func import_handsTheDeviceOver() {
    var function = StubFunction()
    var session = USBIPSession(for: function)
    let reply = session.receive(Self.importing("1-1"), for: &function)
    #expect(reply.count == 8 + 312)
    #expect(Array(reply[..<8]) == [0x01, 0x11, 0, 3, 0, 0, 0, 0])
    #expect(session.isImported)
  }

  @Test func import_ofAnotherDevice_isRefused() {
    var function = StubFunction()
    var session = USBIPSession(for: function)
    #expect(
      session.receive(Self.importing("1-2"), for: &function) == [0x01, 0x11, 0, 3, 0, 0, 0, 1])
    #expect(session.isOver)
    #expect(session.problem == nil)
  }

  @Test func import_ofATakenDevice_isRefused() {
    var function = StubFunction()
    var session = USBIPSession(for: function)
    session.isTaken = true
    #expect(
      session.receive(Self.importing("1-1"), for: &function) == [0x01, 0x11, 0, 3, 0, 0, 0, 1])
    #expect(session.isOver)
  }

  // MARK: Transfers

  @Test func controlRead_answersWithItsData() {
    var (session, function) = attached()
    let setup: [UInt8] = [0x80, 6, 0, 1, 0, 0, 18, 0]
    let command = Self.submit(7, endpoint: 0, isToHost: true, length: 18, setup: setup)
    #expect(session.receive(command, for: &function) == [])
    let packet = SetupPacket(requestType: 0x80, request: 6, value: 0x100, index: 0, length: 18)
    #expect(function.submitted == [USBTransfer(id: 7, .control(packet, data: []))])
    function.end(7, .completed([1, 2, 3]))
    #expect(session.serve(&function) == Self.submitReply(7, count: 3, data: [1, 2, 3]))
    #expect(session.serve(&function) == [])
  }

  @Test func bytesByDrips_areTheSameCommands() {
    var (session, function) = attached()
    let commands =
      Self.submit(1, endpoint: 2, isToHost: false, length: 3, data: [7, 8, 9])
      + Self.submit(2, endpoint: 2, isToHost: true, length: 64)
    for byte in commands { #expect(session.receive([byte], for: &function) == []) }
    #expect(
      function.submitted == [
        USBTransfer(id: 1, .out(endpoint: 2, data: [7, 8, 9])),
        USBTransfer(id: 2, .in(endpoint: 2, length: 64)),
      ])
    function.end(1, .completed([]))
    #expect(session.serve(&function) == Self.submitReply(1, count: 3))
  }

  @Test(arguments: [
    (USBOutcome.stalled, Int32(-32)), (.disconnected, -108), (.cancelled, -104),
  ])
  func failure_hasLinuxsNumber(outcome: USBOutcome, status: Int32) {
    var (session, function) = attached()
    _ = session.receive(
      Self.submit(9, endpoint: 2, isToHost: true, length: 64), for: &function)
    function.end(9, outcome)
    #expect(session.serve(&function) == Self.submitReply(9, status: status))
  }

  @Test func unlinkedTransfer_isAnsweredOnlyAsUnlinked() {
    var (session, function) = attached()
    _ = session.receive(
      Self.submit(9, endpoint: 2, isToHost: true, length: 64), for: &function)
    #expect(
      session.receive(Self.unlink(10, 9), for: &function) == Self.unlinkReply(10, status: -104))
  }

  @Test func unlinkThatComesTooLate_isAnsweredWithZero() {
    var (session, function) = attached()
    _ = session.receive(
      Self.submit(9, endpoint: 2, isToHost: true, length: 64), for: &function)
    function.end(9, .completed([5]))
    // It ended before the unlink was read.
    #expect(
      session.receive(Self.unlink(10, 9), for: &function)
        == Self.submitReply(9, count: 1, data: [5]) + Self.unlinkReply(10, status: 0))
    #expect(
      session.receive(Self.unlink(11, 9), for: &function) == Self.unlinkReply(11, status: 0))
  }

  @Test func isochronousTransfer_isRefusedAndSkipped() {
    var (session, function) = attached()
    let command = Self.submit(
      3, endpoint: 3, isToHost: false, length: 2, packets: 1, data: [1, 2])
    let reply = session.receive(
      command + Array(repeating: 0, count: 16) + Self.unlink(4, 99), for: &function)
    #expect(reply == Self.submitReply(3, status: -22) + Self.unlinkReply(4, status: 0))
  }

  // MARK: Ends

  @Test func deviceThatLeaves_endsTheConnection() {
    var (session, function) = attached()
    _ = session.receive(
      Self.submit(9, endpoint: 2, isToHost: true, length: 64), for: &function)
    function.end(9, .disconnected)
    function.isAttached = false
    #expect(session.serve(&function) == Self.submitReply(9, status: -108))
    #expect(session.isOver)
  }

  @Test func deviceThatLeftAndCameBack_isAnother() {
    var (session, function) = attached()
    function.attachmentCount = 2
    #expect(session.serve(&function) == [])
    #expect(session.isOver)
  }

  @Test func closing_cancelsWhatIsUnderWay() {
    var (session, function) = attached()
    _ = session.receive(
      Self.submit(9, endpoint: 2, isToHost: true, length: 64), for: &function)
    session.close(&function)
    #expect(session.isOver)
    #expect(function.completions() == [])
    #expect(session.receive(Self.unlink(10, 9), for: &function) == [])
  }

  @Test(arguments: [
    (
      [0x01, 0x06, 0x80, 0x05, 0, 0, 0, 0],
      "the client speaks version 0x106 of USB/IP; 0x111 is spoken here"
    ),
    (
      [0x01, 0x11, 0x80, 0x09, 0, 0, 0, 0],
      "the client asked for operation 0x8009, which there is not"
    ),
  ])
  func strangeOperation_isNamed(bytes: [UInt8], problem: String) {
    var function = StubFunction()
    var session = USBIPSession(for: function)
    #expect(session.receive(bytes, for: &function) == [])
    #expect(session.isOver)
    #expect(session.problem == problem)
  }

  @Test func strangeCommands_areNamed() {
    var (session, function) = attached()
    let unknown = Self.words(77) + [UInt8](repeating: 0, count: 44)
    #expect(session.receive(unknown, for: &function) == [])
    #expect(session.problem == "the client sent command 77, which there is not")
    (session, function) = attached()
    _ = session.receive(
      Self.submit(1, endpoint: 2, isToHost: true, length: 0x7FFF_FFFF), for: &function)
    #expect(
      session.problem == "the client asked for more at once than any full-speed device can do")
    (session, function) = attached()
    _ = session.receive(
      Self.submit(1, endpoint: 2, isToHost: true, length: 1, packets: 5000), for: &function)
    #expect(session.problem == "the client asked for 5000 isochronous packets at once")
  }
}
