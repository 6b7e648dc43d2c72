// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The registers and bits that the model knows (datasheet DocID025715, 6).
extension LSM9DS1 {
  enum Register {
    static let whoAmI: UInt8 = 0x0F  // WHO_AM_I, WHO_AM_I_M
    static let control1G: UInt8 = 0x10  // CTRL_REG1_G
    static let temperature: UInt8 = 0x15  // OUT_TEMP_L
    static let statusBeside: UInt8 = 0x17  // STATUS_REG
    static let rotation: UInt8 = 0x18  // OUT_X_L_G
    static let control6: UInt8 = 0x20  // CTRL_REG6_XL
    static let control8: UInt8 = 0x22  // CTRL_REG8
    static let control9: UInt8 = 0x23  // CTRL_REG9
    static let status: UInt8 = 0x27  // STATUS_REG
    static let acceleration: UInt8 = 0x28  // OUT_X_L_XL
    static let fifoControl: UInt8 = 0x2E  // FIFO_CTRL
    static let fifoSource: UInt8 = 0x2F  // FIFO_SRC

    static let control1M: UInt8 = 0x20  // CTRL_REG1_M
    static let control2M: UInt8 = 0x21  // CTRL_REG2_M
    static let control3M: UInt8 = 0x22  // CTRL_REG3_M
    static let statusM: UInt8 = 0x27  // STATUS_REG_M
    static let field: UInt8 = 0x28  // OUT_X_L_M

    /// Values after reset that are not zero.
    static let inertialResets: [UInt8: UInt8] = [
      whoAmI: 0x68, 0x1E: 0x38, 0x1F: 0x38, control8: 0x04,
    ]
    static let magneticResets: [UInt8: UInt8] = [whoAmI: 0x3D, control1M: 0x10, control3M: 0x03]
  }

  enum Control8 {
    static let reset: UInt8 = 1 << 0  // SW_RESET
    static let advances: UInt8 = 1 << 2  // IF_ADD_INC
    static let reboot: UInt8 = 1 << 7  // BOOT
  }

  enum Control9 {
    static let fifo: UInt8 = 1 << 1  // FIFO_EN
  }

  enum FIFOMode {
    static let stopsWhenFull: UInt8 = 1  // FMODE = 001
  }

  enum Status {
    static let acceleration: UInt8 = 1 << 0  // XLDA
    static let rotation: UInt8 = 1 << 1  // GDA
    static let temperature: UInt8 = 1 << 2  // TDA
    static let allOfField: UInt8 = 0x0F  // ZYXDA, ZDA, YDA, XDA
  }
}
