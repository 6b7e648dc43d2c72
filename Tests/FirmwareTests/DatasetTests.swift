// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import ModelGraph
import Testing

@testable import firmware

@Suite struct DatasetTests {
  private func inFolder(_ files: [String: [UInt8]], _ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("breadboard-dataset-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (name, bytes) in files {
      try Data(bytes).write(to: folder.appendingPathComponent(name))
    }
    try body(folder.path)
  }

  private func dataset(_ path: String, _ labels: String) throws -> Dataset {
    let quantization = Quantization(scale: 1, zeroPoint: 0)
    let graph = try Graph(
      tensors: [
        Tensor(name: "in", shape: [1, 2], type: .int8, quantization: quantization),
        Tensor(
          name: "out", shape: [1, 2], type: .int8,
          quantization: .init(scale: 1 / 256, zeroPoint: -128)),
      ], operators: [Operator(index: 0, kind: .softmax(beta: 1), inputs: [0], output: 1)],
      inputs: [0], outputs: [1])
    return try Dataset(
      path: path, labels: LabelFile(text: labels, path: "labels.csv"), graph: graph)
  }

  private func complaint(_ path: String, _ labels: String) throws -> String {
    let error = #expect(throws: (any Error).self) { try dataset(path, labels) }
    return "\(try #require(error))".replacing(path, with: "DIR")
  }

  @Test func filesOfAFolder_areTakenByName() throws {
    try inFolder(["a.bin": [1, 2], "b.npy": ArrayBytes("|i1", "1, 2", [3, 4]).bytes]) { path in
      let data = try dataset(path, "b.npy,1\na.bin,0")
      #expect(data.inputs == [[3, 4], [1, 2]])
      #expect(data.labels == [1, 0])
      #expect(try complaint(path, "b.npy,1\nc.bin,0").contains("'DIR/c.bin' does not exist"))
    }
  }

  @Test func stack_isTakenByIndexOrInOrder() throws {
    try inFolder(["inputs.bin": [1, 2, 3, 4, 5, 6], "notes.txt": []]) { path in
      #expect(try dataset(path, "index,label\n2,1\n0,0").inputs == [[5, 6], [1, 2]])
      #expect(try dataset(path + "/inputs.bin", "x,1\ny,0\nz,1").labels == [1, 0, 1])
      let beyond = try complaint(path, "index,label\n3,1")
      #expect(beyond == "'labels.csv' labels input 3, but 'DIR/inputs.bin' holds 3")
      let fewer = try complaint(path, "x,1")
      #expect(fewer == "'DIR/inputs.bin' holds 3 inputs, 'labels.csv' 1 labels")
    }
  }

  @Test func emptyFolder_isRefused() throws {
    try inFolder([:]) { path in
      let empty = try complaint(path, "x,1")
      #expect(empty == "'DIR' holds no .npy and no .bin file")
    }
    #expect(try complaint("/nowhere", "x,1") == "'DIR' does not exist; check the path")
  }
}
