// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Cycles by call chain.
struct CallTree {
  struct Node {
    /// Index into `ProfiledCode`; -1 for the root of all.
    var code: Int32
    var parent: Int32
    var firstChild: Int32 = -1
    var nextSibling: Int32 = -1
    var calls: UInt64 = 0
    /// Cycles here, without those of calls.
    var cycles: UInt64 = 0
  }

  /// Distinct call chains kept; calls beyond are their caller's.
  private static let limit = 1 << 20

  private(set) var nodes = [Node(code: -1, parent: -1)]

  static let root: Int32 = 0

  /// The node for a call of `code`, made when there is none.
  mutating func child(of parent: Int32, _ code: Int32) -> Int32 {
    var child = nodes[Int(parent)].firstChild
    while child >= 0 {
      if nodes[Int(child)].code == code { return child }
      child = nodes[Int(child)].nextSibling
    }
    guard nodes.count < Self.limit else { return parent }
    let new = Int32(nodes.count)
    nodes.append(Node(code: code, parent: parent, nextSibling: nodes[Int(parent)].firstChild))
    nodes[Int(parent)].firstChild = new
    return new
  }

  mutating func spend(_ cycles: UInt64, at node: Int32) { nodes[Int(node)].cycles &+= cycles }
  mutating func countCall(at node: Int32) { nodes[Int(node)].calls &+= 1 }

  /// Cycles of each node with all calls from it. Children follow their parents.
  var totals: [UInt64] {
    var totals = nodes.map(\.cycles)
    for index in nodes.indices.reversed() where nodes[index].parent >= 0 {
      totals[Int(nodes[index].parent)] &+= totals[index]
    }
    return totals
  }
}
