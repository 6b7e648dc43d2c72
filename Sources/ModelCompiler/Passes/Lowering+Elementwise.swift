// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels
import ModelGraph

/// One element from one or several.
extension Lowering {
  mutating func elementwise(_ step: Operator) throws {
    switch step.kind {
    case .unary(let function): try unary(step, function)
    case .binary(let function, let activation): try binary(step, function, activation)
    case .select: try select(step)
    case .quantize: try quantize(step)
    case .dequantize: try dequantize(step)
    case .cast: try cast(step)
    default: throw unsupported(step)
    }
  }

  /// A call of `function` for each element.
  mutating func each<Function: UnaryElementFunction>(
    _ step: Operator, _ function: Function
  ) throws {
    let kernel = Unary(count: graph.tensors[step.output].count, function: function)
    let input = try place(step.inputs[0])
    call(
      KernelCall(
        kernel, reads: ["input": input], writes: ["output": .tensor(step.output)],
        overlaps: [input: kernel.overlap]
      ) { $0.run(input: $1[0], output: $1[1]) })
  }

  /// A call that looks every int8 up.
  mutating func table(_ step: Operator, _ function: (Int8) -> Int8) throws {
    let kernel = LookupTable(count: graph.tensors[step.output].count)
    let values = (0..<256).map { function(Int8(truncatingIfNeeded: $0)) }
    let input = try place(step.inputs[0])
    call(
      KernelCall(
        kernel, reads: ["input": input, "table": try constant(.int8(values), "table")],
        writes: ["output": .tensor(step.output)], overlaps: [input: kernel.overlap]
      ) { $0.run(input: $1[0], table: $1[1], output: $1[2]) })
  }

  /// A call of `function` for each pair of elements, broadcast.
  mutating func pairs<Function: BinaryElementFunction>(
    _ step: Operator, _ function: Function
  ) throws {
    let tensors = step.inputs.map { graph.tensors[$0] }
    let output = graph.tensors[step.output]
    let broadcast = Broadcast(tensors.map(\.shape), to: output.shape)
    let kernel = Binary(
      shape: broadcast.shape, firstStrides: broadcast.strides[0],
      secondStrides: broadcast.strides[1], function: function)
    let places = try step.inputs.map { try place($0) }
    let sizes = [MemoryLayout<Function.First>.size, MemoryLayout<Function.Second>.size]
    var overlaps: [Place: Overlap] = [:]
    for (index, tensor) in tensors.enumerated() {
      let fits = MemoryLayout<Function.Output>.size <= sizes[index]
      overlaps[places[index]] = fits && tensor.count == output.count ? .exact : Overlap.none
    }
    // A tensor that is both inputs may be written over only if neither is broadcast.
    if places[0] == places[1], tensors[0].count != output.count { overlaps = [:] }
    call(
      KernelCall(
        kernel, reads: ["first": places[0], "second": places[1]],
        writes: ["output": .tensor(step.output)], overlaps: overlaps
      ) { $0.run(first: $1[0], second: $1[1], output: $1[2]) })
  }

  func type(_ tensor: Int) -> ElementType { graph.tensors[tensor].type }

  // MARK: SELECT_V2

  private mutating func select(_ step: Operator) throws {
    switch type(step.output).byteCount {
    case 1: try select(step, Int8.self)
    case 2: try select(step, Int16.self)
    case 4: try select(step, Int32.self)
    case 8: try select(step, Int64.self)
    default: throw unsupported(step)
    }
  }

  private mutating func select<Element: ElementInteger>(
    _ step: Operator, _: Element.Type
  ) throws {
    let shapes = step.inputs.map { graph.tensors[$0].shape }
    let broadcast = Broadcast(shapes, to: graph.tensors[step.output].shape)
    let kernel = Select<Element>(
      shape: broadcast.shape, conditionStrides: broadcast.strides[0],
      firstStrides: broadcast.strides[1], secondStrides: broadcast.strides[2])
    call(
      KernelCall(
        kernel,
        reads: [
          "condition": try place(step.inputs[0]), "first": try place(step.inputs[1]),
          "second": try place(step.inputs[2]),
        ], writes: ["output": .tensor(step.output)]
      ) { $0.run(condition: $1[0], first: $1[1], second: $1[2], output: $1[3]) })
  }
}

extension FixedPointScale {
  init(_ real: Double) { self.init(QuantizedMultiplier(real)) }

  init(_ quantized: QuantizedMultiplier) {
    self.init(multiplier: quantized.multiplier, shift: Int32(quantized.shift))
  }
}

/// The loops over several tensors that are repeated to fill one shape, with neighbouring dimensions
/// joined where all tensors allow it.
struct Broadcast {
  let shape: Extents
  /// Elements from one index to the next, for each tensor.
  let strides: [Extents]

  init(_ inputs: [[Int]], to output: [Int]) {
    var extents: [Int] = []
    var strides = inputs.map { _ in [Int]() }
    var steps = inputs.map { _ in 1 }
    for dimension in 0..<output.count {
      let extent = output[output.count - 1 - dimension]
      guard extent != 1 else { continue }
      let next = inputs.enumerated().map { index, input in
        dimension < input.count && input[input.count - 1 - dimension] != 1 ? steps[index] : 0
      }
      for index in inputs.indices where next[index] != 0 { steps[index] *= extent }
      if let last = extents.last,
        inputs.indices.allSatisfy({ next[$0] == strides[$0][extents.count - 1] * last })
      {
        extents[extents.count - 1] *= extent
      } else {
        extents.append(extent)
        for index in inputs.indices { strides[index].append(next[index]) }
      }
    }
    shape = Extents(extents.reversed())
    self.strides = strides.map { Extents($0.reversed(), filling: 0) }
  }
}
