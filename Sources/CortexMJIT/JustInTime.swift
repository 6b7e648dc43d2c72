// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM

/// Compiles what a core runs into machine code of the host, one block at a time, when a block is
/// first entered.
package final class JustInTime: Accelerator {
  private let memory: ExecutableMemory
  private let runner: any CodeRunner
  private let makeCompiler: (HostWindows) -> any BlockCompiler
  private var compiler: (any BlockCompiler)?
  private var blocks: [CompiledBlock] = []
  /// By half word of the region: where indirect branches go in (0: nowhere), and the number of
  /// the block plus one.
  private var entries: UnsafeMutablePointer<UInt32>
  private var numbers: UnsafeMutablePointer<UInt32>
  private var span = 0
  private var generation = -1
  private var patience = Patience()

  package private(set) var compiledBlocks = 0
  /// Those of them that only hand their first instruction to the interpreter: too large.
  package private(set) var failedBlocks = 0
  /// Stays in machine code, and how many of them ended at something for the interpreter.
  package private(set) var entriesMade = 0
  package private(set) var leavesMade = 0

  /// Room for machine code: reserved, touched as it fills.
  static let capacity = 32 << 20
  private static let reserve = 1 << 18
  /// Cycles of one stay, so that the instructions in a budget never overflow.
  private static let longestStay: UInt64 = 1 << 19

  /// Why there is no JIT here; nil where there is one.
  package static var obstacle: String? {
    #if arch(x86_64)
      let host = HostFeatures.current
      return host.hasAVX && host.hasBMI2
        ? nil : "this processor has no AVX or BMI2: programs are interpreted"
    #elseif arch(arm64)
      return nil
    #else
      return "there is no compiler for this processor: programs are interpreted"
    #endif
  }

  /// Fails where the host lends no memory for machine code.
  package static func make() -> Result<JustInTime, ExecutableMemoryError> {
    ExecutableMemory.reserve(byteCount: capacity).map { memory in
      JustInTime(memory, HostRunner(memory)) { windows in
        #if arch(arm64)
          ARM64Compiler(memory: memory, windows: windows, features: .current)
        #else
          X86Compiler(memory: memory, windows: windows, features: .current)
        #endif
      }
    }
  }

  init(
    _ memory: ExecutableMemory, _ runner: any CodeRunner,
    _ makeCompiler: @escaping (HostWindows) -> any BlockCompiler
  ) {
    self.memory = memory
    self.runner = runner
    self.makeCompiler = makeCompiler
    entries = ZeroedMemory.allocate(count: 1)
    numbers = ZeroedMemory.allocate(count: 1)
  }

  deinit {
    ZeroedMemory.free(entries)
    ZeroedMemory.free(numbers)
  }

  // MARK: Running

  package func run(_ core: AcceleratedCore) -> Handover {
    guard !core.isWritable else { return .aWhile }
    let state = core.state
    guard prepare(core) else { return .aWhile }
    (state + StateLayout.scratch + 16).storeBytes(
      of: entries, as: UnsafeMutablePointer<UInt32>.self)
    compiler?.prepare(state)
    let handover = stay(core, state)
    compiler?.takeOver(state)
    return handover
  }

  private func stay(_ core: AcceleratedCore, _ state: UnsafeMutableRawPointer) -> Handover {
    guard let compiler else { return .aWhile }
    let deadline = (state + StateLayout.deadline).load(as: UInt64.self)
    let programCounter = (state + 60).assumingMemoryBound(to: UInt32.self)
    let cycles = (state + StateLayout.cycles).assumingMemoryBound(to: UInt64.self)
    while cycles.pointee < deadline {
      guard let block = block(at: programCounter.pointee, core, state) else { return .aWhile }
      let remaining = min(deadline - cycles.pointee, Self.longestStay)
      let budget = Int64(remaining) << 20 - Int64(block.charge)
      if budget < 0 { return .untilDeadline }
      let end = cycles.pointee + remaining
      entriesMade += 1
      let exit = runner.run(compiler.enter, state, block.body, budget)
      compiler.collectExceptions(state)
      land(exit, end, state)
      if exit == ExitTable.unknownTarget {
        cycles.pointee += core.refill(to: programCounter.pointee)
        continue
      }
      switch ExitTable.Kind(rawValue: exit & 3) {
      case .unlinked?: link(Int(exit >> 2), core, state)
      case .late?, .block?: if end == deadline { return .untilDeadline }
      case .leave?, nil:
        leavesMade += 1
        return .aWhile
      }
    }
    return .untilDeadline
  }

  /// Brings pc, ITSTATE, time and instruction count to where an exit says; `end` is the time at
  /// which the budget would have been 0.
  private func land(_ exit: UInt32, _ end: UInt64, _ state: UnsafeMutableRawPointer) {
    let landing = compiler?.exits.landing(exit)
    if let landing {
      (state + 60).storeBytes(of: landing.address, as: UInt32.self)
      (state + StateLayout.itState).storeBytes(of: UInt32(landing.itState), as: UInt32.self)
    }
    let rest = (state + StateLayout.scratch + 8).load(as: Int64.self)
    let left = rest + Int64(landing?.refund ?? 0)
    let unused = (left + (1 << 20) - 1) >> 20
    let cycles = (state + StateLayout.cycles).assumingMemoryBound(to: UInt64.self)
    let instructions = (state + StateLayout.instructions).assumingMemoryBound(to: UInt64.self)
    cycles.pointee = end &- UInt64(bitPattern: unused)
    instructions.pointee &+= UInt64(bitPattern: unused << 20 - left)
  }

  // MARK: Blocks

  private func block(
    at address: UInt32, _ core: AcceleratedCore, _ state: UnsafeRawPointer
  ) -> CompiledBlock? {
    let place = Int((address &- core.regionBase) >> 1)
    if numbers[place] != 0 { return blocks[Int(numbers[place]) - 1] }
    return compile(address, core, state)
  }

  private func compile(
    _ address: UInt32, _ core: AcceleratedCore, _ state: UnsafeRawPointer
  ) -> CompiledBlock? {
    guard let compiler else { return nil }
    if compiler.position + Self.reserve > Self.capacity { restart(core) }
    guard let block = Block(at: address, in: core, with: compiler.recorder) else { return nil }
    let registers = Array(
      UnsafeBufferPointer(start: state.assumingMemoryBound(to: UInt32.self), count: 16))
    memory.beginWriting()
    let start = compiler.position
    let whole = compiler.compile(block, core, registers: registers)
    if whole == nil { failedBlocks += 1 }
    let compiled = whole ?? compiler.compileLeave(at: address, from: start)
    finishWriting(start..<compiler.position)
    blocks.append(compiled)
    compiledBlocks += 1
    let place = Int((address &- core.regionBase) >> 1)
    entries[place] = UInt32(truncatingIfNeeded: compiled.indirectEntry)
    numbers[place] = UInt32(truncatingIfNeeded: blocks.count)
    return compiled
  }

  private func link(_ edge: Int, _ core: AcceleratedCore, _ state: UnsafeRawPointer) {
    guard let compiler else { return }
    let before = compiler.exits.edges.count
    guard let target = block(at: compiler.exits.edges[edge].target & ~1, core, state),
      compiler.exits.edges.count >= before
    else { return }
    memory.beginWriting()
    finishWriting(compiler.link(edge, to: target))
  }

  private func finishWriting(_ offsets: Range<Int>) {
    _ = memory.endWriting(offsets)
    runner.codeChanged(offsets)
  }

  // MARK: Starting over

  /// Forgets all code where what it rests on has changed. False while that would happen too often:
  /// a program that keeps changing its protection, or the memory it runs from, is interpreted.
  private func prepare(_ core: AcceleratedCore) -> Bool {
    let windows = HostWindows(core.state)
    let isSame =
      compiler.map { $0.windows == windows && $0.regionBase == core.regionBase } ?? true
    if compiler != nil, isSame, core.codeGeneration == generation { return true }
    if !isSame {
      let now = (core.state + StateLayout.cycles).load(as: UInt64.self)
      guard patience.allowsChange(at: now) else { return false }
    }
    restart(core)
    return true
  }

  private func restart(_ core: AcceleratedCore) {
    let compiler = compiler ?? makeCompiler(HostWindows(core.state))
    self.compiler = compiler
    compiler.windows = HostWindows(core.state)
    compiler.regionBase = core.regionBase
    compiler.regionSpan = core.regionSpan
    compiler.exits.clear()
    blocks.removeAll(keepingCapacity: true)
    ZeroedMemory.free(entries)
    ZeroedMemory.free(numbers)
    span = Int(core.regionSpan) + 1
    entries = ZeroedMemory.allocate(count: span)
    runner.codeReads(entries, span * 4)
    numbers = ZeroedMemory.allocate(count: span)
    (core.state + StateLayout.scratch + 16).storeBytes(
      of: entries, as: UnsafeMutablePointer<UInt32>.self)
    generation = core.codeGeneration
    compiler.linker = { [unowned self] target in
      let place = Int((target & ~1 &- compiler.regionBase) >> 1)
      guard place < span, numbers[place] != 0 else { return nil }
      return blocks[Int(numbers[place]) - 1]
    }
    memory.beginWriting()
    compiler.emitShared()
    finishWriting(0..<compiler.position)
  }
}

/// How often all code may be forgotten because the view of memory has changed.
struct Patience {
  private var lastChange: UInt64 = 0
  private var strikes = 0
  private var resumesAt: UInt64 = 0

  private static let mostStrikes = 8
  /// In cycles: changes closer than this are strikes, and this long nothing is compiled after
  /// too many.
  private static let shortly: UInt64 = 1_000_000
  private static let pause: UInt64 = 10_000_000

  mutating func allowsChange(at now: UInt64) -> Bool {
    // Time goes back when a machine is restored.
    if now < lastChange { (lastChange, strikes, resumesAt) = (now, 0, 0) }
    if now < resumesAt { return false }
    strikes = now - lastChange < Self.shortly ? strikes + 1 : 0
    if strikes > Self.mostStrikes {
      (resumesAt, strikes) = (now + Self.pause, 0)
      return false
    }
    lastChange = now
    return true
  }
}
