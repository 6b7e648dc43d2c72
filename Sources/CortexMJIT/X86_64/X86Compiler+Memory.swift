// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM

// Accesses to memory: one window in line, another behind, everything else left to the interpreter.
extension X86Compiler {
  struct Access {
    var bytes: UInt32
    var isSigned = false
    var host: X86Assembler.Access

    init(_ width: UInt8) {
      switch AccessWidth(rawValue: width) {
      case .byte: (bytes, host) = (1, .byte)
      case .signedByte: (bytes, isSigned, host) = (1, true, .byte)
      case .half: (bytes, host) = (2, .half)
      case .signedHalf: (bytes, isSigned, host) = (2, true, .half)
      default: (bytes, host) = (4, .word)
      }
    }
  }

  /// Leaves address - base in rcx.
  func evaluateAddress(_ index: UInt16, minus base: UInt32) {
    var (core, offset) = (index, 0 &- base)
    let node = node(index)
    if place(index) == nil, node.kind == .add, isConstant(node.b) {
      core = node.a
      offset = offset &+ self.node(node.b).immediate
    }
    let displacement = Int(Int32(bitPattern: offset))
    switch place(core) {
    case .host(let home)?: return asm.lea(.rcx, .at(home, displacement))
    case .constant(let value)?: return asm.mov(.rcx, immediate: value &+ offset)
    case .state?, .slot?:
      if let place = place(core) { load(.rcx, place) }
      return asm.alu(.add, .rcx, Int32(bitPattern: offset))
    case nil: break
    }
    let sum = self.node(core)
    if sum.kind == .add, !isConstant(sum.b), indexed(sum, displacement) { return }
    evaluate(core, into: .rcx)
    asm.alu(.add, .rcx, Int32(bitPattern: offset))
  }

  /// a + (b << n).
  private func indexed(_ sum: Node, _ displacement: Int) -> Bool {
    let shifted = node(sum.b)
    var (b, scale) = (sum.b, 1)
    if place(sum.b) == nil {
      guard shifted.kind == .shiftLeft, shifted.index <= 3 else { return false }
      (b, scale) = (shifted.a, 1 << Int(shifted.index))
    }
    guard let placeA = place(sum.a), let placeB = place(b) else { return false }
    var (homeA, homeB) = (Register.rcx, Register.rdx)
    if case .host(let home) = placeA { homeA = home } else { load(.rcx, placeA) }
    if case .host(let home) = placeB { homeB = home } else { load(.rdx, placeB) }
    asm.lea(.rcx, .at(homeA, homeB, times: scale, displacement))
    return true
  }

  /// Compares the offset in rcx, for `words` accesses of a width, with a window's span; jumps to
  /// `miss` where it is not inside or not aligned. Uses rdx.
  func check(
    _ window: HostWindows.Window, _ bytes: UInt32, words: UInt32 = 1, _ miss: X86Assembler.Label
  ) {
    let span = window.byteSpan / bytes
    // Nothing fits: every offset misses.
    guard span >= words else { return asm.jmp(miss) }
    let limit = Int32(bitPattern: span - (words - 1))
    switch bytes {
    case 1: asm.alu(.cmp, .rcx, limit)
    default:
      rotated(.rdx, .rcx, bytes == 2 ? 1 : 2)
      asm.alu(.cmp, .rdx, limit)
    }
    asm.j(.ae, miss)
  }

  func rotated(_ target: Register, _ source: Register, _ amount: UInt8) {
    if features.hasBMI2 { return asm.rorx(target, source, amount) }
    asm.mov(target, source)
    asm.shift(.ror, target, amount)
  }

  /// The operand at the offset in rcx. Uses rdx where the window is far.
  func operand(_ window: HostWindows.Window, plus offset: Int = 0) -> Memory {
    if let distance = window.distance {
      return .at(.rbp, .rcx, distance + offset)
    }
    asm.mov(.rdx, .at(.rbp, window.pointer), .qword)
    return .at(.rdx, .rcx, offset)
  }

  // MARK: Loads

  /// Loads into `target`, or leaves.
  func emitLoad(_ access: Access, at address: UInt16, into target: Register) {
    let flashFirst = guess(address).map { windows.flash.holds($0 & ~3, 4) } ?? false
    let (first, second) = flashFirst ? (windows.flash, windows.ram) : (windows.ram, windows.flash)
    let waits = windows.flashWaits
    evaluateAddress(address, minus: first.base)
    let (miss, done) = (asm.makeLabel(), asm.makeLabel())
    check(first, access.bytes, miss)
    let gone = leaving()
    if flashFirst { charge(waits, gone) }
    move(access, target, first)
    asm.bind(done)
    cold.append { [self] in
      asm.bind(miss)
      asm.alu(.add, .rcx, Int32(bitPattern: first.base &- second.base))
      check(second, access.bytes, gone)
      if !flashFirst { charge(waits, gone) }
      move(access, target, second)
      asm.jmp(done)
    }
  }

  /// Wait states, before the instruction has changed anything; rdx and rcx are kept.
  func charge(_ waits: UInt32, _ gone: X86Assembler.Label) {
    guard waits > 0 else { return }
    asm.alu(.sub, .r15, budgetCharge(waits, 0), .qword)
    let label = asm.makeLabel()
    asm.j(.s, label)
    cold.append { [self] in
      asm.bind(label)
      asm.alu(.add, .r15, budgetCharge(waits, 0), .qword)
      asm.jmp(gone)
    }
  }

  private func move(_ access: Access, _ target: Register, _ window: HostWindows.Window) {
    let source = operand(window)
    if access.isSigned {
      asm.movsx(target, access.host, source)
    } else {
      asm.movzx(target, access.host, source)
    }
  }

  // MARK: Stores

  /// Stores a word of the instruction's beginning, or leaves.
  func emitStore(_ access: Access, _ value: UInt16, at address: UInt16) {
    let window = windows.store
    evaluateAddress(address, minus: window.base)
    check(window, access.bytes, leaving())
    storeValue(access, value, window, 0)
    noteStore(window)
  }

  func storeValue(_ access: Access, _ value: UInt16, _ window: HostWindows.Window, _ offset: Int) {
    let target = operand(window, plus: offset)
    switch place(value) {
    case .host(let home)?: asm.store(access.host, target, home)
    case .constant(let constant)?:
      switch access.host {
      case .byte: asm.mov(target, byte: UInt8(truncatingIfNeeded: constant))
      case .half: asm.mov(target, half: UInt16(truncatingIfNeeded: constant))
      case .word: asm.mov(target, immediate: constant)
      }
    case .some(let place):
      load(.rax, place)
      asm.store(access.host, target, .rax)
    case nil: asm.fail()
    }
  }

  /// The stack watch sees stores of `count` words from the offset in rcx on: the lowest of them
  /// that lies in the region, as `CoreState.noteStores` has it. rax and rdx are lost.
  func noteStore(_ window: HostWindows.Window, count: UInt32 = 1) {
    let rest = (count - 1) * 4
    asm.lea(.rdx, .at(.rcx, Int(Int32(bitPattern: window.base &+ rest))))
    asm.alu(.sub, .rdx, .at(.rbp, Frame.watchBottom))
    if count == 1 {
      asm.alu(.cmp, .rdx, .at(.rbp, Frame.watchLowest))
    } else {
      // From `rest` below the region on, a word of it may be stored to.
      asm.mov(.rax, .at(.rbp, Frame.watchLowest))
      asm.alu(.add, .rax, Int32(rest))
      asm.alu(.cmp, .rdx, .rax)
    }
    let (lower, done) = (asm.makeLabel(), asm.makeLabel())
    asm.j(.b, lower)
    asm.bind(done)
    cold.append { [self] in
      asm.bind(lower)
      if count > 1 { findLowest(rest, done) }
      asm.mov(.at(.rbp, Frame.watchLowest), .rdx)
      asm.jmp(done)
    }
  }

  /// From the last word's offset in rdx to that of the lowest word in the region.
  private func findLowest(_ rest: UInt32, _ done: X86Assembler.Label) {
    let inside = asm.makeLabel()
    asm.alu(.sub, .rdx, Int32(rest))
    asm.mov(.rax, .rdx)
    asm.unary(.neg, .rax)
    asm.alu(.add, .rax, 3)
    asm.alu(.and, .rax, -4)
    asm.alu(.cmp, .rax, Int32(rest + 4))
    asm.j(.ae, inside)
    asm.alu(.add, .rdx, .rax)
    asm.bind(inside)
    asm.alu(.cmp, .rdx, .at(.rbp, Frame.watchLowest))
    asm.j(.ae, done)
  }

  // MARK: Guesses

  /// What the word of a node probably is.
  func guess(_ index: UInt16) -> UInt32? {
    let node = node(index)
    switch node.kind {
    case .constant: return node.immediate
    case .register: return guessed[Int(node.index)]
    case .load:
      if case .constant(let value)? = locations[Int(index) - firstNode] { return value }
      return nil
    case .add: return guess(node.a).flatMap { a in guess(node.b).map { a &+ $0 } }
    case .subtract: return guess(node.a).flatMap { a in guess(node.b).map { a &- $0 } }
    case .or: return guess(node.a).flatMap { a in guess(node.b).map { a | $0 } }
    case .and: return guess(node.a).flatMap { a in guess(node.b).map { a & $0 } }
    case .shiftLeft: return guess(node.a).map { $0 << UInt32(node.index) }
    default: return nil
    }
  }
}
