// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps
import Testing

@testable import Peripherals

/// As for Nordic's blocks: whatever firmware does to them, nothing traps.
@Suite struct MicrochipFuzzTests {
  private static let makers: [@Sendable (DeviceParameters) -> any Peripheral] = [
    MicrochipPM.init, MicrochipSYSCTRL.init, MicrochipGCLK.init, MicrochipNVMCTRL.init,
    MicrochipPORT.init, MicrochipEIC.init, MicrochipWDT.init, MicrochipRTC.init,
    MicrochipDSU.init, MicrochipPAC.init,
  ]

  @Test(arguments: makers.indices) func randomAccesses_neverTrap(maker: Int) {
    for seed in 1...30 as ClosedRange<UInt64> { abuse(Self.makers[maker], seed: seed) }
  }

  private func abuse(_ make: (DeviceParameters) -> any Peripheral, seed: UInt64) {
    var state = seed
    func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 16
    }
    let names = ["flash", "crystal", "crystal32KMilliseconds", "port", "user0", "user1"]
    let numbers = Dictionary(
      uniqueKeysWithValues: names.map { ($0, (next() << 16) >> (next() % 64)) })
    let reference = [48_000_000, 1_000_000, 7, 999_999_937][Int(seed % 4)] as UInt64
    var device = make(
      DeviceParameters(
        name: "fuzz", base: Address(0x4100_4000), reference: Frequency(hertz: reference),
        numbers: seed % 3 == 0 ? numbers : [:]))
    let environment = BenchEnvironment()
    var now = Instant.reset
    for _ in 0..<1000 {
      now = now + Cycles(next() >> (8 + next() % 40))
      var context = DeviceContext(now: now, environment: environment)
      let width = [BusWidth.byte, .half, .word][Int(next() % 3)]
      let place = next() % 8 == 0 ? next() << 16 : next() % 0x100
      let offset = UInt32(truncatingIfNeeded: place) & ~UInt32(width.rawValue - 1)
      let value = next() % 3 == 0 ? 1 << UInt32(next() % 32) : UInt32(truncatingIfNeeded: next())
      switch next() % 16 {
      case 0: device.reset(after: .software, in: &context)
      case 1: device.reset(after: .powerOn, in: &context)
      case 2: device.pin(Pin(port: UInt8(value & 255), number: 3), became: .high, in: &context)
      case 3: device.wake(in: &context)
      case 4: _ = device.store(value, width, toFlash: Address(offset), in: &context)
      case 5, 6:
        let rate = value & 1 == 0 ? nil : Frequency(hertz: UInt64(value))
        device.clock(
          value & 2 == 0 ? .source(UInt8(next() % 10)) : .generic(UInt8(next() % 6)),
          became: rate, in: &context)
      case 7: device.apply(.erase(ByteCount(256)), at: value)
      case 8...10: _ = device.read(offset, width, in: &context)
      default: device.write(offset, value, width, in: &context)
      }
    }
  }
}
