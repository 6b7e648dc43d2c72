// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps
import Testing

@testable import Peripherals

@Suite struct NordicNVMCTests {
  private var nvmc = bench(NordicNVMC.init)

  private mutating func store(_ value: UInt32, _ address: UInt32) -> Bool {
    var taken = false
    nvmc.call { taken = $0.store(value, toFlash: Address(address), in: &$1) }
    return taken
  }

  @Test mutating func powerOn_findsTheInstructionCacheOff() {
    nvmc.call { $0.reset(after: .powerOn, in: &$1) }
    #expect(nvmc.effects.contains(.instructionCache(enabled: false)))
  }

  @Test mutating func store_needsWriteEnable() {
    #expect(!store(1, 0x1000))
    nvmc.write(NVMC.Offset.config, NVMC.Config.write)
    #expect(store(0xDEAD_BEEF, 0x1000))
    #expect(nvmc.effects == [.flashWrite(Address(0x1000), .word(0xDEAD_BEEF))])
    #expect(nvmc.read(NVMC.Offset.ready) == 0)
    nvmc.run(microseconds: 41)
    #expect(nvmc.read(NVMC.Offset.ready) == 1)
  }

  @Test mutating func erasePage_needsEraseEnable() {
    nvmc.write(NVMC.Offset.erasePage, 0x5000)
    #expect(nvmc.effects.isEmpty)
    nvmc.write(NVMC.Offset.config, NVMC.Config.erase)
    nvmc.write(NVMC.Offset.erasePage, 0x5004)
    nvmc.write(NVMC.Offset.erasePage, 0x10_0000)
    #expect(nvmc.effects == [.flashWrite(Address(0x5000), .erase(.kibibytes(4)))])
    nvmc.run(microseconds: 84_999)
    #expect(nvmc.read(NVMC.Offset.ready) == 0)
    nvmc.run(microseconds: 1)
    #expect(nvmc.read(NVMC.Offset.ready) == 1)
  }

  @Test mutating func partialErase_addsUpOnOnePage() {
    nvmc.write(NVMC.Offset.config, NVMC.Config.erase)
    nvmc.write(NVMC.Offset.erasePagePartialConfig, 30)
    for _ in 0..<2 { nvmc.write(NVMC.Offset.erasePagePartial, 0x3000) }
    #expect(nvmc.effects.isEmpty)
    nvmc.write(NVMC.Offset.erasePagePartial, 0x3000)
    #expect(nvmc.effects == [.flashWrite(Address(0x3000), .erase(.kibibytes(4)))])
  }

  @Test mutating func eraseAll_takesTheUserPageToo() {
    nvmc.write(NVMC.Offset.config, NVMC.Config.erase)
    nvmc.write(NVMC.Offset.eraseAll, 1)
    #expect(
      nvmc.effects == [
        .flashWrite(Address(0), .erase(.kibibytes(1024))),
        .flashWrite(Address(0x1000_1000), .erase(.kibibytes(4))),
      ])
  }

  @Test mutating func cacheSwitch_isPassedOn_andItsCountersAreNotModelled() {
    nvmc.write(NVMC.Offset.cacheConfiguration, NVMC.Cache.enable)
    #expect(nvmc.effects == [.instructionCache(enabled: true)])
    _ = nvmc.read(NVMC.Offset.cacheHits)
    #expect(nvmc.effects.last == .unmodelled(offset: NVMC.Offset.cacheHits, write: false))
  }
}
