// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A recorded motion: text with a row a line, `t,ax,ay,az[,gx,gy,gz[,mx,my,mz]]`, in seconds, g,
/// degrees a second and microtesla. A first line of names, empty lines and lines that begin with #
/// are passed over. Between two rows the motion is interpolated; before the first and after the
/// last it is theirs.
public struct MotionFile: MotionSource, Equatable {
  private let times: [Double]
  private let motions: [Motion]

  /// What a recording may be: longer ones are mistakes, and would fill memory.
  public enum Limit {
    public static let rows = 4_000_000
    static let bytes = 1 << 30
  }

  public var rowCount: Int { times.count }
  /// The time of the last row, in seconds.
  public var duration: Double { times.last ?? 0 }

  /// - Throws: `MotionFileError`, which names the file, the line and what is wrong with it.
  public static func load(path: String) throws(MotionFileError) -> MotionFile {
    guard let file = fopen(path, "rb") else {
      throw MotionFileError(
        name: path, line: nil, reason: .unreadable(String(cString: strerror(errno))))
    }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count < Limit.bytes {
      let count = fread(&chunk, 1, chunk.count, file)
      guard count > 0 else { break }
      bytes += chunk[..<count]
    }
    if ferror(file) != 0 {
      throw MotionFileError(
        name: path, line: nil, reason: .unreadable(String(cString: strerror(errno))))
    }
    return try MotionFile(bytes, name: path)
  }

  /// - Parameter name: what errors call the text.
  public init(_ text: [UInt8], name: String) throws(MotionFileError) {
    var times: [Double] = []
    var motions: [Motion] = []
    var columns: Int?
    var line = 0
    for row in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      line += 1
      let fields = Self.fields(row)
      guard let first = fields.first, !(fields.count == 1 && first.isEmpty) else { continue }
      if first.first == "#" { continue }
      if times.isEmpty, columns == nil, Double(first) == nil, first.first?.isLetter == true {
        columns = fields.count
        continue
      }
      let expected = columns ?? fields.count
      guard [4, 7, 10].contains(fields.count), fields.count == expected else {
        throw MotionFileError(
          name: name, line: line, reason: .columns(fields.count, expected: columns))
      }
      columns = expected
      let numbers = try Self.numbers(fields, name, line)
      if let last = times.last, numbers[0] <= last {
        throw MotionFileError(name: name, line: line, reason: .time(numbers[0], after: last))
      }
      guard times.count < Limit.rows else {
        throw MotionFileError(name: name, line: line, reason: .tooLong)
      }
      times.append(numbers[0])
      motions.append(Self.motion(numbers))
    }
    guard !times.isEmpty else { throw MotionFileError(name: name, line: nil, reason: .empty) }
    (self.times, self.motions) = (times, motions)
  }

  private static func fields(_ row: ArraySlice<UInt8>) -> [String] {
    row.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map { field in
      let blank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
      let trimmed = field.drop(while: blank)
      let end = trimmed.lastIndex { !blank($0) }.map { $0 + 1 } ?? trimmed.startIndex
      return String(decoding: trimmed[..<end], as: UTF8.self)
    }
  }

  private static func numbers(
    _ fields: [String], _ name: String, _ line: Int
  ) throws(MotionFileError) -> [Double] {
    var numbers: [Double] = []
    for field in fields {
      guard let number = Double(field), number.isFinite else {
        throw MotionFileError(name: name, line: line, reason: .notANumber(String(field.prefix(40))))
      }
      numbers.append(number)
    }
    return numbers
  }

  private static func motion(_ row: [Double]) -> Motion {
    let still = Motion.ground
    return Motion(
      acceleration: Axes(row[1], row[2], row[3]),
      rotation: row.count >= 7 ? Axes(row[4], row[5], row[6]) : still.rotation,
      field: row.count >= 10 ? Axes(row[7], row[8], row[9]) : still.field)
  }

  public func motion(at seconds: Double) -> Motion {
    // The first row that comes later.
    var (low, high) = (0, times.count)
    while low < high {
      let middle = (low + high) / 2
      if times[middle] <= seconds { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return motions[0] }
    guard low < times.count else { return motions[times.count - 1] }
    let share = (seconds - times[low - 1]) / (times[low] - times[low - 1])
    return Self.blend(motions[low - 1], motions[low], share)
  }

  private static func blend(_ a: Motion, _ b: Motion, _ share: Double) -> Motion {
    func axes(_ a: Axes, _ b: Axes) -> Axes {
      Axes(a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share, a.z + (b.z - a.z) * share)
    }
    return Motion(
      acceleration: axes(a.acceleration, b.acceleration), rotation: axes(a.rotation, b.rotation),
      field: axes(a.field, b.field))
  }
}

/// A recorded motion that cannot be read.
public struct MotionFileError: Error, Equatable, Sendable, CustomStringConvertible {
  public enum Reason: Equatable, Sendable {
    /// The system will not open it, in the system's words.
    case unreadable(String)
    case empty
    case tooLong
    /// Another number of columns than the rows before it, or than any motion has.
    case columns(Int, expected: Int?)
    case notANumber(String)
    case time(Double, after: Double)
  }

  public let name: String
  /// Counted from one; nil where the whole file is meant.
  public let line: Int?
  public let reason: Reason

  public var description: String {
    let place = line.map { "\(name):\($0): " } ?? "the motion \(name): "
    switch reason {
    case .unreadable(let words): return place + "\(words); check its path and permissions"
    case .empty: return place + "holds no rows of t,ax,ay,az[,gx,gy,gz[,mx,my,mz]]"
    case .tooLong: return place + "has more than \(MotionFile.Limit.rows) rows; play a part"
    case .columns(let count, let expected):
      let wanted = expected.map { "\($0) as above" } ?? "4, 7 or 10"
      return place + "\(count) columns, expected \(wanted): t,ax,ay,az[,gx,gy,gz[,mx,my,mz]]"
    case .notANumber(let text): return place + "\"\(text)\" is not a number"
    case .time(let time, let last):
      return place + "the time \(time) s does not follow \(last) s; sort the rows"
    }
  }
}
