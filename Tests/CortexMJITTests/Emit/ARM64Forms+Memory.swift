// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

@testable import CortexMJIT

extension ARM64Forms {
  static func control(_ forms: inout EmittedForms) {
    for register in some where register != .zr {
      add(&forms, "br \(name(register, .x))") { $0.br(register) }
      add(&forms, "blr \(name(register, .x))") { $0.blr(register) }
    }
    add(&forms, "ret") { $0.ret() }
    add(&forms, "nop") { $0.nop() }
    add(&forms, "brk #77") { $0.brk(77) }
    add(&forms, "b .") { $0.b($0.makeBoundLabel()) }
    add(&forms, "bl .") { $0.bl($0.makeBoundLabel()) }
    add(&forms, "adr x9, .") { $0.adr(.x9, $0.makeBoundLabel()) }
    add(&forms, "adr x9, .+7") { $0.adr(.x9, to: 7) }
    add(&forms, "b .+64") { $0.b(to: 64) }
    for condition in ARM64.Condition.allCases {
      add(&forms, "b.\(condition) .") { $0.b(condition, $0.makeBoundLabel()) }
    }
    for width in widths {
      add(&forms, "cbz \(name(.x17, width)), .") { $0.cbz(.x17, $0.makeBoundLabel(), width: width) }
      add(&forms, "cbnz \(name(.x17, width)), .") {
        $0.cbnz(.x17, $0.makeBoundLabel(), width: width)
      }
    }
    for bit: UInt32 in [0, 31, 32, 63] {
      add(&forms, "tbz x17, #\(bit), .") { $0.tbz(.x17, bit, $0.makeBoundLabel()) }
      add(&forms, "tbnz x17, #\(bit), .") { $0.tbnz(.x17, bit, $0.makeBoundLabel()) }
    }
  }

  /// Mnemonic and register of a transfer.
  private static func text(_ operation: ARM64.Transfer, _ number: UInt8) -> (String, String) {
    switch operation {
    case .strw, .ldrw: (operation == .strw ? "str" : "ldr", "w\(number)")
    case .strx, .ldrx: (operation == .strx ? "str" : "ldr", "x\(number)")
    case .strs, .ldrs: (operation == .strs ? "str" : "ldr", "s\(number)")
    case .strd, .ldrd: (operation == .strd ? "str" : "ldr", "d\(number)")
    case .ldrsbw: ("ldrsb", "w\(number)")
    case .ldrshw: ("ldrsh", "w\(number)")
    case .ldrsb, .ldrsh, .ldrsw: ("\(operation)", "x\(number)")
    default: ("\(operation)", "w\(number)")
    }
  }

  static func transfers(_ forms: inout EmittedForms) {
    for operation in ARM64.Transfer.allCases {
      let isVector = operation.rawValue & 0x0400_0000 != 0
      for number: UInt8 in [0, 9, 30] {
        let t = ARM64.Register(rawValue: number) ?? .x0
        let v = ARM64.Vector(rawValue: number) ?? .v0
        let (mnemonic, register) = text(operation, number)
        for n in based {
          for units in [0, 1, 77, 4095] {
            let offset = units << Int(operation.scale)
            add(&forms, "\(mnemonic) \(register), [\(base(n)), #\(offset)]") {
              isVector
                ? $0.transfer(operation, v, n, offset) : $0.transfer(operation, t, n, offset)
            }
          }
          for offset in [-256, -1] + (operation.scale > 0 ? [1, 255] : []) {
            add(&forms, "\(mnemonic) \(register), [\(base(n)), #\(offset)]") {
              isVector
                ? $0.transfer(operation, v, n, offset) : $0.transfer(operation, t, n, offset)
            }
          }
          for (extend, name) in [
            (ARM64.Extend.uxtw, "uxtw"), (.sxtw, "sxtw"), (.uxtx, "lsl"), (.sxtx, "sxtx"),
          ] {
            let m = extend == .uxtw || extend == .sxtw ? "w11" : "x11"
            for scaled in operation.scale == 0 ? [false] : [false, true] {
              let amount = scaled ? " #\(operation.scale)" : ""
              let tail = name == "lsl" && !scaled ? "" : ", \(name)\(amount)"
              add(&forms, "\(mnemonic) \(register), [\(base(n)), \(m)\(tail)]") {
                isVector
                  ? $0.transfer(operation, v, n, .x11, extend, scaled: scaled)
                  : $0.transfer(operation, t, n, .x11, extend, scaled: scaled)
              }
            }
          }
        }
      }
    }
  }

  static func pairs(_ forms: inout EmittedForms) {
    for operation in ARM64.Pair.allCases {
      let mnemonic = "\(operation)".prefix(3)
      let file = "\(operation)".suffix(1)
      let bytes = file == "w" ? 4 : 8
      for n in [ARM64.Register.x2, .sp] {
        for units in [-64, -1, 0, 63] {
          let offset = units * bytes
          let texts: [(ARM64.Indexing, String)] = [
            (.offset, "[\(base(n)), #\(offset)]"), (.pre, "[\(base(n)), #\(offset)]!"),
            (.post, "[\(base(n))], #\(offset)"),
          ]
          for (indexing, address) in texts {
            add(&forms, "\(mnemonic) \(file)19, \(file)30, \(address)") {
              file == "d"
                ? $0.pair(operation, .v19, .v30, n, offset, indexing)
                : $0.pair(operation, .x19, .x30, n, offset, indexing)
            }
          }
        }
      }
    }
  }

  static func floats(_ forms: inout EmittedForms) {
    for precision in ARM64.Precision.allCases {
      for d in vectors {
        for n in vectors {
          let (dt, nt) = (name(d, precision), name(n, precision))
          for operation in ARM64.FloatUnary.allCases {
            add(&forms, "\(operation) \(dt), \(nt)") { $0.float(operation, d, n, precision) }
          }
          add(&forms, "fcmp \(dt), \(nt)") { $0.fcmp(d, n, precision) }
          add(&forms, "fcmpe \(dt), \(nt)") { $0.fcmp(d, n, signaling: true, precision) }
          for m in vectors {
            let mt = name(m, precision)
            for operation in ARM64.FloatArithmetic.allCases {
              add(&forms, "\(operation) \(dt), \(nt), \(mt)") {
                $0.float(operation, d, n, m, precision)
              }
            }
            for operation in ARM64.FloatFused.allCases {
              add(&forms, "\(operation) \(dt), \(nt), \(mt), \(name(.v9, precision))") {
                $0.float(operation, d, n, m, .v9, precision)
              }
            }
          }
        }
      }
    }
  }

  static func conversions(_ forms: inout EmittedForms) {
    for v in vectors {
      for r in some {
        for precision in ARM64.Precision.allCases {
          let vt = name(v, precision)
          let general = name(r, precision == .single ? .w : .x)
          add(&forms, "fmov \(vt), \(general)") { $0.fmov(v, r, precision) }
          add(&forms, "fmov \(general), \(vt)") { $0.fmov(r, v, precision) }
          for width in widths {
            for operation in ARM64.FloatToInteger.allCases {
              add(&forms, "\(operation) \(name(r, width)), \(vt)") {
                $0.convert(operation, r, v, width: width, precision)
              }
            }
            for operation in ARM64.IntegerToFloat.allCases {
              add(&forms, "\(operation) \(vt), \(name(r, width))") {
                $0.convert(operation, v, r, width: width, precision)
              }
            }
          }
        }
      }
      for bits: UInt32 in [1, 17, 32] {
        for operation in [ARM64.FloatToInteger.fcvtzs, .fcvtzu] {
          add(&forms, "\(operation) w9, s\(v.rawValue), #\(bits)") {
            $0.convert(operation, .x9, v, fractionBits: bits)
          }
        }
        for operation in ARM64.IntegerToFloat.allCases {
          add(&forms, "\(operation) s\(v.rawValue), w9, #\(bits)") {
            $0.convert(operation, v, .x9, fractionBits: bits)
          }
        }
      }
      add(&forms, "fcvt d5, s\(v.rawValue)") { $0.fcvt(.v5, v, from: .single) }
      add(&forms, "fcvt s5, d\(v.rawValue)") { $0.fcvt(.v5, v, from: .double) }
    }
  }
}
