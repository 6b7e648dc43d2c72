// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM

// Accesses to memory: the RAM window in line, flash behind, everything else left to the
// interpreter before the instruction has changed anything.
extension ARM64Compiler {
  private struct Access {
    var bytes: UInt32
    var load: ARM64Assembler.Transfer
    var store: ARM64Assembler.Transfer

    init(_ width: UInt8) {
      switch AccessWidth(rawValue: width) {
      case .byte: (bytes, load, store) = (1, .ldrb, .strb)
      case .signedByte: (bytes, load, store) = (1, .ldrsbw, .strb)
      case .half: (bytes, load, store) = (2, .ldrh, .strh)
      case .signedHalf: (bytes, load, store) = (2, .ldrshw, .strh)
      default: (bytes, load, store) = (4, .ldrw, .strw)
      }
    }
  }

  // MARK: Windows

  /// Jumps to `miss` unless `count` aligned accesses from the address on lie in the window.
  private func check(
    _ window: HostWindows.Window, _ address: Register, _ bytes: UInt32, count: UInt32 = 1,
    _ miss: Label
  ) {
    let (span, reach) = (window.byteSpan, (count - 1) * bytes)
    guard span > reach else { return asm.b(miss) }
    let isPlain = span & (span - 1) == 0 && window.base & (span - 1) == 0 && span > 4
    withScratch { rest in
      if isPlain {
        // Bits that may not differ from the base's: those above the span, and the lowest.
        let mask = UInt64(~(span - 1) | (bytes - 1))
        asm.logical(.and, rest, address, immediate: mask)
        compareWithBase(rest, window.base)
        guard reach > 0 else { return asm.cbnz(rest, miss) }
        withScratch { last in
          asm.arithmetic(.add, last, address, immediate: reach)
          asm.logical(.and, last, last, immediate: mask)
          compareWithBase(last, window.base)
          asm.logical(.orr, rest, rest, last)
          asm.cbnz(rest, miss)
        }
      } else {
        checkSpan(window, address, bytes, count, rest, miss)
      }
    }
  }

  /// Leaves zero where the bits are the base's.
  private func compareWithBase(_ bits: Register, _ base: UInt32) {
    if base == 0 { return }
    if ARM64Assembler.logicalImmediate(UInt64(base), .w) != nil {
      return asm.logical(.eor, bits, bits, immediate: UInt64(base))
    }
    withScratch {
      asm.mov($0, constant: UInt64(base))
      asm.logical(.eor, bits, bits, $0)
    }
  }

  /// Rotating the offset makes an unaligned one larger than any span.
  private func checkSpan(
    _ window: HostWindows.Window, _ address: Register, _ bytes: UInt32, _ count: UInt32,
    _ rest: Register, _ miss: Label
  ) {
    let units = window.byteSpan / bytes
    guard units >= count else { return asm.b(miss) }
    withScratch { limit in
      asm.mov(limit, constant: UInt64(window.base))
      asm.arithmetic(.sub, rest, address, limit)
      if bytes > 1 { asm.shift(.ror, rest, rest, UInt32(bytes.trailingZeroBitCount)) }
      asm.mov(limit, constant: UInt64(units - (count - 1)))
      asm.arithmetic(.sub, rest, rest, limit, width: .x)
      asm.tbz(rest, 63, miss)
    }
  }

  // MARK: Loads

  /// Loads into `target`, which is written last, or leaves.
  func load(_ node: Node, into target: Register) {
    let access = Access(node.index)
    let gone = leaving()
    let address = operand(node.a)
    let (miss, done) = (asm.makeLabel(), asm.makeLabel())
    check(windows.ram, address, access.bytes, miss)
    asm.transfer(access.load, target, ARM64Frame.ram, address, .uxtw)
    asm.bind(done)
    let unused = free
    later { [self] in
      free = unused
      asm.bind(miss)
      check(windows.flash, address, access.bytes, gone)
      payWaits(windows.flashWaits, gone)
      asm.transfer(access.load, target, ARM64Frame.flash, address, .uxtw)
      asm.b(done)
    }
    release(node.a)
  }

  /// Charges wait states before the access, or leaves where the time is up behind them.
  private func payWaits(_ waits: UInt32, _ gone: Label) {
    guard waits > 0 else { return }
    withScratch { scratch in
      asm.mov(scratch, constant: UInt64(waits) << 20)
      pay(scratch, .lsl, 0, gone)
    }
  }

  /// Charges the register's value shifted left, or leaves.
  func pay(_ cycles: Register, _ shift: ARM64Assembler.Shift, _ amount: UInt32, _ gone: Label) {
    asm.arithmetic(
      .sub, ARM64Frame.budget, ARM64Frame.budget, cycles, shift, amount, width: .x)
    let late = asm.makeLabel()
    asm.tbnz(ARM64Frame.budget, 63, late)
    later { [self] in
      asm.bind(late)
      asm.arithmetic(
        .add, ARM64Frame.budget, ARM64Frame.budget, cycles, shift, amount, width: .x)
      asm.b(gone)
    }
  }

  /// A stub behind the block, of the instruction in progress.
  func later(_ body: @escaping () -> Void) {
    let place = index
    cold.append { [self] in
      index = place
      body()
    }
  }

  /// The registers of the list, and the word for pc in the register that is handed to `check`
  /// before the others are loaded.
  func loadMultiple(_ node: Node, target: Register, _ checkTarget: (Register) -> Void) {
    let list = UInt16(truncatingIfNeeded: node.immediate)
    let count = UInt32(list.nonzeroBitCount)
    let address = operand(node.a)
    guard count > 0, list & 1 << 13 == 0 else { return asm.b(leaving()) }
    check(windows.ram, address, 4, count: count, leaving())
    withScratch { host in
      asm.arithmetic(.add, host, ARM64Frame.ram, address, .uxtw, width: .x)
      release(node.a)
      if list & 0x8000 != 0 {
        asm.transfer(.ldrw, target, host, Int(count - 1) * 4)
        checkTarget(target)
      }
      move(list & 0x7FFF, host, .ldpw, .ldrw)
    }
  }

  private func move(
    _ list: UInt16, _ host: Register, _ pair: ARM64Assembler.Pair,
    _ single: ARM64Assembler.Transfer
  ) {
    let numbers = (UInt8(0)..<15).filter { list >> UInt16($0) & 1 != 0 }
    for first in stride(from: 0, to: numbers.count, by: 2) {
      if first + 1 < numbers.count {
        asm.pair(
          pair, Self.home(numbers[first]), Self.home(numbers[first + 1]), host, first * 4)
      } else {
        asm.transfer(single, Self.home(numbers[first]), host, first * 4)
      }
    }
  }

  func loadSingles(_ node: Node) {
    moveSingles(node, windows.ram, .ldrw, .strw)
  }

  // MARK: Stores

  func store(_ node: Node) {
    let access = Access(node.index)
    let gone = leaving()
    let (value, address) = (operand(node.a), operand(node.b))
    check(windows.store, address, access.bytes, gone)
    asm.transfer(access.store, value, ARM64Frame.ram, address, .uxtw)
    noteStore(address)
    release(node.a)
    release(node.b)
  }

  /// The stack watch: the lowest address stored to, as an offset from the stack's bottom.
  private func noteStore(_ address: Register, count: UInt32 = 1) {
    withScratch { offset in
      withScratch { lowest in
        asm.transfer(.ldrw, offset, ARM64Frame.state, StateLayout.watchBottom)
        asm.arithmetic(.sub, offset, address, offset)
        if count > 1 { skipBelow(offset, lowest, reach: (count - 1) * 4) }
        asm.transfer(.ldrw, lowest, ARM64Frame.state, StateLayout.watchLowest)
        asm.arithmetic(.sub, lowest, offset, lowest, width: .x)
        let (lower, done) = (asm.makeLabel(), asm.makeLabel())
        asm.tbnz(lowest, 63, lower)
        asm.bind(done)
        later { [self] in
          asm.bind(lower)
          asm.transfer(.strw, offset, ARM64Frame.state, StateLayout.watchLowest)
          asm.b(done)
        }
      }
    }
  }

  /// Words that begin below the bottom and reach it: the first above counts.
  private func skipBelow(_ offset: Register, _ scratch: Register, reach: UInt32) {
    asm.arithmetic(.add, scratch, offset, immediate: reach, width: .x)
    let (straddling, done) = (asm.makeLabel(), asm.makeLabel())
    asm.tbnz(scratch, 32, straddling)
    asm.bind(done)
    later { [self] in
      asm.bind(straddling)
      asm.logical(.and, offset, offset, immediate: 3)
      asm.b(done)
    }
  }

  func storeMultiple(_ node: Node) {
    let list = UInt16(truncatingIfNeeded: node.immediate)
    let count = UInt32(list.nonzeroBitCount)
    let address = operand(node.a)
    guard count > 0, list & 0x8000 == 0 else { return asm.b(leaving()) }
    check(windows.store, address, 4, count: count, leaving())
    withScratch { host in
      asm.arithmetic(.add, host, ARM64Frame.ram, address, .uxtw, width: .x)
      move(list, host, .stpw, .strw)
    }
    noteStore(address, count: count)
    release(node.a)
  }

  func storeSingles(_ node: Node) {
    moveSingles(node, windows.store, .ldrw, .strw)
  }

  /// Between the windows and `CoreState`, where singles live.
  private func moveSingles(
    _ node: Node, _ window: HostWindows.Window, _ load: ARM64Assembler.Transfer,
    _ store: ARM64Assembler.Transfer
  ) {
    let (first, count) = (Int(node.index), Int(node.immediate))
    let address = operand(node.a)
    guard count > 0, first + count <= 32 else { return asm.b(leaving()) }
    check(window, address, 4, count: UInt32(count), leaving())
    withScratch { host in
      asm.arithmetic(.add, host, ARM64Frame.ram, address, .uxtw, width: .x)
      withScratch { word in
        for offset in 0..<count {
          let single = ARM64Frame.single(UInt8(first + offset))
          if node.kind == .loadSingles {
            asm.transfer(load, word, host, offset * 4)
            asm.transfer(store, word, ARM64Frame.state, single)
          } else {
            asm.transfer(load, word, ARM64Frame.state, single)
            asm.transfer(store, word, host, offset * 4)
          }
        }
      }
    }
    if node.kind == .storeSingles { noteStore(address, count: UInt32(count)) }
    release(node.a)
  }
}
