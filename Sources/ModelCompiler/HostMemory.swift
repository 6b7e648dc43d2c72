// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a program needs to run on the host: an arena, and a copy of the constants.
package final class HostMemory {
  package let arena: UnsafeMutableRawPointer
  private let plan: MemoryPlan
  private let constants: UnsafeMutableRawPointer
  private let constantOffsets: [Int]

  package init(_ program: Program) {
    plan = program.plan
    arena = .allocate(byteCount: max(1, plan.arenaByteCount), alignment: MemoryPlan.alignment)
    arena.initializeMemory(as: UInt8.self, repeating: 0, count: plan.arenaByteCount)
    var offsets: [Int] = []
    var end = 0
    for constant in program.constants {
      offsets.append(end)
      end += (constant.byteCount + 7) & ~7
    }
    constantOffsets = offsets
    constants = .allocate(byteCount: max(1, end), alignment: 8)
    for (constant, offset) in zip(program.constants, offsets) {
      let target = UnsafeMutableRawBufferPointer(
        start: constants + offset, count: constant.byteCount)
      switch constant.values {
      case .int8(let values): values.withUnsafeBytes { target.copyMemory(from: $0) }
      case .int16(let values): values.withUnsafeBytes { target.copyMemory(from: $0) }
      case .int32(let values): values.withUnsafeBytes { target.copyMemory(from: $0) }
      }
    }
  }

  deinit {
    arena.deallocate()
    constants.deallocate()
  }

  package func pointer(_ place: Place) -> UnsafeMutableRawPointer {
    switch place {
    case .tensor(let index): arena + plan.offset(tensor: index)
    case .variable(let index): arena + plan.offset(variable: index)
    case .constant(let index): constants + constantOffsets[index]
    }
  }

  /// The arguments of a step's call.
  package func arguments(_ step: Int, of program: Program) -> KernelMemory {
    let call = program.steps[step].call
    var pointers = call.reads.map { pointer($0.place) }
    if call.scratchByteCount != nil { pointers.append(arena + plan.offset(scratchOfStep: step)) }
    return KernelMemory(pointers + call.writes.map { pointer($0.place) })
  }

  package func write(_ bytes: some Collection<UInt8>, to tensor: Int) {
    UnsafeMutableRawBufferPointer(start: pointer(.tensor(tensor)), count: bytes.count)
      .copyBytes(from: bytes)
  }

  package func read(_ tensor: Int, byteCount: Int) -> [UInt8] {
    Array(UnsafeRawBufferPointer(start: pointer(.tensor(tensor)), count: byteCount))
  }
}
