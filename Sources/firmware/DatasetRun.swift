// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import ModelCompiler
import ModelGraph
import ModelRunner
import Synchronization
import Terminal

/// The host build of the board's kernels over a data set, on all processors.
struct DatasetRun {
  private let program: Program
  private let data: Dataset
  private let classCount: Int
  private let outputType: ElementType
  /// The value from which a single output means class 1.
  private let threshold: Double

  init(_ options: DatasetOptions, _ program: Program) throws {
    self.program = program
    let graph = program.graph
    guard graph.inputs.count == 1 else {
      throw InputError(
        description: "the model has \(graph.inputs.count) inputs; --dataset takes models with one")
    }
    let labels = try LabelFile(path: options.labels ?? "")
    let output = graph.tensors[graph.outputs[0]]
    outputType = output.type
    let classCount = max(2, output.count)
    self.classCount = classCount
    let (scale, zeroPoint) = output.quantization?.whole ?? (1, 0)
    threshold = 0.5 / Double(scale) + Double(zeroPoint)
    if let wrong = labels.rows.first(where: { $0.label >= classCount }) {
      throw InputError(
        description: "'\(labels.path)' names class \(wrong.label); the model tells "
          + "\(classCount), counted from 0")
    }
    data = try Dataset(path: options.dataset ?? "", labels: labels, graph: graph)
  }

  func run() throws -> Classification {
    defer { Terminal.endProgress() }
    let count = data.inputs.count
    let next = Mutex(0)
    let answers = Mutex([Int](repeating: 0, count: count))
    let failure = Mutex<String?>(nil)
    let workers = min(count, max(1, ProcessInfo.processInfo.activeProcessorCount))
    DispatchQueue.concurrentPerform(iterations: workers) { _ in
      let session = InferenceSession(program)
      while let index = Self.take(next, below: count) {
        do {
          session.reset()
          let output = try session.run(inputs: [data.inputs[index]])[0]
          let answer = answer(output)
          answers.withLock { $0[index] = answer }
        } catch { failure.withLock { $0 = "\(error)" } }
        if index % 16 == 0 { Terminal.progress(done: index, of: count, "inferences") }
      }
    }
    if let failure = failure.withLock({ $0 }) { throw InputError(description: failure) }
    return Classification(
      labels: data.labels, answers: answers.withLock { $0 }, classCount: classCount)
  }

  private static func take(_ next: borrowing Mutex<Int>, below count: Int) -> Int? {
    next.withLock { index in
      guard index < count else { return nil }
      index += 1
      return index - 1
    }
  }

  /// The class with the highest value, the first of several.
  private func answer(_ output: [UInt8]) -> Int {
    let values = Elements.values(output, outputType)
    guard values.count > 1 else { return (values.first ?? 0) >= threshold ? 1 : 0 }
    return values.indices.max { (values[$0], -$0) < (values[$1], -$1) } ?? 0
  }
}

/// How well a model tells classes apart.
struct Classification: Encodable, Equatable {
  let count: Int
  let correct: Int
  let accuracy: Double
  /// By class that was meant, then by class that was answered.
  let confusion: [[Int]]
  let answers: [Int]

  init(labels: [Int], answers: [Int], classCount: Int) {
    var confusion = [[Int]](
      repeating: [Int](repeating: 0, count: classCount), count: classCount)
    for (label, answer) in zip(labels, answers) { confusion[label][answer] += 1 }
    self.confusion = confusion
    self.answers = answers
    count = labels.count
    correct = confusion.indices.reduce(0) { $0 + confusion[$1][$1] }
    accuracy = count == 0 ? 0 : Double(correct) / Double(count)
  }

  /// The matrix, or of many classes what is mixed up most.
  var lines: [String] {
    let percent = String(format: "%.1f", accuracy * 100)
    let first = "\(correct) of \(count) right, \(percent) %"
    return [first, ""] + (confusion.count <= 20 ? matrix : mixedUp)
  }

  private var matrix: [String] {
    let width = max(5, String(confusion.joined().max() ?? 0).count + 1)
    let numbers = confusion.indices.map { String($0).rightAligned(in: width) }.joined()
    let head = "class    \(numbers)    right"
    let rows = confusion.enumerated().map { label, row in
      let cells = row.map { ($0 == 0 ? "·" : String($0)).rightAligned(in: width) }.joined()
      let total = row.reduce(0, +)
      let share =
        total == 0 ? "" : String(format: "%5.1f %%", Double(row[label]) * 100 / Double(total))
      return "\(String(label).rightAligned(in: 5))    \(cells)  \(share)"
    }
    return [head] + rows + ["", "rows: what it was; columns: what the model said"]
  }

  private var mixedUp: [String] {
    var pairs: [(label: Int, answer: Int, count: Int)] = []
    for (label, row) in confusion.enumerated() {
      for (answer, count) in row.enumerated() where answer != label && count > 0 {
        pairs.append((label, answer, count))
      }
    }
    pairs.sort { ($1.count, $0.label, $0.answer) < ($0.count, $1.label, $1.answer) }
    return ["mixed up most:"]
      + pairs.prefix(20).map { "  class \($0.label) taken for \($0.answer): \($0.count)" }
  }
}
