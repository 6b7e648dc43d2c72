// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

// When the count matches, wraps or rings the alarm.
extension MicrochipRTC {
  /// Counts after which COUNT is where it was.
  var cycle: UInt64 {
    switch mode {
    case .count32:
      let clears = registers[RTC.Offset.control] & RTC.Control.clearOnMatch != 0
      return clears ? UInt64(compare[0]) + 1 : 1 << 32
    // A period of 0 is none.
    case .count16: return period == 0 ? 1 << 16 : UInt64(period) + 1
    case .calendar: return CalendarTime.secondsInAll
    }
  }

  /// The flags that can still rise, and the count at which each does next.
  private var ahead: [(flag: UInt32, count: UInt64)] {
    var events: [(UInt32, UInt64)] = []
    func add(_ flag: UInt32, _ count: @autoclosure () -> UInt64?) {
      guard interrupts.raised & flag == 0, let count = count() else { return }
      events.append((flag, count))
    }
    add(RTC.Interrupt.overflow, (handled / cycle + 1) * cycle)
    add(RTC.Interrupt.compare0, mode == .calendar ? nextAlarm : nextMatch(compare[0]))
    if mode == .count16 { add(RTC.Interrupt.compare1, nextMatch(compare[1])) }
    return events
  }

  private func nextMatch(_ value: UInt32) -> UInt64? {
    let (value, cycle) = (UInt64(value), cycle)
    guard value < cycle else { return nil }
    let place = handled % cycle
    return handled - place + value + (value > place ? 0 : cycle)
  }

  /// MASK says how much of ALARM counts: seconds, minutes too, … up to the year.
  private var nextAlarm: UInt64? {
    let twelve = registers[RTC.Offset.control] & RTC.Control.twelveHours != 0
    let alarm = CalendarTime(register: compare[0], twelve: twelve)
    let time = alarm.hour * 3600 + alarm.minute * 60 + alarm.second
    func next(in span: UInt64) -> UInt64 {
      let (place, wanted) = (handled % span, time % span)
      return handled - place + wanted + (wanted > place ? 0 : span)
    }
    switch alarmMask {
    case 1: return next(in: 60)
    case 2: return next(in: 3600)
    case 3: return next(in: CalendarTime.secondsPerDay)
    case 4...6: return nextDay(of: alarm, at: next(in: CalendarTime.secondsPerDay))
    default: return nil
    }
  }

  /// Looks at most eight years ahead, as far as the 29th of February can be.
  private func nextDay(of alarm: CalendarTime, at first: UInt64) -> UInt64? {
    if alarmMask == 6 {
      let whole = alarm.seconds
      return whole > handled % cycle ? handled - handled % cycle + whole : nil
    }
    for day in 0..<UInt64(8 * 366) {
      let seconds = first + day * CalendarTime.secondsPerDay
      let date = CalendarTime(seconds: seconds)
      if date.day == alarm.day, alarmMask == 4 || date.month == alarm.month { return seconds }
    }
    return nil
  }

  /// Raises what has come due up to now.
  mutating func advance(in context: inout DeviceContext) {
    if let done = busyUntil, done <= context.now {
      busyUntil = nil
      interrupts.raise(RTC.Interrupt.synchronized, in: &context)
    }
    guard let counter, counter.isRunning else { return }
    let count = counter.count(at: context.now)
    guard count > handled else { return }
    let due = ahead.filter { $0.count <= count }.reduce(0) { $0 | $1.flag }
    handled = count
    interrupts.raise(due, in: &context)
  }

  func schedule(in context: inout DeviceContext) {
    let next = ahead.map(\.count).min().flatMap { counter?.instant(of: $0) }
    context.wake(at: min(next ?? .never, busyUntil ?? .never))
  }
}
