// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

/// nRF52840 RTC (Product Specification v1.7, 6.22): a 24-bit counter of the 32.768 kHz clock behind
/// a 12-bit prescaler, with compare, tick and overflow events.
///
/// Parameters: `channels`, compare registers (default 4; 3 on RTC0). LFCLK is taken to run; tasks
/// act at the clock edge before the store, where silicon may need up to one more period. An event
/// is generated only while EVTEN or INTEN asks for it, and routed to PPI only by EVTEN.
public struct NordicRTC: Peripheral {
  private static let mask: UInt32 = 0xFF_FFFF

  private let channels: Int
  private var counter: TickCounter
  /// Counts up to this one have had their events.
  private var handled: UInt64 = 0
  private var prescaler: UInt32 = 0
  private var compare: [UInt32]
  private var eventEnable: UInt32 = 0
  private let implementedEvents: UInt32
  private var events: EventRegisters

  public init(_ parameters: DeviceParameters) {
    channels = Int(min(max(parameters.numbers["channels"] ?? 4, 1), 4))
    counter = TickCounter(Frequency(hertz: 32_768), reference: parameters.reference)
    compare = Array(repeating: 0, count: channels)
    let offsets =
      [RTC.Offset.eventsTick, RTC.Offset.eventsOverflow] + (0..<channels).map(Self.compareEvent)
    implementedEvents = offsets.reduce(0) { $0 | NordicEvent.interruptMask(of: $1) }
    events = EventRegisters(offsets)
  }

  public mutating func reset(in context: inout DeviceContext) {
    (prescaler, eventEnable, handled) = (0, 0, 0)
    compare = Array(repeating: 0, count: channels)
    counter.stop(at: context.now)
    counter.set(0, at: context.now)
    counter.divide(by: 1, at: context.now)
    events.reset(in: &context)
    context.cancelWake()
  }

  // MARK: Registers

  public mutating func read(_ offset: UInt32, in context: inout DeviceContext) -> UInt32 {
    advance(in: &context)
    if let value = events.read(offset) { return value }
    if let channel = element(of: offset, in: RTC.Offset.captureCompare, count: channels) {
      return compare[channel]
    }
    switch offset {
    case RTC.Offset.counter:
      return UInt32(truncatingIfNeeded: counter.count(at: context.now)) & Self.mask
    case RTC.Offset.prescaler: return prescaler
    case RTC.Offset.eventEnable, RTC.Offset.eventEnableSet, RTC.Offset.eventEnableClear:
      return eventEnable
    default:
      context.reportUnmodelled(offset, write: false)
      return 0
    }
  }

  public mutating func write(_ offset: UInt32, _ value: UInt32, in context: inout DeviceContext) {
    advance(in: &context)
    if !events.write(offset, value, in: &context) { control(offset, value, in: &context) }
    scheduleNext(in: &context)
  }

  private mutating func control(_ offset: UInt32, _ value: UInt32, in context: inout DeviceContext)
  {
    if let channel = element(of: offset, in: RTC.Offset.captureCompare, count: channels) {
      compare[channel] = value & Self.mask
      return
    }
    switch offset {
    case RTC.Offset.tasksStart: if value & 1 != 0 { counter.start(at: context.now) }
    case RTC.Offset.tasksStop: if value & 1 != 0 { counter.stop(at: context.now) }
    case RTC.Offset.tasksClear: if value & 1 != 0 { set(0, at: context.now) }
    case RTC.Offset.tasksTriggerOverflow: if value & 1 != 0 { set(0xFF_FFF0, at: context.now) }
    case RTC.Offset.eventEnable: eventEnable = value & implementedEvents
    case RTC.Offset.eventEnableSet: eventEnable |= value & implementedEvents
    case RTC.Offset.eventEnableClear: eventEnable &= ~value
    case RTC.Offset.prescaler:
      // Writable only while the counter stands still.
      guard !counter.isRunning else { return }
      prescaler = value & 0xFFF
      counter.divide(by: UInt64(prescaler) + 1, at: context.now)
    default: context.reportUnmodelled(offset, write: true)
    }
  }

  private mutating func set(_ count: UInt64, at now: Instant) {
    counter.set(count, at: now)
    handled = count
  }

  // MARK: Events

  public mutating func wake(in context: inout DeviceContext) {
    advance(in: &context)
    scheduleNext(in: &context)
  }

  /// Fires what has come due up to now. Bounded, should the machine ever be far behind.
  private mutating func advance(in context: inout DeviceContext) {
    guard counter.isRunning else { return }
    let count = counter.count(at: context.now)
    for _ in 0..<256 {
      guard let next = nextEvent, next <= count else {
        handled = max(handled, count)
        return
      }
      handled = next
      fire(RTC.Offset.eventsTick, in: &context)
      if next & UInt64(Self.mask) == 0 { fire(RTC.Offset.eventsOverflow, in: &context) }
      for channel in 0..<channels where UInt64(compare[channel]) == next & UInt64(Self.mask) {
        fire(Self.compareEvent(channel), in: &context)
      }
    }
  }

  private mutating func fire(_ event: UInt32, in context: inout DeviceContext) {
    if eventEnable & NordicEvent.interruptMask(of: event) != 0 {
      events.fire(event, in: &context)
    } else if isGenerated(event) {
      events.raise(event, in: &context)
    }
  }

  private func isGenerated(_ event: UInt32) -> Bool {
    (eventEnable | events.interruptEnable) & NordicEvent.interruptMask(of: event) != 0
  }

  /// The first count ahead at which an event that somebody asked for is generated.
  private var nextEvent: UInt64? {
    if isGenerated(RTC.Offset.eventsTick) { return handled &+ 1 }
    var next: UInt64?
    if isGenerated(RTC.Offset.eventsOverflow) {
      next = nextCount(after: handled, matching: 0, mask: Self.mask)
    }
    for channel in 0..<channels where isGenerated(Self.compareEvent(channel)) {
      let match = nextCount(after: handled, matching: compare[channel], mask: Self.mask)
      next = min(next ?? match, match)
    }
    return next
  }

  private func scheduleNext(in context: inout DeviceContext) {
    context.wake(at: nextEvent.flatMap { counter.instant(of: $0) } ?? .never)
  }

  private static func compareEvent(_ channel: Int) -> UInt32 {
    RTC.Offset.eventsCompare + 4 * UInt32(channel)
  }
}
