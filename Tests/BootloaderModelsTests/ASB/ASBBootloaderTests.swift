// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BootloaderModels
import FlashProtocols
import Testing

@Suite struct ASBBootloaderTests {
  private var loader = ASBBootloader()
  private var memory = MemoryArray.apollo3()

  private mutating func enter() {
    loader.lineChanged(baud: 921_600, dtr: true, rts: true)
    _ = loader.elapse(.milliseconds(5), in: &memory)
    loader.lineChanged(baud: 921_600, dtr: false, rts: false)
    _ = loader.elapse(.milliseconds(100), in: &memory)
  }

  private mutating func send(_ message: ASBMessage) -> ASBMessage? {
    ASBMessage(loader.receive(message.bytes, in: &memory))
  }

  private mutating func status(_ message: ASBMessage) -> UInt32? { send(message)?.word(1) }

  @Test mutating func pin_decidesWhoStarts() {
    #expect(send(ASBMessage(.hello)) == nil)
    enter()
    let hello = loader.receive(ASBMessage(.hello).bytes, in: &memory)
    #expect(hello.count == 88)
    #expect(ASBMessage(hello)?.kind == .status)
    // Lines that stay asserted start the application, or SparkFun's loader.
    loader.lineChanged(baud: 921_600, dtr: true, rts: true)
    _ = loader.elapse(.milliseconds(100), in: &memory)
    #expect(send(ASBMessage(.hello)) == nil)
    loader.lineChanged(baud: 921_600, dtr: false, rts: false)
    enter()
    _ = loader.elapse(.milliseconds(300), in: &memory)
    #expect(send(ASBMessage(.hello)) == nil)
  }

  @Test mutating func download_isCheckedAndInstalledByTheReset() {
    enter()
    let image = FlashImage(start: 0xC000, bytes: [1, 2, 3, 4])
    let download = ASBImage.wrap(image)
    let update = ASBMessage(
      .update, words: [UInt32(download.count), Checksum.crc32(download), 0])
    _ = send(ASBMessage(.hello))
    #expect(status(ASBMessage(.data, words: [0], data: [1])) == 8)
    #expect(status(update) == 0)
    #expect(status(ASBMessage(.data, words: [4], data: [1])) == 10)
    #expect(status(ASBMessage(.data, words: [0], data: download + [1])) == 11)
    #expect(status(update) == 0)
    var damaged = download
    damaged[100] ^= 1
    #expect(status(ASBMessage(.data, words: [0], data: damaged)) == 3)
    #expect(status(update) == 0)
    #expect(status(ASBMessage(.data, words: [0], data: download)) == 0)
    #expect(memory.read(0xC000, count: 4) == [0xFF, 0xFF, 0xFF, 0xFF])
    #expect(memory.read(0x2_0080, count: 4) == [1, 2, 3, 4])
    #expect(status(ASBMessage(.reset, words: [1])) == 0)
    #expect(memory.read(0xC000, count: 4) == [1, 2, 3, 4])
    #expect(loader.takeRequest() == .reset)
    #expect(send(ASBMessage(.hello)) == nil)
  }

  @Test mutating func nonsense_isDropped() {
    enter()
    _ = send(ASBMessage(.hello))
    #expect(loader.receive([1, 2, 3, 4, 5, 6, 7, 8, 9], in: &memory).isEmpty)
    #expect(status(ASBMessage(.abort, words: [0])) == 0)
    #expect(status(ASBMessage(.recover)) == 6)
    var damaged = ASBMessage(.abort, words: [0]).bytes
    damaged[9] ^= 1
    #expect(ASBMessage(loader.receive(damaged, in: &memory))?.word(1) == 3)
    // Half a message, a pause, and a whole one.
    #expect(loader.receive(Array(damaged.prefix(9)), in: &memory).isEmpty)
    _ = loader.elapse(.milliseconds(500), in: &memory)
    #expect(status(ASBMessage(.abort, words: [0])) == 0)
    #expect(status(ASBMessage(.update, words: [0x5_0000, 0, 0])) == 5)
  }
}
