// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import USBModel

/// Writes an application through ST's extension of DFU (AN3156, UM0424): erases the sectors that
/// the image touches, writes, reads every byte back, starts it (Arduino's STM32H747 boards, the ROM
/// of ST's chips).
public struct DfuSeSession: FlashSession {
  private enum Phase: Equatable {
    case opening, listing, ending
    case erasing(index: Int)
    case addressing(block: Int)
    case writing(block: Int)
    case readingAddress, readingStart
    case reading(block: Int)
    case rereading(block: Int)
    case finishedReading, leavingAddress, leaving, left
  }

  private static let attemptLimit = 3

  private let image: FlashImage
  private let parameters: FlashParameters
  private var opening: DFUOpening
  private var link = DFULink()
  private var phase = Phase.opening
  private var attempts = 0
  private var interface: DFUInterface?
  /// What is erased before anything is written.
  private var sectors: [DfuSeLayout.Sector] = []
  private var size = 1
  private var verification = FlashVerification.acknowledged
  private var wasReadTwice = false

  public init(image: FlashImage, parameters: FlashParameters) {
    (self.image, self.parameters) = (image, parameters)
    opening = DFUOpening(parameters)
    link.interface = parameters.interface
  }

  public mutating func receive(_ event: FlashEvent) -> FlashStep {
    if event == .started {
      guard parameters.allows(image), !image.bytes.isEmpty else {
        return .failed(
          FlashFailure(
            .connecting,
            "the image (\(image.bytes.count) bytes at \(DFUTrouble.hexadecimal(image.start))) does "
              + "not lie in the \(parameters.length) bytes from "
              + DFUTrouble.hexadecimal(parameters.start), remedy: "link it for this board"))
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
      size = max(1, min(Int(interface.functional.transferSize), parameters.transfer ?? 4096, 4096))
      if let failure = planErasing(interface.name) { return .failed(failure) }
      let canUpload = interface.functional.attributes.contains(.canUpload)
      return canUpload ? go(.listing, .upload(0, length: min(size, 64))) : erase(0)
    }
  }

  /// The sectors that the image touches; each must take it.
  private mutating func planErasing(_ name: String) -> FlashFailure? {
    let layout: DfuSeLayout
    do throws(DescriptorError) {
      layout = try DfuSeLayout(name)
    } catch {
      return FlashFailure(
        .connecting,
        "the board does not tell its memory in ST's way: \(error.problem) (\"\(name)\")",
        remedy: "check --board: it may have a plain DFU bootloader")
    }
    let blocks = (image.bytes.count + size - 1) / size
    guard blocks <= 65533 else {
      return FlashFailure(
        .connecting, "the image has more than 65533 blocks of \(size) bytes",
        remedy: "check --board: DFU numbers blocks with 16 bits")
    }
    sectors = []
    var address = image.start
    let last = image.start + UInt32(image.bytes.count - 1)
    while true {
      guard let sector = layout.sector(at: address) else {
        return FlashFailure(
          .connecting,
          "\(DFUTrouble.hexadecimal(address)) is outside the board's \"\(layout.name)\"",
          remedy: "check --board and the address that the image is linked for")
      }
      guard sector.isErasable, sector.isWritable else {
        return FlashFailure(
          .connecting,
          "the \(sector.size / 1024) KiB at \(DFUTrouble.hexadecimal(sector.start)) cannot be "
            + "written",
          remedy: "the bootloader protects itself: link the image for "
            + DFUTrouble.hexadecimal(parameters.start))
      }
      sectors.append(sector)
      guard last > sector.last else { return nil }
      address = sector.last + 1
    }
  }

  // MARK: What is done when a phase has ended

  private mutating func ended(_ answer: [UInt8]) -> FlashStep {
    switch phase {
    case .opening: return openingGoesOn(.done)
    case .listing:
      guard answer.contains(DfuSeCommand.setAddress), answer.contains(DfuSeCommand.erase) else {
        return failed(.nonsense("the list of commands", answer))
      }
      return go(.ending, .abort)
    case .ending: return erase(0)
    case .erasing(let index): return erase(index + 1)
    case .addressing(let block): return write(block)
    case .writing(let block):
      return (block + 1) * size < image.bytes.count ? address(block + 1) : finish()
    case .readingAddress: return go(.readingStart, .abort)
    case .readingStart: return read(0)
    case .reading(let block): return compare(answer, block)
    case .rereading(let block): return read(block)
    case .finishedReading: return leave()
    case .leavingAddress: return go(.leaving, .manifest(2))
    case .leaving: return go(.left, .awaitDisconnect(.seconds(2)))
    case .left: return .finished(verification)
    }
  }

  private mutating func go(
    _ phase: Phase, _ operation: DFULink.Operation, reporting progress: FlashProgress? = nil
  ) -> FlashStep {
    self.phase = phase
    return .perform(link.begin(operation, reporting: progress))
  }

  private func command(_ code: UInt8, _ address: UInt32) -> DFULink.Operation {
    var bytes = [code]
    bytes.append(doubleWord: address)
    return .download(0, bytes)
  }

  private func setAddress(_ address: UInt32) -> DFULink.Operation {
    command(DfuSeCommand.setAddress, address)
  }

  private mutating func erase(_ index: Int) -> FlashStep {
    guard index < sectors.count else { return address(0) }
    let progress = FlashProgress(
      .erasing, done: sectors[..<index].reduce(0) { $0 + Int($1.size) },
      total: sectors.reduce(0) { $0 + Int($1.size) }, detail: index == 0 ? interface?.name : nil)
    return go(
      .erasing(index: index), command(DfuSeCommand.erase, sectors[index].start),
      reporting: progress)
  }

  /// Each block by its address, as dfu-util does it: numbers of blocks are only as good as what the
  /// board says of its transfer size, and reading back by them shows whether that is so.
  private mutating func address(_ block: Int) -> FlashStep {
    go(
      .addressing(block: block),
      setAddress(image.start &+ UInt32(truncatingIfNeeded: block * size)),
      reporting: progress(.writing, block))
  }

  private mutating func write(_ block: Int) -> FlashStep {
    go(.writing(block: block), .download(2, part(block)))
  }

  private func part(_ block: Int) -> [UInt8] {
    Array(image.bytes[block * size..<min(image.bytes.count, (block + 1) * size)])
  }

  /// Progress is told about a hundred times, not with every block.
  private func progress(_ step: FlashProgress.Step, _ block: Int) -> FlashProgress? {
    let count = (image.bytes.count + size - 1) / size
    guard block % max(1, count / 100) == 0 else { return nil }
    return FlashProgress(step, done: block * size, total: image.bytes.count)
  }

  private mutating func finish() -> FlashStep {
    let canUpload = interface?.functional.attributes.contains(.canUpload) ?? false
    // The pointer may have been moved by erasing: it is set before it is read from.
    return canUpload ? go(.readingAddress, setAddress(image.start)) : leave()
  }

  private mutating func read(_ block: Int) -> FlashStep {
    go(
      .reading(block: block),
      .upload(UInt16(truncatingIfNeeded: block + 2), length: part(block).count),
      reporting: progress(.verifying, block))
  }

  private mutating func compare(_ answer: [UInt8], _ block: Int) -> FlashStep {
    let expected = part(block)
    guard answer.count >= expected.count else {
      return failed(.short("UPLOAD of block \(block + 2)", got: answer.count, of: expected.count))
    }
    if let at = expected.indices.first(where: { expected[$0] != answer[$0] }) {
      // Arduino's bootloader writes behind: a second look, then the next attempt.
      if !wasReadTwice {
        wasReadTwice = true
        return go(.rereading(block: block), .pause(.milliseconds(300)))
      }
      wasReadTwice = false
      return failed(
        .differs(
          address: image.start &+ UInt32(truncatingIfNeeded: block * size + at),
          expected: expected[at], found: answer[at]))
    }
    wasReadTwice = false
    guard (block + 1) * size >= image.bytes.count else { return read(block + 1) }
    verification = .readBack
    return go(.finishedReading, .abort, reporting: FlashProgress(.restarting))
  }

  /// The address is what ST's ROM jumps by; Arduino's bootloader restarts.
  private mutating func leave() -> FlashStep { go(.leavingAddress, setAddress(image.start)) }

  /// The whole again, some times; then the end.
  private mutating func failed(_ trouble: DFUTrouble) -> FlashStep {
    switch phase {
    case .leaving, .left:
      // The image is on the board: how it is started is a smaller matter.
      return .finished(verification)
    default: break
    }
    if trouble.mayPass, attempts < Self.attemptLimit { return open() }
    switch phase {
    case .listing, .ending: return .failed(trouble.failure(.connecting))
    case .erasing: return .failed(trouble.failure(.erasing))
    case .readingAddress, .readingStart, .reading, .rereading, .finishedReading:
      return .failed(trouble.failure(.verifying))
    case .leavingAddress: return .failed(trouble.failure(.restarting))
    default: return .failed(trouble.failure(.writing))
    }
  }
}
