// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import FirmwareBuild
import MachineModel
import ModelCompiler
import Terminal

/// Whether a model's tensors and weights fit a board, before anything is built for it.
struct Capacity {
  let board: Board
  let chart: MemoryChart
  let layers: [CompilationReport.Layer]
  let inputByteCount: Int
  let constantByteCount: Int

  init(_ program: Program, of board: Board) {
    self.board = board
    chart = MemoryChart(program)
    let costs = CompilationReport(program)
    (layers, constantByteCount) = (costs.layers, costs.constantByteCount)
    inputByteCount = program.graph.inputs.reduce(0) { $0 + program.graph.tensors[$1].byteCount }
  }

  /// - Throws: `InputError` that names the memory, by how much it falls short, and what takes most.
  func check(model: String) throws {
    let ram = (board.ram?.size.count ?? 0) - FirmwareBuilder.runnerStack.count
    let needed = chart.byteCount + inputByteCount
    if needed > ram {
      throw InputError(
        description: "'\(model)' does not fit \(board.name): \(bytes(needed - ram)) too many for "
          + "its RAM. Tensors and scratch take \(bytes(chart.byteCount)), a copy of the input "
          + "\(bytes(inputByteCount)), of \(bytes(max(0, ram))) beside the stack; \(largest)")
    }
    let flash = board.application.length.count
    if constantByteCount > flash {
      let heaviest = layers.enumerated().max { $0.1.constantByteCount < $1.1.constantByteCount }
      let layer = heaviest.map {
        "; layer \($0.offset) \($0.element.name) alone takes \(bytes($0.element.constantByteCount))"
      }
      throw InputError(
        description: "'\(model)' does not fit \(board.name): \(bytes(constantByteCount - flash)) "
          + "too many for its flash of \(bytes(flash)), without any code\(layer ?? "")")
    }
  }

  /// What lives while most of RAM is needed.
  private var largest: String {
    guard let layer = chart.peakLayers.first else { return "" }
    let live = chart.blocks.filter { $0.isLive(at: layer) }
      .sorted { $0.byteCount > $1.byteCount }.prefix(3)
    let names = live.map { "\(MemoryChart.short($0.name, 40)) (\(bytes($0.byteCount)))" }
    return "layer \(layer) \(chart.layerNames[layer]) needs most: \(names.joined(separator: ", "))"
  }

  private func bytes(_ count: Int) -> String { "\(ByteCount.grouped(count)) B" }
}
