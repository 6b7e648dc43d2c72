// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

/// nRF52840 CLOCK and POWER, which share one address and one interrupt (Product Specification v1.7,
/// 6.4 and 5.3): oscillators that take their time to start, calibration, reset reasons, retained
/// registers, System OFF.
///
/// Parameter: `crystalStartMilliseconds` (the 32.768 kHz crystal, default 250). VBUS is the
/// cable's: no reset changes it. The clocks do not gate the blocks that run on them. SLEEPENTER,
/// SLEEPEXIT and POFWARN never fire: the core's sleep and the supply are not wires that devices
/// see.
public struct NordicClockPower: Peripheral {
  private let parameters: DeviceParameters
  private var hasUSBPower = false
  /// When the regulator behind VBUS is ready.
  private var usbPowerReadyAt: Instant?
  private var isUSBPowerReady = false
  private var isUSBPowerWanted = false
  private var clocks = Clocks()
  private var resetReason: UInt32 = 0
  private var ramPower = [UInt32](repeating: POWER.Reset.ramPower, count: Self.ramBlocks)
  private static let ramBlocks = 9

  private var events = EventRegisters([
    CLOCK.Offset.eventsHighFrequencyStarted, CLOCK.Offset.eventsLowFrequencyStarted,
    CLOCK.Offset.eventsCalibrationDone, CLOCK.Offset.eventsCalibrationTimerTimeout,
    CLOCK.Offset.eventsCalibrationTimerStarted, CLOCK.Offset.eventsCalibrationTimerStopped,
    POWER.Offset.eventsPowerFailureWarning, POWER.Offset.eventsSleepEnter,
    POWER.Offset.eventsSleepExit, POWER.Offset.eventsUSBDetected, POWER.Offset.eventsUSBRemoved,
    POWER.Offset.eventsUSBPowerReady,
  ])
  private var registers = StoredRegisters([
    .init(CLOCK.Offset.lowFrequencySource, writable: 0x3_0003),
    .init(CLOCK.Offset.crystalDebounce, writable: 0xFF, reset: CLOCK.Reset.crystalDebounce),
    .init(CLOCK.Offset.calibrationTimerInterval, writable: 0x7F),
    .init(CLOCK.Offset.traceConfig, writable: 0x3_0003),
    .init(CLOCK.Offset.lowFrequencyRCMode, writable: 0x1_0001),
    .init(POWER.Offset.powerFailure, writable: 0xF1F),
    .init(POWER.Offset.dcdcEnable, writable: 1),
    .init(POWER.Offset.dcdcEnable0, writable: 1),
  ])
  private var retained = StoredRegisters([
    .init(POWER.Offset.retention, writable: 0xFF), .init(POWER.Offset.retention2, writable: 0xFF),
  ])

  /// What runs, and when what was started or asked for will be ready.
  private struct Clocks: Codable {
    var highFrequencyWanted = false
    var crystalReadyAt: Instant?
    var crystalRuns = false
    var lowFrequencyWanted = false
    var lowFrequencySource: UInt32 = 0
    var lowFrequencyReadyAt: Instant?
    var lowFrequencyRuns = false
    var calibratedAt: Instant?
    var calibrationTimerEndsAt: Instant?
  }

  public init(_ parameters: DeviceParameters) { self.parameters = parameters }

  public mutating func reset(in context: inout DeviceContext) {
    reset(after: .powerOn, in: &context)
  }

  /// What each kind of reset spares is the table in 5.3.6.8.
  public mutating func reset(
    after cause: DeviceContext.ResetCause, in context: inout DeviceContext
  ) {
    clocks = Clocks()
    ramPower = Array(repeating: POWER.Reset.ramPower, count: Self.ramBlocks)
    registers.reset()
    events.reset(in: &context)
    context.cancelWake()
    switch cause {
    case .powerOn: resetReason = 0
    case .pin: resetReason |= POWER.ResetReason.pin
    case .watchdog: resetReason |= POWER.ResetReason.watchdog
    case .software: resetReason |= POWER.ResetReason.software
    case .lockup: resetReason |= POWER.ResetReason.lockup
    }
    if cause != .software && cause != .lockup { retained.reset() }
    isUSBPowerWanted = false
    controlUSBPower(at: context.now)
    if hasUSBPower { events.fire(POWER.Offset.eventsUSBDetected, in: &context) }
  }

  // MARK: VBUS

  public mutating func usb(
    _ event: USBBusEvent, in context: inout DeviceContext
  ) -> USBHandshake {
    guard case .power(let isOn) = event, isOn != hasUSBPower else { return .none }
    hasUSBPower = isOn
    let event = isOn ? POWER.Offset.eventsUSBDetected : POWER.Offset.eventsUSBRemoved
    events.fire(event, in: &context)
    controlUSBPower(at: context.now)
    schedule(in: &context)
    return .none
  }

  public mutating func usbSupply(isWanted: Bool, in context: inout DeviceContext) {
    guard isWanted != isUSBPowerWanted else { return }
    isUSBPowerWanted = isWanted
    controlUSBPower(at: context.now)
    schedule(in: &context)
  }

  /// The regulator runs while there is VBUS and USBD is enabled; USBPWRRDY follows when it has
  /// settled (5.3.2): 1 ms, for which the manual gives no figure.
  private mutating func controlUSBPower(at now: Instant) {
    isUSBPowerReady = false
    let runs = hasUSBPower && isUSBPowerWanted
    usbPowerReadyAt = runs ? now + parameters.microseconds(1000) : nil
  }

  // MARK: Registers

  public mutating func read(_ offset: UInt32, in context: inout DeviceContext) -> UInt32 {
    if let value = events.read(offset) ?? registers.read(offset) ?? retained.read(offset) {
      return value
    }
    if let block = element(of: offset, in: POWER.Offset.ramPower, count: 9, stride: 16) {
      return ramPower[block]
    }
    switch offset {
    case CLOCK.Offset.highFrequencyRun: return clocks.highFrequencyWanted ? 1 : 0
    // The core runs, so some HFCLK does: the internal oscillator at least.
    case CLOCK.Offset.highFrequencyStatus:
      return CLOCK.Status.running | (clocks.crystalRuns ? CLOCK.Status.crystal : 0)
    case CLOCK.Offset.lowFrequencyRun: return clocks.lowFrequencyWanted ? 1 : 0
    case CLOCK.Offset.lowFrequencyStatus: return lowFrequencyStatus
    case CLOCK.Offset.lowFrequencySourceCopy: return clocks.lowFrequencySource
    case POWER.Offset.resetReason: return resetReason
    case POWER.Offset.ramStatus: return 0xF
    case POWER.Offset.usbRegulatorStatus:
      return (hasUSBPower ? POWER.USBStatus.busPower : 0)
        | (isUSBPowerReady ? POWER.USBStatus.outputReady : 0)
    case POWER.Offset.mainRegulatorStatus: return 0
    default:
      context.reportUnmodelled(offset, write: false)
      return 0
    }
  }

  public mutating func write(_ offset: UInt32, _ value: UInt32, in context: inout DeviceContext) {
    if events.write(offset, value, in: &context) || registers.write(offset, value)
      || retained.write(offset, value)
    {
      return
    }
    if let block = element(of: offset, in: POWER.Offset.ramPower, count: 9, stride: 16) {
      ramPower[block] = value
    } else if let block = element(of: offset, in: POWER.Offset.ramPowerSet, count: 9, stride: 16) {
      ramPower[block] |= value
    } else if let block = element(of: offset, in: POWER.Offset.ramPowerClear, count: 9, stride: 16)
    {
      ramPower[block] &= ~value
    } else if offset == POWER.Offset.resetReason {
      resetReason &= ~value
    } else if offset == POWER.Offset.systemOff {
      if value & 1 != 0 { context.request(.systemOff) }
    } else {
      trigger(task: offset, isWritten: value & 1 != 0, in: &context)
    }
  }

  // MARK: Clocks

  private mutating func trigger(task: UInt32, isWritten: Bool, in context: inout DeviceContext) {
    switch task {
    case CLOCK.Offset.tasksHighFrequencyStart: if isWritten { startCrystal(at: context.now) }
    case CLOCK.Offset.tasksHighFrequencyStop: if isWritten { stopCrystal() }
    case CLOCK.Offset.tasksLowFrequencyStart: if isWritten { startLowFrequency(at: context.now) }
    case CLOCK.Offset.tasksLowFrequencyStop: if isWritten { stopLowFrequency() }
    case CLOCK.Offset.tasksCalibrate:
      // 16 ms of counting LFRC against HFXO.
      if isWritten { clocks.calibratedAt = context.now + parameters.microseconds(16_000) }
    case CLOCK.Offset.tasksCalibrationTimerStart:
      if isWritten { startCalibrationTimer(in: &context) }
    case CLOCK.Offset.tasksCalibrationTimerStop:
      guard isWritten else { break }
      clocks.calibrationTimerEndsAt = nil
      events.fire(CLOCK.Offset.eventsCalibrationTimerStopped, in: &context)
    case POWER.Offset.tasksConstantLatency, POWER.Offset.tasksLowPower: break
    default: context.reportUnmodelled(task, write: true)
    }
    schedule(in: &context)
  }

  /// 60 µs until the crystal swings, then HFXODEBOUNCE in steps of 16 µs.
  private mutating func startCrystal(at now: Instant) {
    clocks.highFrequencyWanted = true
    guard clocks.crystalReadyAt == nil else { return }
    let debounce = UInt64(max(1, registers[CLOCK.Offset.crystalDebounce])) * 16
    let delay = clocks.crystalRuns ? 0 : 60 + debounce
    clocks.crystalReadyAt = now + parameters.microseconds(delay)
  }

  private mutating func stopCrystal() {
    clocks.highFrequencyWanted = false
    clocks.crystalRuns = false
    clocks.crystalReadyAt = nil
  }

  private mutating func startLowFrequency(at now: Instant) {
    let source = registers[CLOCK.Offset.lowFrequencySource] & 3
    if clocks.lowFrequencyWanted, clocks.lowFrequencySource == source {
      // A clock that runs says so again: a sketch behind a bootloader that started it waits for it.
      if clocks.lowFrequencyRuns { clocks.lowFrequencyReadyAt = now }
      return
    }
    // Zephyr starts the RC oscillator first and goes over to the crystal while it runs.
    (clocks.lowFrequencyWanted, clocks.lowFrequencyRuns) = (true, false)
    clocks.lowFrequencySource = source
    let crystal = parameters.numbers["crystalStartMilliseconds"] ?? 250
    let delay: UInt64 =
      switch clocks.lowFrequencySource {
      case CLOCK.Source.crystal: min(crystal, 10_000) * 1000
      case CLOCK.Source.synthesized: 100
      default: 600
      }
    clocks.lowFrequencyReadyAt = now + parameters.microseconds(delay)
  }

  private mutating func stopLowFrequency() {
    clocks.lowFrequencyWanted = false
    clocks.lowFrequencyRuns = false
    clocks.lowFrequencyReadyAt = nil
  }

  /// While the crystal starts, the RC oscillator stands in for it (6.4.2).
  private var lowFrequencyStatus: UInt32 {
    if clocks.lowFrequencyRuns { return CLOCK.Status.running | clocks.lowFrequencySource }
    let standsIn = clocks.lowFrequencyWanted && clocks.lowFrequencySource == CLOCK.Source.crystal
    return standsIn ? CLOCK.Status.running | CLOCK.Source.rc : 0
  }

  /// CTIV counts quarters of a second.
  private mutating func startCalibrationTimer(in context: inout DeviceContext) {
    let quarters = UInt64(max(1, registers[CLOCK.Offset.calibrationTimerInterval]))
    clocks.calibrationTimerEndsAt = context.now + parameters.microseconds(quarters * 250_000)
    events.fire(CLOCK.Offset.eventsCalibrationTimerStarted, in: &context)
  }

  public mutating func wake(in context: inout DeviceContext) {
    if isDue(&clocks.crystalReadyAt, at: context.now) {
      clocks.crystalRuns = true
      events.fire(CLOCK.Offset.eventsHighFrequencyStarted, in: &context)
    }
    if isDue(&clocks.lowFrequencyReadyAt, at: context.now) {
      clocks.lowFrequencyRuns = true
      events.fire(CLOCK.Offset.eventsLowFrequencyStarted, in: &context)
    }
    if isDue(&clocks.calibratedAt, at: context.now) {
      events.fire(CLOCK.Offset.eventsCalibrationDone, in: &context)
    }
    if isDue(&clocks.calibrationTimerEndsAt, at: context.now) {
      events.fire(CLOCK.Offset.eventsCalibrationTimerTimeout, in: &context)
    }
    if isDue(&usbPowerReadyAt, at: context.now) {
      isUSBPowerReady = true
      events.fire(POWER.Offset.eventsUSBPowerReady, in: &context)
    }
    schedule(in: &context)
  }

  private func isDue(_ instant: inout Instant?, at now: Instant) -> Bool {
    guard let due = instant, due <= now else { return false }
    instant = nil
    return true
  }

  private func schedule(in context: inout DeviceContext) {
    context.wake(
      atFirstOf: clocks.crystalReadyAt, clocks.lowFrequencyReadyAt, clocks.calibratedAt,
      clocks.calibrationTimerEndsAt, usbPowerReadyAt)
  }
}
