// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

/// Times the tasks that firmware marks through ITM stimulus ports, as a debug probe would see them:
/// a byte on port 1 begins the task of that number, the same byte on port 2 ends it, and a word on
/// port 3 announces the deadline of a task (`number << 24 | microseconds`). Port 4 names tasks:
/// number, characters, zero.
struct TaskMeter: Codable {
  enum Port {
    static let begin = 1
    static let end = 2
    static let deadline = 3
    static let name = 4
  }

  struct Task: Codable {
    var name: String
    var deadline: Cycles?
    var begunAt: Instant?
    var durations: [Cycles] = []
    var deadlineMisses = 0
  }

  private(set) var tasks: [UInt8: Task] = [:]
  private var spelling: [UInt8] = []
  private let clock: Frequency
  /// Enough for hours of any real application; a runaway marker must not eat the host's memory.
  private static let durationLimit = 4_000_000

  init(clock: Frequency) { self.clock = clock }

  mutating func mark(port: Int, value: UInt32, at now: Instant) {
    let number = UInt8(truncatingIfNeeded: value)
    switch port {
    case Port.begin: task(number) { $0.begunAt = now }
    case Port.end: task(number) { Self.finish(&$0, at: now) }
    case Port.deadline:
      let microseconds = UInt64(value & 0xFF_FFFF)
      let cycles = microseconds * clock.numerator / (clock.denominator * 1_000_000)
      task(UInt8(value >> 24)) { $0.deadline = Cycles(cycles) }
    case Port.name: spell(number)
    default: break
    }
  }

  private mutating func spell(_ byte: UInt8) {
    guard byte == 0 || spelling.count > 64 else { return spelling.append(byte) }
    if let number = spelling.first {
      let name = String(decoding: spelling.dropFirst(), as: UTF8.self)
      task(number) { $0.name = name }
    }
    spelling = []
  }

  private mutating func task(_ number: UInt8, _ change: (inout Task) -> Void) {
    change(&tasks[number, default: Task(name: "task \(number)")])
  }

  private static func finish(_ task: inout Task, at now: Instant) {
    guard let begun = task.begunAt else { return }
    task.begunAt = nil
    let duration = now - begun
    if task.durations.count < durationLimit { task.durations.append(duration) }
    if let deadline = task.deadline, deadline < duration { task.deadlineMisses += 1 }
  }
}
