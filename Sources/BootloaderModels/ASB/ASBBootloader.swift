// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import FlashProtocols

/// The Ambiq Secure Bootloader of an Apollo3, as far as its uploader shows it (it is in the chip,
/// its source is not public): unsigned images by wire, installed after the reset.
///
/// It is entered by DTR as SparkFun's boards are wired: asserting it resets, releasing it at once
/// lifts the pin that the bootloader looks at. What the uploader does not show is assumed: a
/// message that is not whole is answered by its status where its header can be trusted, else by
/// silence, and bytes are dropped after a pause of 500 ms.
public struct ASBBootloader: SerialBootloader {
  private enum Phase: Equatable {
    case away
    /// The chip starts; the pin is looked at after 50 ms.
    case starting(Duration)
    /// Waits for the first message.
    case listening(Duration)
    case talking
  }

  static let page = 8192

  private var phase = Phase.away
  private var isAsserted = false
  private var inbox: [UInt8] = []
  private var waited = Duration.zero
  private var announced: (size: Int, checksum: UInt32)?
  private var download: [UInt8] = []
  private var isStored = false
  private var request: BootloaderRequest?

  public init() {}

  public mutating func lineChanged(baud: Int, dtr: Bool, rts: Bool) {
    if dtr, !isAsserted {
      phase = .starting(.milliseconds(50))
      (inbox, waited, announced, download, isStored) = ([], .zero, nil, [], false)
    }
    isAsserted = dtr
  }

  public mutating func takeRequest() -> BootloaderRequest? {
    defer { request = nil }
    return request
  }

  public mutating func elapse(_ time: Duration, in memory: inout some BootMemory) -> [UInt8] {
    switch phase {
    case .away: break
    case .starting(let left):
      guard left <= time else {
        phase = .starting(left - time)
        break
      }
      phase = isAsserted ? .away : .listening(.milliseconds(250))
    case .listening(let left): phase = left > time ? .listening(left - time) : .away
    case .talking:
      waited += time
      if waited >= .milliseconds(500) { inbox = [] }
    }
    return []
  }

  public mutating func receive(_ bytes: [UInt8], in memory: inout some BootMemory) -> [UInt8] {
    switch phase {
    case .away, .starting: return []
    case .listening: phase = .talking
    case .talking: break
    }
    inbox += bytes
    waited = .zero
    var answer: [UInt8] = []
    while inbox.count >= 8 {
      let header = ASBMessage.word(inbox, 4)
      let length = Int(header >> 16)
      guard (8...ASBMessage.limit).contains(length),
        ASBMessage.Kind(rawValue: UInt16(truncatingIfNeeded: header)) != nil
      else {
        inbox = []
        break
      }
      guard inbox.count >= length else { break }
      let message = Array(inbox.prefix(length))
      inbox.removeFirst(length)
      answer += take(message, in: &memory)
      if phase == .away { break }
    }
    return answer
  }

  private mutating func take(_ bytes: [UInt8], in memory: inout some BootMemory) -> [UInt8] {
    guard let message = ASBMessage(bytes) else { return acknowledge(0, .checksum) }
    switch message.kind {
    case .hello: return status()
    case .descriptor: return acknowledge(message.kind.rawValue, .success)
    case .update:
      announced = (Int(message.word(0)), message.word(1))
      (download, isStored) = ([], false)
      let fits = (announced?.size ?? 0) <= ASBImage.limit + ASBImage.outerHeader
      return acknowledge(message.kind.rawValue, fits ? .success : .tooBig)
    case .data: return acknowledge(message.kind.rawValue, take(message, in: &memory))
    case .abort:
      (announced, download, isStored) = (nil, [], false)
      return acknowledge(message.kind.rawValue, .success)
    case .reset:
      if isStored { install(in: &memory) }
      request = .reset
      phase = .away
      return acknowledge(message.kind.rawValue, .success)
    case .status, .recover, .acknowledge:
      return acknowledge(message.kind.rawValue, .unknownMessage)
    }
  }

  private mutating func take(
    _ message: ASBMessage, in memory: inout some BootMemory
  ) -> ASBMessage.Status {
    guard let announced else { return .invalidOperation }
    guard Int(message.word(0)) == download.count else { return .sequence }
    download += message.body.dropFirst(4)
    guard download.count <= announced.size else { return .tooMuchData }
    guard download.count == announced.size else { return .success }
    guard Checksum.crc32(download) == announced.checksum else { return .checksum }
    return store(in: &memory)
  }

  /// Puts the image aside, where its outer header says.
  private mutating func store(in memory: inout some BootMemory) -> ASBMessage.Status {
    let header = ASBImage.outerHeader
    guard download.count >= header, download[80] == ASBImage.nonSecureKind,
      ASBMessage.word(download, 84) == ASBImage.key
    else { return .invalidParameter }
    guard ASBMessage.word(download, 0) & 0x000F_000F == 0 else { return .security }
    let place = ASBMessage.word(download, 88)
    guard write(Array(download[header...]), at: place, in: &memory) else { return .invalidAddress }
    isStored = download[81] & 1 != 0
    return .success
  }

  /// What the chip does after the reset: the header is looked at, the rest goes where it says.
  private mutating func install(in memory: inout some BootMemory) {
    let blob = Array(download[ASBImage.outerHeader...])
    guard blob.count > ASBImage.innerHeader,
      ASBMessage.word(blob, 0) == ASBImage.nonSecureMagic << 24 | UInt32(blob.count),
      ASBMessage.word(blob, 4) == Checksum.crc32(blob[8...])
    else { return }
    _ = write(
      Array(blob[ASBImage.innerHeader...]), at: ASBMessage.word(blob, 112), in: &memory)
  }

  private func write(
    _ bytes: [UInt8], at address: UInt32, in memory: inout some BootMemory
  ) -> Bool {
    let pages = (bytes.count + Self.page - 1) / Self.page
    return memory.erase(address, count: pages * Self.page) && memory.program(bytes, at: address)
  }

  private func status() -> [UInt8] {
    let size = UInt32(ASBImage.limit)
    return ASBMessage(.status, words: [3, size, 0, 0] + Array(repeating: 0, count: 16)).bytes
  }

  private func acknowledge(_ kind: UInt16, _ status: ASBMessage.Status) -> [UInt8] {
    ASBMessage(.acknowledge, words: [UInt32(kind), status.rawValue, 0]).bytes
  }
}
