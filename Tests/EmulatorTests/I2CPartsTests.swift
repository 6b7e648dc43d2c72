// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import Foundation
import MachineModel
import Testing

@testable import Emulator

@Suite struct I2CPartsTests {
  private static let bus = I2CBus.pins(
    data: Pin(port: 0, number: 14), clock: Pin(port: 0, number: 15))
  private static let power = Pin(port: 0, number: 22)
  private static let pullup = Pin(port: 1, number: 0)

  private static func poweredMachine() throws -> Machine {
    let machine = try BusyProgram.machine()
    _ = machine.pins.drive(power, .level(.high))
    _ = machine.pins.drive(pullup, .level(.high))
    return machine
  }

  private static func askIdentity(of machine: Machine) -> I2CAnswer {
    _ = machine.i2c(.start(address: 0x6B, isRead: false), on: bus)
    _ = machine.i2c(.write(0x0F), on: bus)
    _ = machine.i2c(.start(address: 0x6B, isRead: true), on: bus)
    return machine.i2c(.read, on: bus)
  }

  @Test func part_answersOnItsBusAlone() throws {
    let machine = try Self.poweredMachine()
    #expect(Self.askIdentity(of: machine) == .byte(0x68))
    #expect(machine.i2c(.stop, on: Self.bus) == .acknowledged)
    #expect(machine.i2c(.read, on: Self.bus) == .notAcknowledged)
    #expect(
      machine.i2c(.start(address: 0x29, isRead: false), on: Self.bus) == .notAcknowledged)
    #expect(
      machine.i2c(.start(address: 0x6B, isRead: false), on: .controller("TWI0"))
        == .notAcknowledged)
  }

  @Test func voltage_reachesTheDevices() throws {
    let machine = try BusyProgram.machine()
    machine.apply(volts: 1.5, to: Self.power)
    #expect(machine.busBox.volts(on: Self.power) == 1.5)
    #expect(machine.board.hasMotionSensor)
    #expect(try !Board.load(named: "mps2-an386").hasMotionSensor)
  }

  @Test(arguments: [power, pullup]) func part_needsItsSupply(pin: Pin) throws {
    let machine = try Self.poweredMachine()
    _ = machine.pins.drive(pin, .level(.low))
    #expect(machine.i2c(.start(address: 0x6B, isRead: false), on: Self.bus) == .notAcknowledged)
  }

  @Test func snapshot_keepsATransferThatIsUnderWay() throws {
    let machine = try Self.poweredMachine()
    _ = machine.i2c(.start(address: 0x6B, isRead: false), on: Self.bus)
    _ = machine.i2c(.write(0x0F), on: Self.bus)
    let before = machine.snapshot()
    _ = machine.i2c(.stop, on: Self.bus)
    machine.restore(before)
    _ = machine.i2c(.start(address: 0x6B, isRead: true), on: Self.bus)
    #expect(machine.i2c(.read, on: Self.bus) == .byte(0x68))
  }

  private static func board(_ imu: String) throws -> Board {
    let text = """
      name: bench
      chip: nrf52840
      devices: { imu: { part: lsm9ds1, \(imu) } }
      """
    let folder = FileManager.default.temporaryDirectory.appending(path: "i2c-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "bench.yml")
    try Data(text.utf8).write(to: file)
    return try Board.load(path: file.path)
  }

  @Test(arguments: [
    ("data: P0.14", "devices.imu.clock: found no pin, expected the pin of lsm9ds1 of that name"),
    (
      "data: P0.14, clock: P0.15, pulup: P1.00",
      "devices.imu.pulup: found a setting that lsm9ds1 does not have, expected pullup"
    ),
  ])
  func mistake_isNamed(imu: String, expected: String) throws {
    let board = try Self.board(imu)
    #expect {
      try Machine(board: board)
    } throws: { error in
      "\(error)".contains(expected)
    }
  }

  @Test func part_mayHangOnAControllerByName() throws {
    let machine = try Machine(board: Self.board("on: TWI1"))
    #expect(
      machine.i2c(.start(address: 0x1E, isRead: false), on: .controller("SPIM1")) == .acknowledged)
  }
}
