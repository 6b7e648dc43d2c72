// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import MachineModel
import RegisterMaps

/// SAM D21 DMA controller (DS40001882, 20): twelve channels, descriptors in RAM, triggers by
/// software, by the event system, and by SERCOM, ADC and the timers; checksums over CRCDATAIN.
///
/// What a trigger moves is moved at once; the end of it is told two cycles a beat later.
/// Priorities, quality of service, conditional and skipped blocks, and checksums over a channel are
/// not there. A timer triggers where its interrupt or event output is enabled. A channel that waits
/// for an empty data register finds it empty when it is enabled.
public struct MicrochipDMAC: LaneRegisters {
  typealias Offset = SAMD21.DMAC.Offset
  static let channelCount = 12
  /// Where the triggers of the channels arrive: a word each.
  static let triggerInputs: UInt32 = 0x100
  /// The same for the event system, which the first four channels listen to.
  static let eventInputs: UInt32 = 0x140
  static let cyclesPerBeat: UInt64 = 2

  let base: Address
  var channels = (0..<Self.channelCount).map { _ in DMAChannel() }
  private var control: UInt32 = 0
  private var selected = 0
  private var checksum = DMAChecksum()
  private var stored = StoredRegisters([
    .init(Offset.debugControl, writable: 1),
    .init(
      Offset.qualityOfService, writable: 0x3F, reset: SAMD21.DMAC.Reset.qualityOfService),
    .init(Offset.priority, writable: 0x8F8F_8F8F), .init(Offset.baseAddress, writable: ~0xF),
    .init(Offset.writeBackAddress, writable: ~0xF), .init(Offset.checksumControl, writable: 0x3F0F),
  ])
  private var lineIsRaised = false
  /// What this call moves over the bus: asked for behind everything else, since it may come back
  /// here. Empty between calls.
  var moves: [DMAMove] = []

  public init(_ parameters: DeviceParameters) { base = parameters.base }

  public mutating func reset(in context: inout DeviceContext) {
    channels = channels.map { _ in DMAChannel() }
    (control, selected, checksum) = (0, 0, DMAChecksum())
    stored.reset()
    settle(in: &context)
  }

  var isEnabled: Bool { control & SAMD21.DMAC.Control.enable != 0 }
  var descriptors: UInt32 { stored[Offset.baseAddress] }
  var writeBack: UInt32 { stored[Offset.writeBackAddress] }

  // MARK: Registers

  var layout: RegisterLayout { Self.layout }
  private static let layout = RegisterLayout(
    bytes: [
      Offset.checksumStatus, Offset.debugControl, Offset.qualityOfService, Offset.channelID,
      Offset.channelControlA, Offset.channelInterruptEnableClear,
      Offset.channelInterruptEnableSet, Offset.channelInterruptFlags, Offset.channelStatus,
    ],
    halves: [Offset.control, Offset.checksumControl, Offset.interruptPending],
    words: [
      Offset.checksumInput, Offset.checksum, Offset.softwareTrigger, Offset.priority,
      Offset.interruptStatus, Offset.busyChannels, Offset.pendingChannels, Offset.active,
      Offset.baseAddress, Offset.writeBackAddress, Offset.channelControlB,
    ] + (0..<UInt32(channelCount)).map { triggerInputs + 4 * $0 }
      + (0..<4).map { eventInputs + 4 * $0 })

  mutating func load(_ register: UInt32, in context: inout DeviceContext) -> UInt32 {
    if let value = stored.read(register) { return value }
    let channel = channels[selected]
    switch register {
    case Offset.control: return control
    case Offset.checksum: return checksum.value
    case Offset.checksumStatus:
      return checksum.value == 0 ? SAMD21.DMAC.ChecksumStatus.zero : 0
    case Offset.interruptPending: return interruptPending
    case Offset.interruptStatus: return mask { $0.flags & $0.enabledInterrupts != 0 }
    case Offset.busyChannels: return mask { $0.completesAt != nil }
    case Offset.pendingChannels, Offset.active: return 0
    case Offset.channelID: return UInt32(selected)
    case Offset.channelControlA: return channel.isEnabled ? 2 : 0
    case Offset.channelControlB: return channel.control
    case Offset.channelInterruptEnableClear, Offset.channelInterruptEnableSet:
      return channel.enabledInterrupts
    case Offset.channelInterruptFlags: return channel.flags
    case Offset.channelStatus:
      return (channel.completesAt == nil ? 0 : SAMD21.DMAC.Status.busy)
        | (channel.hasFetchError ? SAMD21.DMAC.Status.fetchError : 0)
    default: return 0
    }
  }

  mutating func store(
    _ register: UInt32, _ value: UInt32, lanes: UInt32, in context: inout DeviceContext
  ) {
    defer { settle(in: &context) }
    if stored.write(register, value, lanes: lanes) { return }
    if let index = element(
      of: register, in: Self.triggerInputs, count: Self.channelCount)
    {
      return trigger(index, in: &context)
    }
    if let index = element(of: register, in: Self.eventInputs, count: 4) {
      return takeEvent(index, in: &context)
    }
    switch register {
    case Offset.control:
      if value & SAMD21.DMAC.Control.softwareReset != 0 { return reset(in: &context) }
      control = control.replacing(lanes: lanes, with: value) & 0xF06
    case Offset.checksumInput:
      guard control & SAMD21.DMAC.Control.checksumEnable != 0 else { return }
      checksum.add(value, control: stored[Offset.checksumControl])
    case Offset.checksum: checksum.value = checksum.value.replacing(lanes: lanes, with: value)
    case Offset.softwareTrigger:
      for index in 0..<Self.channelCount where value & 1 << UInt32(index) != 0 {
        trigger(index, in: &context)
      }
    case Offset.interruptPending:
      let index = Int(value & SAMD21.DMAC.Pending.id)
      guard index < Self.channelCount else { return }
      selected = index
      channels[index].flags &= ~(value >> SAMD21.DMAC.Pending.flagsShift & 7)
    case Offset.channelID: selected = min(Int(value & 0xF), Self.channelCount - 1)
    default: storeChannel(register, value, lanes: lanes, in: &context)
    }
  }

  private mutating func storeChannel(
    _ register: UInt32, _ value: UInt32, lanes: UInt32, in context: inout DeviceContext
  ) {
    switch register {
    case Offset.channelControlA:
      if value & SAMD21.DMAC.ChannelControlA.softwareReset != 0 {
        channels[selected] = DMAChannel()
      } else {
        enable(selected, value & SAMD21.DMAC.ChannelControlA.enable != 0, in: &context)
      }
    case Offset.channelControlB:
      let new = channels[selected].control.replacing(lanes: lanes, with: value)
      channels[selected].control = new & 0x00C0_3F7F
      switch new >> SAMD21.DMAC.ChannelControlB.commandShift & 3 {
      case SAMD21.DMAC.Command.suspend: suspend(selected)
      case SAMD21.DMAC.Command.resume: resume(selected, in: &context)
      default: break
      }
    case Offset.channelInterruptEnableClear: channels[selected].enabledInterrupts &= ~value
    case Offset.channelInterruptEnableSet:
      channels[selected].enabledInterrupts |= value & 7
    case Offset.channelInterruptFlags: channels[selected].flags &= ~value
    default: break
    }
  }

  private func mask(_ condition: (DMAChannel) -> Bool) -> UInt32 {
    channels.indices.reduce(0) { condition(channels[$1]) ? $0 | 1 << UInt32($1) : $0 }
  }

  /// The lowest channel with an interrupt, and its flags.
  private var interruptPending: UInt32 {
    let found = channels.firstIndex { $0.flags & $0.enabledInterrupts != 0 }
    guard let found else { return UInt32(selected) }
    return UInt32(found) | channels[found].flags << SAMD21.DMAC.Pending.flagsShift
  }

  // MARK: Time

  public mutating func wake(in context: inout DeviceContext) {
    for index in channels.indices {
      guard let due = channels[index].completesAt, due <= context.now else { continue }
      channels[index].completesAt = nil
      channels[index].flags |= channels[index].flagsAtEnd
      channels[index].flagsAtEnd = 0
    }
    settle(in: &context)
  }

  private mutating func settle(in context: inout DeviceContext) {
    let level = channels.contains { $0.flags & $0.enabledInterrupts != 0 }
    if level != lineIsRaised {
      lineIsRaised = level
      context.setInterruptLine(level)
    }
    let first = channels.compactMap(\.completesAt).min()
    context.wake(atFirstOf: first)
    for move in moves {
      context.request(.transfer(from: move.source, to: move.destination, move.width))
    }
    moves.removeAll()
  }

  // MARK: Triggers

  /// The channels that wait for an event's trigger, as the words at which triggers arrive.
  public func tasks(triggeredBy event: Address) -> [Address] {
    guard isEnabled, let source = DMATrigger.source(of: event) else { return [] }
    return channels.indices.compactMap { index in
      let channel = channels[index]
      guard channel.isEnabled, channel.triggerSource == source else { return nil }
      return base + ByteCount(Int(Self.triggerInputs) + 4 * index)
    }
  }
}
