// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RegisterMaps

/// The DMA controller's checksum over what is written to CRCDATAIN (DS40001882, 20.6.3.6): CRC-16
/// of the CCITT, or CRC-32 of IEEE 802.3, whose register shows the bits reversed and inverted.
struct DMAChecksum: Codable {
  private var bits: UInt32 = 0
  private var isReflected = false

  var value: UInt32 {
    get { isReflected ? ~bits : bits }
    set { (bits, isReflected) = (newValue, false) }
  }

  /// - Parameter control: CRCCTRL.
  mutating func add(_ value: UInt32, control: UInt32) {
    guard
      control >> SAMD21.DMAC.ChecksumControl.sourceShift & 0x3F
        == SAMD21.DMAC.ChecksumControl.sourceIO
    else { return }
    let count = 1 << min(control & SAMD21.DMAC.ChecksumControl.beatSize, 2)
    let isLong = control >> SAMD21.DMAC.ChecksumControl.polynomialShift & 3 == 1
    for lane in 0..<UInt32(count) {
      let byte = value >> (8 * lane) & 0xFF
      if isLong { addLong(byte) } else { addShort(byte) }
    }
    isReflected = isLong
  }

  private mutating func addLong(_ byte: UInt32) {
    bits ^= byte
    for _ in 0..<8 { bits = bits & 1 == 0 ? bits >> 1 : bits >> 1 ^ 0xEDB8_8320 }
  }

  private mutating func addShort(_ byte: UInt32) {
    bits = (bits ^ byte << 8) & 0xFFFF
    for _ in 0..<8 {
      bits = (bits & 0x8000 == 0 ? bits << 1 : bits << 1 ^ 0x1021) & 0xFFFF
    }
  }
}
