// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CortexM

@Suite struct OperationTests {
  @Test func operation_fitsIn32Bytes() {
    #expect(MemoryLayout<Operation>.stride <= 32)
  }

  @Test func quietOpcode_keepsItsOperandForm() {
    for opcode in Opcode.allCases {
      guard let quiet = opcode.quiet else { continue }
      #expect(quiet.quiet == nil, "\(opcode) becomes \(quiet), which is not quiet")
    }
  }
}
