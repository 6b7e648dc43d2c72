// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM

// Values that take more than one or two instructions, longs and bits.
extension ARM64Compiler {
  func evaluateRare(_ index: UInt16, _ node: Node, _ target: Register) {
    switch node.kind {
    case .rotateExtended:
      withScratch { carry in
        asm.set(carry, .hs)
        with(node.a) { asm.extract(target, carry, $0, 1) }
      }
    case .shiftByRegister: shiftByRegister(node, target)
    case .signExtendBytePair: signExtendBytePair(node, target)
    case .selectBytes: selectBytes(node, target)
    case .select: select(node, target)
    case .saturateSigned, .saturateUnsigned: saturate(index, node, target)
    case .saturatingAdd, .saturatingSubtract: saturatingSum(index, node, target)
    case .longSigned: with(node.a) { asm.extend(target, $0, bits: 32, signed: true, width: .x) }
    case .longUnsigned: with(node.a) { asm.mov(target, $0) }
    case .longPair:
      with(node.a, node.b) { asm.logical(.orr, target, $0, $1, .lsl, 32, width: .x) }
    case .longMultiply: longMultiply(node, target)
    case .longAdd:
      with(node.a, node.b, near: target) { asm.arithmetic(.add, target, $0, $1, width: .x) }
    case .longSubtract:
      with(node.a, node.b, near: target) { asm.arithmetic(.sub, target, $0, $1, width: .x) }
    case .longShiftLeft:
      with(node.a) { asm.shift(.lsl, target, $0, UInt32(node.index & 63), width: .x) }
    case .dualProduct: dualProduct(node, target, .smaddl)
    case .dualDifference: dualProduct(node, target, .smsubl)
    default: evaluateBit(index, node, target)
    }
  }

  // MARK: Words

  /// min(low byte of the amount, 63) in a scratch register: a shift of 64 bits by that shifts as
  /// far as one of 32 bits by 255.
  private func withReach(_ amount: UInt16, _ body: (Register) -> Void) {
    withScratch { reach in
      with(amount) { asm.logical(.and, reach, $0, immediate: 0xFF) }
      withScratch { high in
        asm.shift(.lsr, high, reach, 6)
        let isShort = asm.makeLabel()
        asm.cbz(high, isShort)
        asm.mov(reach, constant: 63)
        asm.bind(isShort)
      }
      body(reach)
    }
  }

  private func shiftByRegister(_ node: Node, _ target: Register) {
    switch ShiftKind(rawValue: node.index) ?? .left {
    case .rotate, .rotateExtended:
      with(node.a, node.b) { asm.binary(.rorv, target, $0, $1) }
    case let kind:
      // The operand first: it may have to be computed, and nothing may be between.
      with(node.a) { a in
        withReach(node.b) { reach in
          withScratch { wide in
            let isSigned = kind == .arithmetic
            asm.extend(wide, a, bits: 32, signed: isSigned, width: isSigned ? .x : .w)
            let shift: ARM64Assembler.TwoSource =
              kind == .left ? .lslv : isSigned ? .asrv : .lsrv
            asm.binary(shift, wide, wide, reach, width: .x)
            asm.mov(target, wide)
          }
        }
      }
    }
  }

  private func signExtendBytePair(_ node: Node, _ target: Register) {
    with(node.a) { a in
      withScratch { bottom in
        withScratch { top in
          asm.field(top, a, lowest: 16, bits: 8, signed: true)
          asm.extend(bottom, a, bits: 8, signed: true)
          asm.extend(bottom, bottom, bits: 16, signed: false)
          asm.logical(.orr, target, bottom, top, .lsl, 16)
        }
      }
    }
  }

  private func selectBytes(_ node: Node, _ target: Register) {
    withScratch { mask in
      with(node.a) { lanes in
        withScratch { other in
          // Bit i of the lanes to bit 8i, then eight times.
          asm.mov(other, constant: 0x0020_4081)
          asm.multiply(.madd, mask, lanes, other)
          asm.logical(.and, mask, mask, immediate: 0x0101_0101)
          asm.shift(.lsl, other, mask, 8)
          asm.arithmetic(.sub, mask, other, mask)
        }
      }
      choose(node, target, mask)
    }
  }

  private func select(_ node: Node, _ target: Register) {
    with(node.a) { bit in
      withScratch { mask in
        asm.arithmetic(.sub, mask, .zr, bit)
        choose(node, target, mask)
      }
    }
  }

  /// b where the mask has ones, c where it has zeros.
  private func choose(_ node: Node, _ target: Register, _ mask: Register) {
    if constant(node.c) == 0 {
      return with(node.b) { asm.logical(.and, target, mask, $0) }
    }
    if constant(node.b) == 0 {
      return with(node.c) { asm.logical(.bic, target, $0, mask) }
    }
    with(node.b, node.c) { b, c in
      withScratch { other in
        asm.logical(.eor, other, b, c)
        asm.logical(.and, other, other, mask)
        asm.logical(.eor, target, c, other)
      }
    }
  }

  // MARK: Saturation

  /// Whether somebody asks if the node saturated.
  private func isAsked(_ index: UInt16) -> Bool {
    instruction.nodes.contains {
      nodes[$0].kind == .hasSaturated && nodes[$0].a == index && nodes[$0].uses > 0
    }
  }

  private func noteSaturation(_ index: UInt16, _ register: Register) {
    if isAsked(index) {
      saturations[Int(index) - firstNode] = register
    } else {
      give(register)
    }
  }

  private func saturate(_ index: UInt16, _ node: Node, _ target: Register) {
    let (bits, isSigned) = (UInt32(node.index), node.kind == .saturateSigned)
    // Not zero where the value does not fit.
    let excess = take()
    let fits = asm.makeLabel()
    with(node.a) { a in
      withScratch { result in
        asm.mov(result, a)
        if isSigned {
          asm.extend(excess, a, bits: min(max(bits, 1), 32), signed: true)
          asm.logical(.eor, excess, excess, a)
        } else {
          asm.shift(.lsr, excess, a, bits & 31)
        }
        asm.cbz(excess, fits)
        if isSigned {
          asm.shift(.asr, result, a, 31)
          if bits > 1 {
            asm.logical(.eor, result, result, immediate: (1 << UInt64(bits - 1)) - 1)
          }
        } else {
          asm.logical(.orn, result, .zr, a, .asr, 31)
          if bits == 0 {
            asm.mov(result, .zr)
          } else {
            asm.logical(.and, result, result, immediate: (1 << UInt64(bits & 31)) - 1)
          }
        }
        asm.bind(fits)
        asm.mov(target, result)
      }
    }
    noteSaturation(index, excess)
  }

  private func saturatingSum(_ index: UInt16, _ node: Node, _ target: Register) {
    let excess = take()
    let fits = asm.makeLabel()
    withScratch { wide in
      with(node.a, node.b) { a, b in
        asm.extend(wide, a, bits: 32, signed: true, width: .x)
        asm.arithmetic(
          node.kind == .saturatingAdd ? .add : .sub, wide, wide, b, .sxtw, width: .x)
      }
      asm.extend(excess, wide, bits: 32, signed: true, width: .x)
      asm.logical(.eor, excess, excess, wide, width: .x)
      // The upper half is all that differs: to be asked for as a word.
      asm.shift(.lsr, excess, excess, 32, width: .x)
      asm.cbz(excess, fits)
      asm.shift(.asr, wide, wide, 63, width: .x)
      asm.logical(.eor, wide, wide, immediate: 0x7FFF_FFFF)
      asm.bind(fits)
      asm.mov(target, wide)
    }
    noteSaturation(index, excess)
  }

  // MARK: Longs

  private func longMultiply(_ node: Node, _ target: Register) {
    let (a, b) = (self.node(node.a), self.node(node.b))
    let isFree = location(node.a) == nil && location(node.b) == nil && a.uses == 1 && b.uses == 1
    if isFree, a.kind == b.kind, a.kind == .longSigned || a.kind == .longUnsigned {
      return with(a.a, b.a) {
        asm.multiply(a.kind == .longSigned ? .smaddl : .umaddl, target, $0, $1)
      }
    }
    with(node.a, node.b) { asm.multiply(.madd, target, $0, $1, width: .x) }
  }

  private func dualProduct(
    _ node: Node, _ target: Register, _ second: ARM64Assembler.Product
  ) {
    with(node.a, node.b) { a, b in
      withScratch { x in
        withScratch { y in
          withScratch { product in
            asm.extend(x, a, bits: 16, signed: true)
            asm.extend(y, b, bits: 16, signed: true)
            asm.multiply(.smaddl, product, x, y)
            asm.shift(.asr, x, a, 16)
            asm.shift(.asr, y, b, 16)
            asm.multiply(second, target, x, y, product)
          }
        }
      }
    }
  }

  // MARK: Bits: 0 or 1

  private func evaluateBit(_ index: UInt16, _ node: Node, _ target: Register) {
    switch node.kind {
    case .bit: asm.mov(target, constant: UInt64(node.immediate & 1))
    case .negative: asm.set(target, .mi)
    case .zero: asm.set(target, .eq)
    case .carry: asm.set(target, .hs)
    case .overflow: asm.set(target, .vs)
    case .condition: asm.set(target, Condition(rawValue: node.index) ?? .al)
    case .testBit:
      with(node.a) {
        asm.field(target, $0, lowest: UInt32(node.index & 31), bits: 1, signed: false)
      }
    case .isZero:
      with(node.a) { a in
        withScratch {
          asm.unary(.clz, $0, a)
          asm.shift(.lsr, target, $0, 5)
        }
      }
    case .isNegative: with(node.a, near: target) { asm.shift(.lsr, target, $0, 31) }
    case .bitNot: with(node.a, near: target) { asm.logical(.eor, target, $0, immediate: 1) }
    case .bitAnd: with(node.a, node.b, near: target) { asm.logical(.and, target, $0, $1) }
    case .bitOr: with(node.a, node.b, near: target) { asm.logical(.orr, target, $0, $1) }
    case .bitExclusiveOr: with(node.a, node.b, near: target) { asm.logical(.eor, target, $0, $1) }
    case .shiftByRegisterCarry: carryOfShift(node, target)
    case .exceedsWord, .hasSaturated:
      withExcess(index) { excess in
        withScratch {
          asm.unary(.clz, $0, excess)
          asm.shift(.lsr, $0, $0, 5)
          asm.logical(.eor, target, $0, immediate: 1)
        }
      }
    default: evaluateFloat(index, node, target)
    }
  }

  /// A register whose word is not zero where the bit, of `exceedsWord` or `hasSaturated`, is set.
  func withExcess(_ index: UInt16, _ body: (Register) -> Void) {
    let node = node(index)
    if node.kind == .hasSaturated {
      if saturations[Int(node.a) - firstNode] == nil { _ = operand(node.a) }
      guard let excess = saturations[Int(node.a) - firstNode] else { return asm.fail() }
      return body(excess)
    }
    withScratch { excess in
      with(node.a) { a in
        asm.extend(excess, a, bits: 32, signed: true, width: .x)
        asm.logical(.eor, excess, excess, a, width: .x)
        asm.shift(.lsr, excess, excess, 32, width: .x)
      }
      body(excess)
    }
  }

  /// The last bit shifted out; C where the amount is zero.
  private func carryOfShift(_ node: Node, _ target: Register) {
    let kind = ShiftKind(rawValue: node.index) ?? .left
    with(node.a) { a in
      withScratch { out in
        asm.set(out, .hs)
        let isNothing = asm.makeLabel()
        if kind == .rotate || kind == .rotateExtended {
          carryOfRotation(a, by: node.b, out, isNothing)
        } else {
          withReach(node.b) { reach in
            asm.cbz(reach, isNothing)
            carryOfShift(kind, a, reach, out)
          }
        }
        asm.bind(isNothing)
        asm.mov(target, out)
      }
    }
  }

  private func carryOfShift(
    _ kind: ShiftKind, _ a: Register, _ reach: Register, _ out: Register
  ) {
    if kind == .left {
      asm.binary(.lslv, out, a, reach, width: .x)
      return asm.field(out, out, lowest: 32, bits: 1, signed: false, width: .x)
    }
    // The bit below the lowest, so that it comes to bit 0.
    let isSigned = kind == .arithmetic
    asm.extend(out, a, bits: 32, signed: isSigned, width: isSigned ? .x : .w)
    asm.shift(.lsl, out, out, 1, width: .x)
    asm.binary(isSigned ? .asrv : .lsrv, out, out, reach, width: .x)
    asm.logical(.and, out, out, immediate: 1)
  }

  private func carryOfRotation(
    _ a: Register, by amount: UInt16, _ out: Register, _ isNothing: Label
  ) {
    with(amount) { amount in
      withScratch { low in
        asm.logical(.and, low, amount, immediate: 0xFF)
        asm.cbz(low, isNothing)
      }
      asm.binary(.rorv, out, a, amount)
      asm.shift(.lsr, out, out, 31)
    }
  }
}
