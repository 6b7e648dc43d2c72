// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ModelGraph
import TFLiteImport
import Testing

@Suite struct TFLiteModelTests {
  @Test func smallModel_becomesItsGraph() throws {
    let graph = try TFLiteModel.graph(from: SmallModel().bytes)
    #expect(graph.inputs == [0] && graph.outputs == [8])
    #expect(graph.tensors[0].name == "image")
    #expect(graph.tensors[0].shape == [1, 4, 4, 1])
    #expect(graph.tensors[1].quantization?.scales == [0.25, 0.125])
    #expect(graph.tensors[2].int32Values == [1, -1])
    #expect(
      graph.operators == [
        Operator(
          index: 0,
          kind: .convolution(
            Sliding(padding: .valid), Weights(tensor: 1, bias: 2), .relu), inputs: [0], output: 3),
        Operator(index: 1, kind: .reshape, inputs: [3], output: 5),
        Operator(
          index: 2, kind: .fullyConnected(Weights(tensor: 6), .none), inputs: [5], output: 7),
        Operator(index: 3, kind: .softmax(beta: 1), inputs: [7], output: 8),
      ])
  }

  /// A way to spoil the small model, and the whole message that must follow.
  struct Fault: Sendable, CustomTestStringConvertible {
    var message: String
    var spoil: @Sendable (inout SmallModel) -> Void

    init(_ message: String, _ spoil: @escaping @Sendable (inout SmallModel) -> Void) {
      self.message = message
      self.spoil = spoil
    }

    var testDescription: String { message }
  }

  static let faults = [
    Fault(
      "offset 4: is not a TensorFlow Lite model (2032 bytes); give a .tflite file, which has TFL3 "
        + "as its bytes 4 to 7"
    ) { $0.identifier = "TFL2" },
    Fault("model: has schema version 2; version 3 is supported; convert the model again") {
      $0.version = 2
    },
    Fault(
      "model: has 2 subgraphs; one is supported; convert without control flow or extra signatures"
    ) { $0.subgraphCount = 2 },
    Fault(
      "operator 3 WHILE: is not supported; export recurrent layers with unroll=True or as a fused "
        + "LSTM of fixed batch size"
    ) { $0.codes[3] = [0: .byte(119)] },
    Fault(
      "operator 3 CUSTOM 'Wavelet': is not supported; leave the layer out or write it with others, "
        + "and export again"
    ) { $0.codes[3] = [0: .byte(32), 1: .string("Wavelet")] },
    Fault(
      "operator 3 CUSTOM 'FlexErf': is not supported; export without SELECT_TF_OPS: it is "
        + "TensorFlow's own operator, of which TensorFlow Lite has none"
    ) { $0.codes[3] = [0: .byte(32), 1: .string("FlexErf")] },
    Fault(
      "operator 0 CONV_2D: has version 9; versions 1 to 8 are supported; convert "
        + "with an older converter"
    ) {
      $0.codes[0][2] = .int32(9)
    },
    Fault(
      "operator 0 ?: has operator code 9, but there are 4; the file is damaged; convert the model "
        + "again"
    ) { $0.operators[0][0] = .int32(9) },
    Fault(
      "operator 0 CONV_2D: has the fused activation 4; NONE, RELU, RELU_N1_TO_1 and RELU6 are "
        + "supported"
    ) {
      $0.operators[0][4] = .table([0: .byte(1), 1: .int32(1), 2: .int32(1), 3: .byte(4)])
    },
    Fault(
      "operator 0 CONV_2D: has kernel 3x3, stride 0x1, dilation 1x1; each must be within 1...16384"
    ) { $0.operators[0][4] = .table([0: .byte(1), 1: .int32(1)]) },
    Fault(
      "operator 0 CONV_2D: gives 1x4x4x2 from 1x4x4x1, but its output is 1x2x2x2; convert the "
        + "model again"
    ) { $0.operators[0][4] = .table([1: .int32(1), 2: .int32(1)]) },
    Fault(
      "operator 0 CONV_2D, tensor 1 'kernel': has 2 scales along dimension 3; one, or one for each "
        + "of the 2 channels along dimension 0, is needed"
    ) {
      $0.tensors[1][4] = .table([
        2: .floats([1, 1]), 3: .int64s([0, 0]), 6: .int32(3),
      ])
    },
    Fault(
      "operator 0 CONV_2D, tensor 1 'kernel': has a scale that is not finite and above 0; convert "
        + "the model again"
    ) { $0.tensors[1][4] = .table([2: .floats([1, .nan]), 3: .int64s([0, 0])]) },
    Fault(
      "operator 0 CONV_2D, tensor 1 'kernel': has a zero point other than 0; weights must be "
        + "quantized symmetrically"
    ) { $0.tensors[1][4] = .table([2: .floats([1, 1]), 3: .int64s([0, 1])]) },
    Fault(
      "operator 0 CONV_2D, tensor 3 'features': is int8 beside float32; all tensors of CONV_2D "
        + "have one type; convert with full-integer quantization"
    ) { $0.tensors[0][1] = .byte(0) },
    Fault(
      "operator 0 CONV_2D, tensor 1 'kernel': is int8 beside float32 activations (dynamic-range "
        + "quantization); convert with full-integer quantization: set representative_dataset and "
        + "TFLITE_BUILTINS_INT8"
    ) {
      $0.tensors[0][1] = .byte(0)
      $0.tensors[3][1] = .byte(0)
    },
    Fault(
      "operator 0 CONV_2D, tensor 0 'image': is uint8; CONV_2D computes on int8, int16, float32; "
        + "uint8 was the quantization of older converters: convert again, with int8 inputs and "
        + "outputs"
    ) { $0.tensors[0][1] = .byte(3) },
    Fault(
      "operator 0 CONV_2D, tensor 0 'image': has scale -1.0 and zero point 0; a scale is finite "
        + "and above 0, a zero point within -128...127"
    ) { $0.tensors[0][4] = .table([2: .floats([-1]), 3: .int64s([0])]) },
    Fault(
      "operator 0 CONV_2D, tensor 0 'image': has scale 1.0 and zero point 128; a scale is finite "
        + "and above 0, a zero point within -128...127"
    ) { $0.tensors[0][4] = .table([2: .floats([1]), 3: .int64s([128])]) },
    Fault(
      "tensor 0 'image': has the shape 1x0x4x1; give every dimension a fixed size, at most "
        + "268435456 elements in all"
    ) { $0.tensors[0][0] = .int32s([1, 0, 4, 1]) },
    Fault(
      "tensor 0 'image': has the shape 65536x65536x65536x65536; give every dimension a fixed size, "
        + "at most 268435456 elements in all"
    ) { $0.tensors[0][0] = .int32s([65536, 65536, 65536, 65536]) },
    Fault(
      "tensor 1 'kernel': holds 18 bytes, but 2x3x3x2 int8 take 36; the file is damaged; convert "
        + "the model again"
    ) { $0.tensors[1][0] = .int32s([2, 3, 3, 2]) },
    Fault(
      "tensor 1 'kernel': is in buffer 5, but there are 5 buffers; the file is damaged; convert "
        + "the model again"
    ) { $0.tensors[1][2] = .int32(5) },
    Fault(
      "operator 0 CONV_2D, tensor 2 'bias': is not a constant of 2 int32 (int32 3); a bias has one "
        + "int32 for each output channel"
    ) {
      $0.tensors[2][0] = .int32s([3])
      $0.buffers[2] = [0: .bytes(Array(repeating: 0, count: 12))]
    },
    Fault(
      "operator 1 RESHAPE: an input is tensor 99, but there are 9 tensors; the file is damaged; "
        + "convert the model again"
    ) { $0.operators[1][1] = .int32s([99, 4]) },
    Fault(
      "operator 0 CONV_2D, tensor 7 'scores': depends on itself through a cycle; the graph must "
        + "lead from its inputs to its outputs; convert the model again"
    ) { $0.operators[0][1] = .int32s([7, 1, 2]) },
    Fault(
      "operator 3 SOFTMAX, tensor 8 'probabilities': is not quantized with scale 1/256 and zero "
        + "point -128; convert with TensorFlow Lite's own quantizer"
    ) { $0.tensors[8][4] = .table([2: .floats([1]), 3: .int64s([-128])]) },
  ]

  @Test(arguments: faults)
  func fault_isRefusedWithPlaceAndRemedy(fault: Fault) {
    var model = SmallModel()
    fault.spoil(&model)
    let error = #expect(throws: ModelError.self) { try TFLiteModel.graph(from: model.bytes) }
    #expect(error?.description == fault.message)
  }

  @Test func operators_areSortedIntoRunningOrder() throws {
    var model = SmallModel()
    model.operators.reverse()
    let graph = try TFLiteModel.graph(from: model.bytes)
    #expect(graph.operators.map(\.index) == [3, 2, 1, 0])
  }

  /// A model with an open batch size computes the shape that a reshape takes.
  @Test func computedShape_ofAReshape_isNotNeeded() throws {
    let fixed = try TFLiteModel.graph(from: SmallModel().bytes)
    var model = SmallModel()
    model.tensors[4][2] = .int32(0)
    model.codes.append([0: .byte(77)])
    model.operators.append(SmallModel.step(4, [3], [4], options: 55, [:]))
    let graph = try TFLiteModel.graph(from: model.bytes)
    #expect(graph.operators == fixed.operators)
  }

  @Test func oddName_isShownInPrintableCharacters() throws {
    var model = SmallModel()
    model.tensors[0][3] = .bytes([0x61, 0x0A, 0xFF, 0x62])
    #expect(try TFLiteModel.graph(from: model.bytes).tensors[0].name == "a??b")
  }
}
