// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import MachineModel
import RegisterMaps

/// SAM D21 timer/counter (DS40001882, 30), of 8, 16 or 32 bits. The pair of a 32-bit counter is not
/// touched; captures and waveform pins are not there.
///
/// It counts the generic clock with the number `clock`, at the CPU's rate until GCLK says
/// otherwise. Synchronisation is seen in SYNCBUSY for some cycles and delays nothing. Events, also
/// what DMA is triggered by: the offset of INTFLAG plus the number of the flag.
public struct MicrochipTC: LaneRegisters {
  typealias Offset = SAMD21.TC.Offset
  private typealias Interrupt = SAMD21.TC.Interrupt
  /// Where the event system's input arrives.
  static let eventInput: UInt32 = 0x3F0
  static let synchronisation = Cycles(24)

  private let clockNumber: UInt64?
  private var counter: PeriodicCounter
  /// Up to where flags have been raised.
  private var seen: UInt64 = 0
  /// What has fired in this call: told last of all, since DMA may come back here.
  private var events: [UInt32] = []
  private var control: UInt32 = 0
  private var controlB: UInt32 = 0
  private var period: UInt32 = SAMD21.TC.Reset.period
  private var compare: [UInt32] = [0, 0]
  private var isStopped = true
  private var busyUntil = Instant.reset
  private var stored = StoredRegisters([
    .init(Offset.readRequest, writable: 0x401F), .init(Offset.controlC, writable: 0x33),
    .init(Offset.debugControl, writable: 1), .init(Offset.eventControl, writable: 0x3137),
  ])
  private var interrupts = InterruptFlags(implemented: 0x3B)

  /// Reads the number `clock`.
  public init(_ parameters: DeviceParameters) {
    clockNumber = parameters.numbers["clock"]
    counter = PeriodicCounter(
      parameters.reference, reference: parameters.reference, top: 0xFFFF)
  }

  public mutating func reset(in context: inout DeviceContext) {
    (control, controlB, compare, isStopped) = (0, 0, [0, 0], true)
    period = SAMD21.TC.Reset.period
    counter.stop(at: context.now)
    stored.reset()
    interrupts.reset(in: &context)
    reshape(in: context)
    counter.restart(at: context.now)
    seen = 0
    context.cancelWake()
  }

  public mutating func clock(
    _ line: ClockLine, became frequency: Frequency?, in context: inout DeviceContext
  ) {
    guard case .generic(let number) = line, UInt64(number) == clockNumber, let frequency else {
      return
    }
    catchUp(in: &context)
    counter.change(frequency, at: context.now)
    settle(in: &context)
  }

  // MARK: What the registers say

  private var mode: UInt32 { control >> SAMD21.TC.ControlA.modeShift & 3 }
  private var waveform: UInt32 { control >> SAMD21.TC.ControlA.waveformShift & 3 }
  private var isEnabled: Bool { control & SAMD21.TC.ControlA.enable != 0 }

  private var width: BusWidth {
    switch mode {
    case SAMD21.TC.Mode.count8: .byte
    case SAMD21.TC.Mode.count32: .word
    default: .half
    }
  }

  /// Where the counter turns round (30.6.2.6).
  private var top: UInt64 {
    if waveform & 1 != 0 { return UInt64(compare[0]) }
    return mode == SAMD21.TC.Mode.count8 ? UInt64(period) : UInt64(width.mask)
  }

  private static let prescalers: [UInt64] = [1, 2, 4, 8, 16, 64, 256, 1024]

  private mutating func reshape(in context: DeviceContext) {
    let isDown = controlB & SAMD21.TC.ControlB.down != 0
    counter.divide(
      by: Self.prescalers[Int(control >> SAMD21.TC.ControlA.prescalerShift & 7)],
      at: context.now)
    counter.go(to: top, isDown ? .down : .up, at: context.now)
    seen = counter.position(at: context.now)
  }

  // MARK: Registers

  var layout: RegisterLayout {
    switch width {
    case .byte: Self.layout8
    case .half: Self.layout16
    case .word: Self.layout32
    }
  }

  private static let commonBytes = [
    Offset.controlBClear, Offset.controlBSet, Offset.controlC, Offset.debugControl,
    Offset.interruptEnableClear, Offset.interruptEnableSet, Offset.interruptFlags, Offset.status,
  ]
  private static let commonHalves = [
    Offset.controlA, Offset.readRequest, Offset.eventControl,
  ]
  private static let layout8 = RegisterLayout(
    bytes: commonBytes + [Offset.count, Offset.period, Offset.compare8, Offset.compare8 + 1],
    halves: commonHalves, words: [Self.eventInput])
  private static let layout16 = RegisterLayout(
    bytes: commonBytes,
    halves: commonHalves + [Offset.count, Offset.compare16, Offset.compare16 + 2],
    words: [Self.eventInput])
  private static let layout32 = RegisterLayout(
    bytes: commonBytes, halves: commonHalves,
    words: [Offset.count, Offset.compare32, Offset.compare32 + 4, Self.eventInput])

  private func channel(of register: UInt32) -> Int? {
    element(of: register, in: Offset.compare16, count: 2, stride: UInt32(width.rawValue))
  }

  mutating func load(_ register: UInt32, in context: inout DeviceContext) -> UInt32 {
    catchUp(in: &context)
    if !events.isEmpty { settle(in: &context) }
    if let value = stored.read(register) { return value }
    if let channel = channel(of: register) { return compare[channel] }
    switch register {
    case Offset.controlA: return control
    case Offset.controlBClear, Offset.controlBSet: return controlB
    case Offset.interruptEnableClear, Offset.interruptEnableSet: return interrupts.enabled
    case Offset.interruptFlags: return interrupts.raised
    case Offset.status:
      return (isStopped ? SAMD21.TC.Status.stopped : 0)
        | (context.now < busyUntil ? SAMD21.TC.Status.busy : 0)
    case Offset.count: return UInt32(truncatingIfNeeded: counter.count(at: context.now))
    case Offset.period: return period
    default: return 0
    }
  }

  mutating func store(
    _ register: UInt32, _ value: UInt32, lanes: UInt32, in context: inout DeviceContext
  ) {
    catchUp(in: &context)
    defer { settle(in: &context) }
    if stored.write(register, value, lanes: lanes) { return }
    switch register {
    case Offset.interruptEnableClear: return interrupts.disable(value, in: &context)
    case Offset.interruptEnableSet: return interrupts.enable(value, in: &context)
    case Offset.interruptFlags: return interrupts.clear(value, in: &context)
    case Offset.status: return
    case Self.eventInput: return takeEvent(in: context)
    default: busyUntil = context.now + Self.synchronisation
    }
    if let channel = channel(of: register) {
      compare[channel] = compare[channel].replacing(lanes: lanes, with: value)
    } else {
      switch register {
      case Offset.controlA:
        return changeControl(control.replacing(lanes: lanes, with: value), in: &context)
      case Offset.controlBClear: controlB &= ~(value & 5)
      case Offset.controlBSet:
        controlB |= value & 5
        obey(value >> SAMD21.TC.ControlB.commandShift & 3, in: context)
      case Offset.count:
        let count = UInt32(truncatingIfNeeded: counter.count(at: context.now))
        counter.set(UInt64(count.replacing(lanes: lanes, with: value)), at: context.now)
      case Offset.period: period = value
      default: break
      }
    }
    reshape(in: context)
  }

  private mutating func changeControl(_ value: UInt32, in context: inout DeviceContext) {
    if value & SAMD21.TC.ControlA.softwareReset != 0 { return reset(in: &context) }
    let wasEnabled = isEnabled
    control = value & 0x3F6E
    reshape(in: context)
    guard wasEnabled != isEnabled else { return }
    if isEnabled {
      counter.restart(at: context.now)
      seen = 0
      let waits =
        stored[Offset.eventControl] & SAMD21.TC.EventControl.inputEnable != 0
        && stored[Offset.eventControl] & SAMD21.TC.EventControl.action
          == SAMD21.TC.EventAction.start
      if !waits { run(in: context) }
    } else {
      stop(in: context)
    }
  }

  private mutating func obey(_ command: UInt32, in context: DeviceContext) {
    guard isEnabled else { return }
    switch command {
    case SAMD21.TC.Command.retrigger:
      counter.restart(at: context.now)
      run(in: context)
    case SAMD21.TC.Command.stop: stop(in: context)
    default: break
    }
  }

  /// What the event system's input does (30.6.4.1).
  private mutating func takeEvent(in context: DeviceContext) {
    let control = stored[Offset.eventControl]
    guard isEnabled, control & SAMD21.TC.EventControl.inputEnable != 0 else { return }
    switch control & SAMD21.TC.EventControl.action {
    case SAMD21.TC.EventAction.retrigger:
      counter.restart(at: context.now)
      seen = 0
      run(in: context)
    case SAMD21.TC.EventAction.start: run(in: context)
    case SAMD21.TC.EventAction.count:
      let next = (counter.count(at: context.now) + 1) % (counter.top + 1)
      counter.set(next, at: context.now)
      seen = counter.position(at: context.now)
    default: break
    }
  }

  private mutating func run(in context: DeviceContext) {
    isStopped = false
    // What counts events has no clock.
    let eventControl = stored[Offset.eventControl]
    let countsEvents =
      eventControl & SAMD21.TC.EventControl.inputEnable != 0
      && eventControl & SAMD21.TC.EventControl.action == SAMD21.TC.EventAction.count
    if !countsEvents { counter.start(at: context.now) }
  }

  private mutating func stop(in context: DeviceContext) {
    isStopped = true
    counter.stop(at: context.now)
  }

  // MARK: Time

  public mutating func wake(in context: inout DeviceContext) {
    catchUp(in: &context)
    settle(in: &context)
  }

  /// Places in the round by flag.
  private var places: [(flag: UInt32, place: UInt64?)] {
    [(Interrupt.overflow, 0)]
      + (0..<2).map {
        (1 << (Interrupt.matchShift + UInt32($0)), counter.place(of: UInt64(compare[$0])))
      }
  }

  /// Raises the flags of what has been passed since the last look.
  private mutating func catchUp(in context: inout DeviceContext) {
    guard isEnabled else { return }
    var position = counter.position(at: context.now)
    guard position > seen else { return }
    let isOneShot = controlB & SAMD21.TC.ControlB.oneShot != 0
    let turn = counter.next(0, after: seen)
    let ends = isOneShot && turn <= position
    if ends { position = turn }
    for (flag, place) in places {
      guard let place, counter.passes(place, after: seen, upTo: position) else { continue }
      interrupts.raise(flag, in: &context)
      events.append(Offset.interruptFlags + UInt32(flag.trailingZeroBitCount))
    }
    seen = position
    guard ends else { return }
    stop(in: context)
    counter.restart(at: context.now)
    seen = 0
  }

  /// Asks to be woken at the next thing that somebody would see without reading a register.
  private mutating func settle(in context: inout DeviceContext) {
    context.wake(atFirstOf: nextWake)
    for event in events { context.publish(event: event) }
    events.removeAll()
  }

  private var nextWake: Instant? {
    guard isEnabled, counter.isRunning else { return nil }
    return counter.firstInstant(of: places, after: seen, where: isWatched)
  }

  private func isWatched(_ flag: UInt32) -> Bool {
    if interrupts.enabled & flag & ~interrupts.raised != 0 { return true }
    // Events and DMA want every one; they are asked for by nothing that this block can see.
    let outputs = stored[Offset.eventControl]
    if flag == Interrupt.overflow {
      return outputs & SAMD21.TC.EventControl.overflowOutput != 0
        || controlB & SAMD21.TC.ControlB.oneShot != 0
    }
    return outputs >> SAMD21.TC.EventControl.matchOutputShift
      & flag >> Interrupt.matchShift != 0
  }
}
