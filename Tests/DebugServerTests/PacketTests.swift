// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import DebugServer

@Suite struct PacketTests {
  private func read(_ text: String) -> [PacketReader.Event] {
    var reader = PacketReader()
    return reader.receive(Array(text.utf8))
  }

  @Test func packet_isFramedWithItsSum() {
    #expect(Packet.framed(Array("OK".utf8)) == Array("$OK#9a".utf8))
    #expect(read("$OK#9a") == [.packet(Array("OK".utf8))])
    #expect(read("$OK#9A") == [.packet(Array("OK".utf8))])
  }

  @Test func whatIsFramed_isReadBack() {
    let all = (0...255).map { UInt8($0) }
    var reader = PacketReader()
    #expect(reader.receive(Packet.framed(all)) == [.packet(all)])
  }

  @Test func wrongSum_isDamage() {
    #expect(read("$OK#9b") == [.damaged])
    #expect(read("$OK#zz") == [.damaged])
  }

  @Test func bytesInPieces_areOnePacket() {
    var reader = PacketReader()
    let events = Array("+$m0,4#fd\u{3}-".utf8).flatMap { reader.receive([$0]) }
    #expect(events == [.acknowledged, .packet(Array("m0,4".utf8)), .interrupt, .refused])
  }

  @Test func packetThatBreaksOff_doesNotSwallowTheNext() {
    #expect(read("$m0,$OK#9a") == [.packet(Array("OK".utf8))])
  }

  @Test func packetWithoutEnd_takesNoMemory() {
    var reader = PacketReader()
    _ = reader.receive(Array("$".utf8))
    for _ in 0..<100 {
      #expect(reader.receive([UInt8](repeating: 0x41, count: PacketReader.longest)) == [])
    }
    #expect(reader.receive(Array("#00".utf8)) == [.damaged])
    #expect(reader.receive(Array("$OK#9a".utf8)) == [.packet(Array("OK".utf8))])
  }

  @Test func numbers_areChecked() {
    #expect(Hexadecimal.number(Array("2000ffff".utf8)) == 0x2000_FFFF)
    #expect(Hexadecimal.number(Array("".utf8)) == nil)
    #expect(Hexadecimal.number(Array("11112222333344445".utf8)) == nil)
    #expect(Hexadecimal.number(Array("-1".utf8)) == nil)
    #expect(Hexadecimal.bytes(Array("012".utf8)) == nil)
    #expect(Hexadecimal.bytes(Array("01fF".utf8)) == [1, 0xFF])
  }

  @Test func listenAddress_isLoopbackUnlessAsked() {
    #expect(ListenAddress(":3333") == ListenAddress(host: "127.0.0.1", port: 3333))
    #expect(ListenAddress("3333") == ListenAddress(host: "127.0.0.1", port: 3333))
    #expect(ListenAddress("localhost:1") == ListenAddress(host: "127.0.0.1", port: 1))
    #expect(ListenAddress("0.0.0.0:3333")?.host == "0.0.0.0")
    for bad in ["", ":", ":70000", "a:1", "1:2:3", ":-1", "256.0.0.1:5"] {
      #expect(ListenAddress(bad) == nil, "\(bad)")
    }
  }
}
