// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import USBModel

/// Takes the blocks of a UF2 file as they are written to a disk, in any order, and programs flash
/// (RP2040's ROM, virtual_disk.c): a sector is erased when the first block for it comes, a block
/// that comes again is passed over, a file with another number of blocks starts anew.
struct UF2Receiver: Equatable, Sendable {
  static let payloadSize = 256

  var family: UInt32
  var flash: Range<UInt32>
  var eraseSize: UInt32

  private var count: UInt32 = 0
  private var seen: Set<UInt32> = []
  private var erased: Set<UInt32> = []

  init(family: UInt32, flash: Range<UInt32>, eraseSize: UInt32) {
    (self.family, self.flash, self.eraseSize) = (family, flash, eraseSize)
  }

  /// Whether all blocks of a file have come.
  var isComplete: Bool { count > 0 && seen.count == Int(count) }

  mutating func reset() { (count, seen, erased) = (0, [], []) }

  /// A block of a disk; what is none of a UF2 file, or one for another chip, is passed over.
  mutating func take(_ block: [UInt8], in memory: inout some BootMemory) {
    guard block.count == 512, block.doubleWord(at: 0) == 0x0A32_4655,
      block.doubleWord(at: 4) == 0x9E5D_5157, block.doubleWord(at: 508) == 0x0AB1_6F30
    else { return }
    let (flags, address) = (block.doubleWord(at: 8), block.doubleWord(at: 12))
    let (number, total) = (block.doubleWord(at: 20), block.doubleWord(at: 24))
    guard flags & 0x2001 == 0x2000, block.doubleWord(at: 28) == family,
      block.doubleWord(at: 16) == UInt32(Self.payloadSize)
    else { return }
    guard total > 0, total <= UInt32(flash.count / Self.payloadSize), number < total,
      address % UInt32(Self.payloadSize) == 0, flash.contains(address),
      flash.upperBound - address >= UInt32(Self.payloadSize)
    else { return reset() }
    if total != count {
      reset()
      count = total
    }
    guard seen.insert(number).inserted else { return }
    let sector = address / eraseSize * eraseSize
    if erased.insert(sector).inserted { _ = memory.erase(sector, count: Int(eraseSize)) }
    _ = memory.program(Array(block[32..<32 + Self.payloadSize]), at: address)
  }
}
