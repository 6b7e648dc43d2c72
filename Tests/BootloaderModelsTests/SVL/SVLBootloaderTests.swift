// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BootloaderModels
import FlashProtocols
import Testing

@Suite struct SVLBootloaderTests {
  private var loader = SVLBootloader()
  private var memory = MemoryArray.apollo3()

  private mutating func reset(wait: Int = 150, baud: Int = 115_200) {
    loader.lineChanged(baud: baud, dtr: false, rts: false)
    loader.lineChanged(baud: baud, dtr: true, rts: true)
    _ = pass(wait)
  }

  private mutating func pass(_ milliseconds: Int) -> [UInt8] {
    (0..<milliseconds / 5).flatMap { _ in loader.elapse(.milliseconds(5), in: &memory) }
  }

  private mutating func send(_ bytes: [UInt8]) -> [UInt8] { loader.receive(bytes, in: &memory) }

  @Test mutating func packet_isAsTheGenuineOneSendsIt() {
    // Length 4, command 1, version 6, CRC: computed with the table of svl.py.
    #expect(SVLPacket(.version, data: [6]).bytes == [0x00, 0x04, 0x01, 0x06, 0x86, 0x17])
    #expect(SVLPacket(.next).bytes.count == 5)
    #expect(SVLPacket([0, 4, 1, 6, 0x86, 0x16]) == nil)
    #expect(SVLPacket([]) == nil)
  }

  @Test mutating func window_opensAndCloses() {
    #expect(send([0x55]).isEmpty)
    reset()
    #expect(send([0x55]) == SVLPacket(.version, data: [6]).bytes)
    reset(wait: 50)
    #expect(send([0x55]).isEmpty)
    reset(wait: 400)
    #expect(send([0x55]).isEmpty)
    reset(baud: 9600)
    #expect(send([0x55]).isEmpty)
    reset()
    #expect(send([0x7F]).isEmpty)
    #expect(send([0x55]).isEmpty)
  }

  @Test mutating func silence_letsTheApplicationStart() {
    reset()
    _ = send([0x55])
    #expect(pass(600).isEmpty)
    #expect(send(SVLPacket(.enter).bytes).isEmpty)
  }

  @Test mutating func frames_areAskedForUntilTheyAreWhole() {
    reset()
    _ = send([0x55])
    #expect(send(SVLPacket(.enter).bytes) == SVLPacket(.next).bytes)
    // Nothing for half a second, and the time of a frame.
    #expect(pass(500).isEmpty)
    #expect(pass(200) == SVLPacket(.retry).bytes)
    var damaged = SVLPacket(.frame, data: [1, 2, 3, 4]).bytes
    damaged[4] ^= 1
    #expect(send(damaged).isEmpty)
    #expect(pass(200) == SVLPacket(.retry).bytes)
    #expect(send(SVLPacket(.frame, data: [1, 2, 3]).bytes) == SVLPacket(.retry).bytes)
    memory.place([0, 0], at: 0x1_1FFE)
    #expect(send(SVLPacket(.frame, data: [1, 2, 3, 4]).bytes) == SVLPacket(.next).bytes)
    #expect(memory.read(0x1_0000, count: 4) == [1, 2, 3, 4])
    #expect(memory.read(0x1_1FFE, count: 2) == [0xFF, 0xFF])
    // Too long, and no length at all.
    #expect(send([0xFF, 0xFF, 4]).isEmpty)
    #expect(pass(200) == SVLPacket(.retry).bytes)
    #expect(send([0, 0]).isEmpty)
    #expect(pass(200) == SVLPacket(.retry).bytes)
    #expect(send(SVLPacket(.done).bytes).isEmpty)
    #expect(loader.takeRequest() == .reset)
  }
}
