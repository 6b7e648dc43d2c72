// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

/// nRF52840 TIMER (Product Specification v1.7, 6.30): a counter of 16 MHz behind a power-of-two
/// prescaler, or of COUNT tasks, with compare events, captures and shortcuts.
///
/// Parameters: `channels`, capture/compare registers (default 4; 6 on TIMER3 and TIMER4). HFCLK is
/// taken to be there whenever the timer runs, as the chip requests it by itself.
public struct NordicTimer: Peripheral {
  private let channels: Int
  private var counter: TickCounter
  /// Counts up to this one have had their compare events.
  private var handled: UInt64 = 0
  private var countsTasks = false
  private var taskCount: UInt64 = 0
  private var bitMode: UInt32 = 0
  private var prescaler = TIMER.Reset.prescaler
  private var compare: [UInt32]
  private var shorts: UInt32 = 0
  private var mode: UInt32 = 0
  private var isStarted = false
  private var events: EventRegisters

  public init(_ parameters: DeviceParameters) {
    channels = Int(min(max(parameters.numbers["channels"] ?? 4, 1), 6))
    counter = TickCounter(Frequency(hertz: 16_000_000), reference: parameters.reference)
    counter.divide(by: 1 << UInt64(TIMER.Reset.prescaler), at: .reset)
    compare = Array(repeating: 0, count: channels)
    events = EventRegisters((0..<channels).map(Self.compareEvent))
  }

  public mutating func reset(in context: inout DeviceContext) {
    (shorts, mode, bitMode, taskCount, handled) = (0, 0, 0, 0, 0)
    (countsTasks, isStarted) = (false, false)
    prescaler = TIMER.Reset.prescaler
    compare = Array(repeating: 0, count: channels)
    counter.stop(at: context.now)
    counter.set(0, at: context.now)
    counter.divide(by: 1 << UInt64(prescaler), at: context.now)
    events.reset(in: &context)
    context.cancelWake()
  }

  // MARK: Registers

  public mutating func read(_ offset: UInt32, in context: inout DeviceContext) -> UInt32 {
    advance(in: &context)
    if let value = events.read(offset) { return value }
    if let channel = element(of: offset, in: TIMER.Offset.captureCompare, count: channels) {
      return compare[channel]
    }
    switch offset {
    case TIMER.Offset.shorts: return shorts
    case TIMER.Offset.mode: return mode
    case TIMER.Offset.bitMode: return bitMode
    case TIMER.Offset.prescaler: return prescaler
    default:
      context.reportUnmodelled(offset, write: false)
      return 0
    }
  }

  public mutating func write(_ offset: UInt32, _ value: UInt32, in context: inout DeviceContext) {
    advance(in: &context)
    if events.write(offset, value, in: &context) { return }
    if let channel = element(of: offset, in: TIMER.Offset.captureCompare, count: channels) {
      compare[channel] = value
    } else if let channel = element(of: offset, in: TIMER.Offset.tasksCapture, count: channels) {
      if value & 1 != 0 {
        compare[channel] = UInt32(truncatingIfNeeded: count(at: context.now)) & mask
      }
    } else if offset <= TIMER.Offset.tasksShutdown, offset & 3 == 0 {
      if value & 1 != 0 { trigger(task: offset, in: &context) }
    } else {
      configure(offset, value, in: &context)
    }
    scheduleCompare(in: &context)
  }

  private mutating func trigger(task: UInt32, in context: inout DeviceContext) {
    switch task {
    case TIMER.Offset.tasksStart:
      isStarted = true
      if !countsTasks { counter.start(at: context.now) }
    case TIMER.Offset.tasksStop: stop(at: context.now)
    case TIMER.Offset.tasksClear: clear(at: context.now)
    case TIMER.Offset.tasksShutdown:
      stop(at: context.now)
      clear(at: context.now)
    default: if countsTasks && isStarted { countTask(in: &context) }
    }
  }

  private mutating func configure(
    _ offset: UInt32, _ value: UInt32, in context: inout DeviceContext
  ) {
    switch offset {
    case TIMER.Offset.shorts: shorts = value & 0x3F3F
    case TIMER.Offset.mode:
      mode = value & 3
      countsTasks = mode != TIMER.Mode.timer
    case TIMER.Offset.bitMode: bitMode = value & 3
    case TIMER.Offset.prescaler:
      prescaler = min(value & 0xF, 9)
      counter.divide(by: 1 << UInt64(prescaler), at: context.now)
    default: context.reportUnmodelled(offset, write: true)
    }
  }

  // MARK: Counting

  private var mask: UInt32 {
    switch bitMode {
    case TIMER.BitMode.bits8: 0xFF
    case TIMER.BitMode.bits24: 0xFF_FFFF
    case TIMER.BitMode.bits32: 0xFFFF_FFFF
    default: 0xFFFF
    }
  }

  private func count(at now: Instant) -> UInt64 {
    countsTasks ? taskCount : counter.count(at: now)
  }

  private mutating func stop(at now: Instant) {
    isStarted = false
    counter.stop(at: now)
  }

  private mutating func clear(at now: Instant) {
    (taskCount, handled) = (0, 0)
    counter.set(0, at: now)
  }

  private mutating func countTask(in context: inout DeviceContext) {
    taskCount &+= 1
    for channel in 0..<channels where matches(channel, taskCount) {
      fireCompare(channel, at: context.now, in: &context)
    }
  }

  // MARK: Events

  public mutating func wake(in context: inout DeviceContext) {
    advance(in: &context)
    scheduleCompare(in: &context)
  }

  /// Fires what has come due up to now, each compare at its own instant: a shortcut that clears the
  /// counter does so there, however late the wake. Bounded, should the machine ever be far behind.
  private mutating func advance(in context: inout DeviceContext) {
    guard counter.isRunning, !countsTasks else { return }
    for _ in 0..<256 {
      let next = nextCompare
      guard next <= counter.count(at: context.now), let instant = counter.instant(of: next) else {
        handled = max(handled, counter.count(at: context.now))
        return
      }
      handled = next
      for channel in 0..<channels where matches(channel, next) {
        fireCompare(channel, at: instant, in: &context)
      }
      guard counter.isRunning else { return }
    }
  }

  private mutating func fireCompare(
    _ channel: Int, at instant: Instant, in context: inout DeviceContext
  ) {
    events.fire(Self.compareEvent(channel), in: &context)
    if shorts & TIMER.Shorts.compare0Clear << UInt32(channel) != 0 { clear(at: instant) }
    if shorts & TIMER.Shorts.compare0Stop << UInt32(channel) != 0 { stop(at: instant) }
  }

  /// A compare register that equals the count now comes round only after the counter wraps.
  private var nextCompare: UInt64 {
    compare.reduce(.max) { min($0, nextCount(after: handled, matching: $1 & mask, mask: mask)) }
  }

  private func matches(_ channel: Int, _ count: UInt64) -> Bool {
    (compare[channel] ^ UInt32(truncatingIfNeeded: count)) & mask == 0
  }

  private func scheduleCompare(in context: inout DeviceContext) {
    let instant = countsTasks ? nil : counter.instant(of: nextCompare)
    context.wake(at: instant ?? .never)
  }

  private static func compareEvent(_ channel: Int) -> UInt32 {
    TIMER.Offset.eventsCompare + 4 * UInt32(channel)
  }
}
