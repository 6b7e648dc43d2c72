// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import MachineModel
import RegisterMaps

extension MicrochipUSB {
  private typealias Status = SAMD21.USB.EndpointStatus
  private typealias Flag = SAMD21.USB.EndpointInterrupt

  /// The values of EPTYPE0 and EPTYPE1 (32.8.3.1).
  private enum EndpointType {
    static let disabled: UInt32 = 0
    static let control: UInt32 = 1
    static let isochronous: UInt32 = 2
  }

  public mutating func usb(
    _ event: USBBusEvent, in context: inout DeviceContext
  ) -> USBHandshake {
    guard isAttachedToUSB else { return .none }
    defer { settle(in: &context) }
    switch event {
    case .power: return .none
    case .reset: resetByBus()
    case .suspend:
      isSuspended = true
      raise(SAMD21.USB.Interrupt.suspend)
    case .resume:
      guard isSuspended else { return .none }
      isSuspended = false
      raise(SAMD21.USB.Interrupt.wakeUp | SAMD21.USB.Interrupt.endOfResume)
    case .startOfFrame(let frame):
      self.frame = UInt32(frame) & 0x7FF
      raise(SAMD21.USB.Interrupt.startOfFrame)
    case .setup(let address, let endpoint, let bytes):
      guard isAddressed(address, endpoint) else { return .none }
      return takeSetup(Int(endpoint), bytes, in: &context)
    case .out(let address, let endpoint, let bytes):
      guard isAddressed(address, endpoint), repliesToData else { return .none }
      return takeData(Int(endpoint), bytes, in: &context)
    case .in(let address, let endpoint):
      guard isAddressed(address, endpoint), repliesToData else { return .none }
      return giveData(Int(endpoint), in: &context)
    }
    return .none
  }

  /// What a reset on the bus clears (32.6.2.5); endpoint 0 keeps its configuration.
  private mutating func resetByBus() {
    _ = stored.write(Offset.deviceAddress, 0)
    frame = 0
    for index in endpoints.indices {
      if index > 0 { endpoints[index].configuration = 0 }
      endpoints[index].status &= ~(Status.stallRequest0 | Status.stallRequest1)
      endpoints[index].flags = 0
      endpoints[index].enabledInterrupts = 0
    }
    if isSuspended { raise(SAMD21.USB.Interrupt.wakeUp) }
    isSuspended = false
    raise(SAMD21.USB.Interrupt.endOfReset)
  }

  private func isAddressed(_ address: UInt8, _ endpoint: UInt8) -> Bool {
    let register = stored[Offset.deviceAddress]
    let own =
      register & SAMD21.USB.DeviceAddress.enable == 0
      ? 0 : register & SAMD21.USB.DeviceAddress.address
    return address == own && endpoint < endpoints.count
  }

  private var repliesToData: Bool {
    stored[Offset.controlB] & SAMD21.USB.ControlB.noReply == 0
  }

  private var refusesData: Bool {
    stored[Offset.controlB] & SAMD21.USB.ControlB.globalNAK != 0
  }

  // MARK: Transactions

  /// 32.6.2.6: a SETUP is taken whatever the bank's state, unless the one before has not been seen.
  private mutating func takeSetup(
    _ endpoint: Int, _ bytes: [UInt8], in context: inout DeviceContext
  ) -> USBHandshake {
    guard type(endpoint, 0) == EndpointType.control,
      endpoints[endpoint].flags & Flag.receivedSetup == 0
    else { return .none }
    guard var bank = bank(endpoint, 0, in: &context),
      store(bytes, of: &bank, at: 0, in: &context)
    else { return .none }
    bank.byteCount = UInt32(min(bytes.count, bank.size))
    write(bank, in: &context)
    _ = stored.write(
      Offset.controlB, stored[Offset.controlB] & ~SAMD21.USB.ControlB.noReply)
    change(endpoint, clear: Status.bank1Ready | Status.stallRequest0 | Status.stallRequest1)
    change(
      endpoint,
      set: Status.toggleOut | Status.toggleIn | Status.currentBank | Status.bank0Ready)
    raise(Flag.receivedSetup, endpoint)
    return .acknowledged
  }

  /// 32.6.2.7 and, where MULTI_PACKET_SIZE says that more follows, 32.6.2.8.
  private mutating func takeData(
    _ endpoint: Int, _ bytes: [UInt8], in context: inout DeviceContext
  ) -> USBHandshake {
    let type = type(endpoint, 0)
    guard type != EndpointType.disabled else { return .none }
    let isIsochronous = type == EndpointType.isochronous
    if !isIsochronous, endpoints[endpoint].status & Status.stallRequest0 != 0 {
      raise(Flag.stall0, endpoint)
      return .stalled
    }
    if refusesData { return .notReady }
    guard endpoints[endpoint].status & Status.bank0Ready == 0 else {
      fail(endpoint, 0, in: &context)
      return isIsochronous ? .acknowledged : .notReady
    }
    guard var bank = bank(endpoint, 0, in: &context) else { return .notReady }
    let position = bank.multiPacketSize == 0 ? 0 : bank.byteCount
    guard store(bytes, of: &bank, at: position, in: &context) else { return .notReady }
    let count = UInt32(min(bytes.count, bank.size))
    bank.byteCount = position + count
    write(bank, in: &context)
    if !isIsochronous { endpoints[endpoint].status ^= Status.toggleOut }
    if count < bank.size || bank.byteCount >= bank.multiPacketSize {
      change(endpoint, set: Status.bank0Ready)
      raise(Flag.transferComplete0, endpoint)
    }
    return .acknowledged
  }

  /// 32.6.2.9 and 32.6.2.10. When the transfer is over MULTI_PACKET_SIZE is zero again: Arduino's
  /// core and the SAM-BA bootloader start the next one without clearing it.
  private mutating func giveData(
    _ endpoint: Int, in context: inout DeviceContext
  ) -> USBHandshake {
    let type = type(endpoint, 1)
    guard type != EndpointType.disabled else { return .none }
    let isIsochronous = type == EndpointType.isochronous
    if !isIsochronous, endpoints[endpoint].status & Status.stallRequest1 != 0 {
      raise(Flag.stall1, endpoint)
      return .stalled
    }
    if refusesData { return .notReady }
    guard endpoints[endpoint].status & Status.bank1Ready != 0 else {
      fail(endpoint, 1, in: &context)
      return isIsochronous ? .data([]) : .notReady
    }
    guard var bank = bank(endpoint, 1, in: &context) else { return .notReady }
    let left = bank.byteCount - min(bank.multiPacketSize, bank.byteCount)
    let count = min(left, UInt32(bank.size))
    let start = Address(bank.address &+ bank.multiPacketSize)
    guard let bytes = context.environment.readRAM(start, Int(count)) else {
      refuse(start, count, in: &context)
      return .notReady
    }
    let isOver = count < bank.size || count == left && !bank.addsZeroLength
    bank.multiPacketSize = isOver ? 0 : bank.multiPacketSize + count
    write(bank, in: &context)
    if !isIsochronous { endpoints[endpoint].status ^= Status.toggleIn }
    if isOver {
      change(endpoint, clear: Status.bank1Ready)
      raise(Flag.transferComplete1, endpoint)
    }
    return .data(bytes)
  }

  // MARK: Endpoint registers

  private func type(_ endpoint: Int, _ bank: UInt32) -> UInt32 {
    endpoints[endpoint].configuration
      >> (bank * SAMD21.USB.EndpointConfiguration.inTypeShift)
      & SAMD21.USB.EndpointConfiguration.outType
  }

  private mutating func change(_ endpoint: Int, set: UInt32 = 0, clear: UInt32 = 0) {
    endpoints[endpoint].status = endpoints[endpoint].status & ~clear | set
  }

  private mutating func raise(_ flag: UInt32, _ endpoint: Int) {
    endpoints[endpoint].flags |= flag
  }

  /// No bank was ready: the flag, and once for each time that it is raised, ERRORFLOW in RAM.
  private mutating func fail(
    _ endpoint: Int, _ number: UInt32, in context: inout DeviceContext
  ) {
    let flag = number == 0 ? Flag.transferFail0 : Flag.transferFail1
    guard endpoints[endpoint].flags & flag == 0 else { return }
    raise(flag, endpoint)
    guard let bank = bank(endpoint, number, in: &context) else { return }
    let statusOfBank = bank.descriptor + ByteCount(EndpointBank.statusOffset)
    guard let old = context.environment.readRAM(statusOfBank, 1)?.first else { return }
    _ = context.environment.writeRAM([old | EndpointBank.errorFlow], at: statusOfBank)
  }
}
