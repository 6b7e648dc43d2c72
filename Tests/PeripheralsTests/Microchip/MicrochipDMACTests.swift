// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps
import Testing

@testable import Peripherals

@Suite struct MicrochipDMACTests {
  private typealias Offset = SAMD21.DMAC.Offset
  private static let ram = BenchEnvironment.ramBase
  private static let descriptors = ram + 0x200
  private static let writeBack = ram + 0x300
  private static let sercom5Data = SAMD21.Base.sercom5 + 0x28

  /// BTCTRL: valid, and the bits that tests vary.
  private static let valid: UInt32 = 1
  private static let interrupts: UInt32 = 1 << 3
  private static let words: UInt32 = 2 << 8
  private static let sourceIncrements: UInt32 = 1 << 10
  private static let targetIncrements: UInt32 = 1 << 11

  private var dmac = Bench(
    MicrochipDMAC(
      DeviceParameters(
        name: "DMAC", base: Address(SAMD21.Base.dmac), reference: Frequency(hertz: 48_000_000))))

  init() {
    dmac.write(Offset.baseAddress, Self.descriptors)
    dmac.write(Offset.writeBackAddress, Self.writeBack)
    dmac.write(Offset.control, 0xF02, .half)
  }

  private func setWords(_ address: UInt32, _ words: [UInt32]) {
    let bytes = words.flatMap { word in
      (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * UInt32($0))) }
    }
    _ = dmac.environment.writeRAM(bytes, at: Address(address))
  }
  private func word(_ address: UInt32) -> UInt32 {
    (dmac.environment.readRAM(Address(address), 4) ?? []).reversed()
      .reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// Addresses are those behind the last beat, as the manual wants them.
  private func describe(
    at address: UInt32 = descriptors, _ control: UInt32, count: UInt32, from source: UInt32,
    to target: UInt32, next: UInt32 = 0
  ) {
    setWords(address, [control | Self.valid | count << 16, source, target, next])
  }

  private mutating func open(_ channel: UInt32 = 0, source: UInt32 = 0, action: UInt32 = 0) {
    dmac.write(Offset.channelID, channel, .byte)
    dmac.write(Offset.channelControlB, source << 8 | action << 22)
    dmac.write(Offset.channelInterruptEnableSet, 7, .byte)
    dmac.write(Offset.channelControlA, 2, .byte)
  }

  private var transfers: [DeviceContext.Effect] {
    dmac.effects.filter { if case .transfer = $0 { true } else { false } }
  }

  @Test mutating func block_isCopiedAndToldWhenItIsOver() {
    setWords(Self.ram, [1, 2, 3, 4])
    describe(
      Self.words | Self.interrupts | Self.sourceIncrements | Self.targetIncrements, count: 4,
      from: Self.ram + 16, to: Self.ram + 0x110)
    open()
    dmac.write(Offset.softwareTrigger, 1)
    #expect((0..<4).map { word(Self.ram + 0x100 + 4 * $0) } == [1, 2, 3, 4])
    #expect(dmac.read(Offset.busyChannels) == 1)
    #expect(!dmac.interruptIsRaised)
    dmac.run(cycles: 8)
    #expect(dmac.interruptIsRaised)
    #expect(dmac.read(Offset.interruptPending, .half) == 0x200)
    #expect(dmac.read(Offset.channelControlA, .byte) == 0)
    dmac.write(Offset.channelInterruptFlags, 2, .byte)
    #expect(!dmac.interruptIsRaised)
    // BTCNT of the write-back descriptor.
    #expect(word(Self.writeBack) >> 16 == 0)
  }

  @Test mutating func steps_applyToOneSide() {
    setWords(Self.ram, [1, 2, 3, 4])
    // Every second word of the source.
    describe(
      Self.words | Self.sourceIncrements | Self.targetIncrements | 1 << 12 | 1 << 13, count: 2,
      from: Self.ram + 16, to: Self.ram + 0x108)
    open()
    dmac.write(Offset.softwareTrigger, 1)
    #expect(word(Self.ram + 0x100) == 1)
    #expect(word(Self.ram + 0x104) == 3)
  }

  @Test mutating func beats_followTheirTrigger() {
    _ = dmac.environment.writeRAM([0x41, 0x42], at: Address(Self.ram))
    describe(
      Self.interrupts | Self.sourceIncrements, count: 2, from: Self.ram + 2,
      to: Self.sercom5Data)
    // SERCOM5's data register is empty to begin with.
    open(3, source: 12, action: 2)
    #expect(transfers.isEmpty)
    describe(
      at: Self.descriptors + 0x30, Self.interrupts | Self.sourceIncrements, count: 2,
      from: Self.ram + 2, to: Self.sercom5Data)
    dmac.write(Offset.channelControlA, 1, .byte)
    open(3, source: 12, action: 2)
    #expect(
      transfers == [.transfer(from: Address(Self.ram), to: Address(Self.sercom5Data), .byte)])
    let event = Address(SAMD21.Base.sercom5 + MicrochipSERCOM.transmitEvent)
    let tasks = dmac.device.tasks(triggeredBy: event)
    #expect(tasks == [Address(SAMD21.Base.dmac + MicrochipDMAC.triggerInputs + 12)])
    dmac.write(MicrochipDMAC.triggerInputs + 12, 1)
    #expect(transfers.count == 2)
    #expect(dmac.device.tasks(triggeredBy: event) == [])
    dmac.run(cycles: 2)
    #expect(dmac.read(Offset.interruptStatus) == 8)
  }

  @Test mutating func linkedBlocks_areOneTransaction() {
    setWords(Self.ram, [7, 8])
    describe(
      Self.words | Self.interrupts, count: 1, from: Self.ram, to: Self.ram + 0x100,
      next: Self.ram + 0x80)
    describe(
      at: Self.ram + 0x80, Self.words, count: 1, from: Self.ram + 4, to: Self.ram + 0x104)
    open(0, action: 0)
    dmac.write(Offset.softwareTrigger, 1)
    #expect(word(Self.ram + 0x104) == 0)
    dmac.write(Offset.softwareTrigger, 1)
    #expect(word(Self.ram + 0x104) == 8)
    setWords(Self.ram + 0x100, [0, 0])
    open(0, action: 3)
    dmac.write(Offset.softwareTrigger, 1)
    #expect(word(Self.ram + 0x100) == 7)
    #expect(word(Self.ram + 0x104) == 8)
  }

  @Test mutating func lists_thatGoRoundEnd() {
    describe(
      Self.words, count: 1, from: Self.ram, to: Self.ram + 0x100, next: Self.descriptors)
    open(0, action: 3)
    dmac.write(Offset.softwareTrigger, 1)
    #expect(dmac.read(Offset.channelControlA, .byte) == 2)
  }

  @Test mutating func descriptors_thatAreNotValidSuspend() {
    open()
    dmac.write(Offset.softwareTrigger, 1)
    #expect(dmac.read(Offset.channelStatus, .byte) == 4)
    #expect(dmac.read(Offset.channelInterruptFlags, .byte) == 4)
    dmac.write(Offset.baseAddress, 0x1000)
    describe(Self.words, count: 1, from: Self.ram, to: Self.ram + 0x100)
    dmac.write(Offset.baseAddress, Self.descriptors)
    setWords(Self.ram, [9])
    dmac.write(Offset.channelControlB, 2 << 24)
    dmac.write(Offset.softwareTrigger, 1)
    #expect(word(Self.ram + 0x100) == 9)
  }

  @Test mutating func events_triggerWhatListens() {
    setWords(Self.ram, [5])
    describe(Self.words, count: 1, from: Self.ram, to: Self.ram + 0x100)
    open()
    dmac.write(MicrochipDMAC.eventInputs, 1)
    #expect(word(Self.ram + 0x100) == 0)
    dmac.write(Offset.channelControlB, 1 << 3 | 1)
    dmac.write(MicrochipDMAC.eventInputs, 1)
    #expect(word(Self.ram + 0x100) == 5)
  }

  /// "123456789", the check of both polynomials' catalogues.
  @Test mutating func checksums_areTheCatalogues() {
    dmac.write(Offset.control, 6, .half)
    dmac.write(Offset.checksumControl, 0x100, .half)
    dmac.write(Offset.checksum, 0)
    for byte in "123456789".utf8 { dmac.write(Offset.checksumInput, UInt32(byte)) }
    #expect(dmac.read(Offset.checksum) == 0x31C3)
    dmac.write(Offset.checksumControl, 0x104, .half)
    dmac.write(Offset.checksum, .max)
    for byte in "123456789".utf8 { dmac.write(Offset.checksumInput, UInt32(byte)) }
    #expect(dmac.read(Offset.checksum) == 0xCBF4_3926)
    dmac.write(Offset.control, 0x002, .half)
    dmac.write(Offset.checksumInput, 5)
    #expect(dmac.read(Offset.checksum) == 0xCBF4_3926)
  }

  private static let triggers: [(address: UInt32, number: UInt32?)] = [
    (SAMD21.Base.sercom0 + 0x18, 1), (SAMD21.Base.sercom5 + 0x19, 12),
    (SAMD21.Base.sercom3 + 0x1A, nil), (SAMD21.Base.tcc0 + 0x2C, 13),
    (SAMD21.Base.tcc0 + 0x2C + 19, 17), (SAMD21.Base.tcc1 + 0x2C + 18, nil),
    (SAMD21.Base.tcc2 + 0x2C + 16, 22), (SAMD21.Base.tc3 + 0x0E, 24),
    (SAMD21.Base.tc5 + 0x0E + 5, 32), (SAMD21.Base.adc + 0x18, 39), (SAMD21.Base.dac, nil),
  ]

  @Test(arguments: triggers) func triggers_haveTheManualsNumbers(
    address: UInt32, number: UInt32?
  ) {
    #expect(DMATrigger.source(of: Address(address)) == number)
  }

  // MARK: Event system

  private var events = Bench(
    MicrochipEVSYS(
      DeviceParameters(
        name: "EVSYS", base: Address(SAMD21.Base.evsys), reference: Frequency(hertz: 48_000_000)))
  )

  @Test mutating func eventChannels_leadToTheirUsers() {
    // TC4's overflow on channel 2, to the ADC and DMA channel 1.
    events.write(SAMD21.EVSYS.Offset.user, 3 << 8 | 23, .half)
    events.write(SAMD21.EVSYS.Offset.user, 3 << 8 | 1, .half)
    events.write(SAMD21.EVSYS.Offset.channel, 54 << 16 | 2)
    let overflow = Address(SAMD21.Base.tc4 + SAMD21.TC.Offset.interruptFlags)
    #expect(
      events.device.tasks(triggeredBy: overflow) == [
        Address(SAMD21.Base.dmac + MicrochipDMAC.eventInputs + 4),
        Address(SAMD21.Base.adc + MicrochipADC.eventInput),
      ])
    let other = Address(SAMD21.Base.tc3 + SAMD21.TC.Offset.interruptFlags)
    #expect(events.device.tasks(triggeredBy: other) == [])
    // Read back by selecting with a byte.
    events.write(SAMD21.EVSYS.Offset.user, 23, .byte)
    #expect(events.read(SAMD21.EVSYS.Offset.user, .half) == 3 << 8 | 23)
    events.write(SAMD21.EVSYS.Offset.channel, 2, .byte)
    #expect(events.read(SAMD21.EVSYS.Offset.channel) == 54 << 16 | 2)
  }

  @Test mutating func softwareEvents_areToldAndRouted() {
    events.write(SAMD21.EVSYS.Offset.user, 1 << 8 | 18, .half)
    events.write(SAMD21.EVSYS.Offset.channel, 1 << 8)
    guard case .event(let offset)? = events.effects.last else {
      Issue.record("no event")
      return
    }
    #expect(
      events.device.tasks(triggeredBy: Address(SAMD21.Base.evsys + offset))
        == [Address(SAMD21.Base.tc3 + MicrochipTC.eventInput)])
    events.write(SAMD21.EVSYS.Offset.control, 1, .byte)
    #expect(events.device.tasks(triggeredBy: Address(SAMD21.Base.evsys + offset)) == [])
  }
}
