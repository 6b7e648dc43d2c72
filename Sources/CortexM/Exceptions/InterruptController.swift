// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The NVIC with the system exceptions: what is enabled, pending and active, and at which
/// priority (ARMv7-M ARM, B1.5 and B3.4). Knows nothing of stacks or time.
struct InterruptController: Codable {
  let interruptCount: Int
  /// ARMv6-M has neither the three configurable faults nor DebugMonitor.
  private let isMainline: Bool
  /// The implemented bits of a priority byte.
  let priorityMask: UInt8
  /// Of the system exceptions all but the configurable faults and DebugMonitor are always members.
  private(set) var enabled = ExceptionSet()
  private(set) var pending = ExceptionSet()
  var active = ExceptionSet()
  /// External lines that are driven high.
  private var raised = ExceptionSet()
  private var priorities = [UInt8](repeating: 0, count: 256)
  /// AIRCR.PRIGROUP.
  var priorityGroup: UInt8 = 0

  /// No exception: lower than every priority.
  static let idlePriority = 256

  init(_ configuration: CoreConfiguration) {
    interruptCount = configuration.interruptCount
    isMainline = configuration.architecture.isMainline
    priorityMask = UInt8(truncatingIfNeeded: 0xFF00 >> UInt32(configuration.priorityBits))
    enableSystemExceptions()
  }

  /// All but those that SHCSR and DEMCR enable.
  private mutating func enableSystemExceptions() {
    for number in 0..<ExceptionNumber.firstInterrupt { enabled[number] = true }
    for number in Self.optional { enabled[number] = false }
  }

  private static let optional = [
    ExceptionNumber.memoryManagement, ExceptionNumber.busFault, ExceptionNumber.usageFault,
    ExceptionNumber.debugMonitor,
  ]

  /// One of those four.
  mutating func setOptionalEnabled(_ number: Int, _ value: Bool) { enabled[number] = value }

  func isImplemented(_ number: Int) -> Bool {
    switch number {
    case 0, 7...10, 13: false
    case 4...6, 12: isMainline
    default: number < ExceptionNumber.firstInterrupt + interruptCount
    }
  }
  func isEnabled(_ number: Int) -> Bool { enabled[number] }
  func isPending(_ number: Int) -> Bool { pending[number] }
  func isActive(_ number: Int) -> Bool { active[number] }

  mutating func setEnabled(_ number: Int, _ value: Bool) {
    guard number >= ExceptionNumber.firstInterrupt, isImplemented(number) else { return }
    enabled[number] = value
  }

  mutating func pend(_ number: Int) {
    guard isImplemented(number) else { return }
    pending[number] = true
  }

  /// Clears a pending bit; an interrupt whose line is still high stays pending.
  mutating func unpend(_ number: Int) { pending[number] = raised[number] }

  /// Moves an external line; true when that made the interrupt pending.
  mutating func drive(_ number: Int, high: Bool) -> Bool {
    guard isImplemented(number), raised[number] != high else { return false }
    raised[number] = high
    guard high, !pending[number] else { return false }
    pending[number] = true
    return true
  }

  mutating func activate(_ number: Int) {
    pending[number] = false
    active[number] = true
  }

  /// A handler is done; a line that is still high pends its interrupt again.
  mutating func deactivate(_ number: Int) {
    active[number] = false
    if raised[number] { pending[number] = true }
  }

  /// Back to the reset state; lines keep the level that the chip drives.
  mutating func reset() {
    enabled = ExceptionSet()
    enableSystemExceptions()
    pending = raised
    active = ExceptionSet()
    priorities = [UInt8](repeating: 0, count: 256)
    priorityGroup = 0
  }
}

// Priorities: smaller is more urgent; NMI is -2, HardFault -1.
extension InterruptController {
  func priorityByte(_ number: Int) -> UInt8 { priorities[number & 255] }

  mutating func setPriorityByte(_ number: Int, _ value: UInt8) {
    guard number >= ExceptionNumber.memoryManagement, isImplemented(number) else { return }
    priorities[number & 255] = value & priorityMask
  }

  /// The part of a priority that decides preemption.
  func group(_ priority: UInt8) -> Int {
    Int(priority) & (0xFF << (Int(priorityGroup) + 1))
  }

  func groupPriority(_ number: Int) -> Int {
    switch number {
    case ExceptionNumber.reset: -3
    case ExceptionNumber.nonMaskable: -2
    case ExceptionNumber.hardFault: -1
    default: group(priorities[number & 255])
    }
  }

  private func fullPriority(_ number: Int) -> Int {
    number < ExceptionNumber.memoryManagement
      ? groupPriority(number) : Int(priorities[number & 255])
  }

  /// The group priority of the most urgent active exception.
  var activePriority: Int {
    var lowest = Self.idlePriority
    for number in active { lowest = min(lowest, groupPriority(number)) }
    return lowest
  }

  /// The enabled pending exception that would be taken first: by priority, then by number.
  var mostUrgentPending: Int? {
    let candidates = pending.intersection(enabled)
    if candidates.isEmpty { return nil }
    var best: Int?
    var bestPriority = Int.max
    for number in candidates {
      let priority = fullPriority(number)
      if priority < bestPriority { (best, bestPriority) = (number, priority) }
    }
    return best
  }

  /// How many exceptions are active: ICSR.RETTOBASE asks whether it is one.
  var activeCount: Int { active.reduce(0) { count, _ in count + 1 } }

  /// A pending external interrupt, enabled or not: ICSR.ISRPENDING.
  var isInterruptPending: Bool { pending.contains { $0 >= ExceptionNumber.firstInterrupt } }
}
