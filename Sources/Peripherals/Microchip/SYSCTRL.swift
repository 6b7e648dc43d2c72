// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

/// SAM D21 SYSCTRL (DS40001882, SYSCTRL): the oscillators, which take their time to start, the DFLL
/// and its locks, the DPLL, brown-out detector and references.
///
/// Tells the rate of each as `ClockLine.source`, by the numbers of GCLK's GENCTRL.SRC. The DFLL is
/// taken to give 48 MHz however it is set, as all firmware sets it so; without its reference
/// (generic clock 0) it does not lock. An oscillator runs once enabled, asked for or not.
///
/// Parameters: `crystal`, the rate of a crystal on XIN and XOUT in hertz (default: none);
/// `crystal32K` (default true), `crystal32KMilliseconds` (how long it takes at most, default: what
/// the datasheet says for each STARTUP, 2 s for the 6 that Arduino writes).
public struct MicrochipSYSCTRL: LaneRegisters {
  typealias SYSCTRL = SAMD21.SYSCTRL

  static let table = RegisterLayout(
    bytes: [
      SYSCTRL.Offset.lowPower32K, SYSCTRL.Offset.dfllSync, SYSCTRL.Offset.dpllControlA,
      SYSCTRL.Offset.dpllStatus,
    ],
    halves: [
      SYSCTRL.Offset.crystal, SYSCTRL.Offset.crystal32K, SYSCTRL.Offset.dfllControl,
      SYSCTRL.Offset.regulator,
    ],
    words: [
      SYSCTRL.Offset.interruptEnableClear, SYSCTRL.Offset.interruptEnableSet,
      SYSCTRL.Offset.interruptFlags, SYSCTRL.Offset.status, SYSCTRL.Offset.rc32K,
      SYSCTRL.Offset.rc8M, SYSCTRL.Offset.dfllValue, SYSCTRL.Offset.dfllMultiplier,
      SYSCTRL.Offset.brownOut, SYSCTRL.Offset.reference, SYSCTRL.Offset.dpllRatio,
      SYSCTRL.Offset.dpllControlB,
    ])
  var layout: RegisterLayout { Self.table }

  let parameters: DeviceParameters
  var registers = StoredRegisters(Self.stored)
  /// What PCLKSR shows.
  var status: UInt32 = 0
  /// When a bit of `status` rises.
  var coming: [UInt32: Instant] = [:]
  /// The rate of generic clock 0, the DFLL's reference.
  var dfllReference: Frequency?
  /// The rate of generic clock 1, one of the DPLL's references.
  var dpllReference: Frequency?
  private var told: [Source: Frequency] = [:]
  private var interrupts = InterruptFlags(implemented: Self.statusBits)

  static let statusBits: UInt32 = 0x3_8FFF

  /// Numbers of GENCTRL.SRC.
  enum Source: UInt8, Codable, CaseIterable {
    case crystal = 0
    case lowPower32K = 3
    case rc32K = 4
    case crystal32K = 5
    case rc8M = 6
    case dfll = 7
    case dpll = 8
  }

  private static let stored: [StoredRegisters.Register] = [
    .init(SYSCTRL.Offset.crystal, writable: 0xFFC6, reset: SYSCTRL.Reset.crystal),
    .init(SYSCTRL.Offset.crystal32K, writable: 0x17FE, reset: SYSCTRL.Reset.crystal32K),
    .init(SYSCTRL.Offset.rc32K, writable: 0x7F_17CE, reset: SYSCTRL.Reset.rc32K),
    .init(SYSCTRL.Offset.lowPower32K, writable: 0x9F, reset: SYSCTRL.Reset.lowPower32K),
    .init(SYSCTRL.Offset.rc8M, writable: 0xCFFF_03C2, reset: SYSCTRL.Reset.rc8M),
    .init(SYSCTRL.Offset.dfllControl, writable: 0xFFE, reset: SYSCTRL.Reset.dfllControl),
    .init(SYSCTRL.Offset.dfllValue, writable: 0xFFFF),
    .init(SYSCTRL.Offset.dfllMultiplier),
    .init(SYSCTRL.Offset.dfllSync, writable: 0),
    .init(SYSCTRL.Offset.brownOut, writable: 0x3F_F35E, reset: SAMD21.Fuses.brownOut),
    .init(SYSCTRL.Offset.regulator, writable: 0x2040),
    .init(SYSCTRL.Offset.reference, writable: 0x07FF_0006),
    .init(SYSCTRL.Offset.dpllControlA, writable: 0xC2, reset: SYSCTRL.Reset.dpllControlA),
    .init(SYSCTRL.Offset.dpllRatio, writable: 0xF_0FFF),
    .init(SYSCTRL.Offset.dpllControlB, writable: 0x07FF_173F),
  ]

  public init(_ parameters: DeviceParameters) { self.parameters = parameters }

  /// The 32 kHz oscillators keep running over all but a power-on reset; they are taken to be
  /// started afresh all the same.
  public mutating func reset(in context: inout DeviceContext) {
    registers.reset()
    coming = [:]
    status =
      SYSCTRL.Status.rc8MReady | SYSCTRL.Status.dfllReady | SYSCTRL.Status.brownOutReady
      | SYSCTRL.Status.brownOutSynchronized
    interrupts.reset(in: &context)
    context.cancelWake()
    announce(in: &context)
  }

  // MARK: Registers

  mutating func load(_ register: UInt32, in context: inout DeviceContext) -> UInt32 {
    switch register {
    case SYSCTRL.Offset.interruptEnableClear, SYSCTRL.Offset.interruptEnableSet:
      return interrupts.enabled
    case SYSCTRL.Offset.interruptFlags: return interrupts.raised
    case SYSCTRL.Offset.status: return status
    case SYSCTRL.Offset.dpllStatus: return dpllStatus
    default: return registers[register]
    }
  }

  mutating func store(
    _ register: UInt32, _ value: UInt32, lanes: UInt32, in context: inout DeviceContext
  ) {
    switch register {
    case SYSCTRL.Offset.interruptEnableClear: return interrupts.disable(value, in: &context)
    case SYSCTRL.Offset.interruptEnableSet: return interrupts.enable(value, in: &context)
    case SYSCTRL.Offset.interruptFlags: return interrupts.clear(value, in: &context)
    default: break
    }
    guard !isLocked(register) else { return }
    let before = registers[register]
    guard registers.write(register, value, lanes: lanes) else { return }
    let changed = before ^ registers[register]
    react(to: register, changed: changed, in: &context)
    settle(in: &context)
  }

  private func isLocked(_ register: UInt32) -> Bool {
    switch register {
    case SYSCTRL.Offset.crystal32K: registers[register] & SYSCTRL.Crystal32K.locked != 0
    case SYSCTRL.Offset.rc32K: registers[register] & SYSCTRL.RC32K.locked != 0
    case SYSCTRL.Offset.lowPower32K: registers[register] & 0x80 != 0
    default: false
    }
  }

  // MARK: Time

  public mutating func wake(in context: inout DeviceContext) { settle(in: &context) }

  public mutating func clock(
    _ line: ClockLine, became frequency: Frequency?, in context: inout DeviceContext
  ) {
    switch line {
    case .generic(0) where dfllReference != frequency:
      dfllReference = frequency
      lockDFLL(at: context.now)
    case .generic(1) where dpllReference != frequency:
      dpllReference = frequency
      startDPLL(at: context.now)
    default: return
    }
    settle(in: &context)
  }

  /// What has become ready by now is shown, and told to whoever runs on it.
  private mutating func settle(in context: inout DeviceContext) {
    for (bit, at) in coming where at <= context.now {
      coming[bit] = nil
      status |= bit
      interrupts.raise(bit, in: &context)
    }
    context.wake(at: coming.values.min() ?? .never)
    announce(in: &context)
  }

  private mutating func announce(in context: inout DeviceContext) {
    for source in Source.allCases {
      let rate = rate(of: source)
      guard told[source] != rate else { continue }
      told[source] = rate
      context.request(.clock(.source(source.rawValue), rate))
    }
  }

  private func rate(of source: Source) -> Frequency? {
    func ready(_ bit: UInt32) -> Bool { status & bit != 0 }
    let slow = Frequency(hertz: 32_768)
    switch source {
    case .crystal:
      let hertz = parameters.numbers["crystal"].map { Frequency(hertz: min(max($0, 1), 1 << 30)) }
      return ready(SYSCTRL.Status.crystalReady) ? hertz : nil
    case .lowPower32K: return slow
    case .rc32K: return ready(SYSCTRL.Status.rc32KReady) ? slow : nil
    case .crystal32K: return ready(SYSCTRL.Status.crystal32KReady) ? slow : nil
    case .rc8M:
      let control = registers[SYSCTRL.Offset.rc8M]
      let shift = (control & SYSCTRL.RC8M.prescaler) >> SYSCTRL.RC8M.prescalerShift
      return ready(SYSCTRL.Status.rc8MReady) ? Frequency(hertz: 8_000_000 >> UInt64(shift)) : nil
    case .dfll:
      let isOn = registers[SYSCTRL.Offset.dfllControl] & SYSCTRL.DFLL.enable != 0
      return isOn ? Frequency(hertz: 48_000_000) : nil
    case .dpll: return ready(SYSCTRL.Status.dpllLocked) ? dpllRate : nil
    }
  }
}
