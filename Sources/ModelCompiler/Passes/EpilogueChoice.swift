// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import InferenceKernels

/// What the channels of a layer have behind their weights, and what their biases have to be
/// moved by.
struct EpilogueConstants: Equatable, Sendable {
  var words: [[Int32]]
  var biasAdjustments: [Int32]

  /// Whether all channels have the same words.
  var areAlike: Bool { words.allSatisfy { $0 == words[0] } }
}

/// The cheapest epilogue that is equal to TensorFlow Lite Micro's for every accumulator that can
/// occur, in all channels of a layer.
enum EpilogueChoice: Equatable, Sendable {
  case proved(ProvedEpilogue, EpilogueConstants)
  case kinked(KinkedEpilogue, EpilogueConstants)
  case exact(ExactEpilogue, EpilogueConstants)
  case clamped(ClampedEpilogue, EpilogueConstants)

  /// Nil where none is: accumulators of 2^23 and more, which wrap around when they are taken by
  /// 256, or scales that move up. Such a layer takes a kernel with the two roundings written out.
  ///
  /// - Parameter preferred: a shift to try first, so that layers of one shape share their code.
  init?(_ channels: [ChannelRequantization], preferring preferred: Int32? = nil) {
    guard let stage = channels.first?.stage, channels.allSatisfy(\.isMonotone) else { return nil }
    let proof = RequantizationProof(channels)
    let shifts = [preferred, proof.commonShift].compactMap { $0 }.filter {
      $0 <= proof.commonShift ?? -1
    }
    for shift in shifts {
      guard let constants = proof.affine(shift: shift) else { continue }
      self = .proved(ProvedEpilogue(shift: shift), constants)
      return
    }
    for shift in shifts {
      guard let constants = proof.kinked(shift: shift) else { continue }
      self = .kinked(KinkedEpilogue(shift: shift), constants)
      return
    }
    guard let constants = Self.roundings(channels) else { return nil }
    if channels.allSatisfy({ $0.constant != nil || $0.saturates }) {
      self = .exact(ExactEpilogue(), constants)
    } else {
      let range = ClampedEpilogue(minimum: stage.minimum, maximum: stage.maximum)
      self = .clamped(range, constants)
    }
  }

  /// One of the epilogues that round twice, with the same words for all channels: they need to be
  /// stored once. Nil where channels have scales of their own.
  static func shared(_ channels: [ChannelRequantization]) -> EpilogueChoice? {
    guard let first = channels.first, (1...23).contains(first.exponent),
      channels.allSatisfy({ $0.scale == first.scale && $0.isMonotone && $0.fitsPackedKernel }),
      let words = roundings(first)
    else { return nil }
    let constants = EpilogueConstants(
      words: channels.map { _ in words }, biasAdjustments: channels.map { _ in 0 })
    if channels.allSatisfy(\.saturates) { return .exact(ExactEpilogue(), constants) }
    let range = ClampedEpilogue(minimum: first.stage.minimum, maximum: first.stage.maximum)
    return .clamped(range, constants)
  }

  var epilogue: any Epilogue {
    switch self {
    case .proved(let epilogue, _): epilogue
    case .kinked(let epilogue, _): epilogue
    case .exact(let epilogue, _): epilogue
    case .clamped(let epilogue, _): epilogue
    }
  }

  var constants: EpilogueConstants {
    switch self {
    case .proved(_, let constants), .kinked(_, let constants), .exact(_, let constants),
      .clamped(_, let constants):
      constants
    }
  }

  /// The words of `ExactEpilogue`.
  static func roundings(_ channels: [ChannelRequantization]) -> EpilogueConstants? {
    var words: [[Int32]] = []
    for channel in channels {
      if let constant = channel.constant {
        words.append([0, Int32(constant) << 1, 1])
        continue
      }
      guard let channel = roundings(channel) else { return nil }
      words.append(channel)
    }
    return EpilogueConstants(
      words: words, biasAdjustments: channels.map { _ in 0 })
  }

  private static func roundings(_ channel: ChannelRequantization) -> [Int32]? {
    // Beyond a shift of 23 no accumulator below 2^23 leaves the zero point.
    guard (1...23).contains(channel.exponent), channel.fitsPackedKernel else { return nil }
    let exponent = Int32(channel.exponent)
    let offset = channel.stage.zeroPoint << exponent + 1 << (exponent - 1)
    return [channel.scale.multiplier, offset, exponent]
  }
}

extension ChannelRequantization {
  /// Whether 256 times each accumulator is within 32 bits.
  var fitsPackedKernel: Bool {
    accumulators.lowerBound > -(1 << 23) && accumulators.upperBound < 1 << 23
  }
}
