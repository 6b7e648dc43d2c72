// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Boards
import Foundation

extension Board {
  /// The bundled boards, by what `--board` calls them.
  public static func names() -> [String] { fileNames(in: Boards.boards) }

  /// Those of them whose chip is modelled; the others can be flashed only.
  public static func emulatedNames() -> [String] {
    names().filter { (try? load(named: $0))?.isEmulated != false }
  }

  /// A bundled board by its name, or any board file by its path: a path holds a `/` or ends in
  /// `.yml`.
  public static func load(named name: String) throws(BoardFileError) -> Board {
    guard !isPath(name) else { return try load(path: name) }
    guard names().contains(name) else {
      throw BoardFileError(
        at: Place(file: "board \(quoted(name))", line: 0, column: 0), keyPath: "",
        found: "no such board",
        expected: suggestion(for: name, among: names()) + ", or the path of a .yml file")
    }
    return try load(path: Boards.boards.appendingPathComponent(name + ".yml").path)
  }

  public static func load(path: String) throws(BoardFileError) -> Board {
    let bytes = try read(path, at: Place(file: path, line: 0, column: 0), keyPath: "")
    return try parse(bytes, file: path)
  }

  /// A board from the bytes of its file; `file` names it in errors and is what a chip's path is
  /// relative to.
  public static func parse(_ bytes: [UInt8], file: String) throws(BoardFileError) -> Board {
    let url = URL(fileURLWithPath: file)
    let id = url.deletingPathExtension().lastPathComponent
    let folder = url.deletingLastPathComponent()
    return try Board(Document.compose(bytes, file: file), id: id) {
      (entry) throws(BoardFileError) in try Chip.load(named: entry, from: folder)
    }
  }
}

extension Chip {
  /// The bundled chips.
  public static func names() -> [String] { fileNames(in: Boards.chips) }

  public static func parse(_ bytes: [UInt8], file: String) throws(BoardFileError) -> Chip {
    try Chip(Document.compose(bytes, file: file))
  }

  /// The chip that a board file's `chip:` names, by a path relative to that file or by its name.
  fileprivate static func load(
    named entry: Entry, from folder: URL
  ) throws(BoardFileError) -> Chip {
    let name = try entry.text()
    guard isPath(name) || names().contains(name) else {
      throw entry.error(
        expected: suggestion(for: name, among: names()) + ", or the path of a .yml file")
    }
    let url =
      isPath(name)
      ? URL(fileURLWithPath: name, relativeTo: folder)
      : Boards.chips.appendingPathComponent(name + ".yml")
    let bytes = try read(url.path, at: entry.place, keyPath: entry.keyPath)
    return try parse(bytes, file: url.path)
  }
}

private func isPath(_ name: String) -> Bool { name.contains("/") || name.hasSuffix(".yml") }

private func fileNames(in folder: URL) -> [String] {
  let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
  return files.filter { $0.hasSuffix(".yml") }.map { String($0.dropLast(4)) }.sorted()
}

/// - Parameters:
///   - place: who asked for the file.
private func read(_ path: String, at place: Place, keyPath: String) throws(BoardFileError)
  -> [UInt8]
{
  func refuse(_ found: String) -> BoardFileError {
    BoardFileError(at: place, keyPath: keyPath, found: found, expected: "a readable .yml file")
  }
  let file = (path as NSString).lastPathComponent
  var isFolder: ObjCBool = false
  if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
    throw refuse("the folder \(quoted(file))")
  }
  // Opened as a file handle, so that a device or a pipe is read no further than the limit.
  guard let handle = FileHandle(forReadingAtPath: path) else {
    throw refuse("no file \(quoted(file)) that can be opened")
  }
  defer { try? handle.close() }
  do {
    return Array(try handle.read(upToCount: Document.sizeLimit + 1) ?? Data())
  } catch {
    throw refuse("\(quoted(file)), which cannot be read (\(error.localizedDescription))")
  }
}
