// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps
import Testing

@testable import Peripherals

@Suite struct NordicPWMTests {
  private var pwm = bench(NordicPWM.init)
  private static let pin = Pin(port: 0, number: 13)

  /// 16 MHz: four cycles of the CPU a tick.
  private mutating func setUp(
    _ values: [UInt16], top: UInt32 = 1000, refresh: UInt32 = 0, sequence: UInt32 = 0,
    load: UInt32 = PWM.Decoder.common
  ) {
    pwm.environment.ram.replaceSubrange(
      Int(sequence) * 64..<Int(sequence) * 64 + 2 * values.count,
      with: values.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] })
    pwm.write(PWM.Offset.pinSelectOut, 13)
    pwm.write(PWM.Offset.enable, PWM.Enable.on)
    pwm.write(PWM.Offset.counterTop, top)
    pwm.write(PWM.Offset.decoder, load)
    let offset = 0x20 * sequence
    pwm.write(PWM.Offset.sequencePointer + offset, BenchEnvironment.ramBase + 64 * sequence)
    pwm.write(PWM.Offset.sequenceCount + offset, UInt32(values.count))
    pwm.write(PWM.Offset.sequenceRefresh + offset, refresh)
  }

  /// When a pad was driven, in ticks of 16 MHz, and to what.
  private func edges(_ pin: Pin = Self.pin) -> [String] {
    pwm.log.compactMap { at, effect in
      guard case .multiplex(pin, let drive) = effect else { return nil }
      let level = drive == nil ? "-" : drive == .level(.high) ? "H" : "L"
      return "\(level)\(at.sinceReset.count / 4)"
    }
  }

  private func ticks(ofEvent offset: UInt32) -> [UInt64] {
    pwm.instants(ofEvent: offset).map { $0 / 4 }
  }

  @Test mutating func polarity_saysWhichEdgeComesFirst() {
    setUp([250])
    pwm.write(PWM.Offset.tasksSequenceStart, 1)
    pwm.run(microseconds: 124)
    #expect(edges() == ["L0", "H250", "L1000", "H1250"])
    pwm = bench(NordicPWM.init)
    setUp([0x8000 | 250])
    pwm.write(PWM.Offset.tasksSequenceStart, 1)
    pwm.run(microseconds: 124)
    #expect(edges() == ["H0", "L250", "H1000", "L1250"])
  }

  @Test(arguments: [(0x8000 as UInt16, "L0"), (0x83E8, "H0"), (0, "H0"), (1000, "L0")])
  mutating func extremes_haveNoEdges(value: UInt16, expected: String) {
    for mode in [0, PWM.Mode.upAndDown] {
      pwm = bench(NordicPWM.init)
      setUp([value])
      pwm.write(PWM.Offset.mode, mode)
      pwm.write(PWM.Offset.tasksSequenceStart, 1)
      pwm.run(microseconds: 1000)
      #expect(edges() == [expected])
    }
  }

  @Test mutating func upAndDown_isCentred_andTwiceAsLong() {
    setUp([0x8000 | 250])
    pwm.write(PWM.Offset.mode, PWM.Mode.upAndDown)
    pwm.write(PWM.Offset.tasksSequenceStart, 1)
    pwm.run(microseconds: 249)
    #expect(edges() == ["H0", "L250", "H1750", "L2250", "H3750"])
    #expect(ticks(ofEvent: PWM.Offset.eventsPeriodEnd) == [2000])
  }

  @Test mutating func prescaler_dividesTheClock() {
    setUp([0x8000 | 250])
    pwm.write(PWM.Offset.prescaler, 7)
    pwm.write(PWM.Offset.tasksSequenceStart, 1)
    pwm.run(microseconds: 8500)
    #expect(edges() == ["H0", "L32000", "H128000"])
  }

  @Test mutating func sequence_repeatsEachValue_andKeepsTheLast() {
    setUp([0x8000 | 100, 0x8000 | 200], refresh: 1)
    pwm.write(PWM.Offset.sequenceEndDelay, 1)
    pwm.write(PWM.Offset.tasksSequenceStart, 1)
    pwm.run(microseconds: 340)
    #expect(
      edges() == ["H0", "L100", "H1000", "L1100", "H2000", "L2200", "H3000", "L3200", "H4000"]
        + ["L4200", "H5000", "L5200"])
    #expect(ticks(ofEvent: PWM.Offset.eventsSequenceStarted) == [0])
    #expect(ticks(ofEvent: PWM.Offset.eventsSequenceEnd) == [4000])
    #expect(ticks(ofEvent: PWM.Offset.eventsLoopsDone) == [])
    #expect(ticks(ofEvent: PWM.Offset.eventsPeriodEnd) == [1000, 2000, 3000, 4000, 5000])
  }

  @Test mutating func loops_playBothSequencesInTurn() {
    setUp([0x8001, 0x8002])
    setUp([0x8003], sequence: 1)
    pwm.write(PWM.Offset.sequenceEndDelay, 1)
    pwm.write(PWM.Offset.loop, 2)
    pwm.write(PWM.Offset.shorts, PWM.Shorts.loopsDoneStop)
    pwm.write(PWM.Offset.tasksSequenceStart, 1)
    pwm.run(microseconds: 1000)
    #expect(ticks(ofEvent: PWM.Offset.eventsSequenceStarted) == [0, 4000])
    #expect(ticks(ofEvent: PWM.Offset.eventsSequenceStarted + 4) == [3000, 7000])
    #expect(ticks(ofEvent: PWM.Offset.eventsSequenceEnd + 4) == [4000, 8000])
    #expect(ticks(ofEvent: PWM.Offset.eventsLoopsDone) == [8000])
    #expect(ticks(ofEvent: PWM.Offset.eventsStopped) == [8000])
    #expect(edges().last == "-8000")
  }

  /// How nrfx plays one sequence for ever: the second, with a shortcut back to it.
  @Test mutating func loopsDone_startsAgainWithoutAGap() {
    setUp([0x8000 | 500], sequence: 1)
    pwm.write(PWM.Offset.loop, 1)
    pwm.write(PWM.Offset.shorts, PWM.Shorts.loopsDoneStart1)
    pwm.write(PWM.Offset.tasksSequenceStart + 4, 1)
    pwm.run(microseconds: 200)
    #expect(ticks(ofEvent: PWM.Offset.eventsLoopsDone) == [1000, 2000, 3000])
    #expect(ticks(ofEvent: PWM.Offset.eventsSequenceStarted + 4) == [0, 1000, 2000, 3000])
    #expect(edges() == ["H0", "L500", "H1000", "L1500", "H2000", "L2500", "H3000"])
  }

  @Test mutating func values_areRereadEachTime_forSoftwareThatChangesThemInPlace() {
    setUp([0x8000 | 500], sequence: 1)
    pwm.write(PWM.Offset.loop, 1)
    pwm.write(PWM.Offset.shorts, PWM.Shorts.loopsDoneStart1)
    pwm.write(PWM.Offset.tasksSequenceStart + 4, 1)
    pwm.run(microseconds: 40)
    pwm.environment.ram[65] = 0x80
    pwm.environment.ram[64] = 0x10
    pwm.run(microseconds: 60)
    #expect(edges() == ["H0", "L500", "H1000", "L1016"])
  }

  @Test mutating func stop_finishesThePeriod_andGivesThePadBack() {
    setUp([0x8000 | 500])
    pwm.write(
      PWM.Offset.interruptEnableSet, NordicEvent.interruptMask(of: PWM.Offset.eventsStopped))
    pwm.write(PWM.Offset.tasksSequenceStart, 1)
    pwm.run(microseconds: 70)
    pwm.write(PWM.Offset.tasksStop, 1)
    #expect(!pwm.interruptIsRaised)
    pwm.run(microseconds: 100)
    #expect(pwm.interruptIsRaised)
    #expect(ticks(ofEvent: PWM.Offset.eventsStopped) == [2000])
    #expect(edges() == ["H0", "L500", "H1000", "L1500", "-2000"])
    pwm.write(PWM.Offset.tasksStop, 1)
    #expect(ticks(ofEvent: PWM.Offset.eventsStopped).count == 2)
  }

  @Test mutating func shortcut_stopsAtTheEndOfASequence() {
    setUp([0x8000 | 500])
    pwm.write(PWM.Offset.shorts, PWM.Shorts.sequenceEnd0Stop)
    pwm.write(PWM.Offset.tasksSequenceStart, 1)
    pwm.run(microseconds: 500)
    #expect(ticks(ofEvent: PWM.Offset.eventsStopped) == [1000])
    #expect(edges() == ["H0", "L500", "-1000"])
  }

  @Test mutating func decoder_spreadsValuesOverOutputs() {
    setUp([0x8001, 0x8002, 0x8003, 500], load: PWM.Decoder.waveForm)
    for channel in 1..<4 as Range<UInt32> {
      pwm.write(PWM.Offset.pinSelectOut + 4 * channel, channel)
    }
    pwm.write(PWM.Offset.tasksSequenceStart, 1)
    pwm.run(microseconds: 33)
    #expect(edges() == ["H0", "L1", "H500", "L501"])
    #expect(edges(Pin(port: 0, number: 2)) == ["H0", "L3", "H500", "L503"])
    #expect(edges(Pin(port: 0, number: 3)) == ["H0"])

    pwm = bench(NordicPWM.init)
    setUp([0x8001, 0x8002], load: PWM.Decoder.grouped)
    for channel in 1..<4 as Range<UInt32> {
      pwm.write(PWM.Offset.pinSelectOut + 4 * channel, channel)
    }
    pwm.write(PWM.Offset.tasksSequenceStart, 1)
    pwm.run(microseconds: 33)
    #expect(edges(Pin(port: 0, number: 1)) == ["H0", "L1"])
    #expect(edges(Pin(port: 0, number: 2)) == ["H0", "L2"])
  }

  @Test mutating func nextStep_movesOnOnlyWhenTold() {
    setUp([0x8001, 0x8002], load: PWM.Decoder.common | PWM.Decoder.nextStep)
    pwm.write(PWM.Offset.tasksSequenceStart, 1)
    pwm.run(microseconds: 150)
    pwm.write(PWM.Offset.tasksNextStep, 1)
    pwm.run(microseconds: 60)
    #expect(edges() == ["H0", "L1", "H1000", "L1001", "H2000", "L2001", "H3000", "L3002"])
  }

  @Test mutating func values_outsideRAMAreAFault_andTheOldOnesStay() {
    setUp([0x8000 | 500])
    pwm.write(PWM.Offset.sequencePointer, 0x1000)
    pwm.write(PWM.Offset.tasksSequenceStart, 1)
    #expect(pwm.effects.contains(.dmaFault(Address(0x1000), ByteCount(2))))
    pwm.run(microseconds: 70)
    #expect(ticks(ofEvent: PWM.Offset.eventsSequenceEnd) == [1000])
  }

  @Test mutating func disabledOrEmpty_nothingStarts() {
    pwm.write(PWM.Offset.tasksSequenceStart, 1)
    setUp([])
    pwm.write(PWM.Offset.tasksSequenceStart, 1)
    pwm.run(microseconds: 200)
    #expect(pwm.effects.isEmpty)
  }

  @Test mutating func switchingOff_givesThePadBackAtOnce() {
    setUp([0x8000 | 500])
    pwm.write(PWM.Offset.tasksSequenceStart, 1)
    pwm.run(microseconds: 10)
    pwm.write(PWM.Offset.enable, 0)
    pwm.run(microseconds: 100)
    #expect(edges() == ["H0", "-160"])
  }
}
