// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

/// Chains of calls as a picture: width is cycles, each row called the one above it. Plain SVG that
/// needs nothing else; a pointer on a box tells more.
public struct FlameGraph {
  private let profile: Profile
  private let totals: [UInt64]
  private let children: [[Int]]
  private let rows: Int

  private static let width = 1280.0
  private static let margin = 16.0
  private static let row = 20.0
  private static let header = 64.0
  /// Boxes narrower than this are not drawn, and what fits into one of a character.
  private static let narrowest = 0.4
  private static let character = 6.5

  public init(_ profile: Profile) {
    self.profile = profile
    totals = profile.tree.awakeTotals
    let nodes = profile.tree.nodes
    var children = [[Int]](repeating: [], count: nodes.count)
    for (index, node) in nodes.enumerated() where node.parent >= 0 {
      if node.code != Int32(ProfiledCode.sleep) { children[Int(node.parent)].append(index) }
    }
    self.children = children
    let scale = totals[0] == 0 ? 0 : (Self.width - 2 * Self.margin) / Double(totals[0])
    var depths = [Int](repeating: 0, count: nodes.count)
    var deepest = 0
    for (index, node) in nodes.enumerated() where node.parent >= 0 {
      depths[index] = depths[Int(node.parent)] + 1
      if Double(totals[index]) * scale >= Self.narrowest { deepest = max(deepest, depths[index]) }
    }
    rows = min(deepest + 1, 200)
  }

  public func svg() -> String {
    let height = Self.header + Double(rows) * Self.row + 40
    let size = "\(number(Self.width)) \(number(height))"
    var svg = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(size)" \
      width="\(number(Self.width))" height="\(number(height))" role="img">
      <style>
      svg { background: #fff; font-family: "Helvetica Neue", Helvetica, Arial, sans-serif; }
      .title { font-size: 17px; font-weight: 600; fill: #1b2430; }
      .note { font-size: 12px; fill: #5c6773; }
      g.f text { font-size: 11.5px; fill: #1b2430; pointer-events: none; }
      g.f rect { stroke: #fff; stroke-width: 0.8; }
      g.f:hover rect { stroke: #1b2430; }
      </style>
      <rect width="100%" height="100%" fill="#fff"/>
      <text class="title" x="\(number(Self.margin))" y="28">\(escaped(profile.title))</text>
      <text class="note" x="\(number(Self.margin))" y="48">\(escaped(subtitle))</text>

      """
    draw(0, x: Self.margin, depth: 0, into: &svg)
    svg += """
      <text class="note" x="\(number(Self.margin))" y="\(number(height - 14))">Width is cycles, \
      every one counted; each row is called by the one below, in order of first call from left to \
      right. Warm boxes are interrupts, roots of their own.</text>
      </svg>

      """
    return svg
  }

  private var subtitle: String {
    let all = profile.cycles + profile.sleepCycles
    let awake = all == 0 ? 0 : Double(profile.cycles) * 100 / Double(all)
    return "\(ByteCount.grouped(Int(profile.cycles))) cycles awake, "
      + "\(fixed(awake, places: 1)) % of \(fixed(Double(all) / profile.clockHertz, places: 2)) s; "
      + "\(ByteCount.grouped(Int(profile.calls))) calls\(interrupts)"
  }

  private var interrupts: String {
    let cycles = profile.exceptions.reduce(0) { $0 + $1.totalCycles }
    guard cycles > 0 else { return "" }
    return "; interrupts \(fixed(Double(cycles) * 100 / Double(profile.cycles), places: 2)) %"
  }

  /// A box and, above it, what it called. Not deeper than `rows`, so the stack is safe.
  private func draw(_ index: Int, x: Double, depth: Int, into svg: inout String) {
    let scale = totals[0] == 0 ? 0 : (Self.width - 2 * Self.margin) / Double(totals[0])
    let width = Double(totals[index]) * scale
    guard width >= Self.narrowest, depth < rows else { return }
    let y = Self.header + Double(rows - 1 - depth) * Self.row
    box(index, x: x, y: y, width: width, into: &svg)
    var left = x
    for child in children[index] {
      draw(child, x: left, depth: depth + 1, into: &svg)
      left += Double(totals[child]) * scale
    }
  }

  private func box(
    _ index: Int, x: Double, y: Double, width: Double, into svg: inout String
  ) {
    let name = index == 0 ? "all" : profile.code[Int(profile.tree.nodes[index].code)].name
    svg += "<g class=\"f\"><title>\(escaped(tooltip(index, name)))</title>"
    svg += "<rect x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(width))\" "
    svg += "height=\"\(number(Self.row - 1))\" rx=\"2\" fill=\"\(colour(index))\"/>"
    let room = Int((width - 8) / Self.character)
    if room >= 3 {
      let text = Self.fitted(name, room)
      svg += "<text x=\"\(number(x + 4))\" y=\"\(number(y + 13.5))\">\(escaped(text))</text>"
    }
    svg += "</g>\n"
  }

  /// As much of a name as there is room for: first the arguments go, then the type.
  private static func fitted(_ name: String, _ room: Int) -> String {
    let bare = String(name.prefix { $0 != "(" })
    let last = bare.split(separator: ".").last.map(String.init) ?? bare
    for text in [name, bare.isEmpty ? name : bare] where text.count <= room { return text }
    // "run" alone would say little.
    if last.count >= 4, last.count <= room { return last }
    let long = last.count >= 4 ? last : bare.isEmpty ? name : bare
    return String(long.prefix(room - 1)) + "…"
  }

  private func tooltip(_ index: Int, _ name: String) -> String {
    let node = profile.tree.nodes[index]
    let share = profile.cycles == 0 ? 0 : Double(totals[index]) * 100 / Double(profile.cycles)
    let calls = node.calls == 1 ? "1 call" : "\(ByteCount.grouped(Int(node.calls))) calls"
    return "\(name)\n\(ByteCount.grouped(Int(totals[index]))) cycles "
      + "(\(fixed(share, places: 2)) %), \(ByteCount.grouped(Int(node.cycles))) of its own"
      + (index == 0 ? "" : ", \(calls)")
  }

  // MARK: Colours

  /// Muted tones, one for each type (what stands before the first dot) or C function; grey for
  /// libraries' own.
  private func colour(_ index: Int) -> String {
    guard index > 0 else { return "#dfe4ea" }
    let entry = profile.code[Int(profile.tree.nodes[index].code)]
    if entry.kind == .exception || isInException(index) {
      return entry.kind == .exception ? "#e8b48a" : "#f0cfae"
    }
    if entry.name.hasPrefix("_") { return "#d3dae1" }
    let palette = [
      "#a9c6de", "#a8d3c9", "#c3cde8", "#b9d8b0", "#d3c5e0", "#c9d9a6", "#9fcfd8", "#d8cdb4",
    ]
    var hash: UInt32 = 2_166_136_261
    for byte in entry.name.prefix(while: { $0 != "." }).utf8 {
      hash = (hash ^ UInt32(byte)) &* 16_777_619
    }
    return palette[Int((hash >> 8) % UInt32(palette.count))]
  }

  private func isInException(_ index: Int) -> Bool {
    var place = Int32(index)
    while profile.tree.nodes[Int(place)].parent > 0 {
      place = profile.tree.nodes[Int(place)].parent
    }
    let code = profile.tree.nodes[Int(place)].code
    return code >= 0 && profile.code[Int(code)].kind == .exception
  }

  private func number(_ value: Double) -> String {
    value == value.rounded() ? fixed(value, places: 0) : fixed(value, places: 2)
  }

  private func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.append(character)
      }
    }
    return result
  }
}
