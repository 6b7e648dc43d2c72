// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import HardwareInTheLoop

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct BoardReportTests {
  private func record(
    _ kind: BoardKind, outputs: [[UInt8]] = [[1, 2], [3, 4]], cycles: UInt32 = 1000,
    name: String = "three <&> \"one\"", lines: [String] = ["heard"]
  ) -> BoardRecord {
    var record = BoardRecord(board: "Board & Co", kind: kind)
    let injected = Injected(outputs: outputs, cycles: ["inference": [cycles, 5]], lines: lines)
    record.steps = [
      BoardRecord.Step(name: name, injected, wall: .milliseconds(1500), board: .seconds(2))
    ]
    return record
  }

  @Test func equalBoards_areEqual_whateverTheirDurations() {
    let report = BoardReport(record(.emulated), record(.physical, cycles: 1010))
    #expect(report.isEqual)
    #expect(report.text().contains("2 inferences equal"))
    #expect(report.text().contains("inference: worst 1000 and 1010 cycles (+1.00 %)"))
    #expect(report.text().contains("wall time 1.50 s and 1.50 s"))
  }

  @Test func everyDifference_isNamed() {
    let other = record(.physical, outputs: [[1, 2], [3, 5]], lines: ["heard", "more"])
    let report = BoardReport(record(.emulated), other)
    #expect(!report.isEqual)
    #expect(
      report.rows.first?.differences == [
        "inference 2: 0304 and 0305", "printed [\"heard\"] and [\"heard\", \"more\"]",
      ])
    let fewer = BoardReport(record(.emulated), record(.physical, outputs: [[1, 2]]))
    #expect(fewer.rows.first?.differences == ["2 and 1 inferences"])
  }

  @Test func stepThatOneBoardLacks_isADifference() {
    let report = BoardReport(record(.emulated), BoardRecord(board: "B", kind: .physical))
    #expect(report.rows.map(\.differences) == [["was not run on the physical B"]])
  }

  @Test func junit_isXML_withACaseAStep() throws {
    let other = record(.physical, outputs: [[9, 2], [3, 4]], lines: ["\u{1B}[1m <b>"])
    let report = BoardReport(record(.emulated), other)
    let cases = Cases()
    let parser = XMLParser(data: Data(report.junit().utf8))
    parser.delegate = cases
    #expect(parser.parse())
    #expect(cases.names == ["three <&> \"one\""])
    #expect(cases.failures == 1)
    #expect(BoardReport(record(.emulated), record(.physical)).junit().contains("failures=\"0\""))
  }

  @Test func record_comesBackFromItsFile() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).json").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try record(.emulated).write(path)
    #expect(try BoardRecord.read(path) == record(.emulated))
    try Data("{}".utf8).write(to: URL(fileURLWithPath: path))
    #expect(
      throws: BoardError(
        "\(path) is no record of a board", remedy: "write one with BoardUnderTest.write(record:)")
    ) {
      try BoardRecord.read(path)
    }
    #expect(
      throws: BoardError(
        "/none/x.json cannot be written", remedy: "check that its folder exists and may be written")
    ) {
      try record(.emulated).write("/none/x.json")
    }
  }

  private final class Cases: NSObject, XMLParserDelegate {
    var names: [String] = []
    var failures = 0

    func parser(
      _ parser: XMLParser, didStartElement element: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) {
      if element == "testcase" { names.append(attributes["name"] ?? "") }
      if element == "failure" { failures += 1 }
    }
  }
}
