// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import InjectionProtocol

@Suite struct InjectionReaderTests {
  private func events(_ bytes: [UInt8], capacity: Int = 64) -> ([InjectionReader.Event], [UInt8]) {
    var memory = [UInt8](repeating: 0, count: capacity)
    let found = memory.withUnsafeMutableBufferPointer { buffer in
      var reader = InjectionReader(memory: buffer.baseAddress!, capacity: capacity)
      return bytes.compactMap { reader.push($0) }
    }
    return (found, memory)
  }

  @Test func frame_comesBackWithItsPayload() throws {
    let payload: [UInt8] = [1, 2, 0x01, 255]
    let (found, memory) = events(try #require(InjectionFrame.bytes(.block, payload)))
    #expect(found == [.command(.block, byteCount: 4)])
    #expect(Array(memory.prefix(4)) == payload)
  }

  @Test func text_isPassedOver() throws {
    let bytes = Array("hello\r\n".utf8) + (try #require(InjectionFrame.bytes(.begin)))
    #expect(events(bytes).0 == [.command(.begin, byteCount: 0)])
  }

  /// IBM-3740's check value: of the nine digits.
  @Test func checksum_isTheStandardOne() {
    var checksum = InjectionChecksum()
    for byte in "123456789".utf8 { checksum.add(byte) }
    #expect(checksum.value == 0x29B1)
  }

  @Test func everyDamagedByte_isNoticed() throws {
    let frame = try #require(InjectionFrame.bytes(.block, [9, 8, 7]))
    // A damaged length may ask for more bytes than there are: what follows then fills it up.
    for place in 1..<frame.count where place != 2 && place != 3 {
      var damaged = frame
      damaged[place] ^= 0x10
      #expect(events(damaged).0 == [.damaged], "byte \(place)")
    }
  }

  @Test func payloadBeyondTheMemory_isLeftOut() throws {
    let frame = try #require(InjectionFrame.bytes(.block, Array(repeating: 5, count: 20)))
    let (found, memory) = events(frame + frame, capacity: 16)
    #expect(found == [.tooLong, .tooLong])
    #expect(memory.count == 16)
  }

  @Test func absurdLength_isRefusedAtOnce() {
    #expect(
      events([InjectionFrame.start, InjectionCommand.block.rawValue, 0xFF, 0xFF]).0 == [.damaged])
  }

  @Test func frameBeyondTheLongest_isNotMade() {
    #expect(InjectionFrame.bytes(.block, Array(repeating: 0, count: 1025)) == nil)
  }

  @Test func answers_areRead() {
    #expect(HostedAnswer(line: "@begin 640") == .begun(blockBytes: 640))
    #expect(HostedAnswer(line: "@block 7") == .taken(blocks: 7))
    #expect(HostedAnswer(line: "@end 7") == .ended(blocks: 7))
    #expect(HostedAnswer(line: "@led 1") == .led(isOn: true))
    #expect(HostedAnswer(line: "@inference 1320527") == .cycles(task: "inference", 1_320_527))
    #expect(HostedAnswer(line: "@outputs 80ff7f") == .outputs([0x80, 0xFF, 0x7F]))
    #expect(HostedAnswer(line: "@refused order") == .refused("order"))
  }

  @Test(arguments: [
    "heard \"one\"", "@", "@block", "@block x", "@outputs 8", "@outputs zz", "@a b c",
  ])
  func whatIsNoAnswer_isNone(line: String) {
    #expect(HostedAnswer(line: line) == nil)
  }
}
