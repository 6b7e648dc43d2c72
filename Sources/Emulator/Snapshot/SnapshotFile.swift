// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MachineModel

/// A file that holds no snapshot, or one that cannot be used here.
public struct SnapshotFileError: Error, CustomStringConvertible, Sendable {
  public let description: String
}

/// What a run has to have in common with the one that a snapshot was taken from.
public struct RunIdentity: Codable, Equatable, Sendable {
  public var board: String
  /// The image's name and the FNV-1a hash of its bytes.
  public var image: String
  public var imageHash: UInt64
  /// Frames and rate of what the microphones hear; 0 for silence.
  public var soundFrames: Int
  public var soundHertz: Double

  public init(machine: Machine, image: LoadedImage, sound: (any SampleSource)?) {
    board = machine.board.id
    self.image = image.name
    var hash = TraceHash()
    for segment in image.image.segments {
      hash.mix(UInt64(segment.address.bits))
      for byte in segment.bytes { hash.mix(byte: byte) }
    }
    imageHash = hash.value
    soundFrames = sound?.frameCount ?? 0
    soundHertz = sound?.rate.hertz ?? 0
  }

  /// One line on what differs, nil where nothing does.
  fileprivate func difference(from saved: RunIdentity) -> String? {
    if saved.board != board { return "it was taken on the board '\(saved.board)'" }
    if saved.imageHash != imageHash {
      return saved.image == image
        ? "'\(image)' has been built anew since" : "it was taken while '\(saved.image)' ran"
    }
    if (saved.soundFrames, saved.soundHertz) != (soundFrames, soundHertz) {
      return "the microphone heard another recording"
    }
    return nil
  }
}

/// Snapshots as files: a header with a checksum, the state as JSON, and the memories' bytes.
///
///     BBSNAP and a version  8 bytes
///     length of the JSON    8 bytes, little-endian, like all that follow
///     length of memories    8 bytes
///     FNV-1a of the rest    8 bytes
///
/// The JSON is what the compiler makes of the devices' own properties, so that another version of
/// the emulator may refuse it. It is no format to exchange data in.
public enum SnapshotFile {
  private static let magic = Array("BBSNAP".utf8)
  private static let version: UInt16 = 1
  private static let headerSize = 32

  public static func encode(_ snapshot: MachineSnapshot, _ identity: RunIdentity) throws -> [UInt8]
  {
    guard let streams = snapshot.semihosting.saved else {
      throw SnapshotFileError(
        description: "no snapshot can be written while the program has a file of the host open")
    }
    let body = Body(identity: identity, snapshot: snapshot, streams: streams)
    let state = try [UInt8](JSONEncoder().encode(body))
    let memories = snapshot.memories.flatMap { $0.pages.joined() }
    var hash = TraceHash()
    for byte in state { hash.mix(byte: byte) }
    for byte in memories { hash.mix(byte: byte) }
    return magic + bytes(UInt64(version), 2) + bytes(UInt64(state.count))
      + bytes(UInt64(memories.count)) + bytes(hash.value) + state + memories
  }

  /// - Parameters:
  ///   - machine: whose parts the snapshot is for; it is not changed.
  ///   - name: what to call the file.
  public static func decode(
    _ file: [UInt8], name: String, for machine: Machine, _ identity: RunIdentity
  ) throws -> MachineSnapshot {
    let (state, memories) = try contents(of: file, name)
    let decoder = JSONDecoder()
    decoder.userInfo[Body.partsKey] = Parts(machine)
    let body: Body
    do { body = try decoder.decode(Body.self, from: Data(state)) } catch {
      throw refusal(name, "was written by another version of the emulator; take it again")
    }
    if let difference = identity.difference(from: body.identity) {
      throw refusal(name, "does not belong to this run: \(difference)")
    }
    var snapshot = body.snapshot
    snapshot.semihosting = machine.semihosting
    snapshot.semihosting.restore(body.streams)
    var rest = memories
    for memory in machine.memories {
      let size = memory.description.size.count
      guard size <= rest.count else { throw refusal(name, "lacks some of the board's memory") }
      snapshot.memories.append(MemoryPages(rest.prefix(size)))
      rest = rest.dropFirst(size)
    }
    return snapshot
  }

  private static func contents(
    of file: [UInt8], _ name: String
  ) throws -> (state: ArraySlice<UInt8>, memories: ArraySlice<UInt8>) {
    guard file.count >= headerSize, file.starts(with: magic) else {
      throw refusal(name, "is no snapshot; --snapshot-save writes one")
    }
    guard number(file[6..<8]) == UInt64(version) else {
      throw refusal(name, "was written by another version of the emulator; take it again")
    }
    let (stateSize, memorySize) = (number(file[8..<16]), number(file[16..<24]))
    let size = UInt64(file.count - headerSize)
    var hash = TraceHash()
    for byte in file[headerSize...] { hash.mix(byte: byte) }
    guard stateSize <= size, memorySize == size - stateSize, hash.value == number(file[24..<32])
    else { throw refusal(name, "is damaged; copy it again or take it again") }
    let border = headerSize + Int(stateSize)
    return (file[headerSize..<border], file[border...])
  }

  private static func refusal(_ name: String, _ what: String) -> SnapshotFileError {
    SnapshotFileError(description: "the snapshot '\(name)' \(what)")
  }

  private static func bytes(_ number: UInt64, _ count: Int = 8) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) }
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}

/// The types that a machine's slots hold: what a decoder needs to know beforehand. Unchecked, as a
/// metatype does not say that it is Sendable; it is a constant.
private struct Parts: @unchecked Sendable {
  let peripherals: [(any Peripheral.Type)?]
  let i2cParts: [any I2CPart.Type]

  init(_ machine: Machine) {
    peripherals = machine.devices.map { slot in slot.peripheral.map { type(of: $0) } }
    i2cParts = machine.i2cParts.map { type(of: $0.state.part) }
  }
}

/// The JSON: everything but the memories.
private struct Body: Codable {
  let identity: RunIdentity
  let snapshot: MachineSnapshot
  let streams: SemihostingHost.Saved

  static var partsKey: CodingUserInfoKey {
    guard let key = CodingUserInfoKey(rawValue: "parts") else {
      preconditionFailure("any text is a key")
    }
    return key
  }

  private enum Key: CodingKey {
    case identity, core, peripherals, microphones, lights, i2cParts, streams, transfers, wires,
      records
  }

  init(
    identity: RunIdentity, snapshot: MachineSnapshot, streams: SemihostingHost.Saved
  ) {
    (self.identity, self.snapshot, self.streams) = (identity, snapshot, streams)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(identity, forKey: .identity)
    try container.encode(snapshot.core, forKey: .core)
    try container.encode(snapshot.microphones, forKey: .microphones)
    try container.encode(snapshot.lights, forKey: .lights)
    try container.encode(streams, forKey: .streams)
    try container.encode(snapshot.transfers, forKey: .transfers)
    try container.encode(snapshot.wires, forKey: .wires)
    try container.encode(snapshot.records, forKey: .records)
    var list = container.nestedUnkeyedContainer(forKey: .peripherals)
    for case let peripheral? in snapshot.peripherals { try list.encode(peripheral) }
    var parts = container.nestedUnkeyedContainer(forKey: .i2cParts)
    for state in snapshot.i2cParts {
      try parts.encode(state.isAddressed)
      try parts.encode(state.part)
    }
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    identity = try container.decode(RunIdentity.self, forKey: .identity)
    var list = try container.nestedUnkeyedContainer(forKey: .peripherals)
    let parts = decoder.userInfo[Self.partsKey] as? Parts
    let peripherals = try (parts?.peripherals ?? []).map { type in
      try type.map { try list.decodePeripheral($0) }
    }
    var buses = try container.nestedUnkeyedContainer(forKey: .i2cParts)
    let i2cParts = try (parts?.i2cParts ?? []).map { type in
      let isAddressed = try buses.decode(Bool.self)
      return I2CAttachment.State(part: try buses.decodePart(type), isAddressed: isAddressed)
    }
    streams = try container.decode(forKey: .streams)
    snapshot = MachineSnapshot(
      core: try container.decode(forKey: .core), memories: [], peripherals: peripherals,
      microphones: try container.decode(forKey: .microphones),
      lights: try container.decode(forKey: .lights), i2cParts: i2cParts,
      semihosting: SemihostingHost(),
      transfers: try container.decode(forKey: .transfers),
      wires: try container.decode(forKey: .wires),
      records: try container.decode(forKey: .records))
  }
}

extension KeyedDecodingContainer {
  fileprivate func decode<Value: Decodable>(forKey key: Key) throws -> Value {
    try decode(Value.self, forKey: key)
  }
}

extension UnkeyedDecodingContainer {
  fileprivate mutating func decodePeripheral<Model: Peripheral>(
    _ type: Model.Type
  ) throws -> any Peripheral { try decode(type) }

  fileprivate mutating func decodePart<Part: I2CPart>(
    _ type: Part.Type
  ) throws -> any I2CPart { try decode(type) }
}
