// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import ModelGraph
import Terminal

/// Inputs and the class of each.
struct Dataset {
  /// By example: the bytes of the model's input.
  let inputs: [[UInt8]]
  let labels: [Int]

  /// - Parameter path: a folder of arrays, or one file with a stack of them.
  init(path: String, labels table: LabelFile, graph: Graph) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw InputError(description: "'\(path)' does not exist; check the path")
    }
    let arrays = isFolder.boolValue ? try Self.arrays(in: path) : [path]
    let names = table.rows.compactMap(\.file)
    let isByName =
      isFolder.boolValue && names.count == table.rows.count
      && FileManager.default.fileExists(atPath: "\(path)/\(names[0])")
    if isByName {
      inputs = try names.map { try Self.single("\(path)/\($0)", graph) }
      labels = table.rows.map(\.label)
    } else if arrays.count == 1 {
      let stack = try ModelInputs([ArrayFile(path: arrays[0])], for: graph).inferences
      (inputs, labels) = try Self.match(stack, table, arrays[0])
    } else {
      let missing = names.first.map { "; '\($0)' is not there" } ?? ""
      (inputs, labels) = try Self.match(
        arrays.map { try Self.single($0, graph) }, table, path, hint: missing)
    }
  }

  private static func arrays(in folder: String) throws -> [String] {
    let names = try? FileManager.default.contentsOfDirectory(atPath: folder)
    let arrays = (names ?? []).filter { $0.hasSuffix(".npy") || $0.hasSuffix(".bin") }.sorted()
    guard !arrays.isEmpty else {
      throw InputError(description: "'\(folder)' holds no .npy and no .bin file")
    }
    return arrays.map { "\(folder)/\($0)" }
  }

  private static func single(_ path: String, _ graph: Graph) throws -> [UInt8] {
    let stack = try ModelInputs([ArrayFile(path: path)], for: graph).inferences
    guard stack.count == 1 else {
      throw ArrayFile.error(path, "holds \(stack.count) inputs; each file of a folder is one")
    }
    return stack[0]
  }

  /// Examples by the table's index, or in its order.
  private static func match(
    _ stack: [[UInt8]], _ table: LabelFile, _ path: String, hint: String = ""
  ) throws -> ([[UInt8]], [Int]) {
    let rows = table.rows
    if rows.allSatisfy({ $0.index != nil }) {
      let inputs = try rows.map { row in
        let index = row.index ?? 0
        guard index < stack.count else {
          throw InputError(
            description: "'\(table.path)' labels input \(index), but '\(path)' holds \(stack.count)"
          )
        }
        return stack[index]
      }
      return (inputs, rows.map(\.label))
    }
    guard rows.count == stack.count else {
      throw InputError(
        description: "'\(path)' holds \(stack.count) inputs, '\(table.path)' \(rows.count) "
          + "labels\(hint)")
    }
    return (stack, rows.map(\.label))
  }
}
