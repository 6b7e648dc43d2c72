// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Finds frames in the bytes that come over the line, one byte at a time. The payload is gathered
/// in memory that the application lends: on a board nothing is allocated.
public struct InjectionReader {
  public enum Event: Equatable, Sendable {
    /// A frame is complete; its payload lies at the start of the memory.
    case command(InjectionCommand, byteCount: Int)
    /// The checksum does not fit, or the command is unknown.
    case damaged
    /// The payload is longer than the memory, and was left out.
    case tooLong
  }

  private enum Place {
    case start, command, lowLength, highLength, payload, lowChecksum, highChecksum
  }

  private let memory: UnsafeMutablePointer<UInt8>
  private let capacity: Int
  private var place = Place.start
  private var command: UInt8 = 0
  private var length = 0
  private var count = 0
  private var checksum = InjectionChecksum()
  private var expected: UInt16 = 0

  /// - Parameter memory: `capacity` bytes, which stay the caller's.
  public init(memory: UnsafeMutablePointer<UInt8>, capacity: Int) {
    (self.memory, self.capacity) = (memory, capacity)
  }

  public mutating func push(_ byte: UInt8) -> Event? {
    switch place {
    case .start:
      guard byte == InjectionFrame.start else { return nil }
      (count, checksum, place) = (0, InjectionChecksum(), .command)
    case .command:
      command = byte
      advance(over: byte, to: .lowLength)
    case .lowLength:
      length = Int(byte)
      advance(over: byte, to: .highLength)
    case .highLength:
      length |= Int(byte) &<< 8
      advance(over: byte, to: length == 0 ? .lowChecksum : .payload)
      if length > InjectionFrame.capacity { return finish(.damaged) }
    case .payload:
      if count < capacity { memory[count] = byte }
      count &+= 1
      advance(over: byte, to: count == length ? .lowChecksum : .payload)
    case .lowChecksum:
      expected = UInt16(byte)
      place = .highChecksum
    case .highChecksum:
      expected |= UInt16(byte) &<< 8
      guard expected == checksum.value, let known = InjectionCommand(rawValue: command) else {
        return finish(.damaged)
      }
      return finish(length > capacity ? .tooLong : .command(known, byteCount: length))
    }
    return nil
  }

  private mutating func advance(over byte: UInt8, to next: Place) {
    checksum.add(byte)
    place = next
  }

  private mutating func finish(_ event: Event) -> Event {
    place = .start
    return event
  }
}
