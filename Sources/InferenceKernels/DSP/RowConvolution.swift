// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// CONV_2D with taps and strides of any size but without dilation, bit-exact with TensorFlow Lite
/// Micro, for cores with the DSP extension.
///
/// The rows of input under one block of outputs lie expanded in the scratch, with the zero point
/// around them, and move up as the blocks go down: no patch is ever gathered. A block is three
/// pixels of a row, or where that wastes less three of a column.
public struct RowConvolution<E: Epilogue>: Equatable, Sendable {
  public var window: Window
  public var inputZeroPoint: Int8
  public var epilogue: E

  public init(window: Window, inputZeroPoint: Int8, epilogue: E) {
    self.window = window
    self.inputZeroPoint = inputZeroPoint
    self.epilogue = epilogue
  }

  @_transparent
  func product(_ rows: ExpandedRows) -> PixelProduct<E> {
    let isUpright = rows.blockHeight == 3
    return PixelProduct(
      pixels: 3, outputChannels: window.outputChannels, rows: window.kernelHeight,
      pairs: rows.pairs,
      rowPitch: rows.pitch,
      pixelPitch: isUpright ? window.strideHeight &* rows.pitch : rows.columnPitch,
      outputPitch: isUpright
        ? window.outputWidth &* window.outputChannels : window.outputChannels,
      epilogue: epilogue)
  }

  /// Bytes of scratch: the expanded rows and what the zero weights behind them are multiplied with.
  public var scratchByteCount: Int {
    let rows = ExpandedRows(window)
    let product = product(rows)
    return rows.count &* rows.pitch &+ 4 &* (product.packedPairs &- product.pairs &+ 1)
  }

  /// - Parameters:
  ///   - weights: as `packWeights` returns them, 4-byte aligned.
  ///   - scratch: `scratchByteCount` bytes, 4-byte aligned.
  @inline(__always)
  public func run(
    input: UnsafeRawPointer, weights: UnsafeRawPointer, scratch: UnsafeMutableRawPointer,
    output: UnsafeMutableRawPointer
  ) {
    let rows = ExpandedRows(window)
    let product = product(rows)
    // Rows of padding are filled as they come; what is left and right of a row stays.
    fillHalfwords(scratch, byteCount: rows.count &* rows.pitch, with: inputZeroPoint)
    var batch = 0
    while batch < window.batches {
      let image = input + batch &* window.inputImage
      let result = output + batch &* window.outputImage
      var row = 0
      var first = 0 &- window.paddingTop &- rows.count &* window.strideHeight
      while row < window.outputHeight {
        let top = min(row, window.outputHeight &- rows.blockHeight)
        first = advance(rows, from: first, toOutputRow: top, image, scratch)
        multiply(
          rows, product, UnsafeRawPointer(scratch), weights,
          result + top &* window.outputWidth &* window.outputChannels)
        row &+= rows.blockHeight
      }
      batch &+= 1
    }
  }

  /// All columns of a block of rows.
  @_transparent
  private func multiply(
    _ rows: ExpandedRows, _ product: PixelProduct<E>, _ scratch: UnsafeRawPointer,
    _ weights: UnsafeRawPointer, _ output: UnsafeMutableRawPointer
  ) {
    let end = window.outputWidth &- rows.columnsLeft
    var column = 0
    while column < end {
      let start = min(column, end &- rows.blockWidth)
      product(
        scratch + start &* rows.columnPitch, weights: weights,
        output: output + start &* window.outputChannels)
      column &+= rows.blockWidth
    }
    guard rows.columnsLeft > 0 else { return }
    var rest = product
    rest.pixels = rows.columnsLeft
    rest(
      scratch + end &* rows.columnPitch, weights: weights,
      output: output + end &* window.outputChannels)
  }

  /// Moves the rows that the scratch holds from input row `held` on to those under a block that
  /// begins at `output`. Returns the first of them.
  @_transparent
  private func advance(
    _ rows: ExpandedRows, from held: Int, toOutputRow output: Int, _ input: UnsafeRawPointer,
    _ scratch: UnsafeMutableRawPointer
  ) -> Int {
    let first = output &* window.strideHeight &- window.paddingTop
    let end = first &+ rows.count
    var row = held &+ rows.count
    if row <= first {
      row = first
    } else {
      moveWordsDown(
        scratch + (first &- held) &* rows.pitch, byteCount: (row &- first) &* rows.pitch,
        to: scratch)
    }
    while row < end {
      expand(rows, row, input, to: scratch + (row &- first) &* rows.pitch)
      row &+= 1
    }
    return first
  }

  @_transparent
  private func expand(
    _ rows: ExpandedRows, _ row: Int, _ input: UnsafeRawPointer,
    to target: UnsafeMutableRawPointer
  ) {
    guard window.containsRow(row) else {
      fillHalfwords(target, byteCount: rows.pitch, with: inputZeroPoint)
      return
    }
    let source = input + row &* window.inputWidth &* window.inputChannels
    let inside = target + 2 &* window.paddingLeft &* rows.channels
    if window.inputChannels & 3 == 0 {
      expandQuads(source, count: rows.columnsRead &* rows.channels, to: inside)
    } else if window.inputChannels == rows.channels {
      expandInOrder(source, count: rows.columnsRead &* rows.channels, to: inside)
    } else {
      expandPixels(
        source, count: rows.columnsRead, channels: window.inputChannels, to: inside,
        pitch: 2 &* rows.channels)
    }
  }
}
