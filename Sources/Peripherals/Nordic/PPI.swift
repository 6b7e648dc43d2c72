// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

/// nRF52840 PPI (Product Specification v1.7, 6.16): twenty programmable channels from an event's
/// address to one or two tasks' addresses, twelve fixed ones, and six groups that switch channels
/// by tasks. It only says what follows from an event; the machine triggers the tasks.
public struct NordicPPI: Peripheral {
  private static let programmable = 20
  private static let groupCount = 6

  private var enabled: UInt32 = 0
  private var events = [UInt32](repeating: 0, count: 32)
  private var tasks = [UInt32](repeating: 0, count: 32)
  private var forks = [UInt32](repeating: 0, count: 32)
  private var groups = [UInt32](repeating: 0, count: Self.groupCount)

  public init(_ parameters: DeviceParameters) { restoreFixedChannels() }

  public mutating func reset(in context: inout DeviceContext) {
    enabled = 0
    events = Array(repeating: 0, count: 32)
    tasks = events
    forks = events
    groups = Array(repeating: 0, count: Self.groupCount)
    restoreFixedChannels()
  }

  /// Channels 20 to 31, pre-programmed (6.16.1).
  private mutating func restoreFixedChannels() {
    let radio: UInt32 = 0x4000_1000
    let encryption: UInt32 = 0x4000_F000
    let compare0 = NRF52840.Base.timer0 + TIMER.Offset.eventsCompare
    let rtcCompare0 = NRF52840.Base.rtc0 + RTC.Offset.eventsCompare
    let capture1 = NRF52840.Base.timer0 + TIMER.Offset.tasksCapture + 4
    let fixed: [(event: UInt32, task: UInt32)] = [
      (compare0, radio + 0x000),  // RADIO TXEN
      (compare0, radio + 0x004),  // RADIO RXEN
      (compare0 + 4, radio + 0x010),  // RADIO DISABLE
      (radio + 0x128, encryption + 0x000),  // BCMATCH, AAR START
      (radio + 0x100, encryption + 0x000),  // READY, CCM KSGEN
      (radio + 0x104, encryption + 0x004),  // ADDRESS, CCM CRYPT
      (radio + 0x104, capture1),
      (radio + 0x10C, capture1 + 4),  // END
      (rtcCompare0, radio + 0x000),
      (rtcCompare0, radio + 0x004),
      (rtcCompare0, NRF52840.Base.timer0 + TIMER.Offset.tasksClear),
      (rtcCompare0, NRF52840.Base.timer0 + TIMER.Offset.tasksStart),
    ]
    for (index, channel) in fixed.enumerated() {
      (events[Self.programmable + index], tasks[Self.programmable + index]) = channel
    }
  }

  public func tasks(triggeredBy event: Address) -> [Address] {
    var triggered: [Address] = []
    var remaining = enabled
    while remaining != 0 {
      let channel = remaining.trailingZeroBitCount
      remaining &= remaining &- 1
      guard events[channel] == event.bits else { continue }
      if tasks[channel] != 0 { triggered.append(Address(tasks[channel])) }
      if forks[channel] != 0 { triggered.append(Address(forks[channel])) }
    }
    return triggered
  }

  // MARK: Registers

  public mutating func read(_ offset: UInt32, in context: inout DeviceContext) -> UInt32 {
    if let channel = programmableChannel(offset, PPI.Offset.eventEndPoint) {
      return events[channel]
    }
    if let channel = programmableChannel(offset, PPI.Offset.taskEndPoint) { return tasks[channel] }
    if let channel = element(of: offset, in: PPI.Offset.forkTaskEndPoint, count: 32) {
      return forks[channel]
    }
    if let group = element(of: offset, in: PPI.Offset.channelGroup, count: Self.groupCount) {
      return groups[group]
    }
    switch offset {
    case PPI.Offset.channelEnable, PPI.Offset.channelEnableSet, PPI.Offset.channelEnableClear:
      return enabled
    default:
      context.reportUnmodelled(offset, write: false)
      return 0
    }
  }

  public mutating func write(_ offset: UInt32, _ value: UInt32, in context: inout DeviceContext) {
    if let channel = programmableChannel(offset, PPI.Offset.eventEndPoint) {
      events[channel] = value
    } else if let channel = programmableChannel(offset, PPI.Offset.taskEndPoint) {
      tasks[channel] = value
    } else if let channel = element(of: offset, in: PPI.Offset.forkTaskEndPoint, count: 32) {
      forks[channel] = value
    } else if let group = element(of: offset, in: PPI.Offset.channelGroup, count: Self.groupCount) {
      groups[group] = value
    } else if let group = groupTask(offset, PPI.Offset.tasksGroupEnable) {
      if value & 1 != 0 { enabled |= groups[group] }
    } else if let group = groupTask(offset, PPI.Offset.tasksGroupDisable) {
      if value & 1 != 0 { enabled &= ~groups[group] }
    } else {
      enable(offset, value, in: &context)
    }
  }

  private mutating func enable(_ offset: UInt32, _ value: UInt32, in context: inout DeviceContext) {
    switch offset {
    case PPI.Offset.channelEnable: enabled = value
    case PPI.Offset.channelEnableSet: enabled |= value
    case PPI.Offset.channelEnableClear: enabled &= ~value
    default: context.reportUnmodelled(offset, write: true)
    }
  }

  private func programmableChannel(_ offset: UInt32, _ first: UInt32) -> Int? {
    element(of: offset, in: first, count: Self.programmable, stride: 8)
  }

  private func groupTask(_ offset: UInt32, _ first: UInt32) -> Int? {
    element(of: offset, in: first, count: Self.groupCount, stride: 8)
  }
}
