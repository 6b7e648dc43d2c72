// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BootloaderModels
import FlashProtocols
import Testing

@Suite struct NordicMonitorTests {
  private var monitor = NordicMonitor()
  private var memory = MemoryArray.nrf52840()

  private mutating func say(_ text: String) -> [UInt8] {
    monitor.receive(Array(text.utf8), in: &memory)
  }

  @Test mutating func answers_haveTheLengthsOfTheGenuineOne() {
    #expect(say("N#") == [0x0A, 0x0D])
    #expect(say("V#").count == 60)
    #expect(say("V#")[56..<58] == [0x0A, 0x0D])
    #expect(say("I#").count == 17)
    #expect(say("I#").starts(with: Array("nRF52840-QIAA\n\r".utf8)))
    #expect(say("Y00000000,0#") == Array("Y\n\r".utf8))
    #expect(say("Z00000000,1000#").count == 12)
    #expect(say("S00000000,4#").isEmpty)
    #expect(say("####").isEmpty)
    #expect(say("N#") == [0x0A, 0x0D])
  }

  @Test(arguments: [
    "w00000000,4#", "W20000000,5#", "R0,4#", "O0,1#", "o0#", "H0,1#", "h0#", "G0#", "T#", "#",
  ])
  mutating func otherCommands_areIgnored(command: String) {
    #expect(say(command).isEmpty)
    #expect(say("N#") == [0x0A, 0x0D])
  }

  @Test mutating func write_erasesItsPagesFirst() {
    memory.place(Array(repeating: 0, count: 8192), at: 0x1_0000)
    _ = say("S00000000,1000#")
    _ = monitor.receive(Array(repeating: 0x5A, count: 4096), in: &memory)
    _ = say("Y00000000,0#")
    #expect(say("Y00000000,1000#") == Array("Y\n\r".utf8))
    #expect(memory.read(0x1_0000, count: 4096) == Array(repeating: 0x5A, count: 4096))
    #expect(memory.read(0x1_1000, count: 1) == [0])
    let crc = Checksum.crc16XMODEM(Array(repeating: 0x5A, count: 4096))
    let answer = say("Z00000000,1000#")
    #expect(
      String(decoding: answer.prefix(10), as: UTF8.self)
        == "Z0000" + String(crc, radix: 16, uppercase: true) + "#")
  }

  @Test mutating func eraseAll_erasesNothing() {
    memory.place([1, 2, 3], at: 0x1_0000)
    #expect(say("X00000000#") == Array("X\n\r".utf8))
    #expect(memory.read(0x1_0000, count: 3) == [1, 2, 3])
  }

  /// The second argument is looked for at a fixed place, and what an earlier command left there
  /// counts.
  @Test mutating func shortFirstArgument_misplacesTheSecond() {
    _ = say("Y00000010,0#")
    memory.place([7], at: 0x1_0000)
    #expect(say("Y0,1000#") == Array("Y\n\r".utf8))
    // "00#": the rest of the earlier command makes the length zero.
    #expect(memory.read(0x1_0000, count: 1) == [7])
  }

  @Test mutating func dataBehindTheBuffer_areDropped() {
    _ = say("S00001FFE,4#")
    _ = monitor.receive([1, 2, 3, 4], in: &memory)
    #expect(say("N#") == [0x0A, 0x0D])
    _ = say("SFFFFFFF0,20#")
    _ = monitor.receive(Array(repeating: 9, count: 32), in: &memory)
    #expect(say("N#") == [0x0A, 0x0D])
    _ = say("YFFFFFFFF,0#")
    #expect(say("Y00000000,1000#") == Array("Y\n\r".utf8))
    _ = say(String(repeating: "Y", count: 1000))
    #expect(say("#") == Array("Y\n\r".utf8))
    #expect(say("ZFFFF0000,FFFFFFFF#").count == 12)
  }

  @Test mutating func reset_endsIt() {
    #expect(say("K#N#").isEmpty)
    #expect(monitor.takeRequest() == .reset)
    #expect(monitor.takeRequest() == nil)
    #expect(say("N#").isEmpty)
  }
}
