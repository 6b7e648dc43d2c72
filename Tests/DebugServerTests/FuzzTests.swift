// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Emulator
import MachineModel
import Testing

@testable import DebugServer

/// Clients that are broken, or worse: nothing of what they send may crash the emulator or keep it
/// busy for ever.
@Suite struct FuzzTests {
  private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
      return z ^ z >> 31
    }
  }

  private static let seeds = [
    "?", "g", "p0", "pf", "p28", "P0=00000000", "Pf=40000100", "P12=ffffffff", "m20000000,40",
    "me000e000,f00", "mffffffff,ffffffff", "m40000000,2000", "M20000000,4:00000000",
    "Me000ed0c,4:0400fa05", "M4000d000,4:01000000", "M50000514,8:ffffffffffffffff",
    "X20000000,3:}}a", "Hg1", "Hg2", "Hc-1", "T1", "T2", "Z0,10040,2", "z0,10040,2",
    "Z1,10046,2", "Z2,20000000,4", "Z3,e000e018,4", "Z4,fffffffe,ffffffff", "z4,0,0",
    "vCont;s:1", "vCont;c", "vCont;r10040,10060:1", "vCont;t", "vCont?", "s", "s10044", "bs",
    "bc", "qSupported:swbreak+", "qXfer:features:read:target.xml:0,fff",
    "qXfer:memory-map:read::7fffffff,ffffffff", "qXfer:threads:read::0,3fff",
    "qXfer:nothing:read::0,0", "qfThreadInfo", "qsThreadInfo", "qThreadExtraInfo,1",
    "qThreadExtraInfo,9", "qRcmd,68656c70", "qRcmd,7265736574", "qRcmd,7479706520", "qRcmd,zz",
    "qCRC:0,1000", "qCRC:ffffffff,ffffffff", "vFlashErase:0,1000", "vFlashErase:0,ffffffff",
    "vFlashWrite:10040:abc", "vFlashDone", "qAttached", "qC", "qSymbol::", "QNonStop:1", "G00",
    "", "!", "R00", "vKill;1", "k", "D",
  ].map { Array($0.utf8) }

  private static func mutated(_ packet: [UInt8], _ random: inout Generator) -> [UInt8] {
    var packet = packet
    for _ in 0..<Int.random(in: 0...3, using: &random) {
      let place = Int.random(in: 0...packet.count, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0: packet.insert(.random(in: 0...255, using: &random), at: place)
      case 1 where place < packet.count: packet.remove(at: place)
      case 2 where place < packet.count:
        packet[place] ^= UInt8(1) << UInt8.random(in: 0..<8, using: &random)
      default: packet += Array("0123456789abcdef,;:=".utf8).shuffled(using: &random).prefix(4)
      }
    }
    return packet
  }

  /// A machine that ends soon, however it is let go.
  private func client() throws -> Client {
    Client(
      try Guest.machine(Guest.busy), until: StopConditions(duration: Cycles(200_000)))
  }

  @Test(arguments: 0..<8) func mutatedPackets_areAnswered(seed: UInt64) throws {
    var random = Generator(state: seed)
    var client = try client()
    for _ in 0..<400 {
      guard let packet = Self.seeds.randomElement(using: &random) else { return }
      _ = client.ask(Self.mutated(packet, &random))
      if client.hasLeft { client = try self.client() }
    }
    let fresh = try self.client()
    #expect(fresh.ask("qC") == "QC1")
  }

  @Test(arguments: 0..<4) func noise_isDropped(seed: UInt64) throws {
    var random = Generator(state: 1000 + seed)
    let client = try client()
    for _ in 0..<200 {
      var bytes = (0..<Int.random(in: 1...300, using: &random)).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      if Bool.random(using: &random) { bytes.insert(UInt8(ascii: "$"), at: 0) }
      _ = client.send(bytes)
    }
    _ = client.send(Array("#00".utf8))
    #expect(client.ask("qC") == "QC1")
  }

  @Test func packetsDuringARun_areBounded() throws {
    let debuggee = Debuggee(try Guest.machine(Guest.counting))
    var session = Session()
    #expect(session.receive(Packet.framed(Array("c".utf8)), debuggee).last == .resume(.go))
    #expect(session.receive([3], debuggee) == [.interrupt])
    var last: [Session.Action] = []
    for _ in 0..<65 { last = session.receive(Packet.framed(Array("g".utf8)), debuggee) }
    #expect(last == [.hangUp])
  }
}
