// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM

// Instructions: conditions, effects in order, and what happens at the end.
extension ARM64Compiler {
  func emitInstruction() {
    (leaveLabel, budgetCopy) = (nil, nil)
    effects = PendingEffects()
    forgetValues()
    let instruction = instruction
    guard instruction.isCovered, isKnown(instruction) else { return asm.b(leaving()) }
    if instruction.condition >= 14 {
      emitBody()
      if instruction.isFloatingPoint { hasCheckedFloat = true }
      return
    }
    let condition = Condition(rawValue: instruction.condition) ?? .al
    let skip = asm.makeLabel()
    // An instruction whose condition fails takes one cycle.
    let rest = Int(block.cycles[index]) - 1
    if rest == 0 {
      asm.b(condition.inverted, skip)
    } else {
      let failed = asm.makeLabel()
      asm.b(condition.inverted, failed)
      later { [self] in
        asm.bind(failed)
        refund(rest)
        asm.b(skip)
      }
    }
    emitBody()
    // One that IT folds into takes no time unless it is skipped.
    if instruction.cycles == 0 { refund(1) }
    asm.bind(skip)
  }

  /// The conversions that AArch64 rounds or saturates otherwise stay with the interpreter.
  private func isKnown(_ instruction: RecordedInstruction) -> Bool {
    !instruction.nodes.contains {
      guard nodes[$0].kind == .floatToInteger else { return false }
      let format = IntegerFormat(field: UInt32(nodes[$0].index))
      return format.bits != 32 || !format.ignoresRoundingMode
    }
  }

  /// Keeps the budget where an access to flash may be paid for and a later step leave: the
  /// interpreter will pay again.
  private func keepBudget() {
    let steps = instruction.nodes.filter { index in
      switch nodes[index].kind {
      case .load: block.literals[index] == nil
      case .branch, .branchExchange, .branchLinkExchange: constant(nodes[index].a) == nil
      default: false
      }
    }
    guard steps.count > 1 else { return }
    let register = take()
    asm.mov(register, ARM64Frame.budget, width: .x)
    budgetCopy = register
  }

  private func emitBody() {
    keepBudget()
    if instruction.isFloatingPoint, !hasCheckedFloat {
      withScratch {
        asm.transfer(.ldrw, $0, ARM64Frame.state, StateLayout.floatingPointReady)
        asm.cbz($0, leaving())
      }
    }
    for index in instruction.nodes { carryOut(UInt16(index)) }
    finish()
  }

  /// Whatever can stop the instruction, in order; the rest is put off.
  private func carryOut(_ index: UInt16) {
    let node = node(index)
    switch node.kind {
    case .load: emitLoad(index, node)
    case .store: store(node)
    case .loadMultiple: emitLoadMultiple(index, node)
    case .storeMultiple: storeMultiple(node)
    case .loadSingles: loadSingles(node)
    case .storeSingles: storeSingles(node)
    case .trapDivide: trapDivide(node)
    case .spend: spend(node)
    case .setRegister: effects.registers.append((node.index, node.a))
    case .setSingle: effects.singles.append((node.index, node.a))
    case .setNZ: effects.flags = .nz(node.a)
    case .setNZC: effects.flags = .nzc(node.a, carry: node.b)
    case .setNZCV: effects.flags = .nzcv(node.a)
    case .setSaturated: effects.saturated.append(node.a)
    case .setGreaterOrEqual: effects.greaterOrEqual = node.a
    case .floatCompare: effects.compare = node
    case .copyFloatingPointFlags: effects.copiesFloatFlags = true
    case .branch, .branchIf: noteBranch(node)
    case .branchExchange, .branchLinkExchange: noteBranch(node)
    default: break
    }
  }

  // MARK: What can stop the instruction

  private func emitLoad(_ index: UInt16, _ node: Node) {
    if block.literals[Int(index)] != nil { return }
    // Straight to where it belongs, if it is all that the instruction does.
    var effectCount = 0
    var only: Node?
    for other in instruction.nodes where nodes[other].kind.isEffect && other != Int(index) {
      effectCount += 1
      only = nodes[other]
    }
    if effectCount == 1, let only, only.kind == .setRegister, only.a == index, only.index != 13 {
      let home = Self.home(only.index)
      load(node, into: home)
      return setLocation(index, home)
    }
    let register = take()
    load(node, into: register)
    setLocation(index, register)
    if node.uses == 0 { release(index) }
  }

  private func emitLoadMultiple(_ index: UInt16, _ node: Node) {
    let target = take()
    loadMultiple(node, target: target) { [self] word in
      effects.branch = .indirect(checkTarget(word, isExchange: true))
    }
    give(target)
    setLocation(index, .zr)
  }

  private func trapDivide(_ node: Node) {
    let test = self.node(node.a)
    if test.kind == .isZero, location(node.a) == nil {
      // The interpreter knows whether zero traps.
      asm.cbz(operand(test.a), leaving())
      release(node.a)
    } else {
      with(node.a) { asm.cbnz($0, leaving()) }
    }
  }

  private func spend(_ node: Node) {
    let gone = leaving()
    with(node.a) { pay($0, .lsl, 20, gone) }
  }

  private func noteBranch(_ node: Node) {
    switch node.kind {
    case .branchIf:
      effects.branch = .directIf(node.a, self.node(node.b).immediate)
    case .branch where constant(node.a) != nil:
      effects.branch = .direct(constant(node.a) ?? 0)
    default:
      // `loadMultiple` has seen to its own.
      if self.node(node.a).kind == .loadMultiple { return }
      let register = checkTarget(operand(node.a), isExchange: node.kind != .branch)
      effects.branch = .indirect(register)
    }
  }

  /// Leaves unless the target is an instruction in this memory; answers with its half word's
  /// number in a register that stays taken.
  private func checkTarget(_ target: Register, isExchange: Bool) -> Register {
    let gone = leaving()
    if isExchange { asm.tbz(target, 0, gone) }
    let place = take()
    withScratch { scratch in
      asm.mov(scratch, constant: UInt64(regionBase))
      asm.arithmetic(.sub, place, target, scratch)
      asm.shift(.lsr, place, place, 1)
      asm.mov(scratch, constant: UInt64(regionSpan))
      asm.arithmetic(.sub, scratch, place, scratch, width: .x)
      asm.tbz(scratch, 63, gone)
    }
    return place
  }
}
