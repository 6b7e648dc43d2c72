// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A kernel that slides over an NHWC tensor: the shapes that convolutions and pools share.
public struct Window: Equatable, Sendable {
  public var batches: Int
  public var inputHeight: Int
  public var inputWidth: Int
  public var inputChannels: Int
  public var outputHeight: Int
  public var outputWidth: Int
  public var outputChannels: Int
  public var kernelHeight: Int
  public var kernelWidth: Int
  public var strideHeight: Int
  public var strideWidth: Int
  public var dilationHeight: Int
  public var dilationWidth: Int
  public var paddingTop: Int
  public var paddingLeft: Int

  public init(
    batches: Int = 1,
    inputHeight: Int, inputWidth: Int, inputChannels: Int,
    outputHeight: Int, outputWidth: Int, outputChannels: Int,
    kernelHeight: Int, kernelWidth: Int,
    strideHeight: Int = 1, strideWidth: Int = 1,
    dilationHeight: Int = 1, dilationWidth: Int = 1,
    paddingTop: Int = 0, paddingLeft: Int = 0
  ) {
    self.batches = batches
    self.inputHeight = inputHeight
    self.inputWidth = inputWidth
    self.inputChannels = inputChannels
    self.outputHeight = outputHeight
    self.outputWidth = outputWidth
    self.outputChannels = outputChannels
    self.kernelHeight = kernelHeight
    self.kernelWidth = kernelWidth
    self.strideHeight = strideHeight
    self.strideWidth = strideWidth
    self.dilationHeight = dilationHeight
    self.dilationWidth = dilationWidth
    self.paddingTop = paddingTop
    self.paddingLeft = paddingLeft
  }

  /// Elements of one image of the input and of the output.
  var inputImage: Int { inputHeight &* inputWidth &* inputChannels }
  var outputImage: Int { outputHeight &* outputWidth &* outputChannels }

  /// Whether each output pixel sees just the input pixel in the same place.
  @inline(__always)
  public var isPointwise: Bool {
    kernelHeight == 1 && kernelWidth == 1 && strideHeight == 1 && strideWidth == 1
      && outputHeight == inputHeight && outputWidth == inputWidth
  }

  /// The row of the input under row `kernel` of a kernel placed for row `output`; outside of
  /// `0..<inputHeight` it is padding.
  @inline(__always)
  func inputRow(output: Int, kernel: Int) -> Int {
    output &* strideHeight &- paddingTop &+ kernel &* dilationHeight
  }

  @inline(__always)
  func inputColumn(output: Int, kernel: Int) -> Int {
    output &* strideWidth &- paddingLeft &+ kernel &* dilationWidth
  }

  @inline(__always)
  func containsRow(_ row: Int) -> Bool { row >= 0 && row < inputHeight }

  @inline(__always)
  func containsColumn(_ column: Int) -> Bool { column >= 0 && column < inputWidth }
}
