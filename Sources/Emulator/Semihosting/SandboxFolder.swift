// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A folder given to the guest cannot be used.
public struct SandboxError: Error, CustomStringConvertible, Sendable {
  public let description: String
}

/// The one folder of the host that a program may see. Names are walked a component at a time from
/// the open folder and never through a link, so nothing outside it can be reached, not even by a
/// folder that is renamed meanwhile.
public final class SandboxFolder {
  private let descriptor: Int32

  public init(path: String) throws(SandboxError) {
    descriptor = openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
    guard descriptor >= 0 else {
      let reason = String(cString: strerror(errno))
      throw SandboxError(
        description:
          "'\(path)' cannot be the program's folder: \(reason); name a folder that exists")
    }
  }

  deinit { close(descriptor) }

  func open(_ name: [UInt8], _ mode: OpenMode) throws(FileError) -> HostFile {
    try inFolder(of: name) { folder, last throws(FileError) in
      var flags = O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
      flags |= !mode.writes ? O_RDONLY : mode.reads ? O_RDWR : O_WRONLY
      if mode.creates { flags |= O_CREAT }
      let file = openat(folder, last, flags, 0o644)
      guard file >= 0 else { throw FileError(host: errno) }
      // From here on it is closed with the object.
      let opened = HostFile(descriptor: file, mode: mode)
      var status = stat()
      guard fstat(file, &status) == 0 else { throw FileError(host: errno) }
      // A pipe or a device is a way out.
      guard status.st_mode & S_IFMT == S_IFREG else {
        throw status.st_mode & S_IFMT == S_IFDIR ? .isADirectory : .accessDenied
      }
      if mode.truncates, ftruncate(file, 0) != 0 { throw FileError(host: errno) }
      return opened
    }
  }

  func remove(_ name: [UInt8]) throws(FileError) {
    try inFolder(of: name) { folder, last throws(FileError) in
      if unlinkat(folder, last, 0) != 0 { throw FileError(host: errno) }
    }
  }

  func rename(_ old: [UInt8], to new: [UInt8]) throws(FileError) {
    try inFolder(of: old) { oldFolder, oldLast throws(FileError) in
      try inFolder(of: new) { newFolder, newLast throws(FileError) in
        if renameat(oldFolder, oldLast, newFolder, newLast) != 0 { throw FileError(host: errno) }
      }
    }
  }

  /// Calls `body` with the folder that holds the last component of a name, and that component.
  private func inFolder<T>(
    of name: [UInt8], _ body: (Int32, String) throws(FileError) -> T
  ) throws(FileError) -> T {
    var components = try Self.components(of: name)
    let last = components.removeLast()
    var folder = descriptor
    defer { if folder != descriptor { close(folder) } }
    for component in components {
      let inner = openat(folder, component, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0)
      // Linux says of a link only that it is no folder.
      guard inner >= 0 else { throw errno == ENOTDIR ? .accessDenied : FileError(host: errno) }
      if folder != descriptor { close(folder) }
      folder = inner
    }
    return try body(folder, last)
  }

  /// Refuses what begins at the root or climbs.
  static func components(of name: [UInt8]) throws(FileError) -> [String] {
    guard name.first != UInt8(ascii: "/") else { throw .accessDenied }
    guard !name.contains(0), name.count <= Semihosting.longestName else { throw .invalid }
    var components: [String] = []
    for part in name.split(separator: UInt8(ascii: "/")) {
      guard let text = String(validating: part, as: UTF8.self) else { throw .invalid }
      if text == ".." { throw .accessDenied }
      if text != "." { components.append(text) }
    }
    guard !components.isEmpty else { throw name.isEmpty ? .noEntry : .isADirectory }
    return components
  }
}
