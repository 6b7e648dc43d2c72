// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Moves runs of bytes between two tensors, each of which is walked with strides of its own: all
/// there is to slices, transpositions, concatenations, padding and tiling of any element type.
///
/// Offsets and strides count bytes and may be negative; a source stride of 0 repeats. Runs are
/// copied in the order of the dimensions, the last one fastest.
public struct StridedCopy: Equatable, Sendable {
  /// Consecutive bytes in both tensors, at least one element: 1, 2, 4 or a multiple of those.
  public var runByteCount: Int
  /// How many runs.
  public var extents: Extents
  public var sourceOffset: Int
  public var sourceStrides: Extents
  public var targetOffset: Int
  public var targetStrides: Extents

  public init(
    runByteCount: Int, extents: Extents, sourceOffset: Int, sourceStrides: Extents,
    targetOffset: Int, targetStrides: Extents
  ) {
    self.runByteCount = runByteCount
    self.extents = extents
    self.sourceOffset = sourceOffset
    self.sourceStrides = sourceStrides
    self.targetOffset = targetOffset
    self.targetStrides = targetStrides
  }

  @inline(__always)
  public func run(input: UnsafeRawPointer, output: UnsafeMutableRawPointer) {
    let source = input + sourceOffset
    let target = output + targetOffset
    walk(0, source, target) { source, target in
      walk(1, source, target) { source, target in
        walk(2, source, target) { source, target in
          walk(3, source, target) { source, target in
            walk(4, source, target) { source, target in copyRow(source, target) }
          }
        }
      }
    }
  }

  @inline(__always)
  private func walk(
    _ dimension: Int, _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer,
    _ body: (UnsafeRawPointer, UnsafeMutableRawPointer) -> Void
  ) {
    var source = source
    var target = target
    var left = extents[dimension]
    while left > 0 {
      body(source, target)
      source += sourceStrides[dimension]
      target += targetStrides[dimension]
      left &-= 1
    }
  }

  /// The innermost dimension; runs of one element are moved as such.
  @inline(__always)
  private func copyRow(_ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer) {
    switch runByteCount {
    case 1: copyElements(UInt8.self, source, target)
    case 2: copyElements(UInt16.self, source, target)
    case 4: copyElements(UInt32.self, source, target)
    default:
      walk(5, source, target) { source, target in
        copyRun(source, runByteCount, to: target)
      }
    }
  }

  @inline(__always)
  private func copyElements<Element: FixedWidthInteger>(
    _: Element.Type, _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer
  ) {
    walk(5, source, target) { source, target in
      target.storeBytes(of: source.loadUnaligned(as: Element.self), as: Element.self)
    }
  }
}

/// Writes a pattern of four bytes into runs of a tensor that is walked with strides.
public struct Fill: Equatable, Sendable {
  /// The bytes of a word; shorter elements are repeated in it.
  public var pattern: Int32
  /// Consecutive bytes, a multiple of the element's size.
  public var runByteCount: Int
  public var extents: Extents
  public var targetOffset: Int
  public var targetStrides: Extents

  public init(
    pattern: Int32, runByteCount: Int, extents: Extents, targetOffset: Int, targetStrides: Extents
  ) {
    self.pattern = pattern
    self.runByteCount = runByteCount
    self.extents = extents
    self.targetOffset = targetOffset
    self.targetStrides = targetStrides
  }

  @inline(__always)
  public func run(output: UnsafeMutableRawPointer) {
    walk(0, output + targetOffset) { target in
      walk(1, target) { target in
        walk(2, target) { target in
          walk(3, target) { target in
            walk(4, target) { target in
              walk(5, target) { target in fillRun(target) }
            }
          }
        }
      }
    }
  }

  @inline(__always)
  private func walk(
    _ dimension: Int, _ target: UnsafeMutableRawPointer, _ body: (UnsafeMutableRawPointer) -> Void
  ) {
    var target = target
    var left = extents[dimension]
    while left > 0 {
      body(target)
      target += targetStrides[dimension]
      left &-= 1
    }
  }

  /// The pattern begins anew with each run.
  @inline(__always)
  private func fillRun(_ target: UnsafeMutableRawPointer) {
    var target = target
    var left = runByteCount
    while left >= 4 {
      target.storeBytes(of: pattern, as: Int32.self)
      target += 4
      left &-= 4
    }
    var rest = UInt32(bitPattern: pattern)
    while left > 0 {
      target.storeBytes(of: UInt8(truncatingIfNeeded: rest), as: UInt8.self)
      rest &>>= 8
      target += 1
      left &-= 1
    }
  }
}

/// Copies `count` bytes upwards: sixteen at a time and by words where both ends are aligned to
/// words, which saves the loop's own instructions.
@inline(__always)
func copyRun(_ source: UnsafeRawPointer, _ count: Int, to target: UnsafeMutableRawPointer) {
  guard (Int(bitPattern: source) | Int(bitPattern: target)) & 3 == 0 else {
    return target.copyMemory(from: source, byteCount: count)
  }
  var words = source.assumingMemoryBound(to: UInt32.self)
  var targetWords = target.assumingMemoryBound(to: UInt32.self)
  var left = count
  while left >= 16 {
    let (a, b, c, d) = (words[0], words[1], words[2], words[3])
    targetWords[0] = a
    targetWords[1] = b
    targetWords[2] = c
    targetWords[3] = d
    words += 4
    targetWords += 4
    left &-= 16
  }
  while left >= 4 {
    targetWords[0] = words[0]
    words += 1
    targetWords += 1
    left &-= 4
  }
  let bytes = UnsafeRawPointer(words).assumingMemoryBound(to: UInt8.self)
  let targetBytes = UnsafeMutableRawPointer(targetWords).assumingMemoryBound(to: UInt8.self)
  var index = 0
  while index < left {
    targetBytes[index] = bytes[index]
    index &+= 1
  }
}
