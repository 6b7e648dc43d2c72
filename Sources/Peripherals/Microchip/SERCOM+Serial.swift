// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import MachineModel
import RegisterMaps

/// The USART and SPI: characters through DATA and a shift register.
extension MicrochipSERCOM {
  private typealias Flag = SAMD21.USART.Interrupt
  /// Bytes that may wait on the USART's line; more are not taken from outside.
  private static let lineCapacity = 64
  /// DATA on the way in (26.6.2.6).
  private static let receiveCapacity = 2

  private var transmits: Bool {
    isEnabled && (mode == .spi || controlB & SAMD21.USART.ControlB.transmitEnable != 0)
  }
  /// The bit is the same of the USART and of SPI.
  private var receives: Bool {
    isEnabled && controlB & SAMD21.USART.ControlB.receiveEnable != 0
  }

  // MARK: Out

  mutating func shiftOut(_ value: UInt16, in context: inout DeviceContext) {
    guard transmits else { return }
    interrupts.clear(Flag.transmitComplete, in: &context)
    if shifter.endsAt == nil {
      shifter.shifting = value
      shifter.endsAt = context.now + characterTime
      // DRE falls for the length of a transfer into the shift register: a new edge for DMA.
      interrupts.clear(Flag.dataRegisterEmpty, in: &context)
    } else {
      shifter.data = value
      interrupts.clear(Flag.dataRegisterEmpty, in: &context)
    }
  }

  mutating func finishCharacter(in context: inout DeviceContext) {
    shifter.endsAt = nil
    let byte = UInt8(truncatingIfNeeded: shifter.shifting)
    if mode == .usart {
      context.request(.serialOutput(byte))
    } else if mode == .spi {
      exchange(byte, in: &context)
    }
    if let next = shifter.data {
      shifter = Shifter(shifting: next, endsAt: context.now + characterTime)
    } else {
      interrupts.raise(Flag.transmitComplete, in: &context)
    }
  }

  private mutating func exchange(_ byte: UInt8, in context: inout DeviceContext) {
    let isLeastFirst = controlA & SAMD21.SERCOM.ControlA.dataOrder != 0
    let sent = isLeastFirst ? byte.bitsReversed : byte
    // Nobody selected: the line floats, read as ones.
    let answer = context.environment.spi(sent, on: .controller(name)) ?? 0xFF
    guard receives else { return }
    guard line.received.count < Self.receiveCapacity else {
      status |= SAMD21.SPI.Status.bufferOverflow
      interrupts.raise(Flag.error, in: &context)
      return
    }
    line.received.append(UInt16(isLeastFirst ? answer.bitsReversed : answer))
  }

  // MARK: In

  public var acceptsSerial: Bool {
    mode == .usart && receives && line.waiting.count < Self.lineCapacity
  }

  public mutating func receive(_ byte: UInt8, in context: inout DeviceContext) {
    guard line.waiting.count < Self.lineCapacity else { return }
    line.waiting.append(byte)
    settle(in: &context)
  }

  /// The next byte on the line is complete one character's time from now. The far end is taken to
  /// honour flow control: it waits while DATA is full, so nothing is ever overrun.
  mutating func expectByte(in context: inout DeviceContext) {
    guard mode == .usart, receives else {
      line.arrivesAt = nil
      return
    }
    guard line.arrivesAt == nil, !line.waiting.isEmpty,
      line.received.count < Self.receiveCapacity
    else { return }
    line.arrivesAt = context.now + characterTime
    if controlB & SAMD21.USART.ControlB.startOfFrameDetection != 0 {
      interrupts.raise(Flag.receiveStart, in: &context)
    }
  }

  mutating func takeByte(in context: inout DeviceContext) {
    line.arrivesAt = nil
    guard !line.waiting.isEmpty else { return }
    line.received.append(UInt16(line.waiting.removeFirst()))
  }

  mutating func setDataFlags(in context: inout DeviceContext) {
    let isEmpty = transmits && mode != .unmodelled && shifter.data == nil
    let flags =
      (isEmpty ? Flag.dataRegisterEmpty : 0) | (line.received.isEmpty ? 0 : Flag.receiveComplete)
    interrupts.clear(~flags & (Flag.dataRegisterEmpty | Flag.receiveComplete), in: &context)
    interrupts.raise(flags, in: &context)
  }

  // MARK: Times

  /// Start bit, data, parity and stop bits of the USART; the data bits alone of SPI.
  var characterTime: Cycles {
    let dataBits: UInt64 =
      switch controlB & SAMD21.USART.ControlB.characterSize {
      case 1: 9
      case 5: 5
      case 6: 6
      case 7: 7
      default: 8
      }
    if mode == .spi {
      return clock.span(ofTicks: dataBits * 2 * (UInt64(stored[Offset.baud] & 0xFF) + 1))
    }
    let form = controlA & SAMD21.USART.ControlA.form
    let parity: UInt64 = form == 1 << SAMD21.USART.ControlA.formShift ? 1 : 0
    let stops: UInt64 = controlB & SAMD21.USART.ControlB.twoStopBits == 0 ? 1 : 2
    let (ticks, divisor) = bitTicks
    let count = (1 + dataBits + parity + stops) * ticks
    return clock.span(ofTicks: (count + divisor - 1) / divisor)
  }

  /// One bit of the USART in ticks of its clock, as a fraction (25.6.2.3, table 25-2).
  private var bitTicks: (ticks: UInt64, divisor: UInt64) {
    let baud = UInt64(stored[Offset.baud] & 0xFFFF)
    if controlA & SAMD21.USART.ControlA.synchronous != 0 { return (2 * (baud + 1), 1) }
    let rate = controlA & SAMD21.USART.ControlA.sampleRate
    switch rate >> SAMD21.USART.ControlA.sampleRateShift {
    case 0: return (16 << 16, (1 << 16) - baud)
    case 2: return (8 << 16, (1 << 16) - baud)
    case 4: return (3 << 16, (1 << 16) - baud)
    case 1: return (16 * max(8 * (baud & 0x1FFF) + baud >> 13, 1), 8)
    default: return (8 * max(8 * (baud & 0x1FFF) + baud >> 13, 1), 8)
    }
  }
}

extension UInt8 {
  fileprivate var bitsReversed: UInt8 {
    (0..<8).reduce(0) { $0 | (self >> UInt8($1) & 1) << UInt8(7 - $1) }
  }
}
