// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

/// Where a debugger wants the core to stop. The core stops *between* instructions: exceptions that
/// are due have been entered, and the instruction at r15 is the next to run. Nothing that the guest
/// can see, its time included, depends on any of this.
package struct DebugStops: Equatable, Sendable {
  /// Addresses without the Thumb bit.
  package var breakpoints: Set<UInt32> = []
  package var watchpoints: [Watchpoint] = []
  /// Stop when this many instructions have been executed since the machine was made.
  package var instructionLimit = UInt64.max

  package init() {}

  package struct Watchpoint: Hashable, Sendable {
    package enum Kind: Sendable { case write, read, access }
    package var kind: Kind
    /// First and last address, both watched.
    package var addresses: ClosedRange<UInt32>

    package init(_ kind: Kind, _ addresses: ClosedRange<UInt32>) {
      (self.kind, self.addresses) = (kind, addresses)
    }
  }
}

/// Why a debugged core came back from `run`.
package enum DebugStop: Equatable, Sendable {
  case instructionLimit
  /// The instruction at r15 has a breakpoint.
  case breakpoint
  /// The instruction before this one touched what is watched.
  case watchpoint(DebugStops.Watchpoint)
}

/// What the core keeps for a debugger.
struct DebugState {
  var stops = DebugStops()
  /// Anything but plain running is asked for.
  var isActive = false
  /// The instruction that a resumed run begins with: its breakpoint does not count.
  var resumedAt: (instruction: UInt64, address: UInt32)?
  /// A watchpoint that the instruction in progress has touched.
  var touched: DebugStops.Watchpoint?
  var stop: DebugStop?
}

extension Core {
  /// Why the last `run` came back with `.yielded`, nil when no debugger asked for it.
  package var debugStop: DebugStop? { debug.stop }

  /// Sets what the runs from here on stop at.
  ///
  /// - Parameter passing: a breakpoint at r15 does not count until another instruction has run.
  package func stop(at stops: DebugStops, passing: Bool = true) {
    let changesCode = stops.breakpoints != debug.stops.breakpoints
    debug.stops = stops
    debug.isActive = stops != DebugStops()
    debug.resumedAt = passing ? (state.pointee.instructions, registers[15]) : nil
    (debug.touched, debug.stop) = (nil, nil)
    if changesCode { code.flush() }
    updateWindows()
  }

  /// `execute()` with breakpoints, watchpoints or a limit: in blocks as far as they reach.
  func executeDebugged() {
    while state.pointee.cycles < state.pointee.deadline {
      if let stop = stopBeforeInstruction() {
        debug.stop = stop
        yieldRequested = true
        return
      }
      let left = debug.stops.instructionLimit &- state.pointee.instructions
      let address = registers[15]
      if left < 64 || debug.stops.breakpoints.contains(address) || !executeBlocks(atMost: left) {
        step()
      }
    }
  }

  private func stopBeforeInstruction() -> DebugStop? {
    if let touched = debug.touched {
      debug.touched = nil
      return .watchpoint(touched)
    }
    if state.pointee.instructions >= debug.stops.instructionLimit { return .instructionLimit }
    // The rest of a multiple transfer that an interrupt cut short has begun before.
    guard continuation == 0, debug.stops.breakpoints.contains(registers[15]) else { return nil }
    if let resumed = debug.resumedAt, resumed == (state.pointee.instructions, registers[15]) {
      return nil
    }
    return .breakpoint
  }

  /// Runs translated blocks for fewer than `count` instructions. An instruction may cost no cycle,
  /// but the one behind it does (IT folding), so twice the cycles bound the instructions.
  private func executeBlocks(atMost count: UInt64) -> Bool {
    guard !stepsOnly, processor.isThumb, state.pointee.itState == 0, continuation == 0,
      let region = code.region(holding: registers[15]),
      let index = blockIndex(registers[15], in: region)
    else { return false }
    use(region)
    let deadline = state.pointee.deadline
    let (cut, overflow) = state.pointee.cycles.addingReportingOverflow((count - 8) / 2)
    let early = overflow ? deadline : min(deadline, cut)
    state.pointee.deadline = early
    Self.interpret(state, from: index)
    // Anything else was set while the blocks ran, and means to leave.
    if state.pointee.deadline == early { state.pointee.deadline = deadline }
    return true
  }

  /// To be called for every access while something is watched.
  func noteWatched(_ address: UInt32, _ bytes: UInt32, isWrite: Bool) {
    let last = address &+ (bytes &- 1)
    for watch in debug.stops.watchpoints where debug.touched == nil {
      guard watch.kind != (isWrite ? .read : .write), address <= watch.addresses.upperBound,
        watch.addresses.lowerBound <= last
      else { continue }
      debug.touched = watch
      state.pointee.deadline = 0
    }
  }

  /// While something is watched every access goes the slow way, where it is seen.
  func closeWindowsIfWatching() {
    guard !debug.stops.watchpoints.isEmpty else { return }
    state.pointee.ram = MemoryWindow()
    state.pointee.flash = MemoryWindow()
    state.pointee.store = MemoryWindow()
  }
}
