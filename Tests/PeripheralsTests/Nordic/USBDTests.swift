// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps
import Testing

@testable import Peripherals

@Suite struct USBDTests {
  private var block = Bench<NordicUSBD>.attached

  @Test func readyAndAttachment_followPowerEnableAndPullUp() {
    var block = bench(NordicUSBD.init)
    block.write(USBD.Offset.enable, 1)
    block.write(USBD.Offset.pullUp, 1)
    block.run(microseconds: 100)
    #expect(block.read(USBD.Offset.eventCause) == 0)
    block.host(.power(true))
    block.run(microseconds: 9)
    #expect(!block.device.isAttachedToUSB)
    block.run(microseconds: 1)
    #expect(block.read(USBD.Offset.eventCause) == USBD.Cause.ready)
    #expect(block.take(USBD.Offset.eventsBus) == 1)
    #expect(block.effects.filter { $0 == .usbAttachment(true) }.count == 1)
    #expect(block.effects.contains(.usbSupply(isWanted: true)))
    block.write(USBD.Offset.eventCause, USBD.Cause.ready)
    #expect(block.read(USBD.Offset.eventCause) == 0)
    block.write(USBD.Offset.pullUp, 0)
    #expect(block.effects.last == .usbAttachment(false))
    block.write(USBD.Offset.pullUp, 1)
    block.write(USBD.Offset.enable, 0)
    #expect(block.effects.last == .usbAttachment(false))
    #expect(block.setup([0x80, 6, 0, 1, 0, 0, 18, 0]) == .none)
  }

  @Test mutating func lossOfPower_detachesUntilItComesBack() {
    block.host(.power(false))
    #expect(block.effects.last == .usbAttachment(false))
    #expect(block.host(.in(address: 0, endpoint: 0)) == .none)
    block.host(.power(true))
    block.run(microseconds: 20)
    #expect(block.effects.last == .usbAttachment(true))
    block.call { $0.reset(in: &$1) }
    #expect(block.effects.last == .usbAttachment(false))
  }

  @Test mutating func controlRead_goesThroughDataAndStatus() {
    block.host(.reset)
    #expect(block.take(USBD.Offset.eventsReset) == 1)
    #expect(block.setup([0x80, 6, 0, 1, 2, 3, 0x12, 0]) == .acknowledged)
    #expect(block.take(USBD.Offset.eventsControlSetup) == 1)
    #expect(
      (0..<8).map { block.read(USBD.Offset.requestType + 4 * $0) } == [
        0x80, 6, 0, 1, 2, 3, 0x12, 0,
      ])
    #expect(block.host(.in(address: 0, endpoint: 0)) == .notReady)
    #expect(block.host(.out(address: 0, endpoint: 0, [])) == .notReady)
    block.give([1, 2, 3], to: 0)
    #expect(block.take(USBD.Offset.eventsStarted) == 1)
    #expect(block.read(USBD.Offset.endpointStatus) == 1)
    block.write(USBD.Offset.endpointStatus, 1)
    #expect(block.read(USBD.Offset.endpointStatus) == 0)
    #expect(block.take(USBD.Offset.eventsEndIn) == 1)
    #expect(block.read(USBD.Offset.inAmount) == 3)
    #expect(block.take(USBD.Offset.eventsControlDataDone) == 0)
    #expect(block.host(.in(address: 0, endpoint: 0)) == .data([1, 2, 3]))
    #expect(block.take(USBD.Offset.eventsControlDataDone) == 1)
    #expect(block.take(USBD.Offset.eventsData) == 0)
    block.write(USBD.Offset.tasksControlStatus, 1)
    #expect(block.host(.out(address: 0, endpoint: 0, [])) == .acknowledged)
  }

  @Test mutating func controlWrite_takesOnePacketATask() {
    #expect(block.setup([0x21, 0x20, 0, 0, 0, 0, 7, 0]) == .acknowledged)
    #expect(block.host(.out(address: 0, endpoint: 0, [1, 2, 3])) == .notReady)
    block.write(USBD.Offset.tasksControlReceiveOut, 1)
    #expect(block.host(.out(address: 0, endpoint: 0, [1, 2, 3])) == .acknowledged)
    #expect(block.host(.out(address: 0, endpoint: 0, [4])) == .notReady)
    #expect(block.take(USBD.Offset.eventsControlDataDone) == 1)
    #expect(block.read(USBD.Offset.sizeOut) == 3)
    block.write(USBD.Offset.shorts, USBD.Shorts.endOutStatus)
    #expect(block.host(.in(address: 0, endpoint: 0)) == .notReady)
    #expect(block.fetch(from: 0) == [1, 2, 3])
    #expect(block.take(USBD.Offset.eventsEndOut) == 1)
    #expect(block.host(.in(address: 0, endpoint: 0)) == .data([]))
  }

  @Test mutating func shorts_driveTheControlEndpoint() {
    block.write(
      USBD.Offset.shorts, USBD.Shorts.dataDoneStatus | USBD.Shorts.endOutReceiveOut)
    #expect(block.setup([0x80, 6, 0, 1, 0, 0, 4, 0]) == .acknowledged)
    block.give([9], to: 0)
    #expect(block.host(.in(address: 0, endpoint: 0)) == .data([9]))
    #expect(block.host(.out(address: 0, endpoint: 0, [])) == .acknowledged)
    #expect(block.setup([0x40, 1, 0, 0, 0, 0, 70, 0]) == .acknowledged)
    _ = block.fetch(from: 0)
    #expect(block.host(.out(address: 0, endpoint: 0, [7])) == .acknowledged)
  }

  @Test mutating func setAddress_isTheHardwaresAndTakesEffectBehindItsStatus() {
    #expect(block.setup([0, 5, 23, 0, 0, 0, 0, 0]) == .acknowledged)
    #expect(block.take(USBD.Offset.eventsControlSetup) == 1)
    #expect(block.read(USBD.Offset.address) == 0)
    #expect(block.host(.in(address: 0, endpoint: 0)) == .data([]))
    #expect(block.read(USBD.Offset.address) == 23)
    #expect(block.setup([0x80, 6, 0, 1, 0, 0, 18, 0]) == .none)
    #expect(block.setup([0x80, 6, 0, 1, 0, 0, 18, 0], to: 23) == .acknowledged)
    block.host(.reset)
    #expect(block.read(USBD.Offset.address) == 0)
  }

  @Test mutating func stall_lastsUntilTheNextSetup() {
    #expect(block.setup([0x80, 6, 0, 6, 0, 0, 10, 0]) == .acknowledged)
    block.write(USBD.Offset.tasksControlStall, 1)
    #expect(block.host(.in(address: 0, endpoint: 0)) == .stalled)
    #expect(block.setup([0x80, 6, 0, 1, 0, 0, 18, 0]) == .acknowledged)
    #expect(block.host(.in(address: 0, endpoint: 0)) == .notReady)
  }

  @Test mutating func bulkIn_isSentOnceAndTold() {
    #expect(block.host(.in(address: 0, endpoint: 2)) == .none)
    block.write(USBD.Offset.inEnable, 0b101)
    #expect(block.host(.in(address: 0, endpoint: 2)) == .notReady)
    block.give(Array(0..<64), to: 2)
    #expect(block.take(USBD.Offset.eventsEndIn + 8) == 1)
    #expect(block.read(USBD.Offset.dataToggle) == 0x100)
    #expect(block.host(.in(address: 0, endpoint: 2)) == .data(Array(0..<64)))
    #expect(block.host(.in(address: 0, endpoint: 2)) == .notReady)
    #expect(block.take(USBD.Offset.eventsData) == 1)
    #expect(block.read(USBD.Offset.dataStatus) == 1 << 2)
    block.write(USBD.Offset.dataStatus, 1 << 2)
    #expect(block.read(USBD.Offset.dataStatus) == 0)
    block.write(USBD.Offset.dataToggle, 0x82)
    #expect(block.read(USBD.Offset.dataToggle) == 0x282)
    block.write(USBD.Offset.dataToggle, 0x182)
    #expect(block.read(USBD.Offset.dataToggle) == 0x182)
  }

  @Test mutating func bulkOut_isTakenOnceTheBufferIsOpen() {
    block.write(USBD.Offset.outEnable, 0b11)
    #expect(block.host(.out(address: 0, endpoint: 1, [1])) == .notReady)
    block.write(USBD.Offset.sizeOut + 4, 0)
    #expect(block.host(.out(address: 0, endpoint: 1, [5, 6])) == .acknowledged)
    #expect(block.host(.out(address: 0, endpoint: 1, [7])) == .notReady)
    #expect(block.read(USBD.Offset.dataStatus) == 1 << 17)
    #expect(block.read(USBD.Offset.sizeOut + 4) == 2)
    #expect(block.fetch(from: 1) == [5, 6])
    #expect(block.host(.out(address: 0, endpoint: 1, [7])) == .acknowledged)
    #expect(block.host(.out(address: 0, endpoint: 9, [7])) == .none)
    #expect(block.host(.out(address: 0, endpoint: 1, Array(repeating: 0, count: 65))) == .none)
  }

  @Test mutating func halt_stallsOneDirection() {
    block.write(USBD.Offset.inEnable, 3)
    block.write(USBD.Offset.outEnable, 3)
    block.write(USBD.Offset.stall, 0x181)
    #expect(block.host(.in(address: 0, endpoint: 1)) == .stalled)
    #expect(block.read(USBD.Offset.haltedIn + 4) == 1)
    #expect(block.host(.out(address: 0, endpoint: 1, [])) == .notReady)
    block.write(USBD.Offset.stall, 0x81)
    #expect(block.host(.in(address: 0, endpoint: 1)) == .notReady)
    block.write(USBD.Offset.stall, 0x101)
    #expect(block.read(USBD.Offset.haltedOut + 4) == 1)
  }

  @Test mutating func busReset_switchesEndpointsOff() {
    block.write(USBD.Offset.inEnable, 3)
    block.give([1], to: 1)
    block.host(.reset)
    #expect(block.read(USBD.Offset.inEnable) == 1)
    block.write(USBD.Offset.inEnable, 3)
    #expect(block.host(.in(address: 0, endpoint: 1)) == .notReady)
  }

  @Test mutating func transfers_takeTheirTimeOneAfterTheOther() {
    block.write(USBD.Offset.inEnable, 7)
    for endpoint in 1...2 as ClosedRange<UInt32> {
      let register = USBD.Offset.inPointer + endpoint * NordicUSBD.blockStride
      block.write(register, BenchEnvironment.ramBase)
      block.write(register + 4, 48)
      block.write(USBD.Offset.tasksStartIn + 4 * endpoint, 1)
    }
    let start = block.now.sinceReset.count
    block.run(microseconds: 20)
    #expect(block.instants(ofEvent: USBD.Offset.eventsEndIn + 4) == [start + 4 * 64])
    #expect(block.instants(ofEvent: USBD.Offset.eventsEndIn + 8) == [start + 8 * 64])
  }

  @Test mutating func easyDMA_outsideRAMMovesNothingAndEnds() {
    block.write(USBD.Offset.inPointer, 0x1000)
    block.write(USBD.Offset.inMaximumCount, 8)
    block.write(USBD.Offset.tasksStartIn, 1)
    block.run(microseconds: 5)
    #expect(block.effects.contains(.dmaFault(Address(0x1000), ByteCount(8))))
    #expect(block.take(USBD.Offset.eventsEndIn) == 1)
    #expect(block.read(USBD.Offset.inAmount) == 0)
  }

  @Test mutating func disarming_emptiesAnEndpoint() {
    block.write(USBD.Offset.inEnable, 7)
    block.give([1], to: 2)
    block.write(0x800, 0x7B6 + 2)
    block.write(0x804, block.read(0x804) | 2)
    #expect(block.host(.in(address: 0, endpoint: 2)) == .notReady)
    block.write(0xC1C, 0x82)
    #expect(block.read(0xC1C) == 0x82)
    #expect(!block.effects.contains { if case .unmodelled = $0 { true } else { false } })
  }

  @Test mutating func suspendResumeAndFrames_areTold() {
    block.write(USBD.Offset.interruptEnableSet, 1 << 21)
    block.host(.startOfFrame(0x8_05))
    #expect(block.interruptIsRaised)
    #expect(block.read(USBD.Offset.frameCounter) == 5)
    block.host(.suspend)
    #expect(block.read(USBD.Offset.eventCause) == USBD.Cause.suspend)
    block.write(USBD.Offset.lowPower, 1)
    block.write(USBD.Offset.lowPower, 0)
    block.run(microseconds: 10)
    #expect(
      block.read(USBD.Offset.eventCause) == USBD.Cause.suspend | USBD.Cause.wakeUpAllowed)
    block.host(.resume)
    #expect(block.read(USBD.Offset.eventCause) & USBD.Cause.resume != 0)
  }

  @Test func trim_isWrittenOnlyWhileUnlocked() {
    var trim = bench(NordicTrim.init)
    trim.write(0xC14, 0xC0)
    #expect(trim.read(0xC14) == 0 && trim.read(0xC00) == 0)
    trim.write(0xC00, 0x9375)
    trim.write(0xC14, 0xC0)
    trim.write(0xC00, 0x9375)
    #expect(trim.read(0xC14) == 0xC0 && trim.read(0xC00) == 0)
  }
}
