// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The commands of the bootloader in STM32's system memory over USART (ST AN3155): a code and its
/// complement, then parts that end with all their bytes by exclusive or; each is acknowledged.
package enum STM32UARTCommand: UInt8, Sendable {
  case get = 0x00
  case identify = 0x02
  case read = 0x11
  case go = 0x21
  case write = 0x31
  case erase = 0x43
  case extendedErase = 0x44

  /// The first byte after a reset: the bootloader measures its speed.
  package static let synchronise: UInt8 = 0x7F
  package static let acknowledge: UInt8 = 0x79
  package static let refuse: UInt8 = 0x1F
  /// Bytes of one read or write.
  package static let blockSize = 256

  package var bytes: [UInt8] { [rawValue, ~rawValue] }

  package static func address(_ address: UInt32) -> [UInt8] {
    closed((0..<4).map { UInt8(truncatingIfNeeded: address >> (24 - 8 * UInt32($0))) })
  }

  /// - Parameter data: 1 to 256 bytes.
  package static func data(_ data: [UInt8]) -> [UInt8] {
    closed([UInt8(truncatingIfNeeded: data.count - 1)] + data)
  }

  package static func length(_ count: Int) -> [UInt8] {
    let byte = UInt8(truncatingIfNeeded: count - 1)
    return [byte, ~byte]
  }

  /// One sector, in the form of either erase command.
  package static func sector(_ sector: Int, extended: Bool) -> [UInt8] {
    let low = UInt8(truncatingIfNeeded: sector)
    return closed(extended ? [0, 0, UInt8(truncatingIfNeeded: sector >> 8), low] : [0, low])
  }

  private static func closed(_ bytes: [UInt8]) -> [UInt8] { bytes + [Checksum.xor(bytes)] }
}

/// The chips that the session knows, by the product number that their bootloader tells.
package struct STM32Flash: Equatable, Sendable {
  package var product: UInt16
  package var name: String
  /// Sizes of the sectors from 0x08000000 on, in KiB.
  package var sectors: [Int]

  package init(product: UInt16, name: String, sectors: [Int]) {
    (self.product, self.name, self.sectors) = (product, name, sectors)
  }

  package static let base: UInt32 = 0x0800_0000

  package static let known: [STM32Flash] = [
    STM32Flash(
      product: 0x413, name: "STM32F405/407",
      sectors: [16, 16, 16, 16, 64] + Array(repeating: 128, count: 7)),
    STM32Flash(
      product: 0x433, name: "STM32F401xD/xE", sectors: [16, 16, 16, 16, 64, 128, 128, 128]),
    STM32Flash(
      product: 0x449, name: "STM32F74x/75x", sectors: [32, 32, 32, 32, 128, 256, 256, 256]),
    STM32Flash(product: 0x450, name: "STM32H74x/75x", sectors: Array(repeating: 128, count: 16)),
  ]

  /// Numbers of the sectors that these bytes touch; nil if some lie in none.
  package func sectors(touching image: FlashImage) -> [Int]? {
    var start = Int(Self.base)
    let range = Int(image.start)..<Int(image.start) + image.bytes.count
    var touched: [Int] = []
    for (number, size) in sectors.enumerated() {
      if range.overlaps(start..<start + size * 1024) { touched.append(number) }
      start += size * 1024
    }
    return range.lowerBound >= Int(Self.base) && range.upperBound <= start ? touched : nil
  }
}
