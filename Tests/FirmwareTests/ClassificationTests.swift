// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import firmware

@Suite struct ClassificationTests {
  @Test func matrix_countsWhatWasSaidOfWhat() {
    let result = Classification(labels: [0, 0, 1, 1, 1], answers: [0, 1, 1, 1, 0], classCount: 2)
    #expect(result.confusion == [[1, 1], [1, 2]])
    #expect(result.correct == 3)
    #expect(
      result.lines == [
        "3 of 5 right, 60.0 %", "", "class        0    1    right",
        "    0        1    1   50.0 %", "    1        1    2   66.7 %", "",
        "rows: what it was; columns: what the model said",
      ])
  }

  @Test func manyClasses_showWhatIsMixedUp() {
    let labels = Array(0..<30) + [3, 3]
    let answers = Array(0..<30) + [4, 4]
    let result = Classification(labels: labels, answers: answers, classCount: 30)
    #expect(
      result.lines == [
        "30 of 32 right, 93.8 %", "", "mixed up most:", "  class 3 taken for 4: 2",
      ])
  }
}
