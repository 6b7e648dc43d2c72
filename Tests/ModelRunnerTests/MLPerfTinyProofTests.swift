// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph
import TFLiteImport
import Testing

@testable import ModelCompiler

/// Which epilogues the channels of the MLPerf Tiny networks take.
@Suite(.enabled(if: ConformanceData.isPresent, "models not found; set BREADBOARD_DATA"))
struct MLPerfTinyProofTests {
  /// Channels by epilogue; those that give one byte whatever comes in are counted apart.
  struct Count: Equatable, Sendable {
    var proved = 0
    var kinked = 0
    var others = 0
    var constant = 0

    mutating func add(_ channels: [ChannelRequantization]) {
      let live = channels.filter { $0.constant == nil }.count
      constant += channels.count - live
      switch EpilogueChoice(channels) {
      case .proved: proved += live
      case .kinked: kinked += live
      case .exact, .clamped, nil: others += live
      }
    }
  }

  @Test(arguments: [
    ("kws", Count(proved: 576, kinked: 12)),
    ("vww", Count(proved: 1021, kinked: 2, constant: 1715)),
    ("ic", Count(proved: 128, kinked: 218)), ("ad", Count(proved: 1032, kinked: 640)),
  ])
  func channels_areProved(model: String, expected: Count) throws {
    let graph = try TFLiteModel.graph(from: ConformanceData.bytes("mlperf-tiny/\(model).tflite"))
    let ranges = ValueRanges(graph)
    var count = Count()
    for (place, step) in graph.operators.enumerated() {
      guard let layer = WeightedLayer(step, in: graph) else { continue }
      count.add(layer.requantizations(ranges.accumulators[place] ?? []))
    }
    #expect(count == expected)
  }
}
