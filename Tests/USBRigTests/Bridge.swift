// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import USBModel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A frame to or from the bridge (Bridge/umockdev-bridge.c says which there are).
struct BridgeFrame {
  var type: UInt8
  var bytes: [UInt8]

  init(_ type: Character, _ bytes: [UInt8]) {
    (self.type, self.bytes) = (type.asciiValue ?? 0, bytes)
  }

  func number<Number: FixedWidthInteger>(at offset: Int, _: Number.Type) -> Number {
    (0..<MemoryLayout<Number>.size).reduce(0) {
      $0 | Number(truncatingIfNeeded: bytes[offset + $1]) << (8 * $1)
    }
  }

  static func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    (0..<MemoryLayout<Number>.size).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }
}

/// The process that shows a device to others: started with the test, ended with it.
final class Bridge {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var received: [UInt8] = []
  /// The testbed's folder, which programs under umockdev's preload find by UMOCKDEV_DIR.
  private(set) var folder = ""

  struct Silent: Error {}

  init(program: URL) throws {
    process.executableURL = program
    // It tells of devices that come and go, for which it must see its own testbed.
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["LD_PRELOAD": "libumockdev-preload.so.0"]) { $1 }
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    for _ in 0..<500 where folder.isEmpty {
      for frame in frames(within: 20) where frame.type == Character("P").asciiValue {
        folder = String(decoding: frame.bytes, as: UTF8.self)
      }
    }
    guard !folder.isEmpty else { throw Silent() }
  }

  deinit {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  func send(_ frame: BridgeFrame) {
    let bytes = BridgeFrame.bytes(UInt32(1 + frame.bytes.count)) + [frame.type] + frame.bytes
    try? input.fileHandleForWriting.write(contentsOf: Data(bytes))
  }

  /// Whole frames that have come.
  func frames(within milliseconds: Int32) -> [BridgeFrame] {
    let descriptor = output.fileHandleForReading.fileDescriptor
    var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&wanted, 1, milliseconds) > 0 else { return [] }
    var buffer = [UInt8](repeating: 0, count: 65536)
    let count = read(descriptor, &buffer, buffer.count)
    guard count > 0 else { return [] }
    received += buffer[..<count]
    var frames: [BridgeFrame] = []
    while received.count >= 4 {
      let length = Int(BridgeFrame("?", Array(received[..<4])).number(at: 0, UInt32.self))
      guard received.count >= 4 + length, length > 0 else { break }
      var frame = BridgeFrame("?", Array(received[5..<4 + length]))
      frame.type = received[4]
      frames.append(frame)
      received.removeFirst(4 + length)
    }
    return frames
  }
}
