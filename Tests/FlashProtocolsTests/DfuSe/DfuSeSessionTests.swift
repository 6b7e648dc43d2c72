// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BootloaderModels
import FlashProtocols
import FlashSupport
import Testing
import USBModel

@Suite struct DfuSeSessionTests {
  private func flashed(_ rig: USBRig<DFUBoards.ST>, _ image: FlashImage) -> Bool {
    var memory = rig.board.device.store.memory
    return memory.read(image.start, count: image.bytes.count) == image.bytes
  }

  @Test(arguments: [1, 4096, 4097, 131_072, 131_073])
  func portenta_isErasedWrittenReadBackAndStarted(count: Int) throws {
    let image = DFUBoards.program(count, seed: UInt64(count), at: 0x0804_0000)
    var rig = USBRig(try DFUBoards.portentaH7())
    #expect(
      rig.run(DfuSeSession(image: image, parameters: DFUBoards.portentaParameters))
        == .finished(.readBack))
    #expect(flashed(rig, image))
    let sectors = rig.board.device.store.erased
    #expect(sectors == (count > 131_072 ? [0x0804_0000, 0x0806_0000] : [0x0804_0000]))
    rig.connectIfThere()
    #expect(rig.board.device.applicationStarts == (count >= 4 ? 1 : 0))
  }

  @Test func stm32ROM_withItsTimes_isWrittenWithinTheFirstSectors() throws {
    let image = DFUBoards.program(50_001, seed: 9, at: 0x0800_0000)
    var rig = USBRig(try DFUBoards.stm32F746())
    #expect(
      rig.run(DfuSeSession(image: image, parameters: DFUBoards.stm32F746Parameters))
        == .finished(.readBack))
    #expect(flashed(rig, image))
    #expect(rig.board.device.store.erased == [0x0800_0000, 0x0800_8000])
    #expect(rig.clock > .milliseconds(1600 + 25 * 20))
    // What lies behind the two sectors is as it was.
    var memory = rig.board.device.store.memory
    #expect(memory.read(0x0801_0000, count: 4) == [0x5A, 0x5A, 0x5A, 0x5A])
    #expect(rig.reports.map(\.step).contains(.erasing))
  }

  @Test func imageInTheMiddleOfASector_isReadBackFromThere() throws {
    let image = DFUBoards.program(3000, seed: 9, at: 0x0800_C123)
    var rig = USBRig(try DFUBoards.stm32F746())
    #expect(
      rig.run(DfuSeSession(image: image, parameters: DFUBoards.stm32F746Parameters))
        == .finished(.readBack))
    #expect(flashed(rig, image))
    #expect(rig.board.device.store.erased == [0x0800_8000])
  }

  @Test func refusedBeforeAnythingIsErased() throws {
    func failure(
      start: UInt32, count: Int = 100, layouts: [String]? = nil, allowed: UInt32 = 0x0800_0000
    ) throws -> String {
      var board = try DFUBoards.portentaH7()
      if let layouts { board.profile.bootloader.strings.replaceSubrange(3..<7, with: layouts) }
      var rig = USBRig(board)
      let image = DFUBoards.program(count, seed: 1, at: start)
      let parameters = FlashParameters(start: allowed, length: 0x100_0000)
      guard case .failed(let failure) = rig.run(DfuSeSession(image: image, parameters: parameters))
      else { return "" }
      #expect(rig.board.device.store.erased.isEmpty)
      return failure.description
    }
    #expect(
      try failure(start: 0x0800_0000)
        == "connecting: the 128 KiB at 0x08000000 cannot be written; the bootloader protects "
        + "itself: "
        + "link the image for 0x08000000")
    #expect(
      try failure(start: 0x0820_0000 - 50)
        == "connecting: 0x08200000 is outside the board's \"Internal Flash  2MB\"; check --board "
        + "and "
        + "the address that the image is linked for")
    #expect(
      try failure(start: 0x0700_0000)
        == "connecting: the image (100 bytes at 0x07000000) does not lie in the 16777216 bytes "
        + "from "
        + "0x08000000; link it for this board")
    #expect(
      try failure(start: 0x0804_0000, layouts: ["FIRMWARE", "", "", ""])
        == "connecting: the board does not tell its memory in ST's way: it is not "
        + "@name/address/sectors (\"FIRMWARE\"); check --board: it may have a plain DFU bootloader")
  }

  @Test func readProtection_namesTheWayOut() throws {
    var rig = USBRig(try DFUBoards.stm32F746())
    rig.board.device.store.isProtected = true
    let image = DFUBoards.program(3000, seed: 9, at: 0x0800_0000)
    let outcome = rig.run(DfuSeSession(image: image, parameters: DFUBoards.stm32F746Parameters))
    guard case .failed(let failure) = outcome else {
      Issue.record("a protected chip cannot be written")
      return
    }
    #expect(
      failure.description
        == "erasing: the board reports errVENDOR, an error of the vendor's own (on ST's chips: "
        + "read "
        + "protection), after a command; if its flash is protected against reading, lift that, "
        + "which "
        + "erases the chip: dfu-util -a 0 -s 0x08000000:unprotect:force -D FILE")
  }
}
