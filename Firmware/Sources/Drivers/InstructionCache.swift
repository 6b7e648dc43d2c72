// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RegisterMaps
import Registers

/// The cache between the core and flash (Product Specification v1.7, 4.3 NVMC): without it every
/// word of code waits two cycles.
public enum InstructionCache {
  private static let controller = RegisterBlock(at: NRF52840.Base.nvmc)

  public static func enable() {
    controller[NVMC.Offset.cacheConfiguration] = NVMC.Cache.enable
  }
}
