// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import USBModel

/// What a disk's blocks come from.
protocol BlockVolume {
  var blockCount: UInt32 { get }
  func read(block: UInt32) -> [UInt8]
}

/// A SCSI disk behind Bulk-Only Transport (USB Mass Storage Class, Bulk-Only Transport 1.0; SCSI
/// Primary Commands and Block Commands as far as hosts use them with memory sticks). What is
/// written is handed to the caller.
struct BulkOnlyDisk: Equatable, Sendable {
  static let blockSize = 512

  private enum Phase: Equatable {
    case command
    case sending([UInt8])
    case receiving(block: UInt32, count: Int)
    /// The host expects data that there are none of: a STALL tells it.
    case stalling
    case status
    /// After something that was no command: until a reset (6.6.1).
    case broken
  }

  /// Sense key and additional sense code (SPC-3, 4.5).
  private struct Sense: Equatable {
    var key: UInt8
    var code: UInt8

    static let none = Sense(key: 0, code: 0)
    static let invalidCommand = Sense(key: 5, code: 0x20)
    static let outOfRange = Sense(key: 5, code: 0x21)
    static let notPresent = Sense(key: 2, code: 0x3A)
  }

  /// Eight and sixteen characters, as INQUIRY answers them.
  var vendor: String
  var product: String
  /// Whether there is a medium: not any more once a host ejected it.
  var isEjected = false

  private var phase = Phase.command
  private var tag: UInt32 = 0
  private var residue = 0
  private var sense = Sense.none
  private var isFailed = false
  private var gathered: [UInt8] = []

  init(vendor: String, product: String) { (self.vendor, self.product) = (vendor, product) }

  mutating func reset() { (phase, gathered, isEjected) = (.command, [], false) }

  /// - Parameter write: takes a block that the host wrote.
  mutating func receive(
    _ data: [UInt8], from volume: some BlockVolume, write: (UInt32, [UInt8]) -> Void
  ) -> EndpointAnswer {
    switch phase {
    case .command:
      begin(data, volume)
      return .data([])
    case .receiving(let block, let count):
      gathered += data
      residue = max(0, residue - data.count)
      while gathered.count >= Self.blockSize {
        let done = UInt32(clamping: count - remaining(count))
        write(block &+ done, Array(gathered.prefix(Self.blockSize)))
        gathered.removeFirst(Self.blockSize)
        written += 1
      }
      if written >= count { phase = .status }
      return .data([])
    case .sending, .stalling, .status, .broken: return .halted
    }
  }

  /// Blocks of the command under way that were written.
  private var written = 0

  private func remaining(_ count: Int) -> Int { count - written }

  mutating func send(atMost length: Int) -> EndpointAnswer {
    switch phase {
    case .sending(let bytes):
      let part = bytes.prefix(length)
      residue = max(0, residue - part.count)
      let rest = Array(bytes.dropFirst(length))
      phase = rest.isEmpty ? .status : .sending(rest)
      return .data(Array(part))
    case .stalling:
      phase = .status
      return .stalled
    case .status:
      phase = .command
      var answer: [UInt8] = Array("USBS".utf8)
      answer.append(doubleWord: tag)
      answer.append(doubleWord: UInt32(clamping: residue))
      return .data(answer + [isFailed ? 1 : 0])
    case .command, .receiving: return .notReady
    case .broken: return .halted
    }
  }

  // MARK: Commands

  private mutating func begin(_ block: [UInt8], _ volume: some BlockVolume) {
    guard block.count == 31, block.starts(with: "USBC".utf8), (1...16).contains(block[14] & 0x1F)
    else {
      phase = .broken
      return
    }
    tag = block.doubleWord(at: 4)
    let expected = Int(block.doubleWord(at: 8))
    residue = expected
    let isToHost = block[12] & 0x80 != 0
    isFailed = false
    let command = Array(block[15...])
    if let answer = answer(command, volume) {
      let bytes = Array(answer.prefix(expected))
      phase = bytes.isEmpty ? (isToHost && expected > 0 ? .stalling : .status) : .sending(bytes)
      if isToHost || bytes.isEmpty { return }
      phase = .status
    } else if case .receiving = phase, !isToHost {
      return
    } else {
      isFailed = true
      phase = isToHost && expected > 0 ? .stalling : .status
    }
  }

  /// What goes to the host, nil for a failure or for a write, which sets the phase.
  private mutating func answer(_ command: [UInt8], _ volume: some BlockVolume) -> [UInt8]? {
    let lastSense = sense
    sense = .none
    switch command[0] {
    // TEST UNIT READY, VERIFY, SYNCHRONIZE CACHE, PREVENT REMOVAL
    case 0x00: return isEjected ? fail(.notPresent) : []
    case 0x1E, 0x2F, 0x35: return []
    // START STOP UNIT
    case 0x1B:
      isEjected = command[4] & 0x03 == 0x02
      return []
    // REQUEST SENSE
    case 0x03:
      return [0x70, 0, lastSense.key, 0, 0, 0, 0, 10, 0, 0, 0, 0, lastSense.code, 0, 0, 0, 0, 0]
    // INQUIRY: a removable disk, SPC-2
    case 0x12:
      return [0, 0x80, 4, 2, 31, 0, 0, 0] + padded(vendor, 8) + padded(product, 16)
        + padded("1", 4)
    // MODE SENSE (6) and (10): nothing special
    case 0x1A: return [3, 0, 0, 0]
    case 0x5A: return [0, 6, 0, 0, 0, 0, 0, 0]
    // READ FORMAT CAPACITIES
    case 0x23: return [0, 0, 0, 8] + bigEndian(volume.blockCount) + [2, 0, 2, 0]
    // READ CAPACITY (10)
    case 0x25: return bigEndian(volume.blockCount - 1) + bigEndian(UInt32(Self.blockSize))
    case 0x28:
      guard let (block, count) = place(command, volume) else { return nil }
      return (0..<UInt32(count)).flatMap { volume.read(block: block + $0) }
    case 0x2A:
      guard let (block, count) = place(command, volume) else { return nil }
      (written, gathered) = (0, [])
      phase = count > 0 ? .receiving(block: block, count: count) : .status
      return count > 0 ? nil : []
    default: return fail(.invalidCommand)
    }
  }

  private mutating func fail(_ sense: Sense) -> [UInt8]? {
    self.sense = sense
    phase = .status
    return nil
  }

  private mutating func place(
    _ command: [UInt8], _ volume: some BlockVolume
  ) -> (block: UInt32, count: Int)? {
    let block = command[2..<6].reduce(0) { $0 << 8 | UInt32($1) }
    let count = Int(command[7]) << 8 | Int(command[8])
    guard !isEjected else {
      _ = fail(.notPresent)
      return nil
    }
    guard UInt64(block) + UInt64(count) <= UInt64(volume.blockCount) else {
      _ = fail(.outOfRange)
      return nil
    }
    return (block, count)
  }

  private func padded(_ text: String, _ count: Int) -> [UInt8] {
    let bytes = Array(text.utf8.prefix(count))
    return bytes + Array(repeating: 0x20, count: count - bytes.count)
  }

  private func bigEndian(_ number: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
  }
}
