// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

@testable import CortexMJIT

// MARK: Vector forms

extension X86Forms {
  private static func suffix(_ precision: X86.Precision) -> String {
    precision == .single ? "ss" : "sd"
  }

  private static func size(_ precision: X86.Precision) -> String {
    precision == .single ? "dword ptr" : "qword ptr"
  }

  static func scalars(_ forms: inout EmittedForms) {
    for precision in X86.Precision.allCases {
      let (suffix, size) = (suffix(precision), size(precision))
      for d in vectors {
        for a in vectors {
          for b in vectors {
            for operation in X86.Arithmetic.allCases {
              add(&forms, "v\(operation)\(suffix) \(d), \(a), \(b)") {
                $0.scalar(operation, precision, d, a, b)
              }
            }
            for operation in X86.Fused.allCases {
              for order in X86.FusedOrder.allCases {
                let name = "vf\(operation)\("\(order)".dropFirst())\(suffix)"
                add(&forms, "\(name) \(d), \(a), \(b)") {
                  $0.fused(operation, order, precision, d, a, b)
                }
                add(&forms, "\(name) \(d), \(a), \(size) [rbp+\(b.rawValue)]") {
                  $0.fused(operation, order, precision, d, a, .at(.rbp, Int(b.rawValue)))
                }
              }
            }
          }
          for (text, memory) in addresses {
            add(&forms, "vadd\(suffix) \(d), \(a), \(size) \(text)") {
              $0.scalar(.add, precision, d, a, memory)
            }
          }
          add(&forms, "vucomi\(suffix) \(d), \(a)") { $0.ucomis(precision, d, a) }
        }
        for (text, memory) in addresses {
          add(&forms, "vucomi\(suffix) \(d), \(size) \(text)") { $0.ucomis(precision, d, memory) }
          add(&forms, "vmov\(suffix) \(d), \(size) \(text)") { $0.movs(precision, d, memory) }
          add(&forms, "vmov\(suffix) \(size) \(text), \(d)") { $0.movs(precision, memory, d) }
        }
      }
    }
  }

  static func conversions(_ forms: inout EmittedForms) {
    for v in vectors {
      for width in widths {
        for r in some {
          let general = name(r, width)
          let move = width == .dword ? "vmovd" : "vmovq"
          add(&forms, "\(move) \(v), \(general)") { $0.movd(v, r, width) }
          add(&forms, "\(move) \(general), \(v)") { $0.movd(r, v, width) }
          for precision in X86.Precision.allCases {
            let suffix = suffix(precision)
            add(&forms, "vcvtsi2\(suffix) \(v), xmm5, \(general)") {
              $0.cvtsi2s(precision, v, .xmm5, r, width)
            }
            add(&forms, "vcvtt\(suffix)2si \(general), \(v)") {
              $0.cvtts2si(precision, r, v, width)
            }
            add(&forms, "vcvt\(suffix)2si \(general), \(v)") { $0.cvts2si(precision, r, v, width) }
          }
        }
      }
      for s in vectors {
        add(&forms, "vmovaps \(v), \(s)") { $0.movaps(v, s) }
        add(&forms, "vcvtss2sd \(v), xmm5, \(s)") { $0.cvts2s(.single, v, .xmm5, s) }
        add(&forms, "vcvtsd2ss \(v), xmm5, \(s)") { $0.cvts2s(.double, v, .xmm5, s) }
      }
    }
    for (text, memory) in addresses {
      add(&forms, "vldmxcsr dword ptr \(text)") { $0.ldmxcsr(memory) }
      add(&forms, "vstmxcsr dword ptr \(text)") { $0.stmxcsr(memory) }
    }
  }

  static func packed(_ forms: inout EmittedForms) {
    for operation in X86.Packed.allCases {
      for d in vectors {
        for a in vectors {
          for b in vectors {
            add(&forms, "v\(operation) \(d), \(a), \(b)") { $0.packed(operation, d, a, b) }
          }
        }
      }
      for (text, memory) in addresses {
        add(&forms, "v\(operation) xmm1, xmm2, xmmword ptr \(text)") {
          $0.packed(operation, .xmm1, .xmm2, memory)
        }
      }
    }
  }
}
