// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSndfile
import MachineModel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

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
    var status = stat()
    guard stat(path, &status) != 0 || status.st_mode & S_IFMT != S_IFDIR else {
      throw SampleFileError(path: path, reason: .folder)
    }
    guard let file = sf_open(path, Int32(SFM_READ), &info) else {
      throw SampleFileError(path: path, reason: openFailure())
    }
    defer { sf_close(file) }
    try check(info, path)
    let samples = try readSamples(of: file, info, path)
    try checkComplete(file, info, samples.count, path)
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

  /// A recording that lost its end would be played as if it were whole. Programs that write to a
  /// pipe do not know the length and claim (almost) 2 or 4 GiB; that is not held against them.
  private static func checkComplete(
    _ file: OpaquePointer, _ info: SF_INFO, _ count: Int, _ path: String
  ) throws(SampleFileError) {
    guard let width = bytesPerSample(info), let claimed = dataChunkSize(file) else { return }
    let present = count * width
    guard claimed < 0x7FFF_0000, claimed >= present + width * Int(info.channels) else { return }
    throw SampleFileError(path: path, reason: .cutShort(claimed: claimed, present: present))
  }

  /// Nil for formats that compress.
  private static func bytesPerSample(_ info: SF_INFO) -> Int? {
    switch Int(info.format) & Int(SF_FORMAT_SUBMASK) {
    case Int(SF_FORMAT_PCM_S8), Int(SF_FORMAT_PCM_U8), Int(SF_FORMAT_ULAW), Int(SF_FORMAT_ALAW): 1
    case Int(SF_FORMAT_PCM_16): 2
    case Int(SF_FORMAT_PCM_24): 3
    case Int(SF_FORMAT_PCM_32), Int(SF_FORMAT_FLOAT): 4
    case Int(SF_FORMAT_DOUBLE): 8
    default: nil
    }
  }

  /// What the header of a WAV file says of its samples' size.
  private static func dataChunkSize(_ file: OpaquePointer) -> Int? {
    var chunk = SF_CHUNK_INFO()
    withUnsafeMutableBytes(of: &chunk.id) { $0.copyBytes(from: "data".utf8) }
    chunk.id_size = 4
    guard let iterator = sf_get_chunk_iterator(file, &chunk),
      sf_get_chunk_size(iterator, &chunk) == 0
    else { return nil }
    return Int(chunk.datalen)
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
    case folder
    /// The header promises more bytes of samples than follow.
    case cutShort(claimed: Int, present: Int)
    case tooLong
    case rate(Int)
    case channels(Int)
  }

  public let path: String
  public let reason: Reason

  public init(path: String, reason: Reason) { (self.path, self.reason) = (path, reason) }

  public var description: String {
    switch reason {
    case .unreadable(let words):
      "cannot open the recording \(path): \(words); check its path and permissions"
    case .notAudio(let words):
      "\(path) is not a recording that can be decoded (WAV, FLAC, AIFF…): \(words)"
        + "\(words.hasSuffix(".") ? "" : ";") Convert it: sox … out.wav"
    case .empty: "the recording \(path) holds no samples; record it again"
    case .folder: "\(path) is a folder; name the recording in it"
    case .cutShort(let claimed, let present):
      "the recording \(path) is cut short: its header promises "
        + "\(ByteCount.grouped(claimed)) B of samples, \(ByteCount.grouped(present)) B follow; "
        + "copy it again, or save what is there as a new file"
    case .tooLong:
      "the recording \(path) is longer than \(WAVFile.Limit.seconds / 60) minutes; play a part"
    case .rate(let rate):
      "the recording \(path) has \(rate) samples a second; "
        + "expected \(WAVFile.Limit.rates.lowerBound) to \(WAVFile.Limit.rates.upperBound): "
        + "resample it"
    case .channels(let count):
      "the recording \(path) has \(count) channels; expected 1 to \(WAVFile.Limit.channels): "
        + "mix it down"
    }
  }
}
