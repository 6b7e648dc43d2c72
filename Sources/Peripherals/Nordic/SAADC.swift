// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

/// nRF52840 SAADC (Product Specification v1.7, 6.23): eight channels, scanned one after the other
/// on each SAMPLE, with gain, reference, oversampling and limits; results go to RAM by EasyDMA.
///
/// A pad has the voltage that the board applies to it, else that of its level, else the one that
/// the channel's resistors pull it to, else none. There is no noise and no offset to calibrate.
///
/// Parameters: `milliVolts`, the supply (default 3300).
public struct NordicSAADC: Peripheral {
  private static let channelCount = 8
  private static let stride: UInt32 = 0x10
  /// AIN0 to AIN7 (7.1.1).
  private static let pads: [Pin] = [2, 3, 4, 5, 28, 29, 30, 31].map { Pin(port: 0, number: $0) }

  private let microsecond: TickClock
  private let timerClock: TickClock
  private let supply: Double
  private var buffer: Buffer?
  private var conversion: Conversion?
  private var calibratedAt: Instant?
  /// The local timer's next SAMPLE.
  private var sampleAt: Instant?
  private var amount: UInt32 = 0
  /// Oversampling without burst: samples that have been added up.
  private var sum: Int64 = 0
  private var sumCount = 0
  private var events = EventRegisters(
    [
      SAADC.Offset.eventsStarted, SAADC.Offset.eventsEnd, SAADC.Offset.eventsDone,
      SAADC.Offset.eventsResultDone, SAADC.Offset.eventsCalibrateDone, SAADC.Offset.eventsStopped,
    ]
      + (0..<UInt32(Self.channelCount)).flatMap {
        [SAADC.Offset.eventsLimitHigh + 8 * $0, SAADC.Offset.eventsLimitLow + 8 * $0]
      }, hasInterruptEnable: true)
  private var registers = StoredRegisters(
    [
      .init(SAADC.Offset.enable, writable: SAADC.Enable.on),
      .init(SAADC.Offset.resolution, writable: 3, reset: SAADC.Reset.resolution),
      .init(SAADC.Offset.oversample, writable: 0xF),
      .init(SAADC.Offset.sampleRate, writable: 0x17FF),
      .init(SAADC.Offset.resultPointer),
      .init(SAADC.Offset.resultMaximumCount, writable: 0x7FFF),
    ]
      + (0..<UInt32(Self.channelCount)).flatMap { channel -> [StoredRegisters.Register] in
        let offset = stride * channel
        return [
          .init(SAADC.Offset.positiveInput + offset, writable: 0x1F),
          .init(SAADC.Offset.negativeInput + offset, writable: 0x1F),
          .init(SAADC.Offset.config + offset, writable: 0x117_1733, reset: SAADC.Reset.config),
          .init(SAADC.Offset.limit + offset, reset: SAADC.Reset.limit),
        ]
      })

  private struct Buffer: Codable {
    let address: Address
    let count: UInt32
  }

  /// The channel that is being converted.
  private struct Conversion: Codable {
    var channel: Int
    var endsAt: Instant
  }

  public init(_ parameters: DeviceParameters) {
    microsecond = TickClock(Frequency(hertz: 1_000_000), reference: parameters.reference)
    timerClock = TickClock(Frequency(hertz: 16_000_000), reference: parameters.reference)
    supply = Double(min(parameters.numbers["milliVolts"] ?? 3300, 5500)) / 1000
  }

  public mutating func reset(in context: inout DeviceContext) {
    (buffer, conversion, calibratedAt, sampleAt) = (nil, nil, nil, nil)
    (amount, sum, sumCount) = (0, 0, 0)
    registers.reset()
    events.reset(in: &context)
    context.cancelWake()
  }

  // MARK: Registers

  public mutating func read(_ offset: UInt32, in context: inout DeviceContext) -> UInt32 {
    if let value = events.read(offset) ?? registers.read(offset) { return value }
    switch offset {
    case SAADC.Offset.status: return conversion == nil && calibratedAt == nil ? 0 : 1
    case SAADC.Offset.resultAmount: return amount
    default:
      context.reportUnmodelled(offset, write: false)
      return 0
    }
  }

  public mutating func write(_ offset: UInt32, _ value: UInt32, in context: inout DeviceContext) {
    if events.write(offset, value, in: &context) { return }
    if registers.write(offset, value) {
      if offset == SAADC.Offset.enable, !isEnabled {
        (buffer, conversion, calibratedAt, sampleAt) = (nil, nil, nil, nil)
      }
      return schedule(in: &context)
    }
    let isTriggered = value & 1 != 0 && isEnabled
    switch offset {
    case SAADC.Offset.tasksStart: if isTriggered { start(in: &context) }
    case SAADC.Offset.tasksSample: if isTriggered { sample(in: &context) }
    case SAADC.Offset.tasksStop: if isTriggered { stop(in: &context) }
    case SAADC.Offset.tasksCalibrateOffset:
      if isTriggered { calibratedAt = context.now + microsecond.span(ofTicks: 100) }
    default: context.reportUnmodelled(offset, write: true)
    }
    schedule(in: &context)
  }

  private var isEnabled: Bool { registers[SAADC.Offset.enable] & SAADC.Enable.on != 0 }

  private func value(_ register: UInt32, of channel: Int) -> UInt32 {
    registers[register + UInt32(channel) * Self.stride]
  }

  // MARK: Tasks

  private mutating func start(in context: inout DeviceContext) {
    buffer = Buffer(
      address: Address(registers[SAADC.Offset.resultPointer]),
      count: registers[SAADC.Offset.resultMaximumCount])
    (amount, sum, sumCount) = (0, 0, 0)
    events.fire(SAADC.Offset.eventsStarted, in: &context)
  }

  private mutating func stop(in context: inout DeviceContext) {
    if amount > 0, buffer != nil { events.fire(SAADC.Offset.eventsEnd, in: &context) }
    (buffer, conversion, sampleAt) = (nil, nil, nil)
    events.fire(SAADC.Offset.eventsStopped, in: &context)
  }

  /// SAMPLE: all channels, one after the other; with the local timer, again and again until STOP.
  private mutating func sample(in context: inout DeviceContext) {
    guard buffer != nil else { return }
    let rate = registers[SAADC.Offset.sampleRate]
    if rate & SAADC.SampleRate.byTimer != 0, sampleAt == nil {
      let interval = max(UInt64(rate & SAADC.SampleRate.interval), 80)
      sampleAt = context.now + timerClock.span(ofTicks: interval)
    }
    guard conversion == nil else { return }
    convert(from: 0, at: context.now)
  }

  private mutating func convert(from first: Int, at now: Instant) {
    conversion = (first..<Self.channelCount).first {
      value(SAADC.Offset.positiveInput, of: $0) != SAADC.Input.notConnected
    }.map { Conversion(channel: $0, endsAt: now + conversionTime(of: $0)) }
  }

  /// Acquisition and 2 µs of conversion, as often as a burst asks for.
  private func conversionTime(of channel: Int) -> Cycles {
    let config = value(SAADC.Offset.config, of: channel)
    let code = (config & SAADC.Config.acquisitionTime) >> SAADC.Config.acquisitionTimeShift
    let acquisition: [UInt64] = [3, 5, 10, 15, 20, 40, 40, 40]
    let repeats: UInt64 = config & SAADC.Config.burst != 0 ? 1 << oversampling : 1
    return microsecond.span(ofTicks: (acquisition[Int(code)] + 2) * repeats)
  }

  private var oversampling: UInt64 { UInt64(min(registers[SAADC.Offset.oversample], 8)) }

  // MARK: Time

  public mutating func wake(in context: inout DeviceContext) {
    if let due = calibratedAt, due <= context.now {
      calibratedAt = nil
      events.fire(SAADC.Offset.eventsCalibrateDone, in: &context)
    }
    if let due = conversion, due.endsAt <= context.now { finish(due, in: &context) }
    if let due = sampleAt, due <= context.now {
      sampleAt = nil
      sample(in: &context)
    }
    schedule(in: &context)
  }

  private func schedule(in context: inout DeviceContext) {
    context.wake(atFirstOf: conversion?.endsAt, calibratedAt, sampleAt)
  }

  private mutating func finish(_ done: Conversion, in context: inout DeviceContext) {
    conversion = nil
    events.fire(SAADC.Offset.eventsDone, in: &context)
    let result = convert(done.channel, context)
    if let whole = oversampled(result, done.channel) {
      deliver(whole, of: done.channel, in: &context)
    }
    guard buffer != nil, conversion == nil else { return }
    convert(from: done.channel + 1, at: context.now)
  }

  /// Without burst an oversampled result takes several SAMPLEs; nil until the last.
  private mutating func oversampled(_ result: Int64, _ channel: Int) -> Int64? {
    let isBurst = value(SAADC.Offset.config, of: channel) & SAADC.Config.burst != 0
    guard oversampling > 0, !isBurst else { return result }
    (sum, sumCount) = (sum + result, sumCount + 1)
    guard sumCount >= 1 << oversampling else { return nil }
    defer { (sum, sumCount) = (0, 0) }
    return sum >> Int64(oversampling)
  }

  private mutating func deliver(
    _ result: Int64, of channel: Int, in context: inout DeviceContext
  ) {
    guard let buffer, amount < buffer.count else { return }
    let place = Address(buffer.address.bits &+ 2 * amount)
    let bits = UInt16(truncatingIfNeeded: result)
    let bytes = [UInt8(truncatingIfNeeded: bits), UInt8(truncatingIfNeeded: bits >> 8)]
    if !context.environment.writeRAM(bytes, at: place) {
      context.request(.dmaFault(place, ByteCount(2)))
    }
    amount += 1
    events.fire(SAADC.Offset.eventsResultDone, in: &context)
    let limit = value(SAADC.Offset.limit, of: channel)
    let low = Int64(Int16(truncatingIfNeeded: limit))
    let high = Int64(Int16(truncatingIfNeeded: limit >> 16))
    let offset = 8 * UInt32(channel)
    if result > high { events.fire(SAADC.Offset.eventsLimitHigh + offset, in: &context) }
    if result < low { events.fire(SAADC.Offset.eventsLimitLow + offset, in: &context) }
    guard amount == buffer.count else { return }
    (self.buffer, conversion, sampleAt) = (nil, nil, nil)
    events.fire(SAADC.Offset.eventsEnd, in: &context)
  }

  // MARK: Voltages

  /// RESULT = (V(P) - V(N)) · GAIN / REFERENCE · 2^(RESOLUTION - m), m being 1 for differential
  /// channels (6.23.4).
  private func convert(_ channel: Int, _ context: DeviceContext) -> Int64 {
    let config = value(SAADC.Offset.config, of: channel)
    let isDifferential = config & SAADC.Config.differential != 0
    let positive = voltage(
      value(SAADC.Offset.positiveInput, of: channel), config & SAADC.Config.positiveResistor,
      context)
    let resistor =
      config >> SAADC.Config.negativeResistorShift & SAADC.Config.positiveResistor
    let negative =
      isDifferential
      ? voltage(value(SAADC.Offset.negativeInput, of: channel), resistor, context) : 0
    let gains = [1.0 / 6, 1.0 / 5, 1.0 / 4, 1.0 / 3, 1.0 / 2, 1, 2, 4]
    let gain = gains[Int((config & SAADC.Config.gain) >> SAADC.Config.gainShift)]
    let reference = config & SAADC.Config.referenceIsSupply != 0 ? supply / 4 : 0.6
    let bits = 8 + 2 * Int64(registers[SAADC.Offset.resolution]) - (isDifferential ? 1 : 0)
    let scale = Double(Int64(1) << bits)
    let result = ((positive - negative) * gain / max(reference, 0.001) * scale).rounded()
    // A voltage that is not a number is none.
    guard result == result else { return 0 }
    return Int64(min(max(result, -scale), scale - 1))
  }

  private func voltage(
    _ input: UInt32, _ resistor: UInt32, _ context: DeviceContext
  ) -> Double {
    switch input {
    case SAADC.Input.analogue0...SAADC.Input.analogue7:
      let pad = Self.pads[Int(input - SAADC.Input.analogue0)]
      if let volts = context.environment.volts(on: pad) { return Double(volts) }
      if let level = context.environment.level(of: pad) { return level == .high ? supply : 0 }
      switch resistor {
      case SAADC.Config.pullUp: return supply
      case SAADC.Config.halfSupply: return supply / 2
      default: return 0
      }
    case SAADC.Input.supply: return supply
    case SAADC.Input.highSupplyDivided: return supply / 5
    default: return 0
    }
  }
}
