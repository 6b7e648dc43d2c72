// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import Emulator
import FirmwareBuild
import MachineModel
import Terminal
import Testing
import USBModel

/// Our firmware's serial port over USB, on an emulated Nano 33 BLE with a virtual host. Builds an
/// image.
@Suite(.serialized) struct USBFirmwareTests {
  private let machine: Machine
  private let heard = Heard()

  private final class Heard {
    var bytes: [UInt8] = []
    var text: String { String(decoding: bytes, as: UTF8.self) }
    var lines: [String] { text.split(separator: "\r\n").map(String.init) }
  }

  init() throws {
    let board = try Board.load(named: "nano33ble")
    let image = try FirmwareBuilder().image(app: "heartbeat", board: board)
    machine = try Machine(board: board)
    machine.load(
      try LoadedImage(bytes: InputFile.read(image.elf.path), name: "heartbeat", for: board))
    machine.onUSBSerial = { [heard] in heard.bytes += $0 }
  }

  private func run(milliseconds: Int) {
    let time = machine.cycles(in: .milliseconds(milliseconds))
    _ = machine.run(until: StopConditions(duration: time))
  }

  /// What the board has said, on either port.
  private var beats: Int { Set(machine.console.lines.map(\.text)).count - 1 }

  @Test func device_enumeratesAndPrints() {
    run(milliseconds: 3000)
    #expect(machine.usb.deviceName == "2341:805a Arduino Nano 33 BLE")
    #expect(machine.usb.isSerialOpen)
    #expect(heard.lines.prefix(3) == ["hello", "beat 1", "beat 2"])
    #expect(beats > 3)
  }

  @Test func boardWithoutHost_goesOn() {
    machine.connectUSB(as: .unplugged)
    run(milliseconds: 1500)
    let alone = beats
    #expect(alone > 2)
    #expect(heard.bytes == [])
    // Plugged in later, the port has kept what was said first.
    machine.connectUSB(as: .drivers)
    run(milliseconds: 1500)
    #expect(heard.lines.prefix(3) == ["hello", "beat 1", "beat 2"])
    machine.connectUSB(as: .unplugged)
    run(milliseconds: 1000)
    let count = heard.lines.count
    run(milliseconds: 1000)
    #expect(heard.lines.count == count)
    #expect(beats > alone + 5)
  }

  @Test func hostThatDoesNotRead_holdsNothingUpAndMissesWholeLines() {
    run(milliseconds: 1000)
    machine.setSerialThrottled(true)
    // More than the ring's 512 bytes.
    run(milliseconds: 30_000)
    #expect(beats > 60)
    machine.setSerialThrottled(false)
    run(milliseconds: 2000)
    #expect(heard.lines.first == "hello")
    #expect(heard.lines.count > 50 && heard.lines.count < beats)
    #expect(heard.lines.dropFirst().allSatisfy { $0.wholeMatch(of: /beat \d+/) != nil })
    // What is said after the host reads again comes at once.
    #expect(heard.lines.last.flatMap { Int($0.dropFirst(5)) } ?? 0 > 70)
  }

  @Test func suspendedBoard_goesOnAndIsResumed() {
    run(milliseconds: 1000)
    machine.suspendUSB()
    run(milliseconds: 1000)
    let count = heard.lines.count
    #expect(beats > 3)
    machine.resumeUSB()
    run(milliseconds: 1000)
    #expect(heard.lines.count > count + 2)
    #expect(heard.lines.prefix(4) == ["hello", "beat 1", "beat 2", "beat 3"])
  }

  @Test func touch_resetsIntoTheBootloader() {
    run(milliseconds: 1000)
    machine.setSerialLine(SerialLine(isOpen: true, baud: 1200, dtr: true, rts: true))
    run(milliseconds: 500)
    #expect(machine.resetCount == 0)
    machine.setSerialLine(SerialLine(isOpen: false, baud: 1200, dtr: false, rts: false))
    run(milliseconds: 150)
    #expect(machine.resetCount == 0)
    run(milliseconds: 250)
    #expect(machine.resetCount == 1)
    // GPREGRET, which the bootloader reads.
    #expect(machine.inspect(0x4000_051C, count: 4) == [0xB0, 0, 0, 0])
  }

  @Test func portThatIsOpenedAgainInTime_isNotReset() {
    run(milliseconds: 1000)
    machine.setSerialLine(SerialLine(isOpen: true, baud: 1200, dtr: true, rts: true))
    machine.setSerialLine(SerialLine(isOpen: false, baud: 1200, dtr: false, rts: false))
    run(milliseconds: 100)
    machine.setSerialLine(.terminal)
    run(milliseconds: 1000)
    #expect(machine.resetCount == 0)
  }

  @Test func requests_areAnsweredAsTheSpecificationsSay() {
    let device = EmulatedUSBFunction(machine)
    for _ in 0..<100 where !device.isAttached { device.advance(by: .milliseconds(10)) }
    func ask(
      _ type: UInt8, _ code: UInt8, _ value: UInt16, _ index: UInt16 = 0, _ length: UInt16 = 0,
      _ data: [UInt8] = []
    ) -> USBOutcome? {
      let setup = SetupPacket(
        requestType: type, request: code, value: value, index: index, length: length)
      device.submit(USBTransfer(id: 1, .control(setup, data: data)))
      for _ in 0..<100 {
        device.advance(by: .milliseconds(10))
        if let end = device.completions().first { return end.outcome }
      }
      return nil
    }
    #expect(ask(0x80, 8, 0, 0, 1) == .completed([0]))
    #expect(ask(0x00, 9, 1) == .completed([]))
    #expect(ask(0x80, 8, 0, 0, 1) == .completed([1]))
    #expect(ask(0x00, 9, 2) == .stalled)
    #expect(ask(0x80, 0, 0, 0, 2) == .completed([0, 0]))
    // Two packets, of 64 and 11 bytes.
    #expect(ask(0x80, 6, 0x0200, 0, 255) == .completed(device.configurationDescriptor))
    #expect(ask(0x80, 6, 0x0300, 0, 255) == .completed([4, 3, 9, 4]))
    #expect(ask(0x80, 6, 0x0600, 0, 10) == .stalled)
    let number: [UInt8] = "0B1EAD60A4D02026".utf8.flatMap { [$0, 0] as [UInt8] }
    #expect(ask(0x80, 6, 0x0303, 0x409, 255) == .completed([34, 3] + number))
    // A halt and its end.
    #expect(ask(0x02, 3, 0, 0x82) == .completed([]))
    #expect(ask(0x82, 0, 0, 0x82, 2) == .completed([1, 0]))
    #expect(ask(0x02, 1, 0, 0x82) == .completed([]))
    #expect(ask(0x82, 0, 0, 0x82, 2) == .completed([0, 0]))
    // The line coding is kept.
    let coding: [UInt8] = [0x80, 0x25, 0, 0, 2, 1, 7]
    #expect(ask(0x21, 0x20, 0, 0, 7, coding) == .completed([]))
    #expect(ask(0xA1, 0x21, 0, 0, 7) == .completed(coding))
    #expect(ask(0x21, 0x23, 100) == .completed([]))
    #expect(ask(0x21, 0x55, 0) == .stalled)
    #expect(ask(0x40, 1, 0) == .stalled)
  }
}
