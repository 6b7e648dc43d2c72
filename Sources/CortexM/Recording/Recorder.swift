// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// One instruction as a compiler sees it.
package struct RecordedInstruction: Sendable {
  package var address: UInt32
  /// Of the next instruction in memory.
  package var nextAddress: UInt32
  /// Static cycles; taken branches, wait states and `spend` come on top. 1 when its condition
  /// fails.
  package var cycles: UInt32
  /// 0 to 13, or 14 for always.
  package var condition: UInt8
  /// ITSTATE in effect for the instruction, and for the one behind it.
  package var itState: UInt8
  package var nextItState: UInt8
  package var registersRead: UInt16
  package var registersWritten: UInt16
  package var flagsRead: FlagSet
  package var flagsWritten: FlagSet
  /// Needs `floatingPointReady`.
  package var isFloatingPoint: Bool
  /// Nothing may follow in the same block.
  package var endsBlock: Bool
  /// False: only the interpreter can run it.
  package var isCovered: Bool
  /// Indices of its nodes in `Recorder.nodes`.
  package var nodes: Range<Int>
}

/// Some of N, Z, C and V.
package struct FlagSet: OptionSet, Equatable, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let negative = FlagSet(rawValue: 1)
  package static let zero = FlagSet(rawValue: 2)
  package static let carry = FlagSet(rawValue: 4)
  package static let overflow = FlagSet(rawValue: 8)
  package static let all: FlagSet = [.negative, .zero, .carry, .overflow]

  /// The flags that a condition asks for (ARMv7-M ARM, table A7-1).
  package init(condition: UInt8) {
    switch condition >> 1 {
    case 0: self = .zero
    case 1: self = .carry
    case 2: self = .negative
    case 3: self = .overflow
    case 4: self = [.carry, .zero]
    case 5: self = [.negative, .overflow]
    case 6: self = [.negative, .zero, .overflow]
    default: self = []
    }
  }
}

/// Records instructions out of a core's memory, one after the other, into one list of nodes.
package final class Recorder {
  private let arena = NodeArena()
  private let written: UnsafeMutablePointer<UInt16>
  private static let reserve = 1024

  package init() {
    written = .allocate(capacity: 48)
    written.initialize(repeating: .max, count: 48)
  }

  deinit {
    arena.deallocate()
    written.deallocate()
  }

  package var nodes: UnsafePointer<Node> { arena.all }
  /// No room for another instruction.
  package var isFull: Bool { arena.count + Self.reserve > NodeArena.capacity }
  package func clear() { arena.clear() }

  func record(_ operation: Operation) -> RecordedInstruction {
    written.update(repeating: .max, count: 48)
    let start = arena.count
    var context = RecordingContext(arena: arena, written: written)
    context.execute(operation)
    let range = start..<arena.count
    arena.countUses(in: range)
    let effects = EffectCollector.effects(of: operation)
    let properties = operation.properties
    return RecordedInstruction(
      address: operation.address, nextAddress: operation.nextAddress,
      cycles: UInt32(operation.cycles), condition: operation.condition,
      itState: operation.itState,
      nextItState: UInt8(truncatingIfNeeded: Core.itState(after: operation)),
      registersRead: effects.registersRead, registersWritten: effects.registersWritten,
      flagsRead: FlagSet(condition: operation.condition).union(FlagSet(read: properties)),
      flagsWritten: FlagSet(written: properties),
      isFloatingPoint: properties.contains(.floatingPoint),
      endsBlock: properties.contains(.endsBlock) || properties.contains(.branches),
      isCovered: !range.contains { arena.all[$0].kind == .leave }, nodes: range)
  }
}

extension FlagSet {
  init(written properties: OperationProperties) {
    self = []
    if properties.contains(.writesNegative) { insert(.negative) }
    if properties.contains(.writesZero) { insert(.zero) }
    if properties.contains(.writesCarry) { insert(.carry) }
    if properties.contains(.writesOverflow) { insert(.overflow) }
  }

  init(read properties: OperationProperties) {
    self = []
    if properties.contains(.readsNegative) { insert(.negative) }
    if properties.contains(.readsZero) { insert(.zero) }
    if properties.contains(.readsCarry) { insert(.carry) }
    if properties.contains(.readsOverflow) { insert(.overflow) }
  }
}
