// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM
import MachineModel

/// When a run is to end.
public struct StopConditions: Sendable {
  /// Virtual time to run for, nil for no limit.
  public var duration: Cycles?
  /// Ends the run once the console has printed this.
  public var untilText: String?
  /// How long to go on after the microphone's recording has ended; nil not to stop for it.
  public var afterRecording: Cycles?
  /// How much time passes between two calls of the run's `onSlice`; nil for 10 ms.
  public var slice: Cycles?

  public init(
    duration: Cycles? = nil, untilText: String? = nil, afterRecording: Cycles? = nil
  ) {
    self.duration = duration
    self.untilText = untilText
    self.afterRecording = afterRecording
  }
}

/// Why a run ended.
public enum StopReason: Sendable {
  case durationReached
  case recordingEnded
  case textPrinted
  case fault(FaultReport)
  case lockup(FaultReport)
  case breakpoint(UInt8, pc: UInt32)
  /// The program ended itself by semihosting.
  case exited(status: UInt32)
  /// The program reported by semihosting that it came to grief, as `abort()` does.
  case aborted(reason: UInt32)
  /// Asleep with nothing left that could wake it.
  case asleepForever
  case systemOff
  /// The caller asked, between two slices.
  case interrupted

  /// The firmware itself came to grief.
  public var isFailure: Bool {
    switch self {
    case .fault, .lockup, .breakpoint, .aborted: true
    default: false
    }
  }
}
