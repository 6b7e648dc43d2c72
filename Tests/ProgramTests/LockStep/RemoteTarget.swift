// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

struct RemoteError: Error, CustomStringConvertible {
  let description: String
}

/// The near end of GDB's remote serial protocol (GDB manual, appendix E), as far as it takes to
/// step a Cortex-M and look at its registers.
final class RemoteTarget {
  private let socket: Int32
  private var buffer: [UInt8] = []

  /// Connects to a stub on this machine, which may still be starting.
  init(port: UInt16) throws {
    var address = Self.loopback(port)
    for _ in 0..<200 {
      let candidate = Self.makeSocket()
      let result = Self.with(&address) { connect(candidate, $0, $1) }
      if result == 0 {
        var one: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(candidate, Int32(IPPROTO_TCP), TCP_NODELAY, &one, size)
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(
          candidate, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        socket = candidate
        return
      }
      close(candidate)
      usleep(25_000)
    }
    throw RemoteError(description: "nobody answers on port \(port)")
  }

  deinit { close(socket) }

  private static func makeSocket() -> Int32 {
    #if canImport(Glibc)
      Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #elseif canImport(Musl)
      Musl.socket(AF_INET, SOCK_STREAM, 0)
    #else
      Darwin.socket(AF_INET, SOCK_STREAM, 0)
    #endif
  }

  private static func loopback(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }

  private static func with<T>(
    _ address: inout sockaddr_in, _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) -> T
  ) -> T {
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }

  /// A port that nobody uses now.
  static func freePort() throws -> UInt16 {
    let probe = makeSocket()
    defer { close(probe) }
    var address = loopback(0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = with(&address) { bind(probe, $0, $1) }
    let named = with(&address) { pointer, _ in getsockname(probe, pointer, &length) }
    guard bound == 0, named == 0 else { throw RemoteError(description: "no free port") }
    return UInt16(bigEndian: address.sin_port)
  }

  // MARK: - Packets

  /// Sends a command and answers with what comes back.
  @discardableResult func ask(_ command: String) throws -> String {
    let sum = command.utf8.reduce(UInt8(0)) { $0 &+ $1 }
    let digits = String(sum, radix: 16)
    let packet = "$\(command)#\(sum < 16 ? "0" : "")\(digits)"
    var bytes = Array(packet.utf8)
    while !bytes.isEmpty {
      let sent = send(socket, bytes, bytes.count, 0)
      guard sent > 0 else { throw RemoteError(description: "the stub has gone away") }
      bytes.removeFirst(sent)
    }
    let answer = try receive()
    _ = send(socket, [UInt8(ascii: "+")], 1, 0)
    return answer
  }

  private func receive() throws -> String {
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      if let start = buffer.firstIndex(of: UInt8(ascii: "$")),
        let end = buffer[start...].firstIndex(of: UInt8(ascii: "#")), end + 2 < buffer.count
      {
        let text = String(decoding: buffer[(start + 1)..<end], as: UTF8.self)
        buffer.removeFirst(end + 3)
        return text
      }
      let count = recv(socket, &chunk, chunk.count, 0)
      guard count > 0 else { throw RemoteError(description: "the stub does not answer") }
      buffer.append(contentsOf: chunk[0..<count])
    }
  }

  // MARK: - A Cortex-M

  /// r0 to r15 and xPSR.
  func registers() throws -> [UInt32] { Self.words(try ask("g"), count: 17) }

  /// D0 to D15 as S0 to S31, then FPSCR, by the numbers that QEMU gives them behind xPSR (25).
  func floats() throws -> [UInt32] {
    var words: [UInt32] = []
    for number in 26..<42 {
      words += Self.words(try ask("p\(String(number, radix: 16))"), count: 2)
    }
    return words + Self.words(try ask("p2a"), count: 1)
  }

  /// False when the program has ended.
  func step() throws -> Bool { try ask("vCont;s:p1.1").hasPrefix("T") }
  func resume() throws -> Bool { try ask("vCont;c").hasPrefix("T") }
  func setBreakpoint(_ address: UInt32) throws { try ask("Z0,\(String(address, radix: 16)),2") }
  func clearBreakpoint(_ address: UInt32) throws { try ask("z0,\(String(address, radix: 16)),2") }

  /// Little-endian words from hexadecimal digits.
  private static func words(_ text: String, count: Int) -> [UInt32] {
    let digits = Array(text.utf8.prefix(count * 8))
    return stride(from: 0, to: digits.count - 7, by: 8).map { start in
      let word = String(decoding: digits[start..<start + 8], as: UTF8.self)
      return (UInt32(word, radix: 16) ?? 0).byteSwapped
    }
  }
}
