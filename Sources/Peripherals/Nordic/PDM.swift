// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

/// nRF52840 PDM (Product Specification v1.7, 6.15): drives a microphone's clock, decimates its bit
/// stream to 16-bit samples, and fills double-buffered RAM by EasyDMA.
///
/// The microphone is asked for samples at the decimated rate when a buffer is complete; full scale
/// at 0 dB is the whole 16-bit range, gain saturates. Where no microphone answers, or PSEL.DIN is
/// disconnected, the samples are 0. Left is the half of the clock that ends in the edge that
/// MODE.EDGE names; a microphone's left channel is the one sampled on the falling edge.
public struct NordicPDM: Peripheral {
  private let reference: Frequency
  private var stream: Stream?
  private var events = EventRegisters(
    [PDM.Offset.eventsStarted, PDM.Offset.eventsStopped, PDM.Offset.eventsEnd],
    hasInterruptEnable: true)
  private var registers = StoredRegisters([
    .init(PDM.Offset.enable, writable: PDM.Enable.on),
    .init(PDM.Offset.clockControl, reset: PDM.Reset.clockControl),
    .init(PDM.Offset.mode, writable: PDM.Mode.mono | PDM.Mode.leftRising),
    .init(PDM.Offset.gainLeft, writable: 0x7F, reset: PDM.Reset.gainLeft),
    .init(PDM.Offset.gainRight, writable: 0x7F, reset: PDM.Reset.gainRight),
    .init(PDM.Offset.ratio, writable: PDM.Ratio.ratio80),
    .init(PDM.Offset.pinSelectClock, writable: 0x8000_003F, reset: PDM.Reset.pinSelectClock),
    .init(PDM.Offset.pinSelectData, writable: 0x8000_003F, reset: PDM.Reset.pinSelectData),
    .init(PDM.Offset.samplePointer),
    .init(PDM.Offset.sampleMaximumCount, writable: 0x7FFF),
  ])

  /// A transfer that is running: frames are counted from START, so that nothing drifts.
  private struct Stream: Codable {
    let clock: Frequency
    let decimation: UInt64
    let frames: TickClock
    let start: Instant
    let isStereo: Bool
    var address = Address(0)
    /// The buffer's first frame, and how many it holds.
    var firstFrame: UInt64 = 0
    var frameCount: UInt64 = 0
    /// The frame after which the stream stops.
    var lastFrame: UInt64?

    func instant(ofFrame frame: UInt64) -> Instant { start + frames.span(ofTicks: frame) }
    /// A buffer of no samples ends with the first frame: Arduino's PDM library starts with one and
    /// sets a real one when it sees STARTED.
    var bufferEndsAtFrame: UInt64 { firstFrame + max(frameCount, 1) }
  }

  public init(_ parameters: DeviceParameters) { reference = parameters.reference }

  public mutating func reset(in context: inout DeviceContext) {
    stream = nil
    registers.reset()
    events.reset(in: &context)
    context.cancelWake()
  }

  // MARK: Registers

  public mutating func read(_ offset: UInt32, in context: inout DeviceContext) -> UInt32 {
    if let value = events.read(offset) ?? registers.read(offset) { return value }
    context.reportUnmodelled(offset, write: false)
    return 0
  }

  public mutating func write(_ offset: UInt32, _ value: UInt32, in context: inout DeviceContext) {
    if events.write(offset, value, in: &context) { return }
    if registers.write(offset, value) {
      if offset == PDM.Offset.enable, value & PDM.Enable.on == 0, stream != nil {
        stream = nil
        context.cancelWake()
      }
      return
    }
    switch offset {
    case PDM.Offset.tasksStart: if value & 1 != 0 { start(in: &context) }
    case PDM.Offset.tasksStop: if value & 1 != 0 { stop(in: &context) }
    default: context.reportUnmodelled(offset, write: true)
    }
  }

  // MARK: Streaming

  private mutating func start(in context: inout DeviceContext) {
    guard stream == nil, registers[PDM.Offset.enable] & PDM.Enable.on != 0 else { return }
    let decimation: UInt64 = registers[PDM.Offset.ratio] == PDM.Ratio.ratio80 ? 80 : 64
    stream = Stream(
      clock: clock, decimation: decimation,
      frames: TickClock(clock.divided(by: decimation), reference: reference), start: context.now,
      isStereo: registers[PDM.Offset.mode] & PDM.Mode.mono == 0)
    beginBuffer(atFrame: 0, in: &context)
  }

  /// 32 MHz by a whole number: 2^32 / PDMCLKCTRL, rounded down (25 for 1.28 MHz).
  private var clock: Frequency {
    let control = UInt64(max(registers[PDM.Offset.clockControl], 0x0100_0000))
    return Frequency(hertz: 32_000_000).divided(by: max((1 << 32) / control, 1))
  }

  /// Latches SAMPLE.PTR and MAXCNT; firmware sets the next ones when it sees STARTED.
  private mutating func beginBuffer(
    atFrame frame: UInt64, in context: inout DeviceContext
  ) {
    guard var stream else { return }
    let samples = UInt64(registers[PDM.Offset.sampleMaximumCount])
    stream.address = Address(registers[PDM.Offset.samplePointer])
    stream.firstFrame = frame
    stream.frameCount = stream.isStereo ? samples / 2 : samples
    self.stream = stream
    events.fire(PDM.Offset.eventsStarted, in: &context)
    schedule(in: &context)
  }

  /// STOP: the frame that is being sampled is the last one.
  private mutating func stop(in context: inout DeviceContext) {
    guard let stream, stream.lastFrame == nil else { return }
    let current = stream.frames.ticks(in: context.now - stream.start)
    self.stream?.lastFrame = max(min(current + 1, stream.bufferEndsAtFrame), stream.firstFrame)
    schedule(in: &context)
  }

  public mutating func wake(in context: inout DeviceContext) {
    guard let stream else { return }
    let end = stream.lastFrame ?? stream.bufferEndsAtFrame
    guard stream.instant(ofFrame: end) <= context.now else { return schedule(in: &context) }
    if stream.frameCount > 0 {
      deliver(stream, count: min(end - stream.firstFrame, stream.frameCount), in: &context)
    }
    events.fire(PDM.Offset.eventsEnd, in: &context)
    if stream.lastFrame == nil {
      beginBuffer(atFrame: stream.bufferEndsAtFrame, in: &context)
    } else {
      self.stream = nil
      events.fire(PDM.Offset.eventsStopped, in: &context)
    }
  }

  private func schedule(in context: inout DeviceContext) {
    guard let stream else { return context.cancelWake() }
    context.wake(at: stream.instant(ofFrame: stream.lastFrame ?? stream.bufferEndsAtFrame))
  }

  // MARK: Samples

  private func deliver(_ stream: Stream, count: UInt64, in context: inout DeviceContext) {
    let isRising = registers[PDM.Offset.mode] & PDM.Mode.leftRising != 0
    let left = samples(
      stream, count, isRising ? .right : .left, registers[PDM.Offset.gainLeft], context)
    let right =
      stream.isStereo
      ? samples(stream, count, isRising ? .left : .right, registers[PDM.Offset.gainRight], context)
      : []
    var bytes: [UInt8] = []
    bytes.reserveCapacity(left.count * (stream.isStereo ? 4 : 2))
    for index in left.indices {
      append(left[index], to: &bytes)
      if stream.isStereo { append(right[index], to: &bytes) }
    }
    if !context.environment.writeRAM(bytes, at: stream.address) {
      context.request(.dmaFault(stream.address, ByteCount(bytes.count)))
    }
  }

  private func samples(
    _ stream: Stream, _ count: UInt64, _ channel: PDMChannel, _ gain: UInt32,
    _ context: DeviceContext
  ) -> [Int16] {
    let silence = [Int16](repeating: 0, count: Int(count))
    guard let data = Pin(select: registers[PDM.Offset.pinSelectData]) else { return silence }
    let request = PDMRequest(
      clock: stream.clock, decimation: stream.decimation,
      start: stream.instant(ofFrame: stream.firstFrame), count: Int(count), channel: channel)
    guard let sound = context.environment.pdmSamples(request, data: data),
      sound.count == Int(count)
    else { return silence }
    let factor = Self.amplification(gain) * 32768
    return sound.map { Self.quantize($0, factor) }
  }

  /// Half a decibel a step, -20 dB at 0, 0 dB at 0x28, +20 dB at 0x50.
  private static func amplification(_ gain: UInt32) -> Double {
    let steps = Int(min(gain, PDM.Gain.maximum)) - Int(PDM.Gain.zero)
    let halfDecibel = 1.0592537251772889
    var factor = 1.0
    for _ in 0..<abs(steps) { factor *= halfDecibel }
    return steps < 0 ? 1 / factor : factor
  }

  private static func quantize(_ sample: Float, _ factor: Double) -> Int16 {
    let value = (Double(sample) * factor).rounded()
    // A sound that is not a number is silence.
    guard value == value else { return 0 }
    return Int16(min(max(value, -32768), 32767))
  }

  private func append(_ sample: Int16, to bytes: inout [UInt8]) {
    let bits = UInt16(bitPattern: sample)
    bytes.append(UInt8(truncatingIfNeeded: bits))
    bytes.append(UInt8(truncatingIfNeeded: bits >> 8))
  }
}
