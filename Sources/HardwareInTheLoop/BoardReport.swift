// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Two boards side by side: outputs, which must be equal, cycles, and wall time.
public struct BoardReport: Equatable, Sendable {
  public var first: BoardRecord
  public var second: BoardRecord

  public init(_ first: BoardRecord, _ second: BoardRecord) {
    (self.first, self.second) = (first, second)
  }

  /// One injection on both.
  public struct Row: Equatable, Sendable {
    public var name: String
    /// What differs, a line each; empty where both gave the same.
    public var differences: [String]
    public var inferences: Int
    /// The longest run by task, on the first and on the second.
    public var worst: [(task: String, first: UInt32, second: UInt32)]
    public var wallSeconds: (first: Double, second: Double)

    public static func == (a: Row, b: Row) -> Bool {
      a.name == b.name && a.differences == b.differences && a.inferences == b.inferences
        && a.worst.elementsEqual(b.worst) { $0 == $1 } && a.wallSeconds == b.wallSeconds
    }
  }

  public var rows: [Row] {
    let names =
      first.steps.map(\.name)
      + second.steps.map(\.name).filter { name in
        !first.steps.contains { $0.name == name }
      }
    return names.map(row)
  }

  public var isEqual: Bool { rows.allSatisfy(\.differences.isEmpty) }

  private func row(_ name: String) -> Row {
    let (a, b) = (first.steps.first { $0.name == name }, second.steps.first { $0.name == name })
    guard let a, let b else {
      let missing = a == nil ? first : second
      return Row(
        name: name, differences: ["was not run on the \(missing.kind) \(missing.board)"],
        inferences: 0, worst: [], wallSeconds: (a?.wallSeconds ?? 0, b?.wallSeconds ?? 0))
    }
    let tasks = Set(a.cycles.keys).union(b.cycles.keys).sorted()
    return Row(
      name: name, differences: Self.differences(a, b), inferences: a.outputs.count,
      worst: tasks.map { ($0, a.cycles[$0]?.max() ?? 0, b.cycles[$0]?.max() ?? 0) },
      wallSeconds: (a.wallSeconds, b.wallSeconds))
  }

  private static func differences(_ a: BoardRecord.Step, _ b: BoardRecord.Step) -> [String] {
    var found: [String] = []
    if a.outputs.count != b.outputs.count {
      found.append("\(a.outputs.count) and \(b.outputs.count) inferences")
    }
    for (index, (left, right)) in zip(a.outputs, b.outputs).enumerated() where left != right {
      found.append("inference \(index + 1): \(left) and \(right)")
    }
    if a.lines != b.lines { found.append("printed \(a.lines) and \(b.lines)") }
    return found
  }

  // MARK: For people

  public func text() -> String {
    var lines = ["\(first.board), \(first.kind), and \(second.board), \(second.kind)"]
    for row in rows {
      let verdict = row.differences.isEmpty ? "\(row.inferences) inferences equal" : "DIFFERENT"
      lines.append("  \(row.name): \(verdict)")
      for difference in row.differences { lines.append("    \(difference)") }
      for (task, a, b) in row.worst {
        lines.append("    \(task): worst \(a) and \(b) cycles (\(Self.percent(a, b)))")
      }
      lines.append(
        "    wall time \(Self.seconds(row.wallSeconds.first)) and "
          + "\(Self.seconds(row.wallSeconds.second))")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// By how much the second takes longer.
  private static func percent(_ first: UInt32, _ second: UInt32) -> String {
    guard first > 0 else { return "no figure" }
    let value = (Double(second) / Double(first) - 1) * 100
    return (value < 0 ? "" : "+") + String(format: "%.2f", value) + " %"
  }

  private static func seconds(_ value: Double) -> String { String(format: "%.2f", value) + " s" }

  // MARK: For machines

  /// JUnit's XML, which CI systems show: a case an injection, and one that compares.
  public func junit() -> String {
    let rows = rows
    let failures = rows.filter { !$0.differences.isEmpty }.count
    var text = """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuites>
        <testsuite name="\(Self.escaped(first.board))" tests="\(rows.count)" failures="\(failures)">

      """
    for row in rows {
      let time = String(format: "%.3f", row.wallSeconds.first + row.wallSeconds.second)
      text += "    <testcase classname=\"\(first.kind) and \(second.kind)\" "
      text += "name=\"\(Self.escaped(row.name))\" time=\"\(time)\""
      if row.differences.isEmpty {
        text += "/>\n"
      } else {
        let body = Self.escaped(row.differences.joined(separator: "\n"))
        text +=
          ">\n      <failure message=\"the boards differ\">\(body)</failure>\n    </testcase>\n"
      }
    }
    return text + "  </testsuite>\n</testsuites>\n"
  }

  public func write(junit path: String) throws { try Self.write(Data(junit().utf8), to: path) }

  static func write(_ data: Data, to path: String) throws {
    do {
      try data.write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw BoardError(
        "\(path) cannot be written", remedy: "check that its folder exists and may be written")
    }
  }

  /// XML 1.0: markup is escaped, and control characters, which it has no way to hold, become
  /// U+FFFD.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
      case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF:
        result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
