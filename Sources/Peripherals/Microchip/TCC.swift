// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import MachineModel
import RegisterMaps

/// SAM D21 timer/counter for control applications (DS40001882, 31): counting, compare channels,
/// double buffers, single and dual slope. Waveform pins, captures, faults, dithering and ramps are
/// stored and do nothing.
///
/// It counts the generic clock with the number `clock`, at the CPU's rate until GCLK says
/// otherwise; `channels` (default 4) and `bits` (default 24) tell the instances apart. Events, also
/// what DMA is triggered by: the offset of INTFLAG plus the number of the flag.
public struct MicrochipTCC: LaneRegisters {
  typealias Offset = SAMD21.TCC.Offset
  private typealias Interrupt = SAMD21.TCC.Interrupt
  private typealias Busy = SAMD21.TCC.Busy
  private static let synchronisation = Cycles(24)

  private let clockNumber: UInt64?
  private let channels: Int
  private let mask: UInt32
  private var counter: PeriodicCounter
  /// Up to where flags have been raised.
  private var seen: UInt64 = 0
  /// What has fired in this call: told last of all, since DMA may come back here.
  private var events: [UInt32] = []
  private var control: UInt32 = 0
  private var controlB: UInt32 = 0
  private var status = SAMD21.TCC.Status.stopped
  private var busyBits: UInt32 = 0
  private var busyUntil = Instant.reset
  private var stored: StoredRegisters
  private var interrupts = InterruptFlags(implemented: 0xF_F80F)

  /// Registers that have a buffer: the register, its buffer, the status bit, the two busy bits.
  private struct Buffered {
    let register: UInt32
    let buffer: UInt32
    let valid: UInt32
    let busy: UInt32
    let bufferBusy: UInt32
  }

  private static let buffered: [Buffered] =
    [
      Buffered(
        register: Offset.pattern, buffer: Offset.patternBuffer,
        valid: SAMD21.TCC.Status.patternBuffered, busy: Busy.pattern,
        bufferBusy: Busy.patternBuffer),
      Buffered(
        register: Offset.waveform, buffer: Offset.waveformBuffer,
        valid: SAMD21.TCC.Status.waveformBuffered, busy: Busy.waveform,
        bufferBusy: Busy.waveformBuffer),
      Buffered(
        register: Offset.period, buffer: Offset.periodBuffer,
        valid: SAMD21.TCC.Status.periodBuffered, busy: Busy.period,
        bufferBusy: Busy.periodBuffer),
    ]
    + (0..<4).map { channel in
      Buffered(
        register: Offset.compare + 4 * channel, buffer: Offset.compareBuffer + 4 * channel,
        valid: 1 << (SAMD21.TCC.Status.compareBufferedShift + channel),
        busy: 1 << (Busy.compareShift + channel),
        bufferBusy: 1 << (Busy.compareBufferShift + channel))
    }

  /// Reads the numbers `clock`, `channels` and `bits`.
  public init(_ parameters: DeviceParameters) {
    clockNumber = parameters.numbers["clock"]
    let channels = Int(min(parameters.numbers["channels"] ?? 4, 4))
    let bits = min(max(parameters.numbers["bits"] ?? 24, 1), 24)
    let mask: UInt32 = 1 << UInt32(bits) - 1
    counter = PeriodicCounter(
      parameters.reference, reference: parameters.reference, top: UInt64(mask))
    stored = Self.storage(channels: UInt32(channels), mask: mask)
    (self.channels, self.mask) = (channels, mask)
  }

  private static func storage(channels: UInt32, mask: UInt32) -> StoredRegisters {
    let block: [StoredRegisters.Register] = [
      .init(Offset.faultA), .init(Offset.faultB), .init(Offset.waveformExtension),
      .init(Offset.driverControl), .init(Offset.debugControl, writable: 5),
      .init(Offset.eventControl),
      .init(Offset.pattern, writable: 0xFFFF), .init(Offset.patternBuffer, writable: 0xFFFF),
      .init(Offset.waveform, writable: 0x0F0F_0FB7),
      .init(Offset.waveformBuffer, writable: 0x0F0F_0FB7),
      .init(Offset.period, writable: mask, reset: mask),
      .init(Offset.periodBuffer, writable: mask, reset: mask),
    ]
    let compare = (0..<channels).flatMap { channel -> [StoredRegisters.Register] in
      [
        .init(Offset.compare + 4 * channel, writable: mask),
        .init(Offset.compareBuffer + 4 * channel, writable: mask),
      ]
    }
    return StoredRegisters(block + compare)
  }

  public mutating func reset(in context: inout DeviceContext) {
    (control, controlB, status) = (0, 0, SAMD21.TCC.Status.stopped)
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

  private var isEnabled: Bool { control & SAMD21.TCC.ControlA.enable != 0 }
  private static let prescalers: [UInt64] = [1, 2, 4, 8, 16, 64, 256, 1024]

  private mutating func reshape(in context: DeviceContext) {
    let generator = stored[Offset.waveform] & SAMD21.TCC.Waveform.generator
    let source =
      generator == SAMD21.TCC.Waveform.matchFrequency ? Offset.compare : Offset.period
    let isDown = controlB & SAMD21.TCC.ControlB.down != 0
    let shape: PeriodicCounter.Shape =
      generator >= SAMD21.TCC.Waveform.dualSlopeCritical ? .upAndDown : isDown ? .down : .up
    counter.divide(
      by: Self.prescalers[Int(control >> SAMD21.TCC.ControlA.prescalerShift & 7)],
      at: context.now)
    counter.go(to: UInt64(stored[source]), shape, at: context.now)
    seen = counter.position(at: context.now)
  }

  // MARK: Registers

  var layout: RegisterLayout { Self.layout }

  private static let layout = RegisterLayout(
    bytes: [Offset.controlBClear, Offset.controlBSet, Offset.debugControl],
    halves: [Offset.pattern, Offset.patternBuffer],
    words: [
      Offset.controlA, Offset.synchronisationBusy, Offset.faultA, Offset.faultB,
      Offset.waveformExtension, Offset.driverControl, Offset.eventControl,
      Offset.interruptEnableClear, Offset.interruptEnableSet, Offset.interruptFlags,
      Offset.status, Offset.count, Offset.waveform, Offset.period, Offset.waveformBuffer,
      Offset.periodBuffer,
    ] + (0..<4).flatMap { [Offset.compare + 4 * $0, Offset.compareBuffer + 4 * $0] })

  mutating func load(_ register: UInt32, in context: inout DeviceContext) -> UInt32 {
    catchUp(in: &context)
    if !events.isEmpty { settle(in: &context) }
    if let value = stored.read(register) { return value }
    switch register {
    case Offset.controlA: return control
    case Offset.controlBClear, Offset.controlBSet: return controlB
    case Offset.synchronisationBusy: return context.now < busyUntil ? busyBits : 0
    case Offset.interruptEnableClear, Offset.interruptEnableSet: return interrupts.enabled
    case Offset.interruptFlags: return interrupts.raised
    case Offset.status: return status
    case Offset.count: return UInt32(truncatingIfNeeded: counter.count(at: context.now))
    default: return 0
    }
  }

  mutating func store(
    _ register: UInt32, _ value: UInt32, lanes: UInt32, in context: inout DeviceContext
  ) {
    catchUp(in: &context)
    defer { settle(in: &context) }
    if stored.write(register, value, lanes: lanes) { return noteBuffers(register, in: context) }
    switch register {
    case Offset.interruptEnableClear: return interrupts.disable(value, in: &context)
    case Offset.interruptEnableSet: return interrupts.enable(value, in: &context)
    case Offset.interruptFlags: return interrupts.clear(value, in: &context)
    case Offset.controlA:
      return changeControl(control.replacing(lanes: lanes, with: value), in: &context)
    case Offset.controlBClear:
      controlB &= ~(value & 7)
      beginSynchronisation(Busy.controlB, in: context)
    case Offset.controlBSet:
      controlB |= value & 7
      beginSynchronisation(Busy.controlB, in: context)
      obey(value >> SAMD21.TCC.ControlB.commandShift & 7, in: &context)
    case Offset.count:
      let count = UInt32(truncatingIfNeeded: counter.count(at: context.now))
      counter.set(UInt64(count.replacing(lanes: lanes, with: value) & mask), at: context.now)
      beginSynchronisation(Busy.count, in: context)
    default: return
    }
    reshape(in: context)
  }

  /// A buffer is valid once it is written, until the next update.
  private mutating func noteBuffers(_ register: UInt32, in context: DeviceContext) {
    for entry in Self.buffered {
      if register == entry.register { beginSynchronisation(entry.busy, in: context) }
      guard register == entry.buffer else { continue }
      status |= entry.valid
      beginSynchronisation(entry.bufferBusy, in: context)
      if !isEnabled || !counter.isRunning { update() }
    }
    reshape(in: context)
  }

  private mutating func update() {
    for entry in Self.buffered where status & entry.valid != 0 {
      _ = stored.write(entry.register, stored[entry.buffer])
      status &= ~entry.valid
    }
  }

  private mutating func beginSynchronisation(_ bits: UInt32, in context: DeviceContext) {
    busyBits = context.now < busyUntil ? busyBits | bits : bits
    busyUntil = context.now + Self.synchronisation
  }

  private mutating func changeControl(_ value: UInt32, in context: inout DeviceContext) {
    if value & SAMD21.TCC.ControlA.softwareReset != 0 {
      reset(in: &context)
      return beginSynchronisation(Busy.softwareReset, in: context)
    }
    let wasEnabled = isEnabled
    control = value & 0x0F00_7F62
    reshape(in: context)
    guard wasEnabled != isEnabled else { return }
    beginSynchronisation(Busy.enable, in: context)
    if isEnabled {
      counter.restart(at: context.now)
      seen = 0
      run(in: context)
    } else {
      stop(in: context)
    }
  }

  private mutating func obey(_ command: UInt32, in context: inout DeviceContext) {
    guard isEnabled else { return }
    switch command {
    case SAMD21.TCC.Command.retrigger:
      counter.restart(at: context.now)
      run(in: context)
      interrupts.raise(Interrupt.trigger, in: &context)
    case SAMD21.TCC.Command.stop: stop(in: context)
    case SAMD21.TCC.Command.update: update()
    default: break
    }
  }

  private mutating func run(in context: DeviceContext) {
    status &= ~SAMD21.TCC.Status.stopped
    counter.start(at: context.now)
  }

  private mutating func stop(in context: DeviceContext) {
    status |= SAMD21.TCC.Status.stopped
    counter.stop(at: context.now)
  }

  // MARK: Time

  public mutating func wake(in context: inout DeviceContext) {
    catchUp(in: &context)
    settle(in: &context)
  }

  private var places: [(flag: UInt32, place: UInt64?)] {
    [(Interrupt.overflow, 0)]
      + (0..<UInt32(channels)).map {
        let value = UInt64(stored[Offset.compare + 4 * $0])
        return (1 << (Interrupt.matchShift + $0), counter.place(of: value))
      }
  }

  /// Raises the flags of what has been passed since the last look; buffers are taken over and a
  /// one-shot ends where the round does.
  private mutating func catchUp(in context: inout DeviceContext) {
    guard isEnabled else { return }
    var position = counter.position(at: context.now)
    guard position > seen else { return }
    let isOneShot = controlB & SAMD21.TCC.ControlB.oneShot != 0
    let turn = counter.next(0, after: seen)
    let turns = turn <= position
    if isOneShot, turns { position = turn }
    for (flag, place) in places {
      guard let place, counter.passes(place, after: seen, upTo: position) else { continue }
      interrupts.raise(flag, in: &context)
      events.append(Offset.interruptFlags + UInt32(flag.trailingZeroBitCount))
    }
    seen = position
    guard turns else { return }
    if controlB & SAMD21.TCC.ControlB.lockUpdate == 0, hasValidBuffer {
      update()
      reshape(in: context)
    }
    guard isOneShot else { return }
    stop(in: context)
    counter.restart(at: context.now)
    seen = 0
  }

  private var hasValidBuffer: Bool {
    Self.buffered.contains { status & $0.valid != 0 }
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
    let outputs = stored[Offset.eventControl]
    guard flag == Interrupt.overflow else {
      return outputs >> SAMD21.TCC.EventControl.matchOutputShift
        & flag >> Interrupt.matchShift != 0
    }
    return outputs & SAMD21.TCC.EventControl.overflowOutput != 0 || hasValidBuffer
      || controlB & SAMD21.TCC.ControlB.oneShot != 0
  }
}
