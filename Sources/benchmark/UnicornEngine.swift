// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CUnicorn
import FirmwareImage
import Foundation
import MachineModel

/// Unicorn, QEMU's translator as a library: a Cortex-M4 without interrupts and without devices.
struct UnicornEngine: Peer {
  let name = "Unicorn"

  /// What the program asked for by semihosting.
  private final class Conversation {
    var output: [UInt8] = []
    var hasExited = false
  }

  func run(_ workload: Workload) throws -> Run {
    var opened: OpaquePointer?
    // UC_MODE_MCLASS would make it a Cortex-M33 whatever is asked for.
    try check(uc_open(UC_ARCH_ARM, UC_MODE_THUMB, &opened), workload)
    guard let engine = opened else { throw workload.didNotEnd(on: name, "it did not open") }
    defer { uc_close(engine) }
    try check(uc_use_cpu(engine, UC_CPU_ARM_CORTEX_M4), workload)
    try prepare(engine, workload)
    let conversation = Conversation()
    var hook: uc_hook = 0
    let user = Unmanaged.passUnretained(conversation).toOpaque()
    try check(uc_hook_interrupts(engine, &hook, Self.answer, user), workload)
    let start = ProcessorTime.own()
    let entry = workload.contents.word(at: workload.contents.vectorTable + ByteCount(4)) ?? 0
    let limit = UInt64(Workload.secondsLimit * 1e6)
    let code = uc_emu_start(engine, UInt64(entry | 1), UInt64(UInt32.max), limit, 0)
    let seconds = ProcessorTime.own() - start
    try check(code, workload)
    guard conversation.hasExited else { throw workload.didNotEnd(on: name, "it took too long") }
    let output = String(decoding: conversation.output, as: UTF8.self)
    return Run(seconds: seconds, output: output.trimmingCharacters(in: .newlines))
  }

  private func check(_ code: uc_err, _ workload: Workload) throws {
    guard code == UC_ERR_OK else {
      throw workload.didNotEnd(on: name, String(cString: uc_strerror(code)))
    }
  }

  private func prepare(_ engine: OpaquePointer, _ workload: Workload) throws {
    let everything = UC_PROT_ALL.rawValue
    for memory in workload.board.chip.memories {
      try check(
        uc_mem_map(engine, UInt64(memory.base.bits), memory.size.count, everything), workload)
    }
    // The system's registers, as memory: start-up code writes some.
    try check(uc_mem_map(engine, 0xE000_0000, 0x10_0000, everything), workload)
    for segment in workload.contents.segments {
      try check(
        uc_mem_write(engine, UInt64(segment.address.bits), segment.bytes, segment.bytes.count),
        workload)
    }
    // FPCA: else the first float instruction would look for a register that is not there.
    var (control, stack) = (
      UInt32(0xC), workload.contents.word(at: workload.contents.vectorTable) ?? 0
    )
    uc_reg_write(engine, Int32(UC_ARM_REG_CONTROL.rawValue), &control)
    uc_reg_write(engine, Int32(UC_ARM_REG_SP.rawValue), &stack)
  }

  /// BKPT 0xAB, with the operation in r0; anything else ends the run without SYS_EXIT.
  private static let answer: uc_cb_hookintr_t = { engine, _, user in
    guard let engine, let user else { return }
    let conversation = Unmanaged<Conversation>.fromOpaque(user).takeUnretainedValue()
    var (operation, argument, counter): (UInt32, UInt32, UInt32) = (0, 0, 0)
    uc_reg_read(engine, Int32(UC_ARM_REG_R0.rawValue), &operation)
    uc_reg_read(engine, Int32(UC_ARM_REG_R1.rawValue), &argument)
    uc_reg_read(engine, Int32(UC_ARM_REG_PC.rawValue), &counter)
    switch operation {
    case 0x04:
      var byte: UInt8 = 0
      while uc_mem_read(engine, UInt64(argument), &byte, 1) == UC_ERR_OK, byte != 0 {
        conversation.output.append(byte)
        argument &+= 1
      }
      counter = counter &+ 2 | 1
      uc_reg_write(engine, Int32(UC_ARM_REG_PC.rawValue), &counter)
    default:
      conversation.hasExited = operation == 0x18 && argument == 0x20026
      uc_emu_stop(engine)
    }
  }
}
