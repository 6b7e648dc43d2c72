// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import BoardDescription
import FirmwareImage
public import FlashProtocols
import MachineModel

/// Holds an image against a board before anything on the board is touched.
public struct ImageCheck {
  let board: Board
  let flashing: Flashing
  /// Other boards, to tell what a strange image may have been built for.
  let others: [Board]
  /// Whether what lies below the applications may be written too.
  let mayReplaceBootloader: Bool

  public init(board: Board, others: [Board], mayReplaceBootloader: Bool = false) throws {
    guard let flashing = board.flashing else { throw Remedy.notFlashable(board) }
    (self.board, self.flashing, self.others) = (board, flashing, others)
    self.mayReplaceBootloader = mayReplaceBootloader
  }

  /// What to write; gaps between segments are filled with 0xFF.
  public func flashImage(_ bytes: [UInt8], name: String) throws -> FlashImage {
    let image: Image
    do {
      image = try Image.parse(bytes, name: name, rawLoadAddress: board.application.start)
    } catch {
      throw FlashError(.image, step: nil, "\(error.file): \(error.problem)", remedy: error.remedy)
    }
    try checkFamily(image)
    try checkPlace(image)
    try checkVectors(image)
    let start = image.vectorTable
    let end = image.segments.map(\.end).max() ?? 0
    var run = [UInt8](repeating: 0xFF, count: Int(end - UInt64(start.bits)))
    for segment in image.segments {
      let offset = Int(segment.address.bits - start.bits)
      run.replaceSubrange(offset..<offset + segment.bytes.count, with: segment.bytes)
    }
    return FlashImage(start: start.bits, bytes: run)
  }

  private func refuse(_ image: Image, _ problem: String, _ remedy: String) -> FlashError {
    FlashError(.image, "\(image.name): \(problem)", remedy: remedy)
  }

  private func checkFamily(_ image: Image) throws {
    guard let family = image.uf2Family, let expected = board.application.uf2Family,
      family != expected
    else { return }
    let builtFor = others.filter { $0.application.uf2Family == family }.map(\.name)
    let whose = builtFor.isEmpty ? "" : ", that of \(builtFor.joined(separator: " and "))"
    throw refuse(
      image, "this UF2 is for the family \(Address(family))\(whose)",
      "build it for \(board.name), family \(Address(expected))")
  }

  private func checkPlace(_ image: Image) throws {
    let first = image.vectorTable
    let application = board.application
    let limit = UInt64(flashing.start.bits) + UInt64(flashing.length.count)
    for segment in image.segments where !isInFlash(segment.address) {
      throw refuse(
        image,
        "\(segment.bytes.count) B are linked at \(segment.address)\(owners(segment.address)), "
          + "where \(board.name) has no flash",
        "build it for \(board.name), whose applications start at \(application.start)")
    }
    guard first >= flashing.start || mayReplaceBootloader else {
      throw refuse(
        image,
        "it is linked at \(first), below \(flashing.start) where applications of "
          + "\(board.name) start: it would replace the bootloader\(owners(first))",
        "build it for \(board.name); who wants to replace the bootloader all the same gives "
          + "--allow-bootloader twice")
    }
    guard first >= flashing.start ? first == application.start : true else {
      throw refuse(
        image,
        "it is linked at \(first)\(owners(first)), and the bootloader of \(board.name) "
          + "starts what lies at \(application.start)",
        "link it at \(application.start)")
    }
    let end = image.segments.map(\.end).max() ?? 0
    guard end <= limit else {
      throw refuse(
        image,
        "it ends at \(Address(UInt32(truncatingIfNeeded: end))), "
          + "\(ByteCount.grouped(Int(end - limit))) B behind the end of what may be written",
        "make it smaller: \(board.name) has \(flashing.length) for applications")
    }
  }

  /// The first word is the stack pointer, the second the reset handler (DDI 0403E, B1.5.3).
  private func checkVectors(_ image: Image) throws {
    let table = image.vectorTable >= flashing.start ? board.application.vectors : image.vectorTable
    guard let stack = image.word(at: table), let reset = image.word(at: table + ByteCount(4)) else {
      throw refuse(
        image, "it has no vector table at \(table)",
        "link the vector table there, with start-up code")
    }
    let memories = board.chip.memories.filter { $0.kind == .ram }
    let isInRAM = memories.contains { stack > $0.base.bits && UInt64(stack) <= $0.end }
    guard isInRAM, stack % 4 == 0 else {
      let places = memories.map { "\($0.size) at \($0.base)" }.joined(separator: ", ")
      throw refuse(
        image,
        "its vector table at \(table) starts with \(Address(stack)), which is no stack "
          + "pointer in the RAM of \(board.chip.name)",
        "check that it is a program for \(board.name) (RAM: \(places)) and starts with its vector "
          + "table")
    }
    guard reset & 1 == 1 else {
      throw refuse(
        image, "its reset handler \(Address(reset)) is no Thumb code",
        "check that it is a program for \(board.chip.core) and starts with its vector table")
    }
    let handler = Address(reset & ~1)
    guard image.segments.contains(where: { $0.contains(handler) }) else {
      throw refuse(
        image,
        "its reset handler \(Address(reset)) is not in the image at \(table): it was linked "
          + "for another address\(owners(handler))",
        "build it for \(board.name), at \(board.application.start)")
    }
  }

  private func isInFlash(_ address: Address) -> Bool {
    board.chip.memories.contains { $0.kind == .flash && $0.contains(address) }
  }

  /// ` (as for Arduino Giga R1 WiFi)`, where other boards' applications lie at that address.
  private func owners(_ address: Address) -> String {
    // Programs are linked at their start; a handler lies a little behind it.
    let offsets = others.compactMap { other -> (board: Board, offset: Int64)? in
      guard let flashing = other.flashing, other.id != board.id else { return nil }
      let offset = Int64(address.bits) - Int64(flashing.start.bits)
      return (0..<0x1_0000).contains(offset) && offset < flashing.length.count
        ? (other, offset) : nil
    }
    let nearest = offsets.map(\.offset).min()
    let names = offsets.filter { $0.offset == nearest }.map(\.board.name)
    guard !names.isEmpty, names.count <= 3 else { return "" }
    return " (as for \(names.joined(separator: ", ")))"
  }
}
