// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BootloaderModels
import FlashProtocols
import Testing

@Suite struct STM32UARTBootloaderTests {
  private var loader = STM32UARTBootloader()
  private var memory = MemoryArray.stm32f746()
  private let acknowledge: UInt8 = 0x79
  private let refuse: UInt8 = 0x1F

  private mutating func send(_ bytes: [UInt8]) -> [UInt8] { loader.receive(bytes, in: &memory) }

  @Test mutating func speed_isMeasuredOnce() {
    #expect(send([0x00, 0xFF]).isEmpty)
    #expect(send([0x7F]) == [acknowledge])
    #expect(send([0x7F, 0x7F]) == [refuse])
    #expect(send([0x80, 0x80]) == [refuse])
  }

  @Test mutating func questions_areAnsweredAsAN3155Says() {
    _ = send([0x7F])
    #expect(
      send([0x00, 0xFF])
        == [acknowledge, 6, 0x31, 0x00, 0x02, 0x11, 0x21, 0x31, 0x44, acknowledge])
    #expect(send([0x02, 0xFD]) == [acknowledge, 1, 0x04, 0x49, acknowledge])
  }

  @Test mutating func memory_isErasedWrittenAndRead() {
    _ = send([0x7F])
    memory.place([0, 0, 0, 0], at: 0x0800_8000)
    #expect(send([0x44, 0xBB]) == [acknowledge])
    #expect(send([0, 0, 0, 1, 1]) == [acknowledge])
    #expect(memory.read(0x0800_8000, count: 4) == [0xFF, 0xFF, 0xFF, 0xFF])
    #expect(send([0x31, 0xCE]) == [acknowledge])
    #expect(send([0x08, 0x00, 0x80, 0x00, 0x88]) == [acknowledge])
    #expect(send([3, 1, 2, 3, 4, 3 ^ 1 ^ 2 ^ 3 ^ 4]) == [acknowledge])
    #expect(send([0x11, 0xEE, 0x08, 0x00, 0x80, 0x00, 0x88]) == [acknowledge, acknowledge])
    #expect(send([2, 0xFD]) == [acknowledge, 1, 2, 3])
    #expect(send([0x44, 0xBB, 0xFF, 0xFF, 0x00]) == [acknowledge, acknowledge])
    #expect(memory.read(0x0800_8000, count: 1) == [0xFF])
  }

  @Test mutating func wrongParts_areRefused() {
    _ = send([0x7F])
    #expect(send([0x31, 0xCE, 0x08, 0x00, 0x80, 0x00, 0x89]) == [acknowledge, refuse])
    #expect(send([0x31, 0xCE, 0x90, 0x00, 0x00, 0x00, 0x90]) == [acknowledge, refuse])
    #expect(send([0x44, 0xBB, 0, 0, 0, 9, 9]) == [acknowledge, refuse])
    #expect(send([0x43, 0xBC]) == [refuse])
    #expect(
      send([0x31, 0xCE, 0x08, 0x00, 0x80, 0x00, 0x88, 0, 5, 5])
        == [acknowledge, acknowledge, refuse])
    #expect(
      send([0x11, 0xEE, 0x08, 0x00, 0x80, 0x00, 0x88, 2, 2]) == [acknowledge, acknowledge, refuse])
  }

  @Test mutating func shortErase_isThatOfOlderChips() {
    loader.isExtended = false
    _ = send([0x7F])
    memory.place([0], at: 0x0800_0000)
    #expect(send([0x43, 0xBC, 0, 0, 0]) == [acknowledge, acknowledge])
    #expect(memory.read(0x0800_0000, count: 1) == [0xFF])
    #expect(send([0x43, 0xBC, 0xFF, 0x00]) == [acknowledge, acknowledge])
    #expect(send([0x44, 0xBB]) == [refuse])
  }

  @Test mutating func protection_refusesAllButQuestions() {
    loader.isProtected = true
    _ = send([0x7F])
    for command in [0x11, 0x21, 0x31, 0x44] as [UInt8] {
      #expect(send([command, ~command]) == [refuse])
    }
    #expect(send([0x02, 0xFD]).count == 5)
  }

  @Test mutating func go_startsAProgram() {
    _ = send([0x7F])
    #expect(send([0x21, 0xDE, 0x08, 0x00, 0x00, 0x00, 0x08]) == [acknowledge, acknowledge])
    #expect(loader.takeRequest() == .start(vectorTable: 0x0800_0000))
    #expect(send([0x7F]).isEmpty)
  }
}
