// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

extension NordicUARTE {
  /// STARTTX: EasyDMA latches its pointer and count; the legacy UART waits for bytes in TXD.
  mutating func startTransmit(in context: inout DeviceContext) {
    guard mode != .off else { return }
    transmitter.isStarted = true
    guard mode == .easyDMA else { return }
    let address = Address(registers[UARTE.Offset.transmitPointer])
    let count = Int(registers[UARTE.Offset.transmitMaximumCount])
    if let bytes = context.environment.readRAM(address, count) {
      transmitter.bytes = bytes
    } else {
      // The transfer comes to its end having moved nothing, so that no driver waits for ever.
      context.request(.dmaFault(address, ByteCount(count)))
      transmitter.bytes = []
    }
    (transmitter.sent, transmitter.isStopping) = (0, false)
    events.fire(UARTE.Offset.eventsTransmitStarted, in: &context)
    continueTransmit(in: &context)
  }

  /// STOPTX: the byte on the line is finished first; ENDTX comes if it has not come yet (6.34.3).
  mutating func stopTransmit(in context: inout DeviceContext) {
    guard mode != .off else { return }
    transmitter.isStarted = false
    guard mode == .easyDMA else { return }
    if transmitter.byteEndsAt == nil {
      events.fire(UARTE.Offset.eventsTransmitStopped, in: &context)
    } else {
      transmitter.isStopping = true
    }
  }

  /// A byte written to TXD: sent at once, or after the one on the line.
  mutating func send(_ byte: UInt8, in context: inout DeviceContext) {
    guard mode == .legacy, transmitter.isStarted else { return }
    if transmitter.byteEndsAt == nil {
      transmitter.bytes = [byte]
      transmitter.byteEndsAt = context.now + byteTime
    } else {
      transmitter.bytes = [transmitter.bytes.first ?? byte, byte]
    }
    transmitter.sent = 0
  }

  mutating func finishByte(in context: inout DeviceContext) {
    transmitter.byteEndsAt = nil
    guard transmitter.sent < transmitter.bytes.count else { return }
    context.request(.serialOutput(transmitter.bytes[transmitter.sent]))
    transmitter.sent += 1
    if mode == .legacy {
      transmitter.bytes.removeFirst(transmitter.sent)
      transmitter.sent = 0
      if !transmitter.bytes.isEmpty { transmitter.byteEndsAt = context.now + byteTime }
      events.fire(UARTE.Offset.eventsTransmitReady, in: &context)
    } else {
      events.fire(UARTE.Offset.eventsTransmitReady, in: &context)
      continueTransmit(in: &context)
    }
  }

  private mutating func continueTransmit(in context: inout DeviceContext) {
    if transmitter.sent < transmitter.bytes.count && !transmitter.isStopping {
      transmitter.byteEndsAt = context.now + byteTime
      return
    }
    transmitter.byteEndsAt = nil
    transmitter.amount = UInt32(transmitter.sent)
    events.fire(UARTE.Offset.eventsEndTransmit, in: &context)
    guard transmitter.isStopping else { return }
    transmitter.isStopping = false
    events.fire(UARTE.Offset.eventsTransmitStopped, in: &context)
  }
}
