// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

/// ST MP34DT05-A, a digital microphone on a PDM line (datasheet DS12783): it plays a recording into
/// the room, brought from the recording's rate to the one that the controller decimates to.
///
/// Parameters: number `channel`, 0 where the LR pad is low (left, default), 1 for right; pin
/// `power`, where the board switches its supply: without supply the line is silent.
public struct MP34DT05: PDMSource, PinObserver {
  /// When the recording begins.
  public enum Start: Equatable, Sendable {
    /// When the firmware first listens, so that nothing is lost while it boots.
    case whenFirstHeard
    /// At this instant, heard or not.
    case at(Instant)
  }

  private let sound: any SampleSource
  private let channel: PDMChannel
  private let powerPin: Pin?
  private let reference: Frequency
  /// All that changes; the rest was wired or is the sound.
  public var state: State

  public struct State: Codable, Sendable {
    fileprivate(set) var isPowered: Bool
    fileprivate(set) var recordingStart: Instant?
  }

  /// When the recording began; nil before that.
  public var recordingStart: Instant? { state.recordingStart }

  /// - Parameters:
  ///   - sound: what is to be heard; several channels are averaged.
  ///   - start: when its first sample sounds.
  public init(
    _ parameters: DeviceParameters, sound: any SampleSource, start: Start = .whenFirstHeard
  ) {
    self.sound = sound
    channel = parameters.numbers["channel"] ?? 0 == 0 ? .left : .right
    powerPin = parameters.pins["power"]
    reference = parameters.reference
    state = State(isPowered: powerPin == nil)
    if case .at(let instant) = start { state.recordingStart = instant }
  }

  /// When the recording's last sample has sounded; nil while it has not begun.
  public var recordingEnd: Instant? {
    recordingStart.map { start in
      start + TickClock(sound.rate, reference: reference).span(ofTicks: UInt64(sound.frameCount))
    }
  }

  public mutating func pin(_ pin: Pin, became level: Level, in context: inout DeviceContext) {
    if pin == powerPin { state.isPowered = level == .high }
  }

  public mutating func samples(_ request: PDMRequest) -> [Float]? {
    guard state.isPowered, request.channel == channel, request.count > 0 else { return nil }
    let start = recordingStart ?? request.start
    state.recordingStart = start
    let resampler = Resampler(from: sound.rate, to: request.sampleRate)
    let position = seconds(from: start, to: request.start) * sound.rate.hertz
    let reach = resampler.reach(from: position, count: request.count)
    return resampler.resample(
      mixed(reach), beginningAt: reach.lowerBound, position: position, count: request.count)
  }

  private func seconds(from start: Instant, to end: Instant) -> Double {
    start <= end
      ? Double((end - start).count) / reference.hertz
      : -Double((start - end).count) / reference.hertz
  }

  /// The recording's channels, averaged; silence outside it.
  private func mixed(_ frames: Range<Int>) -> [Float] {
    guard frames.lowerBound < sound.frameCount, frames.upperBound > 0 else {
      return Array(repeating: 0, count: frames.count)
    }
    let channels = max(sound.channels, 1)
    return frames.map { frame in
      var sum: Float = 0
      for channel in 0..<channels { sum += sound.sample(frame: frame, channel: channel) }
      return sum / Float(channels)
    }
  }
}
