// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM
import Emulator
import MachineModel

// Forwards with what was recorded, and backwards by going forwards again from a snapshot.
extension Debuggee {
  enum Halt {
    case stopped(DebugStop)
    case machine(StopReason)
    case interrupted
  }

  /// Steps back replay less than this, once one has been made.
  private static let reach: UInt64 = 10_000

  /// Runs on, the recorded inputs at their places.
  ///
  /// - Parameters:
  ///   - passing: a breakpoint at pc does not count.
  ///   - recording: this is the client's own way forward, not a search.
  func advance(_ stops: DebugStops, passing: Bool = true, recording: Bool = true) -> Halt {
    var passing = passing
    while true {
      let input = history.next
      let isOld = machine.core.now < shown
      var bounded = stops
      var conditions = recording ? liveConditions : StopConditions()
      if recording, isOld { conditions.limit(to: shown, from: machine.core.now) }
      switch input?.place {
      case .instruction(let count):
        bounded.instructionLimit = min(stops.instructionLimit, count)
      case .instant(let instant): conditions.limit(to: instant, from: machine.core.now)
      case nil: break
      }
      machine.core.stop(at: bounded, passing: passing)
      let reason = run(until: conditions, recording: recording, isUnseen: !recording || isOld)
      passing = false
      if let input, isReached(input.place) {
        happen(input)
        let isThere = machine.core.instructionsExecuted >= stops.instructionLimit
        if isThere, history.next?.place != input.place { return .stopped(.instructionLimit) }
      } else if case .durationReached = reason, recording, isOld, !isOver {
        continue
      } else {
        return halt(reason)
      }
    }
  }

  private var isOver: Bool { end.map { $0 <= machine.core.now } ?? false }

  private func run(
    until conditions: StopConditions, recording: Bool, isUnseen: Bool
  ) -> StopReason {
    let expectsInput = machine.expectsInput
    let hasInput = history.next != nil
    if hasInput { machine.expectsInput = true }
    defer { if hasInput { machine.expectsInput = expectsInput } }
    let slice = { self.slice(recording: recording) }
    guard isUnseen else { return machine.run(until: conditions, onSlice: slice) }
    return machine.unobserved { machine.run(until: conditions, onSlice: slice) }
  }

  private func happen(_ input: History.Input) {
    isRepeating = true
    apply(input.action)
    isRepeating = false
    history.noteApplied()
  }

  private var liveConditions: StopConditions {
    var live = conditions
    live.duration = end.map { machine.core.now.distance(to: $0) }
    return live
  }

  private func isReached(_ place: History.Place) -> Bool {
    switch place {
    case .instruction(let count):
      machine.core.instructionsExecuted >= count && machine.core.debugStop == .instructionLimit
    case .instant(let instant): machine.core.now >= instant
    }
  }

  private func halt(_ reason: StopReason) -> Halt {
    if let stop = machine.core.debugStop { return .stopped(stop) }
    guard case .interrupted = reason else { return .machine(reason) }
    return settle()
  }

  /// From anywhere in the machine's loop to the next place between two instructions, unless the
  /// core sleeps.
  private func settle() -> Halt {
    guard !machine.core.isAsleep else { return .interrupted }
    var here = DebugStops()
    here.instructionLimit = machine.core.instructionsExecuted
    machine.core.stop(at: here)
    let reason = machine.run(until: StopConditions())
    return machine.core.debugStop == nil ? .machine(reason) : .interrupted
  }

  // MARK: Backwards

  func stepBack() -> Stop {
    let now = machine.core.instructionsExecuted
    guard now > history.first.instructions else { return beginning() }
    travel(to: now - 1)
    return .stepped
  }

  /// Back to the last break- or watchpoint before now. Going back over a store, a watchpoint
  /// stops where the store has not happened yet.
  func goBack() -> Stop {
    let now = machine.core.instructionsExecuted
    guard now > history.first.instructions, stops != DebugStops() else { return beginning() }
    var end = now
    for index in stride(from: history.index(before: now - 1), through: 0, by: -1) {
      let start = history.checkpoints[index].snapshot.instructions
      let hit = lastHit(from: index, before: end)
      if isInterrupted() {
        travel(to: now)
        return .interrupted
      }
      if let hit {
        travel(to: hit.instruction)
        return hit.stop
      }
      end = start
    }
    return beginning()
  }

  private func beginning() -> Stop {
    restore(0)
    return .beginning
  }

  private func restore(_ index: Int) {
    machine.restore(history.checkpoints[index].snapshot)
    history.returned(to: index)
  }

  /// To just before the instruction of this number, counted from the start of the machine.
  private func travel(to instruction: UInt64) {
    let index = history.index(before: instruction)
    restore(index)
    if instruction - min(instruction, machine.core.instructionsExecuted) > 2 * Self.reach {
      repeatRun(upTo: instruction - Self.reach)
      history.insert(machine)
    }
    repeatRun(upTo: instruction)
  }

  private func repeatRun(upTo instruction: UInt64) {
    var limit = DebugStops()
    limit.instructionLimit = instruction
    _ = advance(limit, recording: false)
  }

  /// The last stop on the way from a snapshot to an instruction.
  private func lastHit(from index: Int, before end: UInt64) -> (instruction: UInt64, stop: Stop)? {
    restore(index)
    var last: (UInt64, Stop)?
    var bounded = stops
    bounded.instructionLimit = end
    var passing = false
    while true {
      let halt = advance(bounded, passing: passing, recording: false)
      let count = machine.core.instructionsExecuted
      switch halt {
      case .stopped(.breakpoint): (last, passing) = ((count, .breakpoint), true)
      case .stopped(.watchpoint(let watch)):
        (last, passing) = ((count - min(count, 1), .watchpoint(watch)), false)
      case .stopped(.instructionLimit), .machine, .interrupted: return last
      }
    }
  }
}

extension Instant {
  /// The span to a later instant, none where it has passed.
  fileprivate func distance(to later: Instant) -> Cycles {
    self < later ? later - self : Cycles(0)
  }
}

extension StopConditions {
  /// No further than to an instant.
  fileprivate mutating func limit(to instant: Instant, from now: Instant) {
    let span = now.distance(to: instant)
    duration = duration.map { min($0, span) } ?? span
  }
}
