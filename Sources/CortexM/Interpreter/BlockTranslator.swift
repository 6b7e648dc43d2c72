// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// From memory to operations: one instruction for the stepper, a straight run for the block
// interpreter. Both get the same operation with the same cycles.
extension Operation {
  /// Marks the translator's own operations; instructions have 0 to 14.
  static let internalCondition: UInt8 = 15

  /// A branch that is always taken.
  fileprivate var neverGoesOn: Bool {
    condition == 14 && opcode != .cbz && opcode != .cbnz && properties.contains(.branches)
  }
}

extension Core {
  /// The instruction at `address` under `itState`, with its condition and static cycles; nil where
  /// it cannot be fetched.
  func predecode(_ address: UInt32, itState: UInt32, in region: CodeRegion) -> Operation? {
    guard var operation = decode(address, in: region) else { return nil }
    if itState != 0 {
      operation = operation.insideIfThen(
        condition: UInt8(truncatingIfNeeded: itState >> 4 & 15),
        itState: UInt8(truncatingIfNeeded: itState))
    }
    operation.address = address
    let following = decode(address &+ UInt32(operation.size), in: region)
    let fetched = address & 2 == 0 || operation.size == 4 ? region.instructionWaitStates : 0
    let cost = timing.staticCycles(of: operation, followedBy: following)
    operation.cycles = UInt8(clamping: Int(cost) + (isInstructionCacheEnabled ? 0 : fetched))
    // The loops test the condition of every operation, so that B<cond> need not.
    if operation.opcode == .branchConditional { operation.opcode = .branch }
    return operation
  }

  private func decode(_ address: UInt32, in region: CodeRegion) -> Operation? {
    guard let first = region.half(at: address), mayFetch(address) else { return nil }
    guard Decoder.isWide(first) else { return decoded.operation(first, 0) }
    guard let second = region.half(at: address &+ 2), mayFetch(address &+ 2) else { return nil }
    return decoded.operation(first, second)
  }

  /// ITAdvance(): ITSTATE for the instruction after `operation`.
  static func itState(after operation: Operation) -> UInt32 {
    if operation.opcode == .ifThen { return operation.immediate & 0xFF }
    let state = UInt32(operation.itState)
    return state & 7 == 0 ? 0 : state & 0xE0 | state << 1 & 0x1F
  }
}

/// Translates one straight run of instructions.
struct BlockTranslator {
  let core: Core
  let region: CodeRegion
  private var address: UInt32
  private var itState: UInt32 = 0
  /// The operation before was a floating-point one that ran for certain.
  private var followsFloatingPoint = false

  /// Instructions in a block, unless an IT block reaches further.
  private static let longest = 64

  init(_ core: Core, _ region: CodeRegion, at address: UInt32) {
    self.core = core
    self.region = region
    self.address = address
  }

  /// The index to enter at; nil where the first instruction cannot be fetched.
  mutating func translate() -> UInt32? {
    guard core.predecode(address, itState: 0, in: region) != nil else { return nil }
    if core.code.isFull || core.code.isStale { core.code.flush() }
    let start = UInt32(truncatingIfNeeded: core.code.count)
    core.code.noteCode(in: region)
    var count = 0
    while true {
      guard itState != 0 || count == 0 || (count < Self.longest && entry == 0),
        count == 0 || !core.debug.stops.breakpoints.contains(address),
        let operation = core.predecode(address, itState: itState, in: region)
      else {
        append(.leave)
        break
      }
      append(operation)
      count += 1
      if operation.neverGoesOn { break }
    }
    core.updateWindows()
    return start
  }

  private var entry: UInt32 { region.table[Int((address &- region.base) >> 1)] }

  private mutating func append(_ operation: Operation) {
    cover(operation)
    core.observeCalls(of: operation)
    let isFloatingPoint = operation.properties.contains(.floatingPoint)
    let checks = isFloatingPoint && !(followsFloatingPoint && itState == 0)
    let index = UInt32(truncatingIfNeeded: core.code.count)
    if let place = core.observedPlace(address, in: region) { appendNote(place) }
    if checks { append(.checkFloatingPoint, condition: operation.condition) }
    _ = core.code.append(operation)
    // Who enters in the middle of a run of floating-point instructions needs a check of his own.
    if itState == 0, !isFloatingPoint || checks {
      region.table[Int((address &- region.base) >> 1)] = index
    }
    followsFloatingPoint = isFloatingPoint && itState == 0
    itState = Core.itState(after: operation)
    address = operation.nextAddress
    if operation.properties.contains(.writesStackPointer) { append(.noteStackPointer) }
  }

  /// One of the translator's own; `amount` is the condition under which it counts.
  private func append(_ opcode: Opcode, condition: UInt8 = 14) {
    var operation = Operation(opcode)
    operation.condition = Operation.internalCondition
    operation.amount = condition
    operation.address = address
    operation.itState = UInt8(truncatingIfNeeded: itState)
    _ = core.code.append(operation)
  }

  private func appendNote(_ place: UInt32) {
    var operation = Operation(.noteArrival)
    operation.condition = Operation.internalCondition
    operation.immediate = place
    operation.address = address
    operation.itState = UInt8(truncatingIfNeeded: itState)
    _ = core.code.append(operation)
  }

  /// The instruction and the one behind it, which its cycles depend on.
  private func cover(_ operation: Operation) {
    for offset in stride(from: 0, through: UInt32(operation.size) &+ 2, by: 2) {
      region.cover(address &+ offset)
    }
  }
}
