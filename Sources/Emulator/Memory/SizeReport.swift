// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import FirmwareImage
import MachineModel

/// Where an image's flash and RAM go, by section and by symbol, against the board's limits.
public struct SizeReport: Codable, Sendable {
  public struct Section: Codable, Sendable {
    public var name: String
    public var address: String
    public var flashBytes: Int
    public var ramBytes: Int
  }

  public struct Symbol: Codable, Sendable {
    public var name: String
    /// The section that it lies in; empty where the file does not say.
    public var section: String
    public var address: String
    public var bytes: Int
  }

  public var board: String
  public var image: String
  public var flashBytes: Int
  public var flashLimitBytes: Int
  /// Without what is only set aside for stack and heap; nil where the image does not say.
  public var staticRAMBytes: Int?
  public var ramLimitBytes: Int
  public var sections: [Section]
  /// Largest first.
  public var flash: [Symbol]
  public var ram: [Symbol]
  /// Bytes of no symbol: literals, tables, text, filling.
  public var flashWithoutSymbol: Int
  public var ramWithoutSymbol: Int
}

extension LoadedImage {
  /// What takes flash and RAM.
  public func sizes(on board: Board) -> SizeReport {
    let ram = board.ram
    func isRAM(_ address: Address) -> Bool { ram?.contains(address) == true }
    let sections = image.sections.map { section in
      SizeReport.Section(
        name: section.name, address: section.address.description,
        flashBytes: section.loadAddress == nil ? 0 : section.size.count,
        ramBytes: isRAM(section.address) ? section.size.count : 0)
    }
    let symbols = distinctSymbols()
    let inRAM = symbols.filter { isRAM($0.address) }
    // Initialised variables take flash too.
    let inFlash = symbols.filter { symbol in
      section(holding: symbol.address).map { $0.loadAddress != nil } ?? !isRAM(symbol.address)
    }
    func total(_ symbols: [Symbol]) -> Int { symbols.reduce(0) { $0 + $1.size.count } }
    let reserved = image.sections.filter { isReserve($0) }.reduce(0) { $0 + $1.size.count }
    let ramBytes = sections.reduce(0) { $0 + $1.ramBytes } - reserved
    return SizeReport(
      board: board.name, image: name, flashBytes: flashBytes,
      flashLimitBytes: board.application.length.count, staticRAMBytes: staticRAMBytes,
      ramLimitBytes: ram?.size.count ?? 0, sections: sections, flash: rows(inFlash),
      ram: rows(inRAM), flashWithoutSymbol: max(0, flashBytes - total(inFlash)),
      ramWithoutSymbol: max(0, ramBytes - total(inRAM)))
  }

  /// Functions and objects with a size, one for each place: an alias takes nothing.
  private func distinctSymbols() -> [Symbol] {
    var (symbols, end): ([Symbol], UInt64) = ([], 0)
    let sized = image.symbols.filter { $0.size.count > 0 && $0.kind != .absolute }
      .sorted {
        ($0.address.bits, $1.size.count, $0.name.hasPrefix("_") ? 1 : 0, $0.name)
          < ($1.address.bits, $0.size.count, $1.name.hasPrefix("_") ? 1 : 0, $1.name)
      }
    for symbol in sized where UInt64(symbol.address.bits) >= end {
      guard section(holding: symbol.address) != nil else { continue }
      symbols.append(symbol)
      end = UInt64(symbol.address.bits) + UInt64(symbol.size.count)
    }
    return symbols
  }

  private func section(holding address: Address) -> Image.Section? {
    image.sections.first { $0.address <= address && UInt64(address.bits) < $0.end }
  }

  private func isReserve(_ section: Image.Section) -> Bool {
    [".stack", ".heap", "._user_heap_stack"].contains { section.name.hasPrefix($0) }
  }

  private func rows(_ symbols: [Symbol]) -> [SizeReport.Symbol] {
    symbols.sorted { ($1.size, $0.name) < ($0.size, $1.name) }.map { symbol in
      SizeReport.Symbol(
        name: SwiftName.readable(symbol.name),
        section: section(holding: symbol.address)?.name ?? "",
        address: symbol.address.description, bytes: symbol.size.count)
    }
  }
}

extension SizeReport {
  /// Tables for people.
  /// - Parameter top: symbols of each memory that are shown.
  public func lines(top: Int = 20) -> [String] {
    var lines = ["\(image) on \(board)", ""]
    if sections.isEmpty {
      lines += ["The file has neither sections nor symbols; an ELF file of the image would.", ""]
    } else {
      lines += sectionLines() + [""]
    }
    lines.append(share("flash", flashBytes, flashLimitBytes))
    if let staticRAMBytes { lines.append(share("RAM", staticRAMBytes, ramLimitBytes)) }
    if !flash.isEmpty {
      lines += ["", "flash by symbol"] + rows(flash, flashWithoutSymbol, flashBytes, top)
    }
    if !ram.isEmpty {
      lines += ["", "RAM by symbol"] + rows(ram, ramWithoutSymbol, staticRAMBytes ?? 0, top)
    }
    return lines
  }

  private func sectionLines() -> [String] {
    let width = max(8, sections.map(\.name.count).max() ?? 0) + 2
    func line(_ name: String, _ address: String, _ flash: String, _ ram: String) -> String {
      left(name, width) + left(address, 12) + right(flash, 11) + right(ram, 11)
    }
    return [line("section", "address", "flash", "RAM")]
      + sections.map { section in
        line(
          section.name, section.address, section.flashBytes == 0 ? "" : grouped(section.flashBytes),
          section.ramBytes == 0 ? "" : grouped(section.ramBytes))
      }
  }

  private func share(_ name: String, _ part: Int, _ whole: Int) -> String {
    let percent = whole == 0 ? 0 : Double(part) * 100 / Double(whole)
    return left(name, 7) + "\(grouped(part)) of \(grouped(whole)) B "
      + "(\(fixed(percent, places: 1)) %)"
  }

  private func rows(_ symbols: [Symbol], _ rest: Int, _ whole: Int, _ top: Int) -> [String] {
    func line(_ bytes: Int, _ section: String, _ name: String) -> String {
      let percent = whole == 0 ? 0 : Double(bytes) * 100 / Double(whole)
      return right(grouped(bytes), 9) + right(fixed(percent, places: 1), 6) + "  "
        + left(section, 10) + " " + name
    }
    var lines = symbols.prefix(top).map { line($0.bytes, $0.section, $0.name) }
    let others = symbols.dropFirst(top)
    if !others.isEmpty {
      lines.append(line(others.reduce(0) { $0 + $1.bytes }, "", "\(others.count) more"))
    }
    if rest > 0 { lines.append(line(rest, "", "without a symbol: text, tables, filling")) }
    return lines
  }

  private func grouped(_ value: Int) -> String { ByteCount.grouped(value) }
  private func left(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
  private func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(1, width - text.count)) + text
  }
}
