// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BootloaderModels
import FlashProtocols
import TestSupport

/// Boards with DFU and DfuSe bootloaders, their flash full of something else.
package enum DFUBoards {
  package typealias Plain = DFUBoard<DFUPartitions<MemoryArray>>
  package typealias ST = DFUBoard<DfuSeMemory<MemoryArray>>

  package static func memory(size: Int, at start: UInt32, unit: Int) -> MemoryArray {
    var memory = MemoryArray()
    memory.add(.flash(eraseUnit: unit), at: start, size: size, fill: 0x5A)
    return memory
  }

  /// - Parameter program: what the board does when it is plugged in.
  package static func unoR4Minima(_ program: Plain.Program = .bootloader) -> Plain {
    var store = DFUPartitions(
      memory: memory(size: 0x4_0000, at: 0, unit: 2048),
      partitions: [
        .init(start: 0x4000, length: 0x3_C000), .init(start: 0x4000, length: 0x3_C000),
      ], transferSize: 64, eraseSize: 2048, gathers: true)
    store.writeDuration = .milliseconds(1)
    return Plain(.unoR4Minima(), store: store, program: program)
  }

  package static let unoParameters = FlashParameters(
    start: 0x4000, length: 0x3_C000, block: 2048, transfer: 64)

  package static func openMV() -> Plain {
    var store = DFUPartitions(
      memory: memory(size: 0x20_0000, at: 0x0800_0000, unit: 0x2_0000),
      partitions: [
        .init(start: 0x0800_0000, length: 0x2_0000, isWritable: false),
        .init(start: 0x0802_0000, length: 0x2_0000), .init(start: 0x0804_0000, length: 0x1A_0000),
        .init(start: 0x081E_0000, length: 0x2_0000),
      ], transferSize: 4096, eraseSize: 0x2_0000, applicationPartition: 2)
    store.eraseDuration = .milliseconds(1200)
    return Plain(.openMV(), store: store)
  }

  package static let openMVParameters = FlashParameters(
    start: 0x0804_0000, length: 0x1A_0000, alternate: 2)

  package static func portentaH7() throws -> ST {
    let store = DfuSeMemory(
      memory: memory(size: 0x20_0000, at: 0x0800_0000, unit: 0x2_0000),
      layouts: try DFUProfile.portentaLayouts.map { try .init($0) }, transferSize: 4096,
      applicationStart: 0x0804_0000)
    return ST(.portentaH7(), store: store)
  }

  package static let portentaParameters = FlashParameters(
    start: 0x0804_0000, length: 0x1C_0000)

  package static func stm32F746() throws -> ST {
    var store = DfuSeMemory(
      memory: memory(size: 0x10_0000, at: 0x0800_0000, unit: 0x8000),
      layouts: try DFUProfile.stm32F746Layouts.map { try .init($0) }, transferSize: 2048,
      applicationStart: 0x0800_0000)
    store.commands.append(0x92)
    store.eraseDuration = .milliseconds(800)
    store.writeDuration = .milliseconds(20)
    store.startsAtPointer = true
    return ST(.stm32F746(), store: store)
  }

  package static let stm32F746Parameters = FlashParameters(
    start: 0x0800_0000, length: 0x10_0000)

  /// A program whose stack pointer a bootloader believes, with bytes of a seed behind it.
  package static func program(_ count: Int, seed: UInt64, at start: UInt32) -> FlashImage {
    var random = SplitMix64(seed: seed)
    var bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    for (index, byte) in [0x00, 0x80, 0x00, 0x20].enumerated() where index < count {
      bytes[index] = UInt8(byte)
    }
    return FlashImage(start: start, bytes: bytes)
  }
}

extension MemoryArray {
  /// Whether an image is in place.
  package func holds(_ image: FlashImage) -> Bool {
    var memory = self
    return memory.read(image.start, count: image.bytes.count) == image.bytes
  }
}
