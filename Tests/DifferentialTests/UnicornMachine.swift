// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CUnicorn

@testable import CortexM

struct UnicornError: Error, CustomStringConvertible {
  let call: String
  let code: uc_err
  var description: String { "\(call): \(String(cString: uc_strerror(code)))" }
}

/// Unicorn (QEMU's translator as a library) as a Cortex-M that runs a few instructions at a time.
/// It has a processor, code and data memory; no NVIC, no system registers, no exceptions.
final class UnicornMachine {
  let memory: TestMemory
  private let engine: OpaquePointer
  private let hasFloatingPoint: Bool
  private let statusBits: UInt32

  init(_ core: TestedCore = .cortexM4F) throws {
    var opened: OpaquePointer?
    // UC_MODE_MCLASS would make it a Cortex-M33 whatever is asked for.
    try Self.check("uc_open", uc_open(UC_ARCH_ARM, UC_MODE_THUMB, &opened))
    guard let opened else { throw UnicornError(call: "uc_open", code: UC_ERR_NOMEM) }
    engine = opened
    memory = TestMemory()
    hasFloatingPoint = core.hasFloatingPoint
    statusBits = core.architecture.statusBits
    try Self.check("uc_use_cpu", uc_use_cpu(engine, core.model))
    try map(memory.code, TestMemory.codeBase, TestMemory.codeSize)
    try map(memory.data, TestMemory.dataBase, TestMemory.dataSize)
    // FPCA, and SFPA where the model has it: else the first float instruction loads FPDSCR.
    write(UC_ARM_REG_CONTROL, 0xC)
  }

  deinit { uc_close(engine) }

  private static func check(_ call: String, _ code: uc_err) throws {
    guard code == UC_ERR_OK else { throw UnicornError(call: call, code: code) }
  }

  private func map(_ bytes: UnsafeMutableRawPointer, _ base: UInt32, _ size: Int) throws {
    try Self.check(
      "uc_mem_map_ptr", uc_mem_map_ptr(engine, UInt64(base), size, UC_PROT_ALL.rawValue, bytes))
  }

  // MARK: - Registers

  private func write(_ register: uc_arm_reg, _ value: UInt32) {
    var value = value
    uc_reg_write(engine, Int32(bitPattern: register.rawValue), &value)
  }

  private func read(_ register: uc_arm_reg) -> UInt32 {
    var value: UInt32 = 0
    uc_reg_read(engine, Int32(bitPattern: register.rawValue), &value)
    return value
  }

  private static let core: [uc_arm_reg] =
    (0..<13).map { uc_arm_reg(UC_ARM_REG_R0.rawValue + $0) }
    + [UC_ARM_REG_SP, UC_ARM_REG_LR]
  private static let singles = (0..<32).map { uc_arm_reg(UC_ARM_REG_S0.rawValue + $0) }

  /// r15 is given to `run`; ITSTATE is taken over.
  func load(_ state: ProcessorState) {
    for (register, value) in zip(Self.core, state.registers) { write(register, value) }
    // The first clears ITSTATE, the second leaves GE alone.
    write(UC_ARM_REG_XPSR_NZCVQG, state.flags)
    let ifThen = UInt32(state.ifThen)
    write(UC_ARM_REG_XPSR, state.flags | 1 << 24 | (ifThen & 3) << 25 | (ifThen & 0xFC) << 8)
    guard hasFloatingPoint else { return }
    for (register, value) in zip(Self.singles, state.singles) { write(register, value) }
    write(UC_ARM_REG_FPSCR, state.fpscr)
  }

  var state: ProcessorState {
    var state = ProcessorState()
    for (index, register) in Self.core.enumerated() { state.registers[index] = read(register) }
    state.registers[15] = read(UC_ARM_REG_PC)
    let status = read(UC_ARM_REG_XPSR)
    state.flags = status & statusBits
    state.ifThen = UInt8(truncatingIfNeeded: status >> 25 & 3 | status >> 8 & 0xFC)
    guard hasFloatingPoint else { return state }
    for (index, register) in Self.singles.enumerated() { state.singles[index] = read(register) }
    state.fpscr = read(UC_ARM_REG_FPSCR)
    return state
  }

  // MARK: - Running

  /// Runs straight-line code from `TestMemory.entry` until `end`.
  func run(until end: UInt32) -> Ending { start(until: end, count: 0) }

  /// Runs one instruction, wherever it leads. Slower by far: Unicorn counts with a hook.
  func step() -> Ending { start(until: 0, count: 1) }

  private func start(until end: UInt32, count: Int) -> Ending {
    uc_forget_code(
      engine, UInt64(TestMemory.codeBase),
      UInt64(TestMemory.codeBase) + UInt64(TestMemory.codeSize))
    let code = uc_emu_start(engine, UInt64(TestMemory.entry | 1), UInt64(end), 0, count)
    return code == UC_ERR_OK ? .completed : .faulted
  }
}
