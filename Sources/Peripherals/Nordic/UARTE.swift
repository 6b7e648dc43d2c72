// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

/// nRF52840 UARTE, and the legacy UART at the same address (Product Specification v1.7, 6.34 and
/// 6.33): ENABLE is 8 for EasyDMA, 4 for bytes through TXD and RXD.
///
/// Every byte takes the time of its bits at the rate that silicon makes of BAUDRATE. The far end is
/// taken to honour flow control: bytes wait on the line while no buffer is open, so there is no
/// overrun, nor any other line error. CTS and NCTS never fire.
public struct NordicUARTE: Peripheral {
  enum Mode: Codable { case off, legacy, easyDMA }

  let bitClock: TickClock
  var mode = Mode.off
  var transmitter = Transmitter()
  var receiver = Receiver()
  var events = EventRegisters(
    [
      UARTE.Offset.eventsCTS, UARTE.Offset.eventsNotCTS, UARTE.Offset.eventsReceiveReady,
      UARTE.Offset.eventsEndReceive, UARTE.Offset.eventsTransmitReady,
      UARTE.Offset.eventsEndTransmit, UARTE.Offset.eventsError, UARTE.Offset.eventsReceiveTimeout,
      UARTE.Offset.eventsReceiveStarted, UARTE.Offset.eventsTransmitStarted,
      UARTE.Offset.eventsTransmitStopped,
    ], hasInterruptEnable: true)
  var registers = StoredRegisters([
    .init(UARTE.Offset.shorts, writable: 0x78),
    .init(UARTE.Offset.enable, writable: 0xF),
    .init(UARTE.Offset.pinSelectRTS, writable: 0x8000_003F, reset: UARTE.Reset.pinSelectRTS),
    .init(UARTE.Offset.pinSelectTXD, writable: 0x8000_003F, reset: UARTE.Reset.pinSelectTXD),
    .init(UARTE.Offset.pinSelectCTS, writable: 0x8000_003F, reset: UARTE.Reset.pinSelectCTS),
    .init(UARTE.Offset.pinSelectRXD, writable: 0x8000_003F, reset: UARTE.Reset.pinSelectRXD),
    .init(UARTE.Offset.baudRate, reset: UARTE.Reset.baudRate),
    .init(UARTE.Offset.receivePointer),
    .init(UARTE.Offset.receiveMaximumCount, writable: 0xFFFF),
    .init(UARTE.Offset.transmitPointer),
    .init(UARTE.Offset.transmitMaximumCount, writable: 0xFFFF),
    .init(UARTE.Offset.config, writable: 0x1F),
  ])

  struct Transmitter: Codable {
    /// EasyDMA: what was in RAM when the transfer started. Legacy: the byte in TXD.
    var bytes: [UInt8] = []
    var sent = 0
    var amount: UInt32 = 0
    /// When the byte on the line is complete; nil while the line is idle.
    var byteEndsAt: Instant?
    var isStarted = false
    var isStopping = false
  }

  struct Receiver: Codable {
    /// Bytes that the far end wants to send.
    var line: [UInt8] = []
    var byteArrivesAt: Instant?
    var isStarted = false
    var stopsAt: Instant?
    var buffer: Buffer?
    var filled = 0
    var amount: UInt32 = 0
    /// Legacy: the byte in RXD, until it is read.
    var data: UInt8?
    var lastData: UInt8 = 0

    struct Buffer: Codable {
      var address: Address
      var size: Int
    }
  }

  public init(_ parameters: DeviceParameters) {
    bitClock = TickClock(Frequency(hertz: 16_000_000), reference: parameters.reference)
  }

  public mutating func reset(in context: inout DeviceContext) {
    transmitter = Transmitter()
    receiver = Receiver()
    mode = .off
    registers.reset()
    events.reset(in: &context)
    context.cancelWake()
  }

  // MARK: Registers

  public mutating func read(_ offset: UInt32, in context: inout DeviceContext) -> UInt32 {
    if let value = events.read(offset) ?? registers.read(offset) { return value }
    switch offset {
    case UARTE.Offset.errorSource: return 0
    case UARTE.Offset.receiveAmount: return receiver.amount
    case UARTE.Offset.transmitAmount: return transmitter.amount
    case UART.Offset.receiveData: return readReceivedByte(in: &context)
    default:
      context.reportUnmodelled(offset, write: false)
      return 0
    }
  }

  public mutating func write(_ offset: UInt32, _ value: UInt32, in context: inout DeviceContext) {
    if events.write(offset, value, in: &context) { return }
    if registers.write(offset, value) {
      if offset == UARTE.Offset.enable { selectMode(in: &context) }
      return
    }
    let isTriggered = value & 1 != 0
    switch offset {
    case UARTE.Offset.tasksStartReceive: if isTriggered { startReceive(in: &context) }
    case UARTE.Offset.tasksStopReceive: if isTriggered { stopReceive(in: &context) }
    case UARTE.Offset.tasksStartTransmit: if isTriggered { startTransmit(in: &context) }
    case UARTE.Offset.tasksStopTransmit: if isTriggered { stopTransmit(in: &context) }
    case UARTE.Offset.tasksFlushReceive: if isTriggered { flushReceive(in: &context) }
    case UART.Offset.tasksSuspend: if isTriggered { suspend() }
    case UART.Offset.transmitData: send(UInt8(truncatingIfNeeded: value), in: &context)
    case UARTE.Offset.errorSource: break
    default: context.reportUnmodelled(offset, write: true)
    }
    schedule(in: &context)
  }

  private mutating func selectMode(in context: inout DeviceContext) {
    let wanted: Mode =
      switch registers[UARTE.Offset.enable] {
      case UARTE.Enable.on: .easyDMA
      case UART.Enable.on: .legacy
      default: .off
      }
    guard wanted != mode else { return }
    mode = wanted
    // The line keeps its bytes and the AMOUNT registers their values: drivers switch off first and
    // count afterwards.
    transmitter = Transmitter(amount: transmitter.amount)
    receiver = Receiver(line: receiver.line, amount: receiver.amount)
    context.cancelWake()
  }

  // MARK: Time

  public mutating func wake(in context: inout DeviceContext) {
    if let end = transmitter.byteEndsAt, end <= context.now { finishByte(in: &context) }
    if let arrival = receiver.byteArrivesAt, arrival <= context.now { takeByte(in: &context) }
    if let stop = receiver.stopsAt, stop <= context.now { finishReceive(in: &context) }
    schedule(in: &context)
  }

  func schedule(in context: inout DeviceContext) {
    context.wake(
      atFirstOf: transmitter.byteEndsAt, receiver.byteArrivesAt, receiver.stopsAt)
  }

  /// Start bit, eight data bits, parity, stop bits; a bit lasts 2^32 / BAUDRATE cycles of 16 MHz,
  /// rounded down (which is what makes 115,108 baud of the register value for 115,200).
  var byteTime: Cycles {
    let config = registers[UARTE.Offset.config]
    let parity: UInt64 = config & UARTE.Config.parity == UARTE.Config.parity ? 1 : 0
    let stop: UInt64 = config & UARTE.Config.twoStopBits == 0 ? 1 : 2
    let divider = (1 << 32) / UInt64(max(registers[UARTE.Offset.baudRate], 0x1_0000))
    return bitClock.span(ofTicks: (9 + parity + stop) * max(divider, 1))
  }
}
