// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import FlashProtocols

/// The Nano 33 BLE's bootloader, as its machine code says (ArduinoCore-mbed,
/// `bootloaders/nano33ble/bootloader.elf`): a command ends at `#`; its first argument is read from
/// the second character on, its second from the eleventh, wherever the comma is; what an earlier,
/// longer command left there is read too. Errors of the flash driver are not looked at, and `V`,
/// `I` and `Z` send two bytes more than they say.
///
/// Where the genuine one would write over itself, by a command of more than 63 characters or by
/// data behind its buffer, this one drops them.
public struct NordicMonitor: SerialBootloader {
  static let applicationStart: UInt32 = 0x1_0000
  static let bufferSize = 8192
  /// 64 characters, of which the last is the end of the text.
  static let commandSize = 64
  /// Longer transfers would have reached the end of RAM.
  static let transferLimit: UInt32 = 0x1_0000

  private var buffer = [UInt8](repeating: 0, count: bufferSize)
  private var bufferOffset: UInt32 = 0
  /// As in the chip: what was there stays behind the end of a shorter command.
  private var command = [UInt8](repeating: 0, count: commandSize + 1)
  private var length = 0
  /// Of an `S` under way.
  private var transferOffset: UInt32 = 0
  private var transferLeft: UInt32 = 0
  private var request: BootloaderRequest?
  private var hasLeft = false

  public init() {}

  public mutating func receive(_ bytes: [UInt8], in memory: inout some BootMemory) -> [UInt8] {
    var answer: [UInt8] = []
    for byte in bytes where !hasLeft {
      if transferLeft > 0 {
        take(byte)
        continue
      }
      if length < Self.commandSize - 1 {
        command[length] = byte
        length += 1
      }
      guard byte == UInt8(ascii: "#") else { continue }
      command[length] = 0
      length = 0
      answer += perform(in: &memory)
    }
    return answer
  }

  public mutating func lineChanged(baud: Int, dtr: Bool, rts: Bool) {}

  public mutating func takeRequest() -> BootloaderRequest? {
    defer { request = nil }
    return request
  }

  private mutating func take(_ byte: UInt8) {
    if transferOffset < Self.bufferSize { buffer[Int(transferOffset)] = byte }
    transferOffset &+= 1
    transferLeft -= 1
  }

  private mutating func perform(in memory: inout some BootMemory) -> [UInt8] {
    let first = number(from: 1)
    let second = number(from: 10)
    switch command[0] {
    case UInt8(ascii: "N"): return [0x0A, 0x0D]
    // The two characters behind each text are those that lie behind it in the program.
    case UInt8(ascii: "V"):
      return Array("Arduino Bootloader (SAM-BA extended) 2.0 [Arduino:IKXYZ]\n\r".utf8) + [0, 0x6E]
    case UInt8(ascii: "I"): return Array("nRF52840-QIAA\n\r".utf8) + [0, 0x58]
    case UInt8(ascii: "S"):
      (transferOffset, transferLeft) = (first, min(second, Self.transferLimit))
      return []
    case UInt8(ascii: "X"): return Array("X\n\r".utf8)
    case UInt8(ascii: "Y"):
      write(first, second, in: &memory)
      return Array("Y\n\r".utf8)
    case UInt8(ascii: "Z"): return checksum(first, second, in: &memory)
    case UInt8(ascii: "K"):
      request = .reset
      hasLeft = true
      return []
    default: return []
    }
  }

  private mutating func write(_ address: UInt32, _ count: UInt32, in memory: inout some BootMemory)
  {
    guard count > 0 else {
      bufferOffset = address
      return
    }
    let place = Self.applicationStart &+ address
    _ = memory.erase(place, count: Int(count))
    let start = min(Int(bufferOffset), Self.bufferSize)
    let end = min(start + Int(count), Self.bufferSize)
    _ = memory.program(Array(buffer[start..<end]), at: place)
  }

  private mutating func checksum(
    _ address: UInt32, _ count: UInt32, in memory: inout some BootMemory
  ) -> [UInt8] {
    let count = min(Int(count), 4096)
    let bytes = memory.read(Self.applicationStart &+ address, count: count)
    let crc = Checksum.crc16XMODEM(bytes ?? Array(repeating: 0, count: count))
    return [UInt8(ascii: "Z")] + SAMBANumber.digits(UInt32(crc)) + [UInt8(ascii: "#"), 0, 0x20]
  }

  /// C's `strtoul` with base 16, without its leading blanks and signs.
  private func number(from index: Int) -> UInt32 {
    var number: UInt32 = 0
    for character in command[index...] {
      guard let digit = SAMBANumber.digit(character) else { break }
      // Too large a number is the largest.
      guard number >> 28 == 0 else { return .max }
      number = number << 4 | digit
    }
    return number
  }
}

/// Numbers as SAM-BA's text has them.
enum SAMBANumber {
  static func digit(_ character: UInt8) -> UInt32? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0"))
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(character - UInt8(ascii: "A") + 10)
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(character - UInt8(ascii: "a") + 10)
    default: nil
    }
  }

  /// Eight capital digits.
  static func digits(_ number: UInt32) -> [UInt8] {
    let text = Array(String(number, radix: 16, uppercase: true).utf8)
    return Array(repeating: UInt8(ascii: "0"), count: 8 - text.count) + text
  }
}
