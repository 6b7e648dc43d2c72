// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

extension NordicUARTE {
  /// Bytes that may wait on the line; more are not taken from outside.
  private static let lineCapacity = 64

  public var acceptsSerial: Bool { receiver.isStarted && receiver.line.count < Self.lineCapacity }

  public mutating func receive(_ byte: UInt8, in context: inout DeviceContext) {
    receiver.line.append(byte)
    expectByte(after: context.now)
    schedule(in: &context)
  }

  /// STARTRX: EasyDMA latches its pointer and count, and RXD.PTR may be set for the next buffer.
  mutating func startReceive(in context: inout DeviceContext) {
    guard mode != .off else { return }
    receiver.isStarted = true
    receiver.stopsAt = nil
    if mode == .easyDMA {
      let address = Address(registers[UARTE.Offset.receivePointer])
      let size = Int(registers[UARTE.Offset.receiveMaximumCount])
      if context.environment.readRAM(address, size) == nil {
        context.request(.dmaFault(address, ByteCount(size)))
      }
      receiver.buffer = Receiver.Buffer(address: address, size: size)
      receiver.filled = 0
      events.fire(UARTE.Offset.eventsReceiveStarted, in: &context)
    }
    expectByte(after: context.now)
  }

  /// STOPRX: the receiver listens for five more bytes' time, then RXTO (6.34.4).
  mutating func stopReceive(in context: inout DeviceContext) {
    guard receiver.isStarted else { return }
    receiver.stopsAt = context.now + byteTime * 5
  }

  /// FLUSHRX empties the FIFO into the buffer; here a byte is never left in the FIFO.
  mutating func flushReceive(in context: inout DeviceContext) {
    guard mode == .easyDMA else { return }
    receiver.amount = 0
    events.fire(UARTE.Offset.eventsEndReceive, in: &context)
  }

  /// SUSPEND, legacy: both directions stop where they are.
  mutating func suspend() {
    guard mode == .legacy else { return }
    transmitter.isStarted = false
    receiver.isStarted = false
    receiver.byteArrivesAt = nil
  }

  mutating func takeByte(in context: inout DeviceContext) {
    receiver.byteArrivesAt = nil
    guard isReadyForByte, !receiver.line.isEmpty else { return }
    let byte = receiver.line.removeFirst()
    if mode == .legacy {
      receiver.data = byte
      return events.fire(UARTE.Offset.eventsReceiveReady, in: &context)
    }
    guard let buffer = receiver.buffer else { return }
    _ = context.environment.writeRAM([byte], at: buffer.address + ByteCount(receiver.filled))
    receiver.filled += 1
    events.fire(UARTE.Offset.eventsReceiveReady, in: &context)
    if receiver.filled >= buffer.size { endBuffer(in: &context) }
    expectByte(after: context.now)
  }

  mutating func finishReceive(in context: inout DeviceContext) {
    receiver.stopsAt = nil
    receiver.isStarted = false
    receiver.byteArrivesAt = nil
    if receiver.buffer != nil { closeBuffer(in: &context) }
    events.fire(UARTE.Offset.eventsReceiveTimeout, in: &context)
  }

  mutating func readReceivedByte(in context: inout DeviceContext) -> UInt32 {
    guard mode == .legacy, let byte = receiver.data else { return UInt32(receiver.lastData) }
    receiver.lastData = byte
    receiver.data = nil
    expectByte(after: context.now)
    schedule(in: &context)
    return UInt32(byte)
  }

  private mutating func endBuffer(in context: inout DeviceContext) {
    closeBuffer(in: &context)
    let shorts = registers[UARTE.Offset.shorts]
    if shorts & UARTE.Shorts.endReceiveStartReceive != 0 { startReceive(in: &context) }
    if shorts & UARTE.Shorts.endReceiveStopReceive != 0 { stopReceive(in: &context) }
  }

  private mutating func closeBuffer(in context: inout DeviceContext) {
    receiver.buffer = nil
    receiver.amount = UInt32(receiver.filled)
    events.fire(UARTE.Offset.eventsEndReceive, in: &context)
  }

  private var isReadyForByte: Bool {
    guard receiver.isStarted else { return false }
    if mode == .legacy { return receiver.data == nil }
    return receiver.filled < receiver.buffer?.size ?? 0
  }

  /// The next byte on the line is complete one byte's time from now.
  private mutating func expectByte(after now: Instant) {
    guard receiver.byteArrivesAt == nil, isReadyForByte, !receiver.line.isEmpty else { return }
    receiver.byteArrivesAt = now + byteTime
  }
}
