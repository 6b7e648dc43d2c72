// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

@testable import CortexM

/// What is not compared with Unicorn, and why: the whole list. Sections are those of the Armv7-M
/// Architecture Reference Manual (DDI 0403E). Rows that are left out altogether are tested by the
/// core's own tests.
struct Exclusion: CustomStringConvertible {
  var section: String
  var reason: String
  var description: String { "\(reason) (\(section))" }

  /// Whole opcodes: they need what Unicorn has not got, an NVIC or a debugger.
  static func ofOpcode(_ opcode: Opcode) -> Exclusion? {
    switch opcode {
    case .svc:
      Exclusion(section: "A7.7.178", reason: "Unicorn ends the run instead of taking SVCall")
    case .bkpt:
      Exclusion(section: "A7.7.17", reason: "Unicorn ends the run instead of halting")
    case .undefined, .noCoprocessor:
      Exclusion(section: "B1.5.14", reason: "Unicorn ends the run instead of taking UsageFault")
    case .wfi, .wfe:
      Exclusion(section: "B1.5.17", reason: "Unicorn has no event that could end the sleep")
    default: nil
    }
  }

  /// Single words of rows whose other words are compared.
  static func ofWord(_ operation: Operation, _ word: UInt32) -> Exclusion? {
    switch operation.opcode {
    case .mrs where operation.amount > 3, .msr where operation.amount > 3:
      Exclusion(section: "B5.1.1", reason: "a register of the exception model, absent in Unicorn")
    // A hint that Armv7-M lets be a NOP.
    case .nop where word == 0xBF10 || word == 0xF3AF_8001:
      Exclusion(section: "A7.7.262", reason: "Unicorn ends the run at YIELD")
    default: ofOpcode(operation.opcode)
    }
  }

  /// Rows that a core does not have and Unicorn runs all the same.
  static func ofAbsent(_ row: Encoding, _ core: TestedCore) -> Exclusion? {
    switch row.name {
    case "CBZ T1", "CBNZ T1", "IT T1", "CPS T1, FAULTMASK":
      Exclusion(section: "Armv6-M ARM, A5.2.5", reason: "Unicorn's Cortex-M0 has them")
    case "MRS T1, masks", "MSR T1, masks", "MSR T1, GE":
      Exclusion(section: "Armv6-M ARM, B5.1.1", reason: "Unicorn ignores what is not there")
    default:
      row.level == .dsp && core == .cortexM3
        ? Exclusion(section: "A1.3", reason: "Unicorn's Cortex-M3 has most of the DSP extension")
        : nil
    }
  }

  /// Instructions not compared inside an IT block.
  static func insideIfThen(_ opcode: Opcode) -> Exclusion? {
    switch opcode {
    case .branchConditional, .cbz, .cbnz, .ifThen, .cps:
      Exclusion(section: "A7.3.2", reason: "UNPREDICTABLE there")
    case .vsel, .vmaxnm, .vminnm, .vrint, .vcvtDirected, .vselDouble, .vmaxnmDouble,
      .vminnmDouble, .vrintDouble, .vcvtDoubleDirected:
      Exclusion(section: "A7.7.251", reason: "UNPREDICTABLE there, but for VRINTR, VRINTX, VRINTZ")
    case .isb:
      Exclusion(section: "A7.7.37", reason: "Unicorn forgets ITSTATE at ISB")
    default: nil
    }
  }

  /// Instructions that nothing may follow.
  static func insideBlock(_ opcode: Opcode, _ core: TestedCore) -> Exclusion? {
    opcode == .msr && !core.architecture.isMainline
      ? Exclusion(section: "Armv6-M ARM, B1.4.2", reason: "Unicorn's Cortex-M0 has Q") : nil
  }

  /// Changes a state so that Unicorn's mistakes do not show.
  static func adapt(_ state: inout ProcessorState, to operation: Operation) {
    // From fixed point, VCVT rounds to nearest whatever FPSCR says (A7.7.229); Unicorn asks FPSCR.
    if operation.opcode == .vcvtFromInteger, operation.roundsToNearest {
      state.fpscr &= ~FPSCR.roundingMask
    }
    // SMLAD sets Q when the whole sum does not fit (A7.7.138); Unicorn also when the two products
    // alone do not, which only four halves of 0x8000 can make.
    if [.smlad, .smladx].contains(operation.opcode),
      state.registers[Int(operation.n)] == 0x8000_8000,
      state.registers[Int(operation.m)] == 0x8000_8000
    {
      state.registers[Int(operation.n)] = 0x8000_8001
    }
  }

  /// Changes Unicorn's answer to what the manual says. Bits 1 and 0 of SP are always zero (B1.4.1);
  /// Unicorn keeps what an instruction writes there.
  static func correct(_ state: inout ProcessorState) {
    state.registers[13] &= ~3
  }
}

extension Operation {
  fileprivate var roundsToNearest: Bool { IntegerFormat(field: extra).ignoresRoundingMode }
}
