// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CortexM

@Suite struct MemoryProtectionTests {
  /// A unit that is on, with the regions given as RBAR and RASR.
  private func unit(_ regions: [(UInt32, UInt32)], control: UInt32 = 1) -> MemoryProtection {
    var unit = MemoryProtection(regionCount: 8)
    for (number, region) in regions.enumerated() {
      unit.write(0x0C, region.0 | 0x10 | UInt32(number))
      unit.write(0x10, region.1)
    }
    unit.write(0x04, control)
    return unit
  }

  private func attributes(_ permission: UInt32, size: UInt32, never: UInt32 = 0) -> UInt32 {
    never << 28 | permission << 24 | (size - 1) << 1 | 1
  }

  @Test(
    arguments: [
      (0, [], []), (1, [.read, .write], []), (2, [.read, .write], .read),
      (3, [.read, .write], [.read, .write]), (4, [], []), (5, .read, []), (6, .read, .read),
      (7, .read, .read),
    ] as [(UInt32, AccessRights, AccessRights)])
  func permissions_areThoseOfTheManual(
    field: UInt32, privileged: AccessRights, unprivileged: AccessRights
  ) {
    for never in UInt32(0)...1 {
      let unit = unit([(0x2000_0000, attributes(field, size: 10, never: never))])
      for (who, data) in [(true, privileged), (false, unprivileged)] {
        let executes = never == 0 && data.contains(.read)
        let expected = executes ? data.union(.execute) : data
        #expect(unit.rights(at: 0x2000_03FF, privileged: who) == expected)
        #expect(unit.rights(at: 0x2000_0400, privileged: who) == [])
      }
    }
  }

  @Test func laterRegion_winsAndSubregionsLetThrough() {
    let hole = attributes(0, size: 11) | 0b0000_1000 << 8
    let unit = unit([(0x2000_0000, attributes(3, size: 16)), (0x2000_0800, hole)])
    #expect(unit.rights(at: 0x2000_0800, privileged: true) == [])
    #expect(unit.rights(at: 0x2000_0AFF, privileged: true) == [])
    #expect(unit.rights(at: 0x2000_0B00, privileged: true) == .all)
    #expect(unit.rights(at: 0x2000_0BFF, privileged: true) == .all)
    #expect(unit.rights(at: 0x2000_0C00, privileged: true) == [])
    #expect(unit.rights(at: 0x2000_1000, privileged: true) == .all)
  }

  @Test func background_isForPrivilegedCode() {
    let unit = unit([], control: 5)
    #expect(unit.rights(at: 0x1000, privileged: true) == .all)
    #expect(unit.rights(at: 0x4000_0000, privileged: true) == [.read, .write])
    #expect(unit.rights(at: 0x1000, privileged: false) == [])
  }

  @Test func wholeAddressSpace_isOneRegion() {
    let unit = unit([(0, attributes(3, size: 32))])
    #expect(unit.rights(at: 0, privileged: false) == .all)
    #expect(unit.rights(at: 0x5FFF_FFFC, privileged: false) == .all)
    #expect(unit.rights(at: 0xF000_0000, privileged: false) == [.read, .write])
  }

  @Test func numbersWithoutARegion_areNotTaken() {
    var unit = unit([(0x2000_0000, attributes(3, size: 8))])
    unit.write(0x08, 3)
    unit.write(0x08, 8)
    #expect(unit.read(0x08) == 3)
    unit.write(0x14, 0x2000_1000 | 0x10 | 9)
    #expect(unit.read(0x08) == 3)
    #expect(unit.read(0x0C) == 3)
  }

  /// Windows are drawn from stretches, single accesses ask for an address: the two agree.
  @Test(arguments: 0..<200)
  func stretches_sayWhatEveryAddressSays(seed: Int) {
    var random = SeededRandom(seed: UInt64(seed))
    var regions: [(UInt32, UInt32)] = []
    for _ in 0..<4 {
      let base = 0x2000_0000 + UInt32.random(in: 0..<0x1000, using: &random)
      let size = UInt32.random(in: 5...13, using: &random)
      let permission = UInt32.random(in: 0...7, using: &random)
      let disabled = UInt32.random(in: 0...255, using: &random) << 8
      regions.append((base & ~0x1F, attributes(permission, size: size) | disabled))
    }
    let unit = unit(regions, control: seed & 1 == 0 ? 1 : 5)
    let range = UInt64(0x2000_0000)..<0x2000_1000
    for privileged in [false, true] {
      let stretches = unit.stretches(in: range, privileged: privileged)
      #expect(stretches.first?.range.lowerBound == range.lowerBound)
      #expect(stretches.last?.range.upperBound == range.upperBound)
      for stretch in stretches {
        let differs = stride(from: stretch.range.lowerBound, to: stretch.range.upperBound, by: 4)
          .first { unit.rights(at: UInt32($0), privileged: privileged) != stretch.rights }
        #expect(differs == nil)
      }
    }
  }
}

/// The unit at work, in both tiers.
@Suite struct ProtectionFaultTests {
  private static let loop: [UInt16] = [0xE7FE]

  /// Flash and RAM as everybody's (region 0: all of memory), then the regions given.
  private func machine(
    _ program: [UInt16], stepsOnly: Bool, control: UInt32 = 1, faultsEnabled: Bool = true,
    _ regions: [(UInt32, UInt32)]
  ) -> TestMachine {
    let machine = TestMachine(program, stepsOnly: stepsOnly)
    for number in 2..<16 { machine.setHandler(number, Self.loop) }
    if faultsEnabled { machine.control(0xE000_ED24, 7 << 16) }
    // Before the regions count, so that something has been translated without them.
    machine.step()
    for (number, region) in ([(0, 0x0300_003F)] + regions).enumerated() {
      machine.control(0xE000_ED9C, region.0 | 0x10 | UInt32(number))
      machine.control(0xE000_EDA0, region.1)
    }
    machine.control(0xE000_ED94, control)
    return machine
  }

  /// 256 bytes at 0x20001000 that nobody may touch, and 256 that are read-only behind them.
  private static let guards: [(UInt32, UInt32)] = [
    (0x2000_1000, 0x1000_000F), (0x2000_1100, 0x1600_000F),
  ]

  @Test(
    arguments: [false, true],
    [
      ([0x6808], 0x2000_1000, 0x2000_1000),  // ldr r0, [r1]
      ([0x6808], 0x2000_0FFE, 0x2000_1000),  // … across the edge
      ([0x6008], 0x2000_1104, 0x2000_1104),  // str r0, [r1]
      ([0xC91C], 0x2000_0FF8, 0x2000_1000),  // ldmia r1!, {r2, r3, r4}
      ([0xE9D1, 0x2300], 0x2000_0FFC, 0x2000_1000),  // ldrd r2, r3, [r1]
      ([0xC11C], 0x2000_10F8, 0x2000_10F8),  // stmia r1!, {r2, r3, r4}
    ] as [([UInt16], UInt32, UInt32)])
  func dataAccess_namesTheAddress(
    stepsOnly: Bool, instruction: ([UInt16], UInt32, UInt32)
  ) {
    let (halves, base, address) = instruction
    let machine = machine([0xBF00] + halves, stepsOnly: stepsOnly, Self.guards)
    machine.core[register: 1] = base
    machine.core[register: 2] = 0x22
    machine.run(60)
    #expect(machine.entered.map(\.number) == [4])
    #expect(machine.control(0xE000_ED28) == 0x82)
    #expect(machine.control(0xE000_ED34) == address)
    #expect(machine.core[register: 1] == base)
    #expect(machine.core[register: 2] == 0x22)
    #expect(machine.word(machine.core[register: 13] + 24) == TestMachine.start + 2)
  }

  @Test(arguments: [false, true])
  func readOnlyMemory_isRead(stepsOnly: Bool) {
    let machine = machine([0xBF00, 0x6808, 0xE7FE], stepsOnly: stepsOnly, Self.guards)
    machine.setWord(0x2000_1108, 77)
    machine.core[register: 1] = 0x2000_1108
    machine.run(30)
    #expect(machine.core[register: 0] == 77)
    #expect(machine.entered.isEmpty)
  }

  @Test(arguments: [false, true])
  func fetch_ofMemoryThatNeverExecutes(stepsOnly: Bool) {
    // bx r1, to code that was translated when it still could run.
    let machine = TestMachine([0x4708], stepsOnly: stepsOnly)
    machine.setHandler(4, Self.loop)
    machine.control(0xE000_ED24, 7 << 16)
    machine.place([0x3001, 0x4710], at: 0x2000_0100)
    machine.core[register: 1] = 0x2000_0101
    machine.core[register: 2] = TestMachine.start | 1
    machine.run(20)
    #expect(machine.core[register: 0] > 0)
    machine.control(0xE000_ED9C, 0x2000_0010)
    machine.control(0xE000_EDA0, 0x1300_001F)
    machine.control(0xE000_ED94, 5)
    machine.run(60)
    #expect(machine.entered.map(\.number) == [4])
    #expect(machine.control(0xE000_ED28) == 1)
    #expect(machine.word(machine.core[register: 13] + 24) == 0x2000_0100)
  }

  @Test(arguments: [false, true])
  func secondHalfOfAnInstruction_isFetchedToo(stepsOnly: Bool) {
    // A 32-bit instruction whose second half lies in a region that never executes.
    let machine = machine(
      [0xBF00, 0x4708], stepsOnly: stepsOnly, [(0x2000_0100, 0x1300_000F)])
    machine.place([0xF04F, 0x0001], at: 0x2000_00FE)
    machine.core[register: 1] = 0x2000_00FF
    machine.run(60)
    #expect(machine.entered.map(\.number) == [4])
    #expect(machine.control(0xE000_ED28) == 1)
  }

  @Test(arguments: [false, true])
  func unprivilegedCode_seesItsOwnRights(stepsOnly: Bool) {
    // nop; ldr r2, [r1]; msr control, r0; isb; ldr r3, [r1]
    let machine = machine(
      [0xBF00, 0x680A, 0xF380, 0x8814, 0xF3BF, 0x8F6F, 0x680B], stepsOnly: stepsOnly,
      [(0x2000_1000, 0x1100_000F)])
    machine.setWord(0x2000_1010, 5)
    machine.core[register: 0] = 1
    machine.core[register: 1] = 0x2000_1010
    machine.run(60)
    #expect(machine.core[register: 2] == 5)
    #expect(machine.core[register: 3] == 0)
    #expect(machine.entered.map(\.number) == [4])
    #expect(machine.control(0xE000_ED34) == 0x2000_1010)
  }

  @Test(
    arguments: [false, true],
    [[0xF851, 0x2E00], [0xF841, 0x2E00], [0xF811, 0x2E00], [0xF821, 0x2E00]] as [[UInt16]])
  func unprivilegedLoadsAndStores_takeThoseRightsInPrivilegedCode(
    stepsOnly: Bool, instruction: [UInt16]
  ) {
    let machine = machine(
      [0xBF00] + instruction, stepsOnly: stepsOnly, [(0x2000_1000, 0x1100_000F)])
    machine.core[register: 1] = 0x2000_1010
    machine.run(60)
    #expect(machine.entered.map(\.number) == [4])
    #expect(machine.control(0xE000_ED28) == 0x82)
  }

  @Test func faultHandlers_areOutsideUnlessAskedFor() {
    for control in [UInt32(1), 3] {
      let machine = machine(
        [0xBF00, 0xDE00], stepsOnly: false, control: control, faultsEnabled: false,
        Self.guards)
      machine.core[register: 1] = 0x2000_1000
      // ldr r2, [r1]; b .
      machine.setHandler(3, [0x680A, 0xE7FE])
      let outcome = machine.run(80)
      #expect(outcome.name == (control == 1 ? "deadline" : "lockup"))
    }
  }
}

/// ARMv6-M has the unit, and HardFault for all that it refuses (Cortex-M0+).
@Suite struct SmallProtectionTests {
  private func machine(_ program: [UInt16]) -> TestMachine {
    let configuration = CoreConfiguration(
      processor: .cortexM0Plus, floatingPoint: .none, interruptCount: 8)
    let machine = TestMachine(program, configuration)
    machine.setHandler(3, [0xE7FE])
    machine.step()
    machine.control(0xE000_ED9C, 0x10)
    machine.control(0xE000_EDA0, 0x0300_003F)
    machine.control(0xE000_ED9C, 0x2000_1011)
    machine.control(0xE000_EDA0, 0x1600_0001)
    machine.control(0xE000_ED94, 1)
    return machine
  }

  @Test(arguments: [(0x2000_1000, 3), (0x2000_10FC, 3), (0x2000_1100, nil)] as [(UInt32, Int?)])
  func smallestRegion_is256Bytes(address: UInt32, fault: Int?) {
    let machine = machine([0xBF00, 0x6008, 0xE7FE])
    #expect(machine.control(0xE000_ED90) == 0x800)
    machine.core[register: 1] = address
    machine.run(40)
    #expect(machine.entered.first?.number == fault)
  }

  @Test func fetch_isAHardFault() {
    let machine = machine([0xBF00, 0x4708])
    machine.core[register: 1] = 0x2000_1001
    machine.run(40)
    #expect(machine.entered.map(\.number) == [3])
    #expect(machine.word(machine.core[register: 13] + 24) == 0x2000_1000)
  }
}

/// Frames on stacks that may not be written or read.
@Suite struct ProtectedStackTests {
  private static let loop: [UInt16] = [0xE7FE]

  private func machine(_ program: [UInt16], _ region: (UInt32, UInt32)) -> TestMachine {
    let machine = TestMachine(program)
    for number in 2..<17 { machine.setHandler(number, Self.loop) }
    machine.control(0xE000_ED24, 7 << 16)
    for (number, region) in [(0, 0x0300_003F), region].enumerated() {
      machine.control(0xE000_ED9C, region.0 | 0x10 | UInt32(number))
      machine.control(0xE000_EDA0, region.1)
    }
    machine.control(0xE000_ED94, 1)
    return machine
  }

  @Test func stacking_isMSTKERR() {
    // The interrupt has a lower priority than the fault that its entry causes.
    let machine = machine([0x3001, 0xE7FD], (0x2000_7F00, 0x1600_000F))
    machine.enable(0, priority: 0xE0)
    machine.control(0xE000_E200, 1)
    machine.run(60)
    #expect(machine.control(0xE000_ED28) == 1 << 4)
    #expect(machine.entered.map(\.number) == [4])
    #expect(machine.core[register: 13] == TestMachine.stackTop - 0x20)
  }

  @Test func unstacking_isMUNSTKERR() {
    // svc 0; its handler returns to a process stack that may not be read.
    let machine = machine([0xDF00, 0xE7FE], (0x2000_4000, 0x1000_000F))
    // msr psp, r1; bx r2
    machine.setHandler(11, [0xF381, 0x8809, 0x4710])
    machine.core[register: 1] = 0x2000_4010
    machine.core[register: 2] = 0xFFFF_FFFD
    machine.run(80)
    #expect(machine.entered.map(\.number) == [11, 4])
    #expect(machine.control(0xE000_ED28) == 1 << 3)
    #expect(machine.core[register: 14] == 0xFFFF_FFFD)
    #expect(machine.core.stackPointer(.process) == 0x2000_4010)
  }

  @Test func lazySave_isMLSPERR() {
    // vmov s0, r0; b .; the handler's own vmov makes the lazy save happen.
    let machine = machine([0xEE00, 0x0A10, 0xE7FE], (0x2000_7FC0, 0x1600_000B))
    machine.setHandler(16, [0xEE00, 0x0A10, 0xE7FE])
    machine.control(0xE000_ED88, 0xF << 20)
    machine.enable(0, priority: 0xE0)
    machine.run(20)
    machine.core[register: 13] = 0x2000_8008
    machine.control(0xE000_E200, 1)
    machine.run(60)
    #expect(machine.entered.map(\.number) == [16, 4])
    #expect(machine.control(0xE000_ED28) == 1 << 5)
  }

  @Test func unprivilegedProgram_cannotSpillItsFrame() {
    // msr psp, r1; movs r2, #3; msr control, r2; svc 0, with a stack of privileged code's
    let machine = machine(
      [0xF381, 0x8809, 0x2203, 0xF382, 0x8814, 0xDF00, 0xE7FE], (0x2000_4000, 0x1100_000F))
    machine.core[register: 1] = 0x2000_4100
    machine.run(80)
    #expect(machine.control(0xE000_ED28) == 1 << 4)
    #expect(machine.entered.map(\.number).first == 4)
  }
}
