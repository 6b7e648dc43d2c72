// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM
import MachineModel

/// Where the cycles of a run went: by function, by chain of calls, and in order of time. Exact, not
/// sampled.
public struct Profile: Sendable {
  /// A function of the image, or an exception.
  public struct Row: Codable, Sendable {
    public var name: String
    public var calls: UInt64
    /// Cycles in the function itself, and with all that it called; neither counts interrupts.
    public var cycles: UInt64
    public var totalCycles: UInt64
  }

  /// A layer of a network that Breadboard's model compiler wrote.
  public struct Layer: Codable, Sendable {
    public var network: String
    public var number: Int
    /// What most of the layer's time goes to.
    public var kernel: String?
    public var runs: UInt64
    public var totalCycles: UInt64
  }

  public internal(set) var title: String
  public internal(set) var clockHertz: Double
  /// Cycles awake, and asleep.
  public internal(set) var cycles: UInt64
  public internal(set) var sleepCycles: UInt64
  /// By cycles of their own, most first.
  public internal(set) var functions: [Row]
  /// With entry, handler and return.
  public internal(set) var exceptions: [Row]
  public internal(set) var layers: [Layer]

  /// What a report keeps of it.
  public struct Tables: Codable, Sendable {
    public var functions: [Row]
    public var exceptions: [Row]
    public var layers: [Layer]
  }

  public var tables: Tables {
    Tables(functions: functions, exceptions: exceptions, layers: layers)
  }

  let code: [ProfiledCode.Entry]
  let tree: CallTree
  let timeline: Timeline
  let tracks: [String]

  public var calls: UInt64 { functions.reduce(0) { $0 + $1.calls } }
}

extension Machine {
  /// Follows every call from now on; to be asked for before an image is loaded.
  public func profile(_ image: LoadedImage) -> Profiler {
    var names: [Int: String] = [:]
    for peripheral in board.chip.peripherals {
      guard let line = peripheral.interrupt else { continue }
      names[line] = names[line] ?? peripheral.name
    }
    let profiler = Profiler(code: ProfiledCode(image: image.image)) { number in
      let name = Core.name(ofException: number)
      guard let peripheral = names[number - 16] else { return name }
      return "\(name) (\(peripheral))"
    }
    core.observe(by: profiler)
    return profiler
  }

  /// What the profiler found up to now; it hears no more afterwards.
  public func profile(of profiler: Profiler, image: LoadedImage) -> Profile {
    core.endObservation()
    return Profile(
      profiler, title: "\(image.name) on \(board.name)", clockHertz: board.cpuClock.hertz)
  }
}

extension Profile {
  init(_ profiler: Profiler, title: String, clockHertz: Double) {
    (self.title, self.clockHertz) = (title, clockHertz)
    (code, tree) = (profiler.code.entries, profiler.tree)
    (timeline, tracks) = (profiler.timeline, profiler.tracks)
    let totals = tree.awakeTotals
    cycles = totals[0]
    sleepCycles = tree.totals[0] &- cycles
    var rows = code.map { Row(name: $0.name, calls: 0, cycles: 0, totalCycles: 0) }
    for (index, node) in tree.nodes.enumerated() where node.code > 0 {
      rows[Int(node.code)].calls &+= node.calls
      rows[Int(node.code)].cycles &+= node.cycles
      if !tree.isRecursion(index) { rows[Int(node.code)].totalCycles &+= totals[index] }
    }
    functions = Self.sorted(rows, code, .function)
    exceptions = Self.sorted(rows, code, .exception)
    layers = Self.layers(tree, code, totals)
  }

  private static func sorted(
    _ rows: [Row], _ code: [ProfiledCode.Entry], _ kind: ProfiledCode.Entry.Kind
  ) -> [Row] {
    code.indices.filter { code[$0].kind == kind && rows[$0].calls > 0 }.map { rows[$0] }
      .sorted { ($1.cycles, $0.name) < ($0.cycles, $1.name) }
  }

  /// By what the model compiler calls them: `KeywordSpottingNetwork.layer3(_:)`.
  private static func layers(
    _ tree: CallTree, _ code: [ProfiledCode.Entry], _ totals: [UInt64]
  ) -> [Layer] {
    var layers: [Int32: Layer] = [:]
    var kernels: [Int32: [Int32: UInt64]] = [:]
    for (index, node) in tree.nodes.enumerated() where node.code >= 0 {
      if let parent = layers[tree.nodes[Int(node.parent)].code], parent.runs > 0 {
        kernels[tree.nodes[Int(node.parent)].code, default: [:]][node.code, default: 0] +=
          totals[index]
      }
      guard let (network, number) = layer(code[Int(node.code)].name) else { continue }
      let empty = Layer(network: network, number: number, runs: 0, totalCycles: 0)
      layers[node.code, default: empty].runs += node.calls
      layers[node.code, default: empty].totalCycles += totals[index]
    }
    for (index, children) in kernels {
      let most = children.max { ($0.value, $1.key) < ($1.value, $0.key) }
      layers[index]?.kernel = most.map { String(code[Int($0.key)].name.prefix { $0 != "(" }) }
    }
    return layers.values.sorted { ($0.network, $0.number) < ($1.network, $1.number) }
  }

  private static func layer(_ name: String) -> (network: String, number: Int)? {
    guard let split = name.firstRange(of: "Network.layer") else { return nil }
    let network = name[..<split.lowerBound] + "Network"
    return Int(name[split.upperBound...].prefix { $0.isNumber }).map { (String(network), $0) }
  }
}

extension CallTree {
  /// Totals without sleep.
  var awakeTotals: [UInt64] {
    var totals = nodes.map { $0.code == Int32(ProfiledCode.sleep) ? 0 : $0.cycles }
    for index in nodes.indices.reversed() where nodes[index].parent >= 0 {
      totals[Int(nodes[index].parent)] &+= totals[index]
    }
    return totals
  }

  /// Whether the same function is under way already: its total counts this time.
  func isRecursion(_ index: Int) -> Bool {
    var parent = nodes[index].parent
    while parent > 0 {
      if nodes[Int(parent)].code == nodes[index].code { return true }
      parent = nodes[Int(parent)].parent
    }
    return false
  }
}

extension String {
  fileprivate func firstRange(of word: String) -> Range<String.Index>? {
    var index = startIndex
    while index < endIndex {
      if self[index...].hasPrefix(word) {
        return index..<self.index(index, offsetBy: word.count)
      }
      index = self.index(after: index)
    }
    return nil
  }
}
