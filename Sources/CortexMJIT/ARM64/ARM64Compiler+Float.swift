// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM

// Floating point: AArch64 under FPCR does what ARMv7-M does under FPSCR, NaNs, flushing to zero,
// rounding and the cumulative bits included.
extension ARM64Compiler {
  func evaluateFloat(_ index: UInt16, _ node: Node, _ target: Register) {
    switch node.kind {
    case .floatAbsolute:
      with(node.a) { asm.logical(.and, target, $0, immediate: 0x7FFF_FFFF) }
    case .floatNegate:
      with(node.a) { asm.logical(.eor, target, $0, immediate: 0x8000_0000) }
    case .floatToInteger: toInteger(node, target)
    default:
      guard computeFloat(node) else { return asm.fail() }
      asm.fmov(target, .v0)
    }
  }

  /// Leaves the result in s0; false for what is not arithmetic.
  private func computeFloat(_ node: Node) -> Bool {
    switch node.kind {
    case .floatAdd: float(.fadd, node)
    case .floatSubtract: float(.fsub, node)
    case .floatMultiply: float(.fmul, node)
    case .floatDivide: float(.fdiv, node)
    case .floatSquareRoot:
      load(.v0, node.a)
      asm.float(.fsqrt, .v0, .v0)
    case .floatMultiplyAdd:
      compute(node.a, node.b, node.c)
      load(.v0, node.b)
      load(.v1, node.c)
      load(.v2, node.a)
      asm.float(.fmadd, .v0, .v0, .v1, .v2)
    case .floatFromInteger: fromInteger(node)
    default: return false
    }
    return true
  }

  private func float(_ operation: ARM64Assembler.FloatArithmetic, _ node: Node) {
    compute(node.a, node.b)
    load(.v0, node.a)
    load(.v1, node.b)
    asm.float(operation, .v0, .v0, .v1)
  }

  /// Operands that are no singles come by way of general registers, and all before the first of
  /// them is put in place: computing one takes the same vector registers.
  private func compute(_ operands: UInt16...) {
    for index in operands where node(index).kind != .single { _ = operand(index) }
  }

  private func load(_ vector: Vector, _ index: UInt16) {
    let node = node(index)
    if node.kind == .single, location(index) == nil {
      asm.transfer(.ldrs, vector, ARM64Frame.state, ARM64Frame.single(node.index))
      release(index)
    } else {
      with(index) { asm.fmov(vector, $0) }
    }
  }

  /// Towards zero, saturating, in 32 bits.
  private func toInteger(_ node: Node, _ target: Register) {
    let format = IntegerFormat(field: UInt32(node.index))
    with(node.a) { asm.fmov(.v0, $0) }
    asm.convert(
      format.isSigned ? .fcvtzs : .fcvtzu, target, .v0, fractionBits: node.immediate)
  }

  private func fromInteger(_ node: Node) {
    let format = IntegerFormat(field: UInt32(node.index))
    if format.ignoresRoundingMode {
      // To the nearest, which FPCR has to say as well.
      withScratch {
        asm.transfer(.ldrw, $0, ARM64Frame.state, StateLayout.fpscr)
        asm.field($0, $0, lowest: 22, bits: 2, signed: false)
        asm.cbnz($0, leaving())
      }
    }
    withScratch { value in
      with(node.a) {
        asm.extend(value, $0, bits: UInt32(format.bits), signed: format.isSigned)
      }
      asm.convert(
        format.isSigned ? .scvtf : .ucvtf, .v0, value, fractionBits: node.immediate)
    }
  }

  private func float(
    _ operation: ARM64Assembler.FloatArithmetic, _ node: Node, _ target: Register
  ) {
    with(node.a, node.b) {
      asm.fmov(.v0, $0)
      asm.fmov(.v1, $1)
    }
    asm.float(operation, .v0, .v0, .v1)
    asm.fmov(target, .v0)
  }

  /// Values first: VMOV and its kin move several.
  func finishSingles() {
    if effects.singles.count == 1, let set = effects.singles.first,
      node(set.node).uses == 1, location(set.node) == nil, computeFloat(node(set.node))
    {
      return asm.transfer(
        .strs, .v0, ARM64Frame.state, ARM64Frame.single(set.number))
    }
    let values = effects.singles.map { operand($0.node) }
    for (set, value) in zip(effects.singles, values) {
      asm.transfer(.strw, value, ARM64Frame.state, ARM64Frame.single(set.number))
    }
  }

  /// FPSCR's NZCV, by way of the host's flags.
  func floatCompare(_ node: Node) {
    compute(node.a, node.b)
    load(.v0, node.a)
    load(.v1, node.b)
    withScratch { flags in
      withScratch { result in
        asm.mrs(flags, .nzcv)
        asm.fcmp(.v0, .v1, signaling: node.index != 0)
        asm.mrs(result, .nzcv)
        asm.msr(.nzcv, flags)
        asm.transfer(.ldrw, flags, ARM64Frame.state, StateLayout.fpscr)
        asm.logical(.and, flags, flags, immediate: 0x0FFF_FFFF)
        asm.logical(.orr, flags, flags, result)
        asm.transfer(.strw, flags, ARM64Frame.state, StateLayout.fpscr)
      }
    }
  }

  func copyFloatFlags() {
    withScratch {
      asm.transfer(.ldrw, $0, ARM64Frame.state, StateLayout.fpscr)
      asm.msr(.nzcv, $0)
    }
  }
}
