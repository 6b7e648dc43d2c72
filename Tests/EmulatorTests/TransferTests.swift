// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import MachineModel
import Testing

@testable import Emulator

/// Real-Time Transfer with a control block that the test lays down, and a program that knows
/// nothing of it.
@Suite struct TransferTests {
  private let machine: Machine
  private let block: UInt32 = 0x2000_1234
  private let up: UInt32 = 0x2000_2000
  private let down: UInt32 = 0x2000_3000

  init() throws {
    machine = try BusyProgram.machine()
    machine.transfers.search = .everywhere
    machine.start(vectorTable: Address(0x1_0000))
  }

  private func run(_ milliseconds: UInt64) {
    _ = machine.run(until: StopConditions(duration: Cycles(64_000 * milliseconds)))
  }

  /// One channel up and one down, of 8 bytes each.
  private func layDown(write: UInt32 = 0, read: UInt32 = 0, size: UInt32 = 8) {
    _ = machine.writeGuest(TransferBlock.identifier, at: block)
    _ = machine.writeGuest(
      words: [1, 1, 0, up, size, write, read, 0, 0, down, 8, 0, 0, 0], at: block + 16)
  }

  private func print(_ text: String) {
    let channel = TransferBlock(at: block, in: machine)?.up
    channel?.send(Array(text.utf8), in: machine)
  }

  private func text() -> [String] {
    machine.console.lines.filter { $0.source == .rtt }.map(\.text)
  }

  @Test func text_isRead_andTheProgramIsTold() throws {
    layDown()
    print("hi\nyo\n")
    run(20)
    #expect(text() == ["hi", "yo"])
    #expect(machine.guestWord(at: block + 24 + 16) == 6)
    print("round\n")
    run(2)
    #expect(text() == ["hi", "yo", "round"], "the buffer is a ring")
    #expect(machine.guestWord(at: block + 24 + 16) == 4)
  }

  @Test func looks_comeEveryMillisecondOfVirtualTime() {
    layDown()
    print("a\n")
    run(11)
    print("b\n")
    run(1)
    let instants = machine.console.lines.map(\.instant.sinceReset.count)
    #expect(instants.count == 2 && instants[1] - instants[0] >= 64_000)
  }

  @Test func whatIsLeft_isShownAtTheEnd_andStaysInMemory() {
    layDown()
    run(11)
    print("last")
    machine.endConsoleLine()
    #expect(text() == ["last"])
    #expect(machine.guestWord(at: block + 24 + 16) == 0)
  }

  @Test func input_goesToTheDownChannel_asFarAsThereIsRoom() {
    layDown()
    machine.transfers.takesInput = true
    machine.type("0123456789".utf8)
    run(12)
    #expect(machine.guestBytes(at: down, 7) == Array("0123456".utf8))
    #expect(machine.guestWord(at: block + 48 + 12) == 7)
    _ = machine.writeGuest(words: [7], at: block + 48 + 16)
    run(1)
    #expect(machine.guestBytes(at: down, 2) == Array("89".utf8))
    #expect(machine.hasTakenInput)
  }

  @Test(arguments: [(8, 0, 8), (0, 9, 8), (0, 0, 0), (0, 0, 1), (1, 0, 0xFFFF_FFFF)])
  func blockThatMakesNoSense_isLeftAlone(_ write: UInt32, _ read: UInt32, _ size: UInt32) {
    layDown(write: write, read: read, size: size)
    run(12)
    #expect(text().isEmpty)
    #expect(machine.guestWord(at: block + 24 + 16) == read)
  }

  @Test func tooManyChannels_areNone() {
    layDown()
    _ = machine.writeGuest(words: [1000, 0xFFFF_FFFF], at: block + 16)
    #expect(TransferBlock(at: block, in: machine) == nil)
  }

  @Test func switchedOff_readsNothing() {
    machine.transfers.search = .off
    machine.start(vectorTable: Address(0x1_0000))
    layDown()
    print("x\n")
    run(12)
    machine.endConsoleLine()
    #expect(text().isEmpty)
  }

  @Test func readingCostsTheProgramNoCycle() throws {
    layDown()
    run(15)
    let other = try BusyProgram.machine()
    other.start(vectorTable: Address(0x1_0000))
    _ = other.run(until: StopConditions(duration: Cycles(64_000 * 15)))
    #expect(machine.core.now == other.core.now)
    #expect(machine.core.instructionsExecuted == other.core.instructionsExecuted)
    #expect(machine.trace.value == other.trace.value)
  }

  @Test func endOfMemory_isNoPlaceForABlock() {
    _ = machine.writeGuest(TransferBlock.identifier, at: 0x2003_FFF0)
    run(12)
    #expect(text().isEmpty)
  }
}
