// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing
import USBModel

@Suite struct DfuSeLayoutTests {
  @Test func internalFlash_hasItsSectors() throws {
    let layout = try DfuSeLayout("@Internal Flash  /0x08000000/04*032Kg,01*128Kg,03*256Kg")
    #expect(layout.name == "Internal Flash")
    #expect(layout.sectors.map(\.size).map { $0 / 1024 } == [32, 32, 32, 32, 128, 256, 256, 256])
    #expect(layout.sector(at: 0x0801_FFFF)?.start == 0x0801_8000)
    #expect(layout.sector(at: 0x0810_0000) == nil)
    #expect(layout.sectors.allSatisfy { $0.isReadable && $0.isErasable && $0.isWritable })
  }

  @Test func types_areBits() throws {
    let layout = try DfuSeLayout("@Portenta /0x08000000/01*128Ka,15*128Kg/0x1FFF0000/1*32 e,2*4Bb")
    #expect(layout.sectors.count == 19)
    #expect(!layout.sectors[0].isWritable && !layout.sectors[0].isErasable)
    #expect(layout.sectors[16].start == 0x1FFF_0000)
    #expect(layout.sectors[16].isWritable && !layout.sectors[16].isErasable)
    #expect(layout.sectors[18].start == 0x1FFF_0024)
    #expect(!layout.sectors[18].isReadable && layout.sectors[18].isErasable)
  }

  @Test func noSectors_andTheLastAddress_areFine() throws {
    #expect(try DfuSeLayout("@Arduino  boot  v.25   /0x00000000/0*4Kg").sectors.isEmpty)
    let top = try DfuSeLayout("@Top/0xFFFFF000/1*4Kg")
    #expect(top.sector(at: 0xFFFF_FFFF)?.last == 0xFFFF_FFFF)
  }

  @Test(arguments: [
    ("FIRMWARE", "it is not @name/address/sectors"), ("@A/0x0", "it is not @name/address/sectors"),
    ("@A/0/1*4Kg", "\"0\" is no 32-bit address"),
    ("@A/0x123456789/1*4Kg", "\"0x123456789\" is no 32-bit address"),
    ("@A/0x0/4Kg", "\"4Kg\" is not count*size"), ("@A/0x0/-1*4Kg", "is not count*size"),
    ("@A/0x0/1*4K", "\"1*4K\" has no size and type"), ("@A/0x0/1*g", "has no size and type"),
    ("@A/0x0/1*4Xg", "\"1*4Xg\" has an unknown unit"),
    ("@A/0x0/99999*4Kg", "reaches behind the address space"),
    ("@A/0xFFFFF000/2*4Kg", "reaches behind the address space"),
    ("@A/0x0/1*0Kg", "reaches behind the address space"),
    ("@A/0x0/1*99999999999999999999Kg", "has no size and type"),
  ])
  func damaged_saysWhat(text: String, problem: String) {
    let error = #expect(throws: DescriptorError.self) { try DfuSeLayout(text) }
    #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
  }
}
