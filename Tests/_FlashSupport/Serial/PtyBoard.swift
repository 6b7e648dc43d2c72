// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import BootloaderModels
import Foundation
import Transports

/// A board behind a pseudo terminal with a stable name: a sketch that prints and takes the 1200
/// baud touch, and a modelled bootloader. Lives on a thread of its own.
public final class PtyBoard: @unchecked Sendable {
  public let path: String
  private let lock = NSLock()
  private let done = DispatchSemaphore(value: 0)
  private var isStopped = false
  private var chip: MemoryArray
  private var fresh: any SerialBootloader
  private var touches = 0

  /// - Parameters:
  ///   - answering: whether the bootloader says anything at all.
  public init(
    _ bootloader: any SerialBootloader, _ memory: MemoryArray, startsInBootloader: Bool = false,
    answering: Bool = true
  ) throws {
    path =
      FileManager.default.temporaryDirectory.appending(
        path: "pty-\(UUID().uuidString.prefix(8))"
      ).path
    (fresh, chip) = (bootloader, memory)
    let terminal = try PseudoTerminal(link: path)
    let box = Box(terminal: terminal)
    Thread.detachNewThread { [self] in
      run(box, inBootloader: startsInBootloader, answering: answering)
      done.signal()
    }
  }

  private struct Box: @unchecked Sendable { let terminal: PseudoTerminal }

  public var memory: MemoryArray { lock.withLock { chip } }
  public var touchCount: Int { lock.withLock { touches } }

  /// Ends the thread; the link is gone then.
  public func stop() {
    let wasStopped = lock.withLock { () -> Bool in
      defer { isStopped = true }
      return isStopped
    }
    if !wasStopped { done.wait() }
  }

  deinit { stop() }

  private func run(_ box: Box, inBootloader: Bool, answering: Bool) {
    var (terminal, isBootloader, wasOpen, number) = (box.terminal, inBootloader, false, 0)
    var bootloader = fresh
    var nextLine = Date()
    func replug() {
      terminal.close()
      usleep(100_000)
      if let next = try? PseudoTerminal(link: path) { terminal = next }
      wasOpen = false
    }
    while !lock.withLock({ isStopped }) {
      terminal.wait(milliseconds: 5)
      let bytes = terminal.read(atMost: 4096)
      if isBootloader {
        guard !bytes.isEmpty, answering else { continue }
        send(lock.withLock { bootloader.receive(bytes, in: &chip) }, to: terminal)
        guard bootloader.takeRequest() != nil else { continue }
        (isBootloader, bootloader) = (false, fresh)
        replug()
        continue
      }
      let isOpen = terminal.isOpen
      if wasOpen, !isOpen, terminal.baud == 1200 {
        lock.withLock { touches += 1 }
        isBootloader = true
        replug()
        continue
      }
      wasOpen = isOpen
      if isOpen, Date() > nextLine {
        number += 1
        send(Array("tick \(number)\r\n".utf8), to: terminal)
        nextLine = Date() + 0.05
      }
    }
    terminal.close()
  }

  private func send(_ bytes: [UInt8], to terminal: PseudoTerminal) {
    var rest = bytes[...]
    while !rest.isEmpty, terminal.isOpen {
      let count = terminal.write(rest)
      rest = rest.dropFirst(count)
      if count == 0 { usleep(1000) }
    }
  }
}
