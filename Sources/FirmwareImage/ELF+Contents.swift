// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

/// What of an ELF file is loaded, and what it occupies.
extension ELF {
  /// The bytes of a program header at their load address, without the ELF headers that some linkers
  /// let the first one begin with: as objcopy does, only what sections cover is loaded.
  func load(_ header: ProgramHeader, index: Int) throws(ImageError) -> Image.Segment {
    guard reader.slice(header.offset, header.fileSize) != nil else {
      throw ImageError(
        name, at: .offset(Int(header.offset)),
        "segment \(index) has \(ByteCount.grouped(Int(header.fileSize))) B there, "
          + "the file ends at offset 0x\(String(reader.bytes.count, radix: 16, uppercase: true))",
        remedy: "copy the file again or rebuild it: it seems cut short")
    }
    let end = UInt64(header.offset) + UInt64(header.fileSize)
    let covered = sections.filter {
      $0.isAllocated && $0.type != SectionHeader.noBits && $0.size > 0
        && $0.offset >= header.offset && $0.end <= end
    }
    let start = covered.map(\.offset).min() ?? header.offset
    let stop = covered.map(\.end).max() ?? end
    let (address, overflow) = header.physicalAddress.addingReportingOverflow(start - header.offset)
    guard !overflow, let bytes = reader.slice(start, UInt32(truncatingIfNeeded: stop) - start)
    else {
      throw ImageError(
        name, "segment \(index) at \(Address(header.physicalAddress)) reaches behind 4 GiB",
        remedy: "check the linker script's addresses")
    }
    return Image.Segment(address: Address(address), bytes: Array(bytes))
  }

  /// Memory in use at run time: by section where there are any, so that reserved stacks and heaps
  /// are told from variables, else by segment.
  func placements() throws(ImageError) -> [Image.Placement] {
    let names = try sectionNames()
    let allocated = zip(sections, names).filter { section, name in
      section.isAllocated && section.size > 0 && !Self.isReserve(name)
    }
    let spans =
      allocated.isEmpty
      ? segments.map { ($0.virtualAddress, $0.memorySize) }
      : allocated.map { ($0.0.address, $0.0.size) }
    for (address, size) in spans where UInt64(address) + UInt64(size) > 1 << 32 {
      throw ImageError(
        name, "\(ByteCount.grouped(Int(size))) B at \(Address(address)) reach behind 4 GiB",
        remedy: "check the linker script's addresses")
    }
    return spans.filter { $0.1 > 0 }
      .map { Image.Placement(address: Address($0.0), size: ByteCount(Int($0.1))) }
      .sorted { ($0.address, $0.size) < ($1.address, $1.size) }
  }

  /// What takes memory at run time, and where its bytes come from.
  func allocatedSections() throws(ImageError) -> [Image.Section] {
    var result: [Image.Section] = []
    for (section, name) in zip(sections, try sectionNames()) {
      let end = UInt64(section.address) + UInt64(section.size)
      guard section.isAllocated, section.size > 0, end <= 1 << 32 else { continue }
      result.append(
        Image.Section(
          name: name, address: Address(section.address), loadAddress: loadAddress(section),
          size: ByteCount(Int(section.size))))
    }
    return result.sorted { ($0.address, $0.size) < ($1.address, $1.size) }
  }

  private func loadAddress(_ section: SectionHeader) -> Address? {
    guard section.type != SectionHeader.noBits else { return nil }
    let header = segments.first {
      $0.offset <= section.offset && section.end <= UInt64($0.offset) + UInt64($0.fileSize)
    }
    return header.map { Address($0.physicalAddress &+ (section.offset &- $0.offset)) }
  }

  /// Linker scripts reserve stack and heap as sections of these names (CMSIS, Mbed, newlib).
  private static func isReserve(_ section: String) -> Bool {
    [".stack", ".heap", "._user_heap_stack"].contains { section.hasPrefix($0) }
  }

  private func sectionNames() throws(ImageError) -> [String] {
    let index = Int(reader.halfword(at: 50) ?? 0)
    guard index != 0, index < sections.count else { return sections.map { _ in "" } }
    let table = try strings(of: sections[index], index: index)
    return sections.map { Self.string(in: table, at: $0.name, limit: 64) ?? "" }
  }

  func symbols() throws(ImageError) -> [Symbol] {
    guard let index = sections.firstIndex(where: { $0.type == SectionHeader.symbolTable }) else {
      return []
    }
    let section = sections[index]
    guard reader.slice(section.offset, section.size) != nil, Int(section.link) < sections.count
    else {
      throw ImageError(
        name, at: .offset(Int(section.offset)), "the symbol table lies outside the file",
        remedy: "copy the file again, rebuild it, or strip it")
    }
    let table = try strings(of: sections[Int(section.link)], index: Int(section.link))
    var (symbols, namesLeft): ([Symbol], Int) = ([], Image.sizeLimit.count)
    for number in 0..<Int(section.size) / 16 {
      let offset = Int(section.offset) + 16 * number
      guard let symbol = try symbol(at: offset, names: table) else { continue }
      namesLeft -= symbol.name.utf8.count
      guard namesLeft >= 0 else {
        throw ImageError(
          name, at: .offset(offset), "symbol names add up to more than \(Image.sizeLimit)",
          remedy: "strip the file")
      }
      symbols.append(symbol)
    }
    return symbols.sorted { ($0.address, $0.size, $0.name) < ($1.address, $1.size, $1.name) }
  }

  /// The symbol of one table entry; nil for those that name no place (files, sections, undefined,
  /// and the marks `$t`, `$d` of ARM's ABI).
  private func symbol(at offset: Int, names: ArraySlice<UInt8>) throws(ImageError) -> Symbol? {
    guard let nameOffset = reader.word(at: offset), let value = reader.word(at: offset + 4),
      let size = reader.word(at: offset + 8), let section = reader.halfword(at: offset + 14)
    else { return nil }
    let type = reader.bytes[offset + 12] & 0xF
    guard section != 0, type <= 2 else { return nil }
    guard let text = Self.string(in: names, at: nameOffset, limit: 4096) else {
      throw ImageError(
        name, at: .offset(offset), "a symbol's name lies outside the string table",
        remedy: "the file is damaged: rebuild it, or strip it")
    }
    guard !text.isEmpty, !text.hasPrefix("$") || type != 0 else { return nil }
    let kind: Symbol.Kind =
      section == 0xFFF1 ? .absolute : type == 2 ? .function : type == 1 ? .object : .label
    let address = kind == .function ? value & ~1 : value
    return Symbol(
      name: text, address: Address(address), size: ByteCount(Int(size)), kind: kind)
  }

  private func strings(
    of section: SectionHeader, index: Int
  ) throws(ImageError) -> ArraySlice<UInt8> {
    guard section.type == SectionHeader.stringTable,
      let table = reader.slice(section.offset, section.size)
    else {
      throw ImageError(
        name, at: .offset(Int(section.offset)), "section \(index) is no string table in the file",
        remedy: "copy the file again, rebuild it, or strip it")
    }
    return table
  }

  /// The text up to its zero byte, cut after `limit` bytes; nil where it starts outside.
  private static func string(
    in table: ArraySlice<UInt8>, at offset: UInt32, limit: Int
  ) -> String? {
    guard Int(offset) < table.count else { return offset == 0 ? "" : nil }
    let bytes = table[(table.startIndex + Int(offset))...].prefix(limit).prefix { $0 != 0 }
    return String(decoding: bytes, as: UTF8.self)
  }
}
