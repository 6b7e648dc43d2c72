// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BootloaderModels
import FlashProtocols
import FlashSupport
import USBModel

/// A host's mass-storage driver, as far as copying files to a FAT volume needs one: commands by
/// Bulk-Only Transport to the RP2040's disk.
struct DiskHost {
  var device: ModelledDevice<RP2040Board.Board>
  private var lastID: UInt64 = 0
  private var tag: UInt32 = 7

  struct Failed: Error, Equatable {
    var what: String
  }

  init() {
    device = ModelledDevice(RP2040Board.board())
    submit(
      .control(SetupPacket(requestType: 0, request: 9, value: 1, index: 0, length: 0), data: []))
  }

  @discardableResult mutating func submit(_ kind: USBTransfer.Kind) -> USBOutcome? {
    lastID += 1
    device.submit(USBTransfer(id: lastID, kind))
    let ended = device.completions().first { $0.id == lastID }
    if ended == nil { device.cancel(lastID) }
    return ended?.outcome
  }

  /// Data to the host, after a status without an error.
  mutating func command(
    _ block: [UInt8], reading length: Int = 0, writing data: [UInt8] = []
  ) throws(Failed) -> [UInt8] {
    tag += 1
    var wrapper = Array("USBC".utf8) + words(tag) + words(UInt32(max(length, data.count)))
    wrapper += [length > 0 ? 0x80 : 0, 0, UInt8(block.count)]
    wrapper += block + Array(repeating: 0, count: 16 - block.count)
    guard submit(.out(endpoint: 2, data: wrapper)) == .completed([]) else {
      throw Failed(what: "the command is not taken")
    }
    var answer: [UInt8] = []
    if length > 0 {
      switch submit(.in(endpoint: 1, length: length)) {
      case .completed(let bytes): answer = bytes
      case .stalled:
        submit(
          .control(
            SetupPacket(requestType: 2, request: 1, value: 0, index: 0x81, length: 0), data: []))
      default: throw Failed(what: "no data")
      }
    }
    for start in stride(from: 0, to: data.count, by: 4096) {
      let part = Array(data[start..<min(data.count, start + 4096)])
      guard submit(.out(endpoint: 2, data: part)) == .completed([]) else {
        throw Failed(what: "the data are not taken")
      }
    }
    guard case .completed(let status)? = submit(.in(endpoint: 1, length: 13)), status.count == 13,
      status.starts(with: Array("USBS".utf8) + words(tag))
    else { throw Failed(what: "no status") }
    guard status[12] == 0 else { throw Failed(what: "status \(status[12])") }
    return answer
  }

  mutating func read(_ block: UInt32, count: Int = 1) throws(Failed) -> [UInt8] {
    try command(place(0x28, block, count), reading: 512 * count)
  }

  mutating func write(_ block: UInt32, _ data: [UInt8]) throws(Failed) {
    _ = try command(place(0x2A, block, data.count / 512), writing: data)
  }

  private func place(_ code: UInt8, _ block: UInt32, _ count: Int) -> [UInt8] {
    [code, 0] + words(block).reversed() + [0, UInt8(count >> 8), UInt8(count & 0xFF), 0]
  }

  private func words(_ number: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }
}
