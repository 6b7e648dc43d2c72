// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import RegisterMaps
import Testing

/// Holds every number that the register maps state against the vendor's SVD. The maps are read as
/// text, so that no constant can be left out: each line names its register in a comment.
@Suite(.enabled(if: ConformanceData.exists("svd/nrf52840.svd"), "needs BREADBOARD_DATA/svd"))
struct NordicRegisterMapsTests {
  static let svd = try? SVD(contentsOf: ConformanceData.url("svd/nrf52840.svd"))

  /// The block of the SVD that a map describes.
  static let blocks = [
    "CLOCK": "CLOCK", "POWER": "POWER", "FICR": "FICR", "UICR": "UICR", "NVMC": "NVMC",
    "GPIO": "P0", "GPIOTE": "GPIOTE", "PPI": "PPI", "UARTE": "UARTE0", "UART": "UART0",
    "TIMER": "TIMER0", "RTC": "RTC0", "PDM": "PDM", "RNG": "RNG", "TEMP": "TEMP", "WDT": "WDT",
    "EGU": "EGU0", "USBD": "USBD",
  ]

  @Test(arguments: blocks.keys.sorted()) func map_agreesWithTheSVD(map: String) throws {
    let svd = try #require(Self.svd)
    let block = try #require(svd.blocks[Self.blocks[map] ?? ""])
    let constants = try Constant.read(map: map)
    #expect(constants.count > 2)
    for constant in constants {
      let expected = try #require(
        Self.expected(constant, in: block), "\(map): \(constant) names nothing in the SVD")
      #expect(constant.value == expected, "\(map).\(constant)")
    }
  }

  @Test func instances_haveTheirBaseAndInterrupt() throws {
    let svd = try #require(Self.svd)
    let constants = try Constant.read(map: "NRF52840")
    #expect(constants.count > 40)
    for constant in constants {
      let block = try #require(svd.blocks[constant.label])
      let expected = constant.group == "Base" ? block.base : block.interrupt.map(UInt32.init)
      #expect(constant.value == expected, "\(constant)")
    }
  }

  @Test func names_coverEveryRegisterOfTheChip() throws {
    let svd = try #require(Self.svd)
    var count = 0
    for (name, block) in svd.blocks {
      for (register, facts) in block.registers {
        for index in 0..<(facts.count ?? 1) {
          let address = block.base + facts.offset + facts.stride * UInt32(index)
          let full = "\(name).\(register)" + (facts.count == nil ? "" : "[\(index)]")
          if register == "UNUSED" { continue }
          count += 1
          #expect(RegisterNames.nrf52840.names(at: address).contains(full), "\(full)")
        }
      }
    }
    #expect(count > 2000)
  }

  @Test func names_preferTheBlockWithEasyDMA() {
    let names = RegisterNames.chip("nrf52840")
    #expect(names?.name(at: 0x4000_3500) == "TWIM0.ENABLE")
    #expect(names?.name(at: 0x4000_040C) == "CLOCK.HFCLKSTAT")
    #expect(names?.name(at: 0x4000_8544) == "TIMER0.CC[1]")
    #expect(names?.name(at: 0x4000_0914) == "POWER.RAM[1].POWERSET")
    #expect(names?.name(at: 0x4000_8001) == nil)
    #expect(RegisterNames.chip("z80") == nil)
  }

  /// What the SVD says about the thing that a constant's comment names.
  private static func expected(_ constant: Constant, in block: SVD.Block) -> UInt32? {
    var label = constant.label
    var count: Int?
    if let bracket = label.firstIndex(of: "["), label.hasSuffix("]") {
      count = Int(label[label.index(after: bracket)...].dropLast())
      label = String(label[..<bracket])
    }
    if let register = block.registers[label], register.count == count {
      return constant.group == "Reset" ? register.reset : register.offset
    }
    let isShift = label.hasSuffix(" shift")
    let parts = label.replacingOccurrences(of: " shift", with: "").split(separator: "=")
    guard let dot = parts[0].lastIndex(of: "."),
      let field = block.registers[String(parts[0][..<dot])]?.fields[
        String(parts[0][parts[0].index(after: dot)...])]
    else { return nil }
    if parts.count == 2 { return field.values[String(parts[1])] }
    if isShift { return field.lowestBit }
    return UInt32((UInt64(1) << field.width - 1) << field.lowestBit)
  }
}

/// One line of a map: `public static let name: UInt32 = 0x500  // ENABLE`.
private struct Constant: CustomStringConvertible {
  let group: String
  let name: String
  let value: UInt32
  let label: String
  var description: String { "\(group).\(name) (\(label)) = 0x\(String(value, radix: 16))" }

  static func read(map: String) throws -> [Constant] {
    let folder = ConformanceData.package.appending(path: "Sources/RegisterMaps/Nordic")
    let text = try String(contentsOf: folder.appending(path: "\(map).swift"), encoding: .utf8)
    var group = ""
    var constants: [Constant] = []
    for line in text.split(separator: "\n") {
      let words = line.split(whereSeparator: { $0 == " " || $0 == ":" || $0 == "{" })
      if words.starts(with: ["public", "enum"]) { group = String(words[2]) }
      guard line.contains("static let") else { continue }
      let halves = line.components(separatedBy: "  // ")
      let value = halves[0].components(separatedBy: " = ").last.flatMap(evaluate)
      try #require(halves.count == 2 && value != nil, "cannot check: \(line)")
      constants.append(
        Constant(group: group, name: String(words[3]), value: value ?? 0, label: halves[1]))
    }
    return constants
  }

  /// `0x7`, `12` or `0x7 << 8`.
  private static func evaluate(_ text: String) -> UInt32? {
    let terms = text.components(separatedBy: " << ").map { term -> UInt32? in
      let digits = term.replacingOccurrences(of: "_", with: "")
      return digits.hasPrefix("0x") ? UInt32(digits.dropFirst(2), radix: 16) : UInt32(digits)
    }
    guard let first = terms[0] else { return nil }
    return terms.count == 2 ? terms[1].map { first << $0 } : first
  }
}

/// The conformance data beside the project.
enum ConformanceData {
  static let package = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  static func url(_ path: String) -> URL {
    if let folder = ProcessInfo.processInfo.environment["BREADBOARD_DATA"] {
      return URL(filePath: folder).appending(path: path)
    }
    return package.appending(path: "../shared/data").appending(path: path)
  }
  static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: url(path).path)
  }
}
