// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

// The calls about files; each has a block of words at its parameter.
extension Machine {
  func answerAboutFile(_ call: Semihosting.Call, _ block: UInt32) -> Semihosting.Answer {
    let words = (0..<4).map { guestWord(at: block &+ 4 * $0) ?? 0 }
    switch call {
    case .open: return openFile(words)
    case .close: return answer { (host) throws(FileError) in try host.close(words[0]) }
    case .write: return writeFile(words)
    case .read: return readFile(words)
    case .isTerminal: return isTerminal(words[0])
    case .seek:
      return answer { (host) throws(FileError) in try host.seek(words[0], to: words[1]) }
    case .length:
      let length = semihosting.attempt { (host) throws(FileError) in try host.length(words[0]) }
      return .value(length ?? .max)
    case .temporaryName: return temporaryName(words)
    case .remove:
      guard let name = name(at: words[0], words[1]) else { return refuse() }
      return answer { (host) throws(FileError) in try host.remove(name) }
    case .rename:
      guard let old = name(at: words[0], words[1]), let new = name(at: words[2], words[3]) else {
        return refuse()
      }
      return answer { (host) throws(FileError) in try host.rename(old, to: new) }
    default: return .failure
    }
  }

  private func answer(
    _ body: (inout SemihostingHost) throws(FileError) -> Void
  ) -> Semihosting.Answer {
    semihosting.attempt(body) == nil ? .failure : .success
  }

  /// For an argument that makes no sense.
  private func refuse() -> Semihosting.Answer {
    answer { (_) throws(FileError) in throw .invalid }
  }

  private func name(at address: UInt32, _ length: UInt32) -> [UInt8]? {
    guard length <= Semihosting.longestName else { return nil }
    return guestBytes(at: address, Int(length))
  }

  private func openFile(_ words: [UInt32]) -> Semihosting.Answer {
    guard let name = name(at: words[0], words[2]) else { return refuse() }
    let handle = semihosting.attempt { (host) throws(FileError) in
      try host.open(name, mode: words[1])
    }
    return .value(handle ?? .max)
  }

  /// Answers how many bytes were not written.
  private func writeFile(_ words: [UInt32]) -> Semihosting.Answer {
    let (handle, count) = (words[0], words[2])
    guard let bytes = guestBytes(at: words[1], Int(count)) else {
      _ = refuse()
      return .value(count)
    }
    let isWritten: Void? = semihosting.attempt { (host) throws(FileError) in
      guard try host.console(handle) == .output else { return try host.write(handle, bytes) }
      bytes.forEach(printed)
    }
    return .value(isWritten == nil ? count : 0)
  }

  /// Answers how many bytes of the buffer were not filled: all of them at the end.
  private func readFile(_ words: [UInt32]) -> Semihosting.Answer {
    let (handle, buffer, count) = (words[0], words[1], words[2])
    guard count > 0, guestBytes(at: buffer, Int(count)) != nil else {
      _ = refuse()
      return .value(count)
    }
    var waits = false
    let bytes = semihosting.attempt { (host) throws(FileError) -> [UInt8] in
      guard try host.console(handle) == .input else { return try host.read(handle, Int(count)) }
      let typed = serialInput.take(Int(count))
      waits = typed.isEmpty && expectsInput
      return typed
    }
    if waits { return .waits }
    guard let bytes, writeGuest(bytes, at: buffer) else { return .value(count) }
    return .value(count - UInt32(bytes.count))
  }

  private func isTerminal(_ handle: UInt32) -> Semihosting.Answer {
    let console = semihosting.attempt { (host) throws(FileError) in try host.console(handle) }
    guard let console else { return .failure }
    return .value(console == nil ? 0 : 1)
  }

  /// The same name for the same number; it is a name in the program's folder like any other.
  private func temporaryName(_ words: [UInt32]) -> Semihosting.Answer {
    let (buffer, number, size) = (words[0], words[1], words[2])
    let name = Array("temporary-\(number)".utf8) + [0]
    guard number < 256, name.count <= size, writeGuest(name, at: buffer) else { return refuse() }
    return .success
  }
}
