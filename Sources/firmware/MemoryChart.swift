// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Emulator
import MachineModel
import ModelCompiler
import ModelGraph

/// Where each tensor lies in the arena, and from which layer to which.
struct MemoryChart: Equatable {
  struct Block: Equatable {
    enum Kind: Equatable { case tensor, variable, scratch }

    let kind: Kind
    let name: String
    let offset: Int
    let byteCount: Int
    /// The first and the last layer that need it.
    let first: Int
    let last: Int

    var end: Int { offset + byteCount }
    func isLive(at layer: Int) -> Bool { first <= layer && layer <= last }
  }

  /// Blocks that start later come later: over one that is worked on in place lies its successor.
  let blocks: [Block]
  let layerNames: [String]
  let byteCount: Int

  init(blocks: [Block], layerNames: [String], byteCount: Int) {
    self.blocks = blocks.enumerated()
      .sorted { ($0.element.first, $0.offset) < ($1.element.first, $1.offset) }.map(\.element)
    self.layerNames = layerNames
    self.byteCount = byteCount
  }

  init(_ program: Program) {
    let tensors = program.graph.tensors
    let blocks = program.plan.buffers.filter { $0.byteCount > 0 }.map { buffer in
      let (kind, name): (Block.Kind, String) =
        switch buffer.role {
        case .tensor(let index):
          (
            .tensor,
            tensors.indices.contains(index) ? Self.plain(tensors[index].name) : "intermediate"
          )
        case .variable(let index): (.variable, "variable \(index)")
        case .scratch(let step): (.scratch, "scratch of layer \(step)")
        }
      return Block(
        kind: kind, name: name, offset: buffer.offset, byteCount: buffer.byteCount,
        first: buffer.first, last: buffer.last)
    }
    self.init(
      blocks: blocks, layerNames: program.steps.map(\.source.name),
      byteCount: program.plan.arenaByteCount)
  }

  /// Bytes up to the highest in use while a layer runs.
  func height(at layer: Int) -> Int {
    blocks.filter { $0.isLive(at: layer) }.map(\.end).max() ?? 0
  }

  /// The layers that need all of the arena.
  var peakLayers: [Int] {
    let heights = layerNames.indices.map(height)
    return heights.indices.filter { heights[$0] == heights.max() }
  }

  // MARK: Text

  private static let rows = 16
  private static let columns = 84
  private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")

  /// Time goes to the right, addresses go up; each tensor has a letter.
  var lines: [String] {
    guard !layerNames.isEmpty, byteCount > 0 else { return [] }
    let width = max(1, min(4, Self.columns / layerNames.count))
    let step = (layerNames.count * width + Self.columns - 1) / Self.columns
    let shown = Swift.stride(from: 0, to: layerNames.count, by: step)
    let chart = (0..<Self.rows).reversed().map { row in
      let cells = shown.map { layer in
        String(repeating: mark(at: layer, row: row), count: width)
      }
      let label = ByteCount.grouped(byteCount * (row + 1) / Self.rows)
      return "\(label.rightAligned(in: 11)) │\(cells.joined())│"
    }
    let axis = shown.map { layer in
      let text = String(layer)
      return layer / step % max(1, 4 / width) == 0 ? String(text.prefix(4)) : ""
    }
    var numbers = String(repeating: " ", count: 13)
    for (index, text) in axis.enumerated() where !text.isEmpty {
      let place = 13 + index * width
      guard numbers.count <= place else { continue }
      numbers += String(repeating: " ", count: place - numbers.count) + text
    }
    return chart + ["\(String(repeating: " ", count: 4))layer \(numbers.dropFirst(10))"] + legend
  }

  /// What most of a row's addresses hold; of two that lie over one another, the later.
  private func mark(at layer: Int, row: Int) -> Character {
    let start = byteCount * row / Self.rows
    let end = max(start + 1, byteCount * (row + 1) / Self.rows)
    let shares = blocks.indices.filter { blocks[$0].isLive(at: layer) }.map { index in
      (index, min(blocks[index].end, end) - max(blocks[index].offset, start))
    }
    guard let found = shares.filter({ $0.1 > 0 }).max(by: { ($0.1, $0.0) < ($1.1, $1.0) })?.0 else {
      return " "
    }
    switch blocks[found].kind {
    case .scratch: return "░"
    case .variable: return "▒"
    case .tensor: return letter(of: found)
    }
  }

  /// Letters come again after 52 tensors; by then the first are long gone.
  private func letter(of block: Int) -> Character {
    Self.letters[tensorNumber(of: block) % Self.letters.count]
  }

  func tensorNumber(of block: Int) -> Int { blocks[..<block].count { $0.kind == .tensor } }

  private var legend: [String] {
    let tensors = blocks.indices.filter { blocks[$0].kind == .tensor }
    let entries = tensors.map { index in
      let block = blocks[index]
      let layers = block.first == block.last ? "\(block.first)" : "\(block.first)–\(block.last)"
      let size = ByteCount.grouped(block.byteCount).rightAligned(in: 9)
      return "  \(letter(of: index)) \(size) B  layers \(layers.padded(to: 7))"
        + " \(Self.short(block.name, 56))"
    }
    let scratch = blocks.filter { $0.kind == .scratch }.map(\.byteCount).max()
    let variables = blocks.filter { $0.kind == .variable }.reduce(0) { $0 + $1.byteCount }
    return entries
      + (scratch.map { ["  ░ \(ByteCount.grouped($0).rightAligned(in: 9)) B  scratch, at most"] }
        ?? [])
      + (variables > 0
        ? ["  ▒ \(ByteCount.grouped(variables).rightAligned(in: 9)) B  variables"] : [])
  }

  /// Converters join the names of all that was fused with ";": the first one tells enough.
  private static func plain(_ name: String) -> String {
    name.split(separator: ";").first.map(String.init) ?? name
  }

  /// The end of a long name tells more than its beginning.
  static func short(_ name: String, _ length: Int) -> String {
    let shown = name.filter { !$0.isNewline }
    return shown.count <= length ? shown : "…" + shown.suffix(length - 1)
  }
}
