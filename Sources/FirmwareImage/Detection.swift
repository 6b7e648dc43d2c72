// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Telling formats apart by their first bytes.
extension Image {
  static func detect(_ bytes: [UInt8], name: String) throws(ImageError) -> Format {
    if bytes.starts(with: ELF.magic) { return .elf }
    if bytes.starts(with: UF2.magic) { return .uf2 }
    if looksLikeHex(bytes) { return .intelHex }
    for foreign in Foreign.all where bytes.dropFirst(foreign.offset).starts(with: foreign.magic) {
      throw ImageError(name, at: .offset(0), "this is \(foreign.what)", remedy: foreign.remedy)
    }
    // A damaged file must not run as a raw binary.
    let claims: [(suffix: String, format: Format)] = [
      (".elf", .elf), (".axf", .elf), (".hex", .intelHex), (".ihex", .intelHex), (".uf2", .uf2),
    ]
    for claim in claims where name.lowercased().hasSuffix(claim.suffix) {
      throw ImageError(
        name, at: .offset(0),
        "it is named \(claim.suffix) but does not start like \(claim.format.rawValue)",
        remedy: "build it again, or name it .bin if it is a raw binary")
    }
    return .raw
  }

  /// A colon and the digits of a record's head, after white space.
  private static func looksLikeHex(_ bytes: [UInt8]) -> Bool {
    let start = bytes.prefix(256).drop { " \t\r\n".utf8.contains($0) }
    return start.first == UInt8(ascii: ":")
      && start.dropFirst().prefix(8).allSatisfy { hexDigit($0) != nil }
  }

  /// Formats that people try, and what to use instead.
  private struct Foreign {
    var offset = 0
    let magic: [UInt8]
    let what: String
    let remedy: String

    static let all = [
      Foreign(
        magic: Array("PK\u{3}\u{4}".utf8), what: "a ZIP archive",
        remedy: "unpack it and use the .bin or .hex inside"),
      Foreign(
        magic: Array("RIFF".utf8), what: "a recording",
        remedy: "give it to --microphone, and an image to --firmware"),
      Foreign(
        offset: 4, magic: Array("TFL3".utf8), what: "a TensorFlow Lite model",
        remedy: "give it to --model, which builds an application with it"),
      Foreign(
        magic: [0x1F, 0x8B], what: "a gzip archive", remedy: "unpack it first"),
      Foreign(
        magic: Array("!<arch>\n".utf8), what: "a static library",
        remedy: "link it into an executable (.elf)"),
      Foreign(
        magic: Array("MZ".utf8), what: "a Windows program",
        remedy: "use the .elf, .hex or .bin built for the board"),
      Foreign(
        magic: [0xCF, 0xFA, 0xED, 0xFE], what: "a macOS program",
        remedy: "use the .elf, .hex or .bin built for the board"),
      Foreign(
        magic: Array("S0".utf8), what: "a Motorola S-record file",
        remedy: "convert it: arm-none-eabi-objcopy -I srec -O ihex"),
      Foreign(
        magic: Array("#!".utf8), what: "a script",
        remedy: "use the .elf, .hex or .bin built for the board"),
    ]
  }
}

func hexDigit(_ byte: UInt8) -> UInt8? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
  default: nil
  }
}
