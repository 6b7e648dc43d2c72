// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM

/// Turns blocks into x86-64 machine code.
///
/// - rbp points into `CoreState`, r15 is the budget: (remaining cycles << 20) - instructions run.
/// - rax, rcx, rdx are scratch within one instruction; the others hold guest registers for the
///   whole of generated code; guest registers without one lie in `CoreState`.
/// - Flags lie in three bytes of `CoreState.scratch` (`Frame`), unless the block knows how to work
///   them out: see `PendingFlags`.
final class X86Compiler {
  typealias Register = X86Assembler.Register
  typealias Memory = X86Assembler.Memory
  typealias Condition = X86Assembler.Condition

  var asm: X86Assembler
  let recorder = Recorder()
  let features: HostFeatures
  var exits = ExitTable()
  var windows: HostWindows
  var regionBase: UInt32 = 0
  var regionSpan: UInt32 = 0
  var linker: (UInt32) -> CompiledBlock? = { _ in nil }
  /// Offsets of the code that every block shares.
  var enter = 0
  var leave = 0

  // The block in progress.
  var block = Block()
  /// Refill cycles of a taken branch, by bit 1 of its target.
  var refills: (UInt32, UInt32) = (0, 0)
  var index = 0
  var pending = PendingFlags()
  /// Flags as the instruction in progress found them.
  var pendingAtStart = PendingFlags()
  var host: HostFlags?
  var cold: [() -> Void] = []
  var leaveLabel: X86Assembler.Label?
  var body = 0
  /// What registers probably hold, to guess which memory an access goes to.
  var guessed = [UInt32?](repeating: nil, count: 16)
  var hasCheckedFloat = false
  var hasCheckedArithmetic = false
  var run: ConditionalRun?
  var indirect = false

  // The instruction in progress.
  /// Words computed before what they are made of is overwritten.
  var held: [UInt16: Place] = [:]
  var locations = [Place?](repeating: nil, count: 1024)
  var firstNode = 0
  var slotCount = 0
  var busy: Set<Register> = []

  init(memory: ExecutableMemory, windows: HostWindows, features: HostFeatures) {
    asm = X86Assembler(code: memory.writable, capacity: memory.byteCount)
    self.windows = windows
    self.features = features
  }

  var nodes: UnsafePointer<Node> { recorder.nodes }
  var instruction: RecordedInstruction { block.instructions[index] }
  func node(_ index: UInt16) -> Node { nodes[Int(index)] }
}

/// Where a word can be found.
enum Place: Equatable {
  case host(X86Assembler.Register)
  /// From rbp.
  case state(Int)
  /// From rsp.
  case slot(Int)
  case constant(UInt32)
}

/// What the driver knows of a block.
struct CompiledBlock {
  var start: UInt32
  /// Where the driver and indirect branches enter: the latter are charged for there.
  var indirectEntry: Int
  var body: Int
  /// The block's static cycles and instructions, as the budget counts them.
  var charge: Int32
}

/// The budget's unit: cycles above bit 20, instructions below.
func budgetCharge(_ cycles: UInt32, _ instructions: UInt32) -> Int32 {
  Int32(truncatingIfNeeded: cycles << 20 &+ instructions)
}

/// Offsets from rbp, which points 128 bytes into `CoreState` so that short displacements reach
/// most of it.
enum Frame {
  static let origin = 128
  static let scratch = StateLayout.scratch - origin
  /// V, 0 or 1; then bit 0 the inverse of C; then N in bit 7 and Z in bit 6.
  static let overflow = scratch
  static let borrow = scratch + 1
  static let negativeZero = scratch + 2
  static let hostStatus = scratch + 4
  static let budget = scratch + 8
  static let entries = scratch + 16
  /// Bytes: floating point is ready; FPSCR is in its usual mode.
  static let floatReady = scratch + 24
  static let floatUsual = scratch + 25
  static let programCounter = 60 - origin
  static let saturation = StateLayout.saturationWord - origin
  static let greaterOrEqual = StateLayout.greaterOrEqual - origin
  static let watchBottom = StateLayout.watchBottom - origin
  static let watchLowest = StateLayout.watchLowest - origin
  static let lowestPointer = StateLayout.lowestPointer - origin
  static let fpscr = StateLayout.fpscr - origin
  /// Bytes of rsp's frame for values in between.
  static let slots = 256

  static func register(_ number: UInt8) -> Int { Int(number) * 4 - origin }
  static func single(_ number: UInt8) -> Int { 64 + Int(number) * 4 - origin }
}

extension X86Compiler {
  /// Where guest registers live; nil is memory.
  static let homes: [Register?] = [
    .rbx, .rsi, .rdi, .r8, .r9, .r10, .r11, .r12, nil, nil, nil, nil, .r13, nil, .r14, nil,
  ]

  static func home(_ register: UInt8) -> Place {
    homes[Int(register)].map { .host($0) } ?? .state(Frame.register(register))
  }

  // MARK: Shared code

  /// The way in, (state, code, budget) -> exit; the way out; and, at offset 0, where indirect
  /// branches to unknown code go.
  func emitShared() {
    asm.begin(at: 0)
    // edx is the half word's number.
    asm.lea(.rdx, .at(.rdx, .rdx, Int(Int32(bitPattern: regionBase))))
    asm.mov(.at(.rbp, Frame.programCounter), .rdx)
    asm.mov(.rax, immediate: ExitTable.unknownTarget)
    let field = asm.jmp(to: 0)
    enter = asm.position
    asm.saveCalleeSaved()
    asm.alu(.sub, .rsp, Int32(Frame.slots), .qword)
    asm.lea(.rbp, .at(.rdi, Frame.origin), .qword)
    asm.mov(.r15, .rdx, .qword)
    asm.mov(.rax, .rsi, .qword)
    asm.mov(.at(.rsp, 0), immediate: 0x1F80)
    asm.ldmxcsr(.at(.rsp, 0))
    moveHomes { register, number in
      asm.mov(register, .at(.rbp, Frame.register(number)))
    }
    asm.jmp(.rax)
    leave = asm.position
    asm.patch(at: field, to: leave)
    moveHomes { register, number in
      asm.mov(.at(.rbp, Frame.register(number)), register)
    }
    asm.mov(.at(.rbp, Frame.budget), .r15, .qword)
    asm.stmxcsr(.at(.rbp, Frame.hostStatus))
    asm.alu(.add, .rsp, Int32(Frame.slots), .qword)
    asm.restoreCalleeSaved()
    asm.ret()
  }

  private func moveHomes(_ move: (Register, UInt8) -> Void) {
    for (number, home) in Self.homes.enumerated() {
      if let home { move(home, UInt8(number)) }
    }
  }

  // MARK: Blocks

  /// Compiles a block behind what there is, or its beginning where an instruction asks for more
  /// scratch registers than there are; nil where that is the first.
  func compile(_ block: Block, _ core: AcceleratedCore, registers: [UInt32]) -> CompiledBlock? {
    refills = (
      UInt32(truncatingIfNeeded: core.refill(to: 0)), UInt32(truncatingIfNeeded: core.refill(to: 2))
    )
    let start = asm.position
    var rest: Block? = block
    while let next = rest {
      self.block = next
      guessed = registers.map { $0 }
      asm.begin(at: start)
      if emitBlock() { return exits.opening }
      cold = []
      rest = next.shortened(before: index, nodes)
    }
    return nil
  }

  /// False where an instruction could not be compiled: `index` says which.
  private func emitBlock() -> Bool {
    pending = PendingFlags()
    (host, run, held) = (nil, nil, [:])
    (hasCheckedFloat, hasCheckedArithmetic) = (false, false)
    openBlock()
    for index in block.instructions.indices {
      self.index = index
      emitInstruction()
      if asm.hasFailed { return false }
    }
    if !block.isClosed, let last = block.instructions.last, last.isCovered || last.condition != 14 {
      edge(to: block.end, isTaken: false)
    }
    while !cold.isEmpty {
      let stubs = cold
      cold = []
      for stub in stubs { stub() }
    }
    return !asm.hasFailed
  }

  /// The entry for indirect branches, which charges for the block.
  private func openBlock() {
    let start = asm.position
    let total = charge(from: 0)
    let id = exits.addBlock(block.start, total)
    asm.alu(.sub, .r15, total &+ budgetCharge(refill(to: block.start), 0), .qword)
    let late = asm.makeLabel()
    asm.j(.s, late)
    cold.append { [self] in
      asm.bind(late)
      exit(id)
    }
    body = asm.position
    exits.opening = CompiledBlock(
      start: block.start, indirectEntry: start, body: body, charge: total)
  }

  /// A block that hands its first instruction to the interpreter.
  func compileLeave(at address: UInt32, from start: Int) -> CompiledBlock {
    cold = []
    asm.begin(at: start)
    let refill = refill(to: address)
    asm.alu(.sub, .r15, budgetCharge(refill, 0), .qword)
    let body = asm.position
    exit(exits.addLeave(at: address, 0, 0))
    return CompiledBlock(start: address, indirectEntry: start, body: body, charge: 0)
  }

  private func refill(to target: UInt32) -> UInt32 { target & 2 == 0 ? refills.0 : refills.1 }

  /// What instructions from `first` on have been charged.
  func charge(from first: Int) -> Int32 {
    var total: UInt32 = 0
    for cycles in block.cycles[first...] { total += cycles }
    return budgetCharge(total, UInt32(block.cycles.count - first))
  }

  func exit(_ id: UInt32) {
    asm.mov(.rax, immediate: id)
    asm.jmp(to: leave)
  }

  // MARK: Leaving at an instruction

  /// Where to jump to so that the interpreter runs the instruction in progress. Nothing of it may
  /// have happened yet.
  func leaving() -> X86Assembler.Label {
    if let leaveLabel { return leaveLabel }
    let label = asm.makeLabel()
    leaveLabel = label
    let (flags, id) = (pendingAtStart, exits.addLeave(instruction, charge(from: index)))
    cold.append { [self] in
      asm.bind(label)
      materialise(flags, host: nil)
      exit(id)
    }
    return label
  }

  // MARK: Edges

  /// Goes on at `target`, outside or at the start of this block; flags are shown in memory.
  func edge(to target: UInt32, isTaken: Bool) {
    materialise(pending, host: host)
    emitEdge(
      to: target, isTaken: isTaken,
      refund: index + 1 < block.cycles.count ? charge(from: index + 1) : 0)
  }

  func emitEdge(to target: UInt32, isTaken: Bool, refund: Int32) {
    guard target & ~1 &- regionBase < regionSpan &* 2 else {
      // Another memory: its own tables.
      let refill = isTaken ? refill(to: target) : 0
      asm.alu(.sub, .r15, budgetCharge(refill, 0) &- refund, .qword)
      exit(exits.addLeave(at: target & ~1, 0, 0))
      return
    }
    let refill = isTaken ? refill(to: target) : 0
    let known = linker(target) ?? (target == block.start ? exits.opening : nil)
    let base = budgetCharge(refill, 0) &- refund
    encodeLong(.sub, base &+ (known?.charge ?? 0))
    let chargeField = asm.position - 4
    let id = exits.addEdge(
      Edge(target: target, base: base, chargeField: chargeField, linked: known?.charge ?? 0))
    if let known {
      asm.j(.ns, to: known.body)
    } else {
      let field = asm.j(.ns, to: 0)
      exits.edges[id].jumpField = field
      cold.append { [self] in
        asm.patch(at: field, to: asm.position)
        exit(ExitTable.unlinked(id))
      }
    }
    exit(ExitTable.late(id))
  }

  /// `sub r15, imm32` with a field of four bytes whatever the value.
  private func encodeLong(_ operation: X86Assembler.ALU, _ value: Int32) {
    asm.encode(X86Assembler.Opcode(0x81, .qword), operation.rawValue, .r15)
    asm.word(UInt32(bitPattern: value))
  }

  /// Makes an edge go straight to a block.
  func link(_ id: Int, to block: CompiledBlock) -> Range<Int> {
    let edge = exits.edges[id]
    exits.edges[id].linked = block.charge
    asm.writeWord(edge.base &+ block.charge, at: edge.chargeField)
    asm.patch(at: edge.jumpField, to: block.body)
    return edge.chargeField..<(edge.jumpField + 4)
  }
}
