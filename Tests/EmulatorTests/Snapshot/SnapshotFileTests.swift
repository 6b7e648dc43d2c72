// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import MachineModel
import Testing

@testable import Emulator

@Suite struct SnapshotFileTests {
  private func image(_ bytes: [UInt8] = BusyProgram.image, _ name: String = "busy.bin") throws
    -> LoadedImage
  {
    try LoadedImage(bytes: bytes, name: name, for: Board.load(named: "nano33ble"))
  }

  private func identity(_ machine: Machine) throws -> RunIdentity {
    RunIdentity(machine: machine, image: try image(), sound: nil)
  }

  private func run(_ machine: Machine, to cycle: UInt64) {
    let (now, end) = (machine.core.now, Instant(sinceReset: Cycles(cycle)))
    guard now < end else { return }
    let left = end - now
    _ = machine.run(until: StopConditions(duration: left))
  }

  private func file(at cycle: UInt64) throws -> (bytes: [UInt8], machine: Machine) {
    let machine = try BusyProgram.machine()
    run(machine, to: cycle)
    return (try SnapshotFile.encode(machine.snapshot(), identity(machine)), machine)
  }

  private func refusal(_ bytes: [UInt8], _ identity: RunIdentity? = nil) throws -> String? {
    let machine = try BusyProgram.machine()
    let own = try identity ?? self.identity(machine)
    do {
      _ = try SnapshotFile.decode(bytes, name: "a.snapshot", for: machine, own)
      return nil
    } catch { return "\(error)" }
  }

  @Test func savedMachine_goesOnToTheSameTrace() throws {
    for cycle in [0, 10_007, 777_777] as [UInt64] {
      let (bytes, machine) = try file(at: cycle)
      let other = try BusyProgram.machine()
      other.restore(
        try SnapshotFile.decode(bytes, name: "a", for: other, identity(other)))
      run(machine, to: 2_000_000)
      run(other, to: 2_000_000)
      #expect(other.finalTrace().value == machine.finalTrace().value, "at \(cycle)")
      other.core.stepsOnly = true
      run(machine, to: 2_100_000)
      run(other, to: 2_100_000)
      #expect(other.finalTrace().value == machine.finalTrace().value, "stepped, at \(cycle)")
    }
  }

  /// Every kind of device that the catalogue knows survives the way through a file: its registers
  /// read the same.
  @Test func everyDevice_isWrittenAndRead() throws {
    let machine = try BusyProgram.machine()
    for instance in machine.board.chip.peripherals where instance.isModelled {
      for offset in stride(from: UInt32(0x300), to: 0x600, by: 4) {
        _ = machine.writeDevice(
          instance.base + ByteCount(Int(offset)), 0x1000_0000 | offset << 4, .word, at: .reset)
      }
    }
    let bytes = try SnapshotFile.encode(machine.snapshot(), identity(machine))
    let other = try BusyProgram.machine()
    other.restore(try SnapshotFile.decode(bytes, name: "a", for: other, identity(other)))
    var differences: [String] = []
    for instance in machine.board.chip.peripherals where instance.isModelled {
      for offset in stride(from: UInt32(0), to: 0x800, by: 4) {
        let address = instance.base.bits &+ offset
        if machine.inspect(address, count: 4) != other.inspect(address, count: 4) {
          differences.append("\(instance.name)+\(offset)")
        }
      }
    }
    #expect(differences == [])
  }

  @Test func damage_isRefusedInOneLine() throws {
    let (bytes, _) = try file(at: 100_000)
    #expect(try refusal(bytes) == nil)
    var places = [0, 6, 8, 15, 16, 24, 31, 32, 100, bytes.count - 1]
    places += stride(from: 33, to: bytes.count, by: 90_001)
    for place in places {
      var damaged = bytes
      damaged[place] ^= 0x10
      let text = try #require(try refusal(damaged), "byte \(place)")
      #expect(text.contains("a.snapshot") && !text.contains("\n"))
    }
    for count in [0, 1, 31, 32, 1000, bytes.count - 1] {
      #expect(try refusal(Array(bytes.prefix(count))) != nil, "\(count) bytes")
    }
    #expect(try refusal(bytes + [0]) != nil)
  }

  @Test func anotherRun_isToldWhatDiffers() throws {
    let (bytes, machine) = try file(at: 1000)
    var identity = try identity(machine)
    identity.board = "mps2-an386"
    #expect(try refusal(bytes, identity)?.contains("on the board 'nano33ble'") == true)
    identity = try self.identity(machine)
    identity.soundFrames = 16000
    #expect(try refusal(bytes, identity)?.contains("another recording") == true)
    var changed = BusyProgram.image
    changed[0x41] ^= 1
    identity = RunIdentity(machine: machine, image: try image(changed), sound: nil)
    #expect(try refusal(bytes, identity)?.contains("built anew") == true)
    identity = RunIdentity(machine: machine, image: try image(changed, "b.bin"), sound: nil)
    #expect(try refusal(bytes, identity)?.contains("while 'busy.bin' ran") == true)
  }
}
