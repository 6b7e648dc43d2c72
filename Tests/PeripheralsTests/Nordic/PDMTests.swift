// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps
import Testing

@testable import Peripherals

@Suite struct NordicPDMTests {
  private var pdm = bench(NordicPDM.init)
  private let buffer = BenchEnvironment.ramBase

  private mutating func start(count: UInt32, mode: UInt32 = PDM.Mode.mono) {
    pdm.write(PDM.Offset.clockControl, PDM.ClockControl.hertz1280000)
    pdm.write(PDM.Offset.ratio, PDM.Ratio.ratio80)
    pdm.write(PDM.Offset.mode, mode)
    pdm.write(PDM.Offset.pinSelectData, 25)
    pdm.write(PDM.Offset.samplePointer, buffer)
    pdm.write(PDM.Offset.sampleMaximumCount, count)
    pdm.write(PDM.Offset.enable, PDM.Enable.on)
    pdm.write(PDM.Offset.tasksStart, 1)
  }

  private func sample(_ index: Int) -> Int16 {
    let ram = pdm.environment.ram
    return Int16(truncatingIfNeeded: Int(ram[2 * index]) | Int(ram[2 * index + 1]) << 8)
  }

  @Test mutating func buffers_endAtTheSampleRate_andFollowEachOther() {
    start(count: 16)
    #expect(pdm.read(PDM.Offset.eventsStarted) == 1)
    pdm.write(PDM.Offset.samplePointer, buffer + 64)
    pdm.environment.sound = { request in Array(repeating: 0.5, count: request.count) }
    pdm.run(microseconds: 1000)
    #expect(pdm.instants(ofEvent: PDM.Offset.eventsEnd) == [64_000])
    #expect(sample(15) == 16384)
    #expect(sample(32) == 0)
    pdm.run(microseconds: 2000)
    #expect(pdm.instants(ofEvent: PDM.Offset.eventsEnd) == [64_000, 128_000, 192_000])
    #expect(pdm.instants(ofEvent: PDM.Offset.eventsStarted) == [0, 64_000, 128_000, 192_000])
    #expect(sample(32) == 16384)
    let requests = pdm.environment.soundRequests
    #expect(requests.map(\.start.sinceReset.count) == [0, 64_000, 128_000])
    #expect(requests.allSatisfy { $0.sampleRate.hertz == 16000 && $0.channel == .left })
  }

  private static let clocks: [(control: UInt32, divider: Double)] = [
    (PDM.ClockControl.hertz1000000, 32), (PDM.ClockControl.hertz1032000, 31),
    (PDM.ClockControl.hertz1067000, 30), (PDM.ClockControl.hertz1231000, 26),
    (PDM.ClockControl.hertz1280000, 25), (PDM.ClockControl.hertz1333000, 24),
  ]

  @Test(arguments: clocks)
  mutating func clock_isAWholeDivisionOf32MHz(control: UInt32, divider: Double) {
    start(count: 1)
    pdm.write(PDM.Offset.tasksStop, 1)
    pdm.run(microseconds: 1000)
    pdm.write(PDM.Offset.clockControl, control)
    pdm.write(PDM.Offset.tasksStart, 1)
    pdm.run(microseconds: 1000)
    #expect(pdm.environment.soundRequests.last?.clock.hertz == 32_000_000 / divider)
  }

  /// Half decibels: 0x28 is 0 dB, 0x34 is 6 dB, 0 is -20 dB.
  private static let gains: [(gain: UInt32, level: Float, expected: Int16)] = [
    (0x28, 0.25, 8192), (0x34, 0.25, 16345), (0x00, 0.25, 819), (0x50, 0.25, 32767),
    (0x50, -0.25, -32768), (0x28, 1, 32767), (0x28, -1, -32768), (0x28, .nan, 0),
  ]

  @Test(arguments: gains)
  mutating func gain_saturates(gain: UInt32, level: Float, expected: Int16) {
    pdm.environment.sound = { request in Array(repeating: level, count: request.count) }
    pdm.write(PDM.Offset.gainLeft, gain)
    start(count: 2)
    pdm.run(microseconds: 200)
    #expect(sample(0) == expected)
  }

  @Test mutating func stereo_interleavesTheTwoEdges() {
    pdm.environment.sound = { request in
      request.channel == .left ? Array(repeating: 0.125, count: request.count) : nil
    }
    start(count: 8, mode: 0)
    pdm.run(microseconds: 250)
    #expect(pdm.instants(ofEvent: PDM.Offset.eventsEnd) == [16_000])
    #expect((0..<4).map { sample($0) } == [4096, 0, 4096, 0])
    #expect(pdm.environment.soundRequests.map(\.channel) == [.left, .right])
  }

  @Test mutating func edge_choosesTheOtherMicrophone() {
    start(count: 4, mode: PDM.Mode.mono | PDM.Mode.leftRising)
    pdm.run(microseconds: 250)
    #expect(pdm.environment.soundRequests.map(\.channel) == [.right])
  }

  @Test mutating func stop_endsTheBufferEarly() {
    pdm.environment.sound = { request in Array(repeating: 0.5, count: request.count) }
    start(count: 100)
    pdm.run(microseconds: 640)
    pdm.write(PDM.Offset.tasksStop, 1)
    #expect(pdm.read(PDM.Offset.eventsStopped) == 0)
    pdm.run(microseconds: 100)
    #expect(pdm.read(PDM.Offset.eventsStopped) == 1)
    #expect(pdm.read(PDM.Offset.eventsEnd) == 1)
    #expect(sample(10) == 16384)
    #expect(sample(11) == 0)
    pdm.run(microseconds: 100_000)
    #expect(pdm.instants(ofEvent: PDM.Offset.eventsEnd).count == 1)
  }

  @Test mutating func bufferOutsideRAM_isADMAFault() {
    start(count: 4)
    pdm.write(PDM.Offset.samplePointer, 0x1_0000)
    pdm.run(microseconds: 500)
    #expect(pdm.effects.contains(.dmaFault(Address(0x1_0000), ByteCount(8))))
  }

  /// Arduino's PDM library starts without a buffer and sets one when it sees STARTED.
  @Test mutating func emptyBuffer_endsWithTheFirstFrame() {
    pdm.environment.sound = { request in Array(repeating: 0.5, count: request.count) }
    start(count: 0)
    pdm.write(PDM.Offset.sampleMaximumCount, 16)
    pdm.run(microseconds: 1100)
    #expect(pdm.instants(ofEvent: PDM.Offset.eventsStarted) == [0, 4000, 68_000])
    #expect(pdm.instants(ofEvent: PDM.Offset.eventsEnd) == [4000, 68_000])
    #expect(pdm.environment.soundRequests.map(\.count) == [16])
    #expect(sample(15) == 16384)
  }
}
