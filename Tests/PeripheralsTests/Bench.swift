// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

/// RAM, wires and randomness for a peripheral on the bench.
final class BenchEnvironment: DeviceEnvironment {
  static let ramBase: UInt32 = 0x2000_0000
  var ram = [UInt8](repeating: 0, count: 4096)
  var levels: [Pin: Level] = [:]
  var sound: (PDMRequest) -> [Float]? = { _ in nil }
  private(set) var soundRequests: [PDMRequest] = []
  var volts: [Pin: Float] = [:]
  var shift: (UInt8, SPIBus) -> UInt8? = { _, _ in nil }
  private(set) var shifted: [UInt8] = []
  var twoWire: (I2CSignal, I2CBus) -> I2CAnswer = { _, _ in .notAcknowledged }
  private(set) var twoWireSignals: [I2CSignal] = []
  private var state: UInt64 = 1

  func readRAM(_ address: Address, _ count: Int) -> [UInt8]? {
    range(address, count).map { Array(ram[$0]) }
  }
  func writeRAM(_ bytes: [UInt8], at address: Address) -> Bool {
    guard let range = range(address, bytes.count) else { return false }
    ram.replaceSubrange(range, with: bytes)
    return true
  }
  func level(of pin: Pin) -> Level? { levels[pin] }
  func pdmSamples(_ request: PDMRequest, data: Pin) -> [Float]? {
    soundRequests.append(request)
    return sound(request)
  }
  func volts(on pin: Pin) -> Float? { volts[pin] }
  func spi(_ byte: UInt8, on bus: SPIBus) -> UInt8? {
    shifted.append(byte)
    return shift(byte, bus)
  }
  func i2c(_ signal: I2CSignal, on bus: I2CBus) -> I2CAnswer {
    twoWireSignals.append(signal)
    return twoWire(signal, bus)
  }
  func random() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state
  }

  private func range(_ address: Address, _ count: Int) -> Range<Int>? {
    let start = Int(address.bits) - Int(Self.ramBase)
    guard start >= 0, count >= 0, start + count <= ram.count else { return nil }
    return start..<(start + count)
  }
}

/// Stands in for the machine: it keeps the time and the one pending wake, and notes every effect.
struct Bench<Device: Peripheral> {
  /// 64 cycles are a microsecond.
  static var reference: Frequency { Frequency(hertz: 64_000_000) }

  var device: Device
  let environment = BenchEnvironment()
  private(set) var now = Instant.reset
  private(set) var interruptIsRaised = false
  private(set) var log: [(at: Instant, effect: DeviceContext.Effect)] = []
  private var wake = Instant.never

  init(_ device: Device) { self.device = device }

  mutating func read(_ offset: UInt32) -> UInt32 {
    var context = DeviceContext(now: now, environment: environment)
    let value = device.read(offset, in: &context)
    take(context)
    return value
  }

  mutating func write(_ offset: UInt32, _ value: UInt32) {
    call { $0.write(offset, value, in: &$1) }
  }

  mutating func read(_ offset: UInt32, _ width: BusWidth) -> UInt32 {
    var context = DeviceContext(now: now, environment: environment)
    let value = device.read(offset, width, in: &context)
    take(context)
    return value
  }

  mutating func write(_ offset: UInt32, _ value: UInt32, _ width: BusWidth) {
    call { $0.write(offset, value, width, in: &$1) }
  }

  mutating func call(_ body: (inout Device, inout DeviceContext) -> Void) {
    var context = DeviceContext(now: now, environment: environment)
    body(&device, &context)
    take(context)
  }

  /// Lets this many cycles pass, waking the device whenever it asked for it.
  mutating func run(cycles: UInt64) { run(until: now + Cycles(cycles)) }
  mutating func run(microseconds: UInt64) { run(cycles: microseconds * 64) }

  mutating func run(until end: Instant) {
    while wake <= end {
      now = max(now, wake)
      wake = .never
      call { $0.wake(in: &$1) }
    }
    now = end
  }

  /// The instants, in cycles, at which an event was published.
  func instants(ofEvent offset: UInt32) -> [UInt64] {
    log.filter { $0.effect == .event(offset: offset) }.map(\.at.sinceReset.count)
  }

  var effects: [DeviceContext.Effect] { log.map(\.effect) }

  private mutating func take(_ context: DeviceContext) {
    for effect in context.effects {
      switch effect {
      case .wake(let instant): wake = instant
      case .interruptLine(let raised): interruptIsRaised = raised
      default: log.append((now, effect))
      }
    }
  }
}

/// A device of this kind on the bench, with these numbers in its board file.
func bench<Device: Peripheral>(
  _ make: (DeviceParameters) -> Device, _ numbers: [String: UInt64] = [:]
) -> Bench<Device> {
  Bench(
    make(
      DeviceParameters(
        name: "under test", base: Address(0x4000_0000), reference: Frequency(hertz: 64_000_000),
        numbers: numbers)))
}
