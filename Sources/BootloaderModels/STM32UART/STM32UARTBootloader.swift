// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import FlashProtocols

/// The bootloader in an STM32's system memory over USART (ST AN3155, version 3.1 of the protocol):
/// it measures its speed by the first 0x7F, then takes commands.
public struct STM32UARTBootloader: SerialBootloader {
  private enum Phase: Equatable {
    case measuring
    case command
    case complement(UInt8)
    /// Gathers a part until it is whole, then does the nth step of the command.
    case gathering(STM32UARTCommand, part: Int)
    case away
  }

  let flash: STM32Flash
  /// Read-out protection: everything but questions is refused.
  public var isProtected = false
  /// Chips that erase by 0x44, with 16 bits of sector number.
  public var isExtended = true

  private var phase = Phase.measuring
  private var inbox: [UInt8] = []
  private var address: UInt32 = 0
  private var request: BootloaderRequest?

  /// - Parameter product: the number that tells chips apart: 0x449 is an STM32F746.
  public init(product: UInt16 = 0x449) {
    flash =
      STM32Flash.known.first { $0.product == product }
      ?? STM32Flash(product: product, name: "unknown", sectors: [])
  }

  public mutating func lineChanged(baud: Int, dtr: Bool, rts: Bool) {}

  public mutating func takeRequest() -> BootloaderRequest? {
    defer { request = nil }
    return request
  }

  public mutating func receive(_ bytes: [UInt8], in memory: inout some BootMemory) -> [UInt8] {
    bytes.flatMap { take($0, in: &memory) }
  }

  private mutating func take(_ byte: UInt8, in memory: inout some BootMemory) -> [UInt8] {
    switch phase {
    case .away: return []
    case .measuring:
      guard byte == STM32UARTCommand.synchronise else { return [] }
      phase = .command
      return [STM32UARTCommand.acknowledge]
    case .command:
      phase = .complement(byte)
      return []
    case .complement(let code):
      phase = .command
      guard byte == ~code, let command = STM32UARTCommand(rawValue: code) else { return refuse() }
      return begin(command)
    case .gathering(let command, let part):
      inbox.append(byte)
      guard inbox.count >= length(command, part) else { return [] }
      defer { inbox = [] }
      return perform(command, part, in: &memory)
    }
  }

  private mutating func begin(_ command: STM32UARTCommand) -> [UInt8] {
    let acknowledge = STM32UARTCommand.acknowledge
    switch command {
    case .get:
      let erase: STM32UARTCommand = isExtended ? .extendedErase : .erase
      let commands: [STM32UARTCommand] = [.get, .identify, .read, .go, .write, erase]
      let answer = [acknowledge, UInt8(commands.count), 0x31] + commands.map(\.rawValue)
      return answer + [acknowledge]
    case .identify:
      let product = flash.product
      return [acknowledge, 1, UInt8(product >> 8), UInt8(truncatingIfNeeded: product), acknowledge]
    case .erase where isExtended, .extendedErase where !isExtended: return refuse()
    case .read, .go, .write, .erase, .extendedErase:
      guard !isProtected else { return refuse() }
      phase = .gathering(command, part: 0)
      return [acknowledge]
    }
  }

  /// Bytes of a part, as far as is known by now.
  private func length(_ command: STM32UARTCommand, _ part: Int) -> Int {
    switch (command, part) {
    case (.read, 0), (.go, 0), (.write, 0): 5
    case (.read, _): 2
    case (.write, _): Int(inbox[0]) + 3
    case (.erase, _): inbox[0] == 0xFF ? 2 : Int(inbox[0]) + 3
    case (.extendedErase, _) where inbox.count < 2: 2 + 1
    // From 0xFFF0 on: all, or one bank.
    case (.extendedErase, _) where inbox[0] == 0xFF && inbox[1] >= 0xF0: 3
    case (.extendedErase, _): 2 * (Int(inbox[0]) << 8 | Int(inbox[1])) + 5
    default: 0
    }
  }

  private mutating func perform(
    _ command: STM32UARTCommand, _ part: Int, in memory: inout some BootMemory
  ) -> [UInt8] {
    phase = .command
    if command == .read, part == 1 { return read(in: &memory) }
    guard Checksum.xor(inbox) == (command == .erase && inbox[0] == 0xFF ? 0xFF : 0) else {
      return refuse()
    }
    switch (command, part) {
    case (.read, 0), (.write, 0), (.go, 0): return take(addressOf: command, in: &memory)
    case (.write, _):
      let data = Array(inbox[1..<inbox.count - 1])
      guard data.count % 4 == 0, write(data, in: &memory) else { return refuse() }
    case (.erase, _):
      let sectors =
        inbox[0] == 0xFF ? Array(flash.sectors.indices) : inbox[1...].dropLast().map { Int($0) }
      guard erase(sectors, in: &memory) else { return refuse() }
    case (.extendedErase, _):
      guard erase(extendedSectors, in: &memory) else { return refuse() }
    default: return refuse()
    }
    return [STM32UARTCommand.acknowledge]
  }

  private var extendedSectors: [Int] {
    if inbox[0] == 0xFF { return Array(flash.sectors.indices) }
    return stride(from: 2, to: inbox.count - 1, by: 2).map {
      Int(inbox[$0]) << 8 | Int(inbox[$0 + 1])
    }
  }

  private mutating func take(
    addressOf command: STM32UARTCommand, in memory: inout some BootMemory
  ) -> [UInt8] {
    address = inbox.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    guard memory.read(address, count: 1) != nil else { return refuse() }
    if command == .go {
      request = .start(vectorTable: address)
      phase = .away
    } else {
      phase = .gathering(command, part: 1)
    }
    return [STM32UARTCommand.acknowledge]
  }

  private mutating func read(in memory: inout some BootMemory) -> [UInt8] {
    guard inbox[0] == ~inbox[1],
      let bytes = memory.read(address, count: Int(inbox[0]) + 1)
    else { return refuse() }
    return [STM32UARTCommand.acknowledge] + bytes
  }

  private func write(_ data: [UInt8], in memory: inout some BootMemory) -> Bool {
    memory.program(data, at: address) || memory.write(data, at: address)
  }

  private func erase(_ sectors: [Int], in memory: inout some BootMemory) -> Bool {
    for sector in sectors {
      guard flash.sectors.indices.contains(sector) else { return false }
      let start = flash.sectors[..<sector].reduce(0, +) * 1024
      let size = flash.sectors[sector] * 1024
      guard memory.erase(STM32Flash.base + UInt32(start), count: size) else { return false }
    }
    return true
  }

  private mutating func refuse() -> [UInt8] {
    phase = .command
    return [STM32UARTCommand.refuse]
  }
}
