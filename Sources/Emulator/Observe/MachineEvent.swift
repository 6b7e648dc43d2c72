// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM
import MachineModel

/// Something that happened in a machine and that a person may want to see. Devices are indices into
/// the chip's list of peripherals.
public enum MachineEvent: Equatable, Sendable {
  /// The core reached a peripheral's register, modelled or not.
  case access(Access)
  /// A register that nothing models was reached; reads answered 0.
  case unmodelled(Address, isWrite: Bool)
  /// Nothing answers there: a BusFault.
  case refused(Address, isWrite: Bool)
  /// A device moved bytes from RAM, or into it.
  case dma(device: Int, Address, ByteCount, intoRAM: Bool)
  /// A device was pointed outside RAM.
  case dmaRefused(device: Int, Address, ByteCount)
  case interruptLine(Int, raised: Bool)
  case exceptionEntered(Int)
  case exceptionReturned(Int)
  /// An exception that the program does not handle, or lockup, in words: the run ends.
  case crash(String)
  case pin(Pin, Level)
  /// Nobody drives the pin any more, and nothing pulls it.
  case pinFloats(Pin)
  case serialByte(device: Int, UInt8)
  /// A signal on the USB cable, or a packet that moved; frames and refusals are left out.
  case usb(USBBusEvent, USBHandshake)
  /// The pull-up on D+ came or went.
  case usbAttached(Bool)
  /// A write to an ITM stimulus port.
  case stimulus(port: Int, value: UInt32)
  case slept(Outcome.Sleep)
  case woke
  case flash(Address, DeviceContext.FlashWrite)
  case reset(DeviceContext.ResetCause)
  case systemOff
  /// A call to the host and what went into r0; nil while the call waits or where the program ended.
  case semihosting(call: UInt32, parameter: UInt32, answer: UInt32?)

  public struct Access: Equatable, Sendable {
    public var device: Int
    public var offset: UInt32
    public var value: UInt32
    public var width: BusWidth
    public var isWrite: Bool
  }
}

/// Someone who watches a machine. What it does with an event must not touch the machine.
public protocol Observer: AnyObject {
  func observe(_ event: MachineEvent, at instant: Instant, in machine: Machine)
}

/// Those who watch. A machine that nobody watches has none, and pays one comparison an event.
final class ObserverList {
  private(set) var members: [any Observer] = []
  /// The instruction that makes the bus access in progress, nil outside of one.
  var instruction: UInt32?
  private var transfers: [(Address, ByteCount, intoRAM: Bool)] = []
  private var isAsleep = false
  private var raisedLines: Set<Int> = []

  func add(_ observer: any Observer) { members.append(observer) }

  func note(_ event: MachineEvent, at instant: Instant, in machine: Machine) {
    for member in members { member.observe(event, at: instant, in: machine) }
  }

  /// Devices say where their line is, again and again; only what moves is of interest.
  func noteLine(_ line: Int, raised: Bool, at instant: Instant, in machine: Machine) {
    let changes =
      raised ? raisedLines.insert(line).inserted : raisedLines.remove(line) != nil
    if changes { note(.interruptLine(line, raised: raised), at: instant, in: machine) }
  }

  /// A device that has been lent the machine moves bytes. It has to be back before anyone may look.
  func noteTransfer(_ address: Address, _ count: Int, intoRAM: Bool) {
    transfers.append((address, ByteCount(count), intoRAM))
  }

  func endCall(_ device: Int, at instant: Instant, in machine: Machine) {
    guard !transfers.isEmpty else { return }
    let moved = transfers
    transfers = []
    for (address, size, intoRAM) in moved {
      note(.dma(device: device, address, size, intoRAM: intoRAM), at: instant, in: machine)
    }
  }

  func noteStimulus(_ port: Int, _ value: UInt32, at instant: Instant, in machine: Machine) {
    instruction = machine.core.instructionInProgress
    note(.stimulus(port: port, value: value), at: instant, in: machine)
    instruction = nil
  }

  func noteSleep(_ kind: Outcome.Sleep, in machine: Machine) {
    guard !isAsleep else { return }
    isAsleep = true
    note(.slept(kind), at: machine.core.now, in: machine)
  }

  /// Before the core runs: the sleep may be over.
  func noteWaking(in machine: Machine) {
    guard isAsleep, !machine.core.staysAsleep else { return }
    isAsleep = false
    note(.woke, at: machine.core.now, in: machine)
  }
}

extension Machine {
  /// Shows every event from now on to an observer, which is kept. Observers change nothing in a
  /// run, its trace hash included.
  public func show(to observer: any Observer) {
    let list = observers ?? ObserverList()
    list.add(observer)
    observers = list
  }

  /// Runs something that nobody is to see, such as a stretch of time that is gone through again.
  public func unobserved<T>(_ body: () throws -> T) rethrows -> T {
    let list = observers
    observers = nil
    defer { observers = list }
    return try body()
  }

  /// The instruction that an event belongs to: the one that makes the bus access in progress, else
  /// the next to run.
  var instructionOfEvent: UInt32 { observers?.instruction ?? core[register: 15] }
}

// Bus accesses while somebody watches. A write is shown before what it leads to.
extension Machine {
  func readObserved(_ address: Address, _ width: BusWidth, at now: Instant) -> BusAnswer {
    observers?.instruction = core.instructionInProgress
    defer { observers?.instruction = nil }
    let answer = readDevice(address, width, at: now)
    if case .value(let value) = answer {
      note(address, value, width, isWrite: false, at: now)
    } else {
      observers?.note(.refused(address, isWrite: false), at: now, in: self)
    }
    return answer
  }

  func writeObserved(
    _ address: Address, _ value: UInt32, _ width: BusWidth, at now: Instant
  ) -> Bool {
    observers?.instruction = core.instructionInProgress
    defer { observers?.instruction = nil }
    let isFlash = memory(holding: address, 1) != nil
    if !isFlash { note(address, value & width.mask, width, isWrite: true, at: now) }
    let isTaken = writeDevice(address, value, width, at: now)
    if !isTaken { observers?.note(.refused(address, isWrite: true), at: now, in: self) }
    return isTaken
  }

  private func note(
    _ address: Address, _ value: UInt32, _ width: BusWidth, isWrite: Bool, at now: Instant
  ) {
    let index = device(at: address)
    if let index {
      let offset = address.bits &- devices[index].base
      let access = MachineEvent.Access(
        device: index, offset: offset, value: value, width: width, isWrite: isWrite)
      observers?.note(.access(access), at: now, in: self)
    }
    let isModelled = index.map { devices[$0].isModelled } ?? !answersUnmodelled(address)
    if !isModelled {
      observers?.note(.unmodelled(address, isWrite: isWrite), at: now, in: self)
    }
  }
}
