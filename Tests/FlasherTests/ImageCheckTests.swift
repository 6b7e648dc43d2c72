// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import FlashProtocols
import Foundation
import Testing

@testable import Flasher

/// An image is held against the board before anything is touched.
@Suite struct ImageCheckTests {
  private let boards: [Board]

  init() throws { boards = try Board.names().map { try Board.load(named: $0) } }

  /// A vector table and some code.
  private func program(stack: UInt32, reset: UInt32, size: Int = 256) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: size)
    for index in 0..<4 {
      bytes[index] = UInt8(truncatingIfNeeded: stack >> (8 * index))
      bytes[4 + index] = UInt8(truncatingIfNeeded: reset >> (8 * index))
    }
    return bytes
  }

  private func hex(_ bytes: [UInt8], at address: UInt32) -> [UInt8] {
    func record(_ kind: UInt8, _ offset: Int, _ data: [UInt8]) -> String {
      let head = [UInt8(data.count), UInt8(offset >> 8 & 0xFF), UInt8(offset & 0xFF), kind]
      let sum = (head + data).reduce(UInt8(0), &+)
      return ":"
        + (head + data + [0 &- sum]).map { byte in
          (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined() + "\n"
    }
    let upper = [
      UInt8(truncatingIfNeeded: address >> 24), UInt8(truncatingIfNeeded: address >> 16),
    ]
    var text = record(4, 0, upper)
    for start in stride(from: 0, to: bytes.count, by: 16) {
      let offset = Int(address & 0xFFFF) + start
      text += record(0, offset, Array(bytes[start..<min(bytes.count, start + 16)]))
    }
    return Array((text + record(1, 0, [])).utf8)
  }

  private func check(
    _ bytes: [UInt8], _ name: String = "x.bin", board id: String = "mkr1000", twice: Bool = false
  ) throws -> FlashImage {
    let board = try Board.load(named: id)
    return try ImageCheck(board: board, others: boards, mayReplaceBootloader: twice)
      .flashImage(bytes, name: name)
  }

  private func complaint(
    _ bytes: [UInt8], _ name: String = "x.bin", board: String = "mkr1000", twice: Bool = false
  ) -> String {
    do {
      _ = try check(bytes, name, board: board, twice: twice)
      return "no complaint"
    } catch let error as FlashError {
      return error.kind == .image ? error.description : "not an error of images: \(error)"
    } catch { return "\(error)" }
  }

  @Test func rawBinary_goesToTheApplicationsStart() throws {
    let bytes = program(stack: 0x2000_8000, reset: 0x2081)
    #expect(try check(bytes) == FlashImage(start: 0x2000, bytes: bytes))
  }

  @Test func gaps_areFilledWithOnes() throws {
    let first = hex(program(stack: 0x2000_8000, reset: 0x2011, size: 32), at: 0x2000)
    let text = String(decoding: first, as: UTF8.self)
      .replacingOccurrences(of: ":00000001FF\n", with: "")
    let both = Array(text.utf8) + hex([1, 2], at: 0x2040)
    let image = try check(both, "x.hex")
    #expect(image.bytes.count == 66)
    #expect(Array(image.bytes[32..<64]) == [UInt8](repeating: 0xFF, count: 32))
    #expect(image.bytes.suffix(2) == [1, 2])
  }

  @Test func everyFlashableBoard_takesAProgramOfItsOwn() throws {
    for board in boards where board.flashing != nil {
      let ram = try #require(
        board.chip.memories.first { $0.kind == .ram && $0.size.count > 30_000 })
      let start = board.application.start.bits
      let vectors = Int(board.application.vectors.bits - start)
      let bytes =
        [UInt8](repeating: 0, count: vectors)
        + program(
          stack: UInt32(truncatingIfNeeded: ram.end), reset: board.application.vectors.bits + 0x41)
      #expect(try check(bytes, board: board.id).start == start, "\(board.id)")
    }
  }

  @Test func wrongAddress_isRefused() {
    #expect(
      complaint(hex(program(stack: 0x2002_0000, reset: 0x1_0081), at: 0x1_0000), "x.hex")
        == "x.hex: it is linked at 0x00010000 (as for Arduino Nano 33 BLE, Arduino Nano 33 BLE "
        + "Sense), and the bootloader of Arduino MKR1000 starts what lies at 0x00002000; link it "
        + "at 0x00002000")
    #expect(
      complaint(hex(program(stack: 0x2402_0000, reset: 0x0804_0081), at: 0x0804_0000), "x.hex")
        == "x.hex: 256 B are linked at 0x08040000, where Arduino MKR1000 has no flash; build it "
        + "for Arduino MKR1000, whose applications start at 0x00002000")
  }

  @Test func bootloader_isOnlyReplacedByWhoAsksTwice() throws {
    let image = hex(program(stack: 0x2000_8000, reset: 0x81), at: 0)
    #expect(
      complaint(image, "x.hex")
        == "x.hex: it is linked at 0x00000000, below 0x00002000 where applications of Arduino "
        + "MKR1000 start: it would replace the bootloader; build it for Arduino MKR1000; who wants "
        + "to replace the bootloader all the same gives --allow-bootloader twice")
    #expect(try check(image, "x.hex", twice: true).start == 0)
  }

  @Test func rawBinaryLinkedElsewhere_isRecognisedByItsResetHandler() {
    #expect(
      complaint(program(stack: 0x2000_8000, reset: 0x1_0081))
        == "x.bin: its reset handler 0x00010081 is not in the image at 0x00002000: it was linked "
        + "for another address (as for Arduino Nano 33 BLE, Arduino Nano 33 BLE Sense); build it "
        + "for Arduino MKR1000, at 0x00002000")
  }

  @Test func strangeVectorTables_areRefused() {
    #expect(
      complaint(program(stack: 0x2004_0000, reset: 0x2081))
        == "x.bin: its vector table at 0x00002000 starts with 0x20040000, which is no stack "
        + "pointer in the RAM of SAMD21G18A; check that it is a program for Arduino MKR1000 "
        + "(RAM: 32 KiB at 0x20000000) and starts with its vector table")
    #expect(
      complaint(program(stack: 0x2000_8000, reset: 0x2080))
        == "x.bin: its reset handler 0x00002080 is no Thumb code; check that it is a program for "
        + "Cortex-M0+ and starts with its vector table")
    #expect(
      complaint([1, 2, 3, 4])
        == "x.bin: it has no vector table at 0x00002000; link the vector table there, with "
        + "start-up code")
  }

  @Test func tooLargeAnImage_isRefused() {
    #expect(
      complaint(program(stack: 0x2000_8000, reset: 0x2081, size: 248 * 1024 + 100))
        == "x.bin: it ends at 0x00040064, 100 B behind the end of what may be written; make it "
        + "smaller: Arduino MKR1000 has 248 KiB for applications")
  }

  @Test func filesThatAreNoImages_areRefused() {
    #expect(complaint([]) == "x.bin: the file is empty; build it again")
    #expect(complaint(Array("RIFF....".utf8)).hasPrefix("x.bin: this is a recording; "))
  }

  @Test func uf2OfAnotherFamily_isRefused() {
    var block = [UInt8](repeating: 0, count: 512)
    func put(_ value: UInt32, _ offset: Int) {
      for index in 0..<4 { block[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
    }
    let words: [(UInt32, Int)] = [
      (0x0A32_4655, 0), (0x9E5D_5157, 4), (0x2000, 8), (0x1000_0000, 12), (256, 16), (0, 20),
      (1, 24), (0xE48B_FF56, 28), (0x0AB1_6F30, 508),
    ]
    for (value, offset) in words { put(value, offset) }
    #expect(
      complaint(block, "x.uf2")
        == "x.uf2: this UF2 is for the family 0xe48bff56, that of Arduino Nano RP2040 Connect; "
        + "build it for Arduino MKR1000, family 0x68ed2b88")
  }

  @Test func boardWithoutFlashing_hasNoCheck() throws {
    let board = try Board.load(named: "microbit")
    #expect(throws: FlashError.self) { try ImageCheck(board: board, others: []) }
  }
}
