// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import Emulator
import FirmwareBuild
import Foundation
import ModelCompiler
import ModelRunner
import Terminal
import Testing

@testable import firmware

/// The board and this computer compute the same. Each argument builds an image: a few seconds.
@Suite(.serialized) struct BoardRunnerTests {
  @Test(arguments: ["mps2-an386", "microbit"])
  func board_answersAsTheHostDoes(name: String) throws {
    let board = try Board.load(named: name)
    let program = try TwoEnds.program(for: TargetCore(board))
    let image = try FirmwareBuilder().image(
      running: RunnerNetwork(name: "two ends", program: program), board: board)
    #expect(image.elf.lastPathComponent == "runner-two-ends.elf")
    let runner = try BoardRunner(
      board: board,
      image: LoadedImage(bytes: InputFile.read(image.elf.path), name: "runner", for: board))

    let session = InferenceSession(program)
    for input in TwoEnds.inputs(3) {
      let inference = try runner.infer(input)
      let host = try session.run(inputs: [Array(input[..<75]), Array(input[75...])])
      #expect(inference.outputs == host)
      #expect(inference.cycles > 1000)
    }
    let layers = try runner.layerCycles()
    let whole = try runner.inferOnce()
    #expect(layers.count == program.steps.count)
    // Calling layers one by one costs a little.
    #expect(abs(layers.reduce(0, +) - whole) < whole / 20)
    try talk(runner)
  }

  /// The benchmark's own dialogue, and mistakes in it.
  private func talk(_ runner: BoardRunner) throws {
    #expect(try runner.ask("name") == ["m-name-dut-[breadboard]"])
    #expect(
      try runner.ask("profile")
        == ["m-profile-[ULPMark for tinyML Firmware V0.0.1]", "m-model-[two-ends]"])
    #expect(try runner.ask("timestamp").first?.hasPrefix("m-lap-us-") == true)
    #expect(try runner.ask("db load 175") == ["m-[Expecting 175 bytes]"])
    let input = Hexadecimal.text(TwoEnds.inputs(1)[0])
    for start in stride(from: 0, to: 350, by: 64) {
      let from = input.index(input.startIndex, offsetBy: start)
      let end = input.index(from, offsetBy: 64, limitedBy: input.endIndex) ?? input.endIndex
      let answer = try runner.ask("db \(input[from..<end])")
      #expect(answer == (end == input.endIndex ? ["m-load-done"] : []))
    }
    let answer = try runner.ask("infer 2 1")
    #expect(
      answer.map { $0.prefix { $0 != "[" }.prefix(9) } == [
        "m-warmup-", "m-warmup-", "m-infer-s", "m-lap-us-", "m-lap-us-", "m-infer-d", "m-results",
      ])
    #expect(try runner.ask("results") == answer.suffix(1))
    let session = InferenceSession(try TwoEnds.program())
    let bytes = TwoEnds.inputs(1)[0]
    let outputs = try session.run(inputs: [Array(bytes[..<75]), Array(bytes[75...])])
    let first = Float(Int(Int8(bitPattern: outputs[0][0])) + 10) * 0.5
    #expect(answer.last?.hasPrefix("m-results-[\(String(format: "%.3f", first)),") == true)
    #expect(throws: (any Error).self) { try runner.ask("hello") }
    #expect(throws: (any Error).self) { try runner.ask("db load 3") }
    #expect(try runner.ask("help").count == 1)
  }
}
