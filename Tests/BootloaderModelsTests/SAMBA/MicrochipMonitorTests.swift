// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BootloaderModels
import FlashProtocols
import Testing

@Suite struct MicrochipMonitorTests {
  private var monitor = MicrochipMonitor()
  private var memory = MemoryArray.samd21()

  private mutating func say(_ text: String) -> [UInt8] {
    monitor.receive(Array(text.utf8), in: &memory)
  }

  @Test mutating func memory_isReadAndWrittenInAllWidths() {
    #expect(say("W20000100,12345678#").isEmpty)
    #expect(say("w20000100,4#") == [0x78, 0x56, 0x34, 0x12])
    #expect(say("H20000100,ABCD#o20000101,4#h20000102,4#") == [0xAB, 0x34, 0x12])
    #expect(say("O20000103,7#R20000100,4#") == [0xCD, 0xAB, 0x34, 0x07])
    #expect(say("S20000200,3#abcR20000200,3#") == Array("abc".utf8))
    #expect(say("w90000000,4#") == [0, 0, 0, 0])
    #expect(say("R90000000,3#") == [0, 0, 0])
  }

  @Test mutating func terminalMode_answersInText() {
    #expect(say("T#") == Array("\n\r>".utf8))
    _ = say("W20000100,12345678#")
    #expect(say("w20000100,4#") == Array("\n\r0x12345678\n\r>".utf8))
    #expect(say("h20000100,2#") == Array("\n\r0x5678\n\r>".utf8))
    #expect(say("N#") == Array("\n\r".utf8))
    #expect(say("N#") == Array("\n\r".utf8))
  }

  @Test mutating func eraseAll_goesToTheEndAndSparesTheBootloader() {
    memory.place([1], at: 0x1000)
    memory.place([2], at: 0x2100)
    memory.place([3], at: 0x2200)
    memory.place([4], at: 0x3_FFFF)
    #expect(say("X00002210#") == Array("X\n\r".utf8))
    #expect(memory.read(0x2100, count: 1) == [2])
    #expect(memory.read(0x2200, count: 1) == [0xFF])
    #expect(memory.read(0x3_FFFF, count: 1) == [0xFF])
    #expect(say("X00000000#") == Array("X\n\r".utf8))
    #expect(memory.read(0x1000, count: 1) == [1])
    #expect(memory.read(0x2100, count: 1) == [0xFF])
  }

  @Test mutating func write_erasesNothing() {
    memory.place([0x0F], at: 0x2000)
    #expect(say("S20004000,4#\u{7F}\u{7F}\u{7F}\u{7F}Y20004000,0#") == Array("Y\n\r".utf8))
    #expect(say("Y00002000,4#") == Array("Y\n\r".utf8))
    #expect(memory.read(0x2000, count: 4) == [0x0F, 0x7F, 0x7F, 0x7F])
    let crc = Checksum.crc16XMODEM([0x0F, 0x7F, 0x7F, 0x7F])
    #expect(
      String(decoding: say("Z00002000,4#"), as: UTF8.self).hasSuffix(
        String(crc, radix: 16, uppercase: true) + "#\n\r"))
  }

  @Test mutating func resets_byTheRegister() {
    _ = say("WE000ED0C,05FA0000#")
    #expect(monitor.takeRequest() == nil)
    _ = say("WE000ED0C,00000004#")
    #expect(monitor.takeRequest() == nil)
    _ = say("WE000ED0C,05FA0004#N#")
    #expect(monitor.takeRequest() == .reset)
    #expect(say("N#").isEmpty)
  }

  @Test mutating func go_startsAProgram() {
    _ = say("G00002000#")
    #expect(monitor.takeRequest() == .start(vectorTable: 0x2000))
  }

  @Test mutating func packets_keepTheGenuineOnesFaults() {
    monitor.keepsPackets = true
    // Data with their command, and more in the next packet: those go over them.
    _ = say("S20000200,4#ab")
    _ = say("cd")
    #expect(say("R20000200,4#") == Array("cd".utf8) + [0, 0])
    // What follows data in their packet is lost.
    _ = say("S20000200,2#")
    #expect(say("xyN#").isEmpty)
    _ = say("S20000200,80#")
    _ = monitor.receive(Array(repeating: 5, count: 128), in: &memory)
    #expect(say("R20000200,3F#") == Array(repeating: 5, count: 63))
    #expect(say("R20000200,40#") != Array(repeating: 5, count: 64))
    #expect(say("R20000200,40#").count == 64)
  }

  @Test mutating func hugeNumbers_areBounded() {
    #expect(say("Y20004000,0#Y00002000,FFFFFFFF#").count == 6)
    #expect(say("Z00002000,FFFFFFFF#").count == 12)
    #expect(say("RFFFFFFFF,FFFFFFFF#").count == 0x8000)
    _ = say("SFFFFFFFF,FFFFFFFF#")
    _ = monitor.receive(Array(repeating: 1, count: 0x8000), in: &memory)
    #expect(say("N#") == [0x0A, 0x0D])
  }
}
