// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Everything of a processor that an instruction may read or change, memory excepted.
struct ProcessorState: Equatable, CustomStringConvertible {
  /// r0–r15.
  var registers = [UInt32](repeating: 0, count: 16)
  /// APSR: N, Z, C, V, Q and GE.
  var flags: UInt32 = 0
  /// ITSTATE.
  var ifThen: UInt8 = 0
  /// S0–S31.
  var singles = [UInt32](repeating: 0, count: 32)
  var fpscr: UInt32 = 0

  static let flagsMask: UInt32 = 0xF80F_0000

  var description: String {
    let names = (0..<13).map { "r\($0)" } + ["sp", "lr", "pc"]
    var text = zip(names, registers).map { "\($0)=\(hex($1))" }.joined(separator: " ")
    text += " apsr=\(hex(flags)) it=\(hex(UInt32(ifThen))) fpscr=\(hex(fpscr))\n    "
    text += singles.enumerated().map { "s\($0)=\(hex($1))" }.joined(separator: " ")
    return text
  }

  /// What differs, one "name: ours, theirs" each.
  func differences(from other: ProcessorState) -> [String] {
    var found: [String] = []
    func compare(_ name: String, _ a: UInt32, _ b: UInt32) {
      if a != b { found.append("\(name): \(hex(a)), Unicorn \(hex(b))") }
    }
    for i in 0..<16 { compare("r\(i)", registers[i], other.registers[i]) }
    compare("apsr", flags, other.flags)
    compare("itstate", UInt32(ifThen), UInt32(other.ifThen))
    for i in 0..<32 { compare("s\(i)", singles[i], other.singles[i]) }
    compare("fpscr", fpscr, other.fpscr)
    return found
  }
}

/// How a run of instructions ended.
enum Ending: Equatable {
  /// At the end of the code, or after the one instruction asked for.
  case completed
  /// With an exception of the guest, or an access to nowhere.
  case faulted
}

func hex(_ value: UInt32) -> String {
  let digits = String(value, radix: 16)
  return "0x" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
}
