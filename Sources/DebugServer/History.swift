// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Emulator
import MachineModel

/// What it takes to be anywhere in the past again: snapshots at intervals, and everything that came
/// from outside, with its place. The machine does the rest, always the same.
struct History {
  struct Checkpoint {
    let snapshot: MachineSnapshot
    /// How many of the inputs had happened.
    let inputCount: Int
  }

  /// Something that the machine would not have done by itself.
  struct Input {
    let place: Place
    let action: Action
  }

  enum Place: Equatable {
    /// Between two instructions, this many executed.
    case instruction(UInt64)
    /// At an instant in the machine's loop, the core asleep or stopped by itself.
    case instant(Instant)
  }

  enum Action {
    case typed([UInt8])
    case register(RegisterFile.Name, UInt64)
    case memory(UInt32, [UInt8])
    case passBreakpoint
    case reset

    /// In bytes, about.
    fileprivate var weight: Int {
      switch self {
      case .typed(let bytes), .memory(_, let bytes): 64 + bytes.count
      case .register, .passBreakpoint, .reset: 64
      }
    }
  }

  private(set) var checkpoints: [Checkpoint]
  private(set) var inputs: [Input] = []
  /// Inputs that have happened at the present instant.
  private(set) var applied = 0
  private var interval: UInt64

  /// Snapshots kept; then every second one goes, and half as many are taken.
  private static let limit = 96

  /// Bytes that inputs have brought.
  private var weight = 0
  /// Then the past is given up: no client may fill the host's memory.
  private static let heaviest = 64 << 20

  init(beginningWith snapshot: MachineSnapshot, interval: Cycles) {
    checkpoints = [Checkpoint(snapshot: snapshot, inputCount: 0)]
    self.interval = max(interval.count, 1)
  }

  init(beginningWith snapshot: MachineSnapshot, like other: History) {
    self.init(beginningWith: snapshot, interval: Cycles(other.interval))
  }

  var isTooHeavy: Bool { weight > Self.heaviest }

  var first: MachineSnapshot { checkpoints[0].snapshot }
  /// The next input, nil at the end of what has been recorded.
  var next: Input? { applied < inputs.count ? inputs[applied] : nil }

  mutating func noteApplied() { applied += 1 }

  mutating func append(_ action: Action, at place: Place) {
    inputs.append(Input(place: place, action: action))
    weight += action.weight
    applied = inputs.count
  }

  /// A snapshot if the last one is old enough.
  mutating func note(_ machine: Machine) {
    guard let last = checkpoints.last?.snapshot else { return }
    let now = machine.core.now.sinceReset.count
    let then = last.instant.sinceReset.count
    guard now >= then, now - then >= interval else { return }
    checkpoints.append(
      Checkpoint(snapshot: machine.snapshot(sharing: last), inputCount: applied))
    if checkpoints.count > Self.limit { thin() }
  }

  /// A snapshot now, wherever now is: for the next steps back.
  mutating func insert(_ machine: Machine) {
    let now = machine.core.instructionsExecuted
    let index = checkpoints.firstIndex { $0.snapshot.instructions > now } ?? checkpoints.count
    let before = checkpoints[max(index - 1, 0)].snapshot
    checkpoints.insert(
      Checkpoint(snapshot: machine.snapshot(sharing: before), inputCount: applied), at: index)
    if checkpoints.count > Self.limit { thin() }
  }

  private mutating func thin() {
    let last = checkpoints.count - 1
    checkpoints = checkpoints.indices.filter { $0 % 2 == 0 || $0 == last }.map { checkpoints[$0] }
    interval &*= 2
  }

  /// The last snapshot from which an instruction can be reached.
  func index(before instruction: UInt64) -> Int {
    (checkpoints.lastIndex { $0.snapshot.instructions <= instruction }) ?? 0
  }

  mutating func returned(to index: Int) {
    applied = min(checkpoints[index].inputCount, inputs.count)
  }

  /// Drops what lies ahead: from here on something else happens.
  mutating func forgetFuture(after instant: Instant) {
    inputs.removeSubrange(applied...)
    checkpoints.removeAll { $0.snapshot.instant > instant }
  }
}
