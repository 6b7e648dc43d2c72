// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MachineModel
import SampleFiles
import Testing

@Suite struct WAVFileTests {
  private func load(_ bytes: [UInt8]) throws -> WAVFile {
    let url = FileManager.default.temporaryDirectory
      .appending(path: "breadboard-\(UUID().uuidString)-test.wav")
    try Data(bytes).write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    return try WAVFile.load(path: url.path)
  }

  private func refusal(of bytes: [UInt8]) -> SampleFileError.Reason? {
    do {
      _ = try load(bytes)
      return nil
    } catch {
      return (error as? SampleFileError)?.reason
    }
  }

  @Test func sixteenBits_areExact() throws {
    let file = try load(WAV(samples: [0, 0x40, 0, 0x80, 0xFF, 0x7F]).bytes)
    #expect(file.rate.hertz == 16000)
    #expect(file.frameCount == 3)
    #expect((0..<3).map { file.sample(frame: $0, channel: 0) * 32768 } == [16384, -32768, 32767])
    #expect(file.sample(frame: -1, channel: 0) == 0)
    #expect(file.sample(frame: 3, channel: 0) == 0)
    #expect(file.sample(frame: 0, channel: 1) == 0)
  }

  @Test func eightBits_areUnsigned() throws {
    let file = try load(WAV(bits: 8, samples: [0x80, 0xC0, 0x00]).bytes)
    #expect((0..<3).map { file.sample(frame: $0, channel: 0) } == [0, 0.5, -1])
  }

  @Test func twentyFourBits_andStereo_keepTheirPlaces() throws {
    let samples: [UInt8] = [0, 0, 0x40, 0, 0, 0xC0]
    let file = try load(WAV(rate: 48000, channels: 2, bits: 24, samples: samples).bytes)
    #expect(file.frameCount == 1)
    #expect(file.channels == 2)
    #expect(file.rate.hertz == 48000)
    #expect((0..<2).map { file.sample(frame: 0, channel: $0) } == [0.5, -0.5])
  }

  @Test func floats_areClamped_andNotANumberIsSilence() throws {
    let values: [Float] = [0.25, -3, .nan, .infinity]
    let samples = values.flatMap { value in
      (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) }
    }
    let file = try load(WAV(format: 3, bits: 32, samples: samples).bytes)
    #expect((0..<4).map { file.sample(frame: $0, channel: 0) } == [0.25, -1, 0, 0])
  }

  @Test func oneSample_isARecording() throws {
    #expect(try load(WAV(rate: 8000, samples: [1, 0]).bytes).frameCount == 1)
  }

  /// Whatever is cut off, the file is read as far as it goes or refused; it never crashes.
  @Test func truncatedAnywhere_isPlayedOrRefused() throws {
    let bytes = WAV(samples: Array(repeating: 1, count: 20)).bytes
    for length in 0..<44 {
      #expect(refusal(of: Array(bytes.prefix(length))) != nil, "cut at byte \(length)")
    }
    #expect(refusal(of: Array(bytes.prefix(44))) == .cutShort(claimed: 20, present: 0))
    #expect(refusal(of: Array(bytes.prefix(50))) == .cutShort(claimed: 20, present: 6))
    #expect(try load(bytes).frameCount == 10)
  }

  /// sox and ffmpeg write such headers into a pipe.
  @Test(arguments: [0x7FFF_FFFF, 0x7FFF_F000, 0xFFFF_FFFF] as [UInt32])
  func unknownLength_isReadToTheEnd(claimed: UInt32) throws {
    var bytes = WAV(samples: Array(repeating: 1, count: 20)).bytes
    for place in 0..<4 { bytes[40 + place] = UInt8(truncatingIfNeeded: claimed >> (8 * place)) }
    #expect(try load(bytes).frameCount == 10)
  }

  @Test func damagedHeader_neverCrashes() {
    let bytes = WAV(samples: Array(repeating: 1, count: 20)).bytes
    for place in 0..<44 {
      for value in [0, 1, 0x7F, 0x80, 0xFF] as [UInt8] {
        var damaged = bytes
        damaged[place] = value
        _ = try? load(damaged)
      }
    }
  }

  @Test func noFrames_isRefused() {
    #expect(refusal(of: WAV(samples: []).bytes) == .empty)
  }

  @Test func absurdRatesAndChannels_areRefused() {
    let four: [UInt8] = Array(repeating: 0, count: 64)
    #expect(refusal(of: WAV(rate: 4_000_000, samples: four).bytes) == .rate(4_000_000))
    #expect(refusal(of: WAV(rate: 10, samples: four).bytes) == .rate(10))
    #expect(refusal(of: WAV(channels: 16, samples: four).bytes) == .channels(16))
  }

  @Test func tooLong_isRefused() {
    let hourAndMore = [UInt8](repeating: 0x80, count: 3600 * 1000 + 5000)
    #expect(refusal(of: WAV(rate: 1000, bits: 8, samples: hourAndMore).bytes) == .tooLong)
  }

  @Test func text_isNotAudio_andTheErrorIsOneLine() throws {
    let error = #expect(throws: SampleFileError.self) { try load(Array("hello, world\n".utf8)) }
    let message = try #require(error).description
    #expect(message.contains("test.wav is not a recording"))
    #expect(!message.contains("\n"))
  }

  @Test func missingFile_isNamed() {
    let error = #expect(throws: SampleFileError.self) { try WAVFile.load(path: "/no/such.wav") }
    #expect(
      error?.description
        == "cannot open the recording /no/such.wav: No such file or directory; "
        + "check its path and permissions")
  }

  @Test func folder_isRefused() {
    let error = #expect(throws: SampleFileError.self) { try WAVFile.load(path: "/tmp") }
    #expect(error?.reason == .folder)
  }
}

/// A RIFF file of one format chunk and one data chunk.
private struct WAV {
  var rate: UInt32 = 16000
  var channels: UInt16 = 1
  /// 1: integers, 3: floats.
  var format: UInt16 = 1
  var bits: UInt16 = 16
  var samples: [UInt8]

  var bytes: [UInt8] {
    let frame = channels * bits / 8
    let size = UInt32(samples.count)
    var bytes =
      Array("RIFF".utf8) + little(size + 36) + Array("WAVEfmt ".utf8) + little(16 as UInt32)
    bytes += little(format) + little(channels) + little(rate) + little(rate &* UInt32(frame))
    bytes += little(frame) + little(bits) + Array("data".utf8) + little(size) + samples
    return bytes
  }

  private func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}
