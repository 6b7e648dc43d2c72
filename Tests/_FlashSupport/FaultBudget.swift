// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// How many random cases a long sweep over faults takes: `BREADBOARD_FAULT_SWEEP=5000`.
package let faultSweepCases = ProcessInfo.processInfo.environment["BREADBOARD_FAULT_SWEEP"]
  .flatMap { Int($0) }
