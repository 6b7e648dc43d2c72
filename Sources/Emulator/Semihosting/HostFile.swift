// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Why a call for a file failed: the numbers that newlib, Linux and macOS give these errors alike.
enum FileError: UInt32, Error {
  case noEntry = 2
  case inputOutput = 5
  case badHandle = 9
  case accessDenied = 13
  case exists = 17
  case notADirectory = 20
  case isADirectory = 21
  case invalid = 22
  case tooManyFiles = 24
  case tooLarge = 27
  case noSpace = 28
  case illegalSeek = 29
  case readOnly = 30

  /// Of the host's `errno`. A link that was not followed is a door that is shut.
  init(host number: Int32) {
    self =
      number == ELOOP || number == EPERM
      ? .accessDenied : UInt32(exactly: number).flatMap(FileError.init) ?? .inputOutput
  }
}

/// How SYS_OPEN wants a file, as `fopen` would say it.
struct OpenMode: Equatable {
  var reads: Bool
  var writes: Bool
  /// Made if it is not there.
  var creates: Bool
  var truncates: Bool
  var appends: Bool

  /// 0 to 11: r, rb, r+, r+b, w, wb, w+, w+b, a, ab, a+, a+b.
  init?(number: UInt32) {
    guard number < 12 else { return nil }
    let isPlus = number & 2 != 0
    let kind = number >> 2
    reads = kind == 0 || isPlus
    writes = kind != 0 || isPlus
    creates = kind != 0
    truncates = kind == 1
    appends = kind == 2
  }
}

/// A regular file that a program has open. It has no position of its own, so that a replayed run
/// reads and writes where the first one did.
final class HostFile {
  private let descriptor: Int32
  private let mode: OpenMode
  /// A program in a loop must not fill the host's disk.
  private static let largest: UInt64 = 1 << 30

  /// Takes the descriptor over.
  init(descriptor: Int32, mode: OpenMode) {
    self.descriptor = descriptor
    self.mode = mode
  }

  deinit { _ = Self.close(descriptor) }

  var length: UInt64 {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? UInt64(max(0, status.st_size)) : 0
  }

  /// Fewer bytes than asked for only at the end.
  func read(_ count: Int, at position: UInt64) throws(FileError) -> [UInt8] {
    guard mode.reads else { throw .badHandle }
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let got = bytes.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress! + done, count - done, off_t(position) + off_t(done))
      }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw FileError(host: errno) }
      if got == 0 { break }
      done += got
    }
    bytes.removeLast(count - done)
    return bytes
  }

  /// Answers the position behind what was written.
  func write(_ bytes: [UInt8], at position: UInt64) throws(FileError) -> UInt64 {
    guard mode.writes else { throw .badHandle }
    let start = mode.appends ? length : position
    guard start + UInt64(bytes.count) <= Self.largest else { throw .tooLarge }
    var done = 0
    while done < bytes.count {
      let put = bytes.withUnsafeBytes {
        pwrite(descriptor, $0.baseAddress! + done, bytes.count - done, off_t(start) + off_t(done))
      }
      if put < 0, errno == EINTR { continue }
      guard put > 0 else { throw FileError(host: errno) }
      done += put
    }
    return start + UInt64(done)
  }

  private static func close(_ descriptor: Int32) -> Int32 {
    #if canImport(Darwin)
      Darwin.close(descriptor)
    #elseif canImport(Musl)
      Musl.close(descriptor)
    #else
      Glibc.close(descriptor)
    #endif
  }
}
