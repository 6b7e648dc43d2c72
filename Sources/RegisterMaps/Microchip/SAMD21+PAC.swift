// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension SAMD21 {
  /// Peripheral access controller, one for each bridge (DS40001882, PAC).
  public enum PAC {
    public enum Offset {
      public static let protectClear: UInt32 = 0x000  // WPCLR
      public static let protectSet: UInt32 = 0x004  // WPSET
    }
  }
}
