// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import CortexM
import Emulator
import MachineModel

/// A machine that can be stopped between any two instructions, looked at, changed, and taken back
/// in time.
final class Debuggee {
  let machine: Machine
  let registers: RegisterFile
  /// Break- and watchpoints that are set.
  var stops = DebugStops()
  /// Why the machine stands still.
  private(set) var stop = Stop.stepped

  var history: History
  /// When the run is to end, whoever debugs it.
  let conditions: StopConditions
  let end: Instant?
  /// The latest instant reached on the way that the present is on.
  var frontier: Instant
  /// The latest instant reached on any: observers are shown no time twice.
  var shown: Instant
  /// What is happening now has happened before.
  var isRepeating = false
  /// The host wants the session to end.
  private(set) var isCancelled = false
  /// Asked every few milliseconds of virtual time: whether the client wants to stop.
  var isInterrupted: () -> Bool = { false }
  private let onSlice: () -> Bool

  /// - Parameters:
  ///   - conditions: when the run is to end; its duration counts from here.
  ///   - onSlice: as `Machine.run` takes it; not called while the past is repeated.
  init(
    _ machine: Machine, until conditions: StopConditions = StopConditions(),
    onSlice: @escaping () -> Bool = { true }
  ) {
    self.machine = machine
    self.conditions = conditions
    self.onSlice = onSlice
    registers = RegisterFile(hasFloatingPoint: machine.core.configuration.hasFloatingPointUnit)
    end = conditions.duration.map { machine.core.now + $0 }
    frontier = machine.core.now
    shown = frontier
    let clock = machine.board.cpuClock
    let slice = Cycles(max(clock.numerator / clock.denominator / 100, 1))
    history = History(beginningWith: machine.snapshot(), interval: slice)
    watchOutside()
  }

  private func watchOutside() {
    machine.onTyped = { [unowned self] bytes in
      if !isRepeating { record(.typed(bytes), at: .instant(machine.core.now)) }
    }
    let printed = machine.onConsoleLine
    machine.onConsoleLine = { [unowned self] line in
      if machine.core.now >= frontier { printed?(line) }
    }
    formerPrinted = printed
  }

  private var formerPrinted: ((Console.Line) -> Void)?

  /// Leaves the machine to itself again.
  func release() {
    machine.core.stop(at: DebugStops())
    machine.onTyped = nil
    machine.onConsoleLine = formerPrinted
  }

  // MARK: Threads

  var currentThread: StackThread { machine.core.usesProcessStack ? .process : .main }
  /// The process stack is a thread once it has been given a place.
  var threads: [StackThread] {
    machine.core.stackPointer(.process) == 0 && currentThread == .main
      ? [.main] : [.main, .process]
  }

  /// A register's value in a thread. One that does not run has what its exception frame holds; the
  /// others are the core's, which is what they will be unless something saves them.
  func read(_ name: RegisterFile.Name, thread: StackThread) -> UInt64 {
    let own = RegisterFile.read(name, of: machine.core)
    guard thread != currentThread else { return own }
    guard thread == .process else { return Self.idleMain(name, machine.core) ?? own }
    return stackedRegister(name) ?? own
  }

  /// Nothing runs on the main stack in Thread mode with the process stack in use.
  private static func idleMain(_ name: RegisterFile.Name, _ core: Core) -> UInt64? {
    switch name {
    case .core(13): UInt64(core.stackPointer(.main))
    case .core(14): 0xFFFF_FFFF
    case .core(15): 0
    default: nil
    }
  }

  private func stackedRegister(_ name: RegisterFile.Name) -> UInt64? {
    let frame = machine.core.stackPointer(.process)
    func word(_ index: UInt32) -> UInt64? {
      machine.core.peek(Address(frame &+ index * 4), count: 4).map(RegisterFile.value)
    }
    switch name {
    case .core(let index) where index < 4: return word(UInt32(index))
    case .core(12): return word(4)
    case .core(13):
      let size: UInt32 = machine.core.hasLazyFrame ? 0x68 : 0x20
      let padding: UInt32 = (word(7) ?? 0) & 1 << 9 != 0 ? 4 : 0
      return UInt64(frame &+ size &+ padding)
    case .core(14): return word(5)
    case .core(15): return word(6)
    case .special(.xpsr): return word(7)
    default: return nil
    }
  }

  // MARK: Changes

  /// False where it cannot be written: another thread's registers lie on its stack.
  func write(_ name: RegisterFile.Name, _ value: UInt64, thread: StackThread) -> Bool {
    guard thread == currentThread else { return false }
    change(.register(name, value))
    return true
  }

  /// False where nothing takes it, and then nothing is recorded.
  func write(_ address: UInt32, _ bytes: [UInt8]) -> Bool {
    let place = place
    guard machine.poke(address, bytes) else { return false }
    record(.memory(address, bytes), at: place)
    return true
  }

  func reset() {
    change(.reset)
    stop = .stepped
  }

  /// Types at the board's console.
  func type(_ bytes: [UInt8]) { change(.typed(bytes)) }

  private func change(_ action: History.Action) {
    let place = place
    isRepeating = true
    apply(action)
    isRepeating = false
    record(action, at: place)
  }

  /// Where an input of now belongs.
  private var place: History.Place {
    switch stop {
    case .stepped, .breakpoint, .watchpoint, .beginning:
      .instruction(machine.core.instructionsExecuted)
    case .interrupted where !machine.core.isAsleep:
      .instruction(machine.core.instructionsExecuted)
    default: .instant(machine.core.now)
    }
  }

  /// Whatever was ahead will not happen like that any more.
  private func record(_ action: History.Action, at place: History.Place) {
    history.forgetFuture(after: machine.core.now)
    frontier = machine.core.now
    history.append(action, at: place)
    if history.isTooHeavy { history = History(beginningWith: machine.snapshot(), like: history) }
  }

  func apply(_ action: History.Action) {
    switch action {
    case .typed(let bytes): machine.type(bytes)
    case .register(let name, let value): RegisterFile.write(name, value, to: machine.core)
    case .memory(let address, let bytes): _ = machine.poke(address, bytes)
    case .passBreakpoint: machine.core.skipBreakpoint()
    case .reset: machine.resetByDebugger()
    }
  }

  // MARK: Going on

  /// Lets the machine go on, and answers why it stands still again.
  func resume(_ resume: Resume) -> Stop {
    if case .programBreakpoint = stop, resume != .stepBack, resume != .goBack {
      change(.passBreakpoint)
    }
    switch resume {
    case .step: stop = step()
    case .go: stop = report(advance(stops))
    case .stepOut(let range): stop = stepOut(of: range)
    case .stepBack: stop = stepBack()
    case .goBack: stop = goBack()
    }
    frontier = max(frontier, machine.core.now)
    shown = max(shown, frontier)
    return stop
  }

  private func step() -> Stop {
    var once = stops
    once.instructionLimit = machine.core.instructionsExecuted &+ 1
    return report(advance(once))
  }

  private func stepOut(of range: Range<UInt32>) -> Stop {
    var steps = 0
    while true {
      let reached = step()
      guard case .stepped = reached else { return reached }
      let address = machine.core[register: 15]
      if stops.breakpoints.contains(address) { return .breakpoint }
      guard range.contains(address) else { return .stepped }
      steps += 1
      if steps % 4096 == 0, !slice(recording: true) { return .interrupted }
    }
  }

  /// What a halt means to the client.
  func report(_ halt: Halt) -> Stop {
    switch halt {
    case .stopped(.instructionLimit): .stepped
    case .stopped(.breakpoint): .breakpoint
    case .stopped(.watchpoint(let watch)): .watchpoint(watch)
    case .interrupted: .interrupted
    case .machine(.fault(let report)), .machine(.lockup(let report)): .fault(report)
    case .machine(.breakpoint(let number, _)): .programBreakpoint(number)
    case .machine(let reason): .ended(reason)
    }
  }

  /// Once in a slice of a run: snapshots, the client's Ctrl-C, and the host's business.
  func slice(recording: Bool) -> Bool {
    if recording { history.note(machine) }
    if isInterrupted() { return false }
    guard recording, history.next == nil, machine.core.now >= frontier else { return true }
    if !onSlice() { isCancelled = true }
    return !isCancelled
  }
}
