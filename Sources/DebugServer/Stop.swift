// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM
import Emulator

/// How a debugger lets the machine go on.
enum Resume: Equatable {
  case step, go
  /// Step until pc leaves the range.
  case stepOut(of: Range<UInt32>)
  case stepBack, goBack
}

/// Why the machine stands still.
enum Stop {
  /// A step is done, or nothing has run yet.
  case stepped
  case breakpoint
  /// The watchpoint that was touched, by its number in the list.
  case watchpoint(DebugStops.Watchpoint)
  case interrupted
  /// BKPT in the program.
  case programBreakpoint(UInt8)
  case fault(FaultReport)
  /// The program, or the run, is over.
  case ended(StopReason)
  /// The first instant of the session: there is nothing before it.
  case beginning
}

/// GDB's numbers of signals (`gdb/signals.def`).
enum Signal: UInt8 {
  case interrupt = 2
  case illegalInstruction = 4
  case trap = 5
  case arithmetic = 8
  case bus = 10
  case segmentation = 11

  /// The signal that a program of a larger system would have got for this fault.
  init(_ report: FaultReport) {
    let status = report.cfsr
    if status & 1 << 25 != 0 {
      self = .arithmetic
    } else if status & 1 << 24 != 0 {
      self = .bus
    } else if status >> 16 != 0 {
      self = .illegalInstruction
    } else if status & 0xFF00 != 0 {
      self = .bus
    } else {
      self = .segmentation
    }
  }
}

extension Stop {
  var signal: Signal {
    switch self {
    case .stepped, .breakpoint, .watchpoint, .programBreakpoint, .beginning, .ended: .trap
    case .interrupted: .interrupt
    case .fault(let report): Signal(report)
    }
  }

  /// What a person is told beside the signal.
  var note: String? {
    switch self {
    case .fault(let report):
      ([report.summary] + report.causes.dropFirst()).joined(separator: "; ")
    case .programBreakpoint(let number): "BKPT #\(number) in the program"
    case .ended(let reason): "the run is over: it ended \(reason.text)"
    default: nil
    }
  }
}
