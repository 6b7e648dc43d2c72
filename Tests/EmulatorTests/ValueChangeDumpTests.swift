// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Emulator

@Suite struct ValueChangeDumpTests {
  private final class Text { var bytes: [UInt8] = [] }

  /// What is written once a wire and a text have been declared.
  private func changes(
    patience: UInt64 = 10,
    _ body: (inout ValueChangeDump, ValueChangeDump.Variable, ValueChangeDump.Variable) -> Void
  ) -> [Substring] {
    let text = Text()
    var dump = ValueChangeDump(patience: patience) { text.bytes += $0 }
    let (wire, name) = (dump.wire("w"), dump.text("n"))
    dump.endHead([])
    body(&dump, wire, name)
    let lines = String(decoding: text.bytes, as: UTF8.self).split(separator: "\n")
    return Array(lines[((lines.lastIndex(of: "$end") ?? -1) + 1)...])
  }

  @Test func changesOutOfOrder_comeInTheOrderOfTime() {
    let lines = changes { dump, wire, name in
      dump.change(wire, .bit(true), at: 12)
      dump.change(name, .text("late"), at: 7)
      dump.change(name, .text("with space"), at: 12)
      dump.finish(at: 20)
    }
    #expect(lines == ["#7", "slate \"", "#12", "1!", "swith_space \"", "#20"])
  }

  @Test func changeThatIsTooLate_keepsTimeFromGoingBack() {
    let lines = changes(patience: 5) { dump, wire, _ in
      for time: UInt64 in 0..<300 { dump.change(wire, .bit(time & 1 != 0), at: time * 10) }
      dump.change(wire, .bit(true), at: 3)
      dump.finish(at: 0)
    }
    let times = lines.filter { $0.first == "#" }.compactMap { UInt64($0.dropFirst()) }
    #expect(times == times.sorted() && Set(times).count == times.count)
    #expect(lines.filter { $0.first != "#" }.count == 301)
  }

  @Test func stormAtOneInstant_isWritten() {
    let lines = changes { dump, wire, _ in
      for _ in 0..<100_000 { dump.change(wire, .happens, at: 1) }
      dump.finish(at: 1)
    }
    #expect(lines.count == 100_001)
  }

  @Test func codes_areShortAndDifferent() {
    let codes = (0..<20_000).map(ValueChangeDump.code)
    #expect(Set(codes).count == codes.count)
    #expect(codes.allSatisfy { $0.count <= 3 && $0.allSatisfy { (33..<127).contains($0) } })
  }

  @Test func topics_areReadFromAList() throws {
    #expect(try EventLog.Topic.list("irq,guest-errors") == [.irq, .guestErrors])
    #expect(try EventLog.Topic.list("all") == Set(EventLog.Topic.allCases))
    for text in ["", "irq,", "IRQ", "irq dma"] {
      #expect(throws: EventLog.Topic.ListError.self) { _ = try EventLog.Topic.list(text) }
    }
  }
}
