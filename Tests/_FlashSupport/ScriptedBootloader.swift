// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BootloaderModels

/// A bootloader that answers as it is told, else as the one it stands before.
package struct ScriptedBootloader<Real: SerialBootloader>: SerialBootloader {
  package var real: Real
  /// What is said instead, by the beginning of what came; from the `from`th time on.
  package var answers: [(to: String, say: [UInt8], from: Int)]
  private var counts: [String: Int] = [:]

  package init(_ real: Real, _ answers: [(to: String, say: [UInt8], from: Int)]) {
    (self.real, self.answers) = (real, answers)
  }

  package mutating func receive(_ bytes: [UInt8], in memory: inout some BootMemory) -> [UInt8] {
    for answer in answers where bytes.starts(with: answer.to.utf8) {
      counts[answer.to, default: 0] += 1
      if counts[answer.to, default: 0] > answer.from { return answer.say }
    }
    return real.receive(bytes, in: &memory)
  }

  package mutating func lineChanged(baud: Int, dtr: Bool, rts: Bool) {
    real.lineChanged(baud: baud, dtr: dtr, rts: rts)
  }

  package mutating func elapse(_ time: Duration, in memory: inout some BootMemory) -> [UInt8] {
    real.elapse(time, in: &memory)
  }

  package mutating func takeRequest() -> BootloaderRequest? { real.takeRequest() }
}
