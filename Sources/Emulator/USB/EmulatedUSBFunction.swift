// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
public import USBModel

/// An emulated board as a host's drivers see it, whole transfers at a time. Letting time pass runs
/// the board.
public final class EmulatedUSBFunction: USBFunction {
  public let machine: Machine
  /// Why the board cannot go on; nil while it can.
  public private(set) var stopReason: StopReason?

  /// Takes the board's cable for itself.
  public init(_ machine: Machine) {
    self.machine = machine
    machine.connectUSB(as: .passThrough)
  }

  public var isAttached: Bool { machine.usb.isInUse }
  public var attachmentCount: Int { machine.usb.attachmentCount }
  public var deviceDescriptor: [UInt8] { isAttached ? machine.usb.identity.device : [] }
  public var configurationDescriptor: [UInt8] {
    isAttached ? machine.usb.identity.configuration : []
  }

  public func submit(_ transfer: USBTransfer) {
    machine.usb.submit(transfer, at: machine.core.now)
  }

  public func cancel(_ id: UInt64) { machine.usb.cancel(id, at: machine.core.now) }

  public func resetPort() { machine.usb.resetPort(at: machine.core.now) }

  public func completions() -> [USBCompletion] { machine.usb.takeCompletions() }

  public func advance(by time: Duration) {
    guard stopReason == nil else { return }
    let end = machine.core.now + machine.cycles(in: time)
    while machine.core.now < end {
      let conditions = StopConditions(duration: end - machine.core.now)
      switch machine.run(until: conditions) {
      case .durationReached: return
      // Nothing of its own will wake it, but a host may.
      case .asleepForever: machine.core.advance(to: end)
      case let reason:
        stopReason = reason
        machine.connectUSB(as: .unplugged)
        return
      }
    }
  }
}

extension Machine {
  /// Whole cycles in a span of virtual time.
  public func cycles(in time: Duration) -> Cycles {
    let (seconds, attoseconds) = time.components
    guard seconds >= 0, attoseconds >= 0 else { return Cycles(0) }
    let clock = TickClock(board.cpuClock, reference: Frequency(hertz: 1_000_000_000))
    let nanoseconds = UInt64(clamping: seconds).multipliedReportingOverflow(by: 1_000_000_000)
    guard !nanoseconds.overflow else { return Cycles(.max) }
    let all = nanoseconds.partialValue &+ UInt64(attoseconds / 1_000_000_000)
    return Cycles(clock.ticks(in: Cycles(all)))
  }
}
