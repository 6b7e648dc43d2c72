// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CUnicorn

@testable import CortexM

/// The cores that Unicorn has a model of.
enum TestedCore: CaseIterable {
  case cortexM0, cortexM3, cortexM4F, cortexM7

  var model: uc_cpu_arm {
    switch self {
    case .cortexM0: UC_CPU_ARM_CORTEX_M0
    case .cortexM3: UC_CPU_ARM_CORTEX_M3
    case .cortexM4F: UC_CPU_ARM_CORTEX_M4
    case .cortexM7: UC_CPU_ARM_CORTEX_M7
    }
  }

  var configuration: CoreConfiguration {
    switch self {
    case .cortexM0: CoreConfiguration(processor: .cortexM0, interruptCount: 0)
    case .cortexM3: CoreConfiguration(processor: .cortexM3, interruptCount: 0)
    case .cortexM4F: CoreConfiguration(interruptCount: 0)
    case .cortexM7:
      CoreConfiguration(processor: .cortexM7, floatingPoint: .fpv5Double, interruptCount: 0)
    }
  }

  var architecture: Architecture { configuration.architecture }
  var hasFloatingPoint: Bool { configuration.hasFloatingPointUnit }

  /// The rows that it has.
  var rows: [Encoding] { Encoding.all(of: architecture) }
}

/// One core in one tier.
struct Subject: CustomStringConvertible {
  var core: TestedCore
  var tier: Tier
  var description: String { "\(core), \(tier)" }

  static let all = TestedCore.allCases.flatMap { core in
    Tier.available.map { Subject(core: core, tier: $0) }
  }
}
