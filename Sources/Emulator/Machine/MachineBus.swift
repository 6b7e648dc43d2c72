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
    machine?.readDevice(address, width, at: now) ?? .fault
  }

  func write(
    _ address: Address, _ value: UInt32, _ width: BusWidth, at now: Instant
  ) -> Bool {
    machine?.writeDevice(address, value, width, at: now) ?? false
  }

  func trace(port: Int, value: UInt32, width: BusWidth, at now: Instant) {
    machine?.taskMarked(port: port, value: value, at: now)
  }

  func deliverEvents(at now: Instant) -> Instant { machine?.deliverDue() ?? .never }

  func interruptEntered(_ exceptionNumber: Int, at now: Instant) {
    machine?.trace.record(.exceptionEntry, UInt64(exceptionNumber), at: now)
  }

  func interruptReturned(_ exceptionNumber: Int, at now: Instant) {}

  // MARK: What devices reach

  func readRAM(_ address: Address, _ count: Int) -> [UInt8]? {
    machine?.ram(holding: address, count)?.read(address, count)
  }

  func writeRAM(_ bytes: [UInt8], at address: Address) -> Bool {
    guard let machine, let memory = machine.ram(holding: address, bytes.count) else { return false }
    guard memory.write(bytes, at: address) else { return false }
    machine.core.invalidateCode(address.bits..<(address.bits + UInt32(bytes.count)))
    return true
  }

  func level(of pin: Pin) -> Level? { machine?.pins.level(of: pin) }

  func pdmSamples(_ request: PDMRequest, data: Pin) -> [Float]? {
    machine?.microphoneSamples(request, data: data)
  }

  func random() -> UInt64 { machine?.nextRandom() ?? 0 }
}

extension BusWidth {
  /// The bits of a word that an access of this width moves.
  var mask: UInt32 { self == .word ? .max : 1 << (8 * UInt32(rawValue)) - 1 }
}
