// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// Why a pseudo terminal, or the link to it, could not be made.
public struct PseudoTerminalError: Error, Equatable, Sendable, CustomStringConvertible {
  public let description: String
}

/// A serial port without hardware: programs open its `path`, or the stable link to it, and this is
/// the device behind it. Nothing here waits.
///
/// Modem lines there are none: a program that opens or closes the port is all that can be seen of
/// its DTR. Closing makes programs that have it open see the device unplugged.
public final class PseudoTerminal {
  /// What programs open, `/dev/pts/3`; another one each time.
  public let path: String
  /// A symbolic link to it, which keeps its name.
  public let link: String?
  private var descriptor: Int32

  /// - Parameter link: where to put a link; one whose terminal is gone is replaced, anything else
  ///   that lies there is left alone and an error.
  public init(link: String? = nil) throws(PseudoTerminalError) {
    self.link = link
    (descriptor, path) = try Self.make()
    guard let link else { return }
    do throws(PseudoTerminalError) { try Self.place(link, to: path) } catch {
      _ = Self.closeDescriptor(descriptor)
      descriptor = -1
      throw error
    }
  }

  deinit { close() }

  /// Ends the terminal and removes the link, where it still is ours.
  public func close() {
    guard descriptor >= 0 else { return }
    if let link, Self.target(of: link) == path { unlink(link) }
    _ = Self.closeDescriptor(descriptor)
    descriptor = -1
  }

  /// Whether some program has the port open.
  public var isOpen: Bool {
    guard descriptor >= 0 else { return false }
    var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&state, 1, 0) >= 0 && state.revents & Int16(POLLHUP | POLLNVAL) == 0
  }

  /// The speed that a program set last, in bits a second; 0 for "hang up".
  public var baud: Int {
    guard descriptor >= 0 else { return 0 }
    #if os(Linux)
      // `struct termios2`, whose speeds are numbers: eleven words, the last is the output's.
      var words = [UInt32](repeating: 0, count: 11)
      let readSettings: UInt = 0x802C_542A  // TCGETS2, asm-generic/ioctls.h
      return ioctl(descriptor, readSettings, &words) == 0 ? Int(words[10]) : 0
    #else
      var settings = termios()
      return tcgetattr(descriptor, &settings) == 0 ? Int(cfgetospeed(&settings)) : 0
    #endif
  }

  /// What programs have written, at most `count` bytes; empty where nothing has come.
  public func read(atMost count: Int) -> [UInt8] {
    guard descriptor >= 0, count > 0 else { return [] }
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
      let got = readBytes(descriptor, buffer.baseAddress, buffer.count)
      used = max(0, got)
    }
  }

  /// Sends bytes to the program that has the port open.
  /// - Returns: how many there was room for; none while nobody has it open.
  public func write(_ bytes: some Collection<UInt8>) -> Int {
    guard !bytes.isEmpty, isOpen else { return 0 }
    let sent = Array(bytes).withUnsafeBytes { writeBytes(descriptor, $0.baseAddress, $0.count) }
    return max(0, sent)
  }

  /// Waits until a program has written or closed, or for the time given.
  public func wait(milliseconds: Int32) {
    guard descriptor >= 0 else { return }
    var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    // Where nobody has the port open the answer would come at once, again and again.
    if poll(&state, 1, 0) > 0, state.revents & Int16(POLLIN) == 0 {
      poll(nil, 0, milliseconds)
    } else {
      poll(&state, 1, milliseconds)
    }
  }

  /// Drops what was sent and nobody has read, so that the next program does not find it.
  public func dropUnread() {
    guard descriptor >= 0 else { return }
    let other = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)
    guard other >= 0 else { return }
    tcflush(other, TCIFLUSH)
    _ = Self.closeDescriptor(other)
  }

  // MARK: Making it

  /// The two sides, set up: the one to keep, and the path of the other, which is open no more. (One
  /// that was never opened does not count as closed.)
  private static func make() throws(PseudoTerminalError) -> (Int32, String) {
    var (descriptor, other): (Int32, Int32) = (-1, -1)
    guard openpty(&descriptor, &other, nil, nil, nil) == 0 else {
      throw refusal("a pseudo terminal could not be made")
    }
    var isReady = false
    defer {
      _ = closeDescriptor(other)
      if !isReady { _ = closeDescriptor(descriptor) }
    }
    var name = [CChar](repeating: 0, count: 128)
    var settings = termios()
    guard ttyname_r(other, &name, name.count) == 0, tcgetattr(other, &settings) == 0,
      fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0, fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0
    else { throw refusal("a pseudo terminal could not be asked for its settings") }
    cfmakeraw(&settings)
    cfsetspeed(&settings, speed_t(B115200))
    guard tcsetattr(other, TCSANOW, &settings) == 0 else {
      throw refusal("a pseudo terminal could not be set up")
    }
    isReady = true
    let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return (descriptor, String(decoding: bytes, as: UTF8.self))
  }

  /// Puts the link in place in one step, so that nobody ever finds half of it.
  private static func place(_ link: String, to path: String) throws(PseudoTerminalError) {
    var status = stat()
    if lstat(link, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFLNK else {
        throw PseudoTerminalError(
          description: "'\(link)' exists and is no link; remove it or choose another name")
      }
      guard stat(link, &status) != 0 else {
        throw PseudoTerminalError(
          description: "'\(link)' leads to '\(target(of: link) ?? "?")', which is in use; "
            + "remove the link or choose another name")
      }
    }
    let neighbour = "\(link).\(getpid())"
    guard symlink(path, neighbour) == 0, rename(neighbour, link) == 0 else {
      let error = refusal("the link '\(link)' could not be made")
      unlink(neighbour)
      throw error
    }
  }

  private static func target(of link: String) -> String? {
    var bytes = [CChar](repeating: 0, count: 1024)
    let count = readlink(link, &bytes, bytes.count)
    guard count > 0 else { return nil }
    return String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func refusal(_ what: String) -> PseudoTerminalError {
    PseudoTerminalError(description: "\(what): \(String(cString: strerror(errno)))")
  }

  private static func closeDescriptor(_ descriptor: Int32) -> Int32 {
    #if canImport(Darwin)
      Darwin.close(descriptor)
    #elseif canImport(Musl)
      Musl.close(descriptor)
    #else
      Glibc.close(descriptor)
    #endif
  }
}

// The system's calls, by names that do not collide with the methods above.
private func readBytes(_ descriptor: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int
{
  read(descriptor, bytes, count)
}

private func writeBytes(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
