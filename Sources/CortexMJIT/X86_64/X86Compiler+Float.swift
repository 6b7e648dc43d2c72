// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM

// Floating point.
extension X86Compiler {
  /// Leaves, once in a block, where floating point is not ready.
  func checkFloat() {
    guard instruction.isFloatingPoint, !hasCheckedFloat else { return }
    hasCheckedFloat = true
    asm.alu(.cmp, byte: .at(.rbp, Frame.floatReady), 0)
    asm.j(.e, leaving())
  }

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

  func setFloat(_ set: Node) -> Bool { false }

  func emitFloatStatus(_ node: Node) { asm.fail() }
}
