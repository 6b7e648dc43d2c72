// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM
import CortexMJIT

/// What runs the guest's instructions. All are equal in everything but speed.
public enum Engine: String, CaseIterable, Sendable {
  /// Machine code of the host, where it can be had; else the interpreter.
  case jit
  case interpreter
  /// One instruction after the other, each decoded afresh: the oracle.
  case stepper
}

extension Machine {
  /// Sets the core up for an engine; answers why there is a slower one instead.
  func use(_ engine: Engine) -> String? {
    core.stepsOnly = engine == .stepper
    core.accelerator = nil
    guard engine == .jit else { return nil }
    if let obstacle = JustInTime.obstacle { return obstacle }
    switch JustInTime.make() {
    case .success(let compiler):
      core.accelerator = compiler
      return nil
    case .failure(let error): return error.description
    }
  }
}
