// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM

// What moves words between registers and memory, one, two or many at a time.
extension X86Compiler {
  func emitLoad(_ index: Int, _ node: Node, _ done: inout SetsDone) {
    if locations[index - firstNode] != nil { return }
    if let word = block.literals[index] { return setPlace(index, .constant(word)) }
    let loads = instruction.nodes.filter { nodes[$0].kind == .load }
    if loads.count == 2 {
      return emitPair(loads[0], loads[1], &done)
    }
    var target = Register.rax
    if let home = directTarget(of: index) { target = home }
    emitLoad(Access(node.index), at: node.a, into: target)
    setPlace(index, .host(target))
    if target == .rax { busy.insert(.rax) }
  }

  /// The register that a load can write at once: nothing can go wrong behind it, and nothing else
  /// asks for the register.
  private func directTarget(of load: Int) -> Register? {
    guard nodes[load].uses == 1 else { return nil }
    var target: UInt8?
    for index in instruction.nodes where nodes[index].kind.isEffect && index != load {
      let node = nodes[index]
      guard node.kind == .setRegister else { return nil }
      if node.a == UInt16(load) { target = node.index }
    }
    guard let target, target != 13, case .host(let home) = Self.home(target) else { return nil }
    let writes = instruction.nodes.filter {
      nodes[$0].kind == .setRegister && nodes[$0].index == target
    }
    let reads = instruction.nodes.contains {
      $0 > load && nodes[$0].kind == .register && nodes[$0].index == target
    }
    if writes.count > 1 || reads { return nil }
    // Written back: the base's new value is still to be computed.
    let isBase = instruction.nodes.contains {
      nodes[$0].kind == .register && nodes[$0].index == target
    }
    return isBase && instruction.nodes.filter({ nodes[$0].kind == .setRegister }).count > 1
      ? nil : home
  }

  /// LDRD, VLDR of a double: one check for both words.
  private func emitPair(_ first: Int, _ second: Int, _ done: inout SetsDone) {
    let (a, b) = (nodes[first], nodes[second])
    let next = node(b.a)
    guard AccessWidth(rawValue: a.index) == .alignedWord, b.index == a.index,
      isNext(next, after: a.a)
    else {
      asm.jmp(leaving())
      done.leaves = true
      return
    }
    let flashFirst = guess(a.a).map { windows.flash.holds($0 & ~3, 4) } ?? false
    let window = flashFirst ? windows.flash : windows.ram
    evaluateAddress(a.a, minus: window.base)
    check(window, 4, words: 2, leaving())
    if flashFirst { charge(windows.flashWaits * 2, leaving()) }
    for (index, load) in [(0, first), (1, second)] {
      for set in instruction.nodes where nodes[set].isSet(of: load) {
        let place =
          nodes[set].kind == .setRegister
          ? Self.home(nodes[set].index) : .state(Frame.single(nodes[set].index))
        loadWord(window, index * 4, into: place)
        done.nodes.insert(set)
      }
    }
    setPlace(first, .constant(0))
    setPlace(second, .constant(0))
  }

  private func isNext(_ address: Node, after first: UInt16) -> Bool {
    if address.kind == .constant {
      return node(first).kind == .constant && address.immediate == node(first).immediate &+ 4
    }
    return address.kind == .add && address.a == first && isConstant(address.b)
      && node(address.b).immediate == 4
  }

  func loadWord(_ window: HostWindows.Window, _ offset: Int, into place: Place) {
    let source = operand(window, plus: offset)
    if case .host(let home) = place { return asm.mov(home, source) }
    asm.mov(.rax, source)
    if let target = memory(place) { asm.mov(target, .rax) }
  }

  func emitStoreNode(_ index: Int, _ node: Node, _ done: inout SetsDone) {
    if done.nodes.contains(index) { return }
    let stores = instruction.nodes.filter { nodes[$0].kind == .store }
    guard stores.count == 2 else {
      return emitStore(Access(node.index), node.a, at: node.b)
    }
    let second = nodes[stores[1]]
    guard AccessWidth(rawValue: node.index) == .alignedWord,
      isNext(self.node(second.b), after: node.b)
    else {
      asm.jmp(leaving())
      done.leaves = true
      return
    }
    let window = windows.store
    evaluateAddress(node.b, minus: window.base)
    check(window, 4, words: 2, leaving())
    storeValue(Access(node.index), node.a, window, 0)
    storeValue(Access(node.index), second.a, window, 4)
    noteStore(window, count: 2)
    done.nodes.insert(stores[1])
  }

  func emitLoadMultiple(_ index: Int, _ node: Node, _ done: inout SetsDone) {
    let list = UInt16(truncatingIfNeeded: node.immediate)
    let flashFirst = guess(node.a).map { windows.flash.holds($0 & ~3, 4) } ?? false
    let window = flashFirst ? windows.flash : windows.ram
    let count = UInt32(list.nonzeroBitCount)
    guard count > 0 else {
      asm.jmp(leaving())
      done.leaves = true
      return
    }
    evaluateAddress(node.a, minus: window.base)
    check(window, 4, words: count, leaving())
    if list >> 15 == 1 {
      // Where to, before anything is written.
      asm.mov(.rax, operand(window, plus: Int(count - 1) * 4))
      setPlace(index, .host(.rax))
      busy.insert(.rax)
      evaluateTarget(UInt16(index), true)
      busy.remove(.rax)
      guard window.distance != nil else {
        asm.jmp(leaving())
        done.leaves = true
        return
      }
    }
    // Behind everything that leaves without it.
    if flashFirst { charge(windows.flashWaits * count, leaving()) }
    var offset = 0
    for register in UInt8(0)..<15 where list >> UInt16(register) & 1 == 1 {
      loadWord(window, offset, into: Self.home(register))
      offset += 4
    }
  }

  func emitStoreMultiple(_ node: Node) {
    let list = UInt16(truncatingIfNeeded: node.immediate)
    let window = windows.store
    evaluateAddress(node.a, minus: window.base)
    check(window, 4, words: max(UInt32(list.nonzeroBitCount), 1), leaving())
    var offset = 0
    for register in UInt8(0)..<15 where list >> UInt16(register) & 1 == 1 {
      storeWord(Self.home(register), window, offset)
      offset += 4
    }
    noteStore(window, count: max(UInt32(list.nonzeroBitCount), 1))
  }

  private func storeWord(_ place: Place, _ window: HostWindows.Window, _ offset: Int) {
    if case .host(let home) = place { return asm.mov(operand(window, plus: offset), home) }
    load(.rax, place)
    asm.mov(operand(window, plus: offset), .rax)
  }

  func emitSingles(_ node: Node) {
    let count = node.immediate
    let isLoad = node.kind == .loadSingles
    guard count > 0, UInt32(node.index) + count <= 32 else { return asm.jmp(leaving()) }
    let flashFirst = isLoad && guess(node.a).map { windows.flash.holds($0 & ~3, 4) } ?? false
    let window = flashFirst ? windows.flash : isLoad ? windows.ram : windows.store
    evaluateAddress(node.a, minus: window.base)
    check(window, 4, words: count, leaving())
    if flashFirst { charge(windows.flashWaits * count, leaving()) }
    for index in 0..<Int(count) {
      let place = Place.state(Frame.single(node.index + UInt8(index)))
      if isLoad {
        loadWord(window, index * 4, into: place)
      } else {
        storeWord(place, window, index * 4)
      }
    }
    if !isLoad { noteStore(window, count: count) }
  }
}

extension Node {
  func isSet(of value: Int) -> Bool {
    (kind == .setRegister || kind == .setSingle) && Int(a) == value
  }
}
