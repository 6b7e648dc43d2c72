// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import FlashProtocols

/// The bootloader of Arduino's SAMD21 boards over USB, as its source says (ArduinoCore-samd,
/// `bootloaders/zero/sam_ba_monitor.c`): Atmel's monitor commands and Arduino's `X`, `Y` and `Z`.
///
/// Registers are the memory's: what a host reads and writes there goes to it. Accesses to nothing
/// would be a HardFault in the genuine one; here they read as zero and write nothing.
public struct MicrochipMonitor: SerialBootloader {
  /// Longer transfers would have reached the end of RAM.
  static let transferLimit: UInt32 = 0x8000
  static let packetSize = 64
  private static let interruptControl: UInt32 = 0xE000_ED0C

  /// Whether what is received at once is taken as USB packets, with what the genuine one does to
  /// them: data behind an `S` in one packet are written over by those of the next, what follows
  /// data in one packet is lost, and answers to `R` of more than 63 bytes are spoilt. Over a byte
  /// stream without packets, a pseudo terminal, that would be unjust.
  public var keepsPackets: Bool

  private var command: UInt8 = idle
  private var number: UInt32 = 0
  private var pointer: UInt32 = 0
  private var isTerminal = false
  private var bufferAddress: UInt32 = 0
  private var transferLeft: UInt32 = 0
  private var request: BootloaderRequest?
  private var hasLeft = false

  private static let idle = UInt8(ascii: "z")

  public init(keepsPackets: Bool = false) { self.keepsPackets = keepsPackets }

  public mutating func receive(_ bytes: [UInt8], in memory: inout some BootMemory) -> [UInt8] {
    guard keepsPackets else { return receive(packet: bytes[...], in: &memory) }
    var answer: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: Self.packetSize) {
      let packet = bytes[start..<min(bytes.count, start + Self.packetSize)]
      answer += receive(packet: packet, in: &memory)
    }
    return answer
  }

  public mutating func lineChanged(baud: Int, dtr: Bool, rts: Bool) {}

  public mutating func takeRequest() -> BootloaderRequest? {
    defer { request = nil }
    return request
  }

  private mutating func receive(
    packet: ArraySlice<UInt8>, in memory: inout some BootMemory
  ) -> [UInt8] {
    var answer: [UInt8] = []
    var rest = packet
    while !hasLeft, !rest.isEmpty {
      if transferLeft > 0 {
        let taken = rest.prefix(Int(transferLeft))
        _ = memory.write(Array(taken), at: pointer)
        pointer &+= UInt32(taken.count)
        transferLeft -= UInt32(taken.count)
        rest = keepsPackets ? [] : rest.dropFirst(taken.count)
        continue
      }
      let byte = rest.removeFirst()
      if byte == UInt8(ascii: "#") {
        answer += perform(&rest, in: &memory)
      } else {
        parse(byte)
      }
    }
    return answer
  }

  private mutating func parse(_ byte: UInt8) {
    if byte == 0xFF { return }
    if let digit = SAMBANumber.digit(byte) {
      number = number << 4 | digit
    } else if byte == UInt8(ascii: ",") {
      (pointer, number) = (number, 0)
    } else {
      (command, number) = (byte, 0)
    }
  }

  /// - Parameter rest: what follows the command in its packet.
  private mutating func perform(
    _ rest: inout ArraySlice<UInt8>, in memory: inout some BootMemory
  ) -> [UInt8] {
    var answer: [UInt8] = isTerminal ? [0x0A, 0x0D] : []
    answer += perform(command, &rest, in: &memory)
    command = Self.idle
    number = 0
    if isTerminal { answer.append(UInt8(ascii: ">")) }
    return answer
  }

  private mutating func perform(
    _ command: UInt8, _ rest: inout ArraySlice<UInt8>, in memory: inout some BootMemory
  ) -> [UInt8] {
    switch command {
    case UInt8(ascii: "S"):
      beginTransfer(&rest, in: &memory)
      return []
    case UInt8(ascii: "R"): return read(in: &memory)
    case UInt8(ascii: "O"): write(1, in: &memory)
    case UInt8(ascii: "H"): write(2, in: &memory)
    case UInt8(ascii: "W"): write(4, in: &memory)
    case UInt8(ascii: "o"): return show(1, in: &memory)
    case UInt8(ascii: "h"): return show(2, in: &memory)
    case UInt8(ascii: "w"): return show(4, in: &memory)
    case UInt8(ascii: "G"):
      request = .start(vectorTable: number)
      hasLeft = true
    case UInt8(ascii: "T"):
      isTerminal = true
      return [0x0A, 0x0D]
    case UInt8(ascii: "N"):
      defer { isTerminal = false }
      return isTerminal ? [] : [0x0A, 0x0D]
    case UInt8(ascii: "V"): return Array("v2.0 [Arduino:XYZ] Apr 19 2019 14:38:48\n\r".utf8)
    case UInt8(ascii: "X"):
      erase(from: number, in: &memory)
      return Array("X\n\r".utf8)
    case UInt8(ascii: "Y"):
      if number == 0 { bufferAddress = pointer } else { program(in: &memory) }
      return Array("Y\n\r".utf8)
    case UInt8(ascii: "Z"): return checksum(in: &memory)
    default: break
    }
    return []
  }
}

// MARK: Memory

extension MicrochipMonitor {
  private mutating func beginTransfer(
    _ rest: inout ArraySlice<UInt8>, in memory: inout some BootMemory
  ) {
    transferLeft = min(number, Self.transferLimit)
    guard keepsPackets, transferLeft > 0, !rest.isEmpty else { return }
    // The pointer is not moved on: the next packet's data go over these.
    let taken = rest.prefix(Int(transferLeft))
    _ = memory.write(Array(taken), at: pointer)
    transferLeft -= UInt32(taken.count)
    rest = rest.dropFirst(taken.count)
  }

  private mutating func read(in memory: inout some BootMemory) -> [UInt8] {
    let count = Int(min(number, Self.transferLimit))
    let bytes = memory.read(pointer, count: count) ?? Array(repeating: 0, count: count)
    guard keepsPackets, count >= Self.packetSize else { return bytes }
    let spoilt = Array(repeating: UInt8(0), count: count - Self.packetSize + 1)
    return bytes.prefix(Self.packetSize - 1) + spoilt
  }

  private mutating func write(_ width: Int, in memory: inout some BootMemory) {
    let bytes = (0..<width).map { UInt8(truncatingIfNeeded: number >> (8 * UInt32($0))) }
    _ = memory.write(bytes, at: pointer)
    // SYSRESETREQ, with the key that makes a write of AIRCR count.
    if pointer == Self.interruptControl, number >> 16 == 0x05FA, number & 4 != 0 {
      request = .reset
      hasLeft = true
    }
  }

  private mutating func show(_ width: Int, in memory: inout some BootMemory) -> [UInt8] {
    let bytes = memory.read(pointer, count: width) ?? Array(repeating: 0, count: width)
    guard isTerminal else { return bytes }
    let number = bytes.reversed().reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
    return Array("0x".utf8) + SAMBANumber.digits(number).suffix(2 * width) + [0x0A, 0x0D]
  }

  /// Row by row to the end of flash; protected rows stay as they are.
  private mutating func erase(from start: UInt32, in memory: inout some BootMemory) {
    let (page, size) = geometry(in: &memory)
    let row = 4 * page
    var address = start - start % row
    while address < size {
      _ = memory.erase(address, count: Int(row))
      address += row
    }
  }

  private mutating func program(in memory: inout some BootMemory) {
    let (page, size) = geometry(in: &memory)
    let count = Int(min(number, size)) / 4 * 4
    guard let bytes = memory.read(bufferAddress, count: count) else { return }
    for offset in stride(from: 0, to: count, by: Int(page)) {
      let page = Array(bytes[offset..<min(count, offset + Int(page))])
      _ = memory.program(page, at: pointer &+ UInt32(truncatingIfNeeded: offset))
    }
  }

  private mutating func checksum(in memory: inout some BootMemory) -> [UInt8] {
    let (_, size) = geometry(in: &memory)
    let count = Int(min(number, size))
    let bytes = memory.read(pointer, count: count) ?? Array(repeating: 0, count: count)
    let crc = SAMBANumber.digits(UInt32(Checksum.crc16XMODEM(bytes)))
    return [UInt8(ascii: "Z")] + crc + Array("#\n\r".utf8)
  }

  /// Page and flash size as NVMCTRL's PARAM says, or those of the SAM D21G18A.
  private func geometry(in memory: inout some BootMemory) -> (page: UInt32, size: UInt32) {
    guard let bytes = memory.read(0x4100_4008, count: 4), bytes.count == 4 else {
      return (64, 0x4_0000)
    }
    let page = UInt32(8) << UInt32(bytes[2] & 7)
    return (page, page * (UInt32(bytes[0]) | UInt32(bytes[1]) << 8))
  }
}
