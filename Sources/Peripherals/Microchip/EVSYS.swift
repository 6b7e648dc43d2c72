// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import MachineModel
import RegisterMaps

/// SAM D21 event system (DS40001882, 24): what the modelled blocks tell (timers, ADC) and software
/// events, on their way to DMA channels, timers and the ADC. Paths and edges are stored; an event
/// takes no time, so a channel is never busy, and OVR and EVD never come.
public struct MicrochipEVSYS: LaneRegisters {
  private typealias Offset = SAMD21.EVSYS.Offset
  private static let channelCount = 12
  private static let userCount = 29
  /// Where software events leave: a word for each channel.
  private static let softwareEvents: UInt32 = 0x100

  private let base: Address
  /// CHANNEL as written, for each channel.
  private var channels = [UInt32](repeating: 0, count: channelCount)
  private var selected = 0
  /// The channel of each user plus one, 0 for none.
  private var users = [UInt32](repeating: 0, count: userCount)
  private var selectedUser = 0
  private var interrupts = InterruptFlags(implemented: 0x0F0F_FFFF)

  public init(_ parameters: DeviceParameters) { base = parameters.base }

  public mutating func reset(in context: inout DeviceContext) {
    channels = channels.map { _ in 0 }
    users = users.map { _ in 0 }
    (selected, selectedUser) = (0, 0)
    interrupts.reset(in: &context)
  }

  var layout: RegisterLayout { Self.layout }
  private static let layout = RegisterLayout(
    bytes: [Offset.control], halves: [Offset.user],
    words: [
      Offset.channel, Offset.channelStatus, Offset.interruptEnableClear,
      Offset.interruptEnableSet, Offset.interruptFlags,
    ])

  mutating func load(_ register: UInt32, in context: inout DeviceContext) -> UInt32 {
    switch register {
    case Offset.channel: channels[selected]
    case Offset.user:
      UInt32(selectedUser) | users[selectedUser] << SAMD21.EVSYS.User.channelShift
    case Offset.channelStatus: SAMD21.EVSYS.Reset.channelStatus
    case Offset.interruptEnableClear, Offset.interruptEnableSet: interrupts.enabled
    case Offset.interruptFlags: interrupts.raised
    default: 0
    }
  }

  /// A byte written to CHANNEL or USER selects; it takes the second byte to change anything.
  mutating func store(
    _ register: UInt32, _ value: UInt32, lanes: UInt32, in context: inout DeviceContext
  ) {
    switch register {
    case Offset.control:
      if value & SAMD21.EVSYS.Control.softwareReset != 0 { reset(in: &context) }
    case Offset.channel:
      if lanes & 0xFF != 0 {
        selected = min(Int(value & SAMD21.EVSYS.Channel.number), Self.channelCount - 1)
      }
      let new = channels[selected].replacing(lanes: lanes, with: value)
      channels[selected] = new & 0x0F7F_0000 | UInt32(selected)
      if value & SAMD21.EVSYS.Channel.softwareEvent != 0 {
        context.publish(event: Self.softwareEvents + 4 * UInt32(selected))
      }
    case Offset.user:
      if lanes & 0xFF != 0 {
        selectedUser = min(Int(value & SAMD21.EVSYS.User.number), Self.userCount - 1)
      }
      if lanes & 0xFF00 != 0 {
        users[selectedUser] = value >> SAMD21.EVSYS.User.channelShift & 0x1F
      }
    case Offset.interruptEnableClear: interrupts.disable(value, in: &context)
    case Offset.interruptEnableSet: interrupts.enable(value, in: &context)
    case Offset.interruptFlags: interrupts.clear(value, in: &context)
    default: break
    }
  }

  // MARK: Routes

  public func tasks(triggeredBy event: Address) -> [Address] {
    let offset = event.bits &- base.bits &- Self.softwareEvents
    if offset < 4 * UInt32(Self.channelCount) { return users(of: Int(offset / 4)) }
    guard let generator = Self.generator(of: event) else { return [] }
    return channels.indices.flatMap { index in
      channels[index] >> SAMD21.EVSYS.Channel.generatorShift & 0x7F == generator
        ? users(of: index) : []
    }
  }

  private func users(of channel: Int) -> [Address] {
    users.indices.compactMap { user in
      users[user] == UInt32(channel) + 1 ? Self.input(of: user) : nil
    }
  }

  /// Where the users that are modelled take their events.
  private static func input(of user: Int) -> Address? {
    switch user {
    case 0...3:
      Address(SAMD21.Base.dmac + MicrochipDMAC.eventInputs + 4 * UInt32(user))
    case 18: Address(SAMD21.Base.tc3 + MicrochipTC.eventInput)
    case 19: Address(SAMD21.Base.tc4 + MicrochipTC.eventInput)
    case 20: Address(SAMD21.Base.tc5 + MicrochipTC.eventInput)
    case 23: Address(SAMD21.Base.adc + MicrochipADC.eventInput)
    default: nil
    }
  }

  /// CHANNEL.EVGEN's number of an event (24.8.2).
  private static func generator(of event: Address) -> UInt32? {
    DMATrigger.source(of: event).flatMap { source in
      switch source {
      // TCC0 has OVF, TRG, CNT and four matches, its siblings two.
      case 13: 34
      case 14...17: 37 + source - 14
      case 18: 41
      case 19...20: 44 + source - 19
      case 21: 46
      case 22...23: 49 + source - 22
      case 24...32: 51 + source - 24
      case 39: 66
      default: nil
      }
    }
  }
}
