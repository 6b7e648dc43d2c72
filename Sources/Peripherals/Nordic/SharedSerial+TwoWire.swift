// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

extension NordicSharedSerial {
  /// A transfer of TWI or TWIM. Between two bytes the clock is stretched until there is something
  /// to do; the part on the bus is asked when the last bit of a byte has been clocked.
  struct TwoWire: Codable {
    enum Phase: Codable {
      case idle
      case address
      case byte
      case stopping
      /// The clock is held.
      case stretched
      /// Nobody acknowledged: only STOP, or another START, leads on.
      case refused
    }

    var phase = Phase.idle
    var endsAt: Instant?
    var isRead = false
    var isSuspended = false
    /// What was asked for and comes with the next byte boundary.
    var stopIsDue = false
    var suspendIsDue = false
    var startIsDue: Bool?
    var errorSource: UInt32 = 0
    /// Legacy: TXD until it is sent, RXD, and whether RXD has not been read yet.
    var transmitData: UInt8?
    var receiveData: UInt8 = 0
    var isUnread = false
    /// EasyDMA.
    var bytes: [UInt8] = []
    var address = Address(0)
    var count = 0
    var done = 0
    var received: UInt32 = 0
    var transmitted: UInt32 = 0

    init(errorSource: UInt32 = 0, received: UInt32 = 0, transmitted: UInt32 = 0) {
      (self.errorSource, self.received, self.transmitted) = (errorSource, received, transmitted)
    }
  }

  /// The pads that the bus is on; nil while one is disconnected.
  var bus: I2CBus? {
    guard let clock = Pin(select: registers[TWI.Offset.pinSelectClock]),
      let data = Pin(select: registers[TWI.Offset.pinSelectData])
    else { return nil }
    return .pins(data: data, clock: clock)
  }

  // MARK: Tasks

  /// STARTRX, STARTTX: during a byte, a repeated START after it.
  mutating func startTransfer(isRead: Bool, in context: inout DeviceContext) {
    switch twoWire.phase {
    case .address, .byte, .stopping: twoWire.startIsDue = isRead
    case .idle, .stretched, .refused: begin(isRead: isRead, in: &context)
    }
  }

  mutating func stopTransfer(in context: inout DeviceContext) {
    switch twoWire.phase {
    case .address, .byte: twoWire.stopIsDue = true
    case .idle, .stretched, .refused: beginStop(in: context)
    case .stopping: break
    }
  }

  mutating func suspendTransfer(in context: inout DeviceContext) {
    switch twoWire.phase {
    case .address, .byte: twoWire.suspendIsDue = true
    case .idle, .stretched, .refused, .stopping: suspend(in: &context)
    }
  }

  mutating func resumeTransfer(in context: inout DeviceContext) {
    (twoWire.isSuspended, twoWire.suspendIsDue) = (false, false)
    proceed(in: &context)
  }

  // MARK: Phases

  private mutating func begin(isRead: Bool, in context: inout DeviceContext) {
    (twoWire.isRead, twoWire.phase, twoWire.startIsDue) = (isRead, .address, nil)
    (twoWire.isSuspended, twoWire.stopIsDue, twoWire.suspendIsDue) = (false, false, false)
    twoWire.endsAt = context.now + time(ofBits: 10)
    if mode == .twim { latchBuffer(in: &context) }
  }

  private mutating func latchBuffer(in context: inout DeviceContext) {
    let isRead = twoWire.isRead
    let pointer = isRead ? TWIM.Offset.receivePointer : TWIM.Offset.transmitPointer
    let list = isRead ? TWIM.Offset.receiveList : TWIM.Offset.transmitList
    let maximum = isRead ? TWIM.Offset.receiveMaximumCount : TWIM.Offset.transmitMaximumCount
    twoWire.address = Address(registers[pointer])
    twoWire.count = Int(registers[maximum])
    twoWire.done = 0
    if !isRead {
      if let bytes = context.environment.readRAM(twoWire.address, twoWire.count) {
        twoWire.bytes = bytes
      } else {
        // Zeros are sent, so that no driver waits for ever.
        context.request(.dmaFault(twoWire.address, ByteCount(twoWire.count)))
        twoWire.bytes = Array(repeating: 0, count: twoWire.count)
      }
    }
    if registers[list] & 1 != 0 {
      _ = registers.write(pointer, twoWire.address.bits &+ UInt32(twoWire.count))
    }
    let started = isRead ? TWIM.Offset.eventsReceiveStarted : TWIM.Offset.eventsTransmitStarted
    events.fire(started, in: &context)
  }

  mutating func finishPhase(in context: inout DeviceContext) {
    twoWire.endsAt = nil
    switch twoWire.phase {
    case .address: finishAddress(in: &context)
    case .byte: if twoWire.isRead { finishRead(in: &context) } else { finishWrite(in: &context) }
    case .stopping: finishStop(in: &context)
    case .idle, .stretched, .refused: break
    }
  }

  private func put(_ signal: I2CSignal, in context: DeviceContext) -> I2CAnswer {
    bus.map { context.environment.i2c(signal, on: $0) } ?? .notAcknowledged
  }

  private mutating func finishAddress(in context: inout DeviceContext) {
    let address = UInt16(truncatingIfNeeded: registers[TWI.Offset.address])
    let answer = put(.start(address: address, isRead: twoWire.isRead), in: context)
    if answer == .notAcknowledged {
      return refuse(TWIM.ErrorSource.addressNotAcknowledged, in: &context)
    }
    endByte(in: &context)
  }

  private mutating func finishWrite(in context: inout DeviceContext) {
    let byte: UInt8
    if mode == .twim {
      byte = twoWire.done < twoWire.bytes.count ? twoWire.bytes[twoWire.done] : 0
    } else {
      byte = twoWire.transmitData ?? 0
      twoWire.transmitData = nil
    }
    let answer = put(.write(byte), in: context)
    twoWire.done += 1
    twoWire.transmitted = UInt32(truncatingIfNeeded: twoWire.done)
    if answer == .notAcknowledged {
      return refuse(TWIM.ErrorSource.dataNotAcknowledged, in: &context)
    }
    if mode == .twi { legacyByte(TWI.Offset.eventsTransmitSent, in: &context) }
    endByte(in: &context)
  }

  private mutating func finishRead(in context: inout DeviceContext) {
    var byte: UInt8 = 0xFF
    if case .byte(let answer) = put(.read, in: context) { byte = answer }
    if mode == .twim {
      let place = Address(twoWire.address.bits &+ UInt32(truncatingIfNeeded: twoWire.done))
      if !context.environment.writeRAM([byte], at: place) {
        context.request(.dmaFault(place, ByteCount(1)))
      }
      twoWire.done += 1
      twoWire.received = UInt32(truncatingIfNeeded: twoWire.done)
    } else {
      if twoWire.isUnread {
        twoWire.errorSource |= TWIM.ErrorSource.overrun
        events.fire(TWI.Offset.eventsError, in: &context)
      }
      (twoWire.receiveData, twoWire.isUnread) = (byte, true)
      legacyByte(TWI.Offset.eventsReceiveReady, in: &context)
    }
    endByte(in: &context)
  }

  /// The legacy block's event for a byte, and the byte boundary with its shortcuts.
  private mutating func legacyByte(_ event: UInt32, in context: inout DeviceContext) {
    events.fire(event, in: &context)
    events.fire(TWI.Offset.eventsByteBoundary, in: &context)
    let shorts = registers[TWI.Offset.shorts]
    if shorts & TWI.Shorts.boundaryStop != 0 { twoWire.stopIsDue = true }
    if shorts & TWI.Shorts.boundarySuspend != 0 { twoWire.suspendIsDue = true }
  }

  private mutating func refuse(_ source: UInt32, in context: inout DeviceContext) {
    twoWire.errorSource |= source
    twoWire.phase = .refused
    (twoWire.startIsDue, twoWire.suspendIsDue) = (nil, false)
    events.fire(TWI.Offset.eventsError, in: &context)
    if twoWire.stopIsDue { beginStop(in: context) }
  }

  /// What was asked for during the byte, else the next one.
  private mutating func endByte(in context: inout DeviceContext) {
    twoWire.phase = .stretched
    if twoWire.stopIsDue { return beginStop(in: context) }
    if let isRead = twoWire.startIsDue { return begin(isRead: isRead, in: &context) }
    if twoWire.suspendIsDue { suspend(in: &context) }
    proceed(in: &context)
  }

  private mutating func suspend(in context: inout DeviceContext) {
    (twoWire.isSuspended, twoWire.suspendIsDue) = (true, false)
    events.fire(TWI.Offset.eventsSuspended, in: &context)
  }

  /// Clocks the next byte if there is one.
  mutating func proceed(in context: inout DeviceContext) {
    guard twoWire.phase == .stretched, !twoWire.isSuspended else { return }
    if mode == .twi {
      guard twoWire.isRead || twoWire.transmitData != nil else { return }
    } else {
      guard twoWire.done < twoWire.count else { return }
    }
    twoWire.phase = .byte
    twoWire.endsAt = context.now + time(ofBits: 9)
    if mode == .twim, twoWire.done + 1 == twoWire.count { beginLastByte(in: &context) }
  }

  /// LASTTX and LASTRX come when the last byte begins; their shortcuts act when it has ended.
  private mutating func beginLastByte(in context: inout DeviceContext) {
    let shorts = registers[TWI.Offset.shorts]
    if twoWire.isRead {
      events.fire(TWIM.Offset.eventsLastReceive, in: &context)
      if shorts & TWIM.Shorts.lastReceiveStartTransmit != 0 { twoWire.startIsDue = false }
      if shorts & TWIM.Shorts.lastReceiveSuspend != 0 { twoWire.suspendIsDue = true }
      if shorts & TWIM.Shorts.lastReceiveStop != 0 { twoWire.stopIsDue = true }
    } else {
      events.fire(TWIM.Offset.eventsLastTransmit, in: &context)
      if shorts & TWIM.Shorts.lastTransmitStartReceive != 0 { twoWire.startIsDue = true }
      if shorts & TWIM.Shorts.lastTransmitSuspend != 0 { twoWire.suspendIsDue = true }
      if shorts & TWIM.Shorts.lastTransmitStop != 0 { twoWire.stopIsDue = true }
    }
  }

  private mutating func beginStop(in context: DeviceContext) {
    (twoWire.phase, twoWire.stopIsDue, twoWire.isSuspended) = (.stopping, false, false)
    twoWire.endsAt = context.now + time(ofBits: 1)
  }

  private mutating func finishStop(in context: inout DeviceContext) {
    _ = put(.stop, in: context)
    (twoWire.phase, twoWire.suspendIsDue, twoWire.transmitData) = (.idle, false, nil)
    events.fire(TWI.Offset.eventsStopped, in: &context)
    if let isRead = twoWire.startIsDue { begin(isRead: isRead, in: &context) }
  }
}
