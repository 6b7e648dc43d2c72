// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A kernel as the Swift expression that makes it: its type, and its stored properties as the
/// labels and values of its memberwise initializer. Kernels are structs of integers, floats, plain
/// enums and such structs, which is all that this prints.
func construction(of value: Any) -> String {
  let mirror = Mirror(reflecting: value)
  switch mirror.displayStyle {
  case .struct where !mirror.children.isEmpty || !(value is CustomStringConvertible):
    let arguments = mirror.children.map {
      "\($0.label ?? "_"): \(construction(of: $0.value))"
    }
    return call(typeName(of: value), arguments)
  case .enum: return ".\(value)"
  default: return "\(value)"
  }
}

/// A call on one line, or where that is too long with an argument on each.
func call(_ function: String, _ arguments: [String]) -> String {
  let line = "\(function)(\(arguments.joined(separator: ", ")))"
  if line.count <= 72, !line.contains("\n") { return line }
  let lines = arguments.map { indented($0, by: 2) }.joined(separator: ",\n")
  return "\(function)(\n\(lines))"
}

func indented(_ text: String, by spaces: Int) -> String {
  let margin = String(repeating: " ", count: spaces)
  return text.split(separator: "\n").map { margin + $0 }.joined(separator: "\n")
}

/// The type's name without its module, and so for the types that it is generic over.
private func typeName(of value: Any) -> String {
  String(reflecting: type(of: value)).replacing("InferenceKernels.", with: "")
}
