// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Emulator
import MachineModel

/// The chart as a picture: layers to the right, addresses up, one box for each tensor.
extension MemoryChart {
  private struct Frame {
    let columns: Int
    let byteCount: Int
    let left = 92.0
    let top = 64.0
    let height = 380.0
    /// Wide enough for a name in most boxes, and never wider than a page.
    var columnWidth: Double { max(14, min(72, 1100 / Double(max(1, columns)))) }
    var width: Double { columnWidth * Double(columns) }
    var bottom: Double { top + height }
    var right: Double { left + width }

    func x(_ layer: Int) -> Double { left + columnWidth * Double(layer) }
    func y(_ address: Int) -> Double {
      bottom - height * Double(address) / Double(max(1, byteCount))
    }
  }

  func svg(title: String) -> String {
    let frame = Frame(columns: layerNames.count, byteCount: byteCount)
    let (width, height) = (max(frame.right + 40, 560), frame.bottom + 150)
    let parts = [
      rectangle(0, 0, width, height, "fill=\"#ffffff\""),
      text(frame.left, 28, title, "font-size=\"17\" font-weight=\"600\" fill=\"#1f2933\""),
      text(
        frame.left, 48,
        "\(ByteCount.grouped(byteCount)) bytes for tensors and scratch, address over time",
        "font-size=\"12\" fill=\"#627282\""),
      axis(frame),
      blocks.indices.map { box(blocks[$0], tensorNumber(of: $0), frame) }.joined(),
      peak(frame), key(frame),
    ]
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(number(width))" height="\(number(height))" \
      viewBox="0 0 \(number(width)) \(number(height))" \
      font-family="Helvetica, Arial, sans-serif">
      <defs><pattern id="scratch" width="6" height="6" patternUnits="userSpaceOnUse" \
      patternTransform="rotate(45)"><rect width="6" height="6" fill="#e4e7eb"/>\
      <rect width="2" height="6" fill="#b4bcc6"/></pattern></defs>
      \(parts.joined())
      </svg>

      """
  }

  // MARK: Parts

  private func axis(_ frame: Frame) -> String {
    let stops = Self.stops(upTo: byteCount).map { address in
      let y = frame.y(address)
      return line(frame.left, y, frame.right, y, "stroke=\"#e4e7eb\"")
        + text(
          frame.left - 8, y + 4, ByteCount.grouped(address),
          "font-size=\"11\" fill=\"#627282\" text-anchor=\"end\"")
    }
    let every = max(1, Int((14 / frame.columnWidth).rounded(.up)))
    let layers = layerNames.indices.filter { $0 % every == 0 }.map { layer in
      let x = frame.x(layer) + frame.columnWidth / 2
      let y = frame.bottom + 14
      return text(
        x, y, "\(layer) \(layerNames[layer])",
        "font-size=\"10.5\" fill=\"#3e4c59\" text-anchor=\"end\" "
          + "transform=\"rotate(-50 \(number(x)) \(number(y)))\"")
    }
    return stops.joined() + layers.joined()
      + line(frame.left, frame.bottom, frame.right, frame.bottom, "stroke=\"#9aa5b1\"")
  }

  private func box(_ block: Block, _ index: Int, _ frame: Frame) -> String {
    let (x, y) = (frame.x(block.first), frame.y(block.end))
    let width = frame.columnWidth * Double(block.last - block.first + 1)
    let height = frame.y(block.offset) - y
    let fill = Self.fill(block, index)
    let bytes = "\(ByteCount.grouped(block.byteCount)) B"
    let shape = rectangle(
      x + 0.75, y + 0.5, width - 1.5, max(1, height - 1),
      "rx=\"2.5\" fill=\"\(fill)\" stroke=\"#ffffff\" stroke-width=\"0.5\"")
    let tip =
      "<title>\(Self.escaped(block.name)): \(bytes), layers \(block.first) to "
      + "\(block.last), address \(block.offset)</title>"
    let label =
      height < 13 || block.kind == .scratch
      ? ""
      : self.label(
        block.name, bytes, x + width / 2, y + height / 2, width: width, isTall: height >= 32)
    return "<g>\(tip)\(shape)\(label)</g>\n"
  }

  /// The size, and the name above it where there is room.
  private func label(
    _ name: String, _ bytes: String, _ x: Double, _ y: Double, width: Double, isTall: Bool
  ) -> String {
    // About 5.6 units a character at this size.
    let room = Int((width - 8) / 5.6)
    let style = "font-size=\"10.5\" fill=\"#1f2933\" text-anchor=\"middle\""
    guard bytes.count <= room else { return "" }
    guard isTall, room >= 9 else { return text(x, y + 3.5, bytes, style) }
    return text(x, y - 3.5, Self.short(name, room), style) + text(x, y + 11, bytes, style)
  }

  /// What hatching means.
  private func key(_ frame: Frame) -> String {
    guard blocks.contains(where: { $0.kind == .scratch }) else { return "" }
    let x = frame.right - 70
    return rectangle(x, 20, 14, 10, "fill=\"url(#scratch)\"")
      + text(x + 20, 29, "scratch", "font-size=\"11\" fill=\"#627282\"")
  }

  /// A line over the layers that decide how large the arena is.
  private func peak(_ frame: Frame) -> String {
    let y = frame.y(byteCount)
    let layers = peakLayers.prefix(4).map(String.init).joined(separator: ", ")
    let more = peakLayers.count > 4 ? " …" : ""
    let label =
      peakLayers.count == 1 ? "peak in layer \(layers)" : "peak in layers \(layers)\(more)"
    return line(
      frame.left, y, frame.right, y,
      "stroke=\"#cf1124\" stroke-width=\"1.2\" stroke-dasharray=\"5 3\"")
      + text(
        frame.right, y - 6, label, "font-size=\"11\" fill=\"#cf1124\" text-anchor=\"end\"")
  }

  private static func fill(_ block: Block, _ index: Int) -> String {
    let tints = [
      "#8ecae6", "#ffd29d", "#b7e4c7", "#f4b6c2", "#cdb4f0", "#ffe66d", "#a8dadc", "#e5c9a8",
    ]
    return switch block.kind {
    case .scratch: "url(#scratch)"
    case .variable: "#c3cfd9"
    case .tensor: tints[index % tints.count]
    }
  }

  /// Round addresses, four to eight of them.
  static func stops(upTo byteCount: Int) -> [Int] {
    var unit = 1
    let factors = [2, 5, 10]
    while byteCount / unit > 8 {
      let decade = String(unit).dropFirst().count
      let power = (0..<decade).reduce(1) { value, _ in value * 10 }
      unit = factors.map { $0 * power }.first { $0 > unit } ?? unit * 2
    }
    return Array(Swift.stride(from: 0, through: byteCount, by: unit))
  }

  // MARK: Elements

  private func rectangle(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ style: String
  ) -> String {
    "<rect x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(width))\" "
      + "height=\"\(number(height))\" \(style)/>"
  }

  private func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String
  ) -> String {
    "<line x1=\"\(number(x1))\" y1=\"\(number(y1))\" x2=\"\(number(x2))\" y2=\"\(number(y2))\" "
      + "\(style)/>"
  }

  private func text(_ x: Double, _ y: Double, _ words: String, _ style: String) -> String {
    "<text x=\"\(number(x))\" y=\"\(number(y))\" \(style)>\(Self.escaped(words))</text>"
  }

  private func number(_ value: Double) -> String { fixed(value, places: 1) }

  /// A model's author may call tensors anything.
  static func escaped(_ text: String) -> String {
    String(
      String.UnicodeScalarView(text.unicodeScalars.filter { $0.value >= 0x20 && $0.value < 0xFFFE })
    )
    .replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    .replacing("\"", with: "&quot;")
  }
}
