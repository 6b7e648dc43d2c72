// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

extension Profile {
  /// Tables for people: functions, layers, interrupts.
  public func lines(top: Int = 20) -> [String] {
    var lines = [
      "profile: \(ByteCount.grouped(Int(cycles))) cycles awake, "
        + "\(ByteCount.grouped(Int(calls))) calls, every one counted"
    ]
    lines += functionLines(top)
    if !layers.isEmpty { lines += layerLines() }
    if !exceptions.isEmpty { lines += exceptionLines() }
    return lines
  }

  private func functionLines(_ top: Int) -> [String] {
    var lines = ["", column("self", 15) + "     %" + column("total", 16) + "     %"]
    lines[1] += column("calls", 13) + "  function"
    for row in functions.prefix(top) {
      lines.append(
        number(row.cycles, 15) + percent(row.cycles) + number(row.totalCycles, 16)
          + percent(row.totalCycles) + number(row.calls, 13) + "  " + row.name)
    }
    let rest = functions.dropFirst(top)
    guard !rest.isEmpty else { return lines }
    let cycles = rest.reduce(0) { $0 + $1.cycles }
    let blank = String(repeating: " ", count: 16 + 6 + 13)
    return lines + [number(cycles, 15) + percent(cycles) + blank + "  \(rest.count) more"]
  }

  private func layerLines() -> [String] {
    var lines: [String] = []
    for network in Set(layers.map(\.network)).sorted() {
      let own = layers.filter { $0.network == network }
      let total = own.reduce(0) { $0 + $1.totalCycles }
      let runs = max(own.map(\.runs).min() ?? 1, 1)
      lines += [
        "", "layers of \(network), \(ByteCount.grouped(Int(runs))) runs, cycles a run",
      ]
      for layer in own {
        let share = total == 0 ? 0 : Double(layer.totalCycles) * 100 / Double(total)
        lines.append(
          number(layer.totalCycles / max(layer.runs, 1), 15)
            + column(fixed(share, places: 1), 6) + "  layer \(layer.number)"
            + (layer.kernel.map { "  \($0)" } ?? ""))
      }
      lines.append(number(total / runs, 15) + column("100.0", 6) + "  all layers")
    }
    return lines
  }

  private func exceptionLines() -> [String] {
    ["", "interrupts, with entry and return"]
      + exceptions.map { row in
        number(row.totalCycles, 15) + percent(row.totalCycles) + number(row.calls, 13) + " times  "
          + row.name
      }
  }

  private func percent(_ part: UInt64) -> String {
    column(fixed(cycles == 0 ? 0 : Double(part) * 100 / Double(cycles), places: 1), 6)
  }

  private func number(_ value: UInt64, _ width: Int) -> String {
    column(ByteCount.grouped(Int(clamping: value)), width)
  }

  private func column(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(1, width - text.count)) + text
  }
}
