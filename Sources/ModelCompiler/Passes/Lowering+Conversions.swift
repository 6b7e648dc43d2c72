// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels
import ModelGraph

/// Operators that only change how numbers are held.
extension Lowering {
  mutating func quantize(_ step: Operator) throws {
    let (input, output) = (type(step.inputs[0]), type(step.output))
    switch (input, output) {
    case (.int8, .int8):
      let function = requantization(step, Int8.self, Int8.self)
      try table(step, function.callAsFunction)
    case (.int8, .int16): try each(step, requantization(step, Int8.self, Int16.self))
    case (.int8, .int32): try each(step, requantization(step, Int8.self, Int32.self))
    case (.int8, .uint8): try each(step, requantization(step, Int8.self, UInt8.self))
    case (.uint8, .int8): try each(step, requantization(step, UInt8.self, Int8.self))
    case (.int16, .int8): try each(step, requantization(step, Int16.self, Int8.self))
    case (.int16, .int16): try each(step, requantization(step, Int16.self, Int16.self))
    case (.int16, .int32): try each(step, requantization(step, Int16.self, Int32.self))
    case (.int32, .int8): try each(step, requantization(step, Int32.self, Int8.self))
    case (.int32, .int16): try each(step, requantization(step, Int32.self, Int16.self))
    case (.float32, .int8): try each(step, floatQuantization(step, Int8.self))
    case (.float32, .uint8): try each(step, floatQuantization(step, UInt8.self))
    case (.float32, .int16): try each(step, floatQuantization(step, Int16.self))
    default: throw unsupported(step)
    }
  }

  private func requantization<Input: ElementInteger, Output: ElementInteger>(
    _ step: Operator, _: Input.Type, _: Output.Type
  ) -> Requantization<Input, Output> {
    let real = Double(scale(step.inputs[0])) / Double(scale(step.output))
    return Requantization(
      inputZeroPoint: wideZeroPoint(step.inputs[0]), scale: FixedPointScale(real),
      stage: stage(step, .none))
  }

  private func floatQuantization<Output: ElementInteger>(
    _ step: Operator, _: Output.Type
  ) -> FloatQuantization<Output> {
    FloatQuantization(scale: scale(step.output), stage: stage(step, .none))
  }

  mutating func dequantize(_ step: Operator) throws {
    guard type(step.output) == .float32 else { throw unsupported(step) }
    let (scale, zeroPoint) = (scale(step.inputs[0]), wideZeroPoint(step.inputs[0]))
    switch type(step.inputs[0]) {
    case .int8: try each(step, Dequantization<Int8>(scale: scale, zeroPoint: zeroPoint))
    case .uint8: try each(step, Dequantization<UInt8>(scale: scale, zeroPoint: zeroPoint))
    case .int16: try each(step, Dequantization<Int16>(scale: scale, zeroPoint: zeroPoint))
    default: throw unsupported(step)
    }
  }

  mutating func cast(_ step: Operator) throws {
    switch type(step.inputs[0]) {
    case .int8: try castInteger(step, Int8.self)
    case .uint8, .bool: try castInteger(step, UInt8.self)
    case .int16: try castInteger(step, Int16.self)
    case .int32: try castInteger(step, Int32.self)
    case .int64: try castInteger(step, Int64.self)
    case .float32: try castFloat(step)
    default: throw unsupported(step)
    }
  }

  private mutating func castInteger<Input: ElementInteger>(
    _ step: Operator, _: Input.Type
  ) throws {
    switch type(step.output) {
    case .int8: try each(step, IntegerCast<Input, Int8>())
    case .uint8: try each(step, IntegerCast<Input, UInt8>())
    case .int16: try each(step, IntegerCast<Input, Int16>())
    case .int32: try each(step, IntegerCast<Input, Int32>())
    case .int64: try each(step, IntegerCast<Input, Int64>())
    case .bool: try each(step, IntegerTruth<Input>())
    case .float32 where Input.self != Int64.self: try each(step, IntegerToFloat<Input>())
    default: throw unsupported(step)
    }
  }

  private mutating func castFloat(_ step: Operator) throws {
    switch type(step.output) {
    case .int8: try each(step, FloatToInteger<Int8>())
    case .uint8: try each(step, FloatToInteger<UInt8>())
    case .int16: try each(step, FloatToInteger<Int16>())
    case .int32: try each(step, FloatToInteger<Int32>())
    case .bool: try each(step, FloatTruth())
    case .float32: try each(step, FloatCopy())
    default: throw unsupported(step)
    }
  }
}
