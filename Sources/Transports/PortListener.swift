// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Reads a pseudo terminal on a thread of its own, so that two writes of a program that lie a
/// millisecond apart are seen as two, however long the board takes.
public final class PortListener: @unchecked Sendable {
  private static let most = 4096
  /// Beyond this the program has to wait, as it would for a port whose device takes nothing.
  private static let mostWaiting = 16

  private let terminal: PseudoTerminal
  // Under the lock.
  private let lock = NSCondition()
  private var writes: [[UInt8]] = []
  private var isStopped = false
  private var isOver = false

  public init(_ terminal: PseudoTerminal) {
    self.terminal = terminal
    Thread.detachNewThread { [self] in listen() }
  }

  public var isEmpty: Bool { lock.withLock { writes.isEmpty } }

  /// What was written at once, the oldest first; empty where nothing waits.
  public func next() -> [UInt8] {
    lock.withLock { writes.isEmpty ? [] : writes.removeFirst() }
  }

  /// Until something has been written, or for the time given.
  public func wait(milliseconds: Int) {
    lock.withLock {
      guard writes.isEmpty else { return }
      _ = lock.wait(until: Date(timeIntervalSinceNow: Double(milliseconds) / 1000))
    }
  }

  /// Ends the thread; the terminal may be closed afterwards.
  public func stop() {
    lock.withLock {
      isStopped = true
      while !isOver { lock.wait() }
    }
  }

  private func listen() {
    while true {
      let (stops, isFull) = lock.withLock { (isStopped, writes.count >= Self.mostWaiting) }
      if stops { break }
      if isFull {
        Thread.sleep(forTimeInterval: 0.001)
        continue
      }
      terminal.wait(milliseconds: 10)
      let bytes = readWrite()
      guard !bytes.isEmpty else { continue }
      lock.withLock {
        writes.append(bytes)
        lock.broadcast()
      }
    }
    lock.withLock {
      isOver = true
      lock.broadcast()
    }
  }

  /// One write, which a terminal may give in pieces: what follows at once belongs to it.
  private func readWrite() -> [UInt8] {
    var bytes = terminal.read(atMost: Self.most)
    while !bytes.isEmpty, bytes.count < 4 * Self.most {
      var more = terminal.read(atMost: Self.most)
      if more.isEmpty {
        Thread.sleep(forTimeInterval: 0.000_2)
        more = terminal.read(atMost: Self.most)
      }
      if more.isEmpty { break }
      bytes += more
    }
    return bytes
  }
}
