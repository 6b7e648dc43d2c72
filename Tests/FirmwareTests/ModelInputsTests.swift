// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph
import Testing

@testable import firmware

@Suite struct ModelInputsTests {
  /// One int8 input of 1x2x2 with scale 0.5, averaged.
  private func graph(zeroPoint: Int = -128, batch: Int = 1) throws -> Graph {
    let quantization = Quantization(scale: 0.5, zeroPoint: zeroPoint)
    return try Graph(
      tensors: [
        Tensor(name: "in", shape: [batch, 2, 2, 1], type: .int8, quantization: quantization),
        Tensor(name: "out", shape: [batch, 1, 1, 1], type: .int8, quantization: quantization),
      ],
      operators: [
        Operator(
          index: 0,
          kind: .averagePool(Sliding(padding: .valid), kernelHeight: 2, kernelWidth: 2, .none),
          inputs: [0], output: 1)
      ], inputs: [0], outputs: [1])
  }

  private func inputs(_ file: ArrayBytes, zeroPoint: Int = -128, batch: Int = 1) throws -> [[UInt8]]
  {
    try ModelInputs(
      [ArrayFile(bytes: file.bytes, path: "x.npy")], for: graph(zeroPoint: zeroPoint, batch: batch)
    ).inferences
  }

  private func complaint(_ file: ArrayBytes, zeroPoint: Int = -128) throws -> String {
    let error = #expect(throws: (any Error).self) { try inputs(file, zeroPoint: zeroPoint) }
    return "\(try #require(error))"
  }

  @Test(arguments: ["1, 2, 2, 1", "2, 2, 1", "1, 4"])
  func oneInput_hasTheModelsShape(shape: String) throws {
    #expect(try inputs(ArrayBytes("|i1", shape, [1, 2, 3, 4])) == [[1, 2, 3, 4]])
  }

  @Test(arguments: ["2, 2, 2, 1", "2, 1, 2, 2, 1", "2, 4"])
  func firstDimension_stacksInputs(shape: String) throws {
    let file = ArrayBytes("|i1", shape, [1, 2, 3, 4, 5, 6, 7, 8])
    #expect(try inputs(file) == [[1, 2, 3, 4], [5, 6, 7, 8]])
  }

  @Test func firstDimensionEqualToTheBatch_isOneInput() throws {
    let file = ArrayBytes("|i1", "2, 2, 2, 1", [1, 2, 3, 4, 5, 6, 7, 8])
    #expect(try inputs(file, batch: 2) == [[1, 2, 3, 4, 5, 6, 7, 8]])
  }

  @Test func floats_areQuantizedWithTheInputsScale() throws {
    let file = ArrayBytes.floats("1, 2, 2, 1", [0, 0.75, 1e30, -1])
    #expect(try inputs(file) == [[0x80, 0x82, 0x7F, 0x80]])
    #expect(try inputs(file, zeroPoint: 3) == [[3, 5, 0x7F, 1]])
  }

  @Test func pixels_suitAnInputFromMinus128() throws {
    let file = ArrayBytes("|u1", "2, 2", [0, 1, 128, 255])
    #expect(try complaint(file).contains("shape"))
    let pixels = ArrayBytes("|u1", "2, 2, 1", [0, 1, 128, 255])
    #expect(try inputs(pixels) == [[0x80, 0x81, 0, 0x7F]])
    #expect(
      try complaint(pixels, zeroPoint: 5)
        == "'x.npy' holds uint8, which suits an int8 input with zero point -128; that of 'in' is "
        + "5: save int8, or float32 to have it quantized")
  }

  @Test func raw_isCutIntoInputs() throws {
    let graph = try graph()
    let file = try ArrayFile(bytes: Array(1...8), path: "x.bin")
    #expect(try ModelInputs([file], for: graph).inferences == [[1, 2, 3, 4], [5, 6, 7, 8]])
    let error = #expect(throws: (any Error).self) {
      try ModelInputs([ArrayFile(bytes: Array(1...6), path: "x.bin")], for: graph)
    }
    #expect(
      "\(try #require(error))"
        == "'x.bin' has 6 bytes; the model's input 'in' takes 4, or a multiple of it")
  }

  @Test func refusals_nameFileAndInput() throws {
    #expect(
      try complaint(ArrayBytes("|i1", "3, 3", Array(1...9)))
        == "'x.npy' has the shape 3x3; the model's input 'in' takes 1x2x2x1, or a stack of them")
    #expect(
      try complaint(ArrayBytes("<i2", "1, 2, 2, 1", Array(1...8)))
        == "'x.npy' holds int16; the model's input 'in' is int8; float32 would be quantized for it")
    #expect(
      try complaint(ArrayBytes.floats("1, 4", [0, .nan, 0, 0]))
        == "'x.npy' holds nan at element 1; only finite numbers can be quantized")
    let error = #expect(throws: (any Error).self) {
      let file = try ArrayFile(bytes: [1, 2, 3, 4], path: "x.bin")
      _ = try ModelInputs([file, file], for: graph())
    }
    #expect("\(try #require(error))".hasPrefix("the model has 1 inputs, but 2 files were given"))
  }
}
