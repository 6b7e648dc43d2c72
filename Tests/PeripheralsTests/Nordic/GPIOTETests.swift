// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps
import Testing

@testable import Peripherals

@Suite struct NordicGPIOTETests {
  private typealias Config = GPIOTE.Config
  private var block = bench(NordicGPIOTE.init)
  private let pad = Pin(port: 1, number: 11)

  private func configuration(_ mode: UInt32, _ polarity: UInt32) -> UInt32 {
    mode | Config.port | 11 << Config.pinShift | polarity << Config.polarityShift
  }

  /// Bit 0 of what is fired stands for the rising edge, bit 1 for the falling one.
  private static let polarities: [(polarity: UInt32, fired: Int)] = [
    (Config.polarityRising, 1), (Config.polarityFalling, 2), (Config.polarityToggle, 3), (0, 0),
  ]

  @Test(arguments: polarities)
  mutating func event_firesOnTheChosenEdge(polarity: UInt32, fired: Int) {
    block.write(GPIOTE.Offset.config + 8, configuration(Config.modeEvent, polarity))
    let event = GPIOTE.Offset.eventsIn + 8
    block.call { [pad] in $0.pin(pad, became: .high, in: &$1) }
    let rising = block.instants(ofEvent: event).count
    block.call { [pad] in $0.pin(pad, became: .low, in: &$1) }
    block.call { $0.pin(Pin(port: 0, number: 11), became: .high, in: &$1) }
    let falling = block.instants(ofEvent: event).count - rising
    #expect(rising | falling << 1 == fired)
  }

  @Test mutating func tasks_driveThePin() {
    block.write(
      GPIOTE.Offset.config, configuration(Config.modeTask, 3) | Config.initiallyHigh)
    block.write(GPIOTE.Offset.tasksOut, 1)
    block.write(GPIOTE.Offset.tasksSet, 1)
    block.write(GPIOTE.Offset.tasksClear, 1)
    block.write(GPIOTE.Offset.tasksClear + 4, 1)
    #expect(
      block.effects == [.high, .low, .high, .low].map { .drive(pad, .level($0)) })
  }

  @Test mutating func detect_raisesThePortEvent() throws {
    let signal = Address(NRF52840.Base.gpio + NordicGPIO.detectSignal)
    let task = try #require(block.device.tasks(triggeredBy: signal).first)
    block.write(GPIOTE.Offset.interruptEnableSet, 1 << 31)
    block.write(task.bits - 0x4000_0000, 1)
    #expect(block.read(GPIOTE.Offset.eventsPort) == 1)
    #expect(block.interruptIsRaised)
  }
}
