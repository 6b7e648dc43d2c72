// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension SAMD21 {
  /// Device service unit: who the chip is, and CRC-32 of memory (DS40001882, DSU).
  public enum DSU {
    public enum Offset {
      public static let control: UInt32 = 0x000  // CTRL
      public static let statusA: UInt32 = 0x001  // STATUSA
      public static let statusB: UInt32 = 0x002  // STATUSB
      public static let address: UInt32 = 0x004  // ADDR
      public static let length: UInt32 = 0x008  // LENGTH
      public static let data: UInt32 = 0x00C  // DATA
      public static let channel: UInt32 = 0x010  // DCC[2]
      public static let deviceIdentification: UInt32 = 0x018  // DID
      public static let entry0: UInt32 = 0x1000  // ENTRY
      public static let entry1: UInt32 = 0x1004  // ENTRY1
      public static let end: UInt32 = 0x1008  // END
      public static let memoryType: UInt32 = 0x1FCC  // MEMTYPE
      public static let peripheral4: UInt32 = 0x1FD0  // PID4
      public static let peripheral0: UInt32 = 0x1FE0  // PID0
      public static let peripheral1: UInt32 = 0x1FE4  // PID1
      public static let peripheral2: UInt32 = 0x1FE8  // PID2
      public static let peripheral3: UInt32 = 0x1FEC  // PID3
      public static let component0: UInt32 = 0x1FF0  // CID0
      public static let component1: UInt32 = 0x1FF4  // CID1
      public static let component2: UInt32 = 0x1FF8  // CID2
      public static let component3: UInt32 = 0x1FFC  // CID3
    }

    /// Values after reset that are not zero.
    public enum Reset {
      public static let statusB: UInt32 = 0x10  // STATUSB
      public static let deviceIdentification: UInt32 = 0x1001_0305  // DID
      public static let entry0: UInt32 = 0x9F9F_C002  // ENTRY
      public static let entry1: UInt32 = 0x3002  // ENTRY1
      public static let peripheral0: UInt32 = 0xD0  // PID0
      public static let peripheral1: UInt32 = 0xFC  // PID1
      public static let peripheral2: UInt32 = 0x9  // PID2
      public static let component0: UInt32 = 0xD  // CID0
      public static let component1: UInt32 = 0x10  // CID1
      public static let component2: UInt32 = 0x5  // CID2
      public static let component3: UInt32 = 0xB1  // CID3
    }

    public enum Control {
      public static let softwareReset: UInt32 = 1 << 0  // CTRL.SWRST
      public static let crc: UInt32 = 1 << 2  // CTRL.CRC
      public static let memoryTest: UInt32 = 1 << 3  // CTRL.MBIST
      public static let chipErase: UInt32 = 1 << 4  // CTRL.CE
    }

    public enum StatusA {
      public static let done: UInt32 = 1 << 0  // STATUSA.DONE
      public static let busError: UInt32 = 1 << 2  // STATUSA.BERR
      public static let protectionError: UInt32 = 1 << 4  // STATUSA.PERR
    }

    public enum StatusB {
      public static let protected: UInt32 = 1 << 0  // STATUSB.PROT
      public static let channel0Written: UInt32 = 1 << 2  // STATUSB.DCCD0
      public static let channel1Written: UInt32 = 1 << 3  // STATUSB.DCCD1
    }
  }
}
