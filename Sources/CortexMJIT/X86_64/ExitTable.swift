// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM

/// Ways out of generated code, by the number that it hands back: kind in the lowest two bits.
struct ExitTable {
  struct Leave {
    var address: UInt32
    var itState: UInt8
    /// What has been charged and not been run.
    var refund: Int32
  }

  enum Kind: UInt32 {
    /// The interpreter has to run an instruction.
    case leave = 0
    /// An edge whose target does not fit before the deadline.
    case late = 1
    /// An edge whose target has not been compiled.
    case unlinked = 2
    /// An indirect branch whose target does not fit, by block; the last is one that is unknown.
    case block = 3
  }

  private(set) var leaves: [Leave] = []
  private(set) var blocks: [Leave] = []
  var edges: [Edge] = []
  /// The block that is being compiled.
  var opening: CompiledBlock?

  static let unknownTarget: UInt32 = .max
  static func late(_ edge: Int) -> UInt32 { UInt32(truncatingIfNeeded: edge) << 2 | 1 }
  static func unlinked(_ edge: Int) -> UInt32 { UInt32(truncatingIfNeeded: edge) << 2 | 2 }

  mutating func addLeave(_ instruction: RecordedInstruction, _ refund: Int32) -> UInt32 {
    addLeave(at: instruction.address, instruction.itState, refund)
  }

  mutating func addLeave(at address: UInt32, _ itState: UInt8, _ refund: Int32) -> UInt32 {
    leaves.append(Leave(address: address, itState: itState, refund: refund))
    return UInt32(truncatingIfNeeded: leaves.count - 1) << 2
  }

  mutating func addBlock(_ address: UInt32, _ charge: Int32) -> UInt32 {
    blocks.append(Leave(address: address, itState: 0, refund: charge))
    return UInt32(truncatingIfNeeded: blocks.count - 1) << 2 | 3
  }

  mutating func addEdge(_ edge: Edge) -> Int {
    edges.append(edge)
    return edges.count - 1
  }

  /// Where an exit leads, and what has been charged for what lies behind it; nil where pc says so.
  func landing(_ exit: UInt32) -> Leave? {
    guard exit != Self.unknownTarget else { return nil }
    let number = Int(exit >> 2)
    switch Kind(rawValue: exit & 3) {
    case .late?:
      return Leave(address: edges[number].target & ~1, itState: 0, refund: edges[number].linked)
    case .unlinked?: return Leave(address: edges[number].target & ~1, itState: 0, refund: 0)
    case .block?: return blocks[number]
    case .leave?, nil: return leaves[number]
    }
  }

  mutating func clear() {
    leaves.removeAll(keepingCapacity: true)
    blocks.removeAll(keepingCapacity: true)
    edges.removeAll(keepingCapacity: true)
  }
}

/// A direct way from one block to the next.
struct Edge {
  var target: UInt32
  /// What taking it costs beside the target's own charge, which is in `linked` once it is known.
  var base: Int32
  var chargeField: Int
  var jumpField = 0
  var linked: Int32
}

/// The windows of `CoreState` as they are while code is compiled; other windows need other code.
struct HostWindows: Equatable {
  struct Window: Equatable {
    var base: UInt32
    var byteSpan: UInt32
    var bytes: UInt
    /// Where the pointer to the bytes lies, from rbp.
    var pointer: Int
    /// `bytes` from rbp where that fits a displacement.
    var distance: Int?

    init(_ state: UnsafeRawPointer, _ offset: Int) {
      base = (state + offset + StateLayout.Window.base).load(as: UInt32.self)
      byteSpan = (state + offset + StateLayout.Window.byteSpan).load(as: UInt32.self)
      bytes = (state + offset + StateLayout.Window.bytes).load(as: UInt.self)
      pointer = offset + StateLayout.Window.bytes - Frame.origin
      let far = Int(bitPattern: bytes) - (Int(bitPattern: state) + Frame.origin)
      // Room for what is added to a displacement.
      distance = Int32(exactly: far &* 2) == nil ? nil : far
    }

    func holds(_ address: UInt32, _ bytes: UInt32) -> Bool {
      let offset = address &- base
      return offset < byteSpan && bytes <= byteSpan - offset && address & (bytes - 1) == 0
    }
  }

  var ram: Window
  var flash: Window
  var store: Window
  var flashWaits: UInt32

  init(_ state: UnsafeRawPointer) {
    ram = Window(state, StateLayout.ram)
    flash = Window(state, StateLayout.flash)
    store = Window(state, StateLayout.store)
    flashWaits = UInt32(
      truncatingIfNeeded: (state + StateLayout.flashDataWaitStates).load(as: UInt64.self))
  }
}
