// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// The block interpreter. Every instruction boundary compares the time with the deadline, and that
// one comparison is also the way out for all that is rare: a fault, an interrupt, a bus access
// that moved an event set the deadline to 0. So time is exact at every boundary.
extension Core {
  /// Runs until the deadline in `state`; the single-stepper takes what blocks cannot hold.
  func execute() {
    if debug.isActive || observation.observer != nil { return executeDebugged() }
    while state.pointee.cycles < state.pointee.deadline {
      guard let region = regionForBlocks else {
        step()
        continue
      }
      use(region)
      if let accelerator {
        let handover = accelerator.run(AcceleratedCore(core: self, region: region))
        interpret(handover)
      } else {
        runBlock(in: region)
      }
    }
  }

  /// Where blocks can start at r15.
  private var regionForBlocks: CodeRegion? {
    guard !stepsOnly, processor.isThumb, state.pointee.itState == 0, continuation == 0 else {
      return nil
    }
    return code.region(holding: registers[15])
  }

  private func runBlock(in region: CodeRegion) {
    guard let index = blockIndex(registers[15], in: region) else { return step() }
    Self.interpret(state, from: index)
  }

  /// Takes the accelerator past what it cannot do.
  private func interpret(_ handover: Handover) {
    let deadline = state.pointee.deadline
    var end = deadline
    if handover == .aWhile { end = min(end, state.pointee.cycles &+ Self.interpretedStretch) }
    state.pointee.deadline = end
    while state.pointee.cycles < state.pointee.deadline {
      if let region = regionForBlocks {
        use(region)
        runBlock(in: region)
      } else {
        step()
      }
    }
    // Whoever asked for an end at once has set it to 0.
    if state.pointee.deadline == end { state.pointee.deadline = deadline }
  }

  private static let interpretedStretch: UInt64 = 50

  func blockIndex(_ address: UInt32, in region: CodeRegion) -> UInt32? {
    let index = region.table[Int((address &- region.base) >> 1)]
    if index != 0 { return index }
    var translator = BlockTranslator(self, region, at: address)
    return translator.translate()
  }

  /// Makes branches look for their targets in this memory.
  func use(_ region: CodeRegion) {
    state.pointee.codeBase = region.base
    state.pointee.codeSpan = region.span
    state.pointee.codeTable = UnsafePointer(region.table)
    setRefill(region)
  }

  /// A word newly fetched because of a branch to its upper half is not in the static cycles.
  func setRefill(_ region: CodeRegion) {
    let refill = UInt64(timing.branchRefill)
    let wait = isInstructionCacheEnabled ? 0 : UInt64(region.instructionWaitStates)
    state.pointee.refill = (refill, refill &+ wait)
  }

  /// The loop.
  @inline(never)
  static func interpret(_ state: UnsafeMutablePointer<CoreState>, from index: UInt32) {
    var context = BlockContext(state, next: state.pointee.operations + Int(index))
    var count: UInt64 = 0
    while context.cycles < state.pointee.deadline {
      var operation = context.next
      context.next = operation + 1
      if operation.pointee.condition != 14 {
        if operation.pointee.condition == Operation.internalCondition {
          switch answer(&context, operation) {
          case .goOn: continue
          case .runNext:
            operation += 1
            context.next = operation + 1
          case .leave:
            state.pointee.instructions &+= count
            context.save()
            // A load of pc that moved the stack pointer has left before it was noted.
            if !context.hasFaulted { context.noteStackPointer() }
            return
          }
        }
        if operation.pointee.condition != 14, !context.holds(operation.pointee.condition) {
          context.cycles &+= 1
          count &+= 1
          continue
        }
      }
      context.execute(OperationPointer(operation))
      context.cycles &+= UInt64(operation.pointee.cycles)
      count &+= 1
    }
    state.pointee.instructions &+= count
    context.save()
    context.settle()
  }

  @inline(never) private static func prepare(
    _ cycles: inout UInt64, _ state: UnsafeMutablePointer<CoreState>,
    _ next: UnsafePointer<Operation>
  ) {
    state.pointee.cycles = cycles
    state.pointee.next = next
    state.pointee.owner?.takeUnretainedValue().prepareFloatingPoint()
    cycles = state.pointee.cycles
  }

  @inline(never) private static func arrive(
    _ state: UnsafeMutablePointer<CoreState>, _ place: UInt32, _ cycles: UInt64
  ) {
    state.pointee.owner?.takeUnretainedValue().noteArrival(place, cycles: cycles)
  }

  private enum Internal { case goOn, runNext, leave }

  /// The translator's own operations.
  @inline(__always)
  private static func answer(
    _ context: inout BlockContext, _ operation: UnsafePointer<Operation>
  ) -> Internal {
    switch operation.pointee.opcode {
    case .noteStackPointer:
      context.noteStackPointer()
      return .goOn
    case .noteArrival:
      // The stack pointer may be as an instruction just left it.
      context.noteStackPointer()
      arrive(context.state, operation.pointee.immediate, context.cycles)
      return .goOn
    case .checkFloatingPoint:
      if context.state.pointee.floatingPointReady != 0 { return .runNext }
      if !context.holds(operation.pointee.amount) { return .runNext }
      context.next = operation + 1
      prepare(&context.cycles, context.state, context.next)
      return context.hasFaulted ? .goOn : .runNext
    default:
      if operation == context.state.pointee.operations { return .leave }
      context.goOn(at: operation.pointee.address)
      context.state.pointee.itState = UInt32(operation.pointee.itState)
      let isKnown = context.next != context.state.pointee.operations
      return isKnown && operation.pointee.itState == 0 ? .goOn : .leave
    }
  }
}

extension BlockContext {
  /// r13 keeps its low bits clear, and the stack watch sees every value of it.
  @inline(__always) func noteStackPointer() {
    let pointer = words[13] & ~3
    words[13] = pointer
    if pointer < state.pointee.lowestPointer { state.pointee.lowestPointer = pointer }
  }

  /// pc and ITSTATE from the operation that would have run next.
  func settle() {
    // What an instruction wrote that faulted will be undone.
    if !hasFaulted { noteStackPointer() }
    guard next != state.pointee.operations else { return }
    words[15] = next.pointee.address
    state.pointee.itState = UInt32(next.pointee.itState)
  }
}
