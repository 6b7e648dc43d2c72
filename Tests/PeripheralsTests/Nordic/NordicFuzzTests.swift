// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps
import Testing

@testable import Peripherals

/// Guest behaviour never crashes the host: random values into every register of every block, pins
/// that move, bytes that arrive, wakes early and late. A trap ends the test process.
@Suite struct NordicFuzzTests {
  private static let makers: [@Sendable (DeviceParameters) -> any Peripheral] = [
    NordicClockPower.init, NordicFICR.init, NordicUICR.init, NordicNVMC.init, NordicGPIO.init,
    NordicGPIOTE.init, NordicPPI.init, NordicUARTE.init, NordicTimer.init, NordicRTC.init,
    NordicPDM.init, NordicRNG.init, NordicTEMP.init, NordicWDT.init, NordicEGU.init,
    NordicUSBD.init, NordicTrim.init,
    NordicPWM.init, NordicSharedSerial.init,
    NordicSAADC.init,
  ]

  @Test(arguments: makers.indices) func randomAccesses_neverTrap(maker: Int) {
    for seed in 0..<40 as Range<UInt64> { abuse(Self.makers[maker], seed: seed + 1) }
  }

  private func abuse(_ make: (DeviceParameters) -> any Peripheral, seed: UInt64) {
    var generator = SplitMix(state: seed)
    let environment = BenchEnvironment()
    environment.sound = { Array(repeating: .infinity, count: $0.count) }
    let reference = Frequency(hertz: [64_000_000, 1_000_000, 7, 999_999_937][Int(seed % 4)])
    let numbers = Dictionary(
      uniqueKeysWithValues: ["channels", "flash", "ram", "milliCelsius", "gpio"]
        .map { ($0, generator.next() >> generator.next(below: 64)) })
    var device = make(
      DeviceParameters(
        name: "fuzz", base: Address(UInt32.max - 100), reference: reference,
        numbers: seed % 3 == 0 ? numbers : [:]))
    var now = Instant.reset
    for _ in 0..<1500 {
      let step = generator.next() >> (24 + generator.next(below: 40))
      now = Instant(sinceReset: now.sinceReset + Cycles(step))
      var context = DeviceContext(now: now, environment: environment)
      poke(&device, &context, &generator)
      if let wake = context.effects.reversed().compactMap(\.wakeInstant).first, wake > now,
        wake != .never, generator.next(below: 2) == 0
      {
        now = min(wake, Instant(sinceReset: Cycles(1 << 55)))
      }
    }
  }

  private func poke(
    _ device: inout any Peripheral, _ context: inout DeviceContext, _ generator: inout SplitMix
  ) {
    let offset = UInt32(generator.next(below: 0x400)) * 4
    let value = interestingValue(&generator)
    let pin = Pin(
      port: UInt8(generator.next(below: 4)), number: UInt8(generator.next(below: 256)))
    switch generator.next(below: 32) {
    case 0: device.reset(in: &context)
    case 1:
      let causes = DeviceContext.ResetCause.allCases
      device.reset(after: causes[Int(generator.next(below: 5))], in: &context)
    case 2, 3: device.pin(pin, became: .high, in: &context)
    case 4, 5: device.receive(UInt8(truncatingIfNeeded: value), in: &context)
    case 6: _ = device.store(value, toFlash: Address(offset), in: &context)
    case 7: _ = device.tasks(triggeredBy: Address(value))
    case 8: device.apply(.erase(ByteCount(4096)), at: value)
    case 9...13: device.wake(in: &context)
    case 14: _ = device.usb(busEvent(value, &generator), in: &context)
    case 15...18: _ = device.read(generator.next(below: 8) == 0 ? value : offset, in: &context)
    // Half of the writes go where the tasks are.
    case 19...25: device.write(offset & 0x7C, value, in: &context)
    default: device.write(offset, value, in: &context)
    }
  }

  private func busEvent(_ value: UInt32, _ generator: inout SplitMix) -> USBBusEvent {
    let bytes = [UInt8](
      repeating: UInt8(truncatingIfNeeded: value), count: Int(generator.next(below: 80)))
    let endpoint = UInt8(generator.next(below: 4) == 0 ? generator.next(below: 256) : 1)
    return switch generator.next(below: 10) {
    case 0: .power(value & 15 != 0)
    case 1: .reset
    case 2: .suspend
    case 3: .resume
    case 4: .startOfFrame(UInt16(truncatingIfNeeded: value))
    case 5: .setup(address: 0, endpoint: 0, Array(bytes.prefix(8)))
    case 6, 7: .out(address: 0, endpoint: endpoint & 0xF7, bytes)
    default: .in(address: 0, endpoint: endpoint)
    }
  }

  private func interestingValue(_ generator: inout SplitMix) -> UInt32 {
    switch generator.next(below: 6) {
    case 0: 1
    case 1: UInt32(generator.next(below: 16))
    case 2: .max
    case 3: BenchEnvironment.ramBase + UInt32(generator.next(below: 8192))
    default: UInt32(truncatingIfNeeded: generator.next())
    }
  }
}

extension DeviceContext.Effect {
  fileprivate var wakeInstant: Instant? { if case .wake(let at) = self { at } else { nil } }
}

/// Sebastiano Vigna's SplitMix64.
private struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
  mutating func next(below limit: UInt64) -> UInt64 { next() % limit }
}
