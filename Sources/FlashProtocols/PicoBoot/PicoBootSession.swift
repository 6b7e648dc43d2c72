// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import USBModel

/// Writes an application through the RP2040's boot ROM (RP2040 Datasheet, 2.8.5): sector after
/// sector erased and written, every byte read back, then started.
public struct PicoBootSession: FlashSession {
  static let sectorSize = 4096

  private enum Phase: Equatable {
    case describingHeader, describing
    case recovering, claiming, exitingXIP
    case erasing(sector: Int)
    case writing(sector: Int)
    case reading(sector: Int)
    case rebooting, leaving
    case asking(PicoBootTrouble)
    case resetting, settling
  }

  private static let attemptLimit = 3

  private let image: FlashImage
  private let parameters: FlashParameters
  /// The image in whole sectors, and where the first one lies.
  private let bytes: [UInt8]
  private let start: UInt32
  private var link: PicoBootLink
  private var phase = Phase.describingHeader
  /// The one in which the last command failed.
  private var failedPhase = Phase.recovering
  private var attempts = 0
  private var readBack: [UInt8] = []

  public init(image: FlashImage, parameters: FlashParameters) {
    (self.image, self.parameters) = (image, parameters)
    let lead = Int(image.start % UInt32(Self.sectorSize))
    let length = lead + image.bytes.count
    let filled = (length + Self.sectorSize - 1) / Self.sectorSize * Self.sectorSize
    start = image.start - UInt32(lead)
    bytes =
      Array(repeating: 0xFF, count: lead) + image.bytes
      + Array(repeating: 0xFF, count: filled - length)
    link = PicoBootLink(
      interface: parameters.interface, bulkOut: parameters.bulkOut, bulkIn: parameters.bulkIn)
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
      attempts = 1
      return link.hasEndpoints ? recover() : describe()
    }
    switch link.receive(event) {
    case .perform(let action): return .perform(action)
    case .done(let bytes): return ended(bytes)
    case .trouble(let trouble): return failed(trouble)
    }
  }

  // MARK: Opening

  private mutating func describe() -> FlashStep {
    phase = .describingHeader
    return .perform(
      link.begin(
        .descriptor(length: ConfigurationDescriptor.headerSize),
        reporting: FlashProgress(.connecting)))
  }

  private mutating func described(_ answer: [UInt8]) -> FlashStep {
    do throws(DescriptorError) {
      if phase == .describingHeader {
        let total = min(4096, try ConfigurationDescriptor.totalLength(answer))
        phase = .describing
        return .perform(link.begin(.descriptor(length: total)))
      }
      let configuration = try ConfigurationDescriptor(answer)
      guard let interface = configuration.interfaces.first(where: Self.isPicoBoot) else {
        return .failed(
          FlashFailure(
            .connecting, "the board has no PICOBOOT interface",
            remedy: "press the board's reset button twice, quickly, or copy a UF2 file to its disk")
        )
      }
      link.take(interface)
      return recover()
    } catch {
      return failed(.damaged(error))
    }
  }

  private static func isPicoBoot(_ interface: InterfaceDescriptor) -> Bool {
    interface.classCode == 0xFF
      && interface.endpoints.contains { $0.kind == .bulk && $0.isToHost }
      && interface.endpoints.contains { $0.kind == .bulk && !$0.isToHost }
  }

  private mutating func recover() -> FlashStep {
    phase = .recovering
    return .perform(link.begin(.reset, reporting: FlashProgress(.connecting)))
  }

  // MARK: What is done when a phase has ended

  private var sectors: Int { bytes.count / Self.sectorSize }

  private mutating func ended(_ answer: [UInt8]) -> FlashStep {
    switch phase {
    case .describingHeader, .describing: return described(answer)
    case .recovering: return go(.claiming, .exclusiveAccess, words: [1])
    case .claiming: return go(.exitingXIP, .exitXIP)
    case .exitingXIP: return erase(0)
    case .erasing(let sector): return write(sector)
    case .writing(let sector): return sector + 1 < sectors ? erase(sector + 1) : read(0)
    case .reading(let sector): return compare(answer, sector)
    case .rebooting:
      phase = .leaving
      return .perform(link.begin(.awaitDisconnect))
    case .leaving: return .finished(.readBack)
    case .asking(let trouble): return again(trouble.explained(by: PicoBootReport(answer)))
    case .resetting:
      phase = .settling
      return .perform(link.begin(.pause))
    case .settling: return link.hasEndpoints ? recover() : describe()
    }
  }

  private mutating func go(
    _ phase: Phase, _ command: PicoBootCommand, words: [UInt32] = [], data: [UInt8] = [],
    length: Int = 0, reporting progress: FlashProgress? = nil
  ) -> FlashStep {
    self.phase = phase
    return .perform(
      link.begin(
        .command(command, words: words, data: data, length: length), reporting: progress))
  }

  private func address(_ sector: Int) -> UInt32 {
    start &+ UInt32(truncatingIfNeeded: sector * Self.sectorSize)
  }

  private func part(_ sector: Int) -> [UInt8] {
    Array(bytes[sector * Self.sectorSize..<(sector + 1) * Self.sectorSize])
  }

  private func progress(_ step: FlashProgress.Step, _ sector: Int) -> FlashProgress {
    FlashProgress(
      step, done: min(sector * Self.sectorSize, image.bytes.count), total: image.bytes.count)
  }

  private mutating func erase(_ sector: Int) -> FlashStep {
    go(
      .erasing(sector: sector), .flashErase, words: [address(sector), UInt32(Self.sectorSize)],
      reporting: progress(.writing, sector))
  }

  private mutating func write(_ sector: Int) -> FlashStep {
    go(
      .writing(sector: sector), .write, words: [address(sector), UInt32(Self.sectorSize)],
      data: part(sector), length: Self.sectorSize)
  }

  private mutating func read(_ sector: Int) -> FlashStep {
    go(
      .reading(sector: sector), .read, words: [address(sector), UInt32(Self.sectorSize)],
      length: Self.sectorSize, reporting: progress(.verifying, sector))
  }

  private mutating func compare(_ answer: [UInt8], _ sector: Int) -> FlashStep {
    let expected = part(sector)
    guard answer.count == expected.count else {
      let command = "READ at \(DFUTrouble.hexadecimal(address(sector)))"
      return failed(.short(command, got: answer.count, of: expected.count))
    }
    if let at = expected.indices.first(where: { expected[$0] != answer[$0] }) {
      return failed(
        .differs(
          address: address(sector) &+ UInt32(at), expected: expected[at], found: answer[at]))
    }
    guard sector + 1 < sectors else {
      // No address: from flash, as after power-on.
      return go(
        .rebooting, .reboot, words: [0, 0, 100], reporting: FlashProgress(.restarting))
    }
    return read(sector + 1)
  }

  // MARK: Trouble

  /// The ROM says why it stalled, if it is asked; then the whole again, some times.
  private mutating func failed(_ trouble: PicoBootTrouble) -> FlashStep {
    switch phase {
    case .rebooting, .leaving:
      // The image is on the board: how it is started is a smaller matter.
      return .finished(.readBack)
    case .asking(let first): return again(first)
    case .resetting, .settling: return .failed(trouble.failure(step))
    default: break
    }
    failedPhase = phase
    guard trouble.mayPass else { return .failed(trouble.failure(step)) }
    guard case .refused = trouble, phase != .recovering, link.hasEndpoints else {
      return again(trouble)
    }
    phase = .asking(trouble)
    return .perform(link.begin(.status))
  }

  private mutating func again(_ trouble: PicoBootTrouble) -> FlashStep {
    guard attempts < Self.attemptLimit else { return .failed(trouble.failure(step)) }
    attempts += 1
    phase = .resetting
    return .perform(link.begin(.resetPort))
  }

  private var step: FlashProgress.Step {
    switch failedPhase {
    case .erasing: .erasing
    case .writing: .writing
    case .reading: .verifying
    default: .connecting
    }
  }
}
