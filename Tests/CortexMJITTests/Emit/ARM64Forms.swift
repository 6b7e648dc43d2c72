// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

@testable import CortexMJIT

typealias ARM64 = ARM64Assembler

/// Every form of instruction, over registers, widths and immediates that encode differently.
enum ARM64Forms {
  static func all() -> EmittedForms {
    var forms = EmittedForms()
    sums(&forms)
    logic(&forms)
    moves(&forms)
    bits(&forms)
    products(&forms)
    conditions(&forms)
    control(&forms)
    transfers(&forms)
    pairs(&forms)
    floats(&forms)
    conversions(&forms)
    return forms
  }

  static func bytes(_ write: (inout ARM64Assembler) -> Void) -> [UInt8] {
    let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)
    defer { memory.deallocate() }
    var assembler = ARM64Assembler(code: memory, capacity: 256)
    write(&assembler)
    if assembler.hasFailed { return [] }
    return (0..<assembler.position).map { memory[$0] }
  }

  static func add(
    _ forms: inout EmittedForms, _ text: String, _ write: (inout ARM64Assembler) -> Void
  ) {
    forms.append(text, bytes(write))
  }

  // MARK: Operands

  static let some: [ARM64.Register] = [.x0, .x5, .x18, .x30, .zr]
  static let based: [ARM64.Register] = [.x0, .x19, .x30, .sp]
  static let widths = ARM64.Width.allCases
  static let vectors: [ARM64.Vector] = [.v0, .v7, .v16, .v31]

  static func name(_ register: ARM64.Register, _ width: ARM64.Width) -> String {
    if register == .zr { return "\(width)zr" }
    return "\(width)\(register.rawValue)"
  }

  static func base(_ register: ARM64.Register) -> String {
    register == .sp ? "sp" : "x\(register.rawValue)"
  }

  static func name(_ vector: ARM64.Vector, _ precision: ARM64.Precision) -> String {
    (precision == .single ? "s" : "d") + "\(vector.rawValue)"
  }

  static func triples(_ body: (ARM64.Register, ARM64.Register, ARM64.Register) -> Void) {
    for d in some { for n in some { for m in some { body(d, n, m) } } }
  }

  // MARK: Integers

  static func sums(_ forms: inout EmittedForms) {
    for width in widths {
      triples { d, n, m in
        let (dn, mn) = ("\(name(d, width)), \(name(n, width))", name(m, width))
        for operation in ARM64.Arithmetic.allCases {
          add(&forms, "\(operation) \(dn), \(mn)") {
            $0.arithmetic(operation, d, n, m, width: width)
          }
          for shift in [ARM64.Shift.lsl, .lsr, .asr] {
            add(&forms, "\(operation) \(dn), \(mn), \(shift) #31") {
              $0.arithmetic(operation, d, n, m, shift, 31, width: width)
            }
          }
        }
        for operation in ARM64.CarryArithmetic.allCases {
          add(&forms, "\(operation) \(dn), \(mn)") {
            $0.arithmetic(operation, d, n, m, width: width)
          }
        }
      }
      for value: UInt32 in [0, 1, 0xFFF, 0x1000, 0xFF_F000] {
        for operation in ARM64.Arithmetic.allCases {
          add(&forms, "\(operation) \(name(.x3, width)), \(name(.x9, width)), #\(value)") {
            $0.arithmetic(operation, .x3, .x9, immediate: value, width: width)
          }
        }
      }
    }
    add(&forms, "sub sp, sp, #32") { $0.arithmetic(.sub, .sp, .sp, immediate: 32, width: .x) }
    for extend in ARM64.Extend.allCases {
      let m = extend == .uxtx || extend == .sxtx ? "x7" : "w7"
      for operation in ARM64.Arithmetic.allCases {
        add(&forms, "\(operation) x3, x9, \(m), \(extend) #2") {
          $0.arithmetic(operation, .x3, .x9, .x7, extend, 2, width: .x)
        }
      }
    }
  }

  static func logic(_ forms: inout EmittedForms) {
    let patterns: [UInt64] = [
      1, 0xFF, 0xFF00, 0x8000_0000, 0xFFFC_0003, 0x5555_5555, 0x00FF_00FF, 0xFFFF_FFFE, 0x7FFF_FFFC,
      0x0F0F_0F0F, 0xC000_0001, 0x6666_6666, 0x8181_8181,
    ]
    let wide: [UInt64] = [
      0x8000_0000_0000_0000, 0x0000_FFFF_0000_FFFF, 0xFFFF_FFFF_0000_0000, 0x7FFF_FFFF_FFFF_FFFE,
      0x8000_0000_0000_0001, 0xAAAA_AAAA_AAAA_AAAA,
    ]
    for operation in ARM64.Logical.allCases {
      for width in widths {
        triples { d, n, m in
          let operands = "\(name(d, width)), \(name(n, width)), \(name(m, width))"
          add(&forms, "\(operation) \(operands)") { $0.logical(operation, d, n, m, width: width) }
          for shift in ARM64.Shift.allCases {
            add(&forms, "\(operation) \(operands), \(shift) #17") {
              $0.logical(operation, d, n, m, shift, 17, width: width)
            }
          }
        }
      }
      guard operation.rawValue & 1 == 0 else { continue }
      for value in patterns {
        add(&forms, "\(operation) w3, w9, #\(value)") {
          $0.logical(operation, .x3, .x9, immediate: value)
        }
      }
      for value in wide {
        add(&forms, "\(operation) x3, x9, #0x\(String(value, radix: 16))") {
          $0.logical(operation, .x3, .x9, immediate: value, width: .x)
        }
      }
    }
  }

  static func moves(_ forms: inout EmittedForms) {
    for operation in ARM64.MoveWide.allCases {
      for position in UInt32(0)..<4 {
        for width in widths where width == .x || position < 2 {
          add(&forms, "\(operation) \(name(.x11, width)), #0xABCD, lsl #\(16 * position)") {
            $0.move(operation, .x11, 0xABCD, at: position, width: width)
          }
        }
      }
    }
    for width in widths {
      add(&forms, "mov \(name(.x4, width)), \(name(.x29, width))") {
        $0.mov(.x4, .x29, width: width)
      }
    }
  }

  static func bits(_ forms: inout EmittedForms) {
    for width in widths {
      let (d, n, m) = (name(.x3, width), name(.x30, width), name(.x17, width))
      for operation in ARM64.Bitfield.allCases {
        add(&forms, "\(operation) \(d), \(n), #5, #30") {
          $0.bitfield(operation, .x3, .x30, 5, 30, width: width)
        }
      }
      for shift in ARM64.Shift.allCases {
        for amount: UInt32 in [1, 7, 31] {
          add(&forms, "\(shift) \(d), \(n), #\(amount)") {
            $0.shift(shift, .x3, .x30, amount, width: width)
          }
        }
      }
      add(&forms, "sxtb \(d), w30") { $0.extend(.x3, .x30, bits: 8, signed: true, width: width) }
      add(&forms, "sxth \(d), w30") { $0.extend(.x3, .x30, bits: 16, signed: true, width: width) }
      add(&forms, "ubfx \(d), \(n), #4, #9") {
        $0.field(.x3, .x30, lowest: 4, bits: 9, signed: false, width: width)
      }
      add(&forms, "sbfx \(d), \(n), #4, #9") {
        $0.field(.x3, .x30, lowest: 4, bits: 9, signed: true, width: width)
      }
      for lowest: UInt32 in [0, 8, 20] {
        add(&forms, "bfi \(d), \(n), #\(lowest), #12") {
          $0.insert(.x3, .x30, lowest: lowest, bits: 12, width: width)
        }
      }
      add(&forms, "extr \(d), \(n), \(m), #13") { $0.extract(.x3, .x30, .x17, 13, width: width) }
      for operation in ARM64.TwoSource.allCases {
        add(&forms, "\(operation) \(d), \(n), \(m)") {
          $0.binary(operation, .x3, .x30, .x17, width: width)
        }
      }
      for operation in ARM64.OneSource.allCases {
        if operation == .rev64, width == .w { continue }
        let text =
          operation == .rev64 || (operation == .rev32 && width == .w) ? "rev" : "\(operation)"
        add(&forms, "\(text) \(d), \(n)") { $0.unary(operation, .x3, .x30, width: width) }
      }
    }
    add(&forms, "sxtw x3, w30") { $0.extend(.x3, .x30, bits: 32, signed: true, width: .x) }
    add(&forms, "uxtb w3, w30") { $0.extend(.x3, .x30, bits: 8, signed: false) }
    add(&forms, "uxth w3, w30") { $0.extend(.x3, .x30, bits: 16, signed: false) }
  }

  static func products(_ forms: inout EmittedForms) {
    triples { d, n, m in
      for operation in ARM64.Product.allCases {
        if operation == .madd || operation == .msub {
          for width in widths {
            let text = [d, n, m, .x12].map { name($0, width) }.joined(separator: ", ")
            add(&forms, "\(operation) \(text)") {
              $0.multiply(operation, d, n, m, .x12, width: width)
            }
          }
        } else {
          add(&forms, "\(operation) \(name(d, .x)), \(name(n, .w)), \(name(m, .w)), x12") {
            $0.multiply(operation, d, n, m, .x12)
          }
        }
      }
      let text = [d, n, m].map { name($0, .x) }.joined(separator: ", ")
      add(&forms, "smulh \(text)") { $0.multiplyHigh(d, n, m, signed: true) }
      add(&forms, "umulh \(text)") { $0.multiplyHigh(d, n, m, signed: false) }
    }
  }

  static func conditions(_ forms: inout EmittedForms) {
    for condition in ARM64.Condition.allCases {
      for width in widths {
        let (d, n, m) = (name(.x3, width), name(.x30, width), name(.x17, width))
        for operation in ARM64.Selection.allCases {
          add(&forms, "\(operation) \(d), \(n), \(m), \(condition)") {
            $0.select(operation, .x3, .x30, .x17, condition, width: width)
          }
        }
        for operation in ARM64.Comparison.allCases {
          add(&forms, "\(operation) \(n), \(m), #5, \(condition)") {
            $0.compare(operation, .x30, .x17, else: 5, condition, width: width)
          }
          add(&forms, "\(operation) \(n), #19, #10, \(condition)") {
            $0.compare(operation, .x30, immediate: 19, else: 10, condition, width: width)
          }
        }
      }
      if condition != .al { add(&forms, "cset w9, \(condition)") { $0.set(.x9, condition) } }
    }
    for (lowest, mask) in [(UInt32(0), UInt32(15)), (28, 3), (63, 2)] {
      add(&forms, "rmif x9, #\(lowest), #\(mask)") { $0.rmif(.x9, lowest: lowest, mask: mask) }
    }
    for register in ARM64.SystemRegister.allCases {
      add(&forms, "mrs x9, \(register)") { $0.mrs(.x9, register) }
      add(&forms, "msr \(register), x9") { $0.msr(register, .x9) }
    }
  }
}
