// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The nodes of the instructions recorded so far, in one flat buffer without reference counts.
struct NodeArena {
  private let nodes: UnsafeMutablePointer<Node>
  private let counter: UnsafeMutablePointer<Int>
  static let capacity = 1 << 15

  init() {
    nodes = .allocate(capacity: Self.capacity)
    counter = .allocate(capacity: 1)
    counter.initialize(to: 0)
  }

  func deallocate() {
    nodes.deallocate()
    counter.deallocate()
  }

  var count: Int { counter.pointee }
  var all: UnsafePointer<Node> { UnsafePointer(nodes) }
  func clear() { counter.pointee = 0 }

  /// No instruction has more than some 200 nodes; see `Recorder.isFull`.
  func append(_ node: Node) -> UInt16 {
    let index = min(counter.pointee, Self.capacity - 1)
    (nodes + index).initialize(to: node)
    counter.pointee = index + 1
    return UInt16(truncatingIfNeeded: index)
  }

  subscript(index: UInt16) -> Node { nodes[Int(index)] }

  func constant(_ index: UInt16) -> UInt32? {
    nodes[Int(index)].kind == .constant ? nodes[Int(index)].immediate : nil
  }

  /// Counts uses in `range`, from its effects backwards.
  func countUses(in range: Range<Int>) {
    for index in range.reversed() {
      let node = nodes[index]
      guard node.kind.isEffect || node.uses > 0 else { continue }
      let count = node.operandCount
      if count > 0 { nodes[Int(node.a)].uses.increase() }
      if count > 1 { nodes[Int(node.b)].uses.increase() }
      if count > 2 { nodes[Int(node.c)].uses.increase() }
    }
  }
}

extension UInt8 {
  fileprivate mutating func increase() { if self < .max { self += 1 } }
}

extension Node {
  /// The nodes that this one refers to.
  package var operands: [UInt16] { Array([a, b, c].prefix(operandCount)) }

  package func refers(to index: UInt16) -> Bool {
    let count = operandCount
    return count > 0 && a == index || count > 1 && b == index || count > 2 && c == index
  }

  /// How many of a, b and c mean nodes.
  package var operandCount: Int {
    switch kind {
    case .constant, .register, .single, .greaterOrEqual, .bit, .negative, .zero, .carry,
      .overflow, .condition, .copyFloatingPointFlags, .leave:
      0
    case .not, .shiftLeft, .shiftRight, .shiftRightSigned, .rotateRight, .rotateExtended,
      .signExtendByte, .signExtendHalf, .signExtendBytePair, .countLeadingZeros, .reverseBits,
      .reverseBytes, .saturateSigned, .saturateUnsigned, .low, .high, .middle, .load, .sumCarry,
      .sumOverflow, .testBit, .isZero, .isNegative, .bitNot, .exceedsWord, .hasSaturated,
      .longSigned, .longUnsigned, .longShiftLeft, .floatAbsolute, .floatNegate,
      .floatSquareRoot, .floatToInteger, .floatFromInteger, .setRegister, .setSingle, .setNZ,
      .setNZCV, .setSaturated, .setGreaterOrEqual, .loadMultiple, .storeMultiple, .loadSingles,
      .storeSingles, .branch, .branchExchange, .branchLinkExchange, .trapDivide, .spend:
      1
    case .add, .subtract, .multiply, .and, .or, .exclusiveOr, .shiftByRegister,
      .saturatingAdd, .saturatingSubtract, .divideSigned, .divideUnsigned, .difference,
      .shiftByRegisterCarry, .bitAnd, .bitOr, .bitExclusiveOr, .longPair, .longMultiply,
      .longAdd, .longSubtract, .dualProduct, .dualDifference, .floatAdd, .floatSubtract,
      .floatMultiply, .floatDivide, .setNZC, .floatCompare, .store, .branchIf:
      2
    case .selectBytes, .select, .addWithCarry, .floatMultiplyAdd: 3
    }
  }
}
