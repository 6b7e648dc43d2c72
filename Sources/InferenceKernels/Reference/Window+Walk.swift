// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension Window {
  /// Calls `body` with batch, row and column of each output pixel, in memory order.
  @inline(__always)
  func forEachOutputPixel(_ body: (Int, Int, Int) -> Void) {
    var batch = 0
    while batch < batches {
      var row = 0
      while row < outputHeight {
        var column = 0
        while column < outputWidth {
          body(batch, row, column)
          column &+= 1
        }
        row &+= 1
      }
      batch &+= 1
    }
  }

  /// Calls `body` with index, input row and input column of each tap that is not padding.
  @inline(__always)
  func forEachTap(row: Int, column: Int, _ body: (Int, Int, Int) -> Void) {
    var kernelRow = 0
    while kernelRow < kernelHeight {
      let y = inputRow(output: row, kernel: kernelRow)
      var kernelColumn = 0
      while kernelColumn < kernelWidth {
        let x = inputColumn(output: column, kernel: kernelColumn)
        if containsRow(y) && containsColumn(x) {
          body(kernelRow &* kernelWidth &+ kernelColumn, y, x)
        }
        kernelColumn &+= 1
      }
      kernelRow &+= 1
    }
  }
}
