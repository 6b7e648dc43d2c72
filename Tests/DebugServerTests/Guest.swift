// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import Emulator
import MachineModel

@testable import DebugServer

/// Programs for the Nano 33 BLE, small enough to be written down.
enum Guest {
  /// Adds random bytes to the word at 0x20000000, shows the sum on the pins of port 0, counts
  /// SysTick interrupts in the word behind (handler at 0x100A0), and sleeps in between.
  static let busy = image(
    [
      0x4811, 0x2101, 0x6001, 0x4A11, 0x4B11, 0x2403, 0x4D11, 0x034E, 0x602E, 0x4F11, 0xF242,
      0x750F, 0x607D, 0x2507, 0x603D, 0x2500, 0x4435, 0xF8D0, 0x1100, 0x2900, 0xD00C, 0x2100,
      0xF8C0, 0x1100, 0xF240, 0x5508, 0x5941, 0xF04F, 0x5500, 0x682A, 0x1852, 0x602A, 0x0352,
      0x601A, 0xBF30, 0xE7EA, 0xD000, 0x4000, 0x0508, 0x5000, 0x0504, 0x5000, 0x0518, 0x5000,
      0xE010, 0xE000, 0xF3AF, 0x8000, 0x4902, 0x680A, 0x3201, 0x600A, 0x4770, 0xBF00, 0x0004,
      0x2000,
    ], sysTick: 0x1_00A1)

  /// r0 counts in the word at r7 = 0x20000000 for ever: adds at 0x10044, str at 0x10046, b.
  static let counting = image([0xF04F, 0x5700, 0x3001, 0x6038, 0xE7FC])

  /// `bkpt #1; movs r0, #7; b .`
  static let stopsItself = image([0xBE01, 0x2007, 0xE7FE])
  /// `udf #0`
  static let undefined = image([0xDE00])
  /// `wfi; b .-2`
  static let sleeps = image([0xBF30, 0xE7FD])

  /// A vector table of sixteen entries, and the program at 0x10040.
  private static func image(_ code: [UInt16], sysTick: UInt32 = 0) -> [UInt8] {
    var words = [UInt32](repeating: 0, count: 16)
    (words[0], words[1], words[15]) = (0x2004_0000, 0x1_0041, sysTick)
    return words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
      + code.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
  }

  static func machine(_ image: [UInt8], name: String = "guest.bin") throws -> Machine {
    let board = try Board.load(named: "nano33ble")
    let machine = try Machine(board: board)
    machine.load(try LoadedImage(bytes: image, name: name, for: board))
    return machine
  }
}

/// A client of the protocol that knows no more than to frame packets.
final class Client {
  let debuggee: Debuggee
  private var session = Session()
  private var reader = PacketReader()

  init(_ machine: Machine, until conditions: StopConditions = StopConditions()) {
    debuggee = Debuggee(machine, until: conditions)
    _ = ask("QStartNoAckMode")
  }

  convenience init(_ image: [UInt8]) throws { self.init(try Guest.machine(image)) }

  /// Sends a packet and answers what comes back, packets joined by spaces.
  @discardableResult
  func ask(_ text: String) -> String { ask(Array(text.utf8)) }

  func ask(_ body: [UInt8]) -> String {
    replies(follow(session.receive(Packet.framed(body), debuggee)))
  }

  /// Raw bytes, for those who do not frame packets.
  func send(_ bytes: [UInt8]) -> String { replies(follow(session.receive(bytes, debuggee))) }

  private func replies(_ bytes: [UInt8]) -> String {
    reader.receive(bytes).compactMap { event in
      guard case .packet(let body) = event else { return nil }
      return String(decoding: body, as: UTF8.self)
    }.joined(separator: " ")
  }

  private(set) var hasLeft = false

  private func follow(_ actions: [Session.Action]) -> [UInt8] {
    var bytes: [UInt8] = []
    for action in actions {
      switch action {
      case .send(let some): bytes += some
      case .resume(let resume):
        _ = debuggee.resume(resume)
        bytes += follow(session.stopped(debuggee))
      case .detach, .kill, .hangUp: hasLeft = true
      case .interrupt: break
      }
    }
    return bytes
  }

  /// What `monitor` prints.
  func monitor(_ command: String) -> String {
    let text = ask("qRcmd,\(String(decoding: Hexadecimal.text(command.utf8), as: UTF8.self))")
    return text.split(separator: " ").filter { $0.first == "O" && $0 != "OK" }.map {
      String(decoding: Hexadecimal.bytes(Array($0.utf8.dropFirst())) ?? [], as: UTF8.self)
    }.joined()
  }

  func register(_ number: Int) -> UInt64 {
    let text = ask("p\(Hexadecimal.string(number))")
    return Hexadecimal.bytes(Array(text.utf8)).map(RegisterFile.value) ?? .max
  }

  var pc: UInt64 { register(15) }

  func word(_ address: UInt32) -> UInt64 {
    let text = ask("m\(Hexadecimal.string(address)),4")
    return Hexadecimal.bytes(Array(text.utf8)).map(RegisterFile.value) ?? .max
  }
}
