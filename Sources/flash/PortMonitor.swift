// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Flasher
import Foundation
import Terminal
import Transports

/// Shows what a board prints, line by line as it comes, also when it resets or is unplugged for a
/// while.
final class PortMonitor {
  private let options: MonitorOptions
  private let target: FlashTarget
  private let system: any FlashSystem
  private let flasher: Flasher
  private let start: ContinuousClock.Instant
  /// The line so far, for `--until`.
  private var line: [UInt8] = []
  private var hasFound = false

  init(options: MonitorOptions, target: FlashTarget, system: any FlashSystem, flasher: Flasher) {
    (self.options, self.target, self.system) = (options, target, system)
    self.flasher = flasher
    start = system.now
  }

  func run(at port: String?) throws {
    var port = port
    while !isOver {
      if let path = port ?? look() {
        do throws(TransportError) {
          try listen(path)
        } catch {
          switch error {
          case .disconnected, .notFound, .timedOut, .stalled: break
          case .accessDenied, .busy, .failed:
            throw flasher.reason(error, opening: path, of: target)
          }
        }
      }
      // The next look may find it under another name.
      port = nil
      if !isOver { system.pause(.milliseconds(100)) }
    }
    try conclude()
  }

  private func look() -> String? {
    if let port = target.port { return system.access(to: port) == .absent ? nil : port }
    return flasher.applicationPort(of: target)
  }

  private var isOver: Bool {
    if hasFound || system.isInterrupted { return true }
    return options.monitorFor.map { system.now - start >= $0.duration } ?? false
  }

  private func listen(_ path: String) throws(TransportError) {
    let port = try system.openSerial(path, baud: options.baud)
    defer { port.close() }
    // Sketches wait for DTR before they print.
    try port.setLines(dtr: true, rts: true)
    while !isOver {
      let bytes = try port.read(atMost: 4096, within: .milliseconds(100))
      guard !bytes.isEmpty else { continue }
      show(bytes)
    }
  }

  private func show(_ bytes: [UInt8]) {
    Terminal.endProgress()
    Terminal.put(bytes, on: 1)
    guard let wanted = options.until else { return }
    for byte in bytes {
      guard byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r") else {
        line.removeAll(keepingCapacity: true)
        continue
      }
      // A board that never ends its line must not fill memory.
      if line.count > 1 << 16 { line.removeFirst(1 << 15) }
      line.append(byte)
      if line.suffix(wanted.utf8.count).elementsEqual(wanted.utf8) { hasFound = true }
    }
  }

  private func conclude() throws {
    guard let wanted = options.until, !hasFound else { return }
    if let signal = Interruption.signal { throw ExitCode(128 + signal) }
    Terminal.complain("the board did not print \"\(wanted)\"")
    throw ExitCode(1)
  }
}
