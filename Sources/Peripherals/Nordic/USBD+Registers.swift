// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

extension NordicUSBD {
  public mutating func read(_ offset: UInt32, in context: inout DeviceContext) -> UInt32 {
    if offset == USBD.Offset.dataToggle { return selectedToggle }
    if let value = events.read(offset) ?? registers.read(offset) ?? readEndpoint(offset) {
      return value
    }
    if let byte = element(of: offset, in: USBD.Offset.requestType, count: 8) {
      return UInt32(control.setup[byte])
    }
    switch offset {
    case USBD.Offset.eventCause: return bus.cause
    case USBD.Offset.address: return UInt32(bus.address)
    case USBD.Offset.frameCounter: return UInt32(bus.frame)
    case USBD.Offset.sizeIsoOut: return USBD.Reset.sizeIsoOut
    case USBD.Offset.isoInAmount, USBD.Offset.isoOutAmount, USBD.Offset.stall: return 0
    default:
      if let value = undocumented.read(offset) { return value }
      context.reportUnmodelled(offset, write: false)
      return 0
    }
  }

  public mutating func write(_ offset: UInt32, _ value: UInt32, in context: inout DeviceContext) {
    if offset < NordicEvent.firstOffset {
      if value & 1 != 0 { trigger(task: offset, in: &context) }
    } else if !events.write(offset, value, in: &context), !writeEndpoint(offset, value) {
      switch offset {
      case USBD.Offset.eventCause: bus.cause &= ~value
      case USBD.Offset.endpointStatus, USBD.Offset.dataStatus:
        _ = registers.write(offset, registers[offset] & ~value)
      case USBD.Offset.dataToggle: writeToggle(value)
      case USBD.Offset.stall: writeStall(value)
      case USBD.Offset.enable, USBD.Offset.pullUp, USBD.Offset.lowPower:
        let old = registers[offset]
        _ = registers.write(offset, value)
        if registers[offset] != old { change(offset, in: &context) }
      case USBD.Offset.address, USBD.Offset.frameCounter, USBD.Offset.sizeIsoOut: break
      case Undocumented.value: writeUndocumented(value)
      default:
        if !registers.write(offset, value), !undocumented.write(offset, value) {
          context.reportUnmodelled(offset, write: true)
        }
      }
    }
    schedule(in: &context)
  }

  // MARK: Tasks

  private mutating func trigger(task: UInt32, in context: inout DeviceContext) {
    guard bus.isReady else { return }
    if let index = element(of: task, in: USBD.Offset.tasksStartIn, count: Self.endpoints) {
      return startDMA(.in(index), in: &context)
    }
    if let index = element(of: task, in: USBD.Offset.tasksStartOut, count: Self.endpoints) {
      return startDMA(.out(index), in: &context)
    }
    switch task {
    case USBD.Offset.tasksControlReceiveOut: control.acceptsOut = true
    case USBD.Offset.tasksControlStatus: control.acceptsStatus = true
    case USBD.Offset.tasksControlStall: control.isStalled = true
    case USBD.Offset.tasksStartIsoIn: events.fire(USBD.Offset.eventsEndIsoIn, in: &context)
    case USBD.Offset.tasksStartIsoOut: events.fire(USBD.Offset.eventsEndIsoOut, in: &context)
    case USBD.Offset.tasksDrive, USBD.Offset.tasksNoDrive: break
    default: context.reportUnmodelled(task, write: true)
    }
  }

  /// The tasks that SHORTS ties to an event of the control endpoint.
  mutating func followShorts(
    _ pairs: (short: UInt32, task: UInt32)..., in context: inout DeviceContext
  ) {
    for pair in pairs where registers[USBD.Offset.shorts] & pair.short != 0 {
      trigger(task: pair.task, in: &context)
    }
  }

  // MARK: On and off

  private mutating func change(_ offset: UInt32, in context: inout DeviceContext) {
    switch offset {
    case USBD.Offset.enable:
      context.request(.usbSupply(isWanted: registers[offset] != 0))
      if registers[offset] != 0 {
        startUp(in: &context)
      } else {
        let cause = bus.cause
        bus = Bus(cause: cause)
        forgetTransfers()
      }
    case USBD.Offset.lowPower:
      // Leaving low power while the bus is suspended is asking for a remote wake-up (6.35.8).
      if registers[offset] == 0, bus.isSuspended {
        bus.wakeUpAllowedAt = context.now + parameters.microseconds(10)
      }
    default: break
    }
    tellAttachment(in: &context)
  }

  /// READY comes once the block has its supply, which is VBUS's.
  mutating func startUp(in context: inout DeviceContext) {
    guard hasPower, registers[USBD.Offset.enable] != 0, !bus.isReady else { return }
    bus.readyAt = context.now + parameters.microseconds(10)
  }

  // MARK: Endpoints

  /// PTR, MAXCNT and AMOUNT of an endpoint: 20 bytes apart.
  static let blockStride: UInt32 = 0x14

  private func readEndpoint(_ offset: UInt32) -> UInt32? {
    let count = Self.endpoints
    if let index = element(of: offset, in: USBD.Offset.haltedIn, count: count) {
      return ins[index].isHalted ? 1 : 0
    }
    if let index = element(of: offset, in: USBD.Offset.haltedOut, count: count) {
      return outs[index].isHalted ? 1 : 0
    }
    if let index = element(of: offset, in: USBD.Offset.sizeOut, count: count) {
      return outs[index].size
    }
    guard offset >= USBD.Offset.inPointer, offset < 0x800 else { return nil }
    let isIn = offset < USBD.Offset.outPointer
    let distance = offset - (isIn ? USBD.Offset.inPointer : USBD.Offset.outPointer)
    let index = Int(distance / Self.blockStride)
    guard index < count else { return nil }
    switch distance % Self.blockStride {
    case 0: return (isIn ? dma.inPointers : dma.outPointers)[index]
    case 4: return (isIn ? dma.inMaximumCounts : dma.outMaximumCounts)[index]
    case 8: return isIn ? ins[index].amount : outs[index].amount
    default: return nil
    }
  }

  private mutating func writeEndpoint(_ offset: UInt32, _ value: UInt32) -> Bool {
    if let index = element(of: offset, in: USBD.Offset.sizeOut, count: Self.endpoints) {
      // Any value empties the buffer and lets the next packet in (6.35.11.2).
      outs[index].packet = nil
      outs[index].size = 0
      outs[index].isOpen = true
      return true
    }
    guard offset >= USBD.Offset.inPointer, offset < 0x800 else { return false }
    let isIn = offset < USBD.Offset.outPointer
    let distance = offset - (isIn ? USBD.Offset.inPointer : USBD.Offset.outPointer)
    let index = Int(distance / Self.blockStride)
    guard index < Self.endpoints else { return false }
    switch (distance % Self.blockStride, isIn) {
    case (0, true): dma.inPointers[index] = value
    case (0, false): dma.outPointers[index] = value
    case (4, true): dma.inMaximumCounts[index] = value & 0x7F
    case (4, false): dma.outMaximumCounts[index] = value & 0x7F
    case (8, _): break
    default: return false
    }
    return true
  }

  private var selectedToggle: UInt32 {
    let selection = registers[USBD.Offset.dataToggle]
    let index = Int(selection & USBD.Endpoint.number)
    let isOdd =
      selection & USBD.Endpoint.isIn != 0 ? ins[index].isOdd : outs[index].isOdd
    let value = isOdd ? USBD.Endpoint.data1 : USBD.Endpoint.data0
    return selection | value << USBD.Endpoint.toggleShift
  }

  private mutating func writeToggle(_ value: UInt32) {
    _ = registers.write(USBD.Offset.dataToggle, value)
    let index = Int(value & USBD.Endpoint.number)
    let wanted = (value & USBD.Endpoint.toggle) >> USBD.Endpoint.toggleShift
    guard wanted == USBD.Endpoint.data0 || wanted == USBD.Endpoint.data1 else { return }
    if value & USBD.Endpoint.isIn != 0 {
      ins[index].isOdd = wanted == USBD.Endpoint.data1
    } else {
      outs[index].isOdd = wanted == USBD.Endpoint.data1
    }
  }

  private mutating func writeStall(_ value: UInt32) {
    let index = Int(value & USBD.Endpoint.number)
    let isHalted = value & USBD.Endpoint.stall != 0
    if value & USBD.Endpoint.isIn != 0 {
      ins[index].isHalted = isHalted
    } else {
      outs[index].isHalted = isHalted
    }
  }

  /// Drivers abort a transfer by disarming its endpoint through these two: 0x7B6 + 2 (n - 1) with
  /// bit 1 for endpoint n, 0x7B4 with bit 2 for the control endpoint.
  private mutating func writeUndocumented(_ value: UInt32) {
    let index = undocumented[Undocumented.index]
    if index == 0x7B4, value & 4 != 0 { ins[0].packet = nil }
    if index >= 0x7B6, index <= 0x7C2, index & 1 == 0, value & 2 != 0 {
      ins[Int(index - 0x7B6) / 2 + 1].packet = nil
    }
    _ = undocumented.write(Undocumented.value, value)
  }
}
