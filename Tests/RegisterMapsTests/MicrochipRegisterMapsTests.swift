// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import RegisterMaps
import Testing

/// The same for the SAMD21: every `SAMD21+<block>.swift` is found by its name.
@Suite(.enabled(if: ConformanceData.exists("svd/ATSAMD21G18A.svd"), "needs BREADBOARD_DATA/svd"))
struct MicrochipRegisterMapsTests {
  static let svd = try? SVD(contentsOf: ConformanceData.url("svd/ATSAMD21G18A.svd"))

  /// `PM`, `SERCOM`, … of the files in the folder.
  static let maps: [String] = {
    let folder = ConformanceData.package.appending(path: "Sources/RegisterMaps/Microchip")
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasPrefix("SAMD21+") && $0 != "SAMD21+Names.swift" }
      .map { String($0.dropFirst(7).dropLast(6)) }.sorted()
  }()

  @Test(arguments: maps) func map_agreesWithTheSVD(map: String) throws {
    let svd = try #require(Self.svd)
    // The first of several instances stands for all.
    let names = [map] + (0..<6).map { "\(map)\($0)" }
    let block = try #require(names.lazy.compactMap { svd.blocks[$0] }.first, "no block \(map)")
    let constants = try Constant.read(map: "SAMD21+\(map)", of: "Microchip")
    #expect(constants.count > 1)
    for constant in constants {
      let expected = try #require(
        constant.expected(in: block), "\(map): \(constant) names nothing in the SVD")
      #expect(constant.value == expected, "\(map).\(constant)")
    }
  }

  @Test func instances_haveTheirBaseAndInterrupt() throws {
    let svd = try #require(Self.svd)
    let constants = try Constant.read(map: "SAMD21", of: "Microchip")
    #expect(constants.count > 50)
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
      for facts in block.registers.values {
        for index in 0..<(facts.count ?? 1) {
          let address = block.base + facts.offset + facts.stride * UInt32(index)
          let full = "\(name)." + facts.pattern.replacing("%s", with: "\(index)")
          count += 1
          #expect(RegisterNames.samd21g18a.names(at: address).contains(full), "\(full)")
        }
      }
    }
    #expect(count > 1000)
  }

  @Test func names_preferTheUSARTOfASERCOM() {
    let names = RegisterNames.chip("samd21g18a")
    #expect(names?.name(at: 0x4200_1C00) == "SERCOM5.USART.CTRLA")
    #expect(names?.name(at: 0x4000_0401) == "PM.SLEEP")
    #expect(names?.name(at: 0x4100_4480) == "PORT.DIR1")
  }
}
