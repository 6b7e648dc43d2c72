// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM

// Blocks, and the ways into and out of them.
extension ARM64Compiler {
  /// Compiles a block behind what there is; nil where there is no room for it, or no code.
  func compile(
    _ block: Block, _ core: AcceleratedCore, registers: [UInt32]
  ) -> CompiledBlock? {
    self.block = block
    self.core = core
    cold = []
    hasCheckedFloat = false
    asm.begin(at: asm.position)
    let start = asm.position
    let total = charge(from: 0)
    let refill = UInt32(truncatingIfNeeded: core.refill(to: block.start))
    pay(total &+ budgetCharge(refill, 0))
    let (late, id) = (asm.makeLabel(), exits.addBlock(block.start, total))
    asm.tbnz(ARM64Frame.budget, 63, late)
    cold.append { [self] in
      asm.bind(late)
      exit(id)
    }
    let opening = CompiledBlock(
      start: block.start, indirectEntry: start, body: asm.position, charge: total)
    exits.opening = opening
    for index in block.instructions.indices {
      self.index = index
      emitInstruction()
    }
    if !block.isClosed, block.instructions.last?.isCovered == true {
      edge(to: block.end, isTaken: false)
    }
    while !cold.isEmpty {
      let stubs = cold
      cold = []
      for stub in stubs { stub() }
    }
    exits.opening = nil
    if !asm.hasFailed { return opening }
    asm.begin(at: start)
    return nil
  }

  func compileLeave(at address: UInt32, from start: Int) -> CompiledBlock {
    cold = []
    asm.begin(at: start)
    pay(budgetCharge(UInt32(truncatingIfNeeded: core.refill(to: address)), 0))
    let body = asm.position
    exit(exits.addLeave(at: address, 0, 0))
    return CompiledBlock(start: address, indirectEntry: start, body: body, charge: 0)
  }

  /// What instructions from `first` on have been charged.
  func charge(from first: Int) -> Int32 {
    var total: UInt32 = 0
    for cycles in block.cycles[first...] { total += cycles }
    return budgetCharge(total, UInt32(block.cycles.count - first))
  }

  /// Takes from the budget. The constant always fills two instructions, for `link`.
  private func pay(_ amount: Int32) {
    let bits = UInt32(bitPattern: amount)
    asm.move(.movz, .x15, UInt16(truncatingIfNeeded: bits))
    asm.move(.movk, .x15, UInt16(truncatingIfNeeded: bits >> 16), at: 1)
    asm.arithmetic(.sub, ARM64Frame.budget, ARM64Frame.budget, .x15, .sxtw, width: .x)
  }

  /// Gives cycles back, or takes them where the count is negative.
  func refund(_ cycles: Int) {
    if cycles == 0 { return }
    let amount = UInt64(cycles.magnitude) << 20
    let operation: ARM64Assembler.Arithmetic = cycles > 0 ? .add : .sub
    if amount <= 0xFF_FFFF {
      asm.arithmetic(
        operation, ARM64Frame.budget, ARM64Frame.budget,
        immediate: UInt32(truncatingIfNeeded: amount), width: .x)
    } else {
      asm.mov(.x15, constant: amount)
      asm.arithmetic(operation, ARM64Frame.budget, ARM64Frame.budget, .x15, width: .x)
    }
  }

  func exit(_ id: UInt32) {
    asm.mov(.x15, constant: UInt64(id))
    asm.b(to: leave)
  }

  // MARK: Leaving at an instruction

  /// Where to jump to so that the interpreter runs the instruction in progress. Nothing of it may
  /// have happened yet, but for what it would do again in the same way.
  func leaving() -> Label {
    if let leaveLabel { return leaveLabel }
    let label = asm.makeLabel()
    leaveLabel = label
    let (id, copy) = (exits.addLeave(instruction, charge(from: index)), budgetCopy)
    cold.append { [self] in
      asm.bind(label)
      if let copy { asm.mov(ARM64Frame.budget, copy, width: .x) }
      exit(id)
    }
    return label
  }

  // MARK: Edges

  /// Goes on at `target` from the instruction in progress, whose cycles have been charged and
  /// those behind it as well.
  func edge(to target: UInt32, isTaken: Bool) {
    let rest = index + 1 < block.cycles.count ? charge(from: index + 1) : 0
    let refill = isTaken ? UInt32(truncatingIfNeeded: core.refill(to: target)) : 0
    let base = budgetCharge(refill, 0) &- rest
    guard (target & ~1) &- regionBase < regionSpan &* 2 else {
      // Another memory: its own tables.
      pay(base)
      return exit(exits.addLeave(at: target & ~1, 0, 0))
    }
    let known = linker(target) ?? (target == block.start ? exits.opening : nil)
    let chargeField = asm.position
    pay(base &+ (known?.charge ?? 0))
    let id = exits.addEdge(
      Edge(target: target, base: base, chargeField: chargeField, linked: known?.charge ?? 0))
    let late = asm.makeLabel()
    asm.tbnz(ARM64Frame.budget, 63, late)
    let field = asm.b(to: known?.body ?? asm.position)
    exits.edges[id].jumpField = field
    cold.append { [self] in
      if known == nil {
        asm.patch(at: field, to: asm.position)
        exit(ExitTable.unlinked(id))
      }
      asm.bind(late)
      exit(ExitTable.late(id))
    }
  }

  func link(_ id: Int, to block: CompiledBlock) -> Range<Int> {
    let edge = exits.edges[id]
    exits.edges[id].linked = block.charge
    asm.patch(at: edge.chargeField, word: UInt32(bitPattern: edge.base &+ block.charge))
    asm.patch(at: edge.jumpField, to: block.body)
    return edge.chargeField..<(edge.jumpField + 4)
  }
}
