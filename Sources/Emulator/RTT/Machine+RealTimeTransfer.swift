// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import MachineModel

/// A probe that looks for Real-Time Transfer in the guest's RAM, at instants of virtual time: what
/// a program prints comes at the same instant in every run, and costs it no cycle.
public struct TransferProbe: Codable, Equatable, Sendable {
  public enum Search: Codable, Equatable, Sendable {
    case off
    /// Where the image's symbol says.
    case symbol
    /// There, else anywhere in RAM, by the identifier.
    case everywhere
  }

  /// Where to look. Set it before the machine runs.
  public var search = Search.symbol
  /// What is typed goes to down-channel 0 and not to the console UART.
  public var takesInput = false
  var symbol: UInt32?
  /// Where the block was found.
  private(set) var block: UInt32?
  private(set) var nextLook = Instant.never

  /// 1 kHz, as probes do it; less often while there is nothing to be seen.
  static let looksPerSecond: UInt64 = 1000
  static let searchesPerSecond: UInt64 = 100

  var isOn: Bool { search == .everywhere || search == .symbol && symbol != nil }

  mutating func start(at now: Instant) { nextLook = isOn ? now : .never }

  mutating func look(again instant: Instant, found block: UInt32?) {
    self.block = block
    nextLook = instant
  }
}

extension Machine {
  /// Looks, if it is time to.
  func lookForTransfers() {
    let found = transferBlock()
    if let block = found?.block {
      if let up = block.up, up.used > 0 {
        for byte in up.waiting(in: self) { transferred(byte) }
        up.markRead(in: self)
      }
      if transfers.takesInput, let down = block.down, down.free > 0, !serialInput.isEmpty {
        down.send(serialInput.take(Int(down.free)), in: self)
      }
    }
    let rate =
      found == nil ? TransferProbe.searchesPerSecond : TransferProbe.looksPerSecond
    let period = max(1, board.cpuClock.numerator / board.cpuClock.denominator / rate)
    transfers.look(again: core.now + Cycles(period), found: found?.address)
  }

  /// Shows what the program has printed since the last look, and leaves its memory as it is.
  func showLastTransfers() {
    guard transfers.isOn, let up = transferBlock()?.block.up else { return }
    for byte in up.waiting(in: self) {
      if let line = console.receive(byte, from: .rtt, at: core.now) { onConsoleLine?(line) }
    }
  }

  private func transferred(_ byte: UInt8) {
    // No device has this number.
    trace.record(.serialByte, 0xFFFF << 8 | UInt64(byte), at: core.now)
    if let line = console.receive(byte, from: .rtt, at: core.now) { onConsoleLine?(line) }
  }

  /// Where it was last time, where the symbol is, or wherever the identifier is found.
  private func transferBlock() -> (address: UInt32, block: TransferBlock)? {
    for address in [transfers.block, transfers.symbol].compactMap({ $0 }) {
      if let block = TransferBlock(at: address, in: self) { return (address, block) }
    }
    guard transfers.search == .everywhere else { return nil }
    for memory in memories where memory.description.kind == .ram {
      for address in memory.places(of: TransferBlock.identifier) {
        // The identifier may be a copy, still to be put together.
        guard let block = TransferBlock(at: address, in: self), block.up != nil else { continue }
        return (address, block)
      }
    }
    return nil
  }
}

extension GuestMemory {
  /// Addresses of words from which on some bytes, a multiple of eight, lie in the memory.
  func places(of pattern: [UInt8]) -> [UInt32] {
    let first = pattern.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    var places: [UInt32] = []
    let raw = UnsafeRawPointer(bytes)
    for offset in stride(from: 0, through: description.size.count - pattern.count, by: 4)
    where UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) == first
    {
      let address = description.base.bits &+ UInt32(offset)
      if read(Address(address), pattern.count) == pattern { places.append(address) }
    }
    return places
  }
}
