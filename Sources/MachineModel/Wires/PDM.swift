// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a PDM controller asks of whatever sits on its data line: the sound of one stretch of time,
/// already brought to the sample rate (the bit stream itself is never formed; a decimator would
/// only undo it).
public struct PDMRequest: Sendable {
  /// The clock that the controller drives.
  public let clock: Frequency
  /// Clock cycles per sample.
  public let decimation: UInt64
  /// When the first of the samples is taken.
  public let start: Instant
  public let count: Int
  public let channel: PDMChannel

  public init(
    clock: Frequency, decimation: UInt64, start: Instant, count: Int, channel: PDMChannel
  ) {
    self.clock = clock
    self.decimation = decimation
    self.start = start
    self.count = count
    self.channel = channel
  }

  public var sampleRate: Frequency { clock.divided(by: decimation) }
}

/// The half of the clock in which a microphone drives the line.
public enum PDMChannel: Sendable {
  case left
  case right
}

/// A microphone, as the controller sees it.
public protocol PDMSource {
  /// Sound pressure as a fraction of full scale, -1 ... 1, one value per sample; nil where no
  /// microphone answers on that channel.
  mutating func samples(_ request: PDMRequest) -> [Float]?
}
