// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import CortexM
import Emulator

/// The documents that GDB asks for before anything else (GDB manual, G and E.16).
enum TargetDescription {
  /// Registers, numbered in the order of `RegisterFile`.
  static func registers(_ file: RegisterFile) -> String {
    let core =
      (0..<13).map { register("r\($0)", "uint32") }
      + [
        register("sp", "data_ptr"), register("lr", "uint32"), register("pc", "code_ptr"),
        register("xpsr", "uint32"),
      ]
    let system =
      ["msp", "psp"].map { register($0, "data_ptr", group: "system") }
      + ["primask", "basepri", "faultmask", "control"].map {
        register($0, "uint32", group: "system")
      }
    var features = [
      feature("org.gnu.gdb.arm.m-profile", core), feature("org.gnu.gdb.arm.m-system", system),
    ]
    if file.names.contains(.double(0)) {
      let doubles = (0..<16).map { register("d\($0)", "ieee_double", bits: 64, group: "float") }
      features.append(
        feature(
          "org.gnu.gdb.arm.vfp", doubles + [register("fpscr", "uint32", group: "float")]))
    }
    return """
      <?xml version="1.0"?><!DOCTYPE target SYSTEM "gdb-target.dtd">
      <target version="1.0"><architecture>arm</architecture>
      \(features.joined(separator: "\n"))
      </target>
      """
  }

  private static func feature(_ name: String, _ registers: [String]) -> String {
    "<feature name=\"\(name)\">\n\(registers.joined(separator: "\n"))\n</feature>"
  }

  private static func register(
    _ name: String, _ type: String, bits: Int = 32, group: String = "general"
  ) -> String {
    "<reg name=\"\(name)\" bitsize=\"\(bits)\" type=\"\(type)\" group=\"\(group)\"/>"
  }

  /// Flash, which `load` erases and programs, RAM, and everything that registers answer in, which
  /// GDB would not touch without being told of it.
  static func memoryMap(_ board: Board) -> String {
    let memories = board.chip.memories.map { memory in
      let place = span(UInt64(memory.base.bits), UInt64(memory.size.count))
      guard memory.kind == .flash else { return "<memory type=\"ram\" \(place)/>" }
      let block = Hexadecimal.string(pageSize(memory))
      return "<memory type=\"flash\" \(place)><property name=\"blocksize\">0x\(block)"
        + "</property></memory>"
    }
    let registers = pages(board).map { "<memory type=\"ram\" \(span($0, $1))/>" }
    return """
      <?xml version="1.0"?>
      <!DOCTYPE memory-map PUBLIC "+//IDN gnu.org//DTD GDB Memory Map V1.0//EN"
      "http://sourceware.org/gdb/gdb-memory-map.dtd">
      <memory-map>
      \((memories + registers).joined(separator: "\n"))
      </memory-map>
      """
  }

  static func pageSize(_ memory: Memory) -> Int { max(memory.page?.count ?? 4096, 4) }

  private static func span(_ base: UInt64, _ length: UInt64) -> String {
    "start=\"0x\(Hexadecimal.string(base))\" length=\"0x\(Hexadecimal.string(length))\""
  }

  /// The peripherals' pages, merged, and the private peripheral bus; nothing that memory covers.
  private static func pages(_ board: Board) -> [(UInt64, UInt64)] {
    var ranges = board.chip.peripherals.map {
      (UInt64($0.base.bits) & ~0xFFF, ($0.end + 0xFFF) & ~0xFFF)
    }
    ranges.append((0xE000_0000, 0xE010_0000))
    var merged: [(UInt64, UInt64)] = []
    for (start, end) in ranges.sorted(by: { $0.0 < $1.0 }) {
      let isMemory = board.chip.memories.contains { start < $0.end && UInt64($0.base.bits) < end }
      if isMemory { continue }
      if let last = merged.last, start <= last.1 {
        merged[merged.count - 1].1 = max(last.1, end)
      } else {
        merged.append((start, end))
      }
    }
    return merged.map { ($0.0, $0.1 - $0.0) }
  }
}
