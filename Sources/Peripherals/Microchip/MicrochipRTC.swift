// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

/// SAM D21 RTC (DS40001882, RTC): counts generic clock 4 behind its prescaler as 32 bits with one
/// compare value, as 16 bits with two and a period, or as a calendar with an alarm.
///
/// Reads of COUNT and CLOCK show what the last read request took over, as on silicon, unless
/// requests are continuous (READREQ.RCONT). SYNCBUSY stands for five periods of the clock after a
/// write to what crosses into its domain. FREQCORR and the periodic events are kept only.
public struct MicrochipRTC: LaneRegisters {
  typealias RTC = SAMD21.RTC
  private static let clockLine = ClockLine.generic(4)

  let parameters: DeviceParameters
  var counter: TickCounter?
  /// Counts up to this one have had their flags.
  var handled: UInt64 = 0
  var compare: [UInt32] = [0, 0]
  var period: UInt32 = 0
  var alarmMask: UInt32 = 0
  /// CLOCK as it was written, until the first tick: it may be no date.
  private var written: UInt32? = 0
  private var writtenCount: UInt64 = 0
  private var shown: UInt32 = 0
  private var readRequest = RTC.Reset.readRequest
  var busyUntil: Instant?
  var interrupts = InterruptFlags(implemented: 0xC3)
  var registers = StoredRegisters([
    .init(RTC.Offset.control, writable: 0xFCE),
    .init(RTC.Offset.eventControl, writable: 0x83FF),
    .init(RTC.Offset.debugControl, writable: 1),
    .init(RTC.Offset.frequencyCorrection, writable: 0xFF),
  ])

  public init(_ parameters: DeviceParameters) { self.parameters = parameters }

  // MARK: Layout

  enum Mode {
    case count32
    case count16
    case calendar
  }

  var mode: Mode {
    switch (registers[RTC.Offset.control] & RTC.Control.mode) >> RTC.Control.modeShift {
    case 1: .count16
    case 2: .calendar
    default: .count32
    }
  }

  /// The interrupts that the mode has.
  private var flags: UInt32 {
    let all = RTC.Interrupt.overflow | RTC.Interrupt.synchronized | RTC.Interrupt.compare0
    return mode == .count16 ? all | RTC.Interrupt.compare1 : all
  }

  private static let bytes: [UInt32] = [
    RTC.Offset.interruptEnableClear, RTC.Offset.interruptEnableSet, RTC.Offset.interruptFlags,
    RTC.Offset.status, RTC.Offset.debugControl, RTC.Offset.frequencyCorrection,
  ]
  private static let halves: [UInt32] = [
    RTC.Offset.control, RTC.Offset.readRequest, RTC.Offset.eventControl,
  ]
  private static let table32 = RegisterLayout(
    bytes: bytes, halves: halves, words: [RTC.Offset.count, RTC.Offset.compare])
  private static let table16 = RegisterLayout(
    bytes: bytes,
    halves: halves + [
      RTC.Offset.count, RTC.Offset.period, RTC.Offset.compare, RTC.Offset.compare + 2,
    ])
  private static let tableCalendar = RegisterLayout(
    bytes: bytes + [RTC.Offset.alarmMask], halves: halves,
    words: [RTC.Offset.count, RTC.Offset.compare])

  var layout: RegisterLayout {
    switch mode {
    case .count32: Self.table32
    case .count16: Self.table16
    case .calendar: Self.tableCalendar
    }
  }

  /// The RTC goes on over all but a power-on reset.
  public mutating func reset(
    after cause: DeviceContext.ResetCause, in context: inout DeviceContext
  ) {
    if cause == .powerOn { reset(in: &context) }
  }

  public mutating func reset(in context: inout DeviceContext) {
    registers.reset()
    (compare, period, alarmMask) = ([0, 0], 0, 0)
    (shown, readRequest) = (0, RTC.Reset.readRequest)
    counter?.stop(at: context.now)
    counter?.divide(by: 1, at: context.now)
    set(0, at: context.now)
    written = 0
    interrupts.reset(in: &context)
    busyUntil = nil
    context.cancelWake()
  }

  // MARK: Registers

  mutating func load(_ register: UInt32, in context: inout DeviceContext) -> UInt32 {
    advance(in: &context)
    switch register {
    case RTC.Offset.interruptEnableClear, RTC.Offset.interruptEnableSet:
      return interrupts.enabled
    case RTC.Offset.interruptFlags: return interrupts.raised
    case RTC.Offset.status: return busyUntil == nil ? 0 : RTC.Status.busy
    case RTC.Offset.readRequest: return readRequest
    case RTC.Offset.count:
      if readRequest & RTC.ReadRequest.continuous != 0 { shown = value(at: context.now) }
      return shown
    case RTC.Offset.compare: return compare[0]
    case RTC.Offset.compare + 2: return compare[1]
    case RTC.Offset.period: return period
    case RTC.Offset.alarmMask: return alarmMask
    default: return registers[register]
    }
  }

  mutating func store(
    _ register: UInt32, _ value: UInt32, lanes: UInt32, in context: inout DeviceContext
  ) {
    advance(in: &context)
    switch register {
    case RTC.Offset.interruptEnableClear: interrupts.disable(value, in: &context)
    case RTC.Offset.interruptEnableSet: interrupts.enable(value & flags, in: &context)
    case RTC.Offset.interruptFlags: interrupts.clear(value, in: &context)
    case RTC.Offset.readRequest: request(value, lanes: lanes, in: context)
    case RTC.Offset.control: control(value, lanes: lanes, in: &context)
    case RTC.Offset.count: setCount(value, lanes: lanes, in: context)
    case RTC.Offset.compare, RTC.Offset.compare + 2:
      let index = register == RTC.Offset.compare ? 0 : 1
      compare[index] = compare[index].replacing(lanes: lanes, with: value)
      synchronize(at: context.now)
    case RTC.Offset.period:
      period = period.replacing(lanes: lanes, with: value)
      synchronize(at: context.now)
    case RTC.Offset.alarmMask: alarmMask = value & 7
    case RTC.Offset.eventControl:
      // CMPEO1 is of the mode with two compare values.
      let lanes = mode == .count16 ? lanes : lanes & ~0x200
      _ = registers.write(register, value & lanes, lanes: lanes)
    default: _ = registers.write(register, value, lanes: lanes)
    }
    schedule(in: &context)
  }

  /// ADDR, which register to take over, is fixed to COUNT.
  private mutating func request(_ value: UInt32, lanes: UInt32, in context: DeviceContext) {
    let continuous = RTC.ReadRequest.continuous
    readRequest = readRequest.replacing(lanes: lanes & continuous, with: value)
    guard value & (RTC.ReadRequest.request | continuous) != 0 else { return }
    shown = self.value(at: context.now)
    synchronize(at: context.now)
  }

  private mutating func control(
    _ value: UInt32, lanes: UInt32, in context: inout DeviceContext
  ) {
    if value & RTC.Control.softwareReset != 0 { return reset(in: &context) }
    _ = registers.write(RTC.Offset.control, value, lanes: lanes)
    let control = registers[RTC.Offset.control]
    if mode != .count16 {
      // MODE1's second compare value and period are not there.
      (compare[1], period) = (0, 0)
    }
    configure(control, at: context.now)
    synchronize(at: context.now)
  }

  private mutating func configure(_ control: UInt32, at now: Instant) {
    let choice = (control & RTC.Control.prescaler) >> RTC.Control.prescalerShift
    counter?.divide(by: 1 << UInt64(min(choice, 10)), at: now)
    if control & RTC.Control.enable != 0 { counter?.start(at: now) } else { counter?.stop(at: now) }
  }

  private mutating func setCount(_ value: UInt32, lanes: UInt32, in context: DeviceContext) {
    let register = self.value(at: context.now).replacing(lanes: lanes, with: value)
    shown = register
    if mode == .calendar {
      set(CalendarTime(register: register, twelve: isTwelve).seconds, at: context.now)
      written = register
    } else {
      set(UInt64(register), at: context.now)
    }
    synchronize(at: context.now)
  }

  private mutating func set(_ count: UInt64, at now: Instant) {
    counter?.set(count, at: now)
    (handled, writtenCount) = (count, count)
    written = nil
  }

  private mutating func synchronize(at now: Instant) {
    guard let counter = syncClock else { return }
    busyUntil = Instant(
      sinceReset: counter.span(ofTicks: counter.ticks(in: now.sinceReset) &+ 5))
  }

  private var isTwelve: Bool {
    registers[RTC.Offset.control] & RTC.Control.twelveHours != 0
  }

  // MARK: Time

  private var frequency: Frequency?
  private var syncClock: TickClock? {
    frequency.map { TickClock($0, reference: parameters.reference) }
  }

  /// COUNT or CLOCK.
  func value(at now: Instant) -> UInt32 {
    let count = counter?.count(at: now) ?? handled
    guard mode == .calendar else { return UInt32(truncatingIfNeeded: count % cycle) }
    if let written, count == writtenCount { return written }
    return CalendarTime(seconds: count).register(twelve: isTwelve)
  }

  public mutating func clock(
    _ line: ClockLine, became rate: Frequency?, in context: inout DeviceContext
  ) {
    guard line == Self.clockLine else { return }
    advance(in: &context)
    let count = counter?.count(at: context.now) ?? handled
    frequency = rate
    counter = rate.map { TickCounter($0, reference: parameters.reference) }
    counter?.set(count, at: context.now)
    configure(registers[RTC.Offset.control], at: context.now)
    if rate == nil { busyUntil = nil }
    schedule(in: &context)
  }

  public mutating func wake(in context: inout DeviceContext) {
    advance(in: &context)
    schedule(in: &context)
  }
}
