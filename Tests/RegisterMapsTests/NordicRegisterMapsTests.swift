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
    "PWM": "PWM0", "TWI": "TWI0", "TWIM": "TWIM0", "SPI": "SPI0", "SPIM": "SPIM3",
    "SAADC": "SAADC",
  ]

  @Test(arguments: blocks.keys.sorted()) func map_agreesWithTheSVD(map: String) throws {
    let svd = try #require(Self.svd)
    let block = try #require(svd.blocks[Self.blocks[map] ?? ""])
    let constants = try Constant.read(map: map)
    #expect(constants.count > 2)
    for constant in constants {
      let expected = try #require(
        constant.expected(in: block), "\(map): \(constant) names nothing in the SVD")
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
}
