// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

// LDM, STM, VLDM and VSTM, one word after the other. An exception may come between two words
// (Cortex-M4 TRM, 3.9.1): the instruction then goes on behind the words already moved, which the
// ICI bits of the stacked xPSR number, or starts again where it cannot go on. Whether one comes is
// found out at the instant when something is due, with the machine's help, and only for transfers
// whose static cycles reach beyond that instant: the others are what fast paths are for. A fault
// leaves every core register as it was.

/// How far a multiple transfer got.
private enum Transfer {
  case done
  case faulted
  /// Before the word with this index, at this cycle.
  case cut(Int, UInt64)
}

extension Core {
  func loadMultiple(_ list: UInt16, at address: UInt32) -> UInt32 {
    let registersInList = Self.members(of: list)
    var words = [UInt32](repeating: 0, count: 16)
    let first = wordsMoved { registersInList.firstIndex(of: $0) }
    let result = transfer(registersInList.count, from: first) { index in
      let word = load(
        .alignedWord, at: address &+ UInt32(index * 4), privileged: processor.isPrivileged)
      words[registersInList[index]] = word
    }
    switch result {
    case .faulted: return 0
    case .cut(let index, let cycle):
      // A base that has been loaded already is loaded again: the addresses are counted from it.
      let base = registersInList.firstIndex(of: Int(operationInProgress.n)) ?? index
      let next = mayGoOn ? min(index, base) : 0
      for register in registersInList[min(first, next)..<next] {
        registers[register] = words[register]
      }
      cut(at: cycle, goingOnAt: next > 0 ? registersInList[next] : 0)
      return 0
    case .done:
      for register in registersInList[first...] where register < 15 {
        registers[register] = words[register]
      }
      return words[15]
    }
  }

  func storeMultiple(_ list: UInt16, at address: UInt32) {
    let registersInList = Self.members(of: list & 0x7FFF)
    let first = wordsMoved { registersInList.firstIndex(of: $0) }
    let result = transfer(registersInList.count, from: first) { index in
      store(
        .alignedWord, registers[registersInList[index]], at: address &+ UInt32(index * 4),
        privileged: processor.isPrivileged)
    }
    if case .cut(let next, let cycle) = result {
      cut(at: cycle, goingOnAt: mayGoOn && next > 0 ? registersInList[next] : 0)
    }
  }

  /// ICI counts double registers, so that whole pairs are moved before the instruction goes on.
  func loadSingles(from single: Int, count: Int, at address: UInt32) {
    let first = wordsMoved { max($0 * 2 - single, 0) }
    let result = transfer(count, from: min(first, max(count - 1, 0))) { index in
      let word = load(
        .alignedWord, at: address &+ UInt32(index * 4), privileged: processor.isPrivileged)
      if !state.pointee.hasFaulted { registers[16 + (single + index) & 31] = word }
    }
    if case .cut(let next, let cycle) = result { cutSingles(single, next, at: cycle) }
  }

  func storeSingles(from single: Int, count: Int, at address: UInt32) {
    let first = wordsMoved { max($0 * 2 - single, 0) }
    let result = transfer(count, from: min(first, max(count - 1, 0))) { index in
      store(
        .alignedWord, registers[16 + (single + index) & 31], at: address &+ UInt32(index * 4),
        privileged: processor.isPrivileged)
    }
    if case .cut(let next, let cycle) = result { cutSingles(single, next, at: cycle) }
  }

  private func cutSingles(_ single: Int, _ next: Int, at cycle: UInt64) {
    let double = (single + next) / 2
    cut(at: cycle, goingOnAt: mayGoOn && double * 2 > single ? double : 0)
  }

  private static func members(of list: UInt16) -> [Int] {
    (0..<16).filter { list >> UInt16($0) & 1 != 0 }
  }

  private var operationInProgress: Operation { (state.pointee.next - 1).pointee }

  /// The words that were moved before an exception came, from ICI; 0 where ICI names nothing that
  /// this instruction moves.
  private func wordsMoved(_ index: (Int) -> Int?) -> Int {
    guard resumingFrom != 0, let moved = index(Int(resumingFrom)) else { return 0 }
    wordsResumed = UInt64(moved)
    return moved
  }

  /// Inside an IT block the bits of ICI are those of ITSTATE. A push starts again because the
  /// exception frame takes the place of what it has stored.
  private var mayGoOn: Bool {
    let operation = operationInProgress
    let pushes =
      operation.n == 13 && operation.properties.contains(.stores)
      && Int32(bitPattern: operation.extra) < 0
    return operation.itState == 0 && !pushes
  }

  /// Word `index` is through a cycle after the one before it, the first after two.
  private func transfer(_ count: Int, from first: Int, _ move: (Int) -> Void) -> Transfer {
    let length = UInt64(operationInProgress.cycles) &- UInt64(first)
    var due = min(runDeadline, sysTick.nextInterrupt)
    if state.pointee.cycles &+ length <= due { due = .max }
    for index in first..<count {
      let through = state.pointee.cycles &+ UInt64(index &- first) &+ 1
      while due <= through {
        let cycle = index == first ? due : max(due, through)
        due = deliver(at: cycle)
        if preempting != nil { return .cut(index, cycle) }
      }
      move(index)
      if state.pointee.hasFaulted { return .faulted }
    }
    return .done
  }

  /// Lets the machine do what is due; when it wants to be asked again.
  private func deliver(at cycle: UInt64) -> UInt64 {
    let start = state.pointee.cycles
    state.pointee.cycles = cycle
    updateSysTick()
    let next = bus.deliverEvents(at: now)
    state.pointee.cycles = start
    return max(min(next.sinceReset.count, sysTick.nextInterrupt), cycle &+ 1)
  }

  private func cut(at cycle: UInt64, goingOnAt register: Int) {
    stop(.interruption(cycle, continuation: UInt8(truncatingIfNeeded: register)))
  }
}
