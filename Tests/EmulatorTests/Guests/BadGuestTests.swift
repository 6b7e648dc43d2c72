// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import CortexM
import MachineModel
import Testing

@testable import Emulator

/// Guests that do what no guest should. The host neither crashes nor hangs, and where the guest
/// comes to grief the report says how.
@Suite struct BadGuestTests {
  /// Code at 0x10100, behind 64 vectors that all lead to `handler`, placed at 0x10400, or nowhere.
  private struct Guest {
    var code: [UInt16]
    var handler: [UInt16] = []
    var stackPointer: UInt32 = 0x2004_0000

    var image: [UInt8] {
      var words = [UInt32](repeating: handler.isEmpty ? 0 : 0x1_0401, count: 64)
      (words[0], words[1]) = (stackPointer, 0x1_0101)
      let padding = [UInt16](repeating: 0xBF00, count: 0x180 - code.count)
      let halves = code + padding + handler
      return words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
        + halves.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
    }
  }

  private let board: Board

  init() throws { board = try Board.load(named: "nano33ble") }

  /// Runs a guest for so many cycles; where it failed, the lines of its crash report too.
  private func run(
    _ guest: Guest, cycles: UInt64 = 200_000, _ prepare: (Machine) -> Void = { _ in }
  ) throws -> (reason: StopReason, report: String) {
    let machine = try Machine(board: board)
    let image = try LoadedImage(bytes: guest.image, name: "bad.bin", for: board)
    machine.load(image)
    prepare(machine)
    let reason = machine.run(until: StopConditions(duration: Cycles(cycles)))
    _ = machine.finalTrace()
    switch reason {
    case .fault(let fault), .lockup(let fault):
      return (reason, CrashReport(fault, on: machine, image: image).lines().joined(separator: "\n"))
    default: return (reason, "")
    }
  }

  /// bx lr
  private static let returning: [UInt16] = [0x4770]

  @Test func divisionByZero_isNamed() throws {
    // ldr r0, =CCR; movs r1, #0x10; str r1, [r0]; movs r2, #0; udiv r3, r1, r2
    let code: [UInt16] = [
      0x4802, 0x2110, 0x6001, 0x2200, 0xFBB1, 0xF3F2, 0xED14, 0xE000,
    ]
    let (_, report) = try run(Guest(code: code))
    #expect(report.contains("DIVBYZERO: division by zero"))
  }

  @Test func middleOfAnInstruction_isRunAsWhatItIs() throws {
    // b to the second half of movw r0, #0xDE00's neighbour: ldr.w's second half is udf #0.
    let code: [UInt16] = [0xE000, 0xF240, 0xDE00, 0xE7FE]
    let (_, report) = try run(Guest(code: code))
    #expect(report.contains("UNDEFINSTR"))
    #expect(report.contains("0x00010104"))
  }

  @Test func endlessRecursion_meetsTheEndOfTheStack() throws {
    // f: push {r0-r7, lr}; bl f
    let code: [UInt16] = [0xB5FF, 0xF7FF, 0xFFFD]
    let (reason, report) = try run(Guest(code: code, stackPointer: 0x2000_1000))
    #expect(reason.isFailure)
    #expect(report.contains("STKERR: the stack could not be written"))
    #expect(report.contains("fault address 0x1ffffff"))
  }

  @Test func recursionIntoItsOwnCode_isSurvived() throws {
    // The same, copied to RAM below the stack, which grows down into it.
    let (reason, _) = try run(
      Guest(code: [0x4800, 0x4700, 0x0101, 0x2000], handler: Self.returning), cycles: 50_000
    ) {
      guard let ram = $0.ram(holding: Address(0x2000_0100), 64) else { return }
      _ = ram.write([0xFF, 0xB5, 0xFF, 0xF7, 0xFD, 0xFF], at: Address(0x2000_0100))
      $0.core[register: 13] = 0x2000_0400
    }
    if case .durationReached = reason { return }
    #expect(reason.isFailure)
  }

  @Test func everythingDisabled_endsWithTheDuration() throws {
    // cpsid i; cpsid f; b .
    let (reason, _) = try run(Guest(code: [0xB672, 0xB671, 0xE7FE]))
    guard case .durationReached = reason else {
      Issue.record("\(reason)")
      return
    }
  }

  @Test func everythingDisabledAndAsleep_isSaidToBeForEver() throws {
    // cpsid i; cpsid f; wfe; wfi; b .-2
    let (reason, _) = try run(Guest(code: [0xB672, 0xB671, 0xBF20, 0xBF30, 0xE7FD]))
    guard case .asleepForever = reason else {
      Issue.record("\(reason)")
      return
    }
  }

  @Test func nonsensicalReturn_isINVPC() throws {
    // svc 0 to a handler that returns with 0xFFFFFFE3, and is no use to the fault that follows:
    // mrs r1, ipsr; cmp r1, #11; bne udf; mvn r0, #28; bx r0; udf
    let (_, report) = try run(
      Guest(
        code: [0xDF00, 0xE7FE],
        handler: [0xF3EF, 0x8105, 0x290B, 0xD102, 0xF06F, 0x001C, 0x4700, 0xDE00]))
    #expect(report.contains("INVPC: exception return"))
  }

  /// Every exception return value there is, on frames of random words.
  @Test func randomReturns_areSurvived() throws {
    var random = SplitMix64(state: 3)
    for _ in 0..<60 {
      let value = 0xF000_0000 | UInt32(truncatingIfNeeded: random.next())
      let words = (0..<64).map { _ in UInt32(truncatingIfNeeded: random.next()) }
      // svc 0; the handler: ldr r0, [pc, #0]; bx r0; .word value
      let handler: [UInt16] = [
        0x4800, 0x4700, UInt16(truncatingIfNeeded: value), UInt16(truncatingIfNeeded: value >> 16),
      ]
      _ = try run(Guest(code: [0xDF00, 0xE7FE], handler: handler), cycles: 2000) {
        guard let ram = $0.ram(holding: Address(0x2000_8000), 256) else { return }
        let bytes = words.flatMap { word in
          (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
        }
        _ = ram.write(bytes, at: Address(0x2000_8000))
        $0.core[register: 13] = 0x2000_8040
      }
    }
  }

  /// Noise that stores over itself: registers point into the code that runs.
  @Test func codeThatOverwritesItself_isSurvived() throws {
    var random = SplitMix64(state: 5)
    for _ in 0..<60 {
      // ldr r0, [pc, #0]; bx r0; .word 0x20000101
      let start: [UInt16] = [0x4800, 0x4700, 0x0101, 0x2000]
      let noise = (0..<512).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      _ = try run(Guest(code: start, handler: Self.returning), cycles: 20_000) { machine in
        guard let ram = machine.ram(holding: Address(0x2000_0100), 512) else { return }
        _ = ram.write(noise, at: Address(0x2000_0100))
        for register in 1..<13 {
          machine.core[register: register] = 0x2000_0100 + UInt32(random.next() & 0x1FC)
        }
      }
    }
  }

  /// xorshift addresses and words for ever, over the peripherals, the pins and the private bus; see
  /// the addresses in the code. The handler steps over what faults.
  @Test func randomWordsToEveryRegister_areSurvived() throws {
    var code: [UInt16] = [
      0x4D12, 0xEA85, 0x3545, 0xEA85, 0x4555, 0xEA85, 0x1545, 0x0FA9, 0x4A0F, 0x2902, 0xD308,
      0xD003, 0xF04F, 0x4360, 0x08D2, 0xE005, 0xF04F, 0x43A0, 0x0992, 0xE001, 0xF04F, 0x4380,
      0xEA02, 0x1215, 0xF022, 0x0203, 0x4413, 0xEA85, 0x3545, 0xEA85, 0x4555, 0xEA85, 0x1545,
      0xF8D3, 0x0000, 0xF8C3, 0x5000, 0xE7DA, 0x2468, 0x1357, 0xFFFC, 0x0007,
    ]
    for seed in UInt16(1)...40 {
      code[38] = seed
      // ldr r0, [sp, #24]; adds r0, #4; str r0, [sp, #24]; bx lr
      _ = try run(
        Guest(code: code, handler: [0x9806, 0x3004, 0x9006, 0x4770]), cycles: 100_000)
    }
  }

  @Test func storeIntoNothing_namesItsAddress() throws {
    // mov.w r0, #0x60000000; str r0, [r0]
    let (_, report) = try run(Guest(code: [0xF04F, 0x40C0, 0x6000]))
    #expect(report.contains("PRECISERR"))
    #expect(report.contains("fault address 0x60000000"))
  }

  @Test func protectedMemory_isNamed() throws {
    // MPU: region 0 over everything but RAM's first 32 bytes; store there.
    // ldr r0, =0xE000ED90; movs r1, #5; str r1, [r0, #4]; movs r1, #0x20000000 | 0x10;
    // str r1, [r0, #12]; movs r1, #9; str r1, [r0, #16]; mov.w r2, #0x20000000; str r1, [r2, #8]
    let code: [UInt16] = [
      0x4807, 0x2105, 0x6041, 0xF04F, 0x5100, 0xF041, 0x0110, 0x60C1, 0x2109, 0x6101, 0xF04F,
      0x5200, 0x6091, 0xE7FE, 0xE7FE, 0xBF00, 0xED90, 0xE000,
    ]
    let (_, report) = try run(Guest(code: code))
    #expect(report.contains("DACCVIOL: data access refused"))
    #expect(report.contains("fault address 0x20000008"))
  }
}
