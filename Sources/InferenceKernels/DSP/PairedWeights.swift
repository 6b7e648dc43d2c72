// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if !hasFeature(Embedded)

  /// Packing of weights by pairs of channels, on the host.
  ///
  /// Weights are -127 to 127, so that 256 times one plus another fits a halfword.
  enum PairedWeights {
    /// Two taps of two channels in a word: see `PixelSums`.
    static func word(first: (Int8, Int8), second: (Int8, Int8)) -> Int32 {
      let low = 256 * Int32(second.0) + Int32(first.0)
      let high = 256 * Int32(second.1) + Int32(first.1)
      return low & 0xFFFF | high << 16
    }

    /// The biases that a pair's sums start with.
    static func biases(_ first: Int32, _ second: Int32) -> [Int32] {
      [first, second &* 256 &+ first]
    }

    /// The two places in a row that pair `pair` multiplies; `inQuads` as `expandQuads` leaves them.
    static func places(_ pair: Int, inQuads: Bool) -> (Int, Int) {
      guard inQuads else { return (2 * pair, 2 * pair + 1) }
      let place = pair / 2 * 4 + pair % 2
      return (place, place + 2)
    }
  }

  extension PixelProduct {
    /// The blob of a layer.
    /// - Parameters:
    ///   - bias: of each channel, with the input's zero point folded in.
    ///   - epilogueWords: `E.wordCount` words of each channel.
    ///   - weight: a channel's weight at a place of an expanded row, 0 where that holds nothing.
    func pack(
      bias: [Int32], epilogueWords: [Int32], inQuads: Bool,
      weight: (_ channel: Int, _ row: Int, _ place: Int) -> Int8
    ) -> [Int32] {
      var words: [Int32] = []
      for first in stride(from: 0, to: outputChannels, by: 2) {
        let second = first + 1 < outputChannels ? first + 1 : nil
        words += PairedWeights.biases(bias[first], second.map { bias[$0] } ?? 0)
        for row in 0..<rows {
          for pair in 0..<packedPairs {
            let (a, b) = PairedWeights.places(pair, inQuads: inQuads)
            words.append(
              PairedWeights.word(
                first: (weight(first, row, a), weight(first, row, b)),
                second: second.map { (weight($0, row, a), weight($0, row, b)) } ?? (0, 0)))
          }
        }
        for channel in first...first + 1 {
          let start = E.wordCount * channel
          words +=
            channel < outputChannels
            ? epilogueWords[start..<start + E.wordCount]
            : [Int32](repeating: 1, count: E.wordCount)[...]
        }
      }
      return words
    }
  }

  extension PointwiseConvolution {
    /// Whether the kernel computes this shape.
    public var isSupported: Bool {
      pixels >= 3 && outputChannels > 0 && inputChannels > 0 && product.reachesTaps
    }

    /// Where the output may lie: a block of three pixels is read before it is written.
    public var overlap: Overlap {
      let growth = outputChannels - inputChannels
      return .leading(byteCount: growth <= 0 ? 3 * growth : pixels * growth)
    }

    /// Words that `packWeights` returns.
    public var packedWordCount: Int { product.packedWordCount }

    /// - Parameters:
    ///   - weights: OHWI, as in the model, -127 to 127.
    ///   - bias: of each output channel, with the input's zero point folded in.
    ///   - epilogueWords: `E.wordCount` words of each output channel.
    public func packWeights(_ weights: [Int8], bias: [Int32], epilogueWords: [Int32]) -> [Int32] {
      let inQuads = inputChannels % 4 == 0
      return product.pack(bias: bias, epilogueWords: epilogueWords, inQuads: inQuads) {
        channel, _, place in
        place < inputChannels ? weights[channel * inputChannels + place] : 0
      }
    }
  }

  extension RowConvolution {
    /// Whether the kernel computes this shape.
    public var isSupported: Bool {
      let rows = ExpandedRows(window)
      return window.dilationHeight == 1 && window.dilationWidth == 1
        && window.paddingLeft < window.kernelWidth && window.paddingTop < window.kernelHeight
        && rows.columnsRead > 0 && product(rows).reachesTaps
    }

    /// Where the output may lie: rows of input are expanded before outputs are written over them.
    public var overlap: Overlap {
      guard window.batches == 1 else { return .none }
      let rows = ExpandedRows(window)
      var lead = Int.min
      for start in stride(from: 0, to: window.outputHeight, by: rows.blockHeight) {
        let top = min(start, window.outputHeight - rows.blockHeight)
        let written = (top + rows.blockHeight) * window.outputWidth * window.outputChannels
        let isLast = start + rows.blockHeight >= window.outputHeight
        let end = top * window.strideHeight - window.paddingTop + rows.count
        let rowsRead = isLast ? window.inputHeight : max(0, min(window.inputHeight, end))
        lead = max(lead, written - rowsRead * window.inputWidth * window.inputChannels)
      }
      return .leading(byteCount: lead)
    }

    /// Words that `packWeights` returns.
    public var packedWordCount: Int { product(ExpandedRows(window)).packedWordCount }

    /// - Parameters:
    ///   - weights: OHWI, as in the model, -127 to 127.
    ///   - bias: of each output channel, with the input's zero point folded in.
    ///   - epilogueWords: `E.wordCount` words of each output channel.
    public func packWeights(_ weights: [Int8], bias: [Int32], epilogueWords: [Int32]) -> [Int32] {
      let rows = ExpandedRows(window)
      let (height, width, channels) = (
        window.kernelHeight, window.kernelWidth, window.inputChannels
      )
      let inQuads = channels % 4 == 0
      return product(rows).pack(bias: bias, epilogueWords: epilogueWords, inQuads: inQuads) {
        output, row, place in
        let (column, channel) = (place / rows.channels, place % rows.channels)
        guard column < width, channel < channels else { return 0 }
        return weights[((output * height + row) * width + column) * channels + channel]
      }
    }
  }

  extension PixelProduct {
    /// Whether LDR reaches the words of all three pixels.
    var reachesTaps: Bool {
      2 * pixelPitch + 4 * min(pairs, longestRun) <= Self.farthestOffset
    }

    var packedWordCount: Int {
      (outputChannels + 1) / 2 * (2 + rows * packedPairs + 2 * E.wordCount)
    }
  }

  extension DenseLayer {
    /// Whether the kernel computes this shape.
    public var isSupported: Bool { inputCount > 0 && outputCount > 0 }

    /// A row is expanded before its outputs are written.
    public var overlap: Overlap {
      let growth = outputCount - inputCount
      return .leading(byteCount: growth <= 0 ? growth : batches * growth)
    }

    /// Words that `packWeights` returns.
    public var packedWordCount: Int {
      let rows = (outputCount + 3) / 4 * (4 + 4 * steps)
      return rows + E.wordCount * (sharesConstants ? 1 : (outputCount + 3) / 4 * 4)
    }

    /// - Parameters:
    ///   - weights: rows of `inputCount`, as in the model, -127 to 127.
    ///   - bias: of each output, with the input's zero point folded in.
    ///   - epilogueWords: `E.wordCount` words of each output.
    public func packWeights(_ weights: [Int8], bias: [Int32], epilogueWords: [Int32]) -> [Int32] {
      var words = sharesConstants ? Array(epilogueWords.prefix(E.wordCount)) : []
      for start in stride(from: 0, to: outputCount, by: 4) {
        let channels = (start..<start + 4).map { $0 < outputCount ? $0 : nil }
        let sums = channels.map { $0.map { bias[$0] } ?? 0 }
        words += PairedWeights.biases(sums[0], sums[1]) + PairedWeights.biases(sums[2], sums[3])
        for pair in 0..<2 * steps {
          words.append(word(weights, pair, channels[0], channels[1]))
          words.append(word(weights, pair, channels[2], channels[3]))
        }
        for channel in channels where !sharesConstants {
          guard let channel else {
            words += [Int32](repeating: 1, count: E.wordCount)
            continue
          }
          words += epilogueWords[E.wordCount * channel..<E.wordCount * (channel + 1)]
        }
      }
      return words
    }

    private func word(_ weights: [Int8], _ pair: Int, _ first: Int?, _ second: Int?) -> Int32 {
      let (a, b) = PairedWeights.places(pair, inQuads: inputCount % 4 == 0)
      func weight(_ channel: Int?, _ place: Int) -> Int8 {
        guard let channel, place < inputCount else { return 0 }
        return weights[channel * inputCount + place]
      }
      return PairedWeights.word(
        first: (weight(first, a), weight(first, b)),
        second: (weight(second, a), weight(second, b)))
    }
  }

#endif
