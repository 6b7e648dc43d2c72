// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Seconds of processor time, the measure that a busy machine disturbs least.
enum ProcessorTime {
  static func own() -> Double { seconds(of: 0) }
  static func children() -> Double { seconds(of: -1) }

  /// RUSAGE_SELF is 0 and RUSAGE_CHILDREN -1 on Linux and macOS; glibc's enum does not fit its
  /// own function.
  private static func seconds(of who: Int32) -> Double {
    var usage = rusage()
    getrusage(who, &usage)
    let time = usage.ru_utime
    return Double(time.tv_sec) + Double(time.tv_usec) / 1e6
  }
}

/// The peer: `qemu-system-arm`, plain TCG, on its model of the same board.
struct QEMU {
  let path: String

  static func find() -> QEMU? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.lazy.map { "\($0)/qemu-system-arm" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
      .map(QEMU.init(path:))
  }

  func time(_ image: String) throws -> Double {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = [
      "-M", "mps2-an386", "-display", "none", "-serial", "null", "-monitor", "none",
      "-semihosting-config", "enable=on,target=native", "-kernel", image,
    ]
    let start = ProcessorTime.children()
    try process.run()
    process.waitUntilExit()
    return ProcessorTime.children() - start
  }
}
