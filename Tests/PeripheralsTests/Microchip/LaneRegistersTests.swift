// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import Testing

@testable import Peripherals

/// A block with a byte, a half word and a word, and a hole.
private struct Sample: LaneRegisters {
  static let table = RegisterLayout(bytes: [0, 1], halves: [2], words: [4])
  var layout: RegisterLayout { Self.table }
  var values: [UInt32: UInt32] = [:]

  mutating func reset(in context: inout DeviceContext) { values = [:] }
  mutating func load(_ register: UInt32, in context: inout DeviceContext) -> UInt32 {
    values[register] ?? 0
  }
  mutating func store(
    _ register: UInt32, _ value: UInt32, lanes: UInt32, in context: inout DeviceContext
  ) {
    values[register] = (values[register] ?? 0).replacing(lanes: lanes, with: value)
  }
}

@Suite struct LaneRegistersTests {
  private var bench = Bench(Sample())

  @Test mutating func wordAccess_reachesEveryRegisterInIt() {
    bench.write(0, 0xAABB_CCDD)
    #expect(bench.device.values == [0: 0xDD, 1: 0xCC, 2: 0xAABB])
    #expect(bench.read(0) == 0xAABB_CCDD)
  }

  @Test mutating func narrowAccesses_reachAPartOfARegister() {
    bench.write(4, 0x1122_3344)
    bench.write(6, 0x99, .byte)
    #expect(bench.device.values == [4: 0x1199_3344])
    #expect(bench.read(5, .byte) == 0x33)
    #expect(bench.read(6, .half) == 0x1199)
    bench.write(3, 0xFF77, .byte)
    #expect(bench.device.values[2] == 0x7700)
  }

  @Test mutating func holes_areReported() {
    #expect(bench.read(8, .byte) == 0)
    bench.write(9, 1, .byte)
    #expect(
      bench.effects == [.unmodelled(offset: 8, write: false), .unmodelled(offset: 9, write: true)])
  }
}
