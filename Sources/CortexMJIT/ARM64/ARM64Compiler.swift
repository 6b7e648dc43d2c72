// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM

/// Turns blocks into AArch64 machine code.
///
/// - w0 to w14 are the guest's r0 to r14, and NZCV are the guest's: nothing here uses the host's
///   flags for anything else. FPCR and FPSR are FPSCR's two halves.
/// - x19 is `CoreState`, x20 the budget: (remaining cycles << 20) - instructions run.
/// - x21 and x22 lead from guest addresses in RAM and flash to the host's, x23 is the table of
///   indirect branches, x24 the code. x18 belongs to the platform. The others are scratch within
///   one instruction.
final class ARM64Compiler: BlockCompiler {
  typealias Register = ARM64Assembler.Register
  typealias Vector = ARM64Assembler.Vector
  typealias Condition = ARM64Assembler.Condition
  typealias Label = ARM64Assembler.Label

  var asm: ARM64Assembler
  let recorder = Recorder()
  var exits = ExitTable()
  var windows: HostWindows
  /// FEAT_FlagM: RMIF.
  let hasFlagManipulation: Bool
  var regionBase: UInt32 = 0
  /// In half words.
  var regionSpan: UInt32 = 0
  var linker: (UInt32) -> CompiledBlock? = { _ in nil }
  /// Offsets of the code that every block shares.
  var enter = 0
  var leave = 0

  // The block in progress.
  var block: Block!
  var core: AcceleratedCore!
  var index = 0
  var cold: [() -> Void] = []
  var hasCheckedFloat = false

  // The instruction in progress.
  var leaveLabel: Label?
  /// The budget as it was at the beginning, where an access may pay and a later step leave.
  var budgetCopy: Register?
  var effects = PendingEffects()
  /// Scratch registers that are not in use, by number.
  var free: UInt32 = 0
  var firstNode = 0
  /// By node: the register that holds it.
  var locations = [Register?](repeating: nil, count: 1024)
  /// By saturating node: a register that is not zero where it saturated.
  var saturations = [Register?](repeating: nil, count: 1024)
  /// By node: how many of its uses are still to come.
  var usesLeft = [UInt8](repeating: 0, count: 1024)

  init(memory: ExecutableMemory, windows: HostWindows, features: HostFeatures) {
    asm = ARM64Assembler(code: memory.writable, capacity: memory.byteCount)
    self.windows = windows
    hasFlagManipulation = features.hasFlagM
  }

  var position: Int { asm.position }
  var nodes: UnsafePointer<Node> { recorder.nodes }
  var instruction: RecordedInstruction { block.instructions[index] }
  func node(_ index: UInt16) -> Node { nodes[Int(index)] }

  static let scratchRegisters: [Register] = [
    .x15, .x16, .x17, .x25, .x26, .x27, .x28, .x29, .x30,
  ]

  static func home(_ register: UInt8) -> Register { Register(rawValue: register & 15) ?? .zr }
}

/// Where things lie in `CoreState`, from x19.
enum ARM64Frame {
  static let state = ARM64Assembler.Register.x19
  static let budget = ARM64Assembler.Register.x20
  static let ram = ARM64Assembler.Register.x21
  static let flash = ARM64Assembler.Register.x22
  static let entries = ARM64Assembler.Register.x23
  static let code = ARM64Assembler.Register.x24

  /// NZCV as MRS reads it.
  static let flags = StateLayout.scratch
  static let budgetSlot = StateLayout.scratch + 8
  static let entriesSlot = StateLayout.scratch + 16
  static let programCounter = 60

  static func register(_ number: UInt8) -> Int { Int(number) * 4 }
  static func single(_ number: UInt8) -> Int { 64 + Int(number & 31) * 4 }
}

/// What an instruction does when nothing can stop it any more.
struct PendingEffects {
  var registers: [(number: UInt8, node: UInt16)] = []
  var singles: [(number: UInt8, node: UInt16)] = []
  var flags: Flags?
  var saturated: [UInt16] = []
  var greaterOrEqual: UInt16?
  var compare: Node?
  var copiesFloatFlags = false
  var branch: Branch?

  enum Flags {
    case nz(UInt16)
    case nzc(UInt16, carry: UInt16)
    case nzcv(UInt16)
  }

  enum Branch {
    case direct(UInt32)
    case directIf(UInt16, UInt32)
    /// The register holds the target's number of half words into the region.
    case indirect(ARM64Assembler.Register)
  }
}

// MARK: Shared code

extension ARM64Compiler {
  private static let saved: [(Register, Register)] = [
    (.x19, .x20), (.x21, .x22), (.x23, .x24), (.x25, .x26), (.x27, .x28), (.x29, .x30),
  ]

  /// The way in, (state, code, budget) -> exit; the way out; and, at offset 0, where indirect
  /// branches to unknown code go.
  func emitShared() {
    asm.begin(at: 0)
    // w15 is the half word's number.
    asm.mov(.x16, constant: UInt64(regionBase))
    asm.arithmetic(.add, .x16, .x16, .x15, .lsl, 1)
    asm.transfer(.strw, .x16, ARM64Frame.state, ARM64Frame.programCounter)
    asm.mov(.x15, constant: UInt64(ExitTable.unknownTarget))
    let toLeave = asm.b(to: 0)
    enter = asm.position
    for (index, pair) in Self.saved.enumerated() {
      asm.pair(
        .stpx, pair.0, pair.1, .sp, index == 0 ? -96 : index * 16, index == 0 ? .pre : .offset)
    }
    asm.mov(ARM64Frame.state, .x0, width: .x)
    asm.mov(ARM64Frame.budget, .x2, width: .x)
    asm.mov(.x16, .x1, width: .x)
    bias(ARM64Frame.ram, StateLayout.ram)
    bias(ARM64Frame.flash, StateLayout.flash)
    asm.transfer(.ldrx, ARM64Frame.entries, ARM64Frame.state, ARM64Frame.entriesSlot)
    asm.adr(ARM64Frame.code, to: 0)
    asm.transfer(.ldrw, .x17, ARM64Frame.state, StateLayout.fpscr)
    // AHP, DN, FZ and RMode lie where FPCR has them; FPSR collects what is new.
    asm.mov(.x25, constant: 0x07C0_0000)
    asm.logical(.and, .x17, .x17, .x25)
    asm.msr(.fpcr, .x17)
    asm.msr(.fpsr, .zr)
    moveRegisters(.ldpw, .ldrw)
    asm.transfer(.ldrw, .x17, ARM64Frame.state, ARM64Frame.flags)
    asm.msr(.nzcv, .x17)
    asm.br(.x16)
    emitWayOut(toLeave)
  }

  /// Leaves in `register` what, added to a guest address in the window, is the host's.
  private func bias(_ register: Register, _ window: Int) {
    asm.transfer(.ldrx, register, ARM64Frame.state, window + StateLayout.Window.bytes)
    asm.transfer(.ldrw, .x17, ARM64Frame.state, window + StateLayout.Window.base)
    asm.arithmetic(.sub, register, register, .x17, width: .x)
  }

  private func moveRegisters(_ pair: ARM64Assembler.Pair, _ single: ARM64Assembler.Transfer) {
    for number in stride(from: UInt8(0), to: 14, by: 2) {
      asm.pair(
        pair, Self.home(number), Self.home(number + 1), ARM64Frame.state,
        ARM64Frame.register(number))
    }
    asm.transfer(single, .x14, ARM64Frame.state, ARM64Frame.register(14))
  }

  /// w15 is the exit.
  private func emitWayOut(_ field: Int) {
    leave = asm.position
    asm.patch(at: field, to: leave)
    moveRegisters(.stpw, .strw)
    asm.mrs(.x17, .nzcv)
    asm.transfer(.strw, .x17, ARM64Frame.state, ARM64Frame.flags)
    asm.transfer(.strx, ARM64Frame.budget, ARM64Frame.state, ARM64Frame.budgetSlot)
    asm.mrs(.x17, .fpsr)
    asm.mov(.x16, constant: 0x9F)
    asm.logical(.and, .x17, .x17, .x16)
    asm.transfer(.ldrw, .x16, ARM64Frame.state, StateLayout.fpscr)
    asm.logical(.orr, .x16, .x16, .x17)
    asm.transfer(.strw, .x16, ARM64Frame.state, StateLayout.fpscr)
    // The host's programs run in the usual mode.
    asm.msr(.fpcr, .zr)
    asm.mov(.x0, .x15)
    for (index, pair) in Self.saved.enumerated().reversed() {
      asm.pair(
        .ldpx, pair.0, pair.1, .sp, index == 0 ? 96 : index * 16, index == 0 ? .post : .offset)
    }
    asm.ret()
  }

  // MARK: Flags at the border

  /// NZCV for generated code from the four words of `CoreState`.
  func prepare(_ state: UnsafeMutableRawPointer) {
    func word(_ offset: Int) -> UInt32 { state.load(fromByteOffset: offset, as: UInt32.self) }
    let bits =
      word(StateLayout.negativeWord) & 0x8000_0000
      | (word(StateLayout.zeroWord) == 0 ? 0x4000_0000 : 0)
      | (word(StateLayout.carryWord) != 0 ? 0x2000_0000 : 0)
      | (word(StateLayout.overflowWord) >> 31 != 0 ? 0x1000_0000 : 0)
    state.storeBytes(of: bits, toByteOffset: ARM64Frame.flags, as: UInt32.self)
  }

  /// The way out has seen to FPSR.
  func collectExceptions(_ state: UnsafeMutableRawPointer) {}

  /// The other way.
  func takeOver(_ state: UnsafeMutableRawPointer) {
    let bits = state.load(fromByteOffset: ARM64Frame.flags, as: UInt32.self)
    func store(_ word: UInt32, _ offset: Int) {
      state.storeBytes(of: word, toByteOffset: offset, as: UInt32.self)
    }
    store(bits, StateLayout.negativeWord)
    store(~bits & 0x4000_0000, StateLayout.zeroWord)
    store(bits >> 29 & 1, StateLayout.carryWord)
    store(bits << 3, StateLayout.overflowWord)
  }
}
