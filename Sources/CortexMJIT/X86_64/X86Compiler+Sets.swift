// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM

// What an instruction writes, when nothing can stop it any more.
extension X86Compiler {
  func emitSets(_ done: SetsDone) {
    var sets: [Int] = []
    var flags: Int?
    var saturations: [Int] = []
    for index in instruction.nodes where !done.nodes.contains(index) {
      switch nodes[index].kind {
      case .setRegister, .setSingle: sets.append(index)
      case .setNZ, .setNZC, .setNZCV: flags = index
      case .setSaturated: saturations.append(index)
      case .setGreaterOrEqual:
        evaluate(nodes[index].a, into: scratch(except: .rsp) ?? .rax)
        asm.mov(.at(.rbp, Frame.greaterOrEqual), scratch(except: .rsp) ?? .rax)
      case .copyFloatingPointFlags: copyFloatFlags()
      default: break
      }
    }
    if saturations.count == 1, sets.count == 1, saturatingSet(sets[0], saturations[0]) { return }
    for index in saturations { setSaturated(nodes[index].a) }
    if sets.count == 2, longSet(sets[0], sets[1]) { return }
    if let flags { return emitFlags(nodes[flags], sets) }
    separate(sets)
    for set in sets { emitSet(nodes[set]) }
  }

  /// Computes beforehand what would read a register that an earlier set writes.
  private func separate(_ sets: [Int]) {
    guard sets.count > 1 else { return }
    for (position, set) in sets.enumerated().dropFirst() {
      let value = nodes[set].a
      let isTouched = sets[..<position].contains { reads(value, nodes[$0]) }
      if isTouched { hold(value) }
    }
  }

  private func hold(_ value: UInt16) {
    guard let free = scratch(except: .rsp) else { return asm.fail() }
    let slot = takeSlot()
    evaluate(value, into: free)
    asm.mov(.at(.rsp, slot), free, .qword)
    held[value] = .slot(slot)
  }

  private func reads(_ value: UInt16, _ set: Node) -> Bool {
    let node = node(value)
    if node.kind == .register { return set.kind == .setRegister && node.index == set.index }
    if node.kind == .single { return set.kind == .setSingle && node.index == set.index }
    if case .host(let home)? = place(value) {
      return set.kind == .setRegister && Self.home(set.index) == .host(home)
    }
    if place(value) != nil { return false }
    return node.operands.contains { reads($0, set) }
  }

  func emitSet(_ set: Node) {
    let value = set.a
    if let place = held[value] {
      held[value] = nil
      guard let free = scratch(except: .rsp) else { return asm.fail() }
      load(free, place)
      return write(free, set)
    }
    if set.kind == .setSingle {
      return through(value, set)
    }
    guard set.index != 13 else { return setStackPointer(value) }
    switch Self.home(set.index) {
    case .host(let home) where instruction.nodes.count < 24: evaluate(value, into: home)
    case .host(let home):
      // A deep tree: its parts may need the target's register before the result is written.
      guard let free = scratch(except: .rsp) else { return asm.fail() }
      evaluate(value, into: free)
      asm.mov(home, free)
    default: if !inPlace(value, set) { through(value, set) }
    }
  }

  private func through(_ value: UInt16, _ set: Node) {
    let target = memory(set)
    switch place(value) {
    case .host(let home)?: asm.mov(target, home)
    case .constant(let constant)?: asm.mov(target, immediate: constant)
    default:
      guard let free = scratch(except: .rsp) else { return asm.fail() }
      evaluate(value, into: free)
      asm.mov(target, free)
    }
  }

  private func memory(_ set: Node) -> Memory {
    .at(
      .rbp, set.kind == .setSingle ? Frame.single(set.index) : Frame.register(set.index))
  }

  private func write(_ register: Register, _ set: Node) {
    if set.kind == .setRegister {
      if set.index == 13 { return noteStackPointer(register, isAligned: false) }
      if case .host(let home) = Self.home(set.index) { return load(home, .host(register)) }
    }
    asm.mov(memory(set), register)
  }

  /// r9 += r2 and the like, on a register that lies in memory.
  private func inPlace(_ value: UInt16, _ set: Node) -> Bool {
    let node = node(value)
    let operations: [NodeKind: X86Assembler.ALU] = [
      .add: .add, .subtract: .sub, .and: .and, .or: .or, .exclusiveOr: .xor,
    ]
    guard place(value) == nil, let operation = operations[node.kind],
      self.node(node.a).kind == .register, self.node(node.a).index == set.index
    else { return false }
    switch place(node.b) {
    case .host(let home)?: asm.alu(operation, memory(set), home)
    case .constant(let constant)?:
      asm.alu(operation, memory(set), Int32(bitPattern: constant))
    default: return false
    }
    return true
  }

  // MARK: The stack pointer

  private func setStackPointer(_ value: UInt16) {
    let node = node(value)
    var isAligned = false
    if node.kind == .add, isConstant(node.b), self.node(node.a).kind == .register,
      self.node(node.a).index == 13
    {
      isAligned = self.node(node.b).immediate & 3 == 0
    }
    if case .host(let home) = Self.home(13) {
      evaluate(value, into: home)
      noteStackPointer(home, isAligned: isAligned)
    } else {
      guard let free = scratch(except: .rsp) else { return asm.fail() }
      evaluate(value, into: free)
      noteStackPointer(free, isAligned: isAligned)
    }
  }

  private func noteStackPointer(_ register: Register, isAligned: Bool) {
    if !isAligned { asm.alu(.and, register, -4) }
    switch Self.home(13) {
    case .host(let home): load(home, .host(register))
    default: asm.mov(.at(.rbp, Frame.register(13)), register)
    }
    asm.alu(.cmp, register, .at(.rbp, Frame.lowestPointer))
    let (lower, done) = (asm.makeLabel(), asm.makeLabel())
    asm.j(.b, lower)
    asm.bind(done)
    cold.append { [self] in
      asm.bind(lower)
      asm.mov(.at(.rbp, Frame.lowestPointer), register)
      asm.jmp(done)
    }
  }

  // MARK: Long results, saturation

  /// Low and high word of one long.
  private func longSet(_ first: Int, _ second: Int) -> Bool {
    let (a, b) = (nodes[first], nodes[second])
    guard a.kind == .setRegister, b.kind == .setRegister, node(a.a).kind == .low,
      node(b.a).kind == .high, node(a.a).a == node(b.a).a, a.index != 13, b.index != 13
    else { return false }
    evaluateLong(node(a.a).a, into: .rax)
    put(.rax, a)
    asm.shift(.shr, .rax, 32, .qword)
    put(.rax, b)
    return true
  }

  private func put(_ register: Register, _ set: Node) {
    switch Self.home(set.index) {
    case .host(let home): asm.mov(home, register)
    default: asm.mov(memory(set), register)
    }
  }

  private func setSaturated(_ bit: UInt16) {
    guard let free = scratch(except: .rsp) else { return asm.fail() }
    evaluateBit(bit, into: free)
    asm.alu(.or, .at(.rbp, Frame.saturation), free)
  }

  /// A result and its Q in one go: the overflow is the host's, and rare.
  private func saturatingSet(_ set: Int, _ saturation: Int) -> Bool {
    let (set, bit) = (nodes[set], node(nodes[saturation].a))
    guard set.kind == .setRegister, set.index != 13 else { return false }
    let target: Register
    if case .host(let home) = Self.home(set.index) { target = home } else { target = .rax }
    let value = node(set.a)
    if bit.kind == .exceedsWord, value.kind == .low, value.a == bit.a {
      guard longSaturation(value.a, target) else { return false }
    } else if bit.kind == .hasSaturated, bit.a == set.a, value.kind == .saturateSigned,
      value.index < 32, place(set.a) == nil
    {
      saturate(value, target)
    } else {
      return false
    }
    if target == .rax { asm.mov(memory(set), target) }
    return true
  }

  private func longSaturation(_ long: UInt16, _ target: Register) -> Bool {
    let sum = node(long)
    guard place(long) == nil else { return false }
    switch sum.kind {
    case .longAdd where node(sum.a).kind == .longSigned && node(sum.b).kind == .longSigned:
      binary(.add, node(sum.a).a, node(sum.b).a, target, isCommutative: true)
      let overflow = asm.makeLabel()
      asm.j(.o, overflow)
      noteSaturation(overflow)
    case .longAdd where node(sum.a).kind == .dualProduct && node(sum.b).kind == .longSigned:
      guard let addend = place(node(sum.b).a), packedProduct(node(sum.a)) else { return false }
      dualSum(addend, target)
    case .dualProduct:
      guard packedProduct(sum) else { return false }
      asm.alu(.cmp, .rax, Int32.min)
      let overflow = asm.makeLabel()
      asm.j(.e, overflow)
      noteSaturation(overflow)
      load(target, .host(.rax))
    default: return false
    }
    return true
  }

  private func noteSaturation(_ overflow: X86Assembler.Label) {
    let done = asm.makeLabel()
    asm.bind(done)
    cold.append { [self] in
      asm.bind(overflow)
      asm.mov(.at(.rbp, Frame.saturation), immediate: 1)
      asm.jmp(done)
    }
  }

  /// Both products' sum in eax: right but for 2^31, which comes out as its negative.
  private func packedProduct(_ node: Node) -> Bool {
    guard let a = place(node.a) else { return false }
    let rotated = self.node(node.b)
    move(.xmm0, a)
    if let b = place(node.b) {
      move(.xmm1, b)
    } else {
      guard rotated.kind == .rotateRight else { return false }
      evaluate(node.b, into: .rax)
      asm.movd(.xmm1, .rax)
    }
    asm.packed(.pmaddwd, .xmm0, .xmm0, .xmm1)
    asm.movd(.rax, .xmm0)
    return true
  }

  private func move(_ vector: X86Assembler.Vector, _ place: Place) {
    if case .host(let home) = place { return asm.movd(vector, home) }
    if let memory = memory(place) { return asm.movs(.single, vector, memory) }
    load(.rax, place)
    asm.movd(vector, .rax)
  }

  private func dualSum(_ addend: Place, _ target: Register) {
    let (extreme, overflow, done) = (asm.makeLabel(), asm.makeLabel(), asm.makeLabel())
    asm.alu(.cmp, .rax, Int32.min)
    asm.j(.e, extreme)
    alu(.add, .rax, addend)
    asm.j(.o, overflow)
    asm.bind(done)
    cold.append { [self] in
      asm.bind(extreme)
      // The product is 2^31: the sum exceeds the word unless the addend is negative.
      alu(.add, .rax, addend)
      asm.j(.o, done)
      asm.bind(overflow)
      asm.mov(.at(.rbp, Frame.saturation), immediate: 1)
      asm.jmp(done)
    }
    load(target, .host(.rax))
  }

  private func saturate(_ value: Node, _ target: Register) {
    let bits = value.index
    evaluate(value.a, into: .rax)
    asm.lea(.rcx, .at(.rax, 1 << Int(bits - 1)))
    asm.shift(.shr, .rcx, bits)
    let (outside, done) = (asm.makeLabel(), asm.makeLabel())
    asm.j(.ne, outside)
    asm.bind(done)
    cold.append { [self] in
      asm.bind(outside)
      // The largest number, or by its sign the lowest.
      asm.shift(.sar, .rax, 31)
      asm.alu(.xor, .rax, Int32(truncatingIfNeeded: (Int64(1) << Int64(bits - 1)) - 1))
      asm.mov(.at(.rbp, Frame.saturation), immediate: 1)
      asm.jmp(done)
    }
    load(target, .host(.rax))
  }
}
