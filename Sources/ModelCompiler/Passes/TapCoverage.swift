// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph

/// Which of a kernel's taps lie within the input, for every place of the window that differs in it:
/// the others read the zero point. Rows and columns are covered independently of each other.
struct TapCoverage: Equatable {
  let kernelHeight: Int
  let kernelWidth: Int
  let rows: Set<Range<Int>>
  let columns: Set<Range<Int>>

  /// One tap that is always covered.
  init() {
    (kernelHeight, kernelWidth) = (1, 1)
    (rows, columns) = ([0..<1], [0..<1])
  }

  /// - Parameters:
  ///   - input: batch x height x width x channels.
  ///   - kernel: weights of four dimensions, height and width in the middle.
  init(_ sliding: Sliding, input: [Int], kernel: [Int]) {
    (kernelHeight, kernelWidth) = (kernel[1], kernel[2])
    func covered(_ input: Int, _ kernel: Int, _ stride: Int, _ dilation: Int) -> Set<Range<Int>> {
      let (outputs, padding) = sliding.extent(
        input: input, kernel: kernel, stride: stride, dilation: dilation)
      let covered = (0..<outputs).map { output in
        let start = output * stride - padding
        // Taps from the first at or after the input's start to the last before its end.
        let first = min(kernel, max(0, (dilation - 1 - start) / dilation))
        let end = max(first, min(kernel, (input - start + dilation - 1) / dilation))
        return first..<end
      }
      return Set(covered)
    }
    rows = covered(input[1], kernel[1], sliding.strideHeight, sliding.dilationHeight)
    columns = covered(input[2], kernel[2], sliding.strideWidth, sliding.dilationWidth)
  }

  /// Whether some window reaches beyond the input.
  var isPadded: Bool { rows != [0..<kernelHeight] || columns != [0..<kernelWidth] }

  /// The sum over the covered taps, for each coverage.
  func sums(_ taps: [Int]) -> [Int] {
    // Entry (y, x) holds the sum of all taps above and left of it.
    let width = kernelWidth + 1
    var corners = [Int](repeating: 0, count: (kernelHeight + 1) * width)
    for y in 0..<kernelHeight {
      for x in 0..<kernelWidth {
        corners[(y + 1) * width + x + 1] =
          taps[y * kernelWidth + x] + corners[y * width + x + 1] + corners[(y + 1) * width + x]
          - corners[y * width + x]
      }
    }
    return rows.flatMap { rows in
      let (top, bottom) = (rows.lowerBound * width, rows.upperBound * width)
      return columns.map {
        corners[bottom + $0.upperBound] - corners[top + $0.upperBound]
          - corners[bottom + $0.lowerBound] + corners[top + $0.lowerBound]
      }
    }
  }
}
