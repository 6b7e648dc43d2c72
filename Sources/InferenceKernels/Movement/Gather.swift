// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// GATHER: slices of a tensor, chosen by indices along one dimension.
///
/// TensorFlow Lite Micro reads whatever an index out of range leads to; here such an index counts
/// as the nearest that there is.
public struct Gather: Equatable, Sendable {
  /// Dimensions that input and indices have in common.
  public var batches: Int
  /// Slices of the dimensions between those and the one that is chosen from.
  public var outerCount: Int
  /// What there is to choose from.
  public var extent: Int
  /// Indices in a batch.
  public var indexCount: Int
  public var sliceByteCount: Int

  public init(
    batches: Int, outerCount: Int, extent: Int, indexCount: Int, sliceByteCount: Int
  ) {
    self.batches = batches
    self.outerCount = outerCount
    self.extent = extent
    self.indexCount = indexCount
    self.sliceByteCount = sliceByteCount
  }

  /// - Parameter indices: `Int32`.
  @inline(__always)
  public func run(
    input: UnsafeRawPointer, indices: UnsafeRawPointer, output: UnsafeMutableRawPointer
  ) {
    var chosen = indices.assumingMemoryBound(to: Int32.self)
    var input = input
    var output = output
    var batch = 0
    while batch < batches {
      var outer = 0
      while outer < outerCount {
        var index = 0
        while index < indexCount {
          let place = max(0, min(extent &- 1, Int(chosen[index])))
          copySlice(input + place &* sliceByteCount, sliceByteCount, to: output)
          output += sliceByteCount
          index &+= 1
        }
        input += extent &* sliceByteCount
        outer &+= 1
      }
      chosen += indexCount
      batch &+= 1
    }
  }
}

/// GATHER_ND: slices of a tensor, each at a place that several indices give together.
///
/// TensorFlow Lite Micro ends the inference at a place outside; here it counts as the nearest that
/// there is.
public struct GatherND: Equatable, Sendable {
  public var sliceCount: Int
  public var sliceByteCount: Int
  /// Indices of a slice, at most 6.
  public var depth: Int
  /// What an index counts, in bytes.
  public var strides: Extents
  /// The last byte where a slice may begin.
  public var lastOffset: Int

  public init(
    sliceCount: Int, sliceByteCount: Int, depth: Int, strides: Extents, lastOffset: Int
  ) {
    self.sliceCount = sliceCount
    self.sliceByteCount = sliceByteCount
    self.depth = depth
    self.strides = strides
    self.lastOffset = lastOffset
  }

  /// - Parameter indices: `Int32`.
  @inline(__always)
  public func run(
    input: UnsafeRawPointer, indices: UnsafeRawPointer, output: UnsafeMutableRawPointer
  ) {
    var indices = indices.assumingMemoryBound(to: Int32.self)
    var output = output
    var slice = 0
    while slice < sliceCount {
      var offset = 0
      var dimension = 0
      while dimension < depth {
        offset = offset &+ Int(indices[dimension]) &* strides[dimension]
        dimension &+= 1
      }
      offset = max(0, min(lastOffset, offset))
      copySlice(input + offset, sliceByteCount, to: output)
      indices += depth
      output += sliceByteCount
      slice &+= 1
    }
  }
}

/// As `copyRun`, with the sizes of elements singled out.
@inline(__always)
func copySlice(_ source: UnsafeRawPointer, _ count: Int, to target: UnsafeMutableRawPointer) {
  switch count {
  case 1: target.storeBytes(of: source.loadUnaligned(as: UInt8.self), as: UInt8.self)
  case 2: target.storeBytes(of: source.loadUnaligned(as: UInt16.self), as: UInt16.self)
  case 4: target.storeBytes(of: source.loadUnaligned(as: UInt32.self), as: UInt32.self)
  default: copyRun(source, count, to: target)
  }
}
