// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BootloaderModels
import FlashProtocols
import FlashSupport
import Testing

/// Every text that a failed session shows.
@Suite struct SAMBAFailureTests {
  typealias Answer = (to: String, say: [UInt8], from: Int)

  private func nrf(_ answers: [Answer], _ image: FlashImage? = nil) -> String {
    let image = image ?? SAMBAFixture.image(0x1_0000, count: 5000)
    var rig = SerialRig(ScriptedBootloader(NordicMonitor(), answers), .nrf52840(), vanishes: false)
    return text(
      rig.run(SAMBASession(variant: .nrf, image: image, parameters: SAMBAFixture.nrf)))
  }

  private func samd(
    _ answers: [Answer], _ memory: MemoryArray = .samd21(), _ image: FlashImage? = nil
  ) -> String {
    let image = image ?? SAMBAFixture.image(0x2000, count: 5000)
    var rig = SerialRig(ScriptedBootloader(MicrochipMonitor(), answers), memory, vanishes: false)
    return text(
      rig.run(SAMBASession(variant: .samd, image: image, parameters: SAMBAFixture.samd)))
  }

  private func text<Bootloader>(_ outcome: SerialRig<Bootloader>.Outcome) -> String {
    if case .failed(let failure) = outcome { failure.description } else { "\(outcome)" }
  }

  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  @Test func image_thatDoesNotFitIsRefused() {
    #expect(
      nrf([], FlashImage(start: 0x1_0000, bytes: []))
        == "connecting: the image is empty; build the application, then flash what it made")
    #expect(
      nrf([], FlashImage(start: 0, bytes: [1]))
        == "connecting: the image takes 0x0 to 0x1000, and the bootloader writes only 0x10000 to "
        + "0x100000; link the application for this board")
    #expect(
      nrf([], FlashImage(start: 0xF_F000, bytes: Array(repeating: 0, count: 4097)))
        == "connecting: the image takes 0xff000 to 0x101000, and the bootloader writes only "
        + "0x10000 "
        + "to 0x100000; link the application for this board")
    #expect(
      samd([], .samd21(), FlashImage(start: 0x2040, bytes: [1]))
        == "connecting: the image starts at 0x2040, inside an erase unit of 256 bytes; fill the "
        + "image up from 0x2000")
  }

  @Test func silence_isToldWithTheWayIntoTheBootloader() {
    let doubleTap =
      "press the board's reset button twice quickly so that its light pulses, and try "
      + "again"
    #expect(
      nrf([("", [], 0)])
        == "connecting: the board does not answer as SAM-BA does (N); \(doubleTap)")
    #expect(
      nrf([("V", [], 0)])
        == "connecting: the board did not answer the question for its version, 4 times in a row; "
        + doubleTap)
    #expect(
      nrf([("I", [], 0)])
        == "connecting: the board did not answer the question for its chip, 4 times in a row; "
        + doubleTap)
    for (question, address) in [
      ("processor", "E000ED00"), ("device", "41002018"), ("flash", "41004008"),
      ("security", "41004018"),
    ] {
      #expect(
        samd([("w" + address, [1, 2], 0)])
          == "connecting: the board did not answer the question for its \(question), 4 times in a "
          + "row; \(doubleTap)")
    }
    #expect(
      nrf([("V", [], 0), ("N", [], 1)])
        == "connecting: the board did not answer the question for its version, and then the board "
        + "stopped answering; \(doubleTap)")
  }

  @Test func wrongBoard_isRefusedBeforeAnythingIsChanged() {
    let remedy = "choose the board that is connected (nothing was changed)"
    let nordic = bytes("Arduino Bootloader (SAM-BA extended) 2.0 [Arduino:IKXYZ]\n\r..")
    let microchip = bytes("v2.0 [Arduino:XYZ] Apr 19 2019 14:38:48\n\r")
    #expect(
      nrf([("V", microchip, 0)])
        == "connecting: the bootloader says 'v2.0 [Arduino:XYZ] Apr 19 2019 14:38:48' and cannot "
        + "do "
        + "all of IKXYZ; nRF52840 was expected; \(remedy)")
    #expect(
      samd([("V", nordic, 0)])
        == "connecting: the bootloader says 'Arduino Bootloader (SAM-BA extended) 2.0 "
        + "[Arduino:IKXYZ]', which is not a SAMD21's; SAMD21 was expected; \(remedy)")
    #expect(
      nrf([("I", bytes("R7FA4M1AB\n\r.."), 0)])
        == "connecting: the bootloader is that of 'R7FA4M1AB'; nRF52840 was expected; \(remedy)")
    #expect(
      samd([("wE000ED00", [0x41, 0xC2, 0x0F, 0x41], 0)])
        == "connecting: the bootloader is that of a processor with CPUID 0x410fc241; SAMD21 was "
        + "expected; \(remedy)")
    #expect(
      samd([("w41002018", [0x05, 0x03, 0x06, 0x60], 0)])
        == "connecting: the bootloader is that of a chip with identification 0x60060305; SAMD21 "
        + "was expected; \(remedy)")
  }

  @Test func chip_thatIsSmallerThanTheBoardSaysIsRefused() {
    var memory = MemoryArray.samd21()
    memory.place([0x80, 0x00, 0x03, 0x00], at: 0x4100_4008)
    #expect(
      samd([], memory)
        == "connecting: the chip says that it has 8192 bytes of flash, and the image ends at "
        + "0x33c0; choose the board that is connected, or a smaller application")
  }

  /// It says 256 KiB and has 16: what lies behind reads as zero.
  @Test func chip_thatLiesAboutItsSizeIsFoundOut() {
    var memory = MemoryArray.samd21(flash: 0x4000)
    memory.place([0x00, 0x10, 0x03, 0x00], at: 0x4100_4008)
    let outcome = samd([], memory, SAMBAFixture.image(0x2000, count: 0x2100))
    #expect(
      outcome.hasPrefix("writing: the block at 0x4000 has checksum 0x0 instead of 0x")
        && outcome.hasSuffix(
          ", 4 times in a row; try another cable or port, then flash once more"),
      "\(outcome)")
  }

  @Test func block_thatStaysDamagedIsNamed() {
    let cable = "try another cable or port, then flash once more"
    #expect(
      samd([("X", [], 0)])
        == "erasing: the board did not say that it erased its flash, 4 times in a row; \(cable)")
    #expect(
      nrf([("Y00000000,00000000", [], 0)])
        == "writing: the board did not take the block at 0x10000, 4 times in a row; \(cable)")
    #expect(
      nrf([("Y00001000", [], 0)])
        == "writing: the board did not say that it wrote the block at 0x11000, 4 times in a row; "
        + cable)
    #expect(
      nrf([("Z00001000", bytes("Z0000ABCD#.."), 0)], FlashImage(start: 0x1_0000, bytes: zeros))
        == "writing: the block at 0x11000 has checksum 0xabcd instead of 0x0, 4 times in a row; "
        + cable)
    #expect(
      nrf([("Z", bytes("Zxyz"), 0)])
        == "writing: the board did not tell the checksum of the block at 0x10000, 4 times in a "
        + "row; "
        + cable)
  }

  private var zeros: [UInt8] { Array(repeating: 0, count: 8192) }

  @Test func damage_foundAtTheLastLookIsNamed() {
    let cable = "try another cable or port, then flash once more"
    // Right while the block is being written, wrong ever after.
    let outcome = nrf(
      [("Z00000000", bytes("Z00001234#.."), 1)], FlashImage(start: 0x1_0000, bytes: zeros))
    #expect(
      outcome
        == "writing: the block at 0x10000 has checksum 0x1234 instead of 0x0, 4 times in a row; "
        + cable)
    #expect(
      nrf([("Z00000000", [], 1)])
        == "verifying: the board did not tell the checksum of the block at 0x10000, 4 times in a "
        + "row; \(cable)")
    #expect(
      samd([("R00002000", [], 0)])
        == "verifying: the board did not tell what is at 0x2000, 4 times in a row; \(cable)")
    let image = FlashImage(start: 0x2000, bytes: zeros)
    let wrong = Array(repeating: UInt8(0), count: 62) + [7]
    #expect(
      samd([("R0000203F", wrong, 0)], .samd21(), image)
        == "verifying: 0x7 instead of 0x0 was read back from 0x207d, again and again; \(cable)")
  }

  @Test func bootloader_thatDoesNotLeaveIsTold() {
    #expect(
      nrf([("K", [], 0)])
        == "restarting: the application is written and verified, but the bootloader does not "
        + "leave; press the reset button once")
  }

  @Test func board_thatGoesAwayIsTold() {
    var rig = SerialRig(NordicMonitor(), .nrf52840())
    let session = SAMBASession(
      variant: .nrf, image: SAMBAFixture.image(0x1_0000, count: 5000),
      parameters: SAMBAFixture.nrf)
    rig.faults = [2: .unplug]
    #expect(
      text(rig.run(session))
        == "connecting: the board went away; press the board's reset button twice quickly so that "
        + "its light pulses, and try again")
    rig.connect(NordicMonitor())
    rig.faults = [rig.frames + 8: .unplug]
    #expect(
      text(rig.run(session))
        == "writing: the board went away; connect the board again, press its reset button twice "
        + "quickly, and flash once more")
  }

  @Test func operatingSystem_isQuoted() {
    var session = SAMBASession(
      variant: .nrf, image: SAMBAFixture.image(0x1_0000, count: 5000),
      parameters: SAMBAFixture.nrf)
    _ = session.receive(.started)
    guard case .failed(let failure) = session.receive(.transportFailed("Input/output error"))
    else {
      Issue.record("no failure")
      return
    }
    #expect(
      failure.description
        == "connecting: the connection failed (Input/output error); press the board's reset button "
        + "twice quickly so that its light pulses, and try again")
  }
}
