// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Serial peripheral interface master, legacy (nRF52840 Product Specification
/// v1.7, 6.24). Each line names its register in the manual; a test holds it against the SVD.
public enum SPI {
  public enum Offset {
    public static let eventsReady: UInt32 = 0x108  // EVENTS_READY
    public static let receiveData: UInt32 = 0x518  // RXD
    public static let transmitData: UInt32 = 0x51C  // TXD
  }

  public enum Enable {
    public static let on: UInt32 = 1  // ENABLE.ENABLE=Enabled
  }
}
