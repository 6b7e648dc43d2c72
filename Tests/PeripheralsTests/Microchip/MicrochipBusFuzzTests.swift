// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps
import Testing

@testable import Peripherals

/// Whatever firmware, a host or the far end of a wire does to the blocks that talk, nothing traps.
@Suite struct MicrochipBusFuzzTests {
  private static let makers: [@Sendable (DeviceParameters) -> any Peripheral] = [
    MicrochipUSB.init, MicrochipSERCOM.init, MicrochipTC.init, MicrochipTCC.init,
    MicrochipADC.init, MicrochipDAC.init, MicrochipAC.init, MicrochipDMAC.init,
    MicrochipEVSYS.init,
  ]

  @Test(arguments: makers.indices) func randomAccesses_neverTrap(maker: Int) {
    for seed in 1...30 as ClosedRange<UInt64> { abuse(Self.makers[maker], seed: seed) }
  }

  private struct Dice {
    var state: UInt64

    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 16
    }
    mutating func below(_ limit: UInt64) -> UInt64 { next() % limit }
    mutating func bytes() -> [UInt8] {
      (0..<below(80)).map { _ in UInt8(truncatingIfNeeded: next()) }
    }
    /// Often an address of RAM or one bit, else anything.
    mutating func value() -> UInt32 {
      switch below(4) {
      case 0: 1 << UInt32(below(32))
      case 1: BenchEnvironment.ramBase + UInt32(below(0x1000)) & ~3
      default: UInt32(truncatingIfNeeded: next())
      }
    }
  }

  private func abuse(_ make: (DeviceParameters) -> any Peripheral, seed: UInt64) {
    var dice = Dice(state: seed)
    let names = ["clock", "channels", "bits", "millivolts"]
    let numbers = Dictionary(
      uniqueKeysWithValues: names.map { ($0, (dice.next() << 16) >> dice.below(64)) })
    let reference = [48_000_000, 1_000_000, 7, 999_999_937][Int(seed % 4)] as UInt64
    var device = make(
      DeviceParameters(
        name: "fuzz", base: Address(SAMD21.Base.dmac), reference: Frequency(hertz: reference),
        numbers: seed % 3 == 0 ? numbers : ["clock": 3]))
    let environment = BenchEnvironment()
    environment.ram = environment.ram.map { _ in UInt8(truncatingIfNeeded: dice.next()) }
    environment.twoWire = { _, _ in .acknowledged }
    var now = Instant.reset
    for _ in 0..<1000 {
      now = now + Cycles(dice.next() >> (8 + dice.below(40)))
      var context = DeviceContext(now: now, environment: environment)
      poke(&device, &context, &dice)
    }
  }

  private func poke(
    _ device: inout any Peripheral, _ context: inout DeviceContext, _ dice: inout Dice
  ) {
    let width = [BusWidth.byte, .half, .word][Int(dice.below(3))]
    let place = dice.below(8) == 0 ? dice.next() << 16 : dice.below(0x180)
    let offset = UInt32(truncatingIfNeeded: place) & ~UInt32(width.rawValue - 1)
    switch dice.below(20) {
    case 0: device.reset(after: .software, in: &context)
    case 1: device.receive(UInt8(dice.below(256)), in: &context)
    case 2...4: device.wake(in: &context)
    case 5:
      let rate = dice.below(3) == 0 ? nil : Frequency(hertz: dice.below(1 << 32) + 1)
      device.clock(.generic(UInt8(dice.below(6))), became: rate, in: &context)
    case 6...8: _ = device.usb(event(&dice), in: &context)
    case 9: _ = device.tasks(triggeredBy: Address(dice.value()))
    case 10...12: _ = device.read(offset, width, in: &context)
    default: device.write(offset, dice.value(), width, in: &context)
    }
  }

  private func event(_ dice: inout Dice) -> USBBusEvent {
    let (address, endpoint) = (UInt8(dice.below(3)), UInt8(dice.below(9)))
    return switch dice.below(8) {
    case 0: .reset
    case 1: .suspend
    case 2: .resume
    case 3: .startOfFrame(UInt16(dice.below(1 << 16)))
    case 4: .setup(address: address, endpoint: endpoint, dice.bytes())
    case 5: .out(address: address, endpoint: endpoint, dice.bytes())
    case 6: .power(dice.below(2) == 0)
    default: .in(address: address, endpoint: endpoint)
    }
  }
}
