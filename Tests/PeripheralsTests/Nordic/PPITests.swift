// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps
import Testing

@testable import Peripherals

@Suite struct NordicPPITests {
  private var ppi = bench(NordicPPI.init)
  private let event = Address(0x4000_8140)

  private mutating func connect(channel: UInt32, task: UInt32) {
    ppi.write(PPI.Offset.eventEndPoint + 8 * channel, event.bits)
    ppi.write(PPI.Offset.taskEndPoint + 8 * channel, task)
  }

  @Test mutating func channel_triggersTaskAndForkWhileEnabled() {
    connect(channel: 19, task: 0x4000_7000)
    ppi.write(PPI.Offset.forkTaskEndPoint + 4 * 19, 0x4000_6000)
    #expect(ppi.device.tasks(triggeredBy: event).isEmpty)
    ppi.write(PPI.Offset.channelEnableSet, 1 << 19)
    #expect(ppi.device.tasks(triggeredBy: event) == [Address(0x4000_7000), Address(0x4000_6000)])
    #expect(ppi.device.tasks(triggeredBy: Address(0x4000_8144)).isEmpty)
    ppi.write(PPI.Offset.channelEnableClear, 1 << 19)
    #expect(ppi.device.tasks(triggeredBy: event).isEmpty)
  }

  @Test mutating func group_switchesItsChannelsByTasks() {
    connect(channel: 2, task: 0x4000_7000)
    ppi.write(PPI.Offset.channelGroup + 4 * 5, 0b100)
    ppi.write(PPI.Offset.tasksGroupEnable + 8 * 5, 1)
    #expect(ppi.read(PPI.Offset.channelEnable) == 0b100)
    ppi.write(PPI.Offset.tasksGroupDisable + 8 * 5, 1)
    #expect(ppi.read(PPI.Offset.channelEnable) == 0)
  }

  @Test mutating func fixedChannel_startsTimer0FromRTC0() {
    ppi.write(PPI.Offset.channelEnable, 1 << 31)
    let compare = Address(NRF52840.Base.rtc0 + RTC.Offset.eventsCompare)
    #expect(ppi.device.tasks(triggeredBy: compare) == [Address(NRF52840.Base.timer0)])
    ppi.write(PPI.Offset.eventEndPoint + 8 * 20, 1)
    #expect(ppi.effects == [.unmodelled(offset: 0x5B0, write: true)], "fixed channels have no EEP")
  }
}
