// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

/// The nRF52840's blocks that share an address and an interrupt: TWI and TWIM (Product
/// Specification v1.7, 6.29 and 6.31), SPI and SPIM (6.24 and 6.25). ENABLE says which one is
/// there; SPIS and TWIS are not modelled.
///
/// Parameters: `twoWire`, 0 for instances without TWI and TWIM (default 1).
public struct NordicSharedSerial: Peripheral {
  enum Mode: Codable { case off, twi, twim, spi, spim }

  let bitClock: TickClock
  private let hasTwoWire: Bool
  var mode = Mode.off
  var twoWire = TwoWire()
  var shifter = Shifter()
  var events = EventRegisters(
    [
      TWI.Offset.eventsStopped, TWI.Offset.eventsReceiveReady, SPIM.Offset.eventsEndReceive,
      SPIM.Offset.eventsEnd, TWI.Offset.eventsTransmitSent, SPIM.Offset.eventsEndTransmit,
      TWI.Offset.eventsError, TWI.Offset.eventsByteBoundary, TWI.Offset.eventsSuspended,
      TWIM.Offset.eventsReceiveStarted, TWIM.Offset.eventsTransmitStarted,
      TWIM.Offset.eventsLastReceive, TWIM.Offset.eventsLastTransmit,
    ], hasInterruptEnable: true)
  var registers = StoredRegisters([
    .init(TWI.Offset.shorts, writable: 0x2_1F83),
    .init(TWI.Offset.enable, writable: 0xF),
    .init(SPIM.Offset.pinSelectClock, writable: 0x8000_003F, reset: TWIM.Reset.pinSelect),
    .init(SPIM.Offset.pinSelectOut, writable: 0x8000_003F, reset: TWIM.Reset.pinSelect),
    .init(SPIM.Offset.pinSelectIn, writable: 0x8000_003F, reset: TWIM.Reset.pinSelect),
    .init(SPIM.Offset.pinSelectChip, writable: 0x8000_003F, reset: TWIM.Reset.pinSelect),
    .init(TWI.Offset.frequency, reset: TWIM.Reset.frequency),
    .init(TWI.Offset.address, writable: 0x7F),
    .init(TWIM.Offset.receivePointer),
    .init(TWIM.Offset.receiveMaximumCount, writable: 0xFFFF),
    .init(TWIM.Offset.receiveList, writable: 0x7),
    .init(TWIM.Offset.transmitPointer),
    .init(TWIM.Offset.transmitMaximumCount, writable: 0xFFFF),
    .init(TWIM.Offset.transmitList, writable: 0x7),
    .init(SPIM.Offset.config, writable: 0x7),
    .init(SPIM.Offset.receiveDelay, writable: 0x7, reset: SPIM.Reset.receiveDelay),
    .init(SPIM.Offset.chipDuration, writable: 0xFF, reset: SPIM.Reset.chipDuration),
    .init(SPIM.Offset.chipPolarity, writable: 1),
    .init(
      SPIM.Offset.pinSelectDataCommand, writable: 0x8000_003F,
      reset: SPIM.Reset.pinSelectDataCommand),
    .init(SPIM.Offset.dataCommandCount, writable: 0xF),
    .init(SPIM.Offset.overReadCharacter, writable: 0xFF),
    .init(SPIM.Offset.stallStatus, writable: 3),
  ])

  public init(_ parameters: DeviceParameters) {
    bitClock = TickClock(Frequency(hertz: 16_000_000), reference: parameters.reference)
    hasTwoWire = parameters.numbers["twoWire"] ?? 1 != 0
  }

  public mutating func reset(in context: inout DeviceContext) {
    abandon(in: &context)
    (mode, twoWire, shifter) = (.off, TwoWire(), Shifter())
    registers.reset()
    events.reset(in: &context)
  }

  // MARK: Registers

  public mutating func read(_ offset: UInt32, in context: inout DeviceContext) -> UInt32 {
    if let value = events.read(offset) ?? registers.read(offset) { return value }
    switch offset {
    case TWI.Offset.errorSource: return twoWire.errorSource
    case TWI.Offset.receiveData: return readReceived(in: &context)
    case TWI.Offset.transmitData: return UInt32(twoWire.transmitData ?? 0)
    case TWIM.Offset.receiveAmount: return mode == .spim ? shifter.received : twoWire.received
    case TWIM.Offset.transmitAmount:
      return mode == .spim ? shifter.transmitted : twoWire.transmitted
    default:
      context.reportUnmodelled(offset, write: false)
      return 0
    }
  }

  public mutating func write(_ offset: UInt32, _ value: UInt32, in context: inout DeviceContext) {
    if events.write(offset, value, in: &context) { return }
    if registers.write(offset, value) {
      if offset == TWI.Offset.enable { selectMode(in: &context) }
      return
    }
    switch offset {
    case TWI.Offset.errorSource: twoWire.errorSource &= ~value
    case TWI.Offset.receiveData: break
    case TWI.Offset.transmitData: transmit(UInt8(truncatingIfNeeded: value), in: &context)
    case 0..<NordicEvent.firstOffset: if value & 1 != 0 { trigger(offset, in: &context) }
    default: context.reportUnmodelled(offset, write: true)
    }
    schedule(in: &context)
  }

  private mutating func trigger(_ task: UInt32, in context: inout DeviceContext) {
    switch (mode, task) {
    case (.off, _): break
    case (.spim, SPIM.Offset.tasksStart): startShift(in: &context)
    case (.spim, SPIM.Offset.tasksStop): stopShift(in: &context)
    case (.spim, SPIM.Offset.tasksSuspend), (.spim, SPIM.Offset.tasksResume): break
    case (.spi, _): break
    case (_, TWI.Offset.tasksStartReceive): startTransfer(isRead: true, in: &context)
    case (_, TWI.Offset.tasksStartTransmit): startTransfer(isRead: false, in: &context)
    case (_, TWI.Offset.tasksStop): stopTransfer(in: &context)
    case (_, TWI.Offset.tasksSuspend): suspendTransfer(in: &context)
    case (_, TWI.Offset.tasksResume): resumeTransfer(in: &context)
    default: context.reportUnmodelled(task, write: true)
    }
  }

  private mutating func selectMode(in context: inout DeviceContext) {
    let wanted: Mode =
      switch registers[TWI.Offset.enable] {
      case TWI.Enable.on where hasTwoWire: .twi
      case TWIM.Enable.on where hasTwoWire: .twim
      case SPI.Enable.on: .spi
      case SPIM.Enable.on: .spim
      default: .off
      }
    if registers[TWI.Offset.enable] != 0, wanted == .off {
      context.reportUnmodelled(TWI.Offset.enable, write: true)
    }
    guard wanted != mode else { return }
    abandon(in: &context)
    mode = wanted
    // AMOUNT and ERRORSRC keep their values: drivers switch off first and look afterwards.
    twoWire = TwoWire(
      errorSource: twoWire.errorSource, received: twoWire.received,
      transmitted: twoWire.transmitted)
    shifter = Shifter(received: shifter.received, transmitted: shifter.transmitted)
  }

  /// A transfer that is cut off leaves the bus to others.
  private mutating func abandon(in context: inout DeviceContext) {
    if twoWire.phase != .idle, let bus { _ = context.environment.i2c(.stop, on: bus) }
    context.cancelWake()
  }

  private mutating func readReceived(in context: inout DeviceContext) -> UInt32 {
    if mode == .spi { return takeShifted(in: &context) }
    twoWire.isUnread = false
    return UInt32(twoWire.receiveData)
  }

  private mutating func transmit(_ byte: UInt8, in context: inout DeviceContext) {
    switch mode {
    case .twi:
      twoWire.transmitData = byte
      if !twoWire.isRead { proceed(in: &context) }
    case .spi: shift(byte, in: &context)
    default: break
    }
  }

  // MARK: Time

  public mutating func wake(in context: inout DeviceContext) {
    if let end = twoWire.endsAt, end <= context.now { finishPhase(in: &context) }
    if let end = shifter.endsAt, end <= context.now { finishShift(in: &context) }
    schedule(in: &context)
  }

  private func schedule(in context: inout DeviceContext) {
    context.wake(atFirstOf: twoWire.endsAt, shifter.endsAt)
  }

  /// A bit lasts 2^32 / FREQUENCY cycles of 16 MHz, rounded down; the two fastest rates of SPIM
  /// are coded apart.
  func time(ofBits bits: UInt64) -> Cycles {
    switch registers[TWI.Offset.frequency] {
    case SPIM.Frequency.megahertz16: return bitClock.span(ofTicks: bits)
    case SPIM.Frequency.megahertz32: return bitClock.span(ofTicks: (bits + 1) / 2)
    case let frequency:
      return bitClock.span(ofTicks: bits * ((1 << 32) / UInt64(max(frequency, 0x1_0000))))
    }
  }
}
