// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import Foundation
import MachineModel
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// The chip file against the vendor's register description, which lies beside the project.
@Suite struct SVDTests {
  static let svd = url("nrf52840")
  static let samd = url("ATSAMD21G18A")

  private static func url(_ name: String) -> URL {
    let root = (0..<3).reduce(URL(fileURLWithPath: #filePath)) { url, _ in
      url.deletingLastPathComponent()
    }
    let data =
      ProcessInfo.processInfo.environment["BREADBOARD_DATA"] ?? root.path + "/../shared/data"
    return URL(fileURLWithPath: data).appendingPathComponent("svd/\(name).svd")
  }

  // Skipped where the data folder is missing: the vendor's file may not be copied here.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: svd.path)))
  func nrf52840_listsEveryPeripheralOfTheSVD() throws {
    let chip = try Board.load(named: "nano33ble").chip
    let document = try XMLDocument(contentsOf: Self.svd)
    let peripherals = try document.nodes(forXPath: "/device/peripherals/peripheral")
    #expect(peripherals.count > 80)
    for peripheral in peripherals {
      func text(_ path: String) throws -> String? {
        try peripheral.nodes(forXPath: path).first?.stringValue
      }
      let name = try #require(try text("name"))
      let base = try #require(UInt32(try text("baseAddress")?.dropFirst(2) ?? "", radix: 16))
      let instance = try #require(chip.peripheral(name), "\(name) is not in the chip file")
      // P1 is not on a page of its own.
      #expect(instance.base.bits == base & ~0xFFF, "\(name)")
      // Some share their page with one that interrupts.
      if let interrupt = try text("interrupt/value") {
        #expect(instance.interrupt == Int(interrupt), "\(name)")
      }
    }
    let priorityBits = try document.nodes(forXPath: "/device/cpu/nvicPrioBits").first?.stringValue
    #expect(priorityBits == "\(chip.priorityBits)")
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: samd.path)))
  func samd21g18a_listsEveryPeripheralOfTheSVD() throws {
    let chip = try Board.load(named: "mkr1000").chip
    let document = try XMLDocument(contentsOf: Self.samd)
    let peripherals = try document.nodes(forXPath: "/device/peripherals/peripheral")
    #expect(peripherals.count > 30)
    for peripheral in peripherals {
      func text(_ path: String) throws -> String? {
        try peripheral.nodes(forXPath: path).first?.stringValue
      }
      let name = try #require(try text("name"))
      let base = try #require(UInt32(try text("baseAddress")?.dropFirst(2) ?? "", radix: 16))
      let instance = try #require(chip.peripheral(name), "\(name) is not in the chip file")
      // PORT_IOBUS is PORT on another bus.
      #expect(chip.peripheral(at: Address(base))?.name == instance.name, "\(name)")
      #expect((instance.base.bits == base) == (name != "PORT_IOBUS"), "\(name)")
      #expect(instance.interrupt.map(String.init) == (try text("interrupt/value")), "\(name)")
    }
    let interrupts = try document.nodes(forXPath: "/device/cpu/deviceNumInterrupts").first
    #expect(interrupts?.stringValue == "\(chip.interruptCount)")
  }
}
