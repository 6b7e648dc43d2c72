// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

extension NordicSharedSerial {
  /// A transfer of SPI or SPIM. SPIM exchanges its bytes when the last bit of the last one has
  /// been clocked; SPI byte by byte, one being shifted and one waiting.
  struct Shifter: Codable {
    var endsAt: Instant?
    /// SPIM: what goes out. SPI: the byte that is shifted, and the one behind it.
    var bytes: [UInt8] = []
    var receiveAddress = Address(0)
    var receiveCount = 0
    var transmitCount = 0
    var received: UInt32 = 0
    var transmitted: UInt32 = 0
    /// SPI: RXD and the byte behind it.
    var input: [UInt8] = []

    init(received: UInt32 = 0, transmitted: UInt32 = 0) {
      (self.received, self.transmitted) = (received, transmitted)
    }
  }

  private var spiBus: SPIBus? {
    guard let clock = Pin(select: registers[SPIM.Offset.pinSelectClock]) else { return nil }
    return .pins(
      clock: clock, out: Pin(select: registers[SPIM.Offset.pinSelectOut]),
      in: Pin(select: registers[SPIM.Offset.pinSelectIn]))
  }

  /// Where no part is selected the line has the level of its pad.
  private func exchange(_ byte: UInt8, in context: DeviceContext) -> UInt8 {
    if let bus = spiBus, let answer = context.environment.spi(byte, on: bus) { return answer }
    let pad = Pin(select: registers[SPIM.Offset.pinSelectIn])
    return pad.flatMap { context.environment.level(of: $0) } == .high ? 0xFF : 0
  }

  // MARK: SPIM

  mutating func startShift(in context: inout DeviceContext) {
    guard shifter.endsAt == nil else { return }
    let address = Address(registers[SPIM.Offset.transmitPointer])
    shifter.transmitCount = Int(registers[SPIM.Offset.transmitMaximumCount])
    shifter.receiveCount = Int(registers[SPIM.Offset.receiveMaximumCount])
    shifter.receiveAddress = Address(registers[SPIM.Offset.receivePointer])
    let count = max(shifter.transmitCount, shifter.receiveCount)
    if let bytes = context.environment.readRAM(address, shifter.transmitCount) {
      shifter.bytes = bytes
    } else {
      // Zeros are sent, so that no driver waits for ever.
      context.request(.dmaFault(address, ByteCount(shifter.transmitCount)))
      shifter.bytes = Array(repeating: 0, count: shifter.transmitCount)
    }
    let filler = UInt8(truncatingIfNeeded: registers[SPIM.Offset.overReadCharacter])
    shifter.bytes += Array(repeating: filler, count: count - shifter.transmitCount)
    if registers[SPIM.Offset.transmitList] & 1 != 0 {
      _ = registers.write(
        SPIM.Offset.transmitPointer, address.bits &+ UInt32(shifter.transmitCount))
    }
    if registers[SPIM.Offset.receiveList] & 1 != 0 {
      _ = registers.write(
        SPIM.Offset.receivePointer, shifter.receiveAddress.bits &+ UInt32(shifter.receiveCount))
    }
    shifter.endsAt = context.now + time(ofBits: 8 * UInt64(count))
    events.fire(SPIM.Offset.eventsStarted, in: &context)
  }

  mutating func finishShift(in context: inout DeviceContext) {
    shifter.endsAt = nil
    if mode == .spi { return finishByte(in: &context) }
    let input = shifter.bytes.map { exchange($0, in: context) }
    let taken = Array(input.prefix(shifter.receiveCount))
    if !taken.isEmpty, !context.environment.writeRAM(taken, at: shifter.receiveAddress) {
      context.request(.dmaFault(shifter.receiveAddress, ByteCount(taken.count)))
    }
    shifter.received = UInt32(taken.count)
    shifter.transmitted = UInt32(shifter.transmitCount)
    events.fire(SPIM.Offset.eventsEndReceive, in: &context)
    events.fire(SPIM.Offset.eventsEndTransmit, in: &context)
    events.fire(SPIM.Offset.eventsEnd, in: &context)
    if registers[SPIM.Offset.shorts] & SPIM.Shorts.endStart != 0 { startShift(in: &context) }
  }

  /// STOP: what has been shifted so far counts.
  mutating func stopShift(in context: inout DeviceContext) {
    if let end = shifter.endsAt {
      let byte = time(ofBits: 8).count
      let left = end <= context.now ? 0 : (end - context.now).count / max(byte, 1)
      let count = max(shifter.bytes.count - Int(clamping: left), 0)
      shifter.bytes = Array(shifter.bytes.prefix(count))
      shifter.receiveCount = min(shifter.receiveCount, count)
      shifter.transmitCount = min(shifter.transmitCount, count)
      finishShift(in: &context)
      shifter.endsAt = nil
    }
    events.fire(SPIM.Offset.eventsStopped, in: &context)
  }

  // MARK: SPI

  /// A byte written to TXD: shifted at once, or behind the one that is.
  mutating func shift(_ byte: UInt8, in context: inout DeviceContext) {
    if shifter.endsAt == nil {
      shifter.bytes = [byte]
      shifter.endsAt = context.now + time(ofBits: 8)
    } else {
      shifter.bytes = [shifter.bytes.first ?? byte, byte]
    }
  }

  private mutating func finishByte(in context: inout DeviceContext) {
    guard let byte = shifter.bytes.first else { return }
    shifter.bytes.removeFirst()
    let input = exchange(byte, in: context)
    // RXD is double buffered; what comes third is lost.
    if shifter.input.count < 2 { shifter.input.append(input) }
    if shifter.input.count == 1 { events.fire(SPI.Offset.eventsReady, in: &context) }
    if !shifter.bytes.isEmpty { shifter.endsAt = context.now + time(ofBits: 8) }
  }

  mutating func takeShifted(in context: inout DeviceContext) -> UInt32 {
    guard let byte = shifter.input.first else { return 0 }
    shifter.input.removeFirst()
    if !shifter.input.isEmpty { events.fire(SPI.Offset.eventsReady, in: &context) }
    return UInt32(byte)
  }
}
