// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Where a sensor's samples come from: a recording, a generator, a script. Sensors never open
/// files.
public protocol SampleSource {
  /// Samples per second of each channel.
  var rate: Frequency { get }
  var channels: Int { get }
  /// Frames in the recording; past its end there is silence.
  var frameCount: Int { get }
  /// One sample as a fraction of full scale; 0 outside the recording.
  func sample(frame: Int, channel: Int) -> Float
}
