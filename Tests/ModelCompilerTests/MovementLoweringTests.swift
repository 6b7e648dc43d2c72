// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels
import ModelGraph
import Testing

@testable import ModelCompiler

@Suite struct MovementLoweringTests {
  /// One operator between two tensors of the same scale.
  private func program(
    _ kind: Operator.Kind, from input: [Int], to outputs: [Int]..., type: ElementType = .int8
  ) throws -> Program {
    let tensors = ([input] + outputs).map {
      Tensor(
        name: "t", shape: $0, type: type,
        quantization: type == .int8 ? Quantization(scale: 0.5, zeroPoint: -3) : nil)
    }
    let ends = Array(1...outputs.count)
    return try Program(
      Graph(
        tensors: tensors,
        operators: [Operator(index: 0, kind: kind, inputs: [0], outputs: ends)], inputs: [0],
        outputs: ends))
  }

  private func kernels(_ program: Program) -> [String] {
    program.steps.map { String($0.call.construction.prefix { $0 != "(" }) }
  }

  @Test func bytesThatStay_costNothing() throws {
    // An extent of 1 changes places; all is taken; one is split off and is all there is.
    let swapped = try program(.transpose([0, 2, 1]), from: [2, 1, 3], to: [2, 3, 1])
    let whole = try program(
      .slice(begin: [0, 0], strides: [1, 1], extents: [4, 5]), from: [4, 5], to: [4, 5])
    let split = try program(.split(dimension: 0), from: [4, 5], to: [4, 5])
    for program in [swapped, whole, split] {
      #expect(program.steps.isEmpty)
      #expect(program.plan.offset(tensor: 1) == program.plan.offset(tensor: 0))
    }
  }

  @Test func padding_fillsItsBordersAndCopiesTheInside() throws {
    let image = try program(
      .pad(before: [0, 1, 1, 0], after: [0, 1, 1, 0], value: nil), from: [1, 4, 4, 3],
      to: [1, 6, 6, 3])
    // Above, below, left and right.
    #expect(kernels(image) == ["Fill", "Fill", "Fill", "Fill", "StridedCopy"])
    let fills = image.steps.filter { $0.call.construction.hasPrefix("Fill") }
    #expect(fills.allSatisfy { $0.call.construction.contains("pattern: -33686019") })
  }

  @Test func evenEnlargement_needsNoTable() throws {
    let nearest = Operator.Kind.resizeNearest(alignsCorners: false, halfPixelCenters: false)
    #expect(
      try kernels(program(nearest, from: [1, 2, 3, 4], to: [1, 4, 9, 4])) == ["StridedCopy"])
    #expect(
      try kernels(program(nearest, from: [1, 2, 3, 4], to: [1, 3, 4, 4])) == ["NearestResize"])
  }

  @Test func blocks_areMovedInOneCall() throws {
    let toDepth = try program(.spaceToDepth(block: 2), from: [1, 4, 6, 3], to: [1, 2, 3, 12])
    #expect(kernels(toDepth) == ["StridedCopy"])
    let toBatches = try program(
      .spaceToBatch(block: [2, 2], before: [0, 0], after: [0, 0]), from: [1, 4, 6, 3],
      to: [4, 2, 3, 3])
    #expect(kernels(toBatches) == ["StridedCopy"])
  }

  @Test func movedElements_mayBeOfAnyType() throws {
    for type in [ElementType.int16, .int32, .float32] {
      let wide = try program(.transpose([1, 0]), from: [5, 7], to: [7, 5], type: type)
      let width = try #require(type.byteCount)
      #expect(wide.steps[0].call.construction.contains("runByteCount: \(width),"))
    }
  }

  @Test func onlyCopy_namesItsOverlap() throws {
    let tail = try program(
      .slice(begin: [1, 0], strides: [1, 1], extents: [3, 5]), from: [4, 5], to: [3, 5])
    #expect(tail.steps[0].call.overlaps[.tensor(0)] == .leading(byteCount: -5))
  }
}
