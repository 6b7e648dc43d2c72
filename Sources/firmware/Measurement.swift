// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import Emulator
import FirmwareBuild
import Terminal

/// What the emulated board made of some inputs, or of zeros.
struct Measurement {
  let inferences: [BoardRunner.Inference]
  /// Of one inference on zeros, which come without being sent.
  let idleCycles: Int
  let layerCycles: [Int]
  let stackPeakBytes: Int

  init(_ inputs: ModelInputs?, on board: Board, image: LoadedImage) throws {
    defer { Terminal.endProgress() }
    Terminal.progress("measuring on the emulated board")
    let runner = try BoardRunner(board: board, image: image)
    let all = inputs?.inferences ?? []
    idleCycles = all.isEmpty ? try runner.inferOnce() : 0
    inferences = try all.enumerated().map { index, input in
      Terminal.progress("inference \(index + 1) of \(all.count)")
      return try runner.infer(input)
    }
    layerCycles = try runner.layerCycles()
    stackPeakBytes = runner.stackPeakBytes
    let promised = FirmwareBuilder.runnerStack.count
    guard stackPeakBytes <= promised else {
      throw InputError(
        description: "the network's kernels take \(stackPeakBytes) B of stack, \(promised) B are "
          + "kept for it: what lies below may have been overwritten")
    }
  }
}
