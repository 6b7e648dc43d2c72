// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BootloaderModels
import FlashProtocols
import FlashSupport
import Testing

@Suite struct STM32UARTSessionTests {
  static let parameters = FlashParameters(start: 0x0800_0000, length: 0x10_0000, baud: 115_200)

  static func sweep(_ count: Int) -> FaultSweep<STM32UARTBootloader, STM32UARTSession> {
    let image = SAMBAFixture.image(0x0800_0000, count: count)
    var memory = MemoryArray.stm32f746()
    memory.place(SAMBAFixture.image(0, count: 70_000, seed: 9).bytes, at: 0x0800_0000)
    return FaultSweep(
      memory: memory, vanishes: false, bootloader: { STM32UARTBootloader() },
      session: { STM32UARTSession(image: image, parameters: parameters) },
      isRight: { $0.read(image.start, count: count) == image.bytes })
  }

  private func text(
    _ answers: [(to: String, say: [UInt8], from: Int)], _ image: FlashImage? = nil,
    _ bootloader: STM32UARTBootloader = STM32UARTBootloader(),
    _ memory: MemoryArray = .stm32f746()
  ) -> String {
    var rig = SerialRig(ScriptedBootloader(bootloader, answers), memory, vanishes: false)
    let image = image ?? SAMBAFixture.image(0x0800_0000, count: 1000)
    let outcome = rig.run(STM32UARTSession(image: image, parameters: Self.parameters))
    if case .failed(let failure) = outcome { return failure.description }
    return "\(outcome)"
  }

  @Test(arguments: [1, 256, 257, 40_000], [true, false])
  func image_isWrittenReadBackAndStarted(count: Int, extended: Bool) {
    let image = SAMBAFixture.image(0x0800_0000, count: count)
    var bootloader = STM32UARTBootloader()
    bootloader.isExtended = extended
    var memory = MemoryArray.stm32f746()
    memory.place(Array(repeating: 0, count: 70_000), at: 0x0800_0000)
    var rig = SerialRig(bootloader, memory, vanishes: false)
    let session = STM32UARTSession(image: image, parameters: Self.parameters)
    #expect(rig.run(session) == .finished(.readBack))
    #expect(rig.memory.read(0x0800_0000, count: count) == image.bytes)
    #expect(rig.requests == [.start(vectorTable: 0x0800_0000)])
    // Only what the image touches is erased.
    #expect(rig.memory.read(0x0801_0000, count: 1) == [0])
    #expect(rig.reports.contains { $0.detail == "STM32F74x/75x, bootloader 3.1" })
  }

  @Test func image_inAnotherSectorLeavesTheFirstAlone() {
    let image = SAMBAFixture.image(0x0804_0000, count: 1000)
    var memory = MemoryArray.stm32f746()
    memory.place([1, 2, 3], at: 0x0800_0000)
    var rig = SerialRig(STM32UARTBootloader(), memory, vanishes: false)
    let session = STM32UARTSession(image: image, parameters: Self.parameters)
    #expect(rig.run(session) == .finished(.readBack))
    #expect(rig.memory.read(0x0804_0000, count: 1000) == image.bytes)
    #expect(rig.memory.read(0x0800_0000, count: 3) == [1, 2, 3])
  }

  /// Left in the middle: of a command, an address, a block, a list of sectors.
  @Test(
    arguments: [
      [0x7F], [0x7F, 0x31], [0x7F, 0x31, 0xCE, 0x08],
      [0x7F, 0x31, 0xCE, 8, 0, 0, 0, 8, 0xFF, 1, 2],
      [0x7F, 0x44, 0xBB], [0x7F, 0x44, 0xBB, 0x0F, 0xFF, 1], [0x7F, 0x11, 0xEE, 8, 0, 0, 0, 8], [],
    ] as [[UInt8]])
  func bootloader_isResynchronised(leftover: [UInt8]) {
    let image = SAMBAFixture.image(0x0800_0000, count: 1000)
    var rig = SerialRig(STM32UARTBootloader(), .stm32f746(), vanishes: false)
    _ = rig.perform(.send(leftover))
    let session = STM32UARTSession(image: image, parameters: Self.parameters)
    #expect(rig.run(session) == .finished(.readBack))
    #expect(rig.memory.read(0x0800_0000, count: 1000) == image.bytes)
  }

  @Test func faults_areSurvived() {
    let sweep = Self.sweep(700)
    let tallies = [sweep.systematic(every: 3), sweep.random(60, seed: 5)]
    #expect(tallies.allSatisfy { $0.problems.isEmpty }, "\(tallies)")
  }

  @Test(.enabled(if: faultSweepCases != nil, "BREADBOARD_FAULT_SWEEP tells how many cases"))
  func faults_inThousands() {
    let sweep = Self.sweep(3000)
    for tally in [sweep.systematic(), sweep.random(faultSweepCases ?? 0, seed: 5000)] {
      print("STM32 UART: \(tally)")
      #expect(tally.problems.isEmpty)
    }
  }

  @Test func image_thatDoesNotFitIsRefused() {
    #expect(
      text([], FlashImage(start: 0x0800_0000, bytes: []))
        == "connecting: the image is empty; build the application, then flash what it made")
    #expect(
      text([], FlashImage(start: 0x2000_0000, bytes: [1]))
        == "connecting: the image takes 0x20000000 to 0x20000004, and the bootloader writes only "
        + "0x8000000 to 0x8100000; link the application for this board")
    #expect(
      text([], FlashImage(start: 0x0800_0002, bytes: [1]))
        == "connecting: the image starts at 0x8000002, inside a word; link the application for "
        + "this "
        + "board")
  }

  @Test func chip_thatIsAnotherIsRefusedBeforeAnythingIsChanged() {
    let remedy = "choose the board that is connected (nothing was changed)"
    #expect(
      text([], nil, STM32UARTBootloader(product: 0x410))
        == "connecting: the chip says that it is product 0x410, which is not known; \(remedy)")
    #expect(
      text(
        [], SAMBAFixture.image(0x0808_0000, count: 8), STM32UARTBootloader(product: 0x433))
        == "connecting: the chip is a STM32F401xD/xE with 512 KiB of flash, and the image ends at "
        + "0x8080008; \(remedy)")
  }

  @Test func chip_thatIsProtectedIsTold() {
    var bootloader = STM32UARTBootloader()
    bootloader.isProtected = true
    #expect(
      text([], nil, bootloader)
        == "erasing: the board refused the order to erase sector 0, 4 times in a row; its flash "
        + "may "
        + "be protected against reading or writing: remove that with ST's own tool")
  }

  @Test func silence_isToldWithTheWayIntoTheBootloader() {
    let remedy =
      "set BOOT0 (and BOOT1, where there is one) for system memory, reset the board, and "
      + "try again"
    #expect(
      text([("", [], 0)])
        == "connecting: the board does not answer as an STM32's bootloader does (0x7F); \(remedy)")
    #expect(
      text([("\0", [], 0), ("\u{7F}", [], 1)])
        == "connecting: the board did not answer the question for its commands, and then the board "
        + "stopped answering; \(remedy)")
  }

  @Test func steps_thatFailAreNamed() {
    let cable = "try a lower baud rate or another cable, then flash once more"
    #expect(
      text([("\0", [0x79, 0, 0x31, 0x55], 0)])
        == "connecting: the board did not understand the question for its commands, 4 times in a "
        + "row; \(cable)")
    #expect(
      text([("\u{2}", [], 0)])
        == "connecting: the board did not answer the question for its product number, 4 times in a "
        + "row; \(cable)")
    #expect(
      text([("1", [], 0)])
        == "writing: the board did not answer the block for 0x8000000, 4 times in a row; \(cable)")
    #expect(
      text([("!", [], 0)])
        == "restarting: the board did not answer the order to start the application, 4 times in a "
        + "row; \(cable)")
    #expect(
      text([("\u{8}", [0x1F], 0)])
        == "writing: the board refused a part of the block for 0x8000000, 4 times in a row; "
        + cable)
  }

  /// Flash that does not erase: what was there shows through.
  @Test func damage_thatStaysIsNamed() {
    var memory = MemoryArray.stm32f746()
    memory.place([0], at: 0x0800_0003)
    memory.isWornOut = true
    #expect(
      text([], FlashImage(start: 0x0800_0000, bytes: [1, 2, 3, 4]), STM32UARTBootloader(), memory)
        == "verifying: 0x0 instead of 0x4 was read back from 0x8000003, after 3 attempts; try a "
        + "lower baud rate or another cable, then flash once more")
    var rig = SerialRig(STM32UARTBootloader(), .stm32f746(), vanishes: false)
    rig.faults = [4: .unplug]
    let session = STM32UARTSession(
      image: SAMBAFixture.image(0x0800_0000, count: 100), parameters: Self.parameters)
    guard case .failed(let failure) = rig.run(session) else {
      Issue.record("no failure")
      return
    }
    #expect(
      failure.description
        == "connecting: the board went away; connect the board's serial adapter again, and flash "
        + "once more")
  }
}
