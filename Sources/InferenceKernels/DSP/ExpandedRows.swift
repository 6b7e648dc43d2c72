// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How the rows of input under a block of outputs lie in the scratch, as halfwords.
struct ExpandedRows {
  /// Rows and columns of outputs in a block: three of the one and one of the other.
  var blockHeight: Int
  var blockWidth: Int
  /// Columns of outputs behind the last whole block.
  var columnsLeft: Int
  /// Channels of an expanded pixel: filled up where columns of outputs would not begin at words.
  var channels: Int
  /// Rows of input under a block.
  var count: Int
  /// Columns of a row that are read from the tensor, right of the padding.
  var columnsRead: Int
  /// Bytes of a row, and from one column of outputs to the next.
  var pitch: Int
  var columnPitch: Int
  /// Pairs of taps in a row of the kernel.
  var pairs: Int

  @inline(__always)
  init(_ window: Window) {
    let (height, width) = (window.outputHeight, window.outputWidth)
    // Whichever way takes less time: two pixels of a row take three quarters of three, one a half.
    let left = width % 3
    let level = height &* (width / 3 &* 4 &+ (left == 0 ? 0 : left &+ 1))
    let isUpright = height >= 3 && (height &+ 2) / 3 &* width &* 4 < level
    // In long rows the last block begins early instead: a block more, but no code of its own.
    columnsLeft = isUpright || width >= 24 ? 0 : left
    blockHeight = isUpright ? 3 : 1
    blockWidth = isUpright ? 1 : 3
    channels =
      window.strideWidth &* window.inputChannels & 1 == 0
      ? window.inputChannels : paddedToWords(window.inputChannels)
    count = window.kernelHeight &+ (blockHeight &- 1) &* window.strideHeight
    let columns = (width &- 1) &* window.strideWidth &+ window.kernelWidth
    columnsRead = min(window.inputWidth, columns &- window.paddingLeft)
    pitch = (columns &* channels &+ 1) / 2 &* 4
    columnPitch = 2 &* window.strideWidth &* channels
    pairs = (window.kernelWidth &* channels &+ 1) / 2
  }
}
