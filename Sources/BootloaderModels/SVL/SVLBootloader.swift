// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import FlashProtocols

/// SparkFun's Variable Loader, version 6, as its source says (Apollo3_Uploader_SVL,
/// `bootloader/src/main.c`): for 200 ms after a reset it listens for a `U`, then it asks for
/// frames.
///
/// Reset is what DTR does through a capacitor when it is asserted.
public struct SVLBootloader: SerialBootloader {
  private enum Phase: Equatable {
    /// The application runs, or nothing does.
    case away
    /// The chip starts; what comes is lost. Then the window in which it listens.
    case starting(Duration)
    case listening(Duration)
    /// Its version was told; it waits to be told to go on.
    case confirming
    case loading
    /// A frame was not whole: it lets the rest of it pass before it asks again.
    case flushing(Duration)
  }

  static let applicationStart: UInt32 = 0x1_0000
  static let page = 8192
  static let speeds: Set<Int> = [57_600, 115_200, 230_400, 460_800, 921_600]
  private static let bufferSize = 2560

  private var phase = Phase.away
  private var baud = 115_200
  private var isAsserted = false
  private var inbox: [UInt8] = []
  /// Since it began to wait for a packet's length, or for its rest.
  private var waited = Duration.zero
  private var address = applicationStart
  private var lastErased: UInt32 = 0
  private var request: BootloaderRequest?

  public init() {}

  public mutating func lineChanged(baud: Int, dtr: Bool, rts: Bool) {
    self.baud = baud
    if dtr, !isAsserted {
      phase = .starting(.milliseconds(95))
      (inbox, waited, address, lastErased) = ([], .zero, Self.applicationStart, 0)
    }
    isAsserted = dtr
  }

  public mutating func takeRequest() -> BootloaderRequest? {
    defer { request = nil }
    return request
  }

  public mutating func receive(_ bytes: [UInt8], in memory: inout some BootMemory) -> [UInt8] {
    switch phase {
    case .away, .starting, .flushing: return []
    case .listening:
      // Five rising edges at a speed that it knows; what follows is lost with the set-up.
      guard bytes.first == UInt8(ascii: "U"), Self.speeds.contains(baud) else {
        phase = .away
        return []
      }
      phase = .confirming
      waited = .zero
      return SVLPacket(.version, data: [6]).bytes
    case .confirming, .loading:
      inbox += bytes.prefix(Self.bufferSize - 1 - inbox.count)
      return work(in: &memory)
    }
  }

  public mutating func elapse(_ time: Duration, in memory: inout some BootMemory) -> [UInt8] {
    switch phase {
    case .away: return []
    case .starting(let left):
      phase = left > time ? .starting(left - time) : .listening(.milliseconds(200))
    case .listening(let left): phase = left > time ? .listening(left - time) : .away
    case .confirming, .loading:
      waited += time
      if waited >= .milliseconds(500) { fail() }
    case .flushing(let left):
      guard left <= time else {
        phase = .flushing(left - time)
        return []
      }
      phase = .loading
      (inbox, waited) = ([], .zero)
      return SVLPacket(.retry).bytes
    }
    return []
  }

  private mutating func fail() {
    phase = phase == .confirming ? .away : .flushing(.milliseconds(177))
  }

  private mutating func work(in memory: inout some BootMemory) -> [UInt8] {
    var answer: [UInt8] = []
    while phase == .confirming || phase == .loading, inbox.count >= 2 {
      let length = Int(inbox[0]) << 8 | Int(inbox[1])
      let limit = phase == .confirming ? 0 : SVLPacket.dataLimit
      guard length >= 3, length - 3 <= limit else {
        fail()
        break
      }
      guard inbox.count >= 2 + length else { break }
      let packet = SVLPacket(Array(inbox.prefix(2 + length)))
      inbox.removeFirst(2 + length)
      waited = .zero
      guard let packet else {
        fail()
        break
      }
      answer += take(packet, in: &memory)
    }
    return answer
  }

  private mutating func take(_ packet: SVLPacket, in memory: inout some BootMemory) -> [UInt8] {
    // Any empty packet will do: the genuine one does not look at its command.
    if phase == .confirming {
      phase = .loading
      return SVLPacket(.next).bytes
    }
    switch packet.command {
    case .frame: return SVLPacket(write(packet.data, in: &memory) ? .next : .retry).bytes
    case .done:
      request = .reset
      phase = .away
      return []
    default: return SVLPacket(.retry).bytes
    }
  }

  /// A page is erased when the first frame for it comes.
  private mutating func write(_ data: [UInt8], in memory: inout some BootMemory) -> Bool {
    guard data.count % 4 == 0 else { return false }
    let page = address / UInt32(Self.page)
    if page > lastErased {
      _ = memory.erase(page * UInt32(Self.page), count: Self.page)
      lastErased = page
    }
    guard memory.program(data, at: address) else { return false }
    address += UInt32(data.count)
    return true
  }
}
