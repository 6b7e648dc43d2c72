// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// General purpose input/output; P1 lies 0x300 above P0 (nRF52840 Product Specification
/// v1.7, 6.9). Each line names its register in the manual; a test holds it against the SVD.
public enum GPIO {
  public enum Offset {
    public static let output: UInt32 = 0x504  // OUT
    public static let outSet: UInt32 = 0x508  // OUTSET
    public static let outClear: UInt32 = 0x50C  // OUTCLR
    public static let input: UInt32 = 0x510  // IN
    public static let direction: UInt32 = 0x514  // DIR
    public static let directionSet: UInt32 = 0x518  // DIRSET
    public static let directionClear: UInt32 = 0x51C  // DIRCLR
    public static let latch: UInt32 = 0x520  // LATCH
    public static let detectMode: UInt32 = 0x524  // DETECTMODE
    public static let pinConfiguration: UInt32 = 0x700  // PIN_CNF[32]
  }

  /// Values after reset that are not zero.
  public enum Reset {
    public static let pinConfiguration: UInt32 = 0x2  // PIN_CNF[32]
  }

  public enum PinConfiguration {
    public static let output: UInt32 = 1 << 0  // PIN_CNF.DIR
    public static let inputDisconnected: UInt32 = 1 << 1  // PIN_CNF.INPUT
    public static let pull: UInt32 = 0x3 << 2  // PIN_CNF.PULL
    public static let pullShift: UInt32 = 2  // PIN_CNF.PULL shift
    public static let pullDown: UInt32 = 1  // PIN_CNF.PULL=Pulldown
    public static let pullUp: UInt32 = 3  // PIN_CNF.PULL=Pullup
    public static let drive: UInt32 = 0x7 << 8  // PIN_CNF.DRIVE
    public static let driveShift: UInt32 = 8  // PIN_CNF.DRIVE shift
    public static let sense: UInt32 = 0x3 << 16  // PIN_CNF.SENSE
    public static let senseShift: UInt32 = 16  // PIN_CNF.SENSE shift
    public static let senseHigh: UInt32 = 2  // PIN_CNF.SENSE=High
    public static let senseLow: UInt32 = 3  // PIN_CNF.SENSE=Low
  }
}
