// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CUnicorn

@testable import CortexMJIT

/// Unicorn (QEMU's translator as a library) as an AArch64 host for generated code: this process's
/// memory at its own addresses, as far as it has been shown.
final class UnicornHost: CodeRunner {
  private let engine: OpaquePointer
  private let memory: ExecutableMemory
  private var mapped: Set<UInt> = []
  private let stack: UnsafeMutableRawPointer
  private var changed: Range<Int>?
  /// What went wrong; empty when nothing did.
  private(set) var failures: [String] = []
  private(set) var runs = 0

  private static let page = 4096
  private static let stackSize = 1 << 16

  init(_ memory: ExecutableMemory) throws {
    var opened: OpaquePointer?
    guard uc_open(UC_ARCH_ARM64, UC_MODE_ARM, &opened) == UC_ERR_OK, let opened else {
      throw Failure(call: "uc_open")
    }
    engine = opened
    self.memory = memory
    stack = .allocate(byteCount: Self.stackSize, alignment: Self.page)
    guard uc_use_arm64_max(engine) == UC_ERR_OK else { throw Failure(call: "uc_use_arm64_max") }
    try show(stack, Self.stackSize)
    try map(UInt(bitPattern: memory.executable), memory.byteCount)
    // CPACR_EL1.FPEN: floating point does not trap.
    var access: UInt64 = 3 << 20
    uc_reg_write(engine, Int32(bitPattern: UC_ARM64_REG_CPACR_EL1.rawValue), &access)
  }

  deinit {
    uc_close(engine)
    stack.deallocate()
  }

  struct Failure: Error { let call: String }

  private func map(_ address: UInt, _ size: Int) throws {
    let place = UnsafeMutableRawPointer(bitPattern: address)
    guard uc_mem_map_ptr(engine, UInt64(address), size, UC_PROT_ALL.rawValue, place) == UC_ERR_OK
    else { throw Failure(call: "uc_mem_map_ptr") }
  }

  /// Makes whole pages of this process visible, those around the range included.
  func show(_ start: UnsafeRawPointer, _ size: Int) throws {
    let first = UInt(bitPattern: start) & ~UInt(Self.page - 1)
    for page in stride(from: first, to: UInt(bitPattern: start) + UInt(size), by: Self.page)
    where mapped.insert(page).inserted {
      try map(page, Self.page)
    }
  }

  // MARK: CodeRunner

  func codeReads(_ start: UnsafeRawPointer, _ byteCount: Int) {
    do { try show(start, byteCount) } catch { fail("\(error)") }
  }

  func codeChanged(_ offsets: Range<Int>) {
    let old = changed ?? offsets
    changed = min(old.lowerBound, offsets.lowerBound)..<max(old.upperBound, offsets.upperBound)
  }

  func run(
    _ enter: Int, _ state: UnsafeMutableRawPointer, _ code: Int, _ budget: Int64
  ) -> UInt32 {
    runs += 1
    let base = UInt64(UInt(bitPattern: memory.executable))
    if let changed {
      uc_forget_code(
        engine, base + UInt64(changed.lowerBound), base + UInt64(changed.upperBound))
      self.changed = nil
    }
    // Where the way out returns to: nothing runs there.
    let end = base + UInt64(memory.byteCount) - 4
    write(UC_ARM64_REG_X0, UInt64(UInt(bitPattern: state)))
    write(UC_ARM64_REG_X1, base + UInt64(code))
    write(UC_ARM64_REG_X2, UInt64(bitPattern: budget))
    write(UC_ARM64_REG_LR, end)
    write(UC_ARM64_REG_SP, UInt64(UInt(bitPattern: stack)) + UInt64(Self.stackSize))
    let saved = Self.calleeSaved.map { register -> UInt64 in
      let value = 0x5A5A_0000_0000_0000 | UInt64(register.rawValue)
      write(register, value)
      return value
    }
    let result = uc_emu_start(engine, base + UInt64(enter), end, 0, 0)
    if result != UC_ERR_OK || read(UC_ARM64_REG_PC) != end {
      fail("\(String(cString: uc_strerror(result))) at \(offset(of: read(UC_ARM64_REG_PC)))")
      return ExitTable.unknownTarget
    }
    if Self.calleeSaved.map(read) != saved { fail("callee-saved registers are not given back") }
    if read(UC_ARM64_REG_SP) != UInt64(UInt(bitPattern: stack)) + UInt64(Self.stackSize) {
      fail("sp is not given back")
    }
    return UInt32(truncatingIfNeeded: read(UC_ARM64_REG_X0))
  }

  private func offset(of address: UInt64) -> String {
    String(address &- UInt64(UInt(bitPattern: memory.executable)), radix: 16)
  }

  private func fail(_ text: String) { if failures.count < 10 { failures.append(text) } }

  private static let calleeSaved: [uc_arm64_reg] = (0..<10).map {
    uc_arm64_reg(UC_ARM64_REG_X19.rawValue + $0)
  }

  private func write(_ register: uc_arm64_reg, _ value: UInt64) {
    var value = value
    uc_reg_write(engine, Int32(bitPattern: register.rawValue), &value)
  }

  private func read(_ register: uc_arm64_reg) -> UInt64 {
    var value: UInt64 = 0
    uc_reg_read(engine, Int32(bitPattern: register.rawValue), &value)
    return value
  }
}
