// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BootloaderModels
import FlashProtocols
import FlashSupport
import TestSupport

/// Two boards to flash, and an image for them.
enum SAMBAFixture {
  static let nrf = FlashParameters(start: 0x1_0000, length: 0xF_0000, block: 4096, page: 4096)
  static let samd = FlashParameters(start: 0x2000, length: 0x3_E000, block: 64, page: 256)

  static func image(_ start: UInt32, count: Int, seed: UInt64 = 1) -> FlashImage {
    var random = SplitMix64(seed: seed)
    return FlashImage(start: start, bytes: (0..<count).map { _ in UInt8(random.int(0...255)) })
  }

  static func sweep(nrf count: Int) -> FaultSweep<NordicMonitor, SAMBASession> {
    let image = image(0x1_0000, count: count)
    return FaultSweep(
      memory: .nrf52840(), bootloader: { NordicMonitor() },
      session: { SAMBASession(variant: .nrf, image: image, parameters: nrf) },
      isRight: { $0.read(image.start, count: count) == image.bytes })
  }

  static func sweep(samd count: Int) -> FaultSweep<MicrochipMonitor, SAMBASession> {
    let image = image(0x2000, count: count)
    var memory = MemoryArray.samd21()
    memory.place(Self.image(0x100, count: 0x1F00, seed: 7).bytes, at: 0x100)
    // What was there before is in the way until it is erased.
    memory.place(Self.image(0x2000, count: 0x3000, seed: 8).bytes, at: 0x2000)
    let bootloader = memory.read(0, count: 0x2000)
    return FaultSweep(
      memory: memory, bootloader: { MicrochipMonitor(keepsPackets: true) },
      session: { SAMBASession(variant: .samd, image: image, parameters: samd) },
      isRight: {
        $0.read(image.start, count: count) == image.bytes && $0.read(0, count: 0x2000) == bootloader
      })
  }
}
