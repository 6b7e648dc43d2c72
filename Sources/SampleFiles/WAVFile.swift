// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSndfile
import MachineModel

/// A recording, decoded to fractions of full scale: WAV of any rate and width, and whatever else
/// libsndfile reads (FLAC, AIFF, Ogg).
public struct WAVFile: SampleSource, Sendable {
  public let rate: Frequency
  public let channels: Int
  public let frameCount: Int
  /// Frame by frame, the channels of a frame side by side.
  private let samples: [Float]

  /// What a recording may be: longer ones are mistakes, and would fill memory.
  public enum Limit {
    public static let seconds = 3600
    public static let channels = 8
    public static let rates = 1_000...768_000
    /// 1 GiB of samples.
    static let samples = 1 << 28
  }

  public func sample(frame: Int, channel: Int) -> Float {
    guard frame >= 0, frame < frameCount, channel >= 0, channel < channels else { return 0 }
    return samples[frame * channels + channel]
  }

  /// - Throws: `SampleFileError`, which names the file and what is wrong with it.
  public static func load(path: String) throws(SampleFileError) -> WAVFile {
    var info = SF_INFO()
    guard let file = sf_open(path, Int32(SFM_READ), &info) else {
      throw SampleFileError(path: path, reason: openFailure())
    }
    defer { sf_close(file) }
    try check(info, path)
    let samples = try readSamples(of: file, info, path)
    guard !samples.isEmpty else { throw SampleFileError(path: path, reason: .empty) }
    return WAVFile(
      rate: Frequency(hertz: UInt64(info.samplerate)), channels: Int(info.channels),
      frameCount: samples.count / Int(info.channels), samples: samples)
  }

  private static func openFailure() -> SampleFileError.Reason {
    let message = sf_strerror(nil).map { String(cString: $0) } ?? "unknown error"
    let prefix = "System error : "
    guard sf_error(nil) == Int32(SF_ERR_SYSTEM) else { return .notAudio(message) }
    let text = message.hasPrefix(prefix) ? String(message.dropFirst(prefix.count)) : message
    return .unreadable(text.last == "." ? String(text.dropLast()) : text)
  }

  private static func check(_ info: SF_INFO, _ path: String) throws(SampleFileError) {
    guard Limit.rates.contains(Int(info.samplerate)) else {
      throw SampleFileError(path: path, reason: .rate(Int(info.samplerate)))
    }
    guard (1...Limit.channels).contains(Int(info.channels)) else {
      throw SampleFileError(path: path, reason: .channels(Int(info.channels)))
    }
  }

  /// Reads to the end whatever the header claims about the length, up to the limit.
  private static func readSamples(
    of file: OpaquePointer, _ info: SF_INFO, _ path: String
  ) throws(SampleFileError) -> [Float] {
    let channels = Int(info.channels)
    let limit = min(Limit.seconds * Int(info.samplerate) * channels, Limit.samples)
    var samples: [Float] = []
    var block = [Float](repeating: 0, count: 4096 * channels)
    while true {
      let frames = Int(sf_readf_float(file, &block, 4096))
      guard frames > 0 else { break }
      // Float files may hold anything at all.
      samples += block.prefix(frames * channels).map { $0.isFinite ? min(max($0, -1), 1) : 0 }
      guard samples.count <= limit else { throw SampleFileError(path: path, reason: .tooLong) }
    }
    return samples
  }
}

/// Why a recording cannot be played.
public struct SampleFileError: Error, Equatable, Sendable, CustomStringConvertible {
  public enum Reason: Equatable, Sendable {
    /// The system will not open it, in the system's words.
    case unreadable(String)
    /// Not a sound file, or a broken one, in libsndfile's words.
    case notAudio(String)
    case empty
    case tooLong
    case rate(Int)
    case channels(Int)
  }

  public let path: String
  public let reason: Reason

  public init(path: String, reason: Reason) { (self.path, self.reason) = (path, reason) }

  public var description: String {
    switch reason {
    case .unreadable(let words): "cannot open the recording \(path): \(words)"
    case .notAudio(let words):
      "\(path) is not a recording that can be decoded (WAV, FLAC, AIFF…): \(words)"
    case .empty: "the recording \(path) holds no samples"
    case .tooLong:
      "the recording \(path) is longer than \(WAVFile.Limit.seconds / 60) minutes; play a part"
    case .rate(let rate):
      "the recording \(path) has \(rate) samples a second; "
        + "expected \(WAVFile.Limit.rates.lowerBound) to \(WAVFile.Limit.rates.upperBound)"
    case .channels(let count):
      "the recording \(path) has \(count) channels; expected 1 to \(WAVFile.Limit.channels)"
    }
  }
}
