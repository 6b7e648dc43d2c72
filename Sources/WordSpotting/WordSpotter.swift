// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Turns the network's scores over time into words, each once.
///
/// A word stays near the middle of the window for three or four inferences. Their scores are added
/// up while any digit is likely at all, and the word is given when that ends: one window's slip
/// does not count, and a faint word is heard if it is faint for long enough. A second word that
/// follows without a pause ends the first when the network is sure of it.
public struct WordSpotter {
  /// A word that was heard, and the network's best score for it.
  public struct Detection: Equatable, Sendable {
    /// Index into `Vocabulary`.
    public let word: Int
    public let percent: Int
  }

  // Scores are probabilities in 1/256.
  /// All digits together, for something to be there: 30 %.
  private static var present: Int32 { 77 }
  /// A word's sum, for it to be given: once 78 %, or thrice 26 %.
  private static var enough: Int32 { 200 }
  /// A word's best score, for it to be given: 27 %.
  private static var best: Int32 { 70 }
  /// The next word's score and the last one's, for a change without a pause: 50 % and 25 %.
  private static var sure: Int32 { 128 }
  private static var gone: Int32 { 64 }
  /// The last word's sum, for it not to be the misheard head of the next: 1.8 windows' worth.
  private static var evidence: Int32 { 450 }

  private var sums = SIMD16<Int32>(repeating: 0)
  private var peaks = SIMD16<Int32>(repeating: 0)

  public init() {}

  /// Takes the `Vocabulary.count` outputs of one inference (int8, probability 1/256, zero −128).
  /// Answers when a word has ended.
  public mutating func hear(_ scores: UnsafePointer<Int8>) -> Detection? {
    var digits = SIMD16<Int32>(repeating: 0)
    for index in 0..<Vocabulary.words {
      digits[index] = Int32(scores[index]) &+ 128
    }
    if digits.wrappedSum() < Self.present {
      return finish(startingWith: SIMD16<Int32>(repeating: 0))
    }
    let top = Self.largest(of: sums)
    let now = Self.largest(of: digits)
    let changes = digits[now] >= Self.sure && digits[top] < Self.gone
    if now != top && changes && sums[top] > 0 {
      if sums[top] >= Self.evidence { return finish(startingWith: digits) }
      sums = SIMD16<Int32>(repeating: 0)
      peaks = sums
    }
    sums = sums &+ digits
    peaks = pointwiseMax(peaks, digits)
    return nil
  }

  /// Gives the word that was summed up, if it suffices, and begins the next.
  private mutating func finish(startingWith digits: SIMD16<Int32>) -> Detection? {
    let top = Self.largest(of: sums)
    let heard = sums[top] >= Self.enough && peaks[top] >= Self.best
    let percent = Int((peaks[top] &* 100) &>> 8)
    sums = digits
    peaks = digits
    return heard ? Detection(word: top, percent: percent) : nil
  }

  private static func largest(of values: SIMD16<Int32>) -> Int {
    var best = 0
    for index in 1..<Vocabulary.words where values[index] > values[best] {
      best = index
    }
    return best
  }
}
