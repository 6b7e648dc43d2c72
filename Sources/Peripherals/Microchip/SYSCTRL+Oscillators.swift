// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

// What each control register starts and stops, and how long that takes.
extension MicrochipSYSCTRL {
  mutating func react(
    to register: UInt32, changed: UInt32, in context: inout DeviceContext
  ) {
    let now = context.now
    let value = registers[register]
    switch register {
    case SYSCTRL.Offset.crystal:
      // A crystal that the board lacks never swings.
      let delay = parameters.numbers["crystal"] == nil ? nil : UInt64(2000)
      turn(
        SYSCTRL.Status.crystalReady, on: value & SYSCTRL.Crystal.enable != 0, after: delay, at: now)
    case SYSCTRL.Offset.crystal32K:
      turn(
        SYSCTRL.Status.crystal32KReady, on: value & SYSCTRL.Crystal32K.enable != 0,
        after: crystal32KStart(value), at: now)
    case SYSCTRL.Offset.rc32K:
      let choice = (value & SYSCTRL.RC32K.startUp) >> SYSCTRL.RC32K.startUpShift
      turn(
        SYSCTRL.Status.rc32KReady, on: value & SYSCTRL.RC32K.enable != 0,
        after: Self.rc32KStarts[Int(choice)], at: now)
    case SYSCTRL.Offset.rc8M:
      turn(SYSCTRL.Status.rc8MReady, on: value & SYSCTRL.RC8M.enable != 0, after: 3, at: now)
    case SYSCTRL.Offset.dfllControl:
      synchronizeDFLL(at: now)
      if changed & ~SYSCTRL.DFLL.onDemand != 0 { lockDFLL(at: now) }
    case SYSCTRL.Offset.dfllValue, SYSCTRL.Offset.dfllMultiplier: synchronizeDFLL(at: now)
    case SYSCTRL.Offset.brownOut:
      turn(
        SYSCTRL.Status.brownOutReady, on: value & SYSCTRL.BrownOut.enable != 0, after: 30, at: now)
    case SYSCTRL.Offset.dpllControlA, SYSCTRL.Offset.dpllRatio, SYSCTRL.Offset.dpllControlB:
      startDPLL(at: now)
    default: break
    }
  }

  /// - Parameter delay: in microseconds; nil is never.
  private mutating func turn(
    _ bit: UInt32, on: Bool, after delay: UInt64?, at now: Instant
  ) {
    guard on else {
      status &= ~bit
      coming[bit] = nil
      return
    }
    guard status & bit == 0, coming[bit] == nil else { return }
    coming[bit] = delay.map { now + parameters.microseconds($0) }
  }

  /// DS40001882, XOSC32K.STARTUP: cycles of OSCULP32K, then three of the crystal, in microseconds.
  private static let crystal32KStarts: [UInt64] = [
    122, 1_068, 62_592, 125_092, 500_092, 1_000_092, 2_000_092, 4_000_092,
  ]
  /// DS40001882, OSC32K.STARTUP, in microseconds.
  private static let rc32KStarts: [UInt64] = [92, 122, 183, 305, 549, 1_038, 2_014, 3_967]

  private func crystal32KStart(_ value: UInt32) -> UInt64? {
    if parameters.numbers["crystal32K"] == 0 { return nil }
    let choice = (value & SYSCTRL.Crystal32K.startUp) >> SYSCTRL.Crystal32K.startUpShift
    let limit = min(parameters.numbers["crystal32KMilliseconds"] ?? 10_000, 10_000) * 1000
    return min(Self.crystal32KStarts[Int(choice)], limit)
  }

  // MARK: DFLL

  /// Writes cross into the DFLL's clock domain; DFLLRDY is low meanwhile.
  private mutating func synchronizeDFLL(at now: Instant) {
    status &= ~SYSCTRL.Status.dfllReady
    coming[SYSCTRL.Status.dfllReady] = now + parameters.microseconds(Self.dfllStart)
  }

  /// In microseconds: the DFLL starts in 8, and what crosses clock domains takes about as long.
  private static let dfllStart: UInt64 = 8
  /// In microseconds, in closed loop from 32.768 kHz: the coarse search, then the fine one
  /// (DS40001882, DFLL48M characteristics, 100 to 500 in all).
  private static let dfllLocks: (coarse: UInt64, fine: UInt64) = (100, 200)

  mutating func lockDFLL(at now: Instant) {
    let locks = SYSCTRL.Status.dfllCoarseLock | SYSCTRL.Status.dfllFineLock
    status &= ~locks
    coming[SYSCTRL.Status.dfllCoarseLock] = nil
    coming[SYSCTRL.Status.dfllFineLock] = nil
    let control = registers[SYSCTRL.Offset.dfllControl]
    let closed = SYSCTRL.DFLL.enable | SYSCTRL.DFLL.closedLoop
    // USB start-of-frames are the other reference: nobody waits for locks on them.
    guard control & closed == closed, control & SYSCTRL.DFLL.usbRecovery == 0,
      dfllReference != nil
    else { return }
    let bypass = control & SYSCTRL.DFLL.bypassCoarseLock != 0
    let coarse = bypass ? 0 : Self.dfllLocks.coarse
    coming[SYSCTRL.Status.dfllCoarseLock] = now + parameters.microseconds(coarse)
    coming[SYSCTRL.Status.dfllFineLock] =
      now + parameters.microseconds(coarse + Self.dfllLocks.fine)
  }

  // MARK: DPLL

  /// The reference times LDR + 1 + LDRFRAC / 16.
  var dpllRate: Frequency? {
    guard let reference = dpllInput else { return nil }
    let ratio = registers[SYSCTRL.Offset.dpllRatio]
    let fraction = (ratio & SYSCTRL.DPLL.fraction) >> SYSCTRL.DPLL.fractionShift
    let sixteenths = (UInt64(ratio & SYSCTRL.DPLL.ratio) + 1) * 16 + UInt64(fraction)
    return Frequency(
      hertz: reference.numerator * sixteenths, over: reference.denominator * 16)
  }

  private var dpllInput: Frequency? {
    let control = registers[SYSCTRL.Offset.dpllControlB]
    switch (control & SYSCTRL.DPLL.source) >> SYSCTRL.DPLL.sourceShift {
    case 0:
      return status & SYSCTRL.Status.crystal32KReady != 0 ? Frequency(hertz: 32_768) : nil
    case 2: return dpllReference
    default: return nil
    }
  }

  mutating func startDPLL(at now: Instant) {
    status &= ~SYSCTRL.Status.dpllLocked
    let isOn = registers[SYSCTRL.Offset.dpllControlA] & SYSCTRL.DPLL.enable != 0
    coming[SYSCTRL.Status.dpllLocked] = nil
    turn(
      SYSCTRL.Status.dpllLocked, on: isOn && dpllInput != nil, after: Self.dpllLock, at: now)
  }

  /// In microseconds, from 32.768 kHz (DS40001882, FDPLL96M characteristics).
  private static let dpllLock: UInt64 = 1300

  var dpllStatus: UInt32 {
    let isOn = registers[SYSCTRL.Offset.dpllControlA] & SYSCTRL.DPLL.enable != 0
    let isLocked = status & SYSCTRL.Status.dpllLocked != 0
    return (isOn ? SYSCTRL.DPLLStatus.enabled : 0)
      | (isLocked ? SYSCTRL.DPLLStatus.locked | SYSCTRL.DPLLStatus.ready : 0)
  }
}
