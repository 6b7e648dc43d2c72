// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps
import Testing

@testable import Peripherals

private typealias NVMCTRL = SAMD21.NVMCTRL
private typealias Command = SAMD21.FlashCommand

@Suite struct NVMCTRLTests {
  private var nvm: Bench<MicrochipNVMCTRL>

  init() { nvm = Self.start([:]) }

  private static func start(_ numbers: [String: UInt64]) -> Bench<MicrochipNVMCTRL> {
    let parameters = DeviceParameters(
      name: "NVMCTRL", base: Address(SAMD21.Base.nvmctrl),
      reference: Bench<MicrochipNVMCTRL>.reference, numbers: numbers)
    var nvm = Bench(MicrochipNVMCTRL(parameters))
    nvm.call { $0.reset(in: &$1) }
    return nvm
  }

  private mutating func store(_ value: UInt32, _ width: BusWidth, _ address: UInt32) -> Bool {
    var taken = false
    nvm.call { taken = $0.store(value, width, toFlash: Address(address), in: &$1) }
    return taken
  }

  private mutating func command(_ command: UInt32) {
    nvm.write(
      NVMCTRL.Offset.controlA, Command.key << NVMCTRL.Command.executeShift | command, .half)
  }

  private var writes: [DeviceContext.Effect] {
    nvm.effects.filter { if case .flashWrite = $0 { true } else { false } }
  }

  private static func row(_ address: UInt32) -> UInt32 { address &- SAMD21.Base.nvmctrl }

  @Test mutating func page_isGatheredAndWritten() {
    nvm.write(NVMCTRL.Offset.controlB, NVMCTRL.ControlB.manualWrite)
    #expect(!store(0x12, .byte, 0x2044))
    #expect(store(0xBEEF, .half, 0x2046))
    #expect(store(0x1234_5678, .word, 0x207C))
    #expect(writes.isEmpty)
    #expect(nvm.read(NVMCTRL.Offset.address) == 0x207C / 2)
    #expect(nvm.read(NVMCTRL.Offset.status, .half) == NVMCTRL.Status.loaded)
    command(Command.writePage)
    #expect(writes.count == 16)
    #expect(writes[1] == .flashWrite(Address(0x2044), .word(0xBEEF_FFFF)))
    #expect(writes[15] == .flashWrite(Address(0x207C), .word(0x1234_5678)))
    #expect(nvm.read(NVMCTRL.Offset.interruptFlags, .byte) == 0)
    nvm.run(microseconds: 350)
    #expect(nvm.read(NVMCTRL.Offset.interruptFlags, .byte) == NVMCTRL.Interrupt.ready)
  }

  @Test mutating func fullBuffer_isWrittenByItself() {
    for word in stride(from: UInt32(0x3000), to: 0x3040, by: 4) {
      #expect(store(word, .word, word))
    }
    #expect(writes.count == 16)
    #expect(writes[2] == .flashWrite(Address(0x3008), .word(0x3008)))
  }

  @Test mutating func clearedBuffer_isAllOnes() {
    nvm.write(NVMCTRL.Offset.controlB, NVMCTRL.ControlB.manualWrite)
    #expect(store(0, .word, 0x2000))
    command(Command.clearPageBuffer)
    command(Command.writePage)
    #expect(writes.allSatisfy { if case .flashWrite(_, .word(.max)) = $0 { true } else { false } })
  }

  @Test mutating func row_isErasedInItsTime() {
    nvm.write(NVMCTRL.Offset.interruptEnableSet, NVMCTRL.Interrupt.ready, .byte)
    nvm.write(NVMCTRL.Offset.address, 0x2345 / 2)
    command(Command.eraseRow)
    #expect(writes == [.flashWrite(Address(0x2300), .erase(ByteCount(256)))])
    #expect(!nvm.interruptIsRaised)
    // Not while the one before is being done.
    command(Command.eraseRow)
    #expect(writes.count == 1)
    #expect(nvm.read(NVMCTRL.Offset.status, .half) == NVMCTRL.Status.programError)
    nvm.run(microseconds: 850)
    #expect(nvm.interruptIsRaised)
  }

  @Test mutating func commandWithoutItsKey_isAnError() {
    nvm.write(NVMCTRL.Offset.controlA, Command.eraseRow, .half)
    #expect(writes.isEmpty)
    #expect(nvm.read(NVMCTRL.Offset.interruptFlags, .byte) & NVMCTRL.Interrupt.error != 0)
    nvm.write(NVMCTRL.Offset.interruptFlags, NVMCTRL.Interrupt.error, .byte)
    #expect(nvm.read(NVMCTRL.Offset.interruptFlags, .byte) == NVMCTRL.Interrupt.ready)
  }

  @Test mutating func lockedRegions_areNotWritten() {
    nvm.write(NVMCTRL.Offset.address, 0x4000 / 2)
    command(Command.lockRegion)
    #expect(nvm.read(NVMCTRL.Offset.lock, .half) == 0xFFFD)
    command(Command.eraseRow)
    #expect(writes.isEmpty)
    #expect(nvm.read(NVMCTRL.Offset.status, .half) == NVMCTRL.Status.lockError)
    command(Command.unlockRegion)
    command(Command.eraseRow)
    #expect(writes.count == 1)
  }

  @Test mutating func bootProtection_keepsTheBootloader() {
    // BOOTPROT 2: 8 KiB.
    nvm = Self.start(["user0": 0xD8E0_C7FA])
    nvm.write(NVMCTRL.Offset.address, 0x1FFE / 2)
    command(Command.eraseRow)
    #expect(writes.isEmpty)
    nvm.write(NVMCTRL.Offset.address, 0x2000 / 2)
    command(Command.eraseRow)
    #expect(writes.count == 1)
  }

  @Test mutating func parameters_describeTheFlash() {
    #expect(nvm.read(NVMCTRL.Offset.parameters) == 0x3_1000)
  }

  @Test mutating func rows_areReadThroughTheWindow() {
    #expect(nvm.read(Self.row(0x0080_4000)) == 0xD8E0_C7FF)
    #expect(nvm.read(Self.row(0x0080_4005), .byte) == 0xFC)
    #expect(nvm.read(Self.row(0x0080_4008)) == .max)
    #expect(nvm.read(Self.row(0x0080_A00C)) != nvm.read(Self.row(0x0080_A040)))
  }

  @Test mutating func userRow_isWrittenByItsOwnCommands() {
    nvm.write(NVMCTRL.Offset.controlB, NVMCTRL.ControlB.manualWrite)
    nvm.write(NVMCTRL.Offset.address, 0x0080_4000 / 2)
    command(Command.eraseAuxiliaryRow)
    #expect(nvm.read(Self.row(0x0080_4000)) == .max)
    nvm.run(microseconds: 850)
    nvm.write(Self.row(0x0080_4000), 0xD8E0_C7FA, .word)
    command(Command.writeAuxiliaryPage)
    #expect(nvm.read(Self.row(0x0080_4000)) == 0xD8E0_C7FA)
    #expect(writes.isEmpty)
    nvm.run(microseconds: 350)
    // Calibration values are for ever.
    nvm.write(NVMCTRL.Offset.address, 0x0080_6020 / 2)
    command(Command.eraseAuxiliaryRow)
    #expect(nvm.read(NVMCTRL.Offset.status, .half) & NVMCTRL.Status.programError != 0)
    #expect(nvm.read(Self.row(0x0080_6024)) != .max)
  }

  @Test mutating func cacheSwitch_isPassedOn() {
    #expect(nvm.effects.contains(.instructionCache(enabled: true)))
    nvm.write(NVMCTRL.Offset.controlB, NVMCTRL.ControlB.cacheDisable)
    #expect(nvm.effects.last == .instructionCache(enabled: false))
  }
}
