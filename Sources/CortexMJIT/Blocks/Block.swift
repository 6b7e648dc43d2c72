// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM

/// A straight run of instructions, entered at its first only. It goes on behind branches that may
/// fall through: they leave by the side.
struct Block {
  let start: UInt32
  private(set) var instructions: [RecordedInstruction] = []
  /// Static cycles by instruction, the wait states of folded literals included, and at least one
  /// where the instruction can be skipped.
  var cycles: [UInt32] = []
  /// What lies behind the last instruction, where that can fall through.
  private(set) var end: UInt32
  /// The last instruction never falls through.
  private(set) var isClosed = false
  /// Nodes that load a literal, and what they load.
  private(set) var literals: [Int: UInt32] = [:]
  /// Whether control may leave at an instruction other than by going on, all flags to be shown.
  private(set) var leaves: [Bool] = []
  /// Flags that are asked for behind an instruction, before they are set again.
  private(set) var liveFlags: [FlagSet] = []

  private static let longest = 48
  private static let mostCycles: UInt32 = 200

  /// Of no instructions.
  init() { (start, end) = (0, 0) }

  /// Nil where the first instruction cannot be fetched.
  init?(at start: UInt32, in core: AcceleratedCore, with recorder: Recorder) {
    self.start = start
    end = start
    recorder.clear()
    collect(core, recorder)
    guard !instructions.isEmpty else { return nil }
    findLiveFlags(recorder.nodes)
  }

  /// The instructions before `index`, and before the IT that it hangs on; nil where that leaves
  /// nothing.
  func shortened(before index: Int, _ nodes: UnsafePointer<Node>) -> Block? {
    var cut = min(index, instructions.count - 1)
    while cut > 0, instructions[cut].itState != 0 { cut -= 1 }
    guard cut > 0 else { return nil }
    var short = self
    short.end = instructions[cut].address
    short.isClosed = false
    short.instructions.removeSubrange(cut...)
    short.cycles.removeSubrange(cut...)
    short.leaves.removeSubrange(cut...)
    short.findLiveFlags(nodes)
    return short
  }

  private mutating func collect(_ core: AcceleratedCore, _ recorder: Recorder) {
    var (itState, total) = (UInt8(0), UInt32(0))
    while !recorder.isFull {
      if itState == 0, instructions.count >= Self.longest || total >= Self.mostCycles { return }
      guard let next = core.record(end, itState: itState, with: recorder) else { return }
      // What only the interpreter can do is reached by leaving, or is a block of its own.
      if !next.isCovered, itState == 0, !instructions.isEmpty { return }
      core.cover(next)
      instructions.append(next)
      let waits = foldLiterals(next, core, recorder.nodes)
      // An instruction that IT folds into takes no time of its own, unless it is skipped.
      let own = next.condition == 14 ? next.cycles : max(next.cycles, 1)
      cycles.append(own + waits)
      leaves.append(next.mayLeave(recorder.nodes, except: literals))
      end = next.nextAddress
      itState = next.nextItState
      total += next.cycles + waits
      if next.isCovered, next.neverFallsThrough(recorder.nodes) {
        isClosed = true
        return
      }
      if next.endsBlock, itState == 0 {
        guard next.isCovered, let target = next.conditionalTarget(recorder.nodes),
          target > next.address
        else { return }
      }
      if !next.isCovered, itState == 0 { return }
    }
  }

  /// Cycles that the loads of literals take beyond the static ones.
  private mutating func foldLiterals(
    _ instruction: RecordedInstruction, _ core: AcceleratedCore, _ nodes: UnsafePointer<Node>
  ) -> UInt32 {
    var waits: UInt32 = 0
    for index in instruction.nodes where nodes[index].kind == .load {
      let address = nodes[Int(nodes[index].a)]
      let width = AccessWidth(rawValue: nodes[index].index)
      guard address.kind == .constant, width == .word || width == .alignedWord,
        let word = core.literal(address.immediate)
      else { continue }
      literals[index] = word
      waits += core.flashDataWaitStates
    }
    return waits
  }

  private mutating func findLiveFlags(_ nodes: UnsafePointer<Node>) {
    liveFlags = [FlagSet](repeating: .all, count: instructions.count)
    var live = FlagSet.all
    for index in instructions.indices.reversed() {
      liveFlags[index] = live
      let instruction = instructions[index]
      if instruction.condition == 14 { live.subtract(instruction.flagsWritten) }
      live.formUnion(instruction.flagsRead)
      if leaves[index] { live = .all }
    }
  }

  /// Whether the flags that instruction `index` sets can be worked out later from `registers`
  /// alone, wherever somebody asks: those stay as they are until then.
  func canDelayFlags(
    of index: Int, _ flags: FlagSet, from registers: UInt16
  ) -> Bool {
    var live = flags
    var isIntact = true
    var next = index + 1
    while next < instructions.count {
      let instruction = instructions[next]
      if !isIntact, leaves[next] || !instruction.flagsRead.isDisjoint(with: live) {
        return false
      }
      if instruction.condition == 14 {
        live.subtract(instruction.flagsWritten)
      } else if !instruction.flagsWritten.isEmpty {
        return false
      }
      if live.isEmpty { return true }
      if instruction.registersWritten & registers != 0 { isIntact = false }
      next += 1
    }
    return isIntact
  }
}

extension RecordedInstruction {
  func mayLeave(_ nodes: UnsafePointer<Node>, except literals: [Int: UInt32]) -> Bool {
    if !isCovered || isFloatingPoint { return true }
    return self.nodes.contains { index in
      switch nodes[index].kind {
      case .load: literals[index] == nil
      case .store, .loadMultiple, .storeMultiple, .loadSingles, .storeSingles, .branch, .branchIf,
        .branchExchange, .branchLinkExchange, .trapDivide, .spend:
        true
      default: false
      }
    }
  }

  /// An unconditional branch.
  func neverFallsThrough(_ nodes: UnsafePointer<Node>) -> Bool {
    guard condition == 14 else { return false }
    return self.nodes.contains {
      let kind = nodes[$0].kind
      return kind == .branch || kind == .branchExchange || kind == .branchLinkExchange
    }
  }

  /// Where a direct branch goes that may fall through.
  func conditionalTarget(_ nodes: UnsafePointer<Node>) -> UInt32? {
    for index in self.nodes {
      let node = nodes[index]
      if node.kind == .branchIf { return nodes[Int(node.b)].immediate }
      if node.kind == .branch, nodes[Int(node.a)].kind == .constant {
        return nodes[Int(node.a)].immediate
      }
    }
    return nil
  }
}
