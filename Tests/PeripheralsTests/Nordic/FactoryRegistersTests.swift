// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps
import Testing

@testable import Peripherals

@Suite struct NordicFactoryRegistersTests {
  @Test func ficr_statesTheChip() {
    var ficr = bench(NordicFICR.init, ["ram": 128 << 10, "deviceID": 0x1122_3344_5566_7788])
    #expect(ficr.read(FICR.Offset.infoPart) == 0x52840)
    #expect(ficr.read(FICR.Offset.codePageSize) * ficr.read(FICR.Offset.codeSize) == 1 << 20)
    #expect(ficr.read(FICR.Offset.infoRAM) == 128)
    #expect(ficr.read(FICR.Offset.deviceID) == 0x5566_7788)
    #expect(ficr.read(FICR.Offset.deviceID + 4) == 0x1122_3344)
    #expect(ficr.effects.isEmpty)
    #expect(ficr.read(0x200) == 0xFFFF_FFFF)
    ficr.write(FICR.Offset.infoPart, 0)
    #expect(
      ficr.effects == [
        .unmodelled(offset: 0x200, write: false), .unmodelled(offset: 0x100, write: true),
      ])
  }

  @Test func uicr_isFlash() {
    var uicr = bench(NordicUICR.init, ["REGOUT0": 0xFFFF_FFFD, "CUSTOMER3": 7])
    #expect(uicr.read(UICR.Offset.nfcPins) == 0xFFFF_FFFF)
    #expect(uicr.read(UICR.Offset.regulatorOutput0) == 0xFFFF_FFFD)
    #expect(uicr.read(UICR.Offset.customer + 12) == 7)
    uicr.write(UICR.Offset.customer, 0xF0)
    uicr.write(UICR.Offset.customer, 0x3C)
    #expect(uicr.read(UICR.Offset.customer) == 0x30, "a write only clears bits")
    uicr.call { $0.reset(in: &$1) }
    #expect(uicr.read(UICR.Offset.customer) == 0x30)
    uicr.device.apply(.erase(.kibibytes(4)), at: 0)
    #expect(uicr.read(UICR.Offset.customer) == 0xFFFF_FFFF)
  }
}
