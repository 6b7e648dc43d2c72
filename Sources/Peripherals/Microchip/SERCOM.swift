// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import MachineModel
import RegisterMaps

/// SAM D21 SERCOM (DS40001882, 25 to 28): a USART, an SPI master or an I2C master, as CTRLA.MODE
/// says. The slave modes and the USART on an external clock are not there.
///
/// The core clock is the generic clock with the number `clock`, at the CPU's rate until GCLK says
/// otherwise; one that stands still keeps its last rate here. Synchronisation is seen in SYNCBUSY
/// for some cycles and delays nothing. DMA triggers are told as events: the byte offset of INTFLAG
/// for a byte received, the next one for an empty data register.
public struct MicrochipSERCOM: LaneRegisters {
  typealias Offset = SAMD21.SERCOM.Offset
  enum Mode: Codable { case usart, spi, i2c, unmodelled }

  static let receiveEvent = Offset.interruptFlags
  static let transmitEvent = Offset.interruptFlags + 1
  private static let synchronisation = Cycles(24)

  let name: String
  private let reference: Frequency
  private let clockNumber: UInt64?
  private(set) var clock: TickClock
  var stored = StoredRegisters([
    .init(Offset.controlA, writable: 0x7FF3_E19E), .init(Offset.controlB, writable: 0x0007_F7CF),
    .init(Offset.baud), .init(Offset.address, writable: 0x00FF_E7FF),
    .init(Offset.debugControl, writable: 1),
  ])
  var interrupts = InterruptFlags(implemented: 0xBF)
  var status: UInt32 = 0
  var shifter = Shifter()
  var line = Line()
  var bus = TwoWireBus()
  private var busyBits: UInt32 = 0
  private var busyUntil = Instant.reset

  /// The way out of the USART and of SPI: DATA, and the shift register behind it.
  struct Shifter: Codable {
    var data: UInt16?
    var shifting: UInt16 = 0
    var endsAt: Instant?
  }

  /// The way in: what the far end wants to send, and the two bytes that DATA holds.
  struct Line: Codable {
    var waiting: [UInt8] = []
    var arrivesAt: Instant?
    var received: [UInt16] = []
    var last: UInt16 = 0
  }

  /// Reads the number `clock`.
  public init(_ parameters: DeviceParameters) {
    name = parameters.name
    reference = parameters.reference
    clockNumber = parameters.numbers["clock"]
    clock = TickClock(reference, reference: reference)
  }

  public mutating func clock(
    _ line: ClockLine, became frequency: Frequency?, in context: inout DeviceContext
  ) {
    guard case .generic(let number) = line, UInt64(number) == clockNumber, let frequency else {
      return
    }
    clock = TickClock(frequency, reference: reference)
  }

  public mutating func reset(in context: inout DeviceContext) {
    resetRegisters(in: &context)
    (busyBits, busyUntil) = (0, .reset)
    settle(in: &context)
  }

  private mutating func resetRegisters(in context: inout DeviceContext) {
    stored.reset()
    interrupts.reset(in: &context)
    status = 0
    (shifter, bus) = (Shifter(), TwoWireBus())
    line = Line(waiting: line.waiting)
  }

  // MARK: What the registers say

  var controlA: UInt32 { stored[Offset.controlA] }
  var controlB: UInt32 { stored[Offset.controlB] }
  var isEnabled: Bool { controlA & SAMD21.SERCOM.ControlA.enable != 0 }

  var mode: Mode {
    switch controlA >> SAMD21.SERCOM.ControlA.modeShift & 7 {
    case SAMD21.SERCOM.Mode.usart: .usart
    case SAMD21.SERCOM.Mode.spiMaster: .spi
    case SAMD21.SERCOM.Mode.i2cMaster: .i2c
    default: .unmodelled
    }
  }

  // MARK: Registers

  var layout: RegisterLayout { Self.layout }

  private static let layout = RegisterLayout(
    bytes: [
      Offset.interruptEnableClear, Offset.interruptEnableSet, Offset.interruptFlags,
      Offset.debugControl,
    ], halves: [Offset.status],
    words: [
      Offset.controlA, Offset.controlB, Offset.baud, Offset.synchronisationBusy,
      Offset.address, Offset.data,
    ])

  mutating func load(_ register: UInt32, in context: inout DeviceContext) -> UInt32 {
    let busy = context.now < busyUntil ? busyBits : 0
    switch register {
    case Offset.controlA:
      return controlA | busy & SAMD21.SERCOM.SynchronisationBusy.softwareReset
    case Offset.interruptEnableClear, Offset.interruptEnableSet: return interrupts.enabled
    case Offset.interruptFlags: return interrupts.raised
    case Offset.status: return status
    case Offset.synchronisationBusy: return busy
    case Offset.data: return readData(in: &context)
    default: return stored[register]
    }
  }

  private mutating func readData(in context: inout DeviceContext) -> UInt32 {
    defer { settle(in: &context) }
    if mode == .i2c {
      let byte = UInt32(bus.data)
      readI2CData(in: &context)
      return byte
    }
    if !line.received.isEmpty {
      line.last = line.received.removeFirst()
      // One more byte in DATA is a new edge of the DMA trigger.
      interrupts.clear(SAMD21.USART.Interrupt.receiveComplete, in: &context)
    }
    return UInt32(line.last)
  }

  mutating func store(
    _ register: UInt32, _ value: UInt32, lanes: UInt32, in context: inout DeviceContext
  ) {
    defer { settle(in: &context) }
    let wasEnabled = isEnabled
    _ = stored.write(register, value, lanes: lanes)
    switch register {
    case Offset.controlA: changeControl(value, wasEnabled, in: &context)
    case Offset.controlB:
      beginSynchronisation(SAMD21.SERCOM.SynchronisationBusy.controlB, in: context)
      if mode == .i2c { obeyCommand(in: &context) }
    case Offset.interruptEnableClear: interrupts.disable(value, in: &context)
    case Offset.interruptEnableSet: interrupts.enable(value, in: &context)
    case Offset.interruptFlags:
      // DRE and RXC of the USART and of SPI are states of DATA.
      interrupts.clear(mode == .i2c ? value : value & 0xFA, in: &context)
    case Offset.status: changeStatus(value, in: context)
    case Offset.address:
      if mode == .i2c, isEnabled, lanes & 0xFF != 0 { startI2C(in: &context) }
    case Offset.data: if lanes & 0xFF != 0, isEnabled { send(value & 0x1FF, in: &context) }
    default: break
    }
  }

  private mutating func changeControl(
    _ value: UInt32, _ wasEnabled: Bool, in context: inout DeviceContext
  ) {
    if value & SAMD21.SERCOM.ControlA.softwareReset != 0 {
      resetRegisters(in: &context)
      busyUntil = .reset
      beginSynchronisation(SAMD21.SERCOM.SynchronisationBusy.softwareReset, in: context)
    } else if wasEnabled != isEnabled {
      beginSynchronisation(SAMD21.SERCOM.SynchronisationBusy.enable, in: context)
      (shifter, bus) = (Shifter(), TwoWireBus())
      line = Line(waiting: line.waiting)
      interrupts.clear(.max, in: &context)
      status = 0
      if isEnabled, mode == .unmodelled {
        context.reportUnmodelled(Offset.controlA, write: true)
      }
    }
  }

  /// Error bits are cleared by ones; the state of the I2C bus is set to idle by a one.
  private mutating func changeStatus(_ value: UInt32, in context: DeviceContext) {
    guard mode == .i2c else {
      status &= ~value
      return
    }
    status &= ~(value & 0x0743)
    let state = value >> SAMD21.I2CM.Status.busStateShift & 3
    if state == BusState.idle, isEnabled { busState = BusState.idle }
    beginSynchronisation(SAMD21.SERCOM.SynchronisationBusy.systemOperation, in: context)
  }

  mutating func beginSynchronisation(_ bits: UInt32, in context: DeviceContext) {
    busyBits = context.now < busyUntil ? busyBits | bits : bits
    busyUntil = context.now + Self.synchronisation
  }

  private mutating func send(_ value: UInt32, in context: inout DeviceContext) {
    switch mode {
    case .usart, .spi: shiftOut(UInt16(truncatingIfNeeded: value), in: &context)
    case .i2c: writeI2CData(UInt8(truncatingIfNeeded: value), in: &context)
    case .unmodelled: break
    }
  }

  // MARK: Time

  public mutating func wake(in context: inout DeviceContext) {
    if let end = shifter.endsAt, end <= context.now { finishCharacter(in: &context) }
    if let arrival = line.arrivesAt, arrival <= context.now { takeByte(in: &context) }
    if let due = bus.due, due <= context.now { finishI2CStep(in: &context) }
    settle(in: &context)
  }

  /// Flags that follow from the state, the next wake and DMA triggers.
  mutating func settle(in context: inout DeviceContext) {
    let before = interrupts.raised
    if mode != .i2c { setDataFlags(in: &context) }
    expectByte(in: &context)
    context.wake(atFirstOf: shifter.endsAt, line.arrivesAt, bus.due)
    // Last of all: DMA may come back here.
    guard mode != .i2c else { return }
    let new = interrupts.raised & ~before
    if new & SAMD21.USART.Interrupt.receiveComplete != 0 {
      context.publish(event: Self.receiveEvent)
    }
    if new & SAMD21.USART.Interrupt.dataRegisterEmpty != 0 {
      context.publish(event: Self.transmitEvent)
    }
  }
}
