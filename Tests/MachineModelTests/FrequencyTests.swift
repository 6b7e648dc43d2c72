// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MachineModel

@Suite struct FrequencyTests {
  let cpu = Frequency(hertz: 64_000_000)

  @Test func tickClock_isReducedToLowestTerms() {
    let low = TickClock(Frequency(hertz: 32768), reference: cpu)
    #expect(low.cycles == 15625)
    #expect(low.ticks == 8)
  }

  @Test func spanOfTicks_isTheShortestThatHoldsThem() {
    let low = TickClock(Frequency(hertz: 32768), reference: cpu)
    #expect(low.span(ofTicks: 1) == Cycles(1954))
    #expect(low.span(ofTicks: 8) == Cycles(15625))
    #expect(low.ticks(in: Cycles(1953)) == 0)
    #expect(low.ticks(in: Cycles(1954)) == 1)
  }

  @Test(arguments: [1, 7, 32768, 1 << 40] as [UInt64])
  func ticksAndSpans_areInverse_howeverLongTheRun(count: UInt64) {
    let low = TickClock(Frequency(hertz: 32768), reference: cpu)
    #expect(low.ticks(in: low.span(ofTicks: count)) == count)
  }

  @Test func dividedClock_staysExact() {
    let third = TickClock(cpu.divided(by: 3), reference: cpu)
    #expect(third.span(ofTicks: 1_000_000) == Cycles(3_000_000))
  }

  @Test func overflow_saturates() {
    let low = TickClock(Frequency(hertz: 32768), reference: cpu)
    #expect(low.span(ofTicks: .max) == Cycles(.max))
  }
}
