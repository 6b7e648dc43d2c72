// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A date and time as RTC's CLOCK and ALARM hold it: six bits of seconds, six of minutes, five of
/// hours, five of days, four of months, six of years (DS40001882, RTC, mode 2). Every fourth year
/// is a leap year, the first one too.
struct CalendarTime: Equatable, Codable {
  static let secondsPerDay: UInt64 = 86_400
  /// 64 years, after which the calendar starts again.
  static let secondsInAll: UInt64 = 23_376 * secondsPerDay

  var second, minute, hour, day, month, year: UInt64

  /// - Parameter twelve: whether the hour's highest bit says afternoon.
  init(register: UInt32, twelve: Bool) {
    func field(_ shift: UInt32, _ width: UInt32) -> UInt64 {
      UInt64(register >> shift & (1 << width - 1))
    }
    (second, minute) = (field(0, 6), field(6, 6))
    let hours = field(12, 5)
    hour = twelve ? (hours & 15) % 12 + (hours & 16 == 0 ? 0 : 12) : hours
    (day, month, year) = (field(17, 5), field(22, 4), field(26, 6))
  }

  /// - Parameter seconds: since the start of the first year.
  init(seconds: UInt64) {
    var rest = seconds % Self.secondsInAll
    (second, minute, hour) = (rest % 60, rest / 60 % 60, rest / 3600 % 24)
    rest /= Self.secondsPerDay
    year = rest / 1461 * 4
    rest %= 1461
    while rest >= Self.days(inYear: year) {
      rest -= Self.days(inYear: year)
      year += 1
    }
    month = 1
    while rest >= Self.days(in: month, year) {
      rest -= Self.days(in: month, year)
      month += 1
    }
    day = rest + 1
  }

  func register(twelve: Bool) -> UInt32 {
    let hours = twelve ? (hour % 12 == 0 ? 12 : hour % 12) | (hour >= 12 ? 16 : 0) : hour
    let low = second | minute << 6 | hours << 12 | day << 17
    return UInt32(truncatingIfNeeded: low | month << 22 | year << 26)
  }

  /// Days and months that do not exist count as the nearest that do.
  var seconds: UInt64 {
    let month = min(max(self.month, 1), 12)
    var days = year / 4 * 1461
    for earlier in year / 4 * 4..<year { days += Self.days(inYear: earlier) }
    for earlier in 1..<month { days += Self.days(in: earlier, year) }
    days += max(day, 1) - 1
    return days * Self.secondsPerDay + hour * 3600 + minute * 60 + second
  }

  private static func days(inYear year: UInt64) -> UInt64 { year % 4 == 0 ? 366 : 365 }

  private static func days(in month: UInt64, _ year: UInt64) -> UInt64 {
    switch month {
    case 2: year % 4 == 0 ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}
