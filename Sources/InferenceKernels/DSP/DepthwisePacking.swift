// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if !hasFeature(Embedded)

  /// What the compiler asks for: how a layer is cut into strips, what its output may lie on, how
  /// its weights lie.

  extension DepthwisePlanes {
    /// The planes of a layer, lines along the axis that takes fewer cycles, in as few strips as
    /// `scratchLimit` bytes allow; one line a strip where not even that fits.
    init(window: Window, inputZeroPoint: Int8, scratchLimit: Int) {
      let rows = PlanarAxis(
        inputCount: window.inputHeight, outputCount: window.outputHeight,
        kernel: window.kernelHeight, stride: window.strideHeight, dilation: window.dilationHeight,
        padding: window.paddingTop, inputPitch: window.inputWidth * window.inputChannels,
        outputPitch: window.outputWidth * window.outputChannels)
      let columns = PlanarAxis(
        inputCount: window.inputWidth, outputCount: window.outputWidth,
        kernel: window.kernelWidth, stride: window.strideWidth, dilation: window.dilationWidth,
        padding: window.paddingLeft, inputPitch: window.inputChannels,
        outputPitch: window.outputChannels)
      let alongRows = Self.cycles(along: columns, across: rows)
      let runsDown = Self.cycles(along: rows, across: columns) < alongRows
      self.init(
        channels: window.inputChannels, inputZeroPoint: inputZeroPoint, linesRunDown: runsDown,
        along: runsDown ? rows : columns, across: runsDown ? columns : rows, stripLines: 1)
      var strips = 1
      repeat {
        stripLines = (across.outputCount + strips - 1) / strips
        strips += 1
      } while byteCount > scratchLimit && stripLines > 1
    }

    /// Cycles of one channel, roughly: the ends of lines cost more than their outputs.
    private static func cycles(along: PlanarAxis, across: PlanarAxis) -> Int {
      let ends = [0, 24, 34, 50]
      let line = 12 + along.outputCount / 4 * 58 + ends[along.outputCount % 4]
      return across.outputCount * line + 2 * across.inputCount * along.usedInputs
    }

    /// Whether nine taps in registers will do.
    var isThreeByThree: Bool {
      along.kernel == 3 && along.dilation == 1 && along.stride <= 2 && across.kernel == 3
    }

    /// Where the output may lie, if it has as many channels. Four channels never meet other four,
    /// as bytes of channels lie side by side; of one channel, no output may lie on an input that a
    /// later strip will read.
    func overlap(batches: Int) -> Overlap {
      let inputs = along.inputCount * across.inputCount
      guard batches == 1 || along.outputCount * across.outputCount <= inputs else { return .none }
      let isSafe = stride(from: 0, to: across.outputCount, by: stripLines).allSatisfy { first in
        let read = first * across.stride - across.padding + slots(stripLines)
        let written = min(first + stripLines, across.outputCount)
        if read >= across.usedInputs { return true }
        return linesRunDown
          ? across.outputCount == across.inputCount && written <= read
          : written * along.outputCount <= read * along.inputCount
      }
      return isSafe ? .exact : .none
    }

    /// The weight at a place of a row along the lines; 0 beside the taps and between dilated ones.
    fileprivate func weight(
      _ weights: [Int8], _ channel: (index: Int, count: Int), row: Int, place: Int
    ) -> Int8 {
      guard place >= 0, place < along.span, place % along.dilation == 0 else { return 0 }
      let tap = place / along.dilation
      let index = linesRunDown ? tap * across.kernel + row : row * along.kernel + tap
      return weights[index * channel.count + channel.index]
    }

    /// Bias, taps and constants of each channel; `places` are those of the first taps of a row's
    /// words.
    fileprivate func pack(
      _ weights: [Int8], bias: [Int32], epilogueWords: [Int32], places: [Int]
    ) -> [Int32] {
      let constants = epilogueWords.count / bias.count
      return bias.indices.flatMap { index in
        let channel = (index, bias.count)
        let taps = (0..<across.kernel).flatMap { row in
          places.map { place in
            let low = weight(weights, channel, row: row, place: place)
            let high = weight(weights, channel, row: row, place: place + 1)
            return Int32(high) << 16 | Int32(low) & 0xFFFF
          }
        }
        return [bias[index] &<< 8] + taps
          + epilogueWords[constants * index..<constants * (index + 1)]
      }
    }
  }

  extension ThreeByThreeDepthwise {
    /// - Parameter scratchLimit: bytes that scratch should not exceed: more make fewer strips.
    public init(window: Window, inputZeroPoint: Int8, epilogue: E, scratchLimit: Int) {
      self.init(
        batches: window.batches, inputImage: window.inputImage, outputImage: window.outputImage,
        planes: DepthwisePlanes(
          window: window, inputZeroPoint: inputZeroPoint, scratchLimit: scratchLimit - 8),
        epilogue: epilogue)
    }

    /// Whether the kernel computes this shape.
    public static func supports(_ window: Window) -> Bool {
      let planes = DepthwisePlanes(window: window, inputZeroPoint: 0, scratchLimit: 0)
      return planes.isThreeByThree && window.inputChannels == window.outputChannels
    }

    public var overlap: Overlap { planes.overlap(batches: batches) }

    /// Words that `packWeights` returns.
    public var packedWordCount: Int { planes.channels * Self.channelWords }

    /// - Parameters:
    ///   - weights: 1HWC, as in the model.
    ///   - bias: of each output channel, with the input's zero point folded in.
    ///   - epilogueWords: `E.wordCount` words of each output channel.
    public func packWeights(_ weights: [Int8], bias: [Int32], epilogueWords: [Int32]) -> [Int32] {
      planes.pack(weights, bias: bias, epilogueWords: epilogueWords, places: [0, 1])
    }
  }

  extension PlanarDepthwise {
    /// - Parameter scratchLimit: bytes that scratch should not exceed: more make fewer strips.
    public init(window: Window, inputZeroPoint: Int8, epilogue: E, scratchLimit: Int) {
      self.init(
        batches: window.batches, inputImage: window.inputImage, outputImage: window.outputImage,
        multiplier: window.outputChannels / window.inputChannels,
        planes: DepthwisePlanes(
          window: window, inputZeroPoint: inputZeroPoint, scratchLimit: scratchLimit - 12),
        epilogue: epilogue)
    }

    public var overlap: Overlap { multiplier == 1 ? planes.overlap(batches: batches) : .none }

    /// Words that `packWeights` returns.
    public var packedWordCount: Int { planes.channels * multiplier * channelWords }

    /// - Parameters:
    ///   - weights: 1HWC, as in the model.
    ///   - bias: of each output channel, with the input's zero point folded in.
    ///   - epilogueWords: `E.wordCount` words of each output channel.
    public func packWeights(_ weights: [Int8], bias: [Int32], epilogueWords: [Int32]) -> [Int32] {
      let lower = (0..<planes.tapWords).map { 2 * $0 }
      let places = planes.along.stride % 2 == 0 ? lower : lower.flatMap { [$0, $0 - 1] }
      return planes.pack(weights, bias: bias, epilogueWords: epilogueWords, places: places)
    }
  }

#endif
