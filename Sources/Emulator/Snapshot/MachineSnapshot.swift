// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM
import MachineModel
import Sensors

/// A machine at one instant, complete: a machine that goes on from it does what the one it was
/// taken from does, to the same trace hash.
public struct MachineSnapshot {
  var core: CoreSnapshot
  var memories: [MemoryPages]
  /// In the order of the chip's list; nil for blocks that are not modelled.
  var peripherals: [(any Peripheral)?]
  var microphones: [MP34DT05.State]
  var lights: [LED]
  /// In the order of the board's list.
  var i2cParts: [I2CAttachment.State]
  /// With the files that are open: they keep no position of their own.
  var semihosting: SemihostingHost
  var transfers: TransferProbe
  var wires: Wires
  var records: Records

  /// What is under way between the devices.
  struct Wires: Codable {
    var wakes: WakeQueue
    var pins: PinBank
    var serialInput: SerialInput
    var isConsoleSetUp: Bool
    var generator: SplitMix64
    var bootVector: Address
    var pendingReset: DeviceContext.ResetCause?
    var isOff: Bool
    var usb: USBHost
  }

  /// What is kept for the report.
  struct Records: Codable {
    var console: Console
    var unmodelled: UnmodelledAccesses
    var dmaFaultCount: Int
    var resetCount: Int
    var trace: TraceHash
    var tasks: TaskMeter
    var linesSearched: Int
  }

  /// When it was taken.
  public var instant: Instant { core.instant }
  /// Instructions that had been executed.
  public var instructions: UInt64 { core.instructionsExecuted }
}

extension Machine {
  /// To be called between runs, or from a run's `onSlice`.
  ///
  /// - Parameter earlier: a snapshot of this machine; pages of memory that have not changed since
  ///   are kept once.
  public func snapshot(sharing earlier: MachineSnapshot? = nil) -> MachineSnapshot {
    MachineSnapshot(
      core: core.snapshot(),
      memories: memories.enumerated().map { MemoryPages($1, sharing: earlier?.memories[$0]) },
      peripherals: devices.map(\.peripheral), microphones: microphones.map(\.part.state),
      lights: lights.map(\.led),
      i2cParts: i2cParts.map(\.state), semihosting: semihosting,
      transfers: transfers,
      wires: MachineSnapshot.Wires(
        wakes: wakes, pins: pins, serialInput: serialInput,
        isConsoleSetUp: isConsoleSetUp, generator: generator,
        bootVector: bootVector, pendingReset: pendingReset, isOff: isOff, usb: usb),
      records: MachineSnapshot.Records(
        console: console, unmodelled: unmodelled, dmaFaultCount: dmaFaultCount,
        resetCount: resetCount, trace: trace, tasks: tasks, linesSearched: linesSearched))
  }

  /// Back, or forward, to a snapshot of a machine of the same board, with the same sound to hear.
  public func restore(_ snapshot: MachineSnapshot) {
    for (memory, pages) in zip(memories, snapshot.memories) {
      let base = memory.description.base.bits
      pages.restore(memory) { range in
        core.invalidateCode(base &+ UInt32(range.lowerBound)..<base &+ UInt32(range.upperBound))
      }
    }
    for index in devices.indices where index < snapshot.peripherals.count {
      devices[index].peripheral = snapshot.peripherals[index]
    }
    for (index, state) in zip(microphones.indices, snapshot.microphones) {
      microphones[index].part.state = state
    }
    for (index, led) in zip(lights.indices, snapshot.lights) { lights[index].led = led }
    for (index, state) in zip(i2cParts.indices, snapshot.i2cParts) {
      i2cParts[index].state.restore(state)
    }
    (semihosting, transfers) = (snapshot.semihosting, snapshot.transfers)
    restore(snapshot.wires)
    restore(snapshot.records)
    core.restore(snapshot.core)
  }

  private func restore(_ wires: MachineSnapshot.Wires) {
    (wakes, pins, serialInput) = (wires.wakes, wires.pins, wires.serialInput)
    isConsoleSetUp = wires.isConsoleSetUp
    (generator, bootVector) = (wires.generator, wires.bootVector)
    (pendingReset, isOff, usb) = (wires.pendingReset, wires.isOff, wires.usb)
  }

  private func restore(_ records: MachineSnapshot.Records) {
    (console, unmodelled, tasks) = (records.console, records.unmodelled, records.tasks)
    (dmaFaultCount, resetCount) = (records.dmaFaultCount, records.resetCount)
    (trace, linesSearched) = (records.trace, records.linesSearched)
  }
}
