// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import Emulator
import FirmwareBuild
import MachineModel
import Terminal

extension CompileReport {
  /// For people, with the chart of RAM at its end.
  func lines(for board: Board, chart: MemoryChart) -> [String] {
    let clock = board.cpuClock.hertz
    let ends =
      modelInputs.map { "input    \(text($0))" } + modelOutputs.map { "output   \(text($0))" }
    let milliseconds = fixed(Double(cyclesPerInference) / clock * 1000, places: 2)
    let given = cycles.isEmpty ? "of zeros" : cycles.count == 1 ? "given" : "given, the mean"
    let range = cycles.min() == cycles.max() ? "" : ", \(span(cycles))"
    let head = "\(model) on \(board.name): \(board.chip.core) at \(megahertz(clock)) MHz"
    let costs = [
      "time     \(grouped(cyclesPerInference)) cycles an inference\(range), \(milliseconds) ms "
        + "(on the emulated board, input \(given))",
      "RAM      \(grouped(ramBytes)) B for tensors and scratch; with a copy of the input and the "
        + "runner's own \(grouped(staticRAMBytes)) of \(grouped(ramLimitBytes)) B; stack peak "
        + "\(grouped(stackPeakBytes)) of \(grouped(FirmwareBuilder.runnerStack.count)) B",
      "flash    \(grouped(constantBytes)) B of weights and tables, "
        + "\(grouped(networkFlashBytes - constantBytes)) B of the network's code; with the "
        + "runner's own \(grouped(flashBytes)) of \(grouped(flashLimitBytes)) B",
    ]
    let title = "RAM over time, \(grouped(ramBytes)) B, layers to the right:"
    return [head] + ends + [""] + table + [""] + costs + ["", title] + chart.lines
  }

  private func text(_ end: End) -> String {
    let shape = end.shape.isEmpty ? "scalar" : end.shape.map(String.init).joined(separator: "x")
    var text = "\(MemoryChart.short(end.name, 40))  \(shape) \(end.type)"
    if let scale = end.scale, let zeroPoint = end.zeroPoint {
      let sign = zeroPoint < 0 ? "+" : "-"
      text += ", real = \(scale) * (value \(sign) \(zeroPoint.magnitude))"
    }
    return text
  }

  private var table: [String] {
    let head = ["", "layer", "kernel", "output", "MACs", "constants", "scratch", "cycles", "a MAC"]
    let rows = layers.enumerated().map { index, layer in
      [
        "\(index)", layer.name, layer.kernel, layer.outputShape, grouped(layer.multiplyCount),
        grouped(layer.constantBytes), grouped(layer.scratchBytes), grouped(layer.cycles),
        perMultiplication(layer.cycles, layer.multiplyCount),
      ]
    }
    let sum = layers.reduce(0) { $0 + $1.cycles }
    let total = [
      "", "all", "", "", grouped(multiplyCount), grouped(constantBytes), "", grouped(sum),
      perMultiplication(sum, multiplyCount),
    ]
    let all = [head] + rows + [total]
    let widths = head.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      let cells = row.indices.map { column in
        (1...3).contains(column)
          ? row[column].padded(to: widths[column]) : row[column].rightAligned(in: widths[column])
      }
      return cells.joined(separator: "  ")
    }
  }

  private func perMultiplication(_ cycles: Int, _ count: Int) -> String {
    count == 0 ? "" : fixed(Double(cycles) / Double(count), places: 2)
  }

  private func span(_ values: [Int]) -> String {
    "\(grouped(values.min() ?? 0)) to \(grouped(values.max() ?? 0))"
  }

  private func megahertz(_ hertz: Double) -> String { fixed(hertz / 1e6, places: 0) }
  private func grouped(_ count: Int) -> String { ByteCount.grouped(count) }

  /// What the board answered, an inference a line; long outputs are cut.
  var outputLines: [String] {
    zip(outputs, cycles).enumerated().map { index, answer in
      let shown = answer.0.prefix(Self.shownOutputs).map(Self.text)
      let rest = answer.0.count - shown.count
      let values = shown.joined(separator: " ") + (rest > 0 ? " … and \(rest) more (--json)" : "")
      return "inference \(index): \(values)  (\(grouped(answer.1)) cycles)"
    }
  }

  private static let shownOutputs = 24

  private static func text(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(Float(value))
  }
}
