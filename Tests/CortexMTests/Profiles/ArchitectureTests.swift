// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CortexM

/// Which core has which instructions and says what of itself.
@Suite struct ArchitectureTests {
  private static let cortexM3 = Architecture(.armv7M)
  private static let cortexM0 = Architecture(.armv6M)

  /// The 32-bit instructions of ARMv6-M, all of them (ARMv6-M ARM, A5.3).
  @Test func armv6M_hasSixWideInstructions() {
    let names = Encoding.all.filter { $0.level == .armv6M && $0.pattern.width == 32 }.map(\.name)
    #expect(names == ["BL T1", "MSR T1", "MRS T1", "DSB T1", "DMB T1", "ISB T1", "UDF T2"])
  }

  @Test(
    arguments: [
      (0xFB20, 0x0003, cortexM3, Opcode.undefined),  // smlad needs the DSP extension
      (0xFB90, 0xF0F1, cortexM3, .sdiv),
      (0xFB90, 0xF0F1, cortexM0, .undefined),
      (0xEE30, 0x0A81, cortexM3, .noCoprocessor),  // vadd.f32 without a floating-point unit
      (0xEE30, 0x0A81, cortexM0, .undefined),
      (0xEE30, 0x0A81, .cortexM4F, .vadd),
      (0xEF00, 0x0A00, cortexM3, .undefined),
      (0xF3BF, 0x8F4F, cortexM0, .dsb),
      (0xBF08, 0, cortexM0, .undefined),
    ] as [(UInt16, UInt16, Architecture, Opcode)])
  func word_isDecodedWhereItExists(
    first: UInt16, second: UInt16, architecture: Architecture, opcode: Opcode
  ) {
    #expect(Decoder.decode(first, second, for: architecture).operation.opcode == opcode)
  }

  @Test func floatingPoint_isTakenWhereTheProcessorAllows() {
    let small = CoreConfiguration(
      processor: .cortexM0, floatingPoint: .fpv4Single, interruptCount: 1)
    #expect(small.architecture == Architecture(.armv6M))
    #expect(small.priorityBits == 2)
    #expect(small.mpuRegionCount == 0)
    let large = CoreConfiguration(
      processor: .cortexM7, floatingPoint: .fpv5Double, interruptCount: 240)
    #expect(large.architecture == Architecture(.armv7EM, .fpv5Double))
    #expect(CoreConfiguration(interruptCount: 48).architecture == .cortexM4F)
  }

  @Test func cortexM3_multipliesMoreSlowly() {
    let table = TimingTable(CoreConfiguration(processor: .cortexM3, interruptCount: 1))
    let mla = Decoder.decode(0xFB00, 0x0001).operation
    let smull = Decoder.decode(0xFB80, 0x0102).operation
    let mul = Decoder.decode(0xFB00, 0xF001).operation
    #expect(table.staticCycles(of: mla, followedBy: nil) == 2)
    #expect(table.staticCycles(of: smull, followedBy: nil) == 5)
    #expect(table.staticCycles(of: mul, followedBy: nil) == 1)
  }

  /// SCB_CCSIDR by SCB_CSSELR, and maintenance that does nothing.
  @Test func cachesOfCortexM7_haveRegisters() {
    let machine = TestMachine(
      [0xE7FE], CoreConfiguration(processor: .cortexM7, interruptCount: 1))
    #expect(machine.control(0xE000_ED80) == 0xF00F_E019)
    machine.control(0xE000_ED84, 1)
    #expect(machine.control(0xE000_ED80) == 0xF01F_E009)
    machine.control(0xE000_EF50, 0)
    machine.control(0xE000_ED14, 0x3_0200)
    #expect(machine.control(0xE000_ED14) == 0x7_0200)
    #expect(machine.control(0xE000_ED00) == 0x411F_C271)
    #expect(machine.unmodelled.isEmpty)
  }
}
