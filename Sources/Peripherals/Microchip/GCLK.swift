// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

/// SAM D21 GCLK (DS40001882, GCLK): nine generators that divide what SYSCTRL's oscillators give,
/// and the clocks that blocks choose from them. The rate of each clock is told as
/// `ClockLine.generic`, that of generator 0 as `ClockLine.main`.
///
/// CLKCTRL, GENCTRL and GENDIV show one of many: a write of their lowest byte alone chooses which,
/// a wider one sets it. SYNCBUSY stands for a fixed 4 µs after a write.
public struct MicrochipGCLK: LaneRegisters {
  private typealias GCLK = SAMD21.GCLK
  private static let generatorCount = 9
  /// GCLK_DFLL48_REF to GCLK_I2S_1.
  private static let clockCount = 37
  private static let busyMicroseconds: UInt64 = 4
  /// GENCTRL.SRC.
  private static let internalSource: UInt32 = 2
  private static let lowPower32K: UInt32 = 3
  private static let rc8M: UInt32 = 6
  /// What clocks the watchdog.
  private static let watchdogClock = 3

  static let table = RegisterLayout(
    bytes: [GCLK.Offset.control, GCLK.Offset.status], halves: [GCLK.Offset.clockControl],
    words: [GCLK.Offset.generatorControl, GCLK.Offset.generatorDivision])
  var layout: RegisterLayout { Self.table }

  private let parameters: DeviceParameters
  private var generators = Self.afterReset
  /// CLKCTRL of each clock.
  private var clocks = [UInt32](repeating: 0, count: Self.clockCount)
  private var selectedClock = 0
  private var selectedControl = 0
  private var selectedDivision = 0
  private var busyUntil = Instant.reset
  private var sources: [UInt8: Frequency] = [:]
  private var told: [ClockLine: Frequency] = [:]

  private struct Generator: Codable {
    /// Without the number: SRC and above.
    var control: UInt32 = 0
    var factor: UInt32 = 0
  }

  /// Generator 0 is OSC8M, generator 2 OSCULP32K.
  private static var afterReset: [Generator] {
    var generators = [Generator](repeating: Generator(), count: generatorCount)
    generators[0].control = GCLK.Generator.enable | rc8M << GCLK.Generator.sourceShift
    generators[2].control = GCLK.Generator.enable | lowPower32K << GCLK.Generator.sourceShift
    return generators
  }

  public init(_ parameters: DeviceParameters) {
    self.parameters = parameters
    clocks[Self.watchdogClock] = GCLK.Clock.enable | 2 << GCLK.Clock.generatorShift
  }

  /// Clocks whose WRTLOCK is set, and their generators, keep their settings over all but a power-on
  /// reset; they are taken to be reset all the same.
  public mutating func reset(in context: inout DeviceContext) {
    generators = Self.afterReset
    clocks = Array(repeating: 0, count: Self.clockCount)
    clocks[Self.watchdogClock] = GCLK.Clock.enable | 2 << GCLK.Clock.generatorShift
    (selectedClock, selectedControl, selectedDivision) = (0, 0, 0)
    busyUntil = context.now
    announce(in: &context)
  }

  // MARK: Registers

  mutating func load(_ register: UInt32, in context: inout DeviceContext) -> UInt32 {
    switch register {
    case GCLK.Offset.status: return context.now < busyUntil ? GCLK.Status.busy : 0
    case GCLK.Offset.clockControl:
      return UInt32(selectedClock) | (selectedClock < clocks.count ? clocks[selectedClock] : 0)
    case GCLK.Offset.generatorControl:
      return UInt32(selectedControl) | (generator(selectedControl)?.control ?? 0)
    case GCLK.Offset.generatorDivision:
      let factor = generator(selectedDivision)?.factor ?? 0
      return UInt32(selectedDivision) | factor << GCLK.Division.factorShift
    default: return 0
    }
  }

  private func generator(_ index: Int) -> Generator? {
    index < generators.count ? generators[index] : nil
  }

  mutating func store(
    _ register: UInt32, _ value: UInt32, lanes: UInt32, in context: inout DeviceContext
  ) {
    let selects = lanes & 0xFF != 0
    let sets = lanes & ~0xFF != 0
    switch register {
    case GCLK.Offset.control:
      guard value & GCLK.Control.softwareReset != 0 else { return }
      reset(in: &context)
    case GCLK.Offset.clockControl:
      if selects { selectedClock = Int(value & GCLK.Clock.number) }
      guard sets, selectedClock < clocks.count,
        clocks[selectedClock] & GCLK.Clock.locked == 0
      else { return }
      clocks[selectedClock] = clocks[selectedClock].replacing(lanes: lanes & 0xCF00, with: value)
    case GCLK.Offset.generatorControl:
      if selects { selectedControl = Int(value & GCLK.Generator.number) }
      guard sets, selectedControl < generators.count else { return }
      generators[selectedControl].control = generators[selectedControl].control.replacing(
        lanes: lanes & 0x3F_1F00, with: value)
    case GCLK.Offset.generatorDivision:
      if selects { selectedDivision = Int(value & GCLK.Division.number) }
      guard sets, selectedDivision < generators.count else { return }
      let old = generators[selectedDivision].factor << GCLK.Division.factorShift
      generators[selectedDivision].factor =
        (old.replacing(lanes: lanes, with: value) >> GCLK.Division.factorShift)
        & Self.factorMask(selectedDivision)
    default: return
    }
    busyUntil = context.now + parameters.microseconds(Self.busyMicroseconds)
    announce(in: &context)
  }

  /// Bits of a generator's division factor.
  private static func factorMask(_ generator: Int) -> UInt32 {
    switch generator {
    case 1: 0xFFFF
    case 2: 0x1F
    default: 0xFF
    }
  }

  // MARK: Rates

  public mutating func clock(
    _ line: ClockLine, became frequency: Frequency?, in context: inout DeviceContext
  ) {
    guard case .source(let number) = line, sources[number] != frequency else { return }
    sources[number] = frequency
    announce(in: &context)
  }

  private func rate(ofGenerator index: Int) -> Frequency? {
    guard index < generators.count else { return nil }
    let (control, factor) = (generators[index].control, generators[index].factor)
    guard control & GCLK.Generator.enable != 0 else { return nil }
    let source = (control & GCLK.Generator.source) >> GCLK.Generator.sourceShift
    // Generator 1 is a source of the others.
    let input =
      source == Self.internalSource
      ? index == 1 ? nil : rate(ofGenerator: 1) : sources[UInt8(source)]
    guard let input else { return nil }
    let byPower = control & GCLK.Generator.dividesByPower != 0
    let bits = UInt64(Self.factorMask(index).nonzeroBitCount)
    let divider = byPower ? UInt64(1) << (min(UInt64(factor), bits) + 1) : UInt64(max(1, factor))
    return input.divided(by: divider)
  }

  private mutating func announce(in context: inout DeviceContext) {
    let rates = (0..<Self.generatorCount).map { rate(ofGenerator: $0) }
    tell(.main, rates[0], in: &context)
    for (number, clock) in clocks.enumerated() {
      let generator = Int((clock & GCLK.Clock.generator) >> GCLK.Clock.generatorShift)
      let isOn = clock & GCLK.Clock.enable != 0 && generator < rates.count
      tell(.generic(UInt8(number)), isOn ? rates[generator] : nil, in: &context)
    }
  }

  private mutating func tell(
    _ line: ClockLine, _ rate: Frequency?, in context: inout DeviceContext
  ) {
    guard told[line] != rate else { return }
    told[line] = rate
    context.request(.clock(line, rate))
  }
}
