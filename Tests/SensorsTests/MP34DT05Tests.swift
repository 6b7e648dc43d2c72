// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import Testing

@testable import Sensors

@Suite struct MP34DT05Tests {
  private static let reference = Frequency(hertz: 64_000_000)

  private func microphone(
    _ sound: any SampleSource, start: MP34DT05.Start = .at(.reset),
    numbers: [String: UInt64] = [:], pins: [String: Pin] = [:]
  ) -> MP34DT05 {
    MP34DT05(
      DeviceParameters(
        name: "microphone", reference: Self.reference, numbers: numbers, pins: pins),
      sound: sound, start: start)
  }

  /// A request at 16 kHz, from this sample on.
  private func request(
    sample: UInt64 = 0, count: Int, channel: PDMChannel = .left, decimation: UInt64 = 80
  ) -> PDMRequest {
    PDMRequest(
      clock: Frequency(hertz: 1_280_000), decimation: decimation,
      start: .reset + Cycles(sample * 50 * decimation), count: count, channel: channel)
  }

  @Test func equalRates_passThroughExactly() {
    let ramp = Samples(rate: 16000, (0..<1000).map { Float($0) / 1000 })
    var whole = microphone(ramp)
    #expect(whole.samples(request(count: 1000)) == ramp.frames)
    #expect(
      whole.samples(request(sample: 990, count: 20)) == ramp.frames[990...]
        + Array(repeating: 0, count: 10))
  }

  @Test func silence_isHeardPastTheEnd() {
    var microphone = microphone(Samples(rate: 8000, [1, 1, 1]))
    #expect(microphone.samples(request(sample: 1000, count: 3)) == [0, 0, 0])
    #expect(microphone.recordingEnd == .reset + Cycles(3 * 8000))
  }

  /// Tones well inside the band come through at their level and frequency; what cannot be carried
  /// is gone instead of folded back.
  @Test(arguments: [
    (8000.0, 1000.0, true), (8000, 3000, true), (44100, 1000, true), (44100, 6500, true),
    (48000, 12000, false), (48000, 20000, false), (22050, 3000, true), (11025, 2000, true),
  ])
  func tone_isResampled(rate: Double, frequency: Double, passes: Bool) throws {
    let tone = Samples.tone(rate: rate, frequency: frequency, seconds: 0.5)
    var microphone = microphone(tone)
    let samples = microphone.samples(request(sample: 1600, count: 3200))
    let heard = try #require(samples)
    var worst = 0.0
    for (index, sample) in heard.enumerated() {
      let time = Double(1600 + index) / 16000
      let expected = passes ? 0.5 * sine(turns: frequency * time) : 0
      worst = max(worst, abs(Double(sample) - expected))
    }
    #expect(worst < 0.001, "60 dB below the tone")
  }

  @Test func requests_mayBeCutAnywhere() throws {
    let tone = Samples.tone(rate: 11025, frequency: 700, seconds: 0.2)
    var atOnce = microphone(tone)
    var inPieces = microphone(tone)
    let uncut = atOnce.samples(request(count: 500))
    let whole = try #require(uncut)
    var pieces: [Float] = []
    for (start, count) in [(0, 7), (7, 1), (8, 256), (264, 236)] {
      let piece = inPieces.samples(request(sample: UInt64(start), count: count))
      pieces += try #require(piece)
    }
    let difference = zip(whole, pieces).map { abs($0 - $1) }.max() ?? 1
    #expect(difference < 1e-6)
  }

  @Test func recording_beginsWhenFirstHeard() {
    let ramp = Samples(rate: 16000, [0.1, 0.2, 0.3, 0.4])
    var microphone = microphone(ramp, start: .whenFirstHeard)
    #expect(microphone.recordingEnd == nil)
    #expect(microphone.samples(request(sample: 700, count: 2)) == [0.1, 0.2])
    #expect(microphone.samples(request(sample: 702, count: 2)) == [0.3, 0.4])
    #expect(microphone.recordingStart == .reset + Cycles(700 * 4000))
  }

  @Test func recording_mayBeginLater() {
    let start = Instant.reset + Cycles(2 * 4000)
    var microphone = microphone(Samples(rate: 16000, [0.5, 0.25]), start: .at(start))
    #expect(microphone.samples(request(count: 5)) == [0, 0, 0.5, 0.25, 0])
  }

  @Test func channel_isTheOneThatItsPadChooses() {
    let sound = Samples(rate: 16000, [0.5])
    var left = microphone(sound)
    var right = microphone(sound, numbers: ["channel": 1])
    #expect(left.samples(request(count: 1, channel: .right)) == nil)
    #expect(right.samples(request(count: 1, channel: .right)) == [0.5])
    #expect(right.samples(request(count: 1, channel: .left)) == nil)
  }

  @Test func unpowered_itIsNotThere() {
    let power = Pin(port: 0, number: 17)
    var microphone = microphone(
      Samples(rate: 16000, [0.5]), start: .whenFirstHeard, pins: ["power": power])
    var context = DeviceContext(now: .reset, environment: NoWires())
    #expect(microphone.samples(request(count: 1)) == nil)
    microphone.pin(power, became: .high, in: &context)
    #expect(microphone.samples(request(sample: 9, count: 1)) == [0.5])
    microphone.pin(power, became: .low, in: &context)
    #expect(microphone.samples(request(sample: 10, count: 1)) == nil)
  }

  @Test func channelsOfTheRecording_areAveraged() {
    var microphone = microphone(Samples(rate: 16000, channels: 2, [1, 0, 0.5, -0.5]))
    #expect(microphone.samples(request(count: 2)) == [0.5, 0])
  }

  @Test func oneSampleAtOddRates_isFinite() throws {
    for rate in [1000, 7999, 768_000] {
      var microphone = microphone(Samples(rate: UInt64(rate), [1]))
      let samples = microphone.samples(request(count: 100, decimation: 64))
      let heard = try #require(samples)
      #expect(heard.allSatisfy { $0.isFinite })
    }
  }
}

@Suite struct LEDTests {
  @Test func led_countsHowOftenAndHowLongItIsLit() {
    let pin = Pin(port: 0, number: 13)
    let environment = NoWires()
    var led = LED(
      DeviceParameters(
        name: "led", reference: Frequency(hertz: 64_000_000), numbers: ["activeHigh": 0],
        pins: ["pin": pin]))
    for (cycle, level) in [(10, Level.low), (20, .low), (30, .high), (40, .high), (50, .low)] {
      var context = DeviceContext(
        now: .reset + Cycles(UInt64(cycle)), environment: environment)
      led.pin(pin, became: level, in: &context)
      led.pin(Pin(port: 1, number: 13), became: .high, in: &context)
    }
    #expect(led.isLit)
    #expect(led.timesLit == 2)
    #expect(led.litTime(until: .reset + Cycles(60)) == Cycles(30))
  }
}

/// Samples that a test made.
private struct Samples: SampleSource {
  let rate: Frequency
  let channels: Int
  let frames: [Float]
  var frameCount: Int { frames.count / channels }

  init(rate: UInt64, channels: Int = 1, _ frames: [Float]) {
    self.rate = Frequency(hertz: rate)
    (self.channels, self.frames) = (channels, frames)
  }

  static func tone(rate: Double, frequency: Double, seconds: Double) -> Samples {
    let frames = (0..<Int(rate * seconds)).map {
      Float(0.5 * sine(turns: frequency * Double($0) / rate))
    }
    return Samples(rate: UInt64(rate), frames)
  }

  func sample(frame: Int, channel: Int) -> Float {
    frame >= 0 && frame < frameCount ? frames[frame * channels + channel] : 0
  }
}

/// sin(2πx) by its series, good to 1e-12.
private func sine(turns: Double) -> Double {
  let x = 2 * .pi * (turns - turns.rounded())
  var term = x
  var sum = x
  for n in 1...16 {
    term *= -x * x / Double(2 * n * (2 * n + 1))
    sum += term
  }
  return sum
}

private final class NoWires: DeviceEnvironment {
  func readRAM(_ address: Address, _ count: Int) -> [UInt8]? { nil }
  func writeRAM(_ bytes: [UInt8], at address: Address) -> Bool { false }
  func level(of pin: Pin) -> Level? { nil }
  func pdmSamples(_ request: PDMRequest, data: Pin) -> [Float]? { nil }
  func random() -> UInt64 { 4 }
}
