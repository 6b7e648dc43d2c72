// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Seconds of processor time, user and system: the measure that a busy machine disturbs least.
enum ProcessorTime {
  static func own() -> Double { seconds(of: 0) }
  static func children() -> Double { seconds(of: -1) }

  /// RUSAGE_SELF is 0 and RUSAGE_CHILDREN -1 on Linux and macOS; glibc's enum does not fit its
  /// own function.
  private static func seconds(of who: Int32) -> Double {
    var usage = rusage()
    getrusage(who, &usage)
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }

  private static func seconds(_ time: timeval) -> Double {
    Double(time.tv_sec) + Double(time.tv_usec) / 1e6
  }
}

/// Seconds of a clock that all processes share.
enum MonotonicTime {
  static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

enum ProcessMemory {
  /// The most memory that this process has had in use at once.
  static func peakBytes() -> Int {
    // Linux lets ru_maxrss begin with the peak of the process that started this one.
    let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    if let line = status?.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
      let kibibytes = Int(line.filter(\.isNumber))
    {
      return kibibytes * 1024
    }
    var usage = rusage()
    getrusage(0, &usage)
    return Int(usage.ru_maxrss)
  }
}

extension [Double] {
  /// The middle one; 0 of none.
  var median: Double { isEmpty ? 0 : sorted()[count / 2] }
}
