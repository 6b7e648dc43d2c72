// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import MachineModel
import RegisterMaps

/// SAM D21 SERCOM (DS40001882, 25 to 28): a USART, an SPI master or an I2C master, as CTRLA.MODE
/// says. The slave modes and the USART on an external clock are not there.
///
/// The core clock is the generic clock with the number `clock`, at the CPU's rate until GCLK says
/// otherwise; one that stands still keeps its last rate here. Synchronisation is seen in SYNCBUSY for some cycles and delays nothing. DMA triggers
/// are told as events: the byte offset of INTFLAG for a byte received, the next one for an empty
/// data register.
public struct MicrochipSERCOM: Peripheral {
  typealias Offset = SAMD21.SERCOM.Offset
  enum Mode: Codable { case usart, spi, i2c, unmodelled }

  static let receiveEvent = Offset.interruptFlags
  static let transmitEvent = Offset.interruptFlags + 1
  private static let synchronisation = Cycles(24)

  let name: String
  private let reference: Frequency
  private let clockNumber: UInt64?
  private(set) var clock: TickClock
  var registers = RegisterBytes(
    size: 0x34,
    [
      .init(Offset.controlA, .word, writable: 0x7FF3_E19E),
      .init(Offset.controlB, .word, writable: 0x0007_F7CF),
      .init(Offset.baud, .word, writable: .max),
      .init(Offset.interruptEnableClear, .byte), .init(Offset.interruptEnableSet, .byte),
      .init(Offset.interruptFlags, .byte), .init(Offset.status, .half),
      .init(Offset.synchronisationBusy, .word),
      .init(Offset.address, .word, writable: 0x00FF_E7FF),
      .init(Offset.data, .word), .init(Offset.debugControl, .byte, writable: 1),
    ])
  var shifter = Shifter()
  var line = Line()
  var bus = TwoWireBus()
  private var busyBits: UInt32 = 0
  private var busyUntil = Instant.reset
  private var lineIsRaised = false

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
    resetRegisters()
    (busyBits, busyUntil) = (0, .reset)
    settle(in: &context)
  }

  private mutating func resetRegisters() {
    registers.reset()
    (shifter, bus) = (Shifter(), TwoWireBus())
    line = Line(waiting: line.waiting)
  }

  // MARK: What the registers say

  var controlA: UInt32 { registers[word: Offset.controlA] }
  var controlB: UInt32 { registers[word: Offset.controlB] }
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

  public mutating func read(_ offset: UInt32, in context: inout DeviceContext) -> UInt32 {
    read(offset, .word, in: &context)
  }

  public mutating func read(
    _ offset: UInt32, _ width: BusWidth, in context: inout DeviceContext
  ) -> UInt32 {
    guard registers.contains(offset, width) else {
      context.reportUnmodelled(offset, write: false)
      return 0
    }
    let busy = context.now < busyUntil ? busyBits : 0
    registers[word: Offset.synchronisationBusy] = busy
    let reset = busy & SAMD21.SERCOM.SynchronisationBusy.softwareReset
    registers[byte: Offset.controlA] |= UInt8(truncatingIfNeeded: reset)
    if offset == Offset.data { readData(in: &context) }
    let value = registers.read(offset, width)
    registers[byte: Offset.controlA] &= ~UInt8(SAMD21.SERCOM.ControlA.softwareReset)
    return value
  }

  private mutating func readData(in context: inout DeviceContext) {
    if mode == .i2c {
      registers[word: Offset.data] = UInt32(bus.data)
      readI2CData(in: &context)
    } else {
      if !line.received.isEmpty {
        line.last = line.received.removeFirst()
        // One more byte in DATA is a new edge of the DMA trigger.
        registers[byte: Offset.interruptFlags] &= ~SAMD21.USART.Interrupt.receiveComplete
      }
      registers[word: Offset.data] = UInt32(line.last)
    }
    settle(in: &context)
  }

  public mutating func write(_ offset: UInt32, _ value: UInt32, in context: inout DeviceContext) {
    write(offset, value, .word, in: &context)
  }

  public mutating func write(
    _ offset: UInt32, _ value: UInt32, _ width: BusWidth, in context: inout DeviceContext
  ) {
    guard registers.contains(offset, width) else {
      return context.reportUnmodelled(offset, write: true)
    }
    let wasEnabled = isEnabled
    for lane in value.lanes(offset, width) where registers.contains(lane.offset) {
      write(lane.byte, at: lane.offset)
    }
    switch offset & ~3 {
    case Offset.controlA:
      changeControl(
        wasEnabled, resets: offset & 3 == 0 && value & SAMD21.SERCOM.ControlA.softwareReset != 0,
        in: &context)
    case Offset.controlB:
      beginSynchronisation(SAMD21.SERCOM.SynchronisationBusy.controlB, in: context)
      if mode == .i2c { obeyCommand(in: &context) }
    case Offset.status & ~3: changeStatus(offset, value, width, in: context)
    case Offset.address:
      if mode == .i2c, isEnabled, offset & 3 == 0 { startI2C(in: &context) }
    case Offset.data: if offset & 3 == 0, isEnabled { send(UInt16(value & 0x1FF), in: &context) }
    default: break
    }
    settle(in: &context)
  }

  private mutating func write(_ byte: UInt8, at offset: UInt32) {
    let enable = Offset.interruptEnableSet
    switch offset {
    case Offset.interruptEnableClear: registers[byte: enable] &= ~byte
    case Offset.interruptEnableSet: registers[byte: enable] |= byte & 0xBF
    case Offset.interruptFlags:
      // DRE and RXC of the USART and of SPI are states of DATA.
      registers[byte: offset] &= mode == .i2c ? ~byte : ~(byte & 0xFA)
    case Offset.status, Offset.status + 1: break
    default: return registers.store(byte, at: offset)
    }
    registers[byte: Offset.interruptEnableClear] = registers[byte: enable]
  }

  private mutating func changeControl(
    _ wasEnabled: Bool, resets: Bool, in context: inout DeviceContext
  ) {
    if resets {
      resetRegisters()
      busyUntil = .reset
      beginSynchronisation(SAMD21.SERCOM.SynchronisationBusy.softwareReset, in: context)
    } else if wasEnabled != isEnabled {
      beginSynchronisation(SAMD21.SERCOM.SynchronisationBusy.enable, in: context)
      (shifter, bus) = (Shifter(), TwoWireBus())
      line = Line(waiting: line.waiting)
      registers[byte: Offset.interruptFlags] = 0
      registers[half: Offset.status] = 0
      if isEnabled, mode == .unmodelled {
        context.reportUnmodelled(Offset.controlA, write: true)
      }
    }
  }

  /// Error bits are cleared by ones; the state of the I2C bus is set to idle by a one.
  private mutating func changeStatus(
    _ offset: UInt32, _ value: UInt32, _ width: BusWidth, in context: DeviceContext
  ) {
    var bits: UInt16 = 0
    for lane in value.lanes(offset, width) where lane.offset >= Offset.status {
      bits |= UInt16(lane.byte) << (8 * UInt16(lane.offset - Offset.status))
    }
    guard mode == .i2c else {
      registers[half: Offset.status] &= ~bits
      return
    }
    registers[half: Offset.status] &= ~(bits & 0x0743)
    let state = bits >> SAMD21.I2CM.Status.busStateShift & 3
    if state == BusState.idle, isEnabled { busState = BusState.idle }
    beginSynchronisation(SAMD21.SERCOM.SynchronisationBusy.systemOperation, in: context)
  }

  mutating func beginSynchronisation(_ bits: UInt32, in context: DeviceContext) {
    busyBits = context.now < busyUntil ? busyBits | bits : bits
    busyUntil = context.now + Self.synchronisation
  }

  private mutating func send(_ value: UInt16, in context: inout DeviceContext) {
    switch mode {
    case .usart, .spi: shiftOut(value, in: &context)
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

  /// Flags that follow from the state, the interrupt line, the next wake and DMA triggers.
  mutating func settle(in context: inout DeviceContext) {
    let before = registers[byte: Offset.interruptFlags]
    if mode != .i2c { setDataFlags() }
    expectByte(after: context.now)
    let flags = registers[byte: Offset.interruptFlags]
    let level = flags & registers[byte: Offset.interruptEnableSet] != 0
    if level != lineIsRaised {
      lineIsRaised = level
      context.setInterruptLine(level)
    }
    // Last of all: DMA may come back here.
    context.wake(atFirstOf: shifter.endsAt, line.arrivesAt, bus.due)
    let new = flags & ~before
    if mode != .i2c {
      if new & SAMD21.USART.Interrupt.receiveComplete != 0 {
        context.publish(event: Self.receiveEvent)
      }
      if new & SAMD21.USART.Interrupt.dataRegisterEmpty != 0 {
        context.publish(event: Self.transmitEvent)
      }
    }
  }
}
