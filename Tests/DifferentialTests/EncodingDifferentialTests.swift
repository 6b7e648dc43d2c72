// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import CortexM

/// Every row of the instruction table against Unicorn, on random instructions and states.
///
/// `BREADBOARD_DIFFERENTIAL_CASES` is the number of cases per row, `BREADBOARD_DIFFERENTIAL_SEED`
/// where they begin (README.md).
@Suite struct EncodingDifferentialTests {
  enum Family: CaseIterable {
    case narrow, wide, floatingPoint

    func contains(_ encoding: Encoding) -> Bool {
      let isFloat = encoding.name.hasPrefix("V")
      switch self {
      case .narrow: return encoding.pattern.width == 16
      case .wide: return encoding.pattern.width == 32 && !isFloat
      case .floatingPoint: return encoding.pattern.width == 32 && isFloat
      }
    }
  }

  @Test(arguments: Subject.all, Family.allCases)
  func encoding_doesWhatUnicornDoes(subject: Subject, family: Family) throws {
    let comparison = try Comparison(subject)
    let rows = subject.core.rows.filter(family.contains)
    let compared = rows.reduce(0) { $0 + (compare($1, by: comparison) ? 1 : 0) }
    let count = Sweep.casesPerRow(subject.core)
    print("\(subject), \(family): \(compared) of \(rows.count) encodings, \(count) cases each")
  }

  /// Rows that Unicorn cannot show; what they do is tested with the core.
  @Test func excludedRows_areTheseAndNoOthers() {
    let excluded = Encoding.all.filter {
      EncodingCases(encoding: $0, core: .cortexM7).makeCase(seed: 1) == nil
    }
    #expect(
      excluded.map(\.name).sorted() == [
        "BKPT T1", "CDP T1", "CDP2 T2", "LDC T1", "LDC2 T2", "MCR T1", "MCR2 T2", "MCRR T1",
        "MCRR2 T2", "MRC T1", "MRC2 T2", "MRRC T1", "MRRC2 T2", "MRS T1, masks", "MSR T1, masks",
        "STC T1", "STC2 T2", "SVC T1",
        "UDF T1", "UDF T2", "WFE T1", "WFE T2", "WFI T1", "WFI T2", "YIELD T1", "YIELD T2",
      ])
  }

  /// What the core does not have is UNDEFINED to both.
  @Test(arguments: Subject.all)
  func absentEncoding_isRefused(subject: Subject) throws {
    let comparison = try Comparison(subject)
    var bits = SeededBits(seed: 3)
    for row in Encoding.all where !subject.core.architecture.has(row.level) {
      for _ in 0..<20 {
        let word = row.randomWord(using: &bits)
        var test = DifferentialCase(seed: 3)
        test.state = .random(for: subject.core, using: &bits)
        test.append(word, isWide: row.pattern.width == 32)
        let endings = comparison.endings(of: test)
        #expect(endings.ours == .faulted, "\(row.name): \(hex(word))")
        if Exclusion.ofAbsent(row, subject.core) == nil {
          #expect(endings.reference == .faulted, "Unicorn, \(row.name): \(hex(word))")
        }
      }
    }
  }

  /// False when the row is excluded.
  private func compare(_ encoding: Encoding, by comparison: Comparison) -> Bool {
    let cases = EncodingCases(encoding: encoding, core: comparison.subject.core)
    let count = Sweep.casesPerRow(comparison.subject.core)
    var failures = 0
    for index in 0..<count {
      let seed = Sweep.seed(row: encoding.name, index: index)
      guard let test = cases.makeCase(seed: seed) else { return false }
      guard let disagreement = comparison.disagreement(on: test) else { continue }
      failures += 1
      if failures <= 2 { Issue.record("\(encoding.name), case \(index), \(disagreement)") }
    }
    if failures > 2 {
      Issue.record(
        "\(comparison.subject), \(encoding.name): \(failures) of \(count) differ")
    }
    return true
  }
}

/// How much is compared, from the environment.
enum Sweep {
  /// In CI, most cases of the core that our boards have most of.
  static func casesPerRow(_ core: TestedCore) -> Int {
    number("BREADBOARD_DIFFERENTIAL_CASES") ?? (core == .cortexM4F ? 200 : 60)
  }

  /// Cases of each core and tier against the stepper; nil is the slice for every day.
  static let tierCases = number("BREADBOARD_TIER_CASES")
  static let seed = UInt64(number("BREADBOARD_DIFFERENTIAL_SEED") ?? 1)

  private static func number(_ variable: String) -> Int? {
    ProcessInfo.processInfo.environment[variable].flatMap { Int($0) }
  }

  /// FNV-1a of the row's name, so that a row's cases do not depend on its place in the table.
  static func seed(row: String, index: Int) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in row.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return (hash ^ seed &* 0x9E37_79B9_7F4A_7C15) &+ UInt64(index) &* 0xD134_2543_DE82_EF95
  }
}
