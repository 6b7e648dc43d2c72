// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Emulator
import Foundation
import Terminal

/// Standard input on its way to the board.
///
/// From a terminal the board gets what has been typed, and virtual time keeps to real time. A file
/// or a pipe is read as the board takes it, in whole chunks that the run waits for, so that a run
/// does not depend on how fast they come, and input without end does not fill memory.
final class Keyboard {
  let isInteractive = isatty(0) == 1
  private let start = ContinuousClock.now
  private var isAtEnd = false
  private static let chunk = 4096

  /// Passes on what there is for the board.
  func type(into machine: Machine) {
    if !isAtEnd, isInteractive || machine.hasTakenInput { machine.type(take()) }
    machine.expectsInput = !isAtEnd
  }

  /// Waits until real time has reached virtual time, or a key is pressed.
  func keepPace(withVirtual seconds: Double) {
    guard isInteractive, !isAtEnd else { return }
    while Interruption.signal == nil {
      let ahead = .seconds(seconds) - (ContinuousClock.now - start)
      guard ahead > .milliseconds(1) else { return }
      if isReady(within: Int32(min(ahead / .milliseconds(1), 100))) { return }
    }
  }

  private func take() -> [UInt8] {
    var bytes: [UInt8] = []
    while !isAtEnd, bytes.count < Self.chunk, Interruption.signal == nil {
      guard isReady(within: isInteractive ? 0 : 100) else {
        if isInteractive { break }
        continue
      }
      var buffer = [UInt8](repeating: 0, count: Self.chunk - bytes.count)
      let count = read(0, &buffer, buffer.count)
      if count > 0 { bytes += buffer[..<count] }
      isAtEnd = count == 0 || count < 0 && errno != EINTR && errno != EAGAIN
      if isInteractive { break }
    }
    return bytes
  }

  /// Whether a read would not wait, be it for an end or an error.
  private func isReady(within milliseconds: Int32) -> Bool {
    var wait = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
    return poll(&wait, 1, milliseconds) > 0
  }
}
