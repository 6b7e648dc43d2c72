// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

/// EasyDMA between RAM and the endpoints' buffers (6.35.9), and the host's side of the buffers.
extension NordicUSBD {
  /// One transfer at a time. Firmware must not start a second before the first has ended; one that
  /// does finds it done behind the first.
  struct DMA: Codable {
    enum Transfer: Codable, Equatable {
      case `in`(Int)
      case out(Int)
    }
    var running: Transfer?
    var endsAt: Instant?
    /// What was in RAM when the transfer towards the host began.
    var bytes: [UInt8] = []
    var waiting: [Transfer] = []
    var inPointers = [UInt32](repeating: 0, count: NordicUSBD.endpoints)
    var inMaximumCounts = [UInt32](repeating: 0, count: NordicUSBD.endpoints)
    var outPointers = [UInt32](repeating: 0, count: NordicUSBD.endpoints)
    var outMaximumCounts = [UInt32](repeating: 0, count: NordicUSBD.endpoints)
  }

  mutating func startDMA(_ transfer: DMA.Transfer, in context: inout DeviceContext) {
    if dma.running != nil {
      if !dma.waiting.contains(transfer) { dma.waiting.append(transfer) }
      return
    }
    dma.running = transfer
    let count: Int
    switch transfer {
    case .in(let index):
      let wanted = min(Int(dma.inMaximumCounts[index]), Self.packetSize)
      let address = Address(dma.inPointers[index])
      if wanted == 0 {
        dma.bytes = []
      } else if let bytes = context.environment.readRAM(address, wanted) {
        dma.bytes = bytes
      } else {
        // The transfer comes to its end having moved nothing, so that no driver waits for ever.
        context.request(.dmaFault(address, ByteCount(wanted)))
        dma.bytes = []
      }
      count = dma.bytes.count
      markStarted(bit: UInt32(index), in: &context)
    case .out(let index):
      count = min(Int(dma.outMaximumCounts[index]), outs[index].packet?.count ?? 0)
      markStarted(bit: UInt32(index) + 16, in: &context)
    }
    let span = TickClock(Frequency(hertz: 16_000_000), reference: parameters.reference)
      .span(ofTicks: UInt64(16 + count))
    dma.endsAt = context.now + span
  }

  /// EPSTATUS: PTR and MAXCNT have been taken and may be written again.
  private mutating func markStarted(bit: UInt32, in context: inout DeviceContext) {
    let status = registers[USBD.Offset.endpointStatus] | 1 << bit
    _ = registers.write(USBD.Offset.endpointStatus, status)
    events.fire(USBD.Offset.eventsStarted, in: &context)
  }

  mutating func endDMA(in context: inout DeviceContext) {
    guard let transfer = dma.running else { return }
    (dma.running, dma.endsAt) = (nil, nil)
    switch transfer {
    case .in(let index):
      ins[index].packet = dma.bytes
      ins[index].amount = UInt32(dma.bytes.count)
      dma.bytes = []
      events.fire(USBD.Offset.eventsEndIn + 4 * UInt32(index), in: &context)
    case .out(let index): deliver(index, in: &context)
    }
    guard dma.running == nil, !dma.waiting.isEmpty else { return }
    startDMA(dma.waiting.removeFirst(), in: &context)
  }

  private mutating func deliver(_ index: Int, in context: inout DeviceContext) {
    let packet = outs[index].packet ?? []
    let bytes = Array(packet.prefix(Int(dma.outMaximumCounts[index])))
    let address = Address(dma.outPointers[index])
    outs[index].amount = UInt32(bytes.count)
    if !bytes.isEmpty, !context.environment.writeRAM(bytes, at: address) {
      context.request(.dmaFault(address, ByteCount(bytes.count)))
      outs[index].amount = 0
    }
    outs[index].packet = nil
    outs[index].isOpen = true
    events.fire(USBD.Offset.eventsEndOut + 4 * UInt32(index), in: &context)
    if index == 0 {
      followShorts(
        (USBD.Shorts.endOutStatus, USBD.Offset.tasksControlStatus),
        (USBD.Shorts.endOutReceiveOut, USBD.Offset.tasksControlReceiveOut), in: &context)
    }
  }

  // MARK: The bus

  public mutating func usb(
    _ event: USBBusEvent, in context: inout DeviceContext
  ) -> USBHandshake {
    defer { schedule(in: &context) }
    if case .power(let isOn) = event {
      changePower(isOn, in: &context)
      return .none
    }
    guard isAttachedToUSB else { return .none }
    switch event {
    case .power: return .none
    case .reset: resetBus(in: &context)
    case .suspend:
      bus.isSuspended = true
      note(cause: USBD.Cause.suspend, in: &context)
    case .resume:
      bus.isSuspended = false
      note(cause: USBD.Cause.resume, in: &context)
    case .startOfFrame(let number):
      bus.frame = number & 0x7FF
      bus.isSuspended = false
      events.fire(USBD.Offset.eventsStartOfFrame, in: &context)
    case .setup(let address, let endpoint, let bytes):
      guard address == bus.address, endpoint == 0, bytes.count == 8 else { return .none }
      return takeSetup(bytes, in: &context)
    case .out(let address, let endpoint, let bytes):
      guard address == bus.address, bytes.count <= Self.packetSize else { return .none }
      return endpoint == 0
        ? takeControlOut(bytes, in: &context) : takeOut(bytes, Int(endpoint), in: &context)
    case .in(let address, let endpoint):
      guard address == bus.address else { return .none }
      return endpoint == 0 ? giveControlIn(in: &context) : giveIn(Int(endpoint), in: &context)
    }
    return .none
  }

  private mutating func changePower(_ isOn: Bool, in context: inout DeviceContext) {
    guard isOn != hasPower else { return }
    hasPower = isOn
    if isOn {
      startUp(in: &context)
    } else {
      // The block loses its supply. ENABLE stays, and with it the start when VBUS comes back.
      bus = Bus(cause: bus.cause)
      forgetTransfers()
    }
    tellAttachment(in: &context)
  }

  /// Every endpoint but the control endpoint is switched off, and the address is 0 (6.35.6).
  private mutating func resetBus(in context: inout DeviceContext) {
    let amounts = (ins.map(\.amount), outs.map(\.amount))
    let pointers = dma
    forgetTransfers()
    for index in 0..<Self.endpoints {
      ins[index].amount = amounts.0[index]
      outs[index].amount = amounts.1[index]
    }
    dma = pointers
    (dma.running, dma.endsAt, dma.waiting) = (nil, nil, [])
    for offset in [USBD.Offset.inEnable, USBD.Offset.outEnable] {
      _ = registers.write(offset, USBD.Reset.inEnable)
    }
    bus.address = 0
    bus.isSuspended = false
    events.fire(USBD.Offset.eventsReset, in: &context)
  }

  private mutating func takeSetup(
    _ bytes: [UInt8], in context: inout DeviceContext
  ) -> USBHandshake {
    control = Control(setup: bytes)
    ins[0].packet = nil
    (outs[0].packet, outs[0].isHalted, ins[0].isHalted) = (nil, false, false)
    // SET_ADDRESS: software hears of it and has nothing to do.
    if bytes[0] == 0, bytes[1] == 5 {
      control.addressToCome = bytes[2] & 0x7F
      control.acceptsStatus = true
    }
    events.fire(USBD.Offset.eventsControlSetup, in: &context)
    return .acknowledged
  }

  private mutating func takeControlOut(
    _ bytes: [UInt8], in context: inout DeviceContext
  ) -> USBHandshake {
    if control.isStalled || outs[0].isHalted { return .stalled }
    if control.isRead {
      guard control.acceptsStatus else { return .notReady }
      control.acceptsStatus = false
      return .acknowledged
    }
    guard control.acceptsOut else { return .notReady }
    control.acceptsOut = false
    outs[0].packet = bytes
    outs[0].size = UInt32(bytes.count)
    finishControlData(in: &context)
    return .acknowledged
  }

  private mutating func giveControlIn(in context: inout DeviceContext) -> USBHandshake {
    if control.isStalled || ins[0].isHalted { return .stalled }
    if control.isRead {
      guard let packet = ins[0].packet else { return .notReady }
      ins[0].packet = nil
      finishControlData(in: &context)
      return .data(packet)
    }
    guard control.acceptsStatus else { return .notReady }
    control.acceptsStatus = false
    if let address = control.addressToCome { bus.address = address }
    control.addressToCome = nil
    return .data([])
  }

  private mutating func finishControlData(in context: inout DeviceContext) {
    events.fire(USBD.Offset.eventsControlDataDone, in: &context)
    followShorts(
      (USBD.Shorts.dataDoneStartIn, USBD.Offset.tasksStartIn),
      (USBD.Shorts.dataDoneStartOut, USBD.Offset.tasksStartOut),
      (USBD.Shorts.dataDoneStatus, USBD.Offset.tasksControlStatus), in: &context)
  }

  private mutating func takeOut(
    _ bytes: [UInt8], _ index: Int, in context: inout DeviceContext
  ) -> USBHandshake {
    guard index < Self.endpoints, registers[USBD.Offset.outEnable] & 1 << UInt32(index) != 0 else {
      return .none
    }
    if outs[index].isHalted { return .stalled }
    guard outs[index].isOpen else { return .notReady }
    outs[index].isOpen = false
    outs[index].packet = bytes
    outs[index].size = UInt32(bytes.count)
    outs[index].isOdd.toggle()
    finishData(bit: UInt32(index) + 16, in: &context)
    return .acknowledged
  }

  private mutating func giveIn(_ index: Int, in context: inout DeviceContext) -> USBHandshake {
    guard index < Self.endpoints, registers[USBD.Offset.inEnable] & 1 << UInt32(index) != 0 else {
      return .none
    }
    if ins[index].isHalted { return .stalled }
    guard let packet = ins[index].packet else { return .notReady }
    ins[index].packet = nil
    ins[index].isOdd.toggle()
    finishData(bit: UInt32(index), in: &context)
    return .data(packet)
  }

  private mutating func finishData(bit: UInt32, in context: inout DeviceContext) {
    let status = registers[USBD.Offset.dataStatus] | 1 << bit
    _ = registers.write(USBD.Offset.dataStatus, status)
    events.fire(USBD.Offset.eventsData, in: &context)
  }
}
