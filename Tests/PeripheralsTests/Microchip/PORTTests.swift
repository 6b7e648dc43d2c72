// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps
import Testing

@testable import Peripherals

private typealias PORT = SAMD21.PORT
private typealias EIC = SAMD21.EIC

private func pad(_ name: Character, _ number: UInt8) -> Pin {
  Pin(port: Pin.firstLetteredPort + (name == "A" ? 0 : 1), number: number)
}

@Suite struct PORTTests {
  private var port = bench(MicrochipPORT.init)

  @Test mutating func outputs_followOUTandDIR() {
    port.write(PORT.Offset.outputSet, 1 << 20)
    port.write(PORT.Offset.directionSet, 1 << 20)
    port.write(PORT.Offset.outputToggle, 1 << 20)
    port.write(PORT.Offset.directionClear, 1 << 20)
    #expect(
      port.effects == [
        .drive(pad("A", 20), .level(.high)), .drive(pad("A", 20), .level(.low)),
        .drive(pad("A", 20), .floating(pull: nil)),
      ])
  }

  @Test mutating func ownBusAndNarrowWrites_reachBothGroups() {
    let ownBus = SAMD21.Base.portBus &- SAMD21.Base.port
    port.write(ownBus &+ PORT.Offset.direction + 0x80 + 1, 0x04, .byte)
    #expect(port.read(PORT.Offset.direction + 0x80) == 0x400)
    port.write(PORT.Offset.outputSet + 0x82, 0xC0, .byte)
    #expect(port.read(ownBus &+ PORT.Offset.output + 0x80) == 0xC0_0000)
    #expect(port.effects == [.drive(pad("B", 10), .level(.low))])
  }

  @Test mutating func inputs_needINEN() {
    port.environment.levels[pad("A", 5)] = .high
    #expect(port.read(PORT.Offset.input) == 0)
    port.write(PORT.Offset.pinConfiguration + 5, PORT.Pin.inputEnable, .byte)
    #expect(port.read(PORT.Offset.input) == 0x20)
  }

  @Test mutating func pull_goesWhereOUTPoints() {
    port.write(PORT.Offset.outputSet, 1 << 7)
    port.write(
      PORT.Offset.pinConfiguration + 7, PORT.Pin.pullEnable | PORT.Pin.inputEnable, .byte)
    port.write(PORT.Offset.outputClear, 1 << 7)
    #expect(
      port.effects == [
        .drive(pad("A", 7), .floating(pull: .high)), .drive(pad("A", 7), .floating(pull: .low)),
      ])
  }

  @Test mutating func writeConfiguration_setsManyPins() {
    let write =
      PORT.Write.upperHalf | PORT.Write.writesMultiplexer | PORT.Write.writesConfiguration
      | PORT.Write.multiplexerEnable | PORT.Write.inputEnable | 3 << PORT.Write.multiplexerShift
    // PB22 and PB23.
    port.write(PORT.Offset.writeConfiguration + 0x80, write | 0xC0)
    #expect(port.read(PORT.Offset.multiplexer + 0x80 + 11, .byte) == 0x33)
    #expect(port.read(PORT.Offset.pinConfiguration + 0x80 + 22, .half) == 0x303)
    #expect(port.read(PORT.Offset.pinConfiguration + 0x80 + 21, .byte) == 0)
  }

  @Test mutating func padOfAPeripheral_isLetGo() {
    port.write(PORT.Offset.directionSet, 1 << 20)
    port.write(PORT.Offset.pinConfiguration + 20, PORT.Pin.multiplexerEnable, .byte)
    #expect(port.effects.last == .event(offset: MicrochipPORT.externalInterrupt(4, .low)))
    #expect(port.effects.contains(.drive(pad("A", 20), .floating(pull: nil))))
  }
}

/// Levels reach EIC as the events of PORT that it takes.
@Suite struct EICTests {
  private var eic = bench(MicrochipEIC.init)

  init() { eic.write(EIC.Offset.control, EIC.Control.enable, .byte) }

  private mutating func drive(_ line: Int, _ level: Level) {
    let event = Address(SAMD21.Base.port + MicrochipPORT.externalInterrupt(line, level))
    for task in eic.device.tasks(triggeredBy: event) { eic.write(task.bits - 0x4000_0000, 1) }
  }

  private mutating func flags() -> UInt32 { eic.read(EIC.Offset.interruptFlags) }

  @Test mutating func edges_areToldApart() {
    // Lines 4, 5 and 6: rising, falling, both.
    eic.write(EIC.Offset.configuration, 0x321 << 16)
    eic.write(EIC.Offset.interruptEnableSet, 0x70)
    for line in 4...6 { drive(line, .high) }
    #expect(flags() == 0x50)
    #expect(eic.interruptIsRaised)
    eic.write(EIC.Offset.interruptFlags, .max)
    #expect(!eic.interruptIsRaised)
    for line in 4...6 { drive(line, .low) }
    #expect(flags() == 0x60)
  }

  @Test mutating func level_isSensedAsLongAsItStands() {
    eic.write(EIC.Offset.configuration + 4, 0x4)
    drive(8, .high)
    #expect(flags() == 0x100)
    eic.write(EIC.Offset.interruptFlags, 0x100)
    #expect(flags() == 0x100)
    drive(8, .low)
    eic.write(EIC.Offset.interruptFlags, 0x100)
    #expect(flags() == 0)
  }

  @Test mutating func nonMaskableLine_needsNoEnable() {
    eic.write(EIC.Offset.control, 0, .byte)
    eic.write(EIC.Offset.nonMaskableControl, 1, .byte)
    drive(16, .high)
    #expect(eic.effects == [.nonMaskableInterrupt])
    #expect(eic.read(EIC.Offset.nonMaskableFlag, .byte) == 1)
    eic.write(EIC.Offset.nonMaskableFlag, 1, .byte)
    #expect(eic.read(EIC.Offset.nonMaskableFlag, .byte) == 0)
  }

  @Test mutating func events_areThoseOfOneLine() {
    eic.write(EIC.Offset.configuration, 0x11)
    eic.write(EIC.Offset.eventControl, 0x2)
    drive(0, .high)
    drive(1, .high)
    #expect(eic.effects == [.event(offset: MicrochipEIC.event(1))])
    #expect(eic.device.tasks(triggeredBy: Address(SAMD21.Base.port + 0x100)).isEmpty)
  }
}
