// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import FirmwareImage
import MachineModel

/// An image that fits the board, and what its symbols tell about RAM.
public struct LoadedImage: Sendable {
  let image: FirmwareImage.Image
  let initialStackPointer: UInt32

  /// Nothing was flashed yet.
  public let isAbsent: Bool

  /// What a file holds.
  public enum Role: Sendable {
    case application
    /// Runs from the start of flash; a raw binary lies there.
    case bootloader
  }

  /// Parses and checks an image for a board.
  public init(
    bytes: [UInt8], name: String, for board: Board, as role: Role = .application
  ) throws {
    let start = role == .application ? board.application.start : board.flash?.base
    image = try Image.parse(bytes, name: name, rawLoadAddress: start ?? Address(0))
    try image.validate(for: ImageTarget(board))
    initialStackPointer = image.word(at: image.vectorTable) ?? 0
    isAbsent = false
  }

  /// A board whose application was never flashed.
  public init(absentFor board: Board) throws {
    image = try Image.parse(
      [0xFF, 0xFF, 0xFF, 0xFF], name: "no application", rawLoadAddress: board.application.start)
    initialStackPointer = 0
    isAbsent = true
  }

  /// Refuses an application that would be written over its bootloader.
  public func check(behind bootloader: LoadedImage) throws {
    for mine in image.segments {
      for other in bootloader.image.segments
      where mine.end > other.address.bits && other.end > mine.address.bits {
        let place = Address(max(mine.address.bits, other.address.bits))
        throw AssemblyError(
          description: "'\(name)' lies over the bootloader '\(bootloader.name)' at \(place); "
            + "build it for the place behind the bootloader, or leave the bootloader out")
      }
    }
  }

  public var name: String { image.name }
  /// Where the core finds the initial stack pointer and the reset handler.
  public var vectorTable: Address { image.vectorTable }
  public var flashBytes: Int { isAbsent ? 0 : image.flashBytes.count }
  public var staticRAMBytes: Int? { image.staticRAMBytes?.count }

  func symbol(at address: Address) -> String? {
    image.symbol(containing: address).map { symbol in
      let offset = address.bits - symbol.address.bits
      let name = SwiftName.readable(symbol.name)
      return offset == 0 ? name : "\(name)+\(offset)"
    }
  }

  private func address(of names: [String]) -> Address? {
    names.lazy.compactMap { name in image.symbols.first { $0.name == name }?.address }.first
  }

  /// The main stack: from the linker script's limit, or else from the end of static data, up to
  /// the initial stack pointer.
  var stackRegion: Range<UInt32> {
    let top = initialStackPointer & ~3
    let dataEnd = image.placements.map(\.end).filter { $0 <= UInt64(top) }.max() ?? UInt64(top)
    let limit = address(of: ["__stack_limit", "__StackLimit"])?.bits
    let bottom = limit ?? UInt32(truncatingIfNeeded: dataEnd)
    return bottom < top ? bottom..<top : top..<top
  }

  /// Known only where the linker script says so.
  var stackLimitBytes: Int? {
    address(of: ["__stack_limit", "__StackLimit"]).flatMap {
      $0.bits < initialStackPointer ? Int(initialStackPointer - $0.bits) : nil
    }
  }

  var heapStart: Address? { address(of: ["__heap_start", "__HeapBase", "end", "_end", "__end__"]) }

  /// The control block of Real-Time Transfer.
  var transferBlock: UInt32? { address(of: ["_SEGGER_RTT"])?.bits }

  /// What SYS_HEAPINFO tells: the heap from the end of static data up to the stack, where the image
  /// says where that is.
  var heapInformation: HeapInformation {
    guard let heapStart else { return HeapInformation() }
    let bottom = stackLimitBytes.map { initialStackPointer &- UInt32($0) }
    return HeapInformation(
      heapBase: (heapStart.bits &+ 7) & ~7, heapLimit: bottom ?? initialStackPointer,
      stackBase: initialStackPointer, stackLimit: bottom ?? 0)
  }

  /// The variable in which `_sbrk` keeps the end of the heap, by the names newlib ports give it.
  var heapEndVariable: Address? {
    address(of: ["__heap_end_now", "heap_end", "heap_end.0", "__sbrk_heap_end", "curbrk"])
  }

  /// Whether anything in the image asks for heap.
  var allocates: Bool {
    let names: Set = ["_sbrk", "sbrk", "__sbrk", "_sbrk_r"]
    return image.symbols.contains { names.contains($0.name) }
  }

  /// Handlers that stand for "nobody handles this".
  var unhandledHandlers: Set<UInt32> {
    let names: Set = ["Unhandled_Exception", "Default_Handler", "DefaultHandler"]
    return Set(image.symbols.filter { names.contains($0.name) }.map { $0.address.bits & ~1 })
  }
}

extension Machine {
  /// Puts the image into memory and the core at its vector table, as a reset behind the board's
  /// bootloader would; or the core at the bootloader's, where there is one.
  public func load(_ loaded: LoadedImage, behind bootloader: LoadedImage? = nil) {
    for segment in (bootloader?.image.segments ?? []) + loaded.image.segments {
      if let memory = memory(holding: segment.address, segment.bytes.count) {
        _ = memory.write(segment.bytes, at: segment.address)
      } else {
        configure(segment)
      }
    }
    core.unhandledHandlers = loaded.unhandledHandlers
    transfers.symbol = loaded.transferBlock
    semihosting.heap = loaded.heapInformation
    core.watchStack(.main, region: loaded.stackRegion)
    start(vectorTable: bootloader?.vectorTable ?? loaded.vectorTable)
  }

  /// Bytes for a register block that is flash too, the nRF52's UICR: programmed word by word, and
  /// erased where the image says nothing.
  private func configure(_ segment: FirmwareImage.Image.Segment) {
    var words: [UInt32: UInt32] = [:]
    for (index, byte) in segment.bytes.enumerated() {
      let address = segment.address.bits &+ UInt32(truncatingIfNeeded: index)
      let shift = 8 * (address & 3)
      words[address & ~3, default: .max] &= ~(UInt32(~byte) << shift)
    }
    for (address, word) in words { program(Address(address), .word(word)) }
  }
}

extension ImageTarget {
  /// The memory that the board's chip file gives an application.
  init(_ board: Board) throws {
    guard let flash = board.flash, let ram = board.ram else {
      throw AssemblyError(
        description: "\(board.chip.name) has no flash or no RAM in its file; both are needed to "
          + "run an image")
    }
    let configuration = board.chip.peripherals.filter { $0.kind == "nordic.uicr" }
    self.init(
      chip: board.chip.name, flash: Span(base: flash.base, size: flash.size),
      ram: Span(base: ram.base, size: ram.size),
      configuration: configuration.map { Span(base: $0.base, size: $0.size) },
      uf2Family: board.application.uf2Family)
  }
}
