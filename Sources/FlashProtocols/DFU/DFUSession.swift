// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import USBModel

/// Writes an application through plain DFU 1.1: block after block from the start of an alternate
/// setting, the empty block at the end, then every byte read back where the device can (the UNO R4
/// Minima, OpenMV's cameras).
///
/// `parameters.block` is the unit in which a bootloader gathers data before it writes them; an
/// image is filled up to whole units with 0xFF.
public struct DFUSession: FlashSession {
  private enum Phase: Equatable {
    case opening
    /// Empty parts that fill up what an abandoned transfer left in the device's buffer.
    case aligning(left: Int)
    case writing(block: Int)
    case manifesting, rereading
    case reading(block: Int)
    /// The first unit, to see by how much it slipped.
    case probing(block: Int)
    case detaching, leaving, resetting, leavingAfterReset
    case explaining(FlashFailure)
    case confessing
  }

  private static let attemptLimit = 3

  private let image: FlashImage
  private let parameters: FlashParameters
  private var opening: DFUOpening
  private var link = DFULink()
  private var phase = Phase.opening
  private var attempts = 0
  private var interface: DFUInterface?
  /// The image in whole blocks, and the bytes of one.
  private var bytes: [UInt8] = []
  private var size = 1
  private var verification = FlashVerification.acknowledged
  private var readBack: [UInt8] = []
  private var wasReadTwice = false
  private var partsToAlign = 0
  private var difference = DFUTrouble.gone("")

  public init(image: FlashImage, parameters: FlashParameters) {
    (self.image, self.parameters) = (image, parameters)
    opening = DFUOpening(parameters)
    link.interface = parameters.interface
  }

  public mutating func receive(_ event: FlashEvent) -> FlashStep {
    if event == .started {
      guard parameters.allows(image), image.start == parameters.start, !image.bytes.isEmpty else {
        return .failed(misplaced)
      }
      return open()
    }
    if phase == .opening { return openingGoesOn(event) }
    switch link.receive(event) {
    case .perform(let action): return .perform(action)
    case .done(let bytes): return ended(bytes)
    case .trouble(let trouble): return failed(trouble)
    }
  }

  private var misplaced: FlashFailure {
    FlashFailure(
      .connecting,
      "the image (\(image.bytes.count) bytes at \(DFUTrouble.hexadecimal(image.start))) does not "
        + "lie in the \(parameters.length) bytes from \(DFUTrouble.hexadecimal(parameters.start))",
      remedy: "link it for this board: plain DFU writes from the start of a memory")
  }

  // MARK: Opening

  private mutating func open() -> FlashStep {
    attempts += 1
    phase = .opening
    return .perform(opening.begin())
  }

  private mutating func openingGoesOn(_ event: FlashEvent) -> FlashStep {
    switch opening.receive(event) {
    case .perform(let action): return .perform(action)
    case .failed(let failure): return .failed(failure)
    case .open(let interface):
      self.interface = interface
      size = min(Int(interface.functional.transferSize), parameters.transfer ?? 4096, 4096)
      size = max(1, size)
      let unit = max(1, parameters.block ?? 1)
      bytes = image.bytes
      bytes += Array(repeating: 0xFF, count: (unit - bytes.count % unit) % unit)
      guard bytes.count <= 65535 * size else { return .failed(tooManyBlocks) }
      return partsToAlign > 0 ? align(partsToAlign) : write(block: 0)
    }
  }

  private var tooManyBlocks: FlashFailure {
    FlashFailure(
      .connecting, "the image has more than 65535 blocks of \(size) bytes",
      remedy: "check --board: DFU numbers blocks with 16 bits")
  }

  // MARK: What is done when a phase has ended

  private mutating func ended(_ answer: [UInt8]) -> FlashStep {
    switch phase {
    case .opening: return openingGoesOn(.done)
    case .aligning(let left): return left > 1 ? align(left - 1) : write(block: 0)
    case .writing(let block):
      return (block + 1) * size < bytes.count ? write(block: block + 1) : manifest()
    case .manifesting: return manifested(answer.first.flatMap(DFUState.init))
    case .rereading: return read(block: readBlock)
    case .reading(let block): return compare(answer, block)
    case .probing(let block): return probe(answer, block)
    case .detaching: return go(.leaving, .awaitDisconnect(.seconds(2)))
    case .leaving:
      return answer.isEmpty ? go(.resetting, .resetPort) : .finished(verification)
    case .resetting: return go(.leavingAfterReset, .awaitDisconnect(.seconds(1)))
    case .leavingAfterReset:
      guard answer.isEmpty else { return .finished(verification) }
      phase = .confessing
      return .perform(
        link.begin(
          .pause(.zero),
          reporting: FlashProgress(
            .restarting, detail: "the board stays in its bootloader: press its reset button once")))
    case .confessing: return .finished(verification)
    case .explaining(let failure): return .failed(failure)
    }
  }

  private mutating func go(
    _ phase: Phase, _ operation: DFULink.Operation, reporting progress: FlashProgress? = nil
  ) -> FlashStep {
    self.phase = phase
    return .perform(link.begin(operation, reporting: progress))
  }

  private mutating func align(_ left: Int) -> FlashStep {
    // Not block 0: that would erase, and what is written here is thrown away with the next erase.
    go(.aligning(left: left), .download(1, Array(repeating: 0xFF, count: size)))
  }

  private mutating func write(block: Int) -> FlashStep {
    partsToAlign = 0
    return go(
      .writing(block: block), .download(UInt16(truncatingIfNeeded: block), part(block)),
      reporting: progress(.writing, block))
  }

  /// Progress is told about a hundred times, not with every block.
  private func progress(_ step: FlashProgress.Step, _ block: Int) -> FlashProgress? {
    let count = (bytes.count + size - 1) / size
    guard block % max(1, count / 100) == 0 else { return nil }
    return FlashProgress(
      step, done: min(block * size, image.bytes.count), total: image.bytes.count,
      detail: block == 0 ? interface?.name : nil)
  }

  private func part(_ block: Int) -> [UInt8] {
    Array(bytes[block * size..<min(bytes.count, (block + 1) * size)])
  }

  private mutating func manifest() -> FlashStep {
    go(.manifesting, .manifest(UInt16(truncatingIfNeeded: (bytes.count + size - 1) / size)))
  }

  private mutating func manifested(_ state: DFUState?) -> FlashStep {
    switch state {
    case .idle:
      let canUpload = interface?.functional.attributes.contains(.canUpload) ?? false
      return canUpload ? read(block: 0) : leave()
    case .manifestWaitReset:
      return go(.resetting, .resetPort, reporting: FlashProgress(.restarting))
    default:
      // Gone, or silent: what one does that cannot stay; of another, nothing is known.
      let functional = interface?.functional.attributes ?? []
      guard functional.isSuperset(of: [.manifestationTolerant, .canUpload]) else {
        return .finished(verification)
      }
      return failed(.silent("the end of the download", DFULink.longPatience))
    }
  }

  private mutating func leave() -> FlashStep {
    go(.detaching, .detach, reporting: FlashProgress(.restarting))
  }
}

// MARK: Verification

extension DFUSession {
  private var readBlock: Int { readBack.count / size }

  private mutating func read(block: Int) -> FlashStep {
    if block == 0 { readBack = [] }
    // Always whole blocks: some devices multiply the number by what is asked for.
    return go(
      .reading(block: block), .upload(UInt16(truncatingIfNeeded: block), length: size),
      reporting: progress(.verifying, block))
  }

  private mutating func compare(_ answer: [UInt8], _ block: Int) -> FlashStep {
    let expected = part(block)
    guard answer.count >= expected.count else {
      return failed(.short("UPLOAD of block \(block)", got: answer.count, of: expected.count))
    }
    if let at = expected.indices.first(where: { expected[$0] != answer[$0] }) {
      let address = image.start &+ UInt32(truncatingIfNeeded: block * size + at)
      difference = .differs(address: address, expected: expected[at], found: answer[at])
      return differs()
    }
    wasReadTwice = false
    readBack += answer.prefix(expected.count)
    guard (block + 1) * size >= bytes.count else { return read(block: block + 1) }
    verification = .readBack
    return leave()
  }

  /// Some devices write behind: a second look, then the next attempt.
  private mutating func differs() -> FlashStep {
    guard wasReadTwice else {
      wasReadTwice = true
      return go(.rereading, .pause(.milliseconds(200)))
    }
    wasReadTwice = false
    guard let unit = parameters.block, unit > size, unit <= bytes.count, unit % size == 0 else {
      return failed(difference)
    }
    readBack = []
    return go(.probing(block: 0), .upload(0, length: size))
  }

  /// A transfer that was abandoned leaves its last bytes in the buffer of a bootloader that
  /// gathers; all that comes later is then written that much too far on. How much can be seen.
  private mutating func probe(_ answer: [UInt8], _ block: Int) -> FlashStep {
    let unit = parameters.block ?? size
    readBack += answer.prefix(size)
    guard answer.count >= size else { return failed(difference) }
    if readBack.count < unit {
      return go(
        .probing(block: block + 1),
        .upload(UInt16(truncatingIfNeeded: block + 1), length: size))
    }
    let slip = stride(from: size, to: unit, by: size).first { slip in
      readBack[slip..<unit].elementsEqual(bytes[0..<unit - slip])
    }
    if let slip { partsToAlign = (unit - slip) / size }
    return failed(difference)
  }

  /// The whole again, some times; then the end.
  private mutating func failed(_ trouble: DFUTrouble) -> FlashStep {
    if trouble.mayPass, attempts < Self.attemptLimit { return open() }
    switch phase {
    case .reading, .rereading, .probing: return .failed(trouble.failure(.verifying))
    case .detaching, .leaving, .resetting, .leavingAfterReset, .confessing:
      // The image is on the board: how it is started is a smaller matter.
      return .finished(verification)
    default: return .failed(trouble.failure(.writing))
    }
  }
}
