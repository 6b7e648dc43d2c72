// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM

// Floating point, while FPSCR's control bits are those of reset: the host's arithmetic, whose
// cumulative exceptions are collected on the way out (MXCSR). What the host does otherwise leaves,
// before anything is written: NaN results (whose bits differ), results that may be tiny before and
// not after rounding, unordered comparisons, conversions out of range.
extension X86Compiler {
  /// Leaves, once in a block, where floating point is not ready or FPSCR asks for more.
  func checkFloat() {
    guard instruction.isFloatingPoint else { return }
    let isArithmetic = instruction.nodes.contains {
      nodes[$0].uses > 0 && nodes[$0].kind.usesHostArithmetic || nodes[$0].kind == .floatCompare
    }
    if isArithmetic {
      if !hasCheckedArithmetic { check(Frame.floatUsual) }
      (hasCheckedArithmetic, hasCheckedFloat) = (true, true)
    } else if !hasCheckedFloat {
      check(Frame.floatReady)
      hasCheckedFloat = true
    }
  }

  private func check(_ byte: Int) {
    asm.alu(.cmp, byte: .at(.rbp, byte), 0)
    asm.j(.e, leaving())
  }

  /// Words whose computation is an integer's.
  func evaluateFloat(_ node: Node, _ index: UInt16, _ register: Register) {
    switch node.kind {
    case .floatAbsolute:
      evaluate(node.a, into: register)
      asm.alu(.and, register, Int32.max)
    case .floatNegate:
      evaluate(node.a, into: register)
      asm.alu(.xor, register, Int32.min)
    default: asm.fail()
    }
  }

  // MARK: Arithmetic

  /// Computes a node and, if it is what a register becomes, writes it.
  func emitFloat(_ index: Int, _ node: Node, _ done: inout SetsDone) {
    guard node.uses > 0 else { return }
    switch node.kind {
    case .floatAdd: sum(node)
    case .floatSubtract: binary(.sub, node.a, node.b)
    case .floatMultiply: binary(.mul, node.a, node.b)
    case .floatDivide: binary(.div, node.a, node.b)
    case .floatSquareRoot:
      move(.xmm0, node.a)
      asm.scalar(.sqrt, .single, .xmm0, .xmm0, .xmm0)
    case .floatMultiplyAdd: fused(node)
    case .floatToInteger, .floatFromInteger: return convert(index, node, &done)
    default: return
    }
    switch node.kind {
    case .floatMultiply, .floatDivide, .floatMultiplyAdd: checkTiny()
    default:
      asm.ucomis(.single, .xmm0, .xmm0)
      asm.j(.p, leaving())
    }
    if let set = instruction.nodes.first(where: {
      nodes[$0].kind == .setSingle && Int(nodes[$0].a) == index
    }) {
      asm.movs(.single, .at(.rbp, Frame.single(nodes[set].index)), .xmm0)
      done.nodes.insert(set)
    } else {
      let slot = takeSlot()
      asm.movs(.single, .at(.rsp, slot), .xmm0)
      setPlace(index, .slot(slot))
    }
  }

  private func move(_ vector: X86Assembler.Vector, _ index: UInt16) {
    if let place = place(index), let memory = memory(place) {
      return asm.movs(.single, vector, memory)
    }
    evaluate(index, into: .rax)
    asm.movd(vector, .rax)
  }

  private func binary(_ operation: X86Assembler.Arithmetic, _ a: UInt16, _ b: UInt16) {
    if let place = place(b), let memory = memory(place) {
      move(.xmm0, a)
      asm.scalar(operation, .single, .xmm0, .xmm0, memory)
    } else {
      move(.xmm1, b)
      move(.xmm0, a)
      asm.scalar(operation, .single, .xmm0, .xmm0, .xmm1)
    }
  }

  /// a + -b is a - b, but for NaNs.
  private func sum(_ node: Node) {
    let b = self.node(node.b)
    if b.kind == .floatNegate {
      binary(.sub, node.a, b.a)
    } else {
      binary(.add, node.a, node.b)
    }
  }

  private func fused(_ node: Node) {
    guard features.hasFMA else { return asm.jmp(leaving()) }
    let (addend, factor) = (self.node(node.a), self.node(node.b))
    let isAddendNegative = addend.kind == .floatNegate
    let isProductNegative = factor.kind == .floatNegate
    move(.xmm0, isAddendNegative ? addend.a : node.a)
    move(.xmm1, isProductNegative ? factor.a : node.b)
    let operation: X86Assembler.Fused =
      switch (isProductNegative, isAddendNegative) {
      case (false, false): .madd
      case (true, false): .nmadd
      case (false, true): .msub
      case (true, true): .nmsub
      }
    if let place = place(node.c), let memory = memory(place) {
      asm.fused(operation, .o231, .single, .xmm0, .xmm1, memory)
    } else {
      asm.fail()
    }
  }

  /// Leaves where xmm0 is a NaN or ± the smallest normal number: the host calls a result tiny
  /// after rounding, Arm before.
  private func checkTiny() {
    asm.movd(.rax, .xmm0)
    // Twice the magnitude, turned so that what is suspicious is highest.
    asm.lea(.rcx, .at(.rax, .rax, -0x0100_0001))
    asm.alu(.cmp, .rcx, Int32(bitPattern: 0xFDFF_FFFF))
    let (suspicious, fine) = (asm.makeLabel(), asm.makeLabel())
    asm.j(.a, suspicious)
    asm.bind(fine)
    let gone = leaving()
    cold.append { [self] in
      asm.bind(suspicious)
      asm.alu(.cmp, .rcx, -1)
      asm.j(.e, gone)
      asm.alu(.cmp, .rcx, Int32(bitPattern: 0xFEFF_FFFD))
      asm.j(.be, gone)
      // A zero or a subnormal.
      asm.jmp(fine)
    }
  }

  // MARK: Conversions

  private func convert(_ index: Int, _ node: Node, _ done: inout SetsDone) {
    let (isSigned, isHalf, truncates) = (
      node.index & 1 != 0, node.index & 2 != 0, node.index & 4 != 0
    )
    let isToInteger = node.kind == .floatToInteger
    guard node.immediate == 0, !isHalf, isSigned || truncates || !isToInteger else {
      asm.jmp(leaving())
      done.leaves = true
      return
    }
    if isToInteger {
      toInteger(node, isSigned, truncates)
    } else {
      evaluate(node.a, into: .rax)
      asm.packed(.pxor, .xmm0, .xmm0, .xmm0)
      asm.cvtsi2s(.single, .xmm0, .xmm0, .rax, isSigned ? .dword : .qword)
      asm.movd(.rax, .xmm0)
    }
    setPlace(index, .host(.rax))
    busy.insert(.rax)
  }

  private func toInteger(_ node: Node, _ isSigned: Bool, _ truncates: Bool) {
    move(.xmm0, node.a)
    if isSigned {
      if truncates {
        asm.cvtts2si(.single, .rax, .xmm0)
      } else {
        asm.cvts2si(.single, .rax, .xmm0)
      }
      // What the host says where it cannot tell.
      asm.alu(.cmp, .rax, Int32.min)
      asm.j(.e, leaving())
    } else {
      // A negative number would be inexact for the host and out of range for the guest.
      asm.movd(.rax, .xmm0)
      asm.test(.rax, .rax)
      asm.j(.s, leaving())
      asm.cvtts2si(.single, .rax, .xmm0, .qword)
      asm.mov(.rcx, .rax, .qword)
      asm.shift(.shr, .rcx, 32, .qword)
      asm.j(.ne, leaving())
    }
  }

  // MARK: Comparison

  func emitCompare(_ node: Node) {
    move(.xmm0, node.a)
    if case .constant(0)? = place(node.b) {
      asm.packed(.pxor, .xmm1, .xmm1, .xmm1)
    } else {
      move(.xmm1, node.b)
    }
    asm.mov(.rax, immediate: FPSCRBits.carry)
    asm.mov(.rcx, immediate: FPSCRBits.zero | FPSCRBits.carry)
    asm.mov(.rdx, immediate: FPSCRBits.negative)
    asm.ucomis(.single, .xmm0, .xmm1)
    asm.j(.p, leaving())
    asm.cmov(.e, .rax, .rcx)
    asm.cmov(.b, .rax, .rdx)
    asm.mov(.rcx, .at(.rbp, Frame.fpscr))
    asm.alu(.and, .rcx, 0x0FFF_FFFF)
    asm.alu(.or, .rax, .rcx)
    asm.mov(.at(.rbp, Frame.fpscr), .rax)
  }

  /// NZCV become FPSCR's.
  func copyFloatFlags() {
    asm.mov(.rax, .at(.rbp, Frame.fpscr))
    asm.shift(.shr, .rax, 28)
    asm.mov(.rcx, .rax)
    asm.alu(.and, .rcx, 1)
    asm.store(.byte, .at(.rbp, Frame.overflow), .rcx)
    asm.mov(.rcx, .rax)
    asm.shift(.shr, .rcx, 1)
    asm.unary(.not, .rcx)
    asm.store(.byte, .at(.rbp, Frame.borrow), .rcx)
    asm.shift(.shr, .rax, 2)
    asm.shift(.shl, .rax, 6)
    asm.store(.byte, .at(.rbp, Frame.negativeZero), .rax)
    pending = PendingFlags()
    host = nil
  }

  private enum FPSCRBits {
    static let negative: UInt32 = 1 << 31
    static let zero: UInt32 = 1 << 30
    static let carry: UInt32 = 1 << 29
  }
}

extension NodeKind {
  /// Arithmetic that depends on FPSCR.
  var usesHostArithmetic: Bool {
    rawValue >= NodeKind.floatAdd.rawValue && rawValue <= NodeKind.floatFromInteger.rawValue
  }
}
