// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

/// SAM D21 NVMCTRL (DS40001882, NVMCTRL): stores to flash fill a page buffer of 64 bytes, commands
/// write it or erase rows of 256 bytes. What lies beside the main array, the user row, calibration
/// values and the serial number, is read through the block's window at 0x0080_0000.
///
/// Contents change at once; INTFLAG.READY says when silicon would be done: 2.5 ms for a page, 6 ms
/// for a row. CTRLB.RWS is kept; wait states are those of the chip file.
///
/// Parameters: `flash` in bytes (default 256 KiB), `user0` and `user1` (the user row),
/// `serialNumber` (what its four words are made from).
public struct MicrochipNVMCTRL: LaneRegisters {
  typealias NVMCTRL = SAMD21.NVMCTRL
  typealias Command = SAMD21.FlashCommand
  static let pageSize: UInt32 = 64
  static let rowSize: UInt32 = SAMD21.Fuses.rowSize
  static let regionCount: UInt32 = 16

  static let table = RegisterLayout(
    bytes: [
      NVMCTRL.Offset.interruptEnableClear, NVMCTRL.Offset.interruptEnableSet,
      NVMCTRL.Offset.interruptFlags,
    ],
    halves: [NVMCTRL.Offset.controlA, NVMCTRL.Offset.status, NVMCTRL.Offset.lock],
    words: [NVMCTRL.Offset.controlB, NVMCTRL.Offset.parameters, NVMCTRL.Offset.address])
  var layout: RegisterLayout { Self.table }

  let parameters: DeviceParameters
  let flashSize: UInt32
  /// Words of the rows beside the main array that are not all ones.
  var rows: [UInt32: UInt32]
  var buffer = [UInt8](repeating: 0xFF, count: Int(Self.pageSize))
  var controlB: UInt32 = 0
  /// In half words, as the register counts.
  var address: UInt32 = 0
  var status: UInt32 = 0
  /// A bit for each region, 0 while it is locked.
  var lock: UInt32 = 0xFFFF
  var busyUntil = Instant.reset
  private var command: UInt32 = 0
  private var interrupts = InterruptFlags(
    implemented: NVMCTRL.Interrupt.ready | NVMCTRL.Interrupt.error)

  public init(_ parameters: DeviceParameters) {
    self.parameters = parameters
    flashSize = UInt32(clamping: min(parameters.numbers["flash"] ?? 1 << 18, 1 << 23))
    func word(_ name: String, _ usual: UInt32) -> UInt32 {
      parameters.numbers[name].map { UInt32(truncatingIfNeeded: $0) } ?? usual
    }
    let serial = word("serialNumber", 0x5EED_0001)
    rows = [
      SAMD21.Fuses.userRow: word("user0", SAMD21.Fuses.userWord0),
      SAMD21.Fuses.userRow + 4: word("user1", SAMD21.Fuses.userWord1),
      // ADC linearity and bias, OSC32K, USB, DFLL: values as chips have them.
      SAMD21.Fuses.calibration: 0xF7FF_FFFF, SAMD21.Fuses.calibration + 4: 0x7DF4_AFE7,
      SAMD21.Fuses.calibration + 8: 0xFFFF_FE00,
      SAMD21.Fuses.serialNumber0: serial, SAMD21.Fuses.serialNumber1: serial &* 0x9E37_79B9,
      SAMD21.Fuses.serialNumber2: serial &* 0x85EB_CA6B,
      SAMD21.Fuses.serialNumber3: serial &* 0xC2B2_AE35,
    ]
  }

  public mutating func reset(in context: inout DeviceContext) {
    buffer = Array(repeating: 0xFF, count: Int(Self.pageSize))
    (controlB, address, command) = (0, 0, 0)
    status &= NVMCTRL.Status.secured
    // The regions' locks are the upper half of the user row's second word.
    lock = (rows[SAMD21.Fuses.userRow + 4] ?? .max) >> 16
    busyUntil = context.now
    interrupts.reset(in: &context)
    interrupts.raise(NVMCTRL.Interrupt.ready, in: &context)
    context.cancelWake()
    // The cache is on until CTRLB.CACHEDIS.
    context.request(.instructionCache(enabled: true))
  }

  // MARK: Registers

  func isRow(_ offset: UInt32) -> Bool { offset >= 0x400 }

  mutating func load(_ register: UInt32, in context: inout DeviceContext) -> UInt32 {
    switch register {
    case NVMCTRL.Offset.controlA: command
    case NVMCTRL.Offset.controlB: controlB
    case NVMCTRL.Offset.parameters:
      // PSZ: 64 bytes are 3.
      flashSize / Self.pageSize | 3 << NVMCTRL.Parameter.pageSizeShift
    case NVMCTRL.Offset.interruptEnableClear, NVMCTRL.Offset.interruptEnableSet:
      interrupts.enabled
    case NVMCTRL.Offset.interruptFlags: interrupts.raised
    case NVMCTRL.Offset.status: status
    case NVMCTRL.Offset.address: address
    case NVMCTRL.Offset.lock: lock
    default: 0
    }
  }

  mutating func store(
    _ register: UInt32, _ value: UInt32, lanes: UInt32, in context: inout DeviceContext
  ) {
    switch register {
    case NVMCTRL.Offset.controlA:
      command = command.replacing(lanes: lanes & NVMCTRL.Command.command, with: value)
      if lanes & NVMCTRL.Command.execute != 0 {
        execute(key: value >> NVMCTRL.Command.executeShift, in: &context)
      }
    case NVMCTRL.Offset.controlB:
      controlB = controlB.replacing(lanes: lanes & 0x7_039E, with: value)
      context.request(.instructionCache(enabled: controlB & NVMCTRL.ControlB.cacheDisable == 0))
    case NVMCTRL.Offset.interruptEnableClear: interrupts.disable(value, in: &context)
    case NVMCTRL.Offset.interruptEnableSet: interrupts.enable(value, in: &context)
    case NVMCTRL.Offset.interruptFlags:
      interrupts.clear(value & NVMCTRL.Interrupt.error, in: &context)
    case NVMCTRL.Offset.status:
      let clearable =
        NVMCTRL.Status.loaded | NVMCTRL.Status.programError | NVMCTRL.Status.lockError
        | NVMCTRL.Status.flashError
      status &= ~(value & clearable)
    case NVMCTRL.Offset.address:
      address = address.replacing(lanes: lanes & 0x3F_FFFF, with: value)
    default: break
    }
  }

  private mutating func execute(key: UInt32, in context: inout DeviceContext) {
    guard key == Command.key else { return fail(NVMCTRL.Status.programError, in: &context) }
    guard busyUntil <= context.now else {
      return fail(NVMCTRL.Status.programError, in: &context)
    }
    perform(command, in: &context)
  }

  mutating func fail(_ reason: UInt32, in context: inout DeviceContext) {
    status |= reason
    interrupts.raise(NVMCTRL.Interrupt.error, in: &context)
  }

  mutating func keepBusy(microseconds: UInt64, in context: inout DeviceContext) {
    busyUntil = context.now + parameters.microseconds(microseconds)
    interrupts.clear(NVMCTRL.Interrupt.ready, in: &context)
    context.wake(at: busyUntil)
  }

  public mutating func wake(in context: inout DeviceContext) {
    guard busyUntil <= context.now else { return context.wake(at: busyUntil) }
    interrupts.raise(NVMCTRL.Interrupt.ready, in: &context)
  }
}
