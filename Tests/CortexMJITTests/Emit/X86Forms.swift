// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

@testable import CortexMJIT

/// Every form of instruction, over registers, widths and addresses that encode differently.
enum X86Forms {
  static func all() -> EmittedForms {
    var forms = EmittedForms()
    moves(&forms)
    extending(&forms)
    stack(&forms)
    arithmetic(&forms)
    unary(&forms)
    shifts(&forms)
    bits(&forms)
    indirect(&forms)
    scalars(&forms)
    conversions(&forms)
    packed(&forms)
    return forms
  }

  static func bytes(_ write: (inout X86Assembler) -> Void) -> [UInt8] {
    let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: 512)
    defer { memory.deallocate() }
    var assembler = X86Assembler(code: memory, capacity: 512)
    write(&assembler)
    return (0..<assembler.position).map { memory[$0] }
  }

  static func add(
    _ forms: inout EmittedForms, _ text: String, _ write: (inout X86Assembler) -> Void
  ) {
    forms.append(text, bytes(write))
  }

  // MARK: Operands

  static let registers = X86.Register.allCases
  static let widths = X86.Width.allCases
  /// Those that encode differently: the accumulator, a byte register with REX, extended ones.
  static let some: [X86.Register] = [.rax, .rcx, .rsp, .rdi, .r9, .r15]
  static let vectors: [X86.Vector] = [.xmm0, .xmm3, .xmm9, .xmm15]

  static let addresses: [(text: String, memory: X86.Memory)] = [
    ("[rax]", .at(.rax)), ("[rsp]", .at(.rsp)), ("[rbp]", .at(.rbp)), ("[r12]", .at(.r12)),
    ("[r13]", .at(.r13)), ("[rcx+127]", .at(.rcx, 127)), ("[rbp-128]", .at(.rbp, -128)),
    ("[rbp+128]", .at(.rbp, 128)), ("[r12-129]", .at(.r12, -129)),
    ("[r15+0x12345678]", .at(.r15, 0x1234_5678)), ("[rbp+rcx+0x1000]", .at(.rbp, .rcx, 0x1000)),
    ("[rbp+rax]", .at(.rbp, .rax)), ("[r13+r12*2]", .at(.r13, .r12, times: 2)),
    ("[rax+r9*4-1]", .at(.rax, .r9, times: 4, -1)), ("[r8+rdi*8]", .at(.r8, .rdi, times: 8)),
    ("[rsp+rdx*4+300]", .at(.rsp, .rdx, times: 4, 300)),
    ("[rdx*8+16]", .scaled(.rdx, times: 8, 16)), ("[r11*4]", .scaled(.r11, times: 4)),
  ]

  static func name(_ register: X86.Register, _ width: X86.Width) -> String {
    if width == .qword { return "\(register)" }
    return register.rawValue < 8 ? "e\("\(register)".dropFirst())" : "\(register)d"
  }

  static func byteName(_ register: X86.Register) -> String {
    switch register {
    case .rax, .rcx, .rdx, .rbx: "\("\(register)".dropFirst().dropLast())l"
    case .rsp, .rbp, .rsi, .rdi: "\("\(register)".dropFirst())l"
    default: "\(register)b"
    }
  }

  static func halfName(_ register: X86.Register) -> String {
    register.rawValue < 8 ? String("\(register)".dropFirst()) : "\(register)w"
  }

  static func accessName(_ register: X86.Register, _ access: X86.Access) -> String {
    switch access {
    case .byte: byteName(register)
    case .half: halfName(register)
    case .word: name(register, .dword)
    }
  }

  static func size(_ access: X86.Access) -> String {
    ["byte ptr", "word ptr", "dword ptr"][Int(access.rawValue)]
  }

  static func size(_ width: X86.Width) -> String { "\(width) ptr" }
}

// MARK: Integer forms

extension X86Forms {
  static func moves(_ forms: inout EmittedForms) {
    for width in widths {
      for d in registers {
        for s in registers {
          add(&forms, "mov \(name(d, width)), \(name(s, width))") { $0.mov(d, s, width) }
        }
      }
      for d in some {
        for (text, memory) in addresses {
          add(&forms, "mov \(name(d, width)), \(text)") { $0.mov(d, memory, width) }
          add(&forms, "mov \(text), \(name(d, width))") { $0.mov(memory, d, width) }
          add(&forms, "lea \(name(d, width)), \(text)") { $0.lea(d, memory, width) }
          add(&forms, "test \(text), \(name(d, width))") { $0.test(memory, d, width) }
        }
      }
    }
    for d in registers {
      add(&forms, "mov \(name(d, .dword)), 0x89ABCDEF") { $0.mov(d, immediate: 0x89AB_CDEF) }
      for value: UInt64 in [5, 0x89AB_CDEF, 0xFFFF_FFFF_8000_0000, 0x1234_5678_9ABC_DEF0] {
        let form = value >> 32 == 0 ? name(d, .dword) : "\(d)"
        add(&forms, "mov \(form), 0x\(String(value, radix: 16))") { $0.mov(d, long: value) }
      }
    }
    for (text, memory) in addresses {
      add(&forms, "mov dword ptr \(text), 0x12345678") { $0.mov(memory, immediate: 0x1234_5678) }
      add(&forms, "mov qword ptr \(text), -2") { $0.mov(memory, immediate: 0xFFFF_FFFE, .qword) }
      add(&forms, "mov byte ptr \(text), 0xAB") { $0.mov(memory, byte: 0xAB) }
      add(&forms, "mov word ptr \(text), 0xABCD") { $0.mov(memory, half: 0xABCD) }
    }
  }

  static func extending(_ forms: inout EmittedForms) {
    for access in X86.Access.allCases {
      for d in some {
        for (text, memory) in addresses {
          let value = accessName(d, access)
          add(&forms, "mov \(text), \(value)") { $0.store(access, memory, d) }
          let zero = access == .word ? "mov" : "movzx"
          let signed = access == .word ? "movsxd" : "movsx"
          let operand = "\(size(access)) \(text)"
          add(&forms, "\(zero) \(name(d, .dword)), \(operand)") { $0.movzx(d, access, memory) }
          add(&forms, "\(signed) \(d), \(operand)") { $0.movsx(d, access, memory, .qword) }
          guard access != .word else { continue }
          add(&forms, "movsx \(name(d, .dword)), \(operand)") { $0.movsx(d, access, memory) }
        }
        for s in registers {
          let source = accessName(s, access)
          let zero = access == .word ? "mov" : "movzx"
          let signed = access == .word ? "movsxd" : "movsx"
          add(&forms, "\(zero) \(name(d, .dword)), \(source)") { $0.movzx(d, access, s) }
          add(&forms, "\(signed) \(d), \(source)") { $0.movsx(d, access, s, .qword) }
          guard access != .word else { continue }
          add(&forms, "movsx \(name(d, .dword)), \(source)") { $0.movsx(d, access, s) }
        }
      }
    }
  }

  static func stack(_ forms: inout EmittedForms) {
    for register in registers {
      add(&forms, "push \(register)") { $0.push(register) }
      add(&forms, "pop \(register)") { $0.pop(register) }
    }
    for c in X86.Condition.allCases {
      for d in registers { add(&forms, "set\(c) \(byteName(d))") { $0.set(c, d) } }
      add(&forms, "set\(c) byte ptr [rbp+5]") { $0.set(c, .at(.rbp, 5)) }
      for width in widths {
        add(&forms, "cmov\(c) \(name(.r9, width)), \(name(.rdx, width))") {
          $0.cmov(c, .r9, .rdx, width)
        }
        add(&forms, "cmov\(c) \(name(.rdx, width)), [rbp+5]") {
          $0.cmov(c, .rdx, .at(.rbp, 5), width)
        }
      }
    }
    let plain: [(String, (inout X86Assembler) -> Void)] = [
      ("lahf", { $0.lahf() }), ("sahf", { $0.sahf() }), ("cmc", { $0.cmc() }),
      ("stc", { $0.stc() }), ("clc", { $0.clc() }), ("pushfq", { $0.pushfq() }),
      ("popfq", { $0.popfq() }), ("cdq", { $0.cdq() }), ("int3", { $0.int3() }),
      ("nop", { $0.nop() }), ("ret", { $0.ret() }),
      ("xchg ecx, r9d", { $0.xchg(.rcx, .r9) }), ("xchg rdx, rbx", { $0.xchg(.rdx, .rbx, .qword) }),
    ]
    for (text, write) in plain { add(&forms, text, write) }
  }

  static func arithmetic(_ forms: inout EmittedForms) {
    for operation in X86.ALU.allCases {
      for width in widths {
        for d in some {
          let left = name(d, width)
          for s in some {
            add(&forms, "\(operation) \(left), \(name(s, width))") {
              $0.alu(operation, d, s, width)
            }
          }
          for value: Int32 in [1, -128, 127, 128, -129, .max, .min] {
            add(&forms, "\(operation) \(left), \(value)") { $0.alu(operation, d, value, width) }
          }
          let (text, memory) = addresses[Int(d.rawValue)]
          add(&forms, "\(operation) \(left), \(text)") { $0.alu(operation, d, memory, width) }
          add(&forms, "\(operation) \(text), \(left)") { $0.alu(operation, memory, d, width) }
          for value: Int32 in [-1, 1000] {
            add(&forms, "\(operation) \(size(width)) \(text), \(value)") {
              $0.alu(operation, memory, value, width)
            }
          }
        }
      }
      add(&forms, "\(operation) byte ptr [r12+8], 0x81") {
        $0.alu(operation, byte: .at(.r12, 8), 0x81)
      }
    }
    for a in some {
      for b in some {
        for width in widths {
          add(&forms, "test \(name(a, width)), \(name(b, width))") { $0.test(a, b, width) }
        }
      }
      add(&forms, "test \(name(a, .dword)), 0x40000000") { $0.test(a, 0x4000_0000) }
    }
    add(&forms, "test dword ptr [rbp+64], 256") { $0.test(.at(.rbp, 64), 256) }
    add(&forms, "test byte ptr [rbp+64], 1") { $0.test(byte: .at(.rbp, 64), 1) }
  }

  static func unary(_ forms: inout EmittedForms) {
    for width in widths {
      for operation in X86.Unary.allCases {
        for d in some {
          add(&forms, "\(operation) \(name(d, width))") { $0.unary(operation, d, width) }
          let (text, memory) = addresses[Int(d.rawValue)]
          add(&forms, "\(operation) \(size(width)) \(text)") { $0.unary(operation, memory, width) }
        }
      }
      for d in some {
        for s in some {
          let (left, right) = (name(d, width), name(s, width))
          add(&forms, "imul \(left), \(right)") { $0.imul(d, s, width) }
          add(&forms, "imul \(left), \(right), 100") { $0.imul(d, s, 100, width) }
          add(&forms, "imul \(left), \(right), -1000") { $0.imul(d, s, -1000, width) }
        }
        add(&forms, "imul \(name(d, width)), [rbp+4]") { $0.imul(d, .at(.rbp, 4), width) }
      }
    }
  }

  static func shifts(_ forms: inout EmittedForms) {
    for width in widths {
      for d in some {
        let left = name(d, width)
        for operation in X86.Shift.allCases {
          add(&forms, "\(operation) \(left), 1") { $0.shift(operation, d, 1, width) }
          add(&forms, "\(operation) \(left), 31") { $0.shift(operation, d, 31, width) }
          add(&forms, "\(operation) \(left), cl") { $0.shiftByCL(operation, d, width) }
        }
        for s in some {
          let right = name(s, width)
          add(&forms, "shld \(left), \(right), 7") { $0.shld(d, s, 7, width) }
          add(&forms, "shrd \(left), \(right), 7") { $0.shrd(d, s, 7, width) }
          for operation in X86.FlaglessShift.allCases {
            add(&forms, "\(operation) \(left), \(right), \(name(.r10, width))") {
              $0.shift(operation, d, s, by: .r10, width)
            }
            add(&forms, "\(operation) \(left), \(right), \(name(.rcx, width))") {
              $0.shift(operation, d, s, by: .rcx, width)
            }
          }
          add(&forms, "rorx \(left), \(right), 13") { $0.rorx(d, s, 13, width) }
        }
      }
    }
  }

  static func bits(_ forms: inout EmittedForms) {
    for width in widths {
      for d in some {
        let left = name(d, width)
        add(&forms, "bswap \(left)") { $0.bswap(d, width) }
        add(&forms, "bt \(left), 30") { $0.bt(d, 30, width) }
        for s in some {
          let right = name(s, width)
          add(&forms, "bt \(left), \(right)") { $0.bt(d, s, width) }
          add(&forms, "bsr \(left), \(right)") { $0.bsr(d, s, width) }
          add(&forms, "lzcnt \(left), \(right)") { $0.lzcnt(d, s, width) }
          add(&forms, "tzcnt \(left), \(right)") { $0.tzcnt(d, s, width) }
          add(&forms, "popcnt \(left), \(right)") { $0.popcnt(d, s, width) }
          let third = name(.r8, width)
          add(&forms, "mulx \(left), \(third), \(right)") {
            $0.mulx(high: d, low: .r8, s, width)
          }
          add(&forms, "pdep \(left), \(right), \(third)") { $0.pdep(d, s, mask: .r8, width) }
          add(&forms, "pext \(left), \(right), \(third)") { $0.pext(d, s, mask: .r8, width) }
          add(&forms, "andn \(left), \(third), \(right)") { $0.andn(d, not: .r8, s, width) }
        }
      }
    }
    add(&forms, "bt dword ptr [rbp+8], 5") { $0.bt(.at(.rbp, 8), 5) }
  }

  static func indirect(_ forms: inout EmittedForms) {
    for register in registers {
      add(&forms, "jmp \(register)") { $0.jmp(register) }
      add(&forms, "call \(register)") { $0.call(register) }
    }
    for (text, memory) in addresses {
      add(&forms, "jmp qword ptr \(text)") { $0.jmp(memory) }
      add(&forms, "call qword ptr \(text)") { $0.call(memory) }
    }
  }
}
