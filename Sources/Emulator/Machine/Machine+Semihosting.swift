// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import CortexM
import MachineModel

// The calls whose number is in r0 and whose parameter is in r1, mostly the address of a block of
// words. Time is virtual, so that a run can be repeated.
extension Machine {
  /// Answers the call that the core has stopped at; not nil when the program has ended.
  func answerSemihosting() -> StopReason? {
    let (number, parameter) = (core[register: 0], core[register: 1])
    switch answer(Semihosting.Call(rawValue: number), parameter) {
    case .value(let value):
      note(number, parameter, answer: value)
      core[register: 0] = value
      core.skipBreakpoint()
    case .waits:
      let later = min(deadline, core.nextInternalEvent)
      core.advance(to: max(later, core.now + Cycles(1)))
    case .ends(let reason):
      note(number, parameter, answer: nil)
      return reason
    }
    return nil
  }

  private func note(_ call: UInt32, _ parameter: UInt32, answer: UInt32?) {
    let event = MachineEvent.semihosting(call: call, parameter: parameter, answer: answer)
    observers?.note(event, at: core.now, in: self)
  }

  private func answer(_ call: Semihosting.Call?, _ parameter: UInt32) -> Semihosting.Answer {
    switch call {
    case .writeCharacter:
      printed(guestBytes(at: parameter, 1)?.first ?? 0)
      return .success
    case .writeText:
      printText(at: parameter)
      return .success
    case .readCharacter: return readCharacter()
    case .isError: return .value(guestWord(at: parameter).map { $0 >> 31 } ?? 1)
    case .clock: return .value(UInt32(truncatingIfNeeded: elapsed(perSecond: 100)))
    case .time:
      return .value(UInt32(truncatingIfNeeded: Semihosting.startOfTime &+ elapsed(perSecond: 1)))
    case .elapsed: return tellElapsed(at: parameter)
    case .tickFrequency: return .value(UInt32(clamping: cyclesPerSecond))
    // The host's command interpreter is no business of a guest.
    case .system: return .failure
    case .errorNumber: return .value(semihosting.lastError?.rawValue ?? 0)
    case .commandLine: return tellCommandLine(at: parameter)
    case .heapInformation: return tellHeap(at: parameter)
    case .exit: return .ends(end(parameter, status: 0))
    case .exitExtended: return exitExtended(parameter)
    case nil: return .failure
    case .some(let call): return answerAboutFile(call, parameter)
    }
  }

  // MARK: Time

  private var cyclesPerSecond: UInt64 {
    max(1, board.cpuClock.numerator / board.cpuClock.denominator)
  }

  private func elapsed(perSecond rate: UInt64) -> UInt64 {
    core.now.sinceReset.count / max(cyclesPerSecond / rate, 1)
  }

  private func tellElapsed(at block: UInt32) -> Semihosting.Answer {
    let cycles = core.now.sinceReset.count
    let words = [UInt32(truncatingIfNeeded: cycles), UInt32(truncatingIfNeeded: cycles >> 32)]
    return writeGuest(words: words, at: block) ? .success : .failure
  }

  // MARK: The program and its end

  private func end(_ reason: UInt32, status: UInt32) -> StopReason {
    reason == Semihosting.applicationExit ? .exited(status: status) : .aborted(reason: reason)
  }

  /// The block holds the reason and the program's own status.
  private func exitExtended(_ block: UInt32) -> Semihosting.Answer {
    guard let reason = guestWord(at: block), let status = guestWord(at: block &+ 4) else {
      return .ends(.aborted(reason: 0))
    }
    return .ends(end(reason, status: status))
  }

  private func tellCommandLine(at block: UInt32) -> Semihosting.Answer {
    guard let buffer = guestWord(at: block), let size = guestWord(at: block &+ 4) else {
      return .failure
    }
    let text = Array(semihosting.commandLine.utf8)
    guard text.count < size, writeGuest(text + [0], at: buffer),
      writeGuest(words: [buffer, UInt32(text.count)], at: block)
    else { return .failure }
    return .success
  }

  private func tellHeap(at pointer: UInt32) -> Semihosting.Answer {
    guard let block = guestWord(at: pointer), writeGuest(words: semihosting.heap.words, at: block)
    else {
      return .failure
    }
    return .success
  }

  // MARK: The console

  private func printText(at address: UInt32) {
    for offset in 0..<UInt32(Semihosting.longestText) {
      guard let byte = guestBytes(at: address &+ offset, 1)?.first, byte != 0 else { return }
      printed(byte)
    }
  }

  /// -1 where nothing more will ever be typed.
  private func readCharacter() -> Semihosting.Answer {
    if let byte = serialInput.take(1).first { return .value(UInt32(byte)) }
    return expectsInput ? .waits : .failure
  }

  func printed(_ byte: UInt8) {
    trace.record(.serialByte, UInt64(byte), at: core.now)
    if let line = console.receive(byte, at: core.now) { onConsoleLine?(line) }
  }
}

// Guest memory, checked.
extension Machine {
  func guestBytes(at address: UInt32, _ count: Int) -> [UInt8]? {
    memory(holding: Address(address), count)?.read(Address(address), count)
  }

  func guestWord(at address: UInt32) -> UInt32? {
    memory(holding: Address(address), 4)?.word(at: Address(address))
  }

  /// False where not all of it is RAM: then nothing is written.
  func writeGuest(_ bytes: [UInt8], at address: UInt32) -> Bool {
    guard let memory = ram(holding: Address(address), bytes.count),
      memory.write(bytes, at: Address(address))
    else { return false }
    core.invalidateCode(address..<(address + UInt32(bytes.count)))
    return true
  }

  func writeGuest(words: [UInt32], at address: UInt32) -> Bool {
    writeGuest(
      words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } },
      at: address)
  }
}
