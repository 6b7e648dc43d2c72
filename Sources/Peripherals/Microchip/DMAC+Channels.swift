// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

/// One channel: its registers, and the block that it is in.
struct DMAChannel: Codable {
  var isEnabled = false
  var control: UInt32 = 0
  var enabledInterrupts: UInt32 = 0
  var flags: UInt32 = 0
  var hasFetchError = false
  var isSuspended = false
  var block: DMABlock?
  /// The descriptor behind the block, 0 for the channel's own.
  var next: UInt32 = 0
  /// When what was moved last is over, and what is told then.
  var completesAt: Instant?
  var flagsAtEnd: UInt32 = 0

  var triggerSource: UInt32 { control >> SAMD21.DMAC.ChannelControlB.triggerShift & 0x3F }
  var triggerAction: UInt32 { control >> SAMD21.DMAC.ChannelControlB.actionShift & 3 }
}

/// A descriptor (DS40001882, 20.10): BTCTRL, BTCNT, SRCADDR, DSTADDR, DESCADDR. Addresses that are
/// incremented are those behind the last beat.
struct DMABlock: Codable {
  static let size = 16

  private(set) var bytes: [UInt8]

  init?(_ bytes: [UInt8]?) {
    guard let bytes, bytes.count == Self.size else { return nil }
    self.bytes = bytes
    guard control & 1 != 0, control >> 8 & 3 != 3 else { return nil }
  }

  private func half(_ at: Int) -> UInt32 { UInt32(bytes[at]) | UInt32(bytes[at + 1]) << 8 }
  private func word(_ at: Int) -> UInt32 { half(at) | half(at + 2) << 16 }

  private var control: UInt32 { half(0) }
  var left: UInt32 {
    get { half(2) }
    set { (bytes[2], bytes[3]) = (UInt8(newValue & 0xFF), UInt8(newValue >> 8 & 0xFF)) }
  }
  var next: UInt32 { word(12) }
  /// BLOCKACT.
  var interrupts: Bool { control & 1 << 3 != 0 }
  var suspends: Bool { control & 1 << 4 != 0 }

  var width: BusWidth {
    switch control >> 8 & 3 {
    case 0: .byte
    case 1: .half
    default: .word
    }
  }

  /// Where the next beat goes from and to.
  var source: Address { address(4, increments: 10, stepsIf: 1) }
  var destination: Address { address(8, increments: 11, stepsIf: 0) }

  private func address(_ at: Int, increments bit: UInt32, stepsIf selection: UInt32) -> Address {
    guard control & 1 << bit != 0 else { return Address(word(at)) }
    let step: UInt32 = control >> 12 & 1 == selection ? 1 << (control >> 13) : 1
    return Address(word(at) &- left &* step &* UInt32(width.rawValue))
  }
}

/// One beat that goes over the bus.
struct DMAMove: Codable {
  let source: Address
  let destination: Address
  let width: BusWidth
}

extension MicrochipDMAC {
  mutating func enable(_ index: Int, _ isOn: Bool, in context: inout DeviceContext) {
    guard isOn != channels[index].isEnabled else { return }
    channels[index].isEnabled = isOn
    channels[index].hasFetchError = false
    channels[index].isSuspended = false
    (channels[index].block, channels[index].next) = (nil, 0)
    guard isOn, DMATrigger.isRaisedAtFirst(channels[index].triggerSource) else { return }
    trigger(index, in: &context)
  }

  mutating func suspend(_ index: Int) {
    channels[index].isSuspended = true
    channels[index].flags |= SAMD21.DMAC.Interrupt.suspended
  }

  mutating func resume(_ index: Int, in context: inout DeviceContext) {
    guard channels[index].isSuspended else { return }
    channels[index].isSuspended = false
    channels[index].hasFetchError = false
  }

  /// EVACT: a trigger, suspending or resuming; the conditional ones count as a trigger.
  mutating func takeEvent(_ index: Int, in context: inout DeviceContext) {
    guard channels[index].control & SAMD21.DMAC.ChannelControlB.eventInput != 0 else { return }
    switch channels[index].control & SAMD21.DMAC.ChannelControlB.eventAction {
    case 1, 2, 3: trigger(index, in: &context)
    case 4: suspend(index)
    case 5: resume(index, in: &context)
    default: break
    }
  }

  /// One trigger: a beat, a block or all of them.
  mutating func trigger(_ index: Int, in context: inout DeviceContext) {
    guard isEnabled, channels[index].isEnabled, !channels[index].isSuspended else { return }
    var beats: UInt64 = 0
    // A list that leads into itself goes on for ever: here it waits for its next trigger.
    var blocks = 2048
    repeat {
      guard var block = channels[index].block ?? fetch(index, in: context) else { break }
      let isBeat = channels[index].triggerAction == SAMD21.DMAC.TriggerAction.beat
      let count = isBeat ? min(block.left, 1) : block.left
      for _ in 0..<count {
        move(block, in: &context)
        block.left -= 1
      }
      beats += UInt64(count)
      blocks -= 1
      channels[index].block = block
      if block.left == 0 { finish(block, of: index) }
      put(block, of: index, in: context)
      if isBeat || channels[index].triggerAction == SAMD21.DMAC.TriggerAction.block { break }
    } while channels[index].isEnabled && !channels[index].isSuspended && blocks > 0
      && beats < 1 << 17
    guard channels[index].flagsAtEnd != 0 else { return }
    channels[index].completesAt = context.now + Cycles(max(beats, 1) * Self.cyclesPerBeat)
  }

  /// Memory to memory at once; anything else over the bus, behind this call.
  private mutating func move(_ block: DMABlock, in context: inout DeviceContext) {
    let size = Int(block.width.rawValue)
    if let bytes = context.environment.readMemory(block.source, size),
      context.environment.writeRAM(bytes, at: block.destination)
    {
      return
    }
    moves.append(
      DMAMove(source: block.source, destination: block.destination, width: block.width))
  }

  private mutating func fetch(_ index: Int, in context: DeviceContext) -> DMABlock? {
    let own = descriptors &+ UInt32(index * DMABlock.size)
    let address = Address(channels[index].next == 0 ? own : channels[index].next)
    if let block = DMABlock(context.environment.readRAM(address, DMABlock.size)) { return block }
    channels[index].hasFetchError = true
    suspend(index)
    return nil
  }

  /// The end of a block: its interrupt, and the next one or the end of the channel.
  private mutating func finish(_ block: DMABlock, of index: Int) {
    if block.interrupts { channels[index].flagsAtEnd |= SAMD21.DMAC.Interrupt.complete }
    if block.suspends {
      channels[index].isSuspended = true
      channels[index].flagsAtEnd |= SAMD21.DMAC.Interrupt.suspended
    }
    channels[index].block = nil
    channels[index].next = block.next
    if block.next == 0 { channels[index].isEnabled = false }
  }

  /// What is left of the block, in the write-back memory.
  private func put(_ block: DMABlock, of index: Int, in context: DeviceContext) {
    let address = Address(writeBack &+ UInt32(index * DMABlock.size))
    _ = context.environment.writeRAM(block.bytes, at: address)
  }
}

/// Who triggers: the numbers of CHCTRLB.TRIGSRC (DS40001882, 20.8.19) and the events that are told.
enum DMATrigger {
  private static let sercoms: Range<UInt32> = 1..<13
  private static let tccs: [(base: UInt32, first: UInt32, channels: UInt32)] = [
    (SAMD21.Base.tcc0, 13, 4), (SAMD21.Base.tcc1, 18, 2), (SAMD21.Base.tcc2, 21, 2),
  ]
  private static let tcs: [(base: UInt32, first: UInt32)] = [
    (SAMD21.Base.tc3, 24), (SAMD21.Base.tc4, 27), (SAMD21.Base.tc5, 30),
  ]
  private static let adc: UInt32 = 39

  /// The number of an event, nil where it triggers nothing.
  static func source(of event: Address) -> UInt32? {
    let offset = event.bits & 0x3FF
    let block = event.bits & ~0x3FF
    if block >= SAMD21.Base.sercom0, block <= SAMD21.Base.sercom5 {
      let number = (block - SAMD21.Base.sercom0) / 0x400
      switch offset {
      case MicrochipSERCOM.receiveEvent: return 1 + 2 * number
      case MicrochipSERCOM.transmitEvent: return 2 + 2 * number
      default: return nil
      }
    }
    if let timer = tcs.first(where: { $0.base == block }) {
      return flag(offset, behind: SAMD21.TC.Offset.interruptFlags, matches: 4, channels: 2)
        .map { timer.first + $0 }
    }
    if let timer = tccs.first(where: { $0.base == block }) {
      return flag(
        offset, behind: SAMD21.TCC.Offset.interruptFlags, matches: 16, channels: timer.channels
      ).map { timer.first + $0 }
    }
    return event.bits == SAMD21.Base.adc + SAMD21.ADC.Offset.interruptFlags ? adc : nil
  }

  /// 0 for an overflow, 1 and up for the compare channels.
  private static func flag(
    _ offset: UInt32, behind first: UInt32, matches: UInt32, channels: UInt32
  ) -> UInt32? {
    guard offset >= first else { return nil }
    let flag = offset - first
    if flag == 0 { return 0 }
    return flag >= matches && flag < matches + channels ? 1 + flag - matches : nil
  }

  /// An empty data register is there before anybody has waited for it.
  static func isRaisedAtFirst(_ source: UInt32) -> Bool {
    sercoms.contains(source) && source % 2 == 0
  }
}
