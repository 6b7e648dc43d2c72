// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels
import ModelGraph

/// A place in one arena for every tensor, every variable and every kernel's scratch memory.
///
/// Two buffers share bytes only if no step needs both, or if the kernel that reads the one for the
/// last time and writes the other allows it (`Overlap`); `init` holds itself to that. A reshape's
/// output is its input's buffer.
public struct MemoryPlan: Equatable, Sendable {
  /// Bytes that live from the start of step `first` to the end of step `last`.
  public struct Buffer: Equatable, Sendable {
    public enum Role: Equatable, Sendable {
      case tensor(Int)
      case variable(Int)
      case scratch(step: Int)
    }

    public let role: Role
    public var byteCount: Int
    public var first: Int
    public var last: Int
    public internal(set) var offset = 0

    public var end: Int { offset + byteCount }

    func isLive(with other: Buffer) -> Bool { first <= other.last && other.first <= last }
  }

  /// Every buffer starts at a multiple of this, if the arena does.
  public static let alignment = 8
  /// Largest arena, bytes.
  static let arenaLimit = 1 << 28

  public let buffers: [Buffer]
  public let arenaByteCount: Int
  private let lifetimes: Lifetimes

  /// Offset of a tensor that the program computes or is given; 0 for constants.
  public func offset(tensor: Int) -> Int { offset(lifetimes.bufferOfTensor[tensor]) }

  /// Offset of a step's scratch memory; 0 where it needs none.
  public func offset(scratchOfStep step: Int) -> Int { offset(lifetimes.bufferOfScratch[step]) }

  public func offset(variable: Int) -> Int { offset(lifetimes.bufferOfVariable[variable]) }

  private func offset(_ buffer: Int?) -> Int { buffer.map { buffers[$0].offset } ?? 0 }

  init(_ lowering: Lowering) throws {
    lifetimes = Lifetimes(lowering)
    let total = lifetimes.buffers.reduce(0) { $0 + $1.byteCount }
    guard total <= Self.arenaLimit else {
      throw ModelError(
        .model, "needs \(total) bytes for its tensors",
        remedy: "at most \(Self.arenaLimit) are supported")
    }
    let placement = Placement(buffers: lifetimes.buffers, overlaps: lifetimes.overlaps)
    buffers = placement.best()
    arenaByteCount = Self.aligned(buffers.map(\.end).max() ?? 0)
    precondition(placement.conflict(in: buffers) == nil, "two live buffers share memory")
  }

  /// What no buffer needs while a step runs, for a debug mode that spoils it.
  public func unusedRanges(duringStep step: Int) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var end = 0
    let live = buffers.filter { $0.first <= step && step <= $0.last && $0.byteCount > 0 }
    for buffer in live.sorted(by: { $0.offset < $1.offset }) {
      if end < buffer.offset { ranges.append(end..<buffer.offset) }
      end = max(end, buffer.end)
    }
    if end < arenaByteCount { ranges.append(end..<arenaByteCount) }
    return ranges
  }

  static func aligned(_ value: Int) -> Int { (value + alignment - 1) / alignment * alignment }
}
