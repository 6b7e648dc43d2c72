// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// The single-stepper: the oracle, and what runs the rest of an IT block that was entered in its
// middle.
extension Core {
  /// Runs the instruction at r15, without looking at interrupts. What it asks for is in `request`.
  func step() {
    // A multiple transfer that an exception had cut short goes on from there, in less time.
    (resumingFrom, continuation, wordsResumed) = (continuation, 0, 0)
    stepWhole()
    state.pointee.cycles &-= wordsResumed
    resumingFrom = 0
  }

  private func stepWhole() {
    guard processor.isThumb else { return stopFetch(.usage(FaultStatus.invalidState)) }
    guard let region = code.region(holding: registers[15]),
      let operation = predecode(registers[15], itState: state.pointee.itState, in: region)
    else { return stopFetch(fetchFault(registers[15])) }
    setRefill(region)
    if let place = observedPlace(registers[15], in: region) {
      noteArrival(place, cycles: state.pointee.cycles)
    }
    withUnsafePointer(to: operation) { run($0) }
    if state.pointee.hasFaulted { return }
    if operation.properties.contains(.writesStackPointer) {
      registers[13] &= ~3
      state.pointee.lowestPointer = min(state.pointee.lowestPointer, registers[13])
    }
    if state.pointee.hasBranched {
      state.pointee.itState = 0
    } else {
      registers[15] = operation.nextAddress
      state.pointee.itState = Self.itState(after: operation)
    }
  }

  private func run(_ operation: UnsafePointer<Operation>) {
    var context = StepContext(state: state, next: operation + 1)
    state.pointee.next = operation + 1
    state.pointee.hasBranched = false
    if operation.pointee.condition != 14, !context.holds(operation.pointee.condition) {
      state.pointee.cycles &+= 1
      state.pointee.instructions &+= 1
      return
    }
    if operation.pointee.properties.contains(.floatingPoint),
      state.pointee.floatingPointReady == 0
    {
      prepareFloatingPoint()
      if state.pointee.hasFaulted { return }
    }
    context.execute(OperationPointer(operation))
    state.pointee.cycles &+= UInt64(operation.pointee.cycles)
    state.pointee.instructions &+= 1
  }

  /// A fault before there is an instruction.
  private func stopFetch(_ fault: Fault) {
    saveRegisters()
    stoppedAt = (registers[15], state.pointee.itState)
    state.pointee.hasFaulted = true
    state.pointee.deadline = 0
    request = .fault(fault)
  }

  /// Why the instruction at `address` could not be fetched: of its half words, the first that may
  /// not be or that nothing answers for.
  private func fetchFault(_ address: UInt32) -> Fault {
    guard mayFetch(address) else { return .executeNever }
    guard code.region(holding: address) != nil else { return .busInstruction }
    return mayFetch(address &+ 2) ? .busInstruction : .executeNever
  }
}
