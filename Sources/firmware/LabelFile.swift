// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Terminal

/// A table of labels: comma-separated, with a header that names its columns, or `file,label` and
/// `file,classes,label` without one.
struct LabelFile: Equatable {
  struct Row: Equatable {
    /// Place in a stack of inputs, where the table says so.
    var index: Int?
    var file: String?
    /// The class, counted from 0.
    var label: Int
  }

  static let classLimit = 4096

  let path: String
  let rows: [Row]

  init(path: String) throws {
    try self.init(text: String(decoding: InputFile.read(path), as: UTF8.self), path: path)
  }

  init(text: String, path: String) throws {
    self.path = path
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    var columns: Columns?
    var rows: [Row] = []
    for (number, line) in lines.enumerated() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(Self.trimmed)
      if fields.allSatisfy(\.isEmpty) { continue }
      guard let known = columns else {
        let found = Columns(header: fields)
        columns = found ?? Columns(fieldCount: fields.count, first: fields[0])
        if found == nil { rows.append(try Self.row(fields, columns, path, number + 1)) }
        continue
      }
      rows.append(try Self.row(fields, known, path, number + 1))
    }
    guard !rows.isEmpty else {
      throw InputError(description: "'\(path)' holds no labels; write lines such as clip1.npy,3")
    }
    self.rows = rows
  }

  private static func row(
    _ fields: [String], _ columns: Columns?, _ path: String, _ line: Int
  ) throws -> Row {
    guard let columns, fields.count > columns.last else {
      throw InputError(
        description: "'\(path)', line \(line): \(fields.count) columns; there must be 'file' or "
          + "'index', and 'label'")
    }
    let text = fields[columns.label]
    guard let label = Int(text), (0..<classLimit).contains(label) else {
      throw InputError(
        description: "'\(path)', line \(line): the label '\(text)' is no class; write its number, "
          + "counted from 0")
    }
    var row = Row(index: nil, file: columns.file.map { fields[$0] }, label: label)
    if let column = columns.index {
      guard let index = Int(fields[column]), index >= 0 else {
        throw InputError(
          description: "'\(path)', line \(line): the index '\(fields[column])' is no number from 0")
      }
      row.index = index
    }
    return row
  }

  private static func trimmed(_ field: Substring) -> String {
    String(
      field.drop { $0 == " " || $0 == "\"" || $0 == "\u{FEFF}" }.reversed()
        .drop { $0 == " " || $0 == "\"" }.reversed())
  }
}

/// Which column holds what.
private struct Columns {
  var index: Int?
  var file: Int?
  var label: Int

  var last: Int { max(index ?? 0, file ?? 0, label) }

  /// Nil where the line is no header.
  init?(header: [String]) {
    let names = header.map { $0.lowercased() }
    guard let label = names.firstIndex(where: { $0 == "label" || $0 == "class" }) else {
      return nil
    }
    self.label = label
    index = names.firstIndex(of: "index")
    file = names.firstIndex { $0 == "file" || $0 == "filename" || $0 == "path" }
  }

  init?(fieldCount: Int, first: String) {
    guard (2...3).contains(fieldCount) else { return nil }
    (index, file) = Int(first) == nil ? (nil, 0) : (0, nil)
    label = fieldCount - 1
  }
}
