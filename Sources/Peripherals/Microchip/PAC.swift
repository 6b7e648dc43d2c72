// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

/// SAM D21 PAC (DS40001882, PAC): write protection of a bridge's blocks, as bits that are set and
/// cleared. Protected blocks can be written all the same.
public struct MicrochipPAC: LaneRegisters {
  private typealias PAC = SAMD21.PAC
  static let table = RegisterLayout(words: [PAC.Offset.protectClear, PAC.Offset.protectSet])
  var layout: RegisterLayout { Self.table }

  private var protected: UInt32 = 0

  public init(_ parameters: DeviceParameters) {}

  public mutating func reset(in context: inout DeviceContext) { protected = 0 }

  mutating func load(_ register: UInt32, in context: inout DeviceContext) -> UInt32 { protected }

  mutating func store(
    _ register: UInt32, _ value: UInt32, lanes: UInt32, in context: inout DeviceContext
  ) {
    if register == PAC.Offset.protectSet { protected |= value & ~1 } else { protected &= ~value }
  }
}
