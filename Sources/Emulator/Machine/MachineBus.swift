// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM
import MachineModel

/// The machine as its core and its devices see it. Apart from the machine itself so that the core
/// can hold it before the machine is whole.
final class MachineBus: SystemBus, DeviceEnvironment {
  weak var machine: Machine?

  // MARK: What the core reaches

  func read(_ address: Address, _ width: BusWidth, at now: Instant) -> BusAnswer {
    guard let machine else { return .fault }
    return machine.observers == nil
      ? machine.readDevice(address, width, at: now)
      : machine.readObserved(address, width, at: now)
  }

  func write(
    _ address: Address, _ value: UInt32, _ width: BusWidth, at now: Instant
  ) -> Bool {
    guard let machine else { return false }
    return machine.observers == nil
      ? machine.writeDevice(address, value, width, at: now)
      : machine.writeObserved(address, value, width, at: now)
  }

  func trace(port: Int, value: UInt32, width: BusWidth, at now: Instant) {
    guard let machine else { return }
    machine.taskMarked(port: port, value: value, at: now)
    if port == 0 { machine.saidByITM(value, width, at: now) }
    machine.observers?.noteStimulus(port, value, at: now, in: machine)
  }

  func deliverEvents(at now: Instant) -> Instant { machine?.deliverDue() ?? .never }

  func interruptEntered(_ exceptionNumber: Int, at now: Instant) {
    guard let machine else { return }
    machine.trace.record(.exceptionEntry, UInt64(exceptionNumber), at: now)
    machine.observers?.note(.exceptionEntered(exceptionNumber), at: now, in: machine)
  }

  func interruptReturned(_ exceptionNumber: Int, at now: Instant) {
    guard let machine else { return }
    machine.observers?.note(.exceptionReturned(exceptionNumber), at: now, in: machine)
  }

  // MARK: What devices reach

  func readRAM(_ address: Address, _ count: Int) -> [UInt8]? {
    machine?.observers?.noteTransfer(address, count, intoRAM: false)
    return machine?.ram(holding: address, count)?.read(address, count)
  }

  func readMemory(_ address: Address, _ count: Int) -> [UInt8]? {
    guard let machine else { return nil }
    return machine.memory(holding: address, count)?.read(address, count)
  }

  func writeRAM(_ bytes: [UInt8], at address: Address) -> Bool {
    guard let machine, let memory = machine.ram(holding: address, bytes.count) else { return false }
    machine.observers?.noteTransfer(address, bytes.count, intoRAM: true)
    guard memory.write(bytes, at: address) else { return false }
    machine.core.invalidateCode(address.bits..<(address.bits + UInt32(bytes.count)))
    return true
  }

  func level(of pin: Pin) -> Level? { machine?.pins.level(of: pin) }

  func pdmSamples(_ request: PDMRequest, data: Pin) -> [Float]? {
    machine?.microphoneSamples(request, data: data)
  }

  func i2c(_ signal: I2CSignal, on bus: I2CBus) -> I2CAnswer {
    machine?.i2c(signal, on: bus) ?? .notAcknowledged
  }

  func volts(on pin: Pin) -> Float? { machine?.pins.volts(on: pin) }

  func random() -> UInt64 { machine?.nextRandom() ?? 0 }
}
