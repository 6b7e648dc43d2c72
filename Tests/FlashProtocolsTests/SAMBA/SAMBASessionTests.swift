// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BootloaderModels
import FlashProtocols
import FlashSupport
import Foundation
import Testing

@Suite struct SAMBASessionTests {
  @Test(arguments: [1, 64, 4095, 4096, 4097, 20_000])
  func nrf_writesVerifiesAndResets(count: Int) {
    let image = SAMBAFixture.image(0x1_0000, count: count)
    var rig = SerialRig(NordicMonitor(), .nrf52840())
    let outcome = rig.run(
      SAMBASession(variant: .nrf, image: image, parameters: SAMBAFixture.nrf))
    #expect(outcome == .finished(.checksum))
    #expect(rig.memory.read(0x1_0000, count: count) == image.bytes)
    #expect(rig.requests == [.reset])
    #expect(rig.reports.contains { $0.detail?.contains("nRF52840-QIAA") == true })
    // The last page is filled up with erased flash.
    #expect(rig.memory.read(0x1_0000 + UInt32(count), count: 1) == [0xFF])
  }

  @Test(arguments: [1, 64, 4095, 4096, 4097, 20_000])
  func samd_writesReadsBackAndResets(count: Int) {
    let image = SAMBAFixture.image(0x2000, count: count)
    var rig = SerialRig(MicrochipMonitor(keepsPackets: true), .samd21())
    let outcome = rig.run(
      SAMBASession(variant: .samd, image: image, parameters: SAMBAFixture.samd))
    #expect(outcome == .finished(.readBack))
    #expect(rig.memory.read(0x2000, count: count) == image.bytes)
    #expect(rig.requests == [.reset])
  }

  @Test func samd_thatIsSecuredIsVerifiedByChecksum() {
    var memory = MemoryArray.samd21()
    memory.place([0, 1], at: 0x4100_4018)
    let image = SAMBAFixture.image(0x2000, count: 5000)
    var rig = SerialRig(MicrochipMonitor(keepsPackets: true), memory)
    let session = SAMBASession(variant: .samd, image: image, parameters: SAMBAFixture.samd)
    #expect(rig.run(session) == .finished(.checksum))
    #expect(rig.memory.read(0x2000, count: 5000) == image.bytes)
  }

  /// An adapter's port stays when the board restarts.
  @Test func portThatStays_isNoFailure() {
    let image = SAMBAFixture.image(0x1_0000, count: 100)
    var rig = SerialRig(NordicMonitor(), .nrf52840(), vanishes: false)
    let session = SAMBASession(variant: .nrf, image: image, parameters: SAMBAFixture.nrf)
    #expect(rig.run(session) == .finished(.checksum))
    #expect(rig.requests == [.reset])
  }

  @Test(arguments: [
    "S00000000,1000#", "S00000000,FFFF#abc", "Y0000", "S0000", "Z00000000,10", "X", "garbage",
    "S00000000,2", "N", "######",
  ])
  func nrf_isResynchronised(leftover: String) {
    let image = SAMBAFixture.image(0x1_0000, count: 5000)
    var rig = SerialRig(NordicMonitor(), .nrf52840())
    _ = rig.perform(.send(Array(leftover.utf8)))
    let session = SAMBASession(variant: .nrf, image: image, parameters: SAMBAFixture.nrf)
    #expect(rig.run(session) == .finished(.checksum))
    #expect(rig.memory.read(0x1_0000, count: 5000) == image.bytes)
  }

  @Test(arguments: [
    "S20004000,1000#", "S20004000,7FFF#abc", "Y0000", "S0000", "G2000", "W2000", "T#", "T",
    "garbage",
    "S20004000,1000", "R00002000,20#",
  ])
  func samd_isResynchronised(leftover: String) {
    let image = SAMBAFixture.image(0x2000, count: 5000)
    var rig = SerialRig(MicrochipMonitor(keepsPackets: true), .samd21())
    _ = rig.perform(.send(Array(leftover.utf8)))
    let session = SAMBASession(variant: .samd, image: image, parameters: SAMBAFixture.samd)
    #expect(rig.run(session) == .finished(.readBack))
    #expect(rig.memory.read(0x2000, count: 5000) == image.bytes)
  }
}
