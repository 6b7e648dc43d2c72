// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import firmware

@Suite struct LabelFileTests {
  private func rows(_ text: String) throws -> [LabelFile.Row] {
    try LabelFile(text: text, path: "labels.csv").rows
  }

  private func complaint(_ text: String) throws -> String {
    let error = #expect(throws: (any Error).self) { try rows(text) }
    return "\(try #require(error))"
  }

  @Test func header_namesTheColumns() throws {
    #expect(
      try rows("index,file,label\n0,a.bin,7\n5,b.bin,2\n") == [
        .init(index: 0, file: "a.bin", label: 7), .init(index: 5, file: "b.bin", label: 2),
      ])
    #expect(try rows("label,file\r\n3,x.npy\r\n") == [.init(file: "x.npy", label: 3)])
    #expect(try rows("Index, Class\n4, 1") == [.init(index: 4, label: 1)])
  }

  @Test func withoutHeader_fileComesFirst() throws {
    #expect(
      try rows("\"a b.npy\", 1\n\nc.npy,0") == [
        .init(file: "a b.npy", label: 1), .init(file: "c.npy", label: 0),
      ])
    #expect(try rows("a.bin,12,7") == [.init(file: "a.bin", label: 7)])
    #expect(try rows("3,1") == [.init(index: 3, label: 1)])
  }

  @Test func mistakes_areNamedWithTheirLine() throws {
    #expect(
      try complaint("file,label\na,1\nb,cat")
        == "'labels.csv', line 3: the label 'cat' is no class; write its number, counted from 0")
    #expect(try complaint("a,1\nb").hasPrefix("'labels.csv', line 2: 1 columns; there must be"))
    #expect(try complaint("a,b,c,d").hasPrefix("'labels.csv', line 1: 4 columns; there must be"))
    #expect(
      try complaint("index,label\n-1,2")
        == "'labels.csv', line 2: the index '-1' is no number from 0")
    #expect(
      try complaint("\n \n")
        == "'labels.csv' holds no labels; write lines such as clip1.npy,3")
  }
}
