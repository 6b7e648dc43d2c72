// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM

/// Instructions of an IT block that one jump goes around.
struct ConditionalRun {
  /// Behind the last.
  var end: Int
  var skip: X86Assembler.Label
  /// Cycles charged that skipped instructions do not take.
  var refund: UInt32
  var hadCheckedFloat: Bool
  var hadCheckedArithmetic: Bool
}

// One instruction: accesses and whatever may leave first, then what it writes, then where it goes.
extension X86Compiler {
  func emitInstruction() {
    leaveLabel = nil
    slotCount = 0
    busy = []
    indirect = false
    firstNode = instruction.nodes.lowerBound
    for offset in 0..<min(instruction.nodes.count, locations.count) { locations[offset] = nil }
    if instruction.condition != 14, run == nil {
      if let target = instruction.directTarget(nodes), !startsLongerRun {
        return conditionalBranch(to: target)
      }
      beginRun()
    }
    if instruction.readsFlagsItself(nodes) { materialiseNow() }
    pendingAtStart = pending
    if !instruction.keepsHostFlags(nodes, self) { host = nil }
    if instruction.isCovered {
      emitBody()
    } else {
      asm.jmp(leaving())
    }
    if instruction.condition != 14, instruction.cycles == 0 {
      asm.alu(.add, .r15, budgetCharge(1, 0), .qword)
      host = nil
    }
    updateGuesses()
    if let run, index + 1 == run.end { end(run) }
  }

  /// Brings pending flags to memory, in line.
  func materialiseNow() {
    let isSum = pending.usesSum
    materialise(pending, host: host)
    if case .word = pending.negativeZero { host = nil }
    if isSum { host = host == nil || host == .logic ? nil : .subtraction }
    pending = PendingFlags()
  }

  // MARK: Conditions

  private var startsLongerRun: Bool {
    let next = index + 1
    return instruction.itState != 0 && next < block.instructions.count
      && block.instructions[next].itState != 0
      && block.instructions[next].condition == instruction.condition
  }

  private func beginRun() {
    var end = index
    var refund: UInt32 = 0
    var touchesFlags = false
    while end < block.instructions.count {
      let next = block.instructions[end]
      guard next.condition == instruction.condition, next.itState != 0 || end == index else {
        break
      }
      refund += block.cycles[end] - min(block.cycles[end], 1)
      touchesFlags = touchesFlags || !next.flagsWritten.isEmpty || next.readsFlagsItself(nodes)
      end += 1
      // What follows asks for its condition again.
      if !next.flagsWritten.isEmpty { break }
    }
    if touchesFlags { materialiseNow() }
    let condition = hostCondition(instruction.condition)
    let skip = asm.makeLabel()
    asm.j(condition.inverted, skip)
    host = nil
    run = ConditionalRun(
      end: end, skip: skip, refund: refund, hadCheckedFloat: hasCheckedFloat,
      hadCheckedArithmetic: hasCheckedArithmetic)
  }

  private func end(_ run: ConditionalRun) {
    if run.refund > 0 {
      let done = asm.makeLabel()
      asm.bind(done)
      cold.append { [self] in
        asm.bind(run.skip)
        asm.alu(.add, .r15, budgetCharge(run.refund, 0), .qword)
        asm.jmp(done)
      }
    } else {
      asm.bind(run.skip)
    }
    (hasCheckedFloat, hasCheckedArithmetic) = (run.hadCheckedFloat, run.hadCheckedArithmetic)
    self.run = nil
    host = nil
  }

  /// B<cond>, whose other way is the next instruction.
  private func conditionalBranch(to target: UInt32) {
    let condition = hostCondition(instruction.condition)
    pendingAtStart = pending
    branch(condition, to: target, notTaken: block.cycles[index] - min(block.cycles[index], 1))
  }

  /// Leaves to `target` where the host's flags say so.
  private func branch(_ condition: Condition, to target: UInt32, notTaken refund: UInt32) {
    let (flags, host) = (pending, host)
    let isLast = index + 1 == block.instructions.count
    let rest = isLast ? 0 : charge(from: index + 1)
    if isLast, target <= instruction.address {
      // A loop: the taken way in line.
      let other = asm.makeLabel()
      asm.j(condition.inverted, other)
      materialise(flags, host: host)
      emitEdge(to: target, isTaken: true, refund: rest)
      asm.bind(other)
    } else {
      let taken = asm.makeLabel()
      asm.j(condition, taken)
      cold.append { [self] in
        asm.bind(taken)
        materialise(flags, host: host)
        emitEdge(to: target, isTaken: true, refund: rest)
      }
    }
    if refund > 0 {
      asm.alu(.add, .r15, budgetCharge(refund, 0), .qword)
      self.host = nil
    }
  }

  // MARK: The parts of an instruction

  private func emitBody() {
    checkFloat()
    var target: (word: UInt16, isExchange: Bool)?
    var done = SetsDone()
    if loadsTarget { asm.mov(.at(.rbp, Frame.budget), .r15, .qword) }
    for index in instruction.nodes {
      let node = nodes[index]
      switch node.kind {
      case .load: emitLoad(index, node, &done)
      case .store:
        emitStoreNode(index, node, &done)
      case .loadMultiple: emitLoadMultiple(index, node, &done)
      case .storeMultiple: emitStoreMultiple(node)
      case .loadSingles, .storeSingles: emitSingles(node)
      case .trapDivide: asm.j(test(node.a), leaving())
      case .spend: emitSpend(node)
      case .branchExchange, .branchLinkExchange: target = (node.a, true)
      case .branch where !isConstant(node.a): target = (node.a, false)
      case .floatCompare: emitCompare(node)
      case let kind where kind.usesHostArithmetic: emitFloat(index, node, &done)
      default: if isShared(index) { keep(index) }
      }
      if done.leaves { return }
    }
    if let target { evaluateTarget(target.word, target.isExchange) }
    emitSets(done)
    emitBranch()
  }

  struct SetsDone {
    var nodes: Set<Int> = []
    /// The instruction turned out to be the interpreter's.
    var leaves = false
  }

  /// A value that two others need: it is computed once, into a slot.
  private func isShared(_ index: Int) -> Bool {
    let node = nodes[index]
    guard node.uses > 1, node.kind.isWordOrLong else { return false }
    var (words, others) = (0, 0)
    for user in instruction.nodes where user > index && nodes[user].uses > 0 {
      guard nodes[user].refers(to: UInt16(index)) else { continue }
      if nodes[user].kind.isPartOfPair { others += 1 } else { words += 1 }
    }
    return words > 1 || (words == 1 && (others > 0 || node.uses > 1))
  }

  func keep(_ index: Int) {
    if place(UInt16(index)) != nil { return }
    let slot = takeSlot()
    let node = nodes[index]
    guard let free = scratch(except: .rsp) else { return asm.fail() }
    if node.kind.isLong {
      evaluateLong(UInt16(index), into: free)
    } else {
      evaluate(UInt16(index), into: free)
    }
    asm.mov(.at(.rsp, slot), free, .qword)
    setPlace(index, .slot(slot))
  }

  private func emitSpend(_ node: Node) {
    evaluate(node.a, into: .rax)
    asm.shift(.shl, .rax, 20, .qword)
    asm.alu(.sub, .r15, .rax, .qword)
    let (late, gone) = (asm.makeLabel(), leaving())
    asm.j(.s, late)
    cold.append { [self] in
      asm.bind(late)
      asm.alu(.add, .r15, .rax, .qword)
      asm.jmp(gone)
    }
  }

  // MARK: Branches

  /// Leaves the half word's number of a computed target in rdx, or leaves.
  func evaluateTarget(_ word: UInt16, _ isExchange: Bool) {
    if indirect { return }
    indirect = true
    let leave = leavingUncharged()
    if isExchange {
      // Bit 0 must be set: one less is even, or the highest bit after rotating.
      evaluate(word, into: .rax)
      asm.alu(.sub, .rax, Int32(bitPattern: regionBase &+ 1))
    } else {
      evaluate(word, into: .rax)
      asm.alu(.and, .rax, -2)
      if regionBase != 0 { asm.alu(.sub, .rax, Int32(bitPattern: regionBase)) }
    }
    rotated(.rdx, .rax, 1)
    asm.alu(.cmp, .rdx, Int32(bitPattern: regionSpan))
    asm.j(.ae, leave)
    busy.insert(.rdx)
  }

  /// Whether the target is loaded, perhaps from flash.
  private var loadsTarget: Bool {
    let kinds = instruction.nodes.map { nodes[$0].kind }
    return windows.flashWaits > 0 && kinds.contains(.load)
      && kinds.contains { [.branch, .branchExchange, .branchLinkExchange].contains($0) }
  }

  /// Leaving behind a load that may have charged its wait states, which the interpreter will
  /// charge: with the budget of the instruction's beginning.
  private func leavingUncharged() -> X86Assembler.Label {
    let leave = leaving()
    guard loadsTarget else { return leave }
    let label = asm.makeLabel()
    cold.append { [self] in
      asm.bind(label)
      asm.mov(.r15, .at(.rbp, Frame.budget), .qword)
      asm.jmp(leave)
    }
    return label
  }

  private func emitBranch() {
    if indirect {
      materialise(pending, host: host)
      let rest = index + 1 < block.cycles.count ? charge(from: index + 1) : 0
      if rest != 0 { asm.alu(.add, .r15, rest, .qword) }
      asm.mov(.rax, .at(.rbp, Frame.entries), .qword)
      asm.mov(.rax, .at(.rax, .rdx, times: 4))
      asm.lea(.rcx, .code(0), .qword)
      asm.alu(.add, .rax, .rcx, .qword)
      asm.jmp(.rax)
      return
    }
    for index in instruction.nodes {
      let node = nodes[index]
      switch node.kind {
      case .branch: edge(to: self.node(node.a).immediate, isTaken: true)
      case .branchIf:
        branch(test(node.a), to: self.node(node.b).immediate, notTaken: 0)
        host = nil
      default: break
      }
    }
  }

  private func updateGuesses() {
    for index in instruction.nodes where nodes[index].kind == .setRegister {
      guessed[Int(nodes[index].index)] = guess(nodes[index].a)
    }
    for index in instruction.nodes where nodes[index].kind == .loadMultiple {
      for register in 0..<15 where nodes[index].immediate >> UInt32(register) & 1 == 1 {
        guessed[register] = nil
      }
    }
  }
}

extension NodeKind {
  var isLong: Bool {
    switch self {
    case .longSigned, .longUnsigned, .longPair, .longMultiply, .longAdd, .longSubtract,
      .longShiftLeft, .dualProduct, .dualDifference:
      true
    default: false
    }
  }

  /// A computed value that can lie in a slot.
  var isWordOrLong: Bool {
    if isLong { return true }
    switch self {
    case .constant, .register, .single, .greaterOrEqual, .load, .loadMultiple: return false
    default: return rawValue < NodeKind.bit.rawValue || isFloat
    }
  }

  var isFloat: Bool {
    rawValue >= NodeKind.floatAbsolute.rawValue && rawValue <= NodeKind.floatFromInteger.rawValue
  }

  /// Users of a value that are compiled together with it.
  var isPartOfPair: Bool {
    switch self {
    case .low, .high, .exceedsWord, .hasSaturated, .setRegister, .setSingle, .setNZ, .setNZC,
      .setNZCV:
      true
    default: false
    }
  }
}

extension RecordedInstruction {
  /// The target of a branch whose only condition is the instruction's.
  func directTarget(_ nodes: UnsafePointer<Node>) -> UInt32? {
    var target: UInt32?
    for index in self.nodes where nodes[index].kind.isEffect {
      guard nodes[index].kind == .branch, nodes[Int(nodes[index].a)].kind == .constant else {
        return nil
      }
      target = nodes[Int(nodes[index].a)].immediate
    }
    return target
  }

  /// Beside its condition: as an operand, or to show them where it goes when registers that they
  /// could have been worked out from are written.
  func readsFlagsItself(_ nodes: UnsafePointer<Node>) -> Bool {
    if endsBlock, registersWritten != 0 { return true }
    return self.nodes.contains {
      guard nodes[$0].uses > 0 else { return false }
      switch nodes[$0].kind {
      case .carry, .negative, .zero, .overflow, .condition, .rotateExtended,
        .shiftByRegisterCarry:
        return true
      default: return false
      }
    }
  }

  /// Only moves, which leave the host's flags alone.
  func keepsHostFlags(_ nodes: UnsafePointer<Node>, _ compiler: X86Compiler) -> Bool {
    self.nodes.allSatisfy {
      let node = nodes[$0]
      guard node.kind.isEffect else { return true }
      guard node.kind == .setRegister, node.index != 13 else { return false }
      let value = nodes[Int(node.a)].kind
      return value == .register || value == .constant
    }
  }
}
