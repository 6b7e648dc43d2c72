// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// APB UART of the Cortex-M System Design Kit (Arm DDI 0479D, 4.3), the console of the MPS2 boards.
public enum CMSDK {
  public enum UART {
    public enum Offset {
      public static let data: UInt32 = 0x000
      public static let state: UInt32 = 0x004
      public static let control: UInt32 = 0x008
      public static let interruptStatus: UInt32 = 0x00C
      public static let baudDivider: UInt32 = 0x010
    }
    public enum State {
      public static let transmitFull: UInt32 = 1 << 0
      public static let receiveFull: UInt32 = 1 << 1
      public static let transmitOverrun: UInt32 = 1 << 2
      public static let receiveOverrun: UInt32 = 1 << 3
    }
    public enum Control {
      public static let transmitEnable: UInt32 = 1 << 0
      public static let receiveEnable: UInt32 = 1 << 1
      public static let transmitInterruptEnable: UInt32 = 1 << 2
      public static let receiveInterruptEnable: UInt32 = 1 << 3
    }
    public enum Interrupt {
      public static let transmit: UInt32 = 1 << 0
      public static let receive: UInt32 = 1 << 1
    }
    /// Bits of one byte on the line: start, eight data, stop.
    public static let bitsPerByte: UInt64 = 10
    public static let smallestDivider: UInt32 = 16
  }
}
