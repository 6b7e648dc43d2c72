// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

/// nRF52840 FICR, what the factory wrote (Product Specification v1.7, 4.4). Read only.
///
/// Parameters: `flash`, `ram` and `page` in bytes (default 1 MiB, 256 KiB and 4 KiB), `deviceID`,
/// `deviceAddress`; for the nRF51 series `information` 0 (no INFO, no calibration of TEMP) and
/// `ramBlock`, the size of a RAM block (nRF51 Series Reference Manual v3.0.1, 7).
/// Part, variant and revision are those of an nRF52840-QIAA, build code F, revision 3: start-up
/// code reads them to choose its workarounds.
public struct NordicFICR: Peripheral {
  private let words: [UInt32: UInt32]

  /// Where start-up code looks for part and revision; the manual does not list them, Nordic's own
  /// `system_nrf52.c` does.
  private static let partCode: UInt32 = 0x130
  private static let revisionCode: UInt32 = 0x134
  /// NUMRAMBLOCK and SIZERAMBLOCKS of the nRF51 series.
  private static let ramBlockCount: UInt32 = 0x34
  private static let ramBlockSize: UInt32 = 0x38

  public init(_ parameters: DeviceParameters) {
    let flash = parameters.numbers["flash"] ?? 1 << 20
    let ram = parameters.numbers["ram"] ?? 256 << 10
    let pageSize = max(parameters.numbers["page"] ?? 4096, 1)
    let identity = parameters.numbers["deviceID"] ?? 0x0B1E_AD60_A4D0_2026
    let address = parameters.numbers["deviceAddress"] ?? 0xC0DE_B4EA_DB0A
    func word(_ value: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: value) }

    var words: [UInt32: UInt32] = [
      FICR.Offset.codePageSize: word(pageSize),
      FICR.Offset.codeSize: word(flash / pageSize),
      FICR.Offset.deviceID: word(identity),
      FICR.Offset.deviceID + 4: word(identity >> 32),
      FICR.Offset.deviceAddressType: 1,
      FICR.Offset.deviceAddress: word(address),
      FICR.Offset.deviceAddress + 4: word(address >> 32) & 0xFFFF,
    ]
    if let block = parameters.numbers["ramBlock"], block > 0 {
      words[Self.ramBlockCount] = word(ram / block)
      for index in 0..<4 { words[Self.ramBlockSize + 4 * UInt32(index)] = word(block) }
    }
    if parameters.numbers["information"] ?? 1 != 0 {
      words.merge([
        FICR.Offset.infoPart: FICR.Reset.infoPart,
        FICR.Offset.infoVariant: 0x4141_4630,  // "AAF0"
        FICR.Offset.infoPackage: 0x2004,  // QI, 73-pin aQFN
        FICR.Offset.infoRAM: word(ram / 1024),
        FICR.Offset.infoFlash: word(flash / 1024),
        FICR.Offset.nfcTagHeader: FICR.Reset.nfcTagHeader,
        Self.partCode: 8,
        Self.revisionCode: 3,
      ]) { $1 }
      for (index, value) in Self.temperatureCalibration.enumerated() {
        words[FICR.Offset.temperatureSlope + 4 * UInt32(index)] = value
      }
    }
    for index in 0..<4 {
      words[FICR.Offset.encryptionRoot + 4 * UInt32(index)] = word(identity &* 0x9E37_79B9)
      words[FICR.Offset.identityRoot + 4 * UInt32(index)] = word(identity &* 0x85EB_CA6B)
    }
    self.words = words
  }

  /// A0...A5, B0...B5, T0...T4, as TEMP's own registers stand after reset.
  private static let temperatureCalibration = [
    TEMP.Reset.slope0, TEMP.Reset.slope1, TEMP.Reset.slope2, TEMP.Reset.slope3, TEMP.Reset.slope4,
    TEMP.Reset.slope5, TEMP.Reset.intercept0, TEMP.Reset.intercept1, TEMP.Reset.intercept2,
    TEMP.Reset.intercept3, TEMP.Reset.intercept4, TEMP.Reset.intercept5, TEMP.Reset.segment0,
    TEMP.Reset.segment1, TEMP.Reset.segment2, TEMP.Reset.segment3, TEMP.Reset.segment4,
  ]

  public mutating func reset(in context: inout DeviceContext) {}

  public mutating func read(_ offset: UInt32, in context: inout DeviceContext) -> UInt32 {
    if let word = words[offset] { return word }
    context.reportUnmodelled(offset, write: false)
    return 0xFFFF_FFFF
  }

  public mutating func write(_ offset: UInt32, _ value: UInt32, in context: inout DeviceContext) {
    context.reportUnmodelled(offset, write: true)
  }
}
