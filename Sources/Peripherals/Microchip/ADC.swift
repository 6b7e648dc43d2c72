// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import MachineModel
import RegisterMaps

/// SAM D21 analogue-to-digital converter (DS40001882, 33). A conversion takes its sampling time and
/// half a converter clock for each bit, as often as samples are gathered; what it reads is what the
/// board puts on the pads, without noise, gain or offset errors.
///
/// It runs on the generic clock with the number `clock`, at the CPU's rate until GCLK says
/// otherwise. The supply is `millivolts`, default 3300. Synchronisation is seen in SYNCBUSY for
/// some cycles and delays nothing. The event of a result, also what DMA is triggered by, is
/// INTFLAG's offset.
public struct MicrochipADC: LaneRegisters {
  typealias Offset = SAMD21.ADC.Offset
  private typealias Interrupt = SAMD21.ADC.Interrupt
  /// Where the event system's input arrives.
  static let eventInput: UInt32 = 0x3F0
  private static let synchronisation = Cycles(24)

  private let reference: Frequency
  private let clockNumber: UInt64?
  let supply: Float
  private var clock: TickClock
  var stored = StoredRegisters([
    .init(Offset.controlA, writable: 6), .init(Offset.referenceControl, writable: 0x8F),
    .init(Offset.averageControl, writable: 0x7F), .init(Offset.samplingControl, writable: 0x3F),
    .init(Offset.controlB, writable: 0x73F), .init(Offset.windowControl, writable: 7),
    .init(Offset.inputControl, writable: 0x0FFF_1F1F),
    .init(Offset.eventControl, writable: 0x33), .init(Offset.windowLower, writable: 0xFFFF),
    .init(Offset.windowUpper, writable: 0xFFFF), .init(Offset.gainCorrection, writable: 0xFFF),
    .init(Offset.offsetCorrection, writable: 0xFFF),
    .init(Offset.calibration, writable: 0x7FF), .init(Offset.debugControl, writable: 1),
  ])
  private var interrupts = InterruptFlags(implemented: 0xF)
  private var result: UInt32 = 0
  private var readyAt: Instant?
  private var busyUntil = Instant.reset

  /// Reads the numbers `clock` and `millivolts`.
  public init(_ parameters: DeviceParameters) {
    reference = parameters.reference
    clockNumber = parameters.numbers["clock"]
    supply = Float(min(parameters.numbers["millivolts"] ?? 3300, 10_000)) / 1000
    clock = TickClock(reference, reference: reference)
  }

  public mutating func reset(in context: inout DeviceContext) {
    stored.reset()
    interrupts.reset(in: &context)
    (result, readyAt) = (0, nil)
    context.cancelWake()
  }

  public mutating func clock(
    _ line: ClockLine, became frequency: Frequency?, in context: inout DeviceContext
  ) {
    guard case .generic(let number) = line, UInt64(number) == clockNumber, let frequency else {
      return
    }
    clock = TickClock(frequency, reference: reference)
  }

  // MARK: Registers

  var layout: RegisterLayout { Self.layout }

  private static let layout = RegisterLayout(
    bytes: [
      Offset.controlA, Offset.referenceControl, Offset.averageControl, Offset.samplingControl,
      Offset.windowControl, Offset.softwareTrigger, Offset.eventControl,
      Offset.interruptEnableClear, Offset.interruptEnableSet, Offset.interruptFlags,
      Offset.status, Offset.debugControl,
    ],
    halves: [
      Offset.controlB, Offset.result, Offset.windowLower, Offset.windowUpper,
      Offset.gainCorrection, Offset.offsetCorrection, Offset.calibration,
    ], words: [Offset.inputControl, Self.eventInput])

  mutating func load(_ register: UInt32, in context: inout DeviceContext) -> UInt32 {
    if let value = stored.read(register) { return value }
    switch register {
    case Offset.interruptEnableClear, Offset.interruptEnableSet: return interrupts.enabled
    case Offset.interruptFlags: return interrupts.raised
    case Offset.status: return context.now < busyUntil ? SAMD21.ADC.Status.busy : 0
    case Offset.result:
      interrupts.clear(Interrupt.ready, in: &context)
      return result
    default: return 0
    }
  }

  mutating func store(
    _ register: UInt32, _ value: UInt32, lanes: UInt32, in context: inout DeviceContext
  ) {
    if stored.write(register, value, lanes: lanes) {
      busyUntil = context.now + Self.synchronisation
      if register == Offset.controlA { changeControl(value, in: &context) }
      return
    }
    switch register {
    case Offset.interruptEnableClear: interrupts.disable(value, in: &context)
    case Offset.interruptEnableSet: interrupts.enable(value, in: &context)
    case Offset.interruptFlags: interrupts.clear(value, in: &context)
    case Offset.softwareTrigger:
      busyUntil = context.now + Self.synchronisation
      if value & SAMD21.ADC.Trigger.flush != 0 { readyAt = nil }
      if value & SAMD21.ADC.Trigger.start != 0 { start(in: context) }
      context.wake(atFirstOf: readyAt)
    case Self.eventInput:
      if stored[Offset.eventControl] & SAMD21.ADC.EventControl.startInput != 0 {
        start(in: context)
        context.wake(atFirstOf: readyAt)
      }
    default: break
    }
  }

  private mutating func changeControl(_ value: UInt32, in context: inout DeviceContext) {
    if value & SAMD21.ADC.ControlA.softwareReset != 0 { return reset(in: &context) }
    if !isEnabled {
      readyAt = nil
    } else if controlB & SAMD21.ADC.ControlB.freeRunning != 0 {
      start(in: context)
    }
    context.wake(atFirstOf: readyAt)
  }

  var controlB: UInt32 { stored[Offset.controlB] }
  private var isEnabled: Bool {
    stored[Offset.controlA] & SAMD21.ADC.ControlA.enable != 0
  }

  // MARK: Conversions

  private mutating func start(in context: DeviceContext) {
    guard isEnabled, readyAt == nil else { return }
    readyAt = context.now + conversionTime
  }

  /// (SAMPLEN + 1) / 2 clocks of sampling, one, and half a clock a bit (33.6.2.9).
  private var conversionTime: Cycles {
    let divider: UInt64 = 4 << UInt64(controlB >> SAMD21.ADC.ControlB.prescalerShift & 7)
    let halves = UInt64(stored[Offset.samplingControl]) + 1 + 2 + UInt64(bits)
    return clock.span(ofTicks: halves * divider * UInt64(sampleCount) / 2)
  }

  private var sampleCount: UInt32 {
    1 << min(stored[Offset.averageControl] & SAMD21.ADC.Average.samples, 10)
  }

  /// Of one sample: the 16 bits of an average come from samples of 12.
  var bits: UInt32 {
    switch controlB >> SAMD21.ADC.ControlB.resolutionShift & 3 {
    case SAMD21.ADC.Resolution.bits10: 10
    case SAMD21.ADC.Resolution.bits8: 8
    default: 12
    }
  }

  public mutating func wake(in context: inout DeviceContext) {
    guard let due = readyAt, due <= context.now else { return context.wake(atFirstOf: readyAt) }
    readyAt = nil
    if interrupts.raised & Interrupt.ready != 0 {
      interrupts.raise(Interrupt.overrun, in: &context)
    }
    let value = gathered(sample(in: context))
    result = UInt32(truncatingIfNeeded: value) & 0xFFFF
    interrupts.raise(Interrupt.ready, in: &context)
    if isInsideWindow(value) { interrupts.raise(Interrupt.window, in: &context) }
    if controlB & SAMD21.ADC.ControlB.freeRunning != 0 { start(in: context) }
    context.wake(atFirstOf: readyAt)
    // Last of all: DMA may come back here.
    context.publish(event: Offset.interruptFlags)
  }

  /// Sum of the samples, cut to 16 bits by the converter and further by ADJRES (33.6.6).
  private func gathered(_ sample: Int32) -> Int32 {
    let average = stored[Offset.averageControl]
    let count = Int32(sampleCount)
    var value = sample
    if count > 1 {
      value *= count
      let cut = max(0, Int(average & SAMD21.ADC.Average.samples) - 4)
      value >>= Int32(min(cut, 6))
      value >>= Int32(average >> SAMD21.ADC.Average.adjustShift & 7)
    }
    guard controlB & SAMD21.ADC.ControlB.leftAdjusted != 0, count == 1 else { return value }
    return value << Int32(16 - bits)
  }

  /// WINMODE 1 to 4 (33.8.6).
  private func isInsideWindow(_ value: Int32) -> Bool {
    func limit(_ register: UInt32) -> Int32 {
      let isSigned = controlB & SAMD21.ADC.ControlB.differential != 0
      let bits = UInt16(truncatingIfNeeded: stored[register])
      return isSigned ? Int32(Int16(bitPattern: bits)) : Int32(bits)
    }
    let (lower, upper) = (limit(Offset.windowLower), limit(Offset.windowUpper))
    return switch stored[Offset.windowControl] {
    case 1: value > lower
    case 2: value < upper
    case 3: lower < value && value < upper
    case 4: value < lower || value > upper
    default: false
    }
  }
}
