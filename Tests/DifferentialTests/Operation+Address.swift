// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

@testable import CortexM

/// What the generator must know of an operation beyond its effects: where its address comes from.
extension Operation {
  /// pc is the base.
  var isLiteral: Bool {
    switch opcode {
    case .ldrLiteral, .ldrhLiteral, .ldrbLiteral, .ldrshLiteral, .ldrsbLiteral, .ldrpcLiteral,
      .ldrdLiteral, .vldrLiteral, .vldrDoubleLiteral, .tbbProgramCounter, .tbhProgramCounter:
      true
    default: false
    }
  }

  /// n + (m << something).
  var hasIndexRegister: Bool {
    switch opcode {
    case .ldrRegister, .ldrhRegister, .ldrbRegister, .ldrshRegister, .ldrsbRegister,
      .ldrpcRegister, .strRegister, .strhRegister, .strbRegister, .tbb, .tbh, .tbbProgramCounter,
      .tbhProgramCounter:
      true
    default: false
    }
  }

  var accessesMemory: Bool { !properties.isDisjoint(with: [.loads, .stores]) }

  /// Faults on silicon when unaligned (A3.2.1).
  var needsAlignment: Bool {
    switch opcode {
    case .ldrdImmediate, .ldrdPre, .ldrdPost, .strdImmediate, .strdPre, .strdPost, .ldm,
      .ldmWriteBack, .ldmpc, .ldmpcWriteBack, .stm, .stmWriteBack, .ldrex, .ldrexh, .strex,
      .strexh, .vldr, .vldrDouble, .vstr, .vstrDouble, .vldm, .vldmWriteBack, .vstm, .vstmWriteBack:
      true
    default: false
    }
  }

  /// Loads pc from memory.
  var loadsProgramCounter: Bool {
    switch opcode {
    case .ldrpcImmediate, .ldrpcRegister, .ldrpcPre, .ldrpcPost, .ldrpcLiteral, .ldmpc,
      .ldmpcWriteBack:
      true
    default: false
    }
  }

  var isStoreExclusive: Bool { [.strex, .strexb, .strexh].contains(opcode) }
}
