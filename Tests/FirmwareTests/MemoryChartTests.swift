// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import firmware

@Suite struct MemoryChartTests {
  private let chart = MemoryChart(
    blocks: [
      .init(kind: .tensor, name: "first", offset: 0, byteCount: 800, first: 0, last: 1),
      .init(
        kind: .scratch, name: "scratch of layer 1", offset: 800, byteCount: 100, first: 1, last: 1),
      .init(kind: .tensor, name: "second", offset: 900, byteCount: 700, first: 1, last: 2),
    ], layerNames: ["CONV_2D", "ADD", "MEAN"], byteCount: 1600)

  @Test func lines_showAddressesOverTime() {
    #expect(
      chart.lines == [
        "      1,600 │    BBBBBBBB│", "      1,500 │    BBBBBBBB│", "      1,400 │    BBBBBBBB│",
        "      1,300 │    BBBBBBBB│", "      1,200 │    BBBBBBBB│", "      1,100 │    BBBBBBBB│",
        "      1,000 │    BBBBBBBB│", "        900 │    ░░░░    │", "        800 │AAAAAAAA    │",
        "        700 │AAAAAAAA    │", "        600 │AAAAAAAA    │", "        500 │AAAAAAAA    │",
        "        400 │AAAAAAAA    │", "        300 │AAAAAAAA    │", "        200 │AAAAAAAA    │",
        "        100 │AAAAAAAA    │", "    layer    0   1   2",
        "  A       800 B  layers 0–1     first", "  B       700 B  layers 1–2     second",
        "  ░       100 B  scratch, at most",
      ])
  }

  @Test func peak_isWhereTheArenaIsFull() {
    #expect(chart.peakLayers == [1, 2])
    #expect(chart.height(at: 0) == 800)
  }

  @Test func manyLayers_stayWithinTheTerminal() {
    let chart = MemoryChart(
      blocks: [.init(kind: .tensor, name: "x", offset: 0, byteCount: 8, first: 0, last: 999)],
      layerNames: [String](repeating: "ADD", count: 1000), byteCount: 8)
    #expect(chart.lines.allSatisfy { $0.count <= 100 })
  }

  @Test func picture_isXMLWhateverTensorsAreCalled() throws {
    let name = "<script>&\"\u{1}"
    let chart = MemoryChart(
      blocks: [.init(kind: .tensor, name: name, offset: 0, byteCount: 64, first: 0, last: 40)],
      layerNames: [String](repeating: "ADD", count: 41), byteCount: 64)
    let svg = chart.svg(title: name)
    #expect(!svg.contains("<script>"))
    #expect(svg.contains("&lt;script&gt;&amp;&quot;: 64 B, layers 0 to 40"))
    #expect(svg.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\" "))
    #expect(svg.components(separatedBy: "<g>").count == svg.components(separatedBy: "</g>").count)
  }

  @Test(arguments: [
    (1, [0, 1]), (16320, [0, 2000, 4000, 6000, 8000, 10000, 12000, 14000, 16000]),
    (700, [0, 100, 200, 300, 400, 500, 600, 700]),
  ])
  func stops_areRound(byteCount: Int, stops: [Int]) {
    #expect(MemoryChart.stops(upTo: byteCount) == stops)
  }
}
