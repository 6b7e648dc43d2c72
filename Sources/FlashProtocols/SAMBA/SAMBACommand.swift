// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// SAM-BA's commands as text. The first argument always has eight digits: the nRF52840's bootloader
/// looks for the second one at the tenth character and nowhere else.
enum SAMBACommand {
  /// Leaves the terminal mode; the answer is LF CR. The cheapest question there is.
  static let normalMode = text("N#")
  static let version = text("V#")
  /// Only the nRF dialect: the chip's name.
  static let chip = text("I#")
  /// Only the nRF dialect: resets.
  static let reset = text("K#")

  /// Announces `count` bytes for RAM.
  static func send(to address: UInt32, count: Int) -> [UInt8] { text("S", address, count) }
  static func receive(from address: UInt32, count: Int) -> [UInt8] { text("R", address, count) }
  /// Where `write` takes its bytes from.
  static func buffer(at address: UInt32) -> [UInt8] { text("Y", address, 0) }
  static func write(to address: UInt32, count: Int) -> [UInt8] { text("Y", address, count) }
  static func checksum(of address: UInt32, count: Int) -> [UInt8] { text("Z", address, count) }
  /// SAMD: erases from there to the end of flash.
  static func erase(from address: UInt32) -> [UInt8] { text("X" + digits(address) + "#") }
  static func readWord(_ address: UInt32) -> [UInt8] { text("w", address, 4) }
  static func writeWord(_ address: UInt32, _ value: UInt32) -> [UInt8] {
    text("W" + digits(address) + "," + digits(value) + "#")
  }

  /// The number in an answer to `checksum`: `Z`, eight digits, `#`.
  static func checksum(in answer: [UInt8]) -> UInt16? {
    guard answer.count >= 10, answer[0] == UInt8(ascii: "Z"), answer[9] == UInt8(ascii: "#"),
      let value = UInt32(String(decoding: answer[1..<9], as: UTF8.self), radix: 16)
    else { return nil }
    return UInt16(exactly: value)
  }

  private static func text(_ command: String) -> [UInt8] { Array(command.utf8) }

  private static func text(_ letter: String, _ address: UInt32, _ count: Int) -> [UInt8] {
    text(letter + digits(address) + "," + digits(UInt32(truncatingIfNeeded: count)) + "#")
  }

  private static func digits(_ value: UInt32) -> String {
    let text = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: 8 - text.count) + text
  }
}

/// What SAM-BA dialects differ in. Sources: for the nRF52840 the bootloader of ArduinoCore-mbed
/// (`bootloaders/nano33ble`), for the SAMD21 that of ArduinoCore-samd (`bootloaders/zero`).
struct SAMBADialect: Equatable, Sendable {
  /// Letters that the version's `[Arduino:…]` must have.
  var capabilities: String
  /// Meaningless bytes behind `V`, `I` and `Z`, which have fixed lengths there.
  var stray: Int
  /// Where blocks are gathered in RAM.
  var buffer: UInt32
  /// What ends a half transfer and does nothing else: a byte that is an empty command, or none.
  var filler: UInt8
  /// What an image is padded to: what one write takes.
  var granule: Int
  /// What its start must be aligned to: one erase unit.
  var eraseUnit: Int
  /// What keeps a command and its data in USB packets of their own: more than a frame.
  var packetPause: Duration
  /// What the user sees it called.
  var chip: String

  static let nrf = SAMBADialect(
    capabilities: "IKXYZ", stray: 2, buffer: 0, filler: UInt8(ascii: "#"), granule: 4096,
    eraseUnit: 4096, packetPause: .zero, chip: "nRF52840")
  static let samd = SAMBADialect(
    capabilities: "XYZ", stray: 0, buffer: 0x2000_4000, filler: 0xFF, granule: 64, eraseUnit: 256,
    packetPause: .milliseconds(2), chip: "SAMD21")
}
