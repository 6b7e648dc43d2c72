// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import Emulator

// `q`, `Q` and `v` packets.
extension Session {
  private static let features =
    "PacketSize=\(Hexadecimal.string(PacketReader.longest));qXfer:features:read+;"
    + "qXfer:memory-map:read+;qXfer:threads:read+;QStartNoAckMode+;swbreak+;hwbreak+;"
    + "vContSupported+;ReverseStep+;ReverseContinue+"

  mutating func query(_ packet: String, _ debuggee: Debuggee) -> Answer {
    let name = packet.prefix { $0 != ":" && $0 != "," && $0 != ";" }
    let arguments = String(packet.dropFirst(name.count + 1))
    switch name {
    case "qSupported": return .string(Self.features)
    case "QStartNoAckMode": return .stopAcknowledging
    case "qAttached": return .string("1")
    case "qC": return .string("QC\(debuggee.currentThread.rawValue)")
    case "qfThreadInfo":
      return .string("m" + debuggee.threads.map { "\($0.rawValue)" }.joined(separator: ","))
    case "qsThreadInfo": return .string("l")
    case "qThreadExtraInfo":
      guard let thread = Self.stackThread(Array(arguments.utf8)[...]) else { return .invalid }
      return .text(Hexadecimal.text(Self.describe(thread, debuggee).utf8))
    case "qSymbol": return .ok
    case "QNonStop": return arguments == "0" ? .ok : .invalid
    case "qRcmd":
      guard let text = Hexadecimal.bytes(Array(arguments.utf8)) else { return .invalid }
      return monitor(String(decoding: text, as: UTF8.self), debuggee)
    case "qXfer": return transfer(arguments, debuggee)
    case "qCRC": return checksum(arguments, debuggee)
    default: return .unknown
    }
  }

  private static func describe(_ thread: StackThread, _ debuggee: Debuggee) -> String {
    let core = debuggee.machine.core
    let stack = thread == .main ? "main stack" : "process stack"
    guard thread == debuggee.currentThread else { return "\(stack), not in use" }
    let exception = core.currentException
    return exception == 0
      ? "\(stack), Thread mode" : "\(stack), \(type(of: core).name(ofException: exception))"
  }

  /// `object:read:annex:offset,length`.
  private func transfer(_ arguments: String, _ debuggee: Debuggee) -> Answer {
    let parts = arguments.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 4, parts[1] == "read",
      let (offset, length) = Self.range(Array(parts[3].utf8)[...])
    else { return .invalid }
    let document: String
    switch (parts[0], parts[2]) {
    case ("features", "target.xml"): document = TargetDescription.registers(debuggee.registers)
    case ("memory-map", ""): document = TargetDescription.memoryMap(debuggee.machine.board)
    case ("threads", ""): document = Self.threadList(debuggee)
    default: return .string("E00")
    }
    let bytes = Array(document.utf8)
    // Escaping may double the length of what is sent.
    let rest = bytes.dropFirst(Int(offset))
    let part = rest.prefix(min(length, PacketReader.longest / 2 - 1))
    let mark = part.count == rest.count ? UInt8(ascii: "l") : UInt8(ascii: "m")
    return .text([mark] + part)
  }

  private static func threadList(_ debuggee: Debuggee) -> String {
    let threads = debuggee.threads.map {
      "<thread id=\"\($0.rawValue)\" core=\"0\">\(describe($0, debuggee))</thread>"
    }
    return "<?xml version=\"1.0\"?><threads>\(threads.joined())</threads>"
  }

  /// For `compare-sections`: CRC-32 as GDB computes it, most significant bit first.
  private func checksum(_ arguments: String, _ debuggee: Debuggee) -> Answer {
    guard let (address, count) = Self.range(Array(arguments.utf8)[...]), count <= 16 << 20,
      let bytes = debuggee.machine.inspect(address, count: count), bytes.count == count
    else { return .unreachable }
    var sum = UInt32.max
    for byte in bytes {
      sum ^= UInt32(byte) << 24
      for _ in 0..<8 { sum = sum >> 31 == 0 ? sum << 1 : sum << 1 ^ 0x04C1_1DB7 }
    }
    return .string("C" + Hexadecimal.string(sum))
  }

  // MARK: v packets

  mutating func verbose(_ packet: [UInt8], _ debuggee: Debuggee) -> Answer {
    let name = packet.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: ":") }
    let rest = packet.dropFirst(name.count + 1)
    switch String(decoding: name, as: UTF8.self) {
    case "vCont?": return .string("vCont;c;C;s;S;t;r")
    case "vCont": return resume(actions: rest)
    case "vCtrlC": return .ok
    case "vKill": return .killByName
    case "vFlashErase": return erase(rest, debuggee)
    case "vFlashWrite": return program(rest)
    case "vFlashDone": return finishFlash(debuggee)
    default: return .unknown
    }
  }

  /// There is one core: whatever one thread is told to do, it does. Without a step all continue.
  private func resume(actions: ArraySlice<UInt8>) -> Answer {
    var isContinued = false
    for action in actions.split(separator: UInt8(ascii: ";")) {
      let verb = action.prefix { $0 != UInt8(ascii: ":") }.dropFirst()
      switch UnicodeScalar(action[action.startIndex]) {
      case "s", "S": return .resume(.step)
      case "r":
        let ends = verb.split(separator: UInt8(ascii: ",")).map(Hexadecimal.number)
        guard ends.count == 2, let start = ends[0], let end = ends[1], start <= end,
          end <= UInt64(UInt32.max)
        else { return .invalid }
        return .resume(start == end ? .step : .stepOut(of: UInt32(start)..<UInt32(end)))
      case "c", "C": isContinued = true
      case "t": continue
      default: return .invalid
      }
    }
    return isContinued ? .resume(.go) : .invalid
  }

  // MARK: Flash

  private mutating func erase(_ text: ArraySlice<UInt8>, _ debuggee: Debuggee) -> Answer {
    guard let (address, count) = Self.range(text), isFlash(address, count, debuggee) else {
      return .string("E.memtype")
    }
    return keep(address, Array(repeating: 0xFF, count: count))
  }

  private mutating func program(_ text: ArraySlice<UInt8>) -> Answer {
    guard let colon = text.firstIndex(of: UInt8(ascii: ":")),
      let address = Hexadecimal.number(text[..<colon]), address <= UInt64(UInt32.max)
    else { return .invalid }
    return keep(UInt32(address), Array(text[(colon + 1)...]))
  }

  /// No chip has more flash than this, and no client may fill the host's memory.
  private mutating func keep(_ address: UInt32, _ bytes: [UInt8]) -> Answer {
    let size = flash.reduce(bytes.count) { $0 + $1.bytes.count }
    guard flash.count < 4096, size <= 64 << 20 else { return .invalid }
    flash.append((address, bytes))
    return .ok
  }

  private mutating func finishFlash(_ debuggee: Debuggee) -> Answer {
    let writes = flash
    flash = []
    for (address, bytes) in writes where !bytes.isEmpty {
      guard isFlash(address, bytes.count, debuggee), debuggee.write(address, bytes) else {
        return .string("E.memtype")
      }
    }
    return .ok
  }

  private func isFlash(_ address: UInt32, _ count: Int, _ debuggee: Debuggee) -> Bool {
    debuggee.machine.board.chip.memories.contains { memory in
      memory.kind == .flash && memory.base.bits <= address
        && UInt64(address) + UInt64(count) <= memory.end
    }
  }
}
