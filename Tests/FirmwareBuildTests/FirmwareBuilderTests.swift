// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import FirmwareImage
import Foundation
import MachineModel
import Testing

@testable import FirmwareBuild

/// These compile: for a few seconds each.
@Suite(.serialized) struct FirmwareBuilderTests {
  private let builder = FirmwareBuilder()

  @Test func applications_areTheManifestsProducts() throws {
    let applications = try builder.applications()
    #expect(Set(applications).isSuperset(of: ["heartbeat", "keyword-spotting"]))
  }

  @Test func unknownApplication_isRefusedWithTheKnown() throws {
    let board = try Board.load(named: "nano33ble")
    let error = #expect(throws: FirmwareBuildError.self) {
      try builder.image(app: "heartbeet", board: board)
    }
    let known = try builder.applications().joined(separator: ", ")
    #expect(error?.description == "no application \"heartbeet\": there are \(known)")
  }

  @Test func folderWithoutFirmware_isRefused() {
    let builder = FirmwareBuilder(packageRoot: URL(fileURLWithPath: "/nowhere"))
    #expect(throws: FirmwareBuildError.noFirmwarePackage(path: "/nowhere/Firmware")) {
      try builder.applications()
    }
  }

  @Test func checkoutCalledFirmware_isRefused() throws {
    let board = try Board.load(named: "nano33ble")
    let builder = FirmwareBuilder(packageRoot: URL(fileURLWithPath: "/home/me/Firmware"))
    #expect(throws: FirmwareBuildError.checkoutCalledFirmware(path: "/home/me/Firmware")) {
      try builder.image(app: "heartbeat", board: board)
    }
  }

  @Test(arguments: ["heartbeat", "keyword-spotting", "inference-loop"])
  func image_startsWithVectorTableOfTheBoard(app: String) throws {
    let board = try Board.load(named: "nano33ble")
    let image = try load(try builder.image(app: app, board: board).elf, for: board)
    let table = board.application.start
    #expect(image.vectorTable == table)
    #expect(image.word(at: table) == 0x2004_0000)
    let unhandled = try #require(image.symbol(named: "Unhandled_Exception")).address
    for vector in 1..<64 {
      let handler = try #require(image.word(at: table + ByteCount(4 * vector)))
      let isOwn = vector == 1 || (vector == 16 + 29 && app == "keyword-spotting")
      #expect(handler & 1 == 1, "vector \(vector) is Thumb code")
      #expect((Address(handler & ~1) == unhandled) == !isOwn, "vector \(vector)")
    }
  }

  @Test(arguments: ["heartbeat", "keyword-spotting"])
  func threeFormats_holdTheSameBytes(app: String) throws {
    let board = try Board.load(named: "nano33ble")
    let built = try builder.image(app: app, board: board)
    let bytes = try Files.read(built.bin)
    let (elf, hex) = (try load(built.elf, for: board), try load(built.hex, for: board))
    #expect(hex.segments.flatMap(\.bytes) == bytes)
    #expect(hex.vectorTable == board.application.start)
    #expect(hex.entry == elf.entry)
    for segment in elf.segments {
      let start = Int(segment.address.bits - board.application.start.bits)
      #expect(Array(bytes[start..<start + segment.bytes.count]) == segment.bytes)
    }
  }

  private func load(_ url: URL, for board: Board) throws -> Image {
    try Image.parse(
      Files.read(url), name: url.lastPathComponent, rawLoadAddress: board.application.start)
  }

  @Test func unchangedImage_isNotBuiltAgain() throws {
    let board = try Board.load(named: "nano33ble")
    _ = try builder.image(app: "heartbeat", board: board)
    var messages: [String] = []
    let again = try builder.image(app: "heartbeat", board: board) { messages.append($0) }
    #expect(!again.isNew)
    // Another suite may be building meanwhile.
    #expect(messages.allSatisfy { $0 == "waiting for another build to end" })
  }

  @Test func boardWithTooLittleRAM_saysByHowMuch() throws {
    var board = try Board.load(named: "nano33ble")
    board.id = "nano33ble-small"
    let ram = try #require(board.chip.memories.firstIndex { $0.kind == .ram })
    board.chip.memories[ram].size = .kibibytes(8)
    // Heartbeat's 1,216 bytes, and the stack's 8 KiB.
    #expect(
      throws: FirmwareBuildError.doesNotFit(
        application: "heartbeat", board: board.name, memory: "RAM", overflow: ByteCount(1216))
    ) { try builder.image(app: "heartbeat", board: board) }
  }

  @Test func modelForApplicationWithoutOne_isRefused() throws {
    let board = try Board.load(named: "nano33ble")
    #expect(throws: FirmwareBuildError.noModelForApplication(name: "heartbeat")) {
      try builder.image(app: "heartbeat", board: board, model: URL(fileURLWithPath: "x.tflite"))
    }
  }
}
