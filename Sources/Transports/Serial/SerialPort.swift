// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A serial port of the operating system, opened for us alone, raw: eight bits, no parity, no flow
/// control. Works on pseudo terminals too, which have no modem lines.
public final class SerialPort: SerialTransport {
  public let path: String
  /// How long a write may take before the port counts as stuck.
  public var writeTimeout = Duration.seconds(5)
  private var descriptor: Int32

  /// - Parameter baud: bits a second.
  public init(path: String, baud: Int) throws(TransportError) {
    self.path = path
    descriptor = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw TransportError(opening: path, errno) }
    do throws(TransportError) {
      guard isatty(descriptor) == 1 else {
        throw TransportError.failed("\(path) is no serial port")
      }
      // Root passes by TIOCEXCL, so programs that keep to flock() are asked too.
      guard ioctl(descriptor, UInt(TIOCEXCL)) == 0 else {
        throw TransportError(opening: path, errno)
      }
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        throw errno == EWOULDBLOCK ? TransportError.busy(path: path) : .init(opening: path, errno)
      }
      try makeRaw(descriptor)
      try setBaud(baud)
    } catch {
      close()
      throw error
    }
  }

  deinit { close() }

  public func close() {
    guard descriptor >= 0 else { return }
    _ = ioctl(descriptor, UInt(TIOCNXCL))
    // What was written last still goes out; waiting for what nobody takes would hang in close().
    if !isDrained(within: .milliseconds(500)) { tcflush(descriptor, TCOFLUSH) }
    _ = flock(descriptor, LOCK_UN)
    _ = Foundation.close(descriptor)
    descriptor = -1
  }

  public func write(_ bytes: [UInt8]) throws(TransportError) {
    var rest = bytes[...]
    let deadline = ContinuousClock.now + writeTimeout
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if count < 0, errno == EAGAIN {
        guard try isReady(for: POLLOUT, until: deadline) else { throw .timedOut }
      } else if errno != EINTR {
        throw TransportError(transferring: errno)
      }
    }
  }

  public func read(atMost count: Int, within: Duration) throws(TransportError) -> [UInt8] {
    let deadline = ContinuousClock.now + within
    var bytes = [UInt8](repeating: 0, count: max(1, count))
    var wasReady = false
    while true {
      let got = bytes.withUnsafeMutableBytes {
        Foundation.read(descriptor, $0.baseAddress, $0.count)
      }
      if got > 0 { return Array(bytes.prefix(got)) }
      if got < 0, errno != EAGAIN, errno != EINTR { throw TransportError(transferring: errno) }
      // With VMIN 0 a port without bytes reads as 0; one that claims to have some is gone.
      if got == 0, wasReady { throw .disconnected }
      guard try isReady(for: POLLIN, until: deadline) else { return [] }
      wasReady = true
    }
  }

  public func discardInput() throws(TransportError) {
    guard tcflush(descriptor, TCIFLUSH) == 0 else { throw TransportError(transferring: errno) }
  }

  public func setBaud(_ bitsPerSecond: Int) throws(TransportError) {
    try setSpeed(bitsPerSecond, of: descriptor)
  }

  @discardableResult public func setLines(dtr: Bool?, rts: Bool?) throws(TransportError) -> Bool {
    for (line, state) in [(TIOCM_DTR, dtr), (TIOCM_RTS, rts)] {
      guard let state else { continue }
      var bit = Int32(line)
      guard ioctl(descriptor, UInt(state ? TIOCMBIS : TIOCMBIC), &bit) == 0 else {
        // A pseudo terminal; macOS answers EINVAL.
        if errno == ENOTTY || errno == EINVAL { return false }
        throw TransportError(transferring: errno)
      }
    }
    return true
  }

  private func isDrained(within time: Duration) -> Bool {
    let deadline = ContinuousClock.now + time
    while true {
      var waiting: Int32 = 0
      guard ioctl(descriptor, UInt(TIOCOUTQ), &waiting) == 0, waiting > 0 else { return true }
      guard ContinuousClock.now < deadline else { return false }
      usleep(2000)
    }
  }

  /// False once the deadline has passed. Throws when the port is gone.
  private func isReady(
    for events: Int32, until deadline: ContinuousClock.Instant
  ) throws(TransportError) -> Bool {
    while true {
      let rest = deadline - ContinuousClock.now
      guard rest > .zero else { return false }
      var wait = pollfd(fd: descriptor, events: Int16(events), revents: 0)
      let milliseconds = Int32(clamping: Int64((rest / .milliseconds(1)).rounded(.up)))
      let count = poll(&wait, 1, milliseconds)
      if count < 0, errno != EINTR { throw TransportError(transferring: errno) }
      guard count > 0 else { continue }
      if Int32(wait.revents) & events != 0 { return true }
      throw .disconnected
    }
  }
}

extension TransportError {
  init(opening path: String, _ number: Int32) {
    self =
      switch number {
      case ENOENT, ENXIO, ENODEV, ENOTDIR: .notFound(path: path)
      case EACCES, EPERM: .accessDenied(path: path)
      case EBUSY: .busy(path: path)
      default: .failed(String(cString: strerror(number)))
      }
  }

  init(transferring number: Int32) {
    self =
      switch number {
      case EIO, ENXIO, ENODEV, EBADF: .disconnected
      default: .failed(String(cString: strerror(number)))
      }
  }
}
