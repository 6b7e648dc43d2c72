// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import USBModel

/// What a session knows of the interface that it talks to.
struct DFUInterface: Equatable, Sendable {
  var functional: DFUFunctionalDescriptor
  /// The name of the alternate setting; empty where it has none.
  var name: String
}

/// The way from a plugged device to one in dfuIDLE: descriptors, alternate setting, recovery; with
/// a reset of the port in between if recovery alone does not help.
struct DFUOpening: Sendable {
  enum Outcome: Equatable, Sendable {
    case perform(FlashAction)
    case open(DFUInterface)
    case failed(FlashFailure)
  }

  private enum Phase: Equatable, Sendable {
    case header, whole, name, selecting, recovering, resetting, settling
  }

  private let parameters: FlashParameters
  private var link = DFULink()
  private var phase = Phase.header
  private var interface: DFUInterface?
  private var resets = 0

  init(_ parameters: FlashParameters) {
    self.parameters = parameters
    link.interface = parameters.interface
  }

  mutating func begin() -> FlashAction {
    (resets, interface) = (0, nil)
    return readHeader()
  }

  private mutating func readHeader() -> FlashAction {
    phase = .header
    let header = ConfigurationDescriptor.headerSize
    return link.begin(
      .descriptor(type: DescriptorType.configuration, index: 0, length: header),
      reporting: FlashProgress(.connecting))
  }

  mutating func receive(_ event: FlashEvent) -> Outcome {
    switch link.receive(event) {
    case .perform(let action): return .perform(action)
    case .trouble(let trouble): return failed(trouble)
    case .done(let bytes):
      do throws(DescriptorError) {
        return try phaseEnded(bytes)
      } catch {
        if let again = resetPort() { return again }
        return .failed(
          FlashFailure(
            .connecting,
            "the \(error.descriptor) of the board is damaged: \(error.problem) "
              + "(offset \(error.offset))", remedy: DFUTrouble.silent("", .zero).remedy))
      }
    }
  }

  private mutating func go(_ phase: Phase, _ operation: DFULink.Operation) -> Outcome {
    self.phase = phase
    return .perform(link.begin(operation))
  }

  private mutating func phaseEnded(_ bytes: [UInt8]) throws(DescriptorError) -> Outcome {
    switch phase {
    case .header:
      // Linux takes no longer control request.
      let total = min(4096, try ConfigurationDescriptor.totalLength(bytes))
      return go(
        .whole, .descriptor(type: DescriptorType.configuration, index: 0, length: total))
    case .whole: return try described(ConfigurationDescriptor(bytes))
    case .name:
      interface?.name = (try? StringDescriptor.text(bytes)) ?? ""
      return go(.selecting, .select(parameters.alternate))
    case .selecting: return go(.recovering, .recover)
    case .recovering:
      guard let interface else { return failed(.application) }
      return .open(interface)
    case .resetting: return go(.settling, .pause(.milliseconds(200)))
    case .settling:
      guard interface != nil else { return .perform(readHeader()) }
      return go(.selecting, .select(parameters.alternate))
    }
  }

  private mutating func described(_ configuration: ConfigurationDescriptor) -> Outcome {
    let settings = configuration.interfaces.filter {
      $0.classCode == 0xFE && $0.subclass == 1 && $0.number == parameters.interface
    }
    let functional = settings.flatMap(\.classSpecific).compactMap {
      DFUFunctionalDescriptor($0)
    }.first
    guard !settings.isEmpty, let functional else {
      return .failed(
        FlashFailure(
          .connecting, "the board's interface \(parameters.interface) is none for DFU",
          remedy: "check --board; press the board's reset button twice, quickly"))
    }
    guard settings.contains(where: { $0.protocolCode == 2 }) else { return failed(.application) }
    guard let setting = settings.first(where: { $0.alternate == parameters.alternate }) else {
      return .failed(
        FlashFailure(
          .connecting,
          "the board has \(settings.count) memories (alternate settings) and not number "
            + "\(parameters.alternate)", remedy: "check --board, or update the board's bootloader"))
    }
    guard functional.attributes.contains(.canDownload), functional.transferSize > 0 else {
      return .failed(
        FlashFailure(
          .connecting, "the board's bootloader takes no downloads",
          remedy: "check --board, or update the board's bootloader"))
    }
    interface = DFUInterface(functional: functional, name: "")
    guard setting.string > 0 else { return go(.selecting, .select(parameters.alternate)) }
    return go(.name, .descriptor(type: DescriptorType.string, index: setting.string, length: 255))
  }

  /// Names are not needed by all, and recovery may need a reset of the port; all else is the end.
  private mutating func failed(_ trouble: DFUTrouble) -> Outcome {
    if trouble.mayPass {
      if phase == .name { return go(.selecting, .select(parameters.alternate)) }
      if let again = resetPort() { return again }
    }
    return .failed(trouble.failure(.connecting))
  }

  /// Nil where that was tried often enough.
  private mutating func resetPort() -> Outcome? {
    guard phase != .resetting, phase != .settling, resets < 2 else { return nil }
    resets += 1
    return go(.resetting, .resetPort)
  }
}
