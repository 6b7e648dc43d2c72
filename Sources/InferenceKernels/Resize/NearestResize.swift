// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// RESIZE_NEAREST_NEIGHBOR where rows and columns do not repeat evenly: tables say which are taken.
public struct NearestResize: Equatable, Sendable {
  public var batches: Int
  public var imageByteCount: Int
  public var rows: Int
  public var columns: Int
  public var pixelByteCount: Int

  public init(batches: Int, imageByteCount: Int, rows: Int, columns: Int, pixelByteCount: Int) {
    self.batches = batches
    self.imageByteCount = imageByteCount
    self.rows = rows
    self.columns = columns
    self.pixelByteCount = pixelByteCount
  }

  /// - Parameter offsets: for each row of the output the offset of the input's in bytes, then the
  ///   same for each column; `Int32`.
  @inline(__always)
  public func run(
    input: UnsafeRawPointer, offsets: UnsafeRawPointer, output: UnsafeMutableRawPointer
  ) {
    let rowOffsets = offsets.assumingMemoryBound(to: Int32.self)
    let columnOffsets = rowOffsets + rows
    var image = input
    var output = output
    var batch = 0
    while batch < batches {
      var row = 0
      while row < rows {
        let source = image + Int(rowOffsets[row])
        var column = 0
        while column < columns {
          copySlice(source + Int(columnOffsets[column]), pixelByteCount, to: output)
          output += pixelByteCount
          column &+= 1
        }
        row &+= 1
      }
      image += imageByteCount
      batch &+= 1
    }
  }
}
