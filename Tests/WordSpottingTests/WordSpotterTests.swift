// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import WordSpotting

@Suite struct WordSpotterTests {
  /// Scores of one inference: percent by output, the rest on "unknown".
  private func scores(_ percents: [Int: Int]) -> [Int8] {
    var scores = [Int8](repeating: -128, count: Vocabulary.count)
    for (index, percent) in percents {
      scores[index] = Int8(percent * 255 / 100 - 128)
    }
    scores[11] = Int8((100 - percents.values.reduce(0, +)) * 255 / 100 - 128)
    return scores
  }

  private func words(_ inferences: [[Int: Int]]) -> [WordSpotter.Detection] {
    var spotter = WordSpotter()
    return inferences.compactMap { spotter.hear(scores($0)) }
  }

  private let pause: [[Int: Int]] = [[:], [10: 98], [:]]

  @Test func word_isGivenOnceWhenItHasEnded() {
    let heard = words(pause + [[7: 40], [7: 97], [7: 95], [7: 60]] + pause)
    #expect(heard == [.init(word: 7, percent: 96)])
  }

  @Test func word_isGivenAtTheFirstInferenceWithoutIt() {
    var spotter = WordSpotter()
    for _ in 0..<3 {
      #expect(spotter.hear(scores([3: 90])) == nil)
    }
    #expect(spotter.hear(scores([:]))?.word == 3)
  }

  @Test func sameWordTwiceWithAPause_isGivenTwice() {
    let one: [[Int: Int]] = [[1: 90], [1: 95], [1: 90]]
    #expect(words(one + [[:]] + one + [[:]]).map(\.word) == [1, 1])
  }

  @Test func nextWordWithoutAPause_endsTheFirst() {
    let heard = words([[4: 90], [4: 95], [4: 70], [1: 80], [1: 95], [1: 60], [:]])
    #expect(heard.map(\.word) == [4, 1])
  }

  @Test func misheardHead_isForgotten() {
    let heard = words([[6: 80], [7: 90], [7: 95], [7: 60], [:]])
    #expect(heard.map(\.word) == [7])
  }

  @Test func slipInTheMiddle_isOutvoted() {
    #expect(words([[5: 80], [9: 45, 5: 40], [5: 85], [:]]).map(\.word) == [5])
  }

  @Test func faintWord_isHeardIfItLasts() {
    #expect(words([[8: 35], [8: 35], [8: 35], [:]]).map(\.word) == [8])
    #expect(words([[8: 35], [8: 35], [:]]).isEmpty)
  }

  @Test func soundThatCouldBeAnyDigit_givesNothing() {
    let unsure: [Int: Int] = [1: 22, 5: 21, 9: 20]
    #expect(words([unsure, unsure, unsure, unsure, unsure, [:]]).isEmpty)
  }

  @Test func silenceAndOtherSounds_giveNothing() {
    #expect(words(pause + [[1: 3, 2: 3], [9: 15], [0: 2, 5: 10]] + pause).isEmpty)
  }

  @Test func extremeScores_doNotOverflow() {
    var spotter = WordSpotter()
    let all = [Int8](repeating: 127, count: Vocabulary.count)
    for _ in 0..<1000 {
      #expect(spotter.hear(all) == nil)
    }
    #expect(spotter.hear([Int8](repeating: -128, count: Vocabulary.count))?.percent == 99)
  }
}
