// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph

/// A part of a tensor.
extension OperatorRow {
  static let slicing: [String: OperatorRow] = [
    "SLICE": OperatorRow(6) { try $0.slice() },
    "STRIDED_SLICE": OperatorRow(8) { try StridedSlice($0).kind() },
  ]
}

extension OperatorReader {
  /// A size of -1 reaches to the end.
  fileprivate func slice() throws -> Operator.Kind {
    let shape = try shape(0)
    let begin = try integers(1, "begin")
    let size = try integers(2, "size")
    guard begin.count == shape.count, size.count == shape.count else {
      throw error("has \(begin.count) begins and \(size.count) sizes for \(shape.count) dimensions")
    }
    let extents = shape.indices.map { index in
      // Out of range where the begin is; the check of the graph says so.
      size[index] == -1 ? shape[index] &- begin[index] : size[index]
    }
    return .slice(begin: begin, strides: shape.map { _ in 1 }, extents: extents)
  }
}

/// Python's `x[begin:end:stride, ..., newaxis, index]` as TensorFlow writes it: three lists and a
/// bit mask for each kind of entry.
private struct StridedSlice {
  private let reader: OperatorReader
  private let shape: [Int]
  private let begin: [Int]
  private let end: [Int]
  private let strides: [Int]
  private let masks: (begin: Int, end: Int, ellipsis: Int, newAxis: Int, shrink: Int)
  /// Whether ends are counted from begins.
  private let endsAreOffsets: Bool

  init(_ reader: OperatorReader) throws {
    self.reader = reader
    shape = try reader.shape(0)
    begin = try reader.integers(1, "begin")
    end = try reader.integers(2, "end")
    strides = try reader.integers(3, "strides")
    let options = try reader.options(Schema.StridedSlice.type)
    masks = (
      try options.int32(Schema.StridedSlice.beginMask),
      try options.int32(Schema.StridedSlice.endMask),
      try options.int32(Schema.StridedSlice.ellipsisMask),
      try options.int32(Schema.StridedSlice.newAxisMask),
      try options.int32(Schema.StridedSlice.shrinkAxisMask)
    )
    endsAreOffsets = try options.byte(Schema.StridedSlice.offset) != 0
  }

  func kind() throws -> Operator.Kind {
    let count = begin.count
    guard end.count == count, strides.count == count, count <= 2 * Graph.Limits.dimensions else {
      throw reader.error(
        "has \(count) begins, \(end.count) ends and \(strides.count) strides")
    }
    var entries: [(begin: Int, stride: Int, extent: Int)] = []
    let ellipsis = (0..<count).first { has(masks.ellipsis, $0) }
    for index in 0..<count {
      if index == ellipsis {
        let behind = (index + 1..<count).filter { !has(masks.newAxis, $0) }.count
        while entries.count + behind < shape.count { entries.append(whole(entries.count)) }
      } else if !has(masks.newAxis, index) {
        guard entries.count < shape.count else {
          throw reader.error("slices more than the \(shape.count) dimensions of its input")
        }
        entries.append(try entry(index, extent: shape[entries.count]))
      }
    }
    while entries.count < shape.count { entries.append(whole(entries.count)) }
    return .slice(
      begin: entries.map(\.begin), strides: entries.map(\.stride), extents: entries.map(\.extent))
  }

  private func has(_ mask: Int, _ index: Int) -> Bool { mask >> index & 1 != 0 }

  private func whole(_ dimension: Int) -> (begin: Int, stride: Int, extent: Int) {
    (0, 1, shape[dimension])
  }

  private func entry(
    _ index: Int, extent: Int
  ) throws -> (begin: Int, stride: Int, extent: Int) {
    let stride = strides[index]
    guard stride != 0, abs(stride.clamped) == stride.magnitude else {
      throw reader.error("has the stride \(stride)")
    }
    let forward = stride > 0
    let limits = forward ? (low: 0, high: extent) : (low: -1, high: extent - 1)
    func position(_ value: Int) -> Int {
      max(limits.low, min(limits.high, value < 0 ? value + extent : value))
    }
    let first =
      has(masks.begin, index) ? (forward ? 0 : extent - 1) : position(begin[index].clamped)
    // One index alone is as good as a slice of one.
    if has(masks.shrink, index) { return (first, 1, 1) }
    let last: Int
    if has(masks.end, index) {
      last = forward ? extent : -1
    } else if endsAreOffsets {
      last = max(limits.low, min(limits.high, first + end[index].clamped))
    } else {
      last = position(end[index].clamped)
    }
    let span = forward ? last - first : first - last
    let step = abs(stride)
    guard span > 0 else {
      throw reader.error(
        "takes nothing of dimension \(index): from \(first) to \(last) by \(stride)")
    }
    return (first, stride, (span + step - 1) / step)
  }
}

extension Int {
  /// Kept from overflowing in sums with any extent.
  fileprivate var clamped: Int { Swift.max(-(1 << 31), Swift.min(1 << 31, self)) }
}
