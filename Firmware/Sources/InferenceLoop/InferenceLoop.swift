// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import KeywordSpottingWeights
import Startup
import Workloads

/// The keyword-spotting network over and over, without a microphone or anything else around it.
/// Measures emulators on whole inferences: `swift run -c release benchmark`.
@main
enum InferenceLoop {
  static func main() {
    let arena = networkArena()
    let input = (arena + KeywordSpottingNetwork.input(0).offset).assumingMemoryBound(to: Int8.self)
    let output = (arena + KeywordSpottingNetwork.output(0).offset)
      .assumingMemoryBound(to: Int8.self)
    var seed: UInt32 = 1
    var checksum: UInt32 = 0
    for _ in 0..<300 {
      for index in 0..<KeywordSpottingNetwork.input(0).byteCount {
        seed = seed &* 1_664_525 &+ 1_013_904_223
        input[index] = Int8(truncatingIfNeeded: Int32(bitPattern: seed) &>> 25)
      }
      KeywordSpottingNetwork.run(arena: arena)
      for index in 0..<KeywordSpottingNetwork.output(0).byteCount {
        checksum = checksum &* 31 &+ UInt32(UInt8(bitPattern: output[index]))
      }
    }
    Workload.finish(checksum)
  }
}
