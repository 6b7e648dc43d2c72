// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import MachineModel
import Testing

@testable import Emulator

/// A program for the Nano 33 BLE that adds random bytes to the word at 0x20000000, shows the sum on
/// the pins of port 0, counts SysTick interrupts in the word behind, and sleeps in between.
enum BusyProgram {
  private static let code: [UInt16] = [
    0x4811, 0x2101, 0x6001, 0x4A11, 0x4B11, 0x2403, 0x4D11, 0x034E, 0x602E, 0x4F11, 0xF242,
    0x750F, 0x607D, 0x2507, 0x603D, 0x2500, 0x4435, 0xF8D0, 0x1100, 0x2900, 0xD00C, 0x2100,
    0xF8C0, 0x1100, 0xF240, 0x5508, 0x5941, 0xF04F, 0x5500, 0x682A, 0x1852, 0x602A, 0x0352,
    0x601A, 0xBF30, 0xE7EA, 0xD000, 0x4000, 0x0508, 0x5000, 0x0504, 0x5000, 0x0518, 0x5000,
    0xE010, 0xE000, 0xF3AF, 0x8000, 0x4902, 0x680A, 0x3201, 0x600A, 0x4770, 0xBF00, 0x0004,
    0x2000,
  ]

  static var image: [UInt8] {
    var words = [UInt32](repeating: 0, count: 16)
    (words[0], words[1], words[15]) = (0x2004_0000, 0x1_0041, 0x1_00A1)
    return words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
      + code.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
  }

  static func machine() throws -> Machine {
    let board = try Board.load(named: "nano33ble")
    let machine = try Machine(board: board)
    machine.load(try LoadedImage(bytes: image, name: "busy.bin", for: board))
    return machine
  }
}

@Suite struct MachineSnapshotTests {
  private func run(_ machine: Machine, to cycle: UInt64) {
    let left = Instant(sinceReset: Cycles(cycle)) - machine.core.now
    _ = machine.run(until: StopConditions(duration: left))
  }

  private func sum(_ machine: Machine) -> UInt32? {
    machine.memories.first { $0.description.kind == .ram }?.word(at: Address(0x2000_0000))
  }

  @Test func everyPropertyOfAMachine_isKeptOrNamed() throws {
    let left: Set = [
      // Fixed when it is made.
      "board", "seed", "busBox", "consoleDevice", "devicesByPage", "routers",
      // No snapshots are taken of a board that is being flashed.
      "standIn",
      // Kept as their values: `peripherals`.
      "devices",
      // How it is run and watched.
      "deadline", "onConsoleLine", "onTyped", "onUSBSerial", "expectsInput", "observers",
      "engineNote",
    ]
    let machine = try BusyProgram.machine()
    let snapshot = Mirror(reflecting: machine.snapshot())
    let parts = snapshot.children.filter { ["wires", "records"].contains($0.label) }
    let labels =
      snapshot.children.compactMap(\.label)
      + parts.flatMap { Mirror(reflecting: $0.value).children.compactMap(\.label) }
    let all = Set(Mirror(reflecting: machine).children.compactMap(\.label))
    #expect(all.subtracting(labels).subtracting(left) == [])
  }

  @Test func restoredMachine_reachesTheSameTrace() throws {
    let machine = try BusyProgram.machine()
    run(machine, to: 1_000_000)
    let snapshot = machine.snapshot()
    run(machine, to: 3_000_000)
    let expected = machine.finalTrace().value
    #expect(sum(machine) ?? 0 > 1000)
    for _ in 0..<2 {
      machine.restore(snapshot)
      #expect(machine.core.now.sinceReset.count == snapshot.instant.sinceReset.count)
      run(machine, to: 3_000_000)
      #expect(machine.finalTrace().value == expected)
    }
    let straight = try BusyProgram.machine()
    run(straight, to: 3_000_000)
    #expect(straight.finalTrace().value == expected)
  }

  @Test func anotherMachine_goesOnFromTheSnapshot() throws {
    let machine = try BusyProgram.machine()
    run(machine, to: 1_000_123)
    let other = try BusyProgram.machine()
    other.restore(machine.snapshot())
    run(machine, to: 2_000_000)
    run(other, to: 2_000_000)
    #expect(other.finalTrace().value == machine.finalTrace().value)
  }

  @Test func unchangedPages_areShared() throws {
    let machine = try BusyProgram.machine()
    run(machine, to: 100_000)
    let first = machine.snapshot()
    run(machine, to: 200_000)
    let second = machine.snapshot(sharing: first)
    var copies = 0
    for (before, after) in zip(first.memories, second.memories) {
      for (a, b) in zip(before.pages, after.pages) {
        let isShared = a.withUnsafeBytes { here in
          b.withUnsafeBytes { here.baseAddress == $0.baseAddress }
        }
        if !isShared { copies += 1 }
      }
    }
    #expect((1...2).contains(copies), "the variables' page and the stack's, not \(copies)")
  }

  @Test func selfModifiedCode_isPutBackToo() throws {
    let machine = try BusyProgram.machine()
    run(machine, to: 100_000)
    let snapshot = machine.snapshot()
    run(machine, to: 200_000)
    let expected = machine.finalTrace().value
    // The loop becomes an endless one that does nothing.
    machine.program(Address(0x1_005E), .erase(ByteCount(2)))
    run(machine, to: 300_000)
    machine.restore(snapshot)
    run(machine, to: 200_000)
    #expect(machine.finalTrace().value == expected)
  }
}
