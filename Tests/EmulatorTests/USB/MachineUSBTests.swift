// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import MachineModel
import Testing
import USBModel

@testable import Emulator

/// A board whose USB controller is a script, and whose program sleeps.
@Suite struct MachineUSBTests {
  private let board: Board
  private let image: LoadedImage

  init() throws {
    board = try Board.load(named: "nano33ble")
    // cpsid i; wfi; b .-2, behind a vector table at 0x10000.
    let words: [UInt32] =
      [0x2004_0000, 0x1_0101] + Array(repeating: 0, count: 62) + [0xBF30_B672, 0xBF00_E7FD]
    let bytes = words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
    }
    image = try LoadedImage(bytes: bytes, name: "asleep.bin", for: board)
  }

  private var slot: Int { board.chip.peripherals.firstIndex { $0.name == "USBD" } ?? 0 }

  /// - Parameter milliseconds: when the device attaches.
  private func machine(attachedAt milliseconds: UInt64 = 1) throws -> Machine {
    let machine = try Machine(board: board)
    machine.devices[slot] = DeviceSlot(
      instance: machine.devices[slot].instance, peripheral: ScriptedDevice())
    machine.load(image)
    // The bootloader leaves the UART receiving (TASKS_STOPRX); here nobody listens there.
    #expect(machine.poke(0x4000_2004, [1, 0, 0, 0]))
    run(machine, milliseconds: milliseconds)
    machine.call(slot, at: machine.core.now) { device, context in
      guard var script = device as? ScriptedDevice else { return }
      script.attach(in: &context)
      device = script
    }
    return machine
  }

  private func run(_ machine: Machine, milliseconds: UInt64) {
    let end = machine.core.now + Cycles(milliseconds * 64_000)
    if case .asleepForever = machine.run(
      until: StopConditions(duration: Cycles(milliseconds * 64_000)))
    {
      machine.core.advance(to: end)
    }
  }

  private func script(_ machine: Machine) -> ScriptedDevice? {
    machine.devices[slot].peripheral as? ScriptedDevice
  }

  private func change(_ machine: Machine, _ body: (inout ScriptedDevice) -> Void) {
    guard var script = script(machine) else { return }
    body(&script)
    machine.devices[slot].peripheral = script
  }

  @Test func board_isOnTheDesksHost_fromReset() throws {
    let machine = try machine()
    run(machine, milliseconds: 400)
    #expect(machine.usb.isSerialOpen)
    #expect(script(machine)?.baud == 115_200)
  }

  @Test func sleepingBoard_isWokenByFramesOnly() throws {
    let machine = try machine()
    run(machine, milliseconds: 400)
    let reason = machine.run(until: StopConditions(duration: Cycles(64_000)))
    guard case .durationReached = reason else {
      Issue.record("stopped \(reason.text)")
      return
    }
  }

  @Test func text_becomesConsoleLines() throws {
    let machine = try machine()
    var bytes: [UInt8] = []
    machine.onUSBSerial = { bytes += $0 }
    run(machine, milliseconds: 400)
    change(machine) { $0.outbox = [Array("hel".utf8), Array("lo\r\nwor".utf8)] }
    run(machine, milliseconds: 10)
    #expect(machine.console.lines.map(\.text) == ["hello"])
    #expect(machine.console.lines.map(\.source) == [.usb])
    #expect(String(decoding: bytes, as: UTF8.self) == "hello\r\nwor")
    #expect(
      machine.report(image: image, stopped: .durationReached, budgets: Budgets()).lines.first?
        .source
        == .usb)
  }

  @Test func report_namesTheDevice_orWhatItDidWrong() throws {
    let machine = try machine()
    run(machine, milliseconds: 400)
    let report = machine.report(image: image, stopped: .durationReached, budgets: Budgets())
    #expect(report.usb?.device == "2341:805a Scripted device")
    #expect(report.usb?.isSerialPortOpen == true)
    #expect(!report.summary().contains { $0.hasPrefix("USB") })
    let bad = try self.machine()
    change(bad) { $0.answersNothing = true }
    run(bad, milliseconds: 1000)
    let complaint = bad.report(image: image, stopped: .durationReached, budgets: Budgets())
    #expect(
      complaint.summary().contains {
        $0.hasPrefix("USB") && $0.hasSuffix("when asked for its device descriptor, 3 times")
      })
  }

  @Test func typedBytes_goWhereSomebodyListens() throws {
    let machine = try machine()
    machine.type(Array("early ".utf8))
    run(machine, milliseconds: 400)
    machine.type(Array("late".utf8))
    run(machine, milliseconds: 10)
    let bytes = script(machine)?.inbox.flatMap(\.self) ?? []
    #expect(String(decoding: bytes, as: UTF8.self) == "early late")
    #expect(machine.hasTakenInput)
  }

  @Test func packets_areTraced() throws {
    func trace(_ text: String) throws -> UInt64 {
      let machine = try machine()
      run(machine, milliseconds: 400)
      change(machine) { $0.outbox = [Array(text.utf8)] }
      run(machine, milliseconds: 10)
      return machine.trace.value
    }
    #expect(try trace("one") == trace("one"))
    #expect(try trace("one") != trace("two"))
  }

  @Test func snapshot_takesTheHostAlong() throws {
    let machine = try machine()
    // In the middle of the enumeration.
    run(machine, milliseconds: 121)
    let snapshot = machine.snapshot()
    run(machine, milliseconds: 300)
    #expect(machine.usb.isSerialOpen)
    let expected = machine.finalTrace().value
    machine.restore(snapshot)
    #expect(!machine.usb.isSerialOpen)
    run(machine, milliseconds: 300)
    #expect(machine.finalTrace().value == expected)
    #expect(machine.usb.isSerialOpen)
  }

  @Test func chipReset_detachesAndPowersAgain() throws {
    let machine = try machine()
    run(machine, milliseconds: 400)
    machine.restart(.pin)
    #expect(!machine.usb.isInUse)
    change(machine) { $0.events = [] }
    run(machine, milliseconds: 1)
    #expect(script(machine)?.events.map(\.name) == ["power(true)"])
    machine.connectUSB(as: .unplugged)
    run(machine, milliseconds: 1)
    #expect(script(machine)?.events.map(\.name) == ["power(true)", "power(false)"])
  }

  @Test func log_namesWhatMoved() throws {
    let machine = try machine()
    var lines: [String] = []
    machine.show(to: EventLog([.usb], of: image) { lines.append($0) })
    run(machine, milliseconds: 400)
    change(machine) { $0.outbox = [[0x61, 0x0A]] }
    run(machine, milliseconds: 10)
    #expect(lines.contains { $0.contains("usb") && $0.contains("reset by the host") })
    #expect(
      lines.contains { $0.contains("setup, address 0: 80 06 00 01 00 00 08 00, acknowledged") })
    #expect(lines.contains { $0.contains("in 2, 2 B: 61 0a") })
    #expect(!lines.contains { $0.contains("frame") || $0.contains("not ready") })
  }

  @Test func function_runsTheBoardAsTimePasses() throws {
    let machine = try machine()
    let function = EmulatedUSBFunction(machine)
    #expect(!function.isAttached)
    #expect(function.deviceDescriptor == [])
    function.advance(by: .milliseconds(200))
    #expect(function.isAttached)
    #expect(function.attachmentCount == 1)
    #expect(function.deviceDescriptor == ScriptedDevice.device)
    #expect(function.configurationDescriptor == ScriptedDevice.configuration)
    let setup = SetupPacket(requestType: 0x80, request: 6, value: 0x0300, index: 0, length: 255)
    function.submit(USBTransfer(id: 5, .control(setup, data: [])))
    function.submit(USBTransfer(id: 6, .in(endpoint: 2, length: 64)))
    function.advance(by: .milliseconds(5))
    #expect(function.completions() == [USBCompletion(id: 5, .completed([4, 3, 9, 4]))])
    function.cancel(6)
    #expect(function.completions() == [USBCompletion(id: 6, .cancelled)])
    function.resetPort()
    function.advance(by: .milliseconds(100))
    #expect(function.isAttached)
    #expect(function.attachmentCount == 1)
  }

  @Test func spans_becomeCycles() throws {
    let machine = try machine()
    #expect(machine.cycles(in: .seconds(2)).count == 128_000_000)
    #expect(machine.cycles(in: .microseconds(1500)).count == 96_000)
    #expect(machine.cycles(in: .seconds(-1)).count == 0)
  }
}
