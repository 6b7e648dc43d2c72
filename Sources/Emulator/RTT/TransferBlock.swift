// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

/// The control block of SEGGER's Real-Time Transfer as its public description lays it out (J-Link
/// User Guide UM08001, 16.2): an identifier, how many channels go up and down, and for each a ring
/// buffer in RAM, that one side writes and the other reads.
struct TransferBlock: Equatable {
  /// A ring buffer: 24 bytes in the control block.
  struct Channel: Equatable {
    /// Of the channel's own 24 bytes.
    var address: UInt32
    var buffer: UInt32
    var size: UInt32
    /// Where the next byte will be written, and read.
    var writeOffset: UInt32
    var readOffset: UInt32

    static let byteCount: UInt32 = 24
    fileprivate static let writeOffsetPlace: UInt32 = 12
    fileprivate static let readOffsetPlace: UInt32 = 16

    /// Bytes that wait to be read.
    var used: UInt32 {
      writeOffset >= readOffset ? writeOffset - readOffset : size - readOffset + writeOffset
    }
    /// Bytes that may be written; one place stays free, to tell full from empty.
    var free: UInt32 { size - 1 - used }
  }

  /// Nil where there is none, or where it makes no sense.
  var up: Channel?
  var down: Channel?

  static let identifier = Array("SEGGER RTT".utf8) + [UInt8](repeating: 0, count: 6)
  private static let head: UInt32 = 24
  /// More than anyone has; a block that claims more is none.
  private static let mostChannels: UInt32 = 64

  /// Reads the block at an address; nil where there is none.
  init?(at address: UInt32, in machine: Machine) {
    guard machine.guestBytes(at: address, 16) == Self.identifier,
      let upCount = machine.guestWord(at: address &+ 16),
      let downCount = machine.guestWord(at: address &+ 20),
      upCount <= Self.mostChannels, downCount <= Self.mostChannels
    else { return nil }
    let first = address &+ Self.head
    if upCount > 0 { up = Self.channel(at: first, in: machine) }
    if downCount > 0 {
      down = Self.channel(at: first &+ upCount * Channel.byteCount, in: machine)
    }
  }

  private static func channel(at address: UInt32, in machine: Machine) -> Channel? {
    let words = (0..<6).compactMap { machine.guestWord(at: address &+ 4 * $0) }
    guard words.count == 6 else { return nil }
    let channel = Channel(
      address: address, buffer: words[1], size: words[2], writeOffset: words[3],
      readOffset: words[4])
    let isSound =
      channel.size > 1 && channel.writeOffset < channel.size && channel.readOffset < channel.size
      && machine.ram(holding: Address(channel.buffer), Int(channel.size)) != nil
    return isSound ? channel : nil
  }
}

extension TransferBlock.Channel {
  /// What waits to be read, in order.
  func waiting(in machine: Machine) -> [UInt8] {
    guard let bytes = machine.guestBytes(at: buffer, Int(size)) else { return [] }
    return readOffset <= writeOffset
      ? Array(bytes[Int(readOffset)..<Int(writeOffset)])
      : Array(bytes[Int(readOffset)...] + bytes[..<Int(writeOffset)])
  }

  /// Tells the program that everything has been read.
  func markRead(in machine: Machine) {
    _ = machine.writeGuest(words: [writeOffset], at: address &+ Self.readOffsetPlace)
  }

  /// Puts up to `free` bytes into the buffer, then tells the program.
  func send(_ bytes: [UInt8], in machine: Machine) {
    var place = writeOffset
    for byte in bytes.prefix(Int(free)) {
      _ = machine.writeGuest([byte], at: buffer &+ place)
      place = place + 1 == size ? 0 : place + 1
    }
    _ = machine.writeGuest(words: [place], at: address &+ Self.writeOffsetPlace)
  }
}
