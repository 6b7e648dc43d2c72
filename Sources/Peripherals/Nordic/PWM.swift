// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

/// nRF52840 PWM (Product Specification v1.7, 6.17): a 16 MHz wave counter behind a prescaler whose
/// four outputs are switched at compare values that EasyDMA reads from two sequences in RAM.
///
/// While the counter runs its outputs have their pads, whatever GPIO says; before and after that
/// the pads are GPIO's. Every edge is an instant of its own. SEQEND comes with the end of the last
/// period of the last value, before ENDDELAY.
public struct NordicPWM: Peripheral {
  private static let channelCount = 4
  private static let sequenceStride: UInt32 = 0x20

  private let reference: Frequency
  private var wave: Wave?
  private var playing: Playing?
  /// The sequence that starts with the next period.
  private var starting: Int?
  private var isStopping = false
  private var loopsLeft: UInt32 = 0
  private var outputs = [Output](repeating: Output(), count: Self.channelCount)
  private var events = EventRegisters(
    [
      PWM.Offset.eventsStopped, PWM.Offset.eventsSequenceStarted,
      PWM.Offset.eventsSequenceStarted + 4, PWM.Offset.eventsSequenceEnd,
      PWM.Offset.eventsSequenceEnd + 4, PWM.Offset.eventsPeriodEnd, PWM.Offset.eventsLoopsDone,
    ], hasInterruptEnable: true)
  private var registers = StoredRegisters(
    [
      .init(PWM.Offset.shorts, writable: 0x1F),
      .init(PWM.Offset.enable, writable: PWM.Enable.on),
      .init(PWM.Offset.mode, writable: PWM.Mode.upAndDown),
      .init(PWM.Offset.counterTop, writable: 0x7FFF, reset: PWM.Reset.counterTop),
      .init(PWM.Offset.prescaler, writable: 0x7),
      .init(PWM.Offset.decoder, writable: PWM.Decoder.load | PWM.Decoder.nextStep),
      .init(PWM.Offset.loop, writable: 0xFFFF),
    ] + (0..<2).flatMap(Self.sequenceRegisters)
      + (0..<UInt32(Self.channelCount)).map {
        .init(
          PWM.Offset.pinSelectOut + 4 * $0, writable: 0x8000_003F, reset: PWM.Reset.pinSelectOut)
      })

  /// One output's compare value, and the pad that it drives.
  private struct Output: Codable {
    var compare: UInt64 = 0
    /// Bit 15 of a value: whether the first edge of a period falls.
    var fallsFirst = false
    var pin: Pin?
    var level: Level?
  }

  /// The wave counter. Periods are counted in ticks from where the present clock began, so that
  /// nothing drifts.
  private struct Wave: Codable {
    var prescaler: UInt32
    var clock: TickClock
    var origin: Instant
    /// The period's first tick.
    var start: UInt64
    var top: UInt64
    var countsDown: Bool

    var end: UInt64 { start + (countsDown ? 2 * top : top) }
    func instant(ofTick tick: UInt64) -> Instant { origin + clock.span(ofTicks: tick) }
  }

  /// A sequence that is being played.
  private struct Playing: Codable {
    let sequence: Int
    /// Values of 16 bits that have been read.
    var used: UInt32 = 0
    /// Periods that the present value is still repeated.
    var repeats: UInt32 = 0
    /// The next value is read with the next period.
    var isDue = false
    var isDelaying = false
  }

  public init(_ parameters: DeviceParameters) { reference = parameters.reference }

  private static func sequenceRegisters(_ sequence: UInt32) -> [StoredRegisters.Register] {
    let offset = sequence * sequenceStride
    return [
      .init(PWM.Offset.sequencePointer + offset),
      .init(PWM.Offset.sequenceCount + offset, writable: 0x7FFF),
      .init(
        PWM.Offset.sequenceRefresh + offset, writable: 0xFF_FFFF, reset: PWM.Reset.sequenceRefresh),
      .init(PWM.Offset.sequenceEndDelay + offset, writable: 0xFF_FFFF),
    ]
  }

  public mutating func reset(in context: inout DeviceContext) {
    halt(in: &context)
    outputs = Array(repeating: Output(), count: Self.channelCount)
    loopsLeft = 0
    registers.reset()
    events.reset(in: &context)
  }

  // MARK: Registers

  public mutating func read(_ offset: UInt32, in context: inout DeviceContext) -> UInt32 {
    if let value = events.read(offset) ?? registers.read(offset) { return value }
    context.reportUnmodelled(offset, write: false)
    return 0
  }

  public mutating func write(_ offset: UInt32, _ value: UInt32, in context: inout DeviceContext) {
    if events.write(offset, value, in: &context) { return }
    if registers.write(offset, value) {
      if offset == PWM.Offset.enable, !isEnabled { halt(in: &context) }
      return
    }
    if let sequence = element(of: offset, in: PWM.Offset.tasksSequenceStart, count: 2) {
      if value & 1 != 0 { start(sequence, in: &context) }
    } else if offset == PWM.Offset.tasksStop {
      if value & 1 != 0 { stop(in: &context) }
    } else if offset == PWM.Offset.tasksNextStep {
      if value & 1 != 0 { nextStep() }
    } else {
      context.reportUnmodelled(offset, write: true)
    }
  }

  private var isEnabled: Bool { registers[PWM.Offset.enable] & PWM.Enable.on != 0 }
  private var stepsByTask: Bool { registers[PWM.Offset.decoder] & PWM.Decoder.nextStep != 0 }

  private func value(_ register: UInt32, of sequence: Int) -> UInt32 {
    registers[register + UInt32(sequence) * Self.sequenceStride]
  }

  // MARK: Tasks

  private mutating func start(_ sequence: Int, in context: inout DeviceContext) {
    guard isEnabled, value(PWM.Offset.sequenceCount, of: sequence) > 0 else { return }
    (starting, isStopping) = (sequence, false)
    loopsLeft = registers[PWM.Offset.loop]
    guard wave == nil else { return }
    let clock = TickClock(Frequency(hertz: 16_000_000), reference: reference)
    wave = Wave(
      prescaler: 0, clock: clock, origin: context.now, start: 0, top: 3, countsDown: false)
    for channel in outputs.indices {
      outputs[channel].pin = Pin(select: registers[PWM.Offset.pinSelectOut + 4 * UInt32(channel)])
    }
    beginPeriod(at: context.now, in: &context)
    run(in: &context)
  }

  /// STOP: the period is played to its end.
  private mutating func stop(in context: inout DeviceContext) {
    if wave == nil {
      events.fire(PWM.Offset.eventsStopped, in: &context)
    } else {
      (isStopping, starting) = (true, nil)
    }
  }

  private mutating func nextStep() {
    if stepsByTask, playing?.isDelaying == false { playing?.repeats = 0 }
  }

  /// No more edges; the pads go back to GPIO.
  private mutating func halt(in context: inout DeviceContext) {
    (wave, playing, starting, isStopping) = (nil, nil, nil, false)
    for channel in outputs.indices {
      if let pin = outputs[channel].pin, outputs[channel].level != nil {
        context.request(.multiplex(pin, nil))
      }
      outputs[channel].level = nil
    }
    context.cancelWake()
  }

  // MARK: Periods

  public mutating func wake(in context: inout DeviceContext) { run(in: &context) }

  /// Plays what has come due. Bounded, should the machine ever be far behind.
  private mutating func run(in context: inout DeviceContext) {
    for _ in 0..<64 {
      guard let wave, wave.instant(ofTick: wave.end) <= context.now else { break }
      endPeriod(wave, in: &context)
    }
    guard let wave else { return }
    let tick = wave.clock.ticks(in: context.now - wave.origin)
    let position = min(max(tick, wave.start), wave.end - 1) - wave.start
    var next = wave.end - wave.start
    for channel in outputs.indices {
      guard let pin = outputs[channel].pin else { continue }
      let level = Self.level(outputs[channel], wave, at: position)
      if level != outputs[channel].level {
        outputs[channel].level = level
        context.request(.multiplex(pin, .level(level)))
      }
      let compare = outputs[channel].compare
      guard compare < wave.top else { continue }
      if compare > position { next = min(next, compare) }
      if wave.countsDown, 2 * wave.top - compare > position {
        next = min(next, 2 * wave.top - compare)
      }
    }
    context.wake(at: wave.instant(ofTick: wave.start + next))
  }

  private static func level(_ output: Output, _ wave: Wave, at position: UInt64) -> Level {
    let isPast: Bool
    if wave.countsDown, position >= wave.top {
      isPast = 2 * wave.top - position > output.compare
    } else {
      isPast = position >= output.compare
    }
    return isPast == output.fallsFirst ? .low : .high
  }

  private mutating func endPeriod(_ wave: Wave, in context: inout DeviceContext) {
    let end = wave.instant(ofTick: wave.end)
    self.wave?.start = wave.end
    events.fire(PWM.Offset.eventsPeriodEnd, in: &context)
    if !isStopping { advance(in: &context) }
    if isStopping {
      halt(in: &context)
      return events.fire(PWM.Offset.eventsStopped, in: &context)
    }
    beginPeriod(at: end, in: &context)
  }

  /// Counts a period off the sequence; at its end the next one, or none, is to start.
  private mutating func advance(in context: inout DeviceContext) {
    guard var playing, starting == nil else { return }
    if playing.repeats > 0 {
      if playing.isDelaying || !stepsByTask { playing.repeats -= 1 }
      self.playing = playing
      return
    }
    if !playing.isDelaying {
      guard playing.used >= value(PWM.Offset.sequenceCount, of: playing.sequence) else {
        self.playing?.isDue = true
        return
      }
      events.fire(PWM.Offset.eventsSequenceEnd + 4 * UInt32(playing.sequence), in: &context)
      if registers[PWM.Offset.shorts] & PWM.Shorts.sequenceEnd0Stop << UInt32(playing.sequence)
        != 0
      {
        isStopping = true
      }
      let delay = value(PWM.Offset.sequenceEndDelay, of: playing.sequence)
      if delay > 0 {
        (playing.isDelaying, playing.repeats) = (true, delay - 1)
        self.playing = playing
        return
      }
    }
    self.playing = nil
    follow(playing.sequence, in: &context)
  }

  /// LOOP: sequences 0 and 1 in turn, counted at the end of 1; else the last value stays.
  private mutating func follow(_ sequence: Int, in context: inout DeviceContext) {
    guard registers[PWM.Offset.loop] > 0 else { return }
    if sequence == 0 {
      starting = 1
      return
    }
    loopsLeft = loopsLeft > 0 ? loopsLeft - 1 : 0
    if loopsLeft > 0 {
      starting = 0
      return
    }
    events.fire(PWM.Offset.eventsLoopsDone, in: &context)
    let shorts = registers[PWM.Offset.shorts]
    if shorts & PWM.Shorts.loopsDoneStop != 0 { isStopping = true }
    if shorts & (PWM.Shorts.loopsDoneStart0 | PWM.Shorts.loopsDoneStart1) != 0 {
      starting = shorts & PWM.Shorts.loopsDoneStart0 != 0 ? 0 : 1
      loopsLeft = registers[PWM.Offset.loop]
    }
  }

  private mutating func beginPeriod(at instant: Instant, in context: inout DeviceContext) {
    latchClock(at: instant)
    if let sequence = starting {
      starting = nil
      playing = Playing(sequence: sequence)
      events.fire(PWM.Offset.eventsSequenceStarted + 4 * UInt32(sequence), in: &context)
      load(in: &context)
    } else if playing?.isDue == true {
      load(in: &context)
    }
  }

  private mutating func latchClock(at instant: Instant) {
    guard var wave else { return }
    let prescaler = registers[PWM.Offset.prescaler]
    if wave.prescaler != prescaler {
      let clock = Frequency(hertz: 16_000_000).divided(by: 1 << UInt64(prescaler))
      wave.prescaler = prescaler
      wave.clock = TickClock(clock, reference: reference)
      wave.origin = instant
      wave.start = 0
    }
    wave.countsDown = registers[PWM.Offset.mode] & PWM.Mode.upAndDown != 0
    if registers[PWM.Offset.decoder] & PWM.Decoder.load != PWM.Decoder.waveForm {
      wave.top = UInt64(max(registers[PWM.Offset.counterTop], 3))
    }
    self.wave = wave
  }

  // MARK: Values

  /// Reads the next value of each output (6.17.2, DECODER.LOAD).
  private mutating func load(in context: inout DeviceContext) {
    guard var playing else { return }
    let mode = registers[PWM.Offset.decoder] & PWM.Decoder.load
    let width: UInt32 = mode == PWM.Decoder.common ? 1 : mode == PWM.Decoder.grouped ? 2 : 4
    let address = Address(
      value(PWM.Offset.sequencePointer, of: playing.sequence) &+ 2 * playing.used)
    (playing.used, playing.isDue) = (playing.used + width, false)
    playing.repeats = value(PWM.Offset.sequenceRefresh, of: playing.sequence)
    if stepsByTask { playing.repeats = 1 }
    self.playing = playing
    guard let bytes = context.environment.readRAM(address, 2 * Int(width)) else {
      return context.request(.dmaFault(address, ByteCount(2 * Int(width))))
    }
    let values = (0..<Int(width)).map { UInt16(bytes[2 * $0]) | UInt16(bytes[2 * $0 + 1]) << 8 }
    for channel in outputs.indices {
      let value = values[channel * Int(width) / Self.channelCount]
      if mode == PWM.Decoder.waveForm, channel == 3 {
        wave?.top = UInt64(max(value & 0x7FFF, 3))
      } else {
        outputs[channel].compare = UInt64(value & 0x7FFF)
        outputs[channel].fallsFirst = value & 0x8000 != 0
      }
    }
  }
}
