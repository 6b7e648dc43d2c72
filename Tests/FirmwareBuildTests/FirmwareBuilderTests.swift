// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import Foundation
import MachineModel
import Testing

@testable import FirmwareBuild

/// These compile: for a few seconds each.
@Suite(.serialized) struct FirmwareBuilderTests {
  private let builder = FirmwareBuilder()

  @Test func applications_areTheManifestsProducts() throws {
    #expect(try builder.applications() == ["heartbeat", "keyword-spotting"])
  }

  @Test func unknownApplication_isRefusedWithTheKnown() throws {
    let board = try Board.load(named: "nano33ble")
    let error = #expect(throws: FirmwareBuildError.self) {
      try builder.image(app: "heartbeet", board: board)
    }
    #expect(
      error?.description == "no application \"heartbeet\": there are heartbeat, keyword-spotting")
  }

  @Test func folderWithoutFirmware_isRefused() {
    let builder = FirmwareBuilder(packageRoot: URL(fileURLWithPath: "/nowhere"))
    #expect(throws: FirmwareBuildError.noFirmwarePackage(path: "/nowhere/Firmware")) {
      try builder.applications()
    }
  }

  @Test(arguments: ["heartbeat", "keyword-spotting"])
  func image_startsWithVectorTableOfTheBoard(app: String) throws {
    let board = try Board.load(named: "nano33ble")
    let image = try builder.image(app: app, board: board)
    let linked = try LinkedImage(Files.read(image.elf))
    #expect(linked.base == board.application.start)
    #expect(linked.undefinedSymbols.isEmpty)
    #expect(linked.bytes == (try Files.read(image.bin)))
    let vectors = linked.bytes.withUnsafeBytes { raw in
      (0..<64).map { raw.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self) }
    }
    #expect(vectors[0] == 0x2004_0000)
    #expect(vectors[1] == linked.entry.bits)
    let end = board.application.start.bits + UInt32(linked.bytes.count)
    for vector in vectors.dropFirst() {
      #expect(vector & 1 == 1, "Thumb")
      #expect((board.application.start.bits..<end).contains(vector))
    }
  }

  @Test func unchangedImage_isNotBuiltAgain() throws {
    let board = try Board.load(named: "nano33ble")
    _ = try builder.image(app: "heartbeat", board: board)
    var messages: [String] = []
    let again = try builder.image(app: "heartbeat", board: board) { messages.append($0) }
    #expect(!again.isNew)
    #expect(messages.isEmpty)
  }

  @Test func boardWithTooLittleRAM_saysByHowMuch() throws {
    var board = try Board.load(named: "nano33ble")
    board.id = "nano33ble-small"
    let ram = try #require(board.chip.memories.firstIndex { $0.kind == .ram })
    board.chip.memories[ram].size = .kibibytes(8)
    // Heartbeat's 72 bytes, and the stack's 8 KiB.
    #expect(
      throws: FirmwareBuildError.doesNotFit(
        application: "heartbeat", board: board.name, memory: "RAM", overflow: ByteCount(72))
    ) { try builder.image(app: "heartbeat", board: board) }
  }

  @Test func modelForApplicationWithoutOne_isRefused() throws {
    let board = try Board.load(named: "nano33ble")
    #expect(throws: FirmwareBuildError.noModelForApplication(name: "heartbeat")) {
      try builder.image(app: "heartbeat", board: board, model: URL(fileURLWithPath: "x.tflite"))
    }
  }
}
