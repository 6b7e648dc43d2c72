// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import USBModel

/// The disk that a UF2 bootloader shows: a FAT16 volume that is computed when it is read, with a
/// few files that tell of the board. What is written to it is not kept (github.com/microsoft/uf2;
/// RP2040's ROM, virtual_disk.c).
struct UF2Volume: BlockVolume, Equatable, Sendable {
  struct File: Equatable, Sendable {
    /// Eight and three characters, filled up with spaces.
    var name: String
    var bytes: [UInt8]
  }

  private static let blockSize = 512
  private static let rootBlocks: UInt32 = 32
  private static let fatCount: UInt32 = 2

  var label: String
  var files: [File]
  /// Of the disk, the partition table included.
  var blockCount: UInt32
  var blocksPerCluster: UInt32
  /// Whether block 0 is a partition table and the volume begins at block 1.
  var isPartitioned: Bool
  var serialNumber: UInt32 = 0x2008_0905

  private var volumeBlocks: UInt32 { blockCount - (isPartitioned ? 1 : 0) }
  private var fatBlocks: UInt32 { (2 * (volumeBlocks / blocksPerCluster + 2) + 511) / 512 }
  private var clusterSize: Int { Self.blockSize * Int(blocksPerCluster) }

  func read(block: UInt32) -> [UInt8] {
    var block = block
    if isPartitioned {
      if block == 0 { return partitionTable }
      block -= 1
    }
    if block == 0 { return bootSector }
    block -= 1
    if block < fatBlocks * Self.fatCount { return fat(block % fatBlocks) }
    block -= fatBlocks * Self.fatCount
    if block < Self.rootBlocks { return block == 0 ? rootDirectory : filled([]) }
    return contents(block - Self.rootBlocks)
  }

  private func filled(_ bytes: [UInt8]) -> [UInt8] {
    bytes + Array(repeating: 0, count: Self.blockSize - bytes.count)
  }

  private var partitionTable: [UInt8] {
    var table: [UInt8] = Array(repeating: 0, count: 440)
    table.append(doubleWord: serialNumber)
    // Two bytes of nothing; then one partition, FAT16 by block numbers.
    table += [0, 0] + [0, 0, 0, 0, 0x0E, 0, 0, 0]
    table.append(doubleWord: 1)
    table.append(doubleWord: volumeBlocks)
    return table + Array(repeating: 0, count: 48) + [0x55, 0xAA]
  }

  private var bootSector: [UInt8] {
    var sector: [UInt8] = [0xEB, 0x3C, 0x90] + Array("MSWIN4.1".utf8)
    sector.append(word: UInt16(Self.blockSize))
    sector.append(UInt8(clamping: blocksPerCluster))
    sector.append(word: 1)
    sector.append(UInt8(Self.fatCount))
    sector.append(word: 512)
    sector.append(word: volumeBlocks < 65536 ? UInt16(volumeBlocks) : 0)
    sector.append(0xF8)
    sector.append(word: UInt16(clamping: fatBlocks))
    sector.append(word: 1)
    sector.append(word: 1)
    sector.append(doubleWord: isPartitioned ? 1 : 0)
    sector.append(doubleWord: volumeBlocks < 65536 ? 0 : volumeBlocks)
    sector += [0, 0, 0x29]
    sector.append(doubleWord: serialNumber)
    sector += padded(label, 11) + padded("FAT16", 8)
    return sector + Array(repeating: 0, count: 510 - sector.count) + [0x55, 0xAA]
  }

  /// Clusters of a file, which follow each other; the first file starts at cluster 2.
  private func clusters(of index: Int) -> Range<Int> {
    func count(_ file: File) -> Int { max(1, (file.bytes.count + clusterSize - 1) / clusterSize) }
    let first = 2 + files[..<index].reduce(0) { $0 + count($1) }
    return first..<first + count(files[index])
  }

  private func fat(_ block: UInt32) -> [UInt8] {
    var bytes: [UInt8] = []
    for entry in Int(block) * 256..<Int(block) * 256 + 256 {
      switch entry {
      case 0: bytes.append(word: 0xFFF8)
      case 1: bytes.append(word: 0xFFFF)
      default:
        let chain = files.indices.map(clusters).first { $0.contains(entry) }
        let isLast = chain.map { $0.upperBound == entry + 1 } ?? false
        bytes.append(
          word: chain == nil ? 0 : isLast ? 0xFFFF : UInt16(truncatingIfNeeded: entry + 1))
      }
    }
    return bytes
  }

  private var rootDirectory: [UInt8] {
    var bytes = padded(label, 11) + [0x28] + Array(repeating: 0, count: 20)
    for (index, file) in files.enumerated() {
      // Read-only; 5 September 2008, as the RP2040's ROM dates them.
      bytes += padded(file.name, 11) + [0x21, 0, 100]
      for word: UInt16 in [0x8299, 0x3925, 0x3925, 0, 0x8299, 0x3925] { bytes.append(word: word) }
      bytes.append(word: UInt16(truncatingIfNeeded: clusters(of: index).lowerBound))
      bytes.append(doubleWord: UInt32(clamping: file.bytes.count))
    }
    return filled(bytes)
  }

  private func contents(_ block: UInt32) -> [UInt8] {
    let cluster = Int(block / blocksPerCluster) + 2
    guard let index = files.indices.first(where: { clusters(of: $0).contains(cluster) }) else {
      return filled([])
    }
    let offset =
      (cluster - clusters(of: index).lowerBound) * clusterSize
      + Int(block % blocksPerCluster) * Self.blockSize
    return filled(Array(files[index].bytes.dropFirst(offset).prefix(Self.blockSize)))
  }

  private func padded(_ text: String, _ count: Int) -> [UInt8] {
    let bytes = Array(text.utf8.prefix(count))
    return bytes + Array(repeating: 0x20, count: count - bytes.count)
  }
}
