// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// As much of a vendor's SVD file as the register maps state: blocks, registers, fields.
struct SVD {
  struct Block {
    var base: UInt32
    var interrupt: Int?
    /// By the manual's name: `CC` with its elements, `RAM[3].POWER`.
    var registers: [String: Register]
  }
  struct Register {
    /// With `%s` where an element's index goes.
    var pattern: String
    var offset: UInt32
    var count: Int?
    var stride: UInt32
    var reset: UInt32
    /// In bits.
    var size: UInt32
    /// `read-only`, `write-only`, empty for both ways.
    var access: String
    /// Least significant bit, width and named values, by field.
    var fields: [String: Field]
  }
  struct Field {
    var lowestBit: UInt32
    var width: UInt32
    var values: [String: UInt32]
  }

  private(set) var blocks: [String: Block] = [:]

  init(contentsOf url: URL) throws {
    let root = try Element.parse(Data(contentsOf: url))
    let peripherals = root["peripherals"]?.children ?? []
    for peripheral in peripherals {
      let original = peripherals.first { $0.text("name") == peripheral.attributes["derivedFrom"] }
      var registers: [String: Register] = [:]
      for entry in (peripheral["registers"] ?? original?["registers"])?.children ?? [] {
        Self.add(entry, prefix: "", base: 0, to: &registers)
      }
      blocks[peripheral.text("name")] = Block(
        base: peripheral.number("baseAddress") ?? 0,
        interrupt: peripheral["interrupt"]?.number("value").map(Int.init), registers: registers)
    }
  }

  private static func add(
    _ entry: Element, prefix: String, base: UInt32, to registers: inout [String: Register]
  ) {
    let offset = base + (entry.number("addressOffset") ?? 0)
    let count = entry.number("dim").map(Int.init)
    let stride = entry.number("dimIncrement") ?? 4
    let name = entry.text("name")
    if entry.name == "register" {
      registers[prefix + name.replacing("[%s]", with: "").replacing("%s", with: "")] = Register(
        pattern: prefix + name, offset: offset, count: count, stride: stride,
        reset: entry.number("resetValue") ?? 0,
        size: entry.number("size") ?? 32, access: entry.text("access"), fields: fields(of: entry))
    } else if entry.name == "cluster" {
      for index in 0..<(count ?? 1) {
        let element = name.replacingOccurrences(of: "%s", with: "\(index)")
        for child in entry.children {
          add(
            child, prefix: prefix + element + ".", base: offset + stride * UInt32(index),
            to: &registers)
        }
      }
    }
  }

  private static func fields(of register: Element) -> [String: Field] {
    var fields: [String: Field] = [:]
    for field in register["fields"]?.children ?? [] {
      let low = field.number("lsb") ?? field.number("bitOffset") ?? 0
      var values: [String: UInt32] = [:]
      for group in field.children where group.name == "enumeratedValues" {
        for value in group.children { values[value.text("name")] = value.number("value") }
      }
      fields[field.text("name")] = Field(
        lowestBit: low,
        width: field.number("bitWidth") ?? (field.number("msb") ?? low) - low + 1, values: values)
    }
    return fields
  }
}

/// A parsed XML element.
private final class Element {
  let name: String
  let attributes: [String: String]
  var children: [Element] = []
  var content = ""

  init(name: String, attributes: [String: String]) {
    (self.name, self.attributes) = (name, attributes)
  }

  subscript(child: String) -> Element? { children.first { $0.name == child } }
  func text(_ child: String) -> String {
    self[child]?.content.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
  }
  func number(_ child: String) -> UInt32? {
    let text = text(child)
    return text.hasPrefix("0x") ? UInt32(text.dropFirst(2), radix: 16) : UInt32(text)
  }

  static func parse(_ data: Data) throws -> Element {
    let builder = Builder()
    let parser = XMLParser(data: data)
    parser.delegate = builder
    guard parser.parse(), let root = builder.root else {
      throw parser.parserError ?? CocoaError(.fileReadCorruptFile)
    }
    return root
  }

  private final class Builder: NSObject, XMLParserDelegate {
    var root: Element?
    var open: [Element] = []

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) {
      let element = Element(name: name, attributes: attributes)
      if let parent = open.last { parent.children.append(element) } else { root = element }
      open.append(element)
    }
    func parser(
      _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
    ) { open.removeLast() }
    func parser(_ parser: XMLParser, foundCharacters characters: String) {
      open.last?.content += characters
    }
  }
}
