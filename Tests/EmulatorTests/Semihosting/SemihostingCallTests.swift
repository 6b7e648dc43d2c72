// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MachineModel
import Testing

@testable import Emulator

/// Each call as a program makes it: number in r0, block of words at r1.
@Suite final class SemihostingCallTests {
  private let machine: Machine
  private let folder: URL
  private let block: UInt32 = 0x2000_0100
  private let text: UInt32 = 0x2000_0200
  private let buffer: UInt32 = 0x2000_0400

  init() throws {
    machine = try BusyProgram.machine()
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "breadboard-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    machine.semihosting.folder = try SandboxFolder(path: folder.path)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// What the call leaves in r0.
  private func call(_ call: Semihosting.Call, _ words: UInt32...) -> UInt32 {
    _ = machine.writeGuest(words: words, at: block)
    (machine.core[register: 0], machine.core[register: 1]) = (call.rawValue, block)
    _ = machine.answerSemihosting()
    return machine.core[register: 0]
  }

  private func open(_ name: String, _ mode: UInt32) -> UInt32 {
    _ = machine.writeGuest(Array(name.utf8) + [0], at: text)
    return call(.open, text, mode, UInt32(name.utf8.count))
  }

  private func bytes(_ count: Int) -> String {
    String(decoding: machine.guestBytes(at: buffer, count) ?? [], as: UTF8.self)
  }

  @Test func time_isVirtual() {
    machine.core.advance(to: .reset + Cycles(96_000_000))
    #expect(call(.clock) == 150)
    #expect(call(.time) == 1_767_225_601)
    #expect(call(.tickFrequency) == 64_000_000)
    #expect(call(.elapsed, 1, 1) == 0)
    #expect(machine.guestWord(at: block) == 96_000_000 && machine.guestWord(at: block + 4) == 0)
  }

  @Test func file_isWrittenSoughtReadAndClosed() {
    let file = open("a.txt", 6)
    _ = machine.writeGuest(Array("hello".utf8), at: buffer)
    #expect(call(.write, file, buffer, 5) == 0)
    #expect(call(.length, file) == 5)
    #expect(call(.isTerminal, file) == 0)
    #expect(call(.seek, file, 1) == 0)
    #expect(call(.read, file, buffer, 10) == 6, "six bytes were not filled")
    #expect(bytes(4) == "ello")
    #expect(call(.read, file, buffer, 10) == 10, "the end")
    #expect(call(.close, file) == 0)
    #expect(call(.close, file) == .max)
    #expect(call(.errorNumber) == FileError.badHandle.rawValue)
  }

  @Test func file_isRenamedAndRemoved() throws {
    #expect(call(.close, open("old", 4)) == 0)
    _ = machine.writeGuest(Array("old\0new\0".utf8), at: text)
    #expect(call(.rename, text, 3, text + 4, 3) == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["new"])
    #expect(call(.remove, text, 3) != 0)
    #expect(call(.errorNumber) == FileError.noEntry.rawValue)
    #expect(call(.remove, text + 4, 3) == 0)
  }

  @Test func temporaryName_isTheSameForTheSameNumber() {
    #expect(call(.temporaryName, buffer, 7, 32) == 0)
    #expect(bytes(12) == "temporary-7\0")
    #expect(call(.temporaryName, buffer, 256, 32) == .max)
    #expect(call(.temporaryName, buffer, 7, 11) == .max, "no room for its end")
  }

  @Test func console_isATerminal_andCannotBeSought() {
    let console = open(":tt", 4)
    #expect(call(.isTerminal, console) == 1)
    #expect(call(.seek, console, 0) == .max && call(.length, console) == .max)
    _ = machine.writeGuest(Array("hi\n".utf8), at: buffer)
    #expect(call(.write, console, buffer, 3) == 0)
    #expect(machine.console.lines.map(\.text) == ["hi"])
  }

  @Test func input_isWhatWasTyped_thenTheEnd() {
    machine.type("ab".utf8)
    let input = open(":tt", 0)
    #expect(call(.readCharacter) == 0x61)
    #expect(call(.read, input, buffer, 8) == 7 && bytes(1) == "b")
    #expect(call(.read, input, buffer, 8) == 8)
    #expect(call(.readCharacter) == .max)
  }

  @Test func input_isWaitedFor_whileMoreMayCome() {
    machine.expectsInput = true
    let (before, pc) = (machine.core.now, machine.core[register: 15])
    #expect(call(.readCharacter) == Semihosting.Call.readCharacter.rawValue, "asked again")
    #expect(machine.core.now > before && machine.core[register: 15] == pc)
    machine.type("c".utf8)
    #expect(call(.readCharacter) == 0x63)
  }

  @Test func commandLine_needsRoomForItsEnd() {
    machine.semihosting.commandLine = "a.elf one"
    #expect(call(.commandLine, buffer, 9) == .max)
    #expect(call(.commandLine, buffer, 10) == 0)
    #expect(bytes(10) == "a.elf one\0" && machine.guestWord(at: block + 4) == 9)
  }

  @Test func heap_isToldWhereTheImageSaysIt() {
    machine.semihosting.heap = HeapInformation(
      heapBase: 1, heapLimit: 2, stackBase: 3, stackLimit: 4)
    _ = call(.heapInformation, buffer)
    #expect((0..<4).map { machine.guestWord(at: buffer + 4 * $0) } == [1, 2, 3, 4])
  }

  @Test func errorsAreToldFromAnswers_andCommandsRefused() {
    #expect(call(.isError, .max) != 0 && call(.isError, 0) == 0 && call(.isError, 7) == 0)
    _ = machine.writeGuest(Array("touch made\0".utf8), at: text)
    #expect(call(.system, text, 10) == .max)
  }

  @Test func nonsense_doesNotTouchTheHost() {
    var random = SplitMix64(state: 3)
    let places: [UInt32] = [
      0, 1, 5, block, text, buffer, 0x2003_FFFE, 0x2004_0000, 0x4000_0000, 0xFFFF_FFFC, .max,
    ]
    let place = { places[Int(random.next() % UInt64(places.count))] }
    for _ in 0..<2000 {
      let words = (0..<4).map { _ in place() }
      _ = machine.writeGuest(words: words, at: block)
      machine.core[register: 0] = UInt32(random.next() % 0x34)
      machine.core[register: 1] = random.next() & 3 == 0 ? place() : block
      _ = machine.answerSemihosting()
    }
    #expect(machine.core[register: 15] > 0x1_0000)
  }
}
