// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CortexM

/// Corner cases from the manual's pseudo-code; the differential tests have the mass.
@Suite struct SemanticsTests {
  private static let addsCases: [(UInt32, UInt32, UInt32, String)] = [
    (1, 2, 3, "nzcv"), (0x7FFF_FFFF, 1, 0x8000_0000, "NzcV"), (0xFFFF_FFFF, 1, 0, "nZCv"),
    (0x8000_0000, 0x8000_0000, 0, "nZCV"),
  ]

  private static let subsCases: [(UInt32, UInt32, UInt32, String)] = [
    (3, 2, 1, "nzCv"), (2, 3, 0xFFFF_FFFF, "Nzcv"), (0x8000_0000, 1, 0x7FFF_FFFF, "nzCV"),
    (5, 5, 0, "nZCv"),
  ]

  private static let lslsCases: [(UInt32, UInt32, Bool)] = [
    (0, 0x8000_0001, true), (1, 2, true), (31, 0x8000_0000, false), (32, 0, true), (33, 0, false),
    (255, 0, false),
  ]

  private static let udivCases: [(UInt32, UInt32, UInt32, UInt32)] = [
    (100, 7, 14, 0), (7, 100, 0, 0), (0xFFFF_FFFF, 1, 0xFFFF_FFFF, 10), (5, 0, 0, 0),
  ]

  private func after(
    _ first: UInt16, _ second: UInt16 = 0, _ registers: [UInt32] = [], carry: UInt32 = 0
  ) -> Evaluator {
    var evaluator = Evaluator()
    evaluator.registers.replaceSubrange(0..<registers.count, with: registers)
    evaluator.carryWord = carry
    evaluator.run(first, second)
    return evaluator
  }

  @Test(arguments: addsCases)
  func adds_setsFlags(_ a: UInt32, _ b: UInt32, _ sum: UInt32, _ flags: String) {
    let result = after(0x1888, 0, [0, a, b])  // adds r0, r1, r2
    #expect(result.registers[0] == sum)
    #expect(result.flags == flags)
  }

  @Test(arguments: subsCases)
  func subs_carriesWhenItDoesNotBorrow(
    _ a: UInt32, _ b: UInt32, _ difference: UInt32, _ flags: String
  ) {
    let result = after(0x1A88, 0, [0, a, b])  // subs r0, r1, r2
    #expect(result.registers[0] == difference)
    #expect(result.flags == flags)
  }

  @Test func sbc_usesCarry() {
    let result = after(0x4188, 0, [5, 3], carry: 0)  // sbcs r0, r1
    #expect(result.registers[0] == 1)
  }

  @Test(arguments: lslsCases)
  func lsls_byRegisterReachesPast32(_ amount: UInt32, _ expected: UInt32, _ carry: Bool) {
    let result = after(0x4088, 0, [0x8000_0001, amount], carry: 1)  // lsls r0, r1
    #expect(result.registers[0] == expected)
    #expect(result.carry == carry)
  }

  @Test func asr_by32FillsWithTheSign() {
    let result = after(0x1008, 0, [0, 0x8000_0000])  // asrs r0, r1, #32
    #expect(result.registers[0] == 0xFFFF_FFFF)
    #expect(result.carry)
  }

  @Test func rotatedConstant_setsCarry() {
    #expect(after(0xF05F, 0x4000, []).carry)  // movs.w r0, #0x80000000
    #expect(!after(0xF05F, 0x0001, [], carry: 1).flags.contains("c"))  // movs.w r0, #1 keeps C
  }

  @Test func smlad_setsQWhenTheSumOverflows() {
    // smlad r0, r1, r2, r3
    let large = after(0xFB21, 0x3002, [0, 0x8000_8000, 0x8000_8000, 0])
    #expect(large.registers[0] == 0x8000_0000)
    #expect(large.saturationWord != 0)
    let small = after(0xFB21, 0x3002, [0, 0x0002_0003, 0x0004_0005, 7])
    #expect(small.registers[0] == 30)
    #expect(small.saturationWord == 0)
  }

  @Test func saturation_clampsAndSetsQ() {
    #expect(after(0xF301, 0x0007, [0, 200]).registers[0] == 127)  // ssat r0, #8, r1
    #expect(after(0xF381, 0x0008, [0, 0xFFFF_FFFF]).registers[0] == 0)  // usat r0, #8, r1
    #expect(after(0xFA82, 0xF081, [0, 0x7FFF_FFFF, 1]).registers[0] == 0x7FFF_FFFF)  // qadd
  }

  @Test func parallelAddition_setsGELaneByLane() {
    let result = after(0xFA82, 0xF043, [0, 0, 0xFF01_80FF, 0x0101_8001])  // uadd8 r0, r2, r3
    #expect(result.registers[0] == 0x0002_0000)
    #expect(result.greaterOrEqual == 0b1011)
    let selected = after(0xFAA2, 0xF083, [0, 0, 0x1111_1111, 0x2222_2222])  // sel, GE clear
    #expect(selected.registers[0] == 0x2222_2222)
  }

  @Test func parallelHalves_cross() {
    // sasx r0, r2, r3: top n + bottom m, bottom n - top m
    let result = after(0xFAA2, 0xF003, [0, 0, 0x0005_0007, 0x0002_0003])
    #expect(result.registers[0] == 0x0008_0005)
  }

  @Test func bitFields_moveBits() {
    #expect(after(0xF3C1, 0x1007, [0, 0xABCD]).registers[0] == 0xBC)  // ubfx r0, r1, #4, #8
    #expect(after(0xF341, 0x1007, [0, 0xABCD]).registers[0] == 0xFFFF_FFBC)  // sbfx
    #expect(after(0xF361, 0x100B, [0xFFFF_FFFF, 0]).registers[0] == 0xFFFF_F00F)  // bfi
  }

  @Test(arguments: udivCases)
  func udiv_takesLongerForLongQuotients(
    _ n: UInt32, _ m: UInt32, _ quotient: UInt32, _ atLeast: UInt32
  ) {
    let result = after(0xFBB1, 0xF0F2, [0, n, m])  // udiv r0, r1, r2
    #expect(result.registers[0] == quotient)
    #expect(result.dividesByZero == (m == 0))
    #expect((atLeast...10).contains(result.cyclesSpent))
  }

  @Test func sdiv_ofTheLeastByMinusOneWraps() {
    let result = after(0xFB91, 0xF0F2, [0, 0x8000_0000, 0xFFFF_FFFF])
    #expect(result.registers[0] == 0x8000_0000)
  }

  @Test func pushAndPop_useAscendingWords() {
    var evaluator = Evaluator()
    evaluator.registers[13] = 0x2000
    evaluator.registers[4] = 44
    evaluator.registers[14] = 0x1235
    evaluator.run(0xB510)  // push {r4, lr}
    #expect(evaluator.registers[13] == 0x1FF8)
    #expect(evaluator.memory[0x1FF8] == 44)
    evaluator.registers[4] = 0
    evaluator.run(0xBD10)  // pop {r4, pc}
    #expect(evaluator.registers[13] == 0x2000)
    #expect(evaluator.registers[4] == 44)
    #expect(evaluator.target == 0x1235 && evaluator.exchanges)
  }

  @Test func loadOfTheBase_neverWritesBack() {
    var evaluator = Evaluator()
    evaluator.registers[1] = 0x100
    evaluator.store(.word, 7, at: 0x100)
    evaluator.store(.word, 8, at: 0x104)
    evaluator.run(0xC906)  // ldmia r1, {r1, r2}
    #expect(evaluator.registers[1] == 7)
    #expect(evaluator.registers[2] == 8)
  }

  @Test func programCounter_readsFourAhead() {
    #expect(after(0x4678).registers[0] == 0x1004)  // mov r0, pc
    #expect(after(0xA001).registers[0] == 0x1008)  // add r0, pc, #4
    #expect(after(0xE7FE).target == 0x1000)  // b.n .
    let call = after(0xF000, 0xF802)  // bl .+8
    #expect(call.target == 0x1008)
    #expect(call.registers[14] == 0x1005)
  }

  @Test func tableBranch_countsHalfWords() {
    var evaluator = Evaluator()
    evaluator.registers[0] = 0x100
    evaluator.registers[1] = 2
    evaluator.store(.byte, 9, at: 0x102)
    evaluator.run(0xE8D0, 0xF001)  // tbb [r0, r1]
    #expect(evaluator.target == 0x1016)
  }

  @Test func floatingPoint_goesThroughFPSCR() {
    var evaluator = Evaluator()
    evaluator.singles[1] = Float(1.5).bitPattern
    evaluator.singles[2] = Float(2).bitPattern
    evaluator.singles[0] = Float(0.5).bitPattern
    evaluator.run(0xEEA0, 0x0A81)  // vfma.f32 s0, s1, s2
    #expect(Float(bitPattern: evaluator.singles[0]) == 3.5)
    evaluator.run(0xEEB4, 0x0A61)  // vcmp.f32 s0, s3
    evaluator.run(0xEEF1, 0xFA10)  // vmrs APSR_nzcv, fpscr
    #expect(evaluator.flags == "nzCv")
    evaluator.run(0xEEBD, 0x0AC0)  // vcvt.s32.f32 s0, s0
    #expect(evaluator.singles[0] == 3)
  }

  @Test func undefinedAndCoprocessor_raise() {
    #expect(after(0xDE01).trap == .undefined)
    #expect(after(0xEE10, 0x0F10).trap == .noCoprocessor)
    #expect(after(0xDF05).trap == .supervisorCall(5))
    #expect(after(0xBEAB).trap == .breakpoint(0xAB))
  }
}
