// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a program that calls its host finds there: streams, files, a command line.
public struct SemihostingHost {
  /// The folder that file calls see; without one they all fail.
  public var folder: SandboxFolder?
  /// What SYS_GET_CMDLINE answers: the program's name and its arguments.
  public var commandLine = ""
  var heap = HeapInformation()
  /// What SYS_ERRNO answers.
  private(set) var lastError: FileError?
  /// Handles count from 1; a free place is nil.
  private var open: [Stream?] = []

  private static let mostOpen = 64
  /// The magic, then feature byte 0: SYS_EXIT_EXTENDED, and standard error apart from output.
  private static let features: [UInt8] = Array("SHFB".utf8) + [0b11]

  private enum Stream {
    case input
    case output
    case features(position: Int)
    case file(HostFile, position: UInt64)
  }

  /// Where a write goes or a read comes from that is no file's.
  enum Console { case input, output }

  /// The value of a call, or nil with the error kept for SYS_ERRNO.
  mutating func attempt<T>(
    _ body: (inout SemihostingHost) throws(FileError) -> T
  ) -> T? {
    do { return try body(&self) } catch {
      lastError = error
      return nil
    }
  }

  // MARK: Opening and closing

  mutating func open(_ name: [UInt8], mode number: UInt32) throws(FileError) -> UInt32 {
    guard let mode = OpenMode(number: number) else { throw .invalid }
    let stream: Stream
    switch String(decoding: name, as: UTF8.self) {
    case ":tt": stream = mode.creates ? .output : .input
    case ":semihosting-features":
      guard !mode.writes else { throw .accessDenied }
      stream = .features(position: 0)
    default: stream = .file(try inFolder().open(name, mode), position: 0)
    }
    if let free = open.firstIndex(where: { $0 == nil }) {
      open[free] = stream
      return UInt32(free + 1)
    }
    guard open.count < Self.mostOpen else { throw .tooManyFiles }
    open.append(stream)
    return UInt32(open.count)
  }

  mutating func close(_ handle: UInt32) throws(FileError) {
    _ = try stream(handle)
    open[Int(handle) - 1] = nil
  }

  func remove(_ name: [UInt8]) throws(FileError) { try inFolder().remove(name) }

  func rename(_ old: [UInt8], to new: [UInt8]) throws(FileError) {
    try inFolder().rename(old, to: new)
  }

  private func inFolder() throws(FileError) -> SandboxFolder {
    guard let folder else { throw .accessDenied }
    return folder
  }

  private func stream(_ handle: UInt32) throws(FileError) -> Stream {
    guard handle > 0, handle <= open.count, let stream = open[Int(handle) - 1] else {
      throw .badHandle
    }
    return stream
  }

  // MARK: Using

  /// Nil for a file.
  func console(_ handle: UInt32) throws(FileError) -> Console? {
    switch try stream(handle) {
    case .input: .input
    case .output: .output
    case .features, .file: nil
    }
  }

  mutating func read(_ handle: UInt32, _ count: Int) throws(FileError) -> [UInt8] {
    switch try stream(handle) {
    case .file(let file, let position):
      let bytes = try file.read(count, at: position)
      open[Int(handle) - 1] = .file(file, position: position + UInt64(bytes.count))
      return bytes
    case .features(let position):
      let bytes = Array(Self.features.dropFirst(position).prefix(count))
      open[Int(handle) - 1] = .features(position: position + bytes.count)
      return bytes
    case .input, .output: throw .badHandle
    }
  }

  mutating func write(_ handle: UInt32, _ bytes: [UInt8]) throws(FileError) {
    guard case .file(let file, let position) = try stream(handle) else { throw .badHandle }
    let behind = try file.write(bytes, at: position)
    open[Int(handle) - 1] = .file(file, position: behind)
  }

  mutating func seek(_ handle: UInt32, to position: UInt32) throws(FileError) {
    switch try stream(handle) {
    case .file(let file, _): open[Int(handle) - 1] = .file(file, position: UInt64(position))
    case .features:
      let position = min(Int(position), Self.features.count)
      open[Int(handle) - 1] = .features(position: position)
    case .input, .output: throw .illegalSeek
    }
  }

  func length(_ handle: UInt32) throws(FileError) -> UInt32 {
    switch try stream(handle) {
    case .file(let file, _): UInt32(clamping: file.length)
    case .features: UInt32(Self.features.count)
    case .input, .output: throw .illegalSeek
    }
  }
}

// Snapshots in files. What the host lends, its folder and the command line, is the next run's own.
extension SemihostingHost {
  struct Saved: Codable {
    fileprivate var lastError: UInt32?
    fileprivate var streams: [SavedStream?]
  }

  fileprivate enum SavedStream: Codable {
    case input, output
    case features(position: Int)
  }

  /// Nil while a file of the host is open: what is in it is not the machine's to keep.
  var saved: Saved? {
    var streams: [SavedStream?] = []
    for stream in open {
      switch stream {
      case .input: streams.append(.input)
      case .output: streams.append(.output)
      case .features(let position): streams.append(.features(position: position))
      case .file: return nil
      case nil: streams.append(nil)
      }
    }
    return Saved(lastError: lastError?.rawValue, streams: streams)
  }

  mutating func restore(_ saved: Saved) {
    lastError = saved.lastError.flatMap(FileError.init)
    open = saved.streams.map { stream in
      switch stream {
      case .input: .input
      case .output: .output
      case .features(let position): .features(position: max(0, position))
      case nil: nil
      }
    }
  }
}
