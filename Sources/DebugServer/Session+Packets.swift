// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM
import MachineModel

// Packets by their first letter.
extension Session {
  mutating func answer(to packet: [UInt8], _ debuggee: Debuggee) -> Answer {
    guard let letter = packet.first else { return .unknown }
    let rest = packet.dropFirst()
    switch UnicodeScalar(letter) {
    case "?": return .text(stopReply(debuggee))
    case "g": return .text(readAll(debuggee))
    case "G": return writeAll(rest, debuggee)
    case "p": return readRegister(rest, debuggee)
    case "P": return writeRegister(rest, debuggee)
    case "m": return readMemory(rest, debuggee)
    case "M", "X": return writeMemory(rest, isBinary: letter == UInt8(ascii: "X"), debuggee)
    case "H": return select(rest, debuggee)
    case "T": return Self.stackThread(rest).map(debuggee.threads.contains) == true ? .ok : .invalid
    case "Z", "z": return change(rest, isSet: letter == UInt8(ascii: "Z"), debuggee)
    case "c", "C", "s", "S": return resume(letter, rest, debuggee)
    case "b": return resumeBackwards(rest)
    case "D": return .detach
    case "k": return .kill
    case "q", "Q": return query(String(decoding: packet, as: UTF8.self), debuggee)
    case "v": return verbose(packet, debuggee)
    default: return .unknown
    }
  }

  // MARK: Registers

  private func chosen(_ debuggee: Debuggee) -> StackThread { thread ?? debuggee.currentThread }

  private func readAll(_ debuggee: Debuggee) -> [UInt8] {
    Hexadecimal.text(
      debuggee.registers.names.flatMap { name in
        RegisterFile.bytes(debuggee.read(name, thread: chosen(debuggee)), name.bytes)
      })
  }

  private func writeAll(_ text: ArraySlice<UInt8>, _ debuggee: Debuggee) -> Answer {
    guard let bytes = Hexadecimal.bytes(text) else { return .invalid }
    var rest = bytes[...]
    for name in debuggee.registers.names where rest.count >= name.bytes {
      let value = RegisterFile.value(rest.prefix(name.bytes))
      rest = rest.dropFirst(name.bytes)
      guard value != debuggee.read(name, thread: chosen(debuggee)) else { continue }
      if !debuggee.write(name, value, thread: chosen(debuggee)) { return .invalid }
    }
    return .ok
  }

  private func register(_ text: ArraySlice<UInt8>, _ debuggee: Debuggee) -> RegisterFile.Name? {
    guard let number = Hexadecimal.number(text), number < debuggee.registers.names.count else {
      return nil
    }
    return debuggee.registers.names[Int(number)]
  }

  private func readRegister(_ text: ArraySlice<UInt8>, _ debuggee: Debuggee) -> Answer {
    guard let name = register(text, debuggee) else { return .invalid }
    let value = debuggee.read(name, thread: chosen(debuggee))
    return .text(Hexadecimal.text(RegisterFile.bytes(value, name.bytes)))
  }

  private func writeRegister(_ text: ArraySlice<UInt8>, _ debuggee: Debuggee) -> Answer {
    let parts = text.split(separator: UInt8(ascii: "="), maxSplits: 1)
    guard parts.count == 2, let name = register(parts[0], debuggee),
      let bytes = Hexadecimal.bytes(parts[1]), bytes.count == name.bytes
    else { return .invalid }
    let isWritten = debuggee.write(
      name, RegisterFile.value(bytes), thread: chosen(debuggee))
    return isWritten ? .ok : .invalid
  }

  // MARK: Memory

  /// `address,length` in hexadecimal.
  static func range(_ text: ArraySlice<UInt8>) -> (address: UInt32, count: Int)? {
    let parts = text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    guard parts.count == 2, let address = Hexadecimal.number(parts[0]),
      let count = Hexadecimal.number(parts[1]), address <= UInt64(UInt32.max), count <= 1 << 32
    else { return nil }
    return (UInt32(address), Int(count))
  }

  private func readMemory(_ text: ArraySlice<UInt8>, _ debuggee: Debuggee) -> Answer {
    guard let (address, count) = Self.range(text) else { return .invalid }
    if count == 0 { return .ok }
    let most = min(count, PacketReader.longest / 2)
    guard let bytes = debuggee.machine.inspect(address, count: most) else { return .unreachable }
    return .text(Hexadecimal.text(bytes))
  }

  private func writeMemory(
    _ text: ArraySlice<UInt8>, isBinary: Bool, _ debuggee: Debuggee
  ) -> Answer {
    guard let colon = text.firstIndex(of: UInt8(ascii: ":")),
      let (address, count) = Self.range(text[..<colon])
    else { return .invalid }
    let data = text[(colon + 1)...]
    guard let bytes = isBinary ? Array(data) : Hexadecimal.bytes(data), bytes.count == count else {
      return .invalid
    }
    if bytes.isEmpty { return .ok }
    return debuggee.write(address, bytes) ? .ok : .unreachable
  }

  // MARK: Threads

  /// A thread's number; nil for 0 and -1, any and all.
  static func stackThread(_ text: ArraySlice<UInt8>) -> StackThread? {
    Hexadecimal.number(text).flatMap { StackThread(rawValue: Int(clamping: $0)) }
  }

  private mutating func select(_ text: ArraySlice<UInt8>, _ debuggee: Debuggee) -> Answer {
    guard let operation = text.first else { return .invalid }
    let number = text.dropFirst()
    if operation == UInt8(ascii: "g") {
      thread = Self.stackThread(number)
      if let thread, !debuggee.threads.contains(thread) {
        self.thread = nil
        return .invalid
      }
    }
    return .ok
  }

  // MARK: Break- and watchpoints

  private func change(
    _ text: ArraySlice<UInt8>, isSet: Bool, _ debuggee: Debuggee
  ) -> Answer {
    let arguments = text.prefix { $0 != UInt8(ascii: ";") }
    guard let comma = arguments.firstIndex(of: UInt8(ascii: ",")),
      let kind = Hexadecimal.number(arguments[..<comma]),
      let (address, length) = Self.range(arguments[(comma + 1)...])
    else { return .invalid }
    switch kind {
    case 0, 1:
      let place = address & ~1
      if isSet {
        debuggee.stops.breakpoints.insert(place)
      } else {
        debuggee.stops.breakpoints.remove(place)
      }
      return debuggee.stops.breakpoints.count <= Self.mostPoints ? .ok : .invalid
    case 2, 3, 4:
      let (last, overflow) = address.addingReportingOverflow(
        UInt32(clamping: max(length, 1) - 1))
      let watch = DebugStops.Watchpoint(
        kind == 2 ? .write : kind == 3 ? .read : .access, address...(overflow ? .max : last))
      debuggee.stops.watchpoints.removeAll { $0 == watch }
      if isSet { debuggee.stops.watchpoints.append(watch) }
      return debuggee.stops.watchpoints.count <= Self.mostPoints ? .ok : .invalid
    default: return .unknown
    }
  }

  /// More than anyone sets by hand.
  private static let mostPoints = 4096

  // MARK: Going on

  /// `c` and `s` may bring an address, `C` and `S` a signal, which nobody here receives.
  private func resume(
    _ letter: UInt8, _ text: ArraySlice<UInt8>, _ debuggee: Debuggee
  ) -> Answer {
    let takesSignal = letter == UInt8(ascii: "C") || letter == UInt8(ascii: "S")
    let semicolon = text.firstIndex(of: UInt8(ascii: ";"))
    let address = takesSignal ? semicolon.map { text[($0 + 1)...] } ?? [] : text
    if let target = Hexadecimal.number(address), target <= UInt64(UInt32.max) {
      _ = debuggee.write(.core(15), target, thread: debuggee.currentThread)
    }
    let isStep = letter == UInt8(ascii: "s") || letter == UInt8(ascii: "S")
    return .resume(isStep ? .step : .go)
  }

  private func resumeBackwards(_ text: ArraySlice<UInt8>) -> Answer {
    switch text {
    case [UInt8(ascii: "s")]: .resume(.stepBack)
    case [UInt8(ascii: "c")]: .resume(.goBack)
    default: .unknown
    }
  }
}
