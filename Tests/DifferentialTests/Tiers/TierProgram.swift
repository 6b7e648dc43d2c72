// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

@testable import CortexM

/// A random program for tiers: straight code, IT blocks, branches within itself, and back to its
/// start at its end; now and then an instruction of any kind.
struct TierProgram {
  /// Half words from `entry` on.
  private(set) var code: [UInt16] = []
  private(set) var isInRAM = false
  /// First half words of instructions: where branches may lead.
  private var starts: [Int] = []
  /// Branches to be aimed when all is there.
  private var branches: [Int] = []

  enum Shape {
    /// One instruction of this row, and one behind it, on which its cycles depend.
    case single(row: Int)
    case block
  }

  var entry: UInt32 { isInRAM ? TierMachine.ramEntry : TierMachine.flashEntry }

  mutating func fill(
    _ shape: Shape, from pool: InstructionPool, isMainline: Bool, _ bits: inout SeededBits
  ) {
    code.removeAll(keepingCapacity: true)
    starts.removeAll(keepingCapacity: true)
    branches.removeAll(keepingCapacity: true)
    isInRAM = bits.below(4) == 0
    switch shape {
    case .single(let row):
      if isMainline, bits.below(4) == 0 { append(ifThen(length: 1, &bits)) }
      append(pool.tame(row: row, &bits))
      append(pool.tame(&bits))
    case .block:
      let length = 4 + Int(bits.below(28))
      while starts.count < length { appendSome(from: pool, isMainline, &bits) }
    }
    branches.append(code.count)
    append(0xE000)  // back to the start, of which aiming makes the offset
    aim(&bits)
  }

  private mutating func append(_ instruction: InstructionPool.Instruction) {
    starts.append(code.count)
    if instruction.isWide { code.append(UInt16(instruction.word >> 16)) }
    code.append(UInt16(truncatingIfNeeded: instruction.word))
  }

  private mutating func append(_ half: UInt16) {
    starts.append(code.count)
    code.append(half)
  }

  private mutating func appendSome(
    from pool: InstructionPool, _ isMainline: Bool, _ bits: inout SeededBits
  ) {
    switch bits.below(32) {
    case 0..<4 where isMainline:
      let length = 1 + Int(bits.below(4))
      append(ifThen(length: length, &bits))
      for _ in 1..<length { append(pool.tame(&bits)) }
      if bits.below(4) == 0 { appendBranch() } else { append(pool.tame(&bits)) }
    case 4..<7:
      branches.append(code.count)
      append(0xD000 | UInt16(bits.below(14)) << 8)
    case 7:
      branches.append(code.count)
      append((bits.below(2) == 0 ? 0xB100 : 0xB900) | UInt16(bits.below(8)))
    case 8: appendBranch()
    case 9: append(pool.wild(&bits))
    default: append(pool.tame(&bits))
    }
  }

  private mutating func appendBranch() {
    branches.append(code.count)
    append(0xE000)
  }

  /// IT with any condition but "always", and any pattern of then and else.
  private func ifThen(length: Int, _ bits: inout SeededBits) -> UInt16 {
    let pattern = bits.below(1 << UInt32(length - 1))
    let mask = (pattern << UInt32(5 - length) | 1 << UInt32(4 - length)) & 0xF
    return UInt16(0xBF00 | bits.below(14) << 4 | mask)
  }

  /// Gives every branch a target: any instruction in reach; the last goes back to the start.
  private mutating func aim(_ bits: inout SeededBits) {
    for (index, place) in branches.enumerated() {
      let isLast = index == branches.count - 1
      let target = isLast ? 0 : starts[Int(bits.below(UInt32(starts.count)))]
      let offset = target - place - 2
      switch code[place] >> 12 {
      case 0xE: code[place] = 0xE000 | UInt16(truncatingIfNeeded: offset) & 0x7FF
      case 0xD:
        if (-128...127).contains(offset) {
          code[place] = code[place] & 0xFF00 | UInt16(truncatingIfNeeded: offset) & 0xFF
        }
      default:
        if (0...63).contains(offset) {
          let field = UInt16(offset)
          code[place] = code[place] & 0xFD07 | (field & 0x1F) << 3 | (field >> 5) << 9
        }
      }
    }
  }

  /// One line each, for reports.
  var disassembly: [String] {
    starts.map { start in
      let second = start + 1 < code.count ? code[start + 1] : 0
      let address = entry + UInt32(start * 2)
      let text = Disassembler.text(code[start], second, at: address)
      let isWide = Decoder.isWide(code[start])
      let word = isWide ? UInt32(code[start]) << 16 | UInt32(second) : UInt32(code[start])
      return "    \(hex(address)): \(hex(word)) \(text)"
    }
  }
}

/// How a program starts, and where its run is cut.
struct TierStart {
  var registers = [UInt32](repeating: 0, count: 15)
  var singles = [UInt32](repeating: 0, count: 32)
  var flags: UInt32 = 0
  var fpscr: UInt32 = 0
  /// CCR, SysTick's reload value (0: off), whether the floating-point unit may be used.
  var configuration: UInt32 = 0
  var reload: UInt32 = 0
  var allowsFloats = true
  /// Cycles to each deadline, and the line that is raised there: 0 none.
  var slices: [(cycles: UInt32, line: UInt32)] = []

  mutating func fill(_ core: TestedCore, _ bits: inout SeededBits) {
    for index in 0..<13 { registers[index] = bits.word() }
    registers[5] = bits.below(0x100) &- 0x80
    registers[6] = Self.address(&bits)
    for base in [7, 9] { registers[base] = Self.address(&bits) & ~3 }
    if !core.architecture.isMainline {
      for base in 5...6 { registers[base] &= ~3 }
    }
    registers[13] = TierMachine.stackMiddle &+ bits.below(0x40) &* 4
    registers[14] = TierMachine.flashEntry | 1
    flags = UInt32(truncatingIfNeeded: bits.next()) & core.architecture.statusBits
    for index in 0..<32 { singles[index] = bits.single() }
    fpscr = UInt32(truncatingIfNeeded: bits.next()) & FPSCR.writableMask
    if bits.below(4) != 0 { fpscr = fpscr & 0xF000_009F }
    configuration = bits.below(8) == 0 ? 0x218 : 0x200
    reload = bits.below(4) == 0 ? 20 + bits.below(200) : 0
    allowsFloats = bits.below(16) != 0
    slices.removeAll(keepingCapacity: true)
    for _ in 0..<1 + bits.below(4) {
      let cycles = bits.below(3) == 0 ? 1 + bits.below(8) : 1 + bits.below(60)
      slices.append((cycles, bits.below(6) == 0 ? 1 + bits.below(3) : 0))
    }
  }

  /// Mostly well inside RAM, else around an edge of some memory or in a device.
  private static func address(_ bits: inout SeededBits) -> UInt32 {
    let wobble = bits.below(64) &- 32
    switch bits.below(24) {
    case 0: return TierMachine.ramBase &+ wobble
    case 1: return TierMachine.ramBase &+ UInt32(TierMachine.ramSize) &+ wobble
    case 2: return UInt32(TierMachine.flashSize) &+ wobble
    case 3: return bits.below(UInt32(TierMachine.flashSize))
    case 4: return TierMachine.deviceBase &+ bits.below(0x200)
    case 5: return TierMachine.ramEntry &+ wobble
    default: return TierMachine.dataMiddle &+ bits.below(0x200)
    }
  }
}
