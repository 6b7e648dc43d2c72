// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Where a debugger may connect: `:3333` and `3333` on this machine only, `0.0.0.0:3333` from
/// everywhere. Port 0 takes one that is free.
public struct ListenAddress: Equatable, Sendable {
  public let host: String
  public let port: UInt16

  /// nil for what is not an IPv4 address and a port.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count <= 2, let last = parts.last, let port = UInt16(last) else { return nil }
    let name = parts.count == 2 ? String(parts[0]) : ""
    host = name.isEmpty || name == "localhost" ? "127.0.0.1" : name
    self.port = port
    var address = in_addr()
    guard inet_pton(AF_INET, host, &address) == 1 else { return nil }
  }

  package init(host: String, port: UInt16) { (self.host, self.port) = (host, port) }

  public var description: String { "\(host):\(port)" }
}

/// The system would not do what the debug server needs.
public struct DebugServerError: Error, CustomStringConvertible {
  public let description: String
}

/// A TCP socket that waits for clients.
package final class Listener {
  private let socket: Int32
  package let address: ListenAddress

  /// - Parameter client: what is waited for, in words.
  package init(_ wanted: ListenAddress, for client: String = "debugger") throws {
    #if canImport(Darwin)
      let stream = SOCK_STREAM
    #else
      let stream = Int32(SOCK_STREAM.rawValue)
    #endif
    let socket = Self.open(stream)
    self.socket = socket
    guard socket >= 0 else { throw Self.failure("no socket for the \(client)", errno) }
    var yes: Int32 = 1
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_port = wanted.port.bigEndian
    inet_pton(AF_INET, wanted.host, &place.sin_addr)
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafePointer(to: &place) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, size) == 0 }
    }
    guard isBound, listen(socket, 1) == 0 else {
      let number = errno
      close(socket)
      throw Self.failure("no \(client) can be waited for at \(wanted.description)", number)
    }
    address = ListenAddress(host: wanted.host, port: Self.port(of: socket))
  }

  deinit { close(socket) }

  private static func open(_ kind: Int32) -> Int32 {
    #if canImport(Darwin)
      Darwin.socket(AF_INET, kind, 0)
    #elseif canImport(Musl)
      Musl.socket(AF_INET, kind, 0)
    #else
      Glibc.socket(AF_INET, kind, 0)
    #endif
  }

  private static func port(of socket: Int32) -> UInt16 {
    var place = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = withUnsafeMutablePointer(to: &place) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &size) }
    }
    return UInt16(bigEndian: place.sin_port)
  }

  private static func failure(_ what: String, _ number: Int32) -> DebugServerError {
    DebugServerError(description: "\(what): \(String(cString: strerror(number)))")
  }

  /// A client that has connected; nil when none has within the time.
  package func accept(within milliseconds: Int32) -> Connection? {
    guard Connection.waits(socket, milliseconds) else { return nil }
    #if canImport(Darwin)
      let client = Darwin.accept(socket, nil, nil)
    #elseif canImport(Musl)
      let client = Musl.accept(socket, nil, nil)
    #else
      let client = Glibc.accept(socket, nil, nil)
    #endif
    return client < 0 ? nil : Connection(client)
  }
}

/// The bytes to and from one client.
package final class Connection {
  private let socket: Int32
  package private(set) var isOpen = true
  /// A client that has not read for this long has gone.
  private static let patience = 10

  init(_ socket: Int32) {
    self.socket = socket
    var yes: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, size)
    #if canImport(Darwin)
      setsockopt(socket, SOL_SOCKET, SO_NOSIGPIPE, &yes, size)
    #endif
    var limit = timeval(tv_sec: Self.patience, tv_usec: 0)
    setsockopt(
      socket, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(socket) }

  /// What has come within the time; nothing where nothing has, or the client has gone.
  package func receive(within milliseconds: Int32) -> [UInt8] {
    guard isOpen, Self.waits(socket, milliseconds) else { return [] }
    var buffer = [UInt8](repeating: 0, count: 65536)
    let count = recv(socket, &buffer, buffer.count, 0)
    if count == 0 || count < 0 && errno != EINTR && errno != EAGAIN { isOpen = false }
    return Array(buffer.prefix(max(count, 0)))
  }

  package func send(_ bytes: [UInt8]) {
    #if canImport(Darwin)
      let flags: Int32 = 0
    #else
      let flags = Int32(MSG_NOSIGNAL)
    #endif
    var rest = bytes[...]
    while isOpen, !rest.isEmpty {
      let count = rest.withUnsafeBytes { place in
        #if canImport(Darwin)
          Darwin.send(socket, place.baseAddress, place.count, flags)
        #elseif canImport(Musl)
          Musl.send(socket, place.baseAddress, place.count, flags)
        #else
          Glibc.send(socket, place.baseAddress, place.count, flags)
        #endif
      }
      if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { isOpen = false }
    }
  }

  package func hangUp() { isOpen = false }

  /// Whether something has come on a socket, an end included.
  static func waits(_ socket: Int32, _ milliseconds: Int32) -> Bool {
    var wait = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
    return poll(&wait, 1, milliseconds) > 0
  }
}
