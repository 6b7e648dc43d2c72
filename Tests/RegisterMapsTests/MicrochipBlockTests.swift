// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import Peripherals
import RegisterMaps
import Testing

/// The models themselves against the SVD: every register is there at its width, reads after reset
/// as stated, and has no bits that silicon lacks.
@Suite(.enabled(if: ConformanceData.exists("svd/ATSAMD21G18A.svd"), "needs BREADBOARD_DATA/svd"))
struct MicrochipBlockTests {
  private typealias Make = @Sendable (DeviceParameters) -> any Peripheral

  private static let makers: [String: Make] = [
    "AC": { MicrochipAC($0) }, "ADC": { MicrochipADC($0) }, "DAC": { MicrochipDAC($0) },
    "DMAC": { MicrochipDMAC($0) }, "DSU": { MicrochipDSU($0) }, "EIC": { MicrochipEIC($0) },
    "EVSYS": { MicrochipEVSYS($0) }, "GCLK": { MicrochipGCLK($0) },
    "NVMCTRL": { MicrochipNVMCTRL($0) }, "PAC0": { MicrochipPAC($0) }, "PM": { MicrochipPM($0) },
    "PORT": { MicrochipPORT($0) }, "RTC": { MicrochipRTC($0) },
    "SERCOM0": { MicrochipSERCOM($0) }, "SYSCTRL": { MicrochipSYSCTRL($0) },
    "TC3": { MicrochipTC($0) }, "TCC0": { MicrochipTCC($0) }, "USB": { MicrochipUSB($0) },
    "WDT": { MicrochipWDT($0) },
  ]
  static let blocks: [String] = makers.keys.sorted()

  /// Blocks whose registers depend on a mode: the one after reset.
  private static let modes = [
    "RTC": "MODE0", "SERCOM0": "USART", "TC3": "COUNT16", "USB": "DEVICE",
  ]

  /// Registers that the SVD gives no value, or another than the datasheet: what fuses and factory
  /// say, what stands after the start of the oscillators, what is kept for firmware.
  private static let notAsStated: Set = [
    "GCLK.GENCTRL", "NVMCTRL.PARAM", "NVMCTRL.INTFLAG", "NVMCTRL.LOCK", "SYSCTRL.PCLKSR",
    "SYSCTRL.BOD33",
    // A command register that reads as none; a checksum that is done when nothing was begun.
    "TC3.COUNT16.CTRLBCLR", "DMAC.CRCSTATUS",
    // TCC0 has 24 bits.
    "TCC0.PER", "TCC0.PER_DITH4", "TCC0.PER_DITH5", "TCC0.PER_DITH6", "TCC0.PERB",
    "TCC0.PERB_DITH4", "TCC0.PERB_DITH5", "TCC0.PERB_DITH6",
  ]

  /// Registers that keep more than silicon does, and those that exist for one mode of the block
  /// only. This list may only shrink.
  private static let laxer: Set = [
    "TCC0.COUNT_DITH4", "TCC0.COUNT_DITH5", "TCC0.COUNT_DITH6", "TCC0.EVCTRL", "TCC0.FCTRLA",
    "TCC0.FCTRLB", "TCC0.WEXCTRL", "SERCOM0.USART.CTRLB", "USB.DEVICE.EPCFG",
  ]

  private struct Place {
    let label: String
    let offset: UInt32
    let width: BusWidth
    let register: SVD.Register

    var fields: UInt32 {
      register.fields.values.reduce(0) {
        $0 | UInt32((UInt64(1) << $1.width - 1) << $1.lowestBit)
      }
    }
  }

  private static func places(of block: String) throws -> [Place] {
    let svd = try #require(MicrochipRegisterMapsTests.svd?.blocks[block])
    return svd.registers.sorted { $0.value.offset < $1.value.offset }.flatMap { label, register in
      if let mode = modes[block], label.contains("."), !label.hasPrefix(mode + ".") {
        return [Place]()
      }
      let width: BusWidth = register.size == 8 ? .byte : register.size == 16 ? .half : .word
      return (0..<UInt32(register.count ?? 1)).map {
        Place(
          label: "\(block).\(label)", offset: register.offset + $0 * register.stride,
          width: width, register: register)
      }
    }
  }

  /// The block as it stands after power-on.
  private static func device(_ block: String) throws -> any Peripheral {
    let make = try #require(makers[block])
    let base = MicrochipRegisterMapsTests.svd?.blocks[block]?.base ?? 0
    var device = make(
      DeviceParameters(
        name: block, base: Address(base), interrupt: 1, reference: Frequency(hertz: 48_000_000)))
    var context = DeviceContext(now: .reset, environment: Nothing())
    device.reset(after: .powerOn, in: &context)
    return device
  }

  @Test(arguments: blocks) func registers_readAfterResetAsStated(block: String) throws {
    for place in try Self.places(of: block) where place.register.access != "write-only" {
      var device = try Self.device(block)
      var context = DeviceContext(now: .reset, environment: Nothing())
      let value = device.read(place.offset, place.width, in: &context)
      #expect(
        !context.effects.contains(.unmodelled(offset: place.offset, write: false)),
        "\(place.label) is not there")
      if !Self.notAsStated.contains(place.label) {
        #expect(value == place.register.reset, "\(place.label)")
      }
    }
  }

  @Test(arguments: blocks) func registers_haveNoBitsThatSiliconLacks(block: String) throws {
    for place in try Self.places(of: block) where place.register.access.isEmpty {
      guard place.fields != 0, !Self.laxer.contains(place.label) else { continue }
      var device = try Self.device(block)
      var context = DeviceContext(now: .reset, environment: Nothing())
      device.write(place.offset, place.width.mask, place.width, in: &context)
      #expect(
        !context.effects.contains(.unmodelled(offset: place.offset, write: true)),
        "\(place.label) is not there")
      let value = device.read(place.offset, place.width, in: &context)
      #expect(
        value & ~(place.fields | place.register.reset) == 0,
        "\(place.label) keeps 0x\(String(value, radix: 16))")
    }
  }
}

/// No memory, no wires.
private final class Nothing: DeviceEnvironment {
  func readRAM(_ address: Address, _ count: Int) -> [UInt8]? { nil }
  func writeRAM(_ bytes: [UInt8], at address: Address) -> Bool { false }
  func level(of pin: Pin) -> Level? { nil }
  func pdmSamples(_ request: PDMRequest, data: Pin) -> [Float]? { nil }
  func random() -> UInt64 { 1 }
}
