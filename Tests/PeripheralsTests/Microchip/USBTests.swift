// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps
import Testing

@testable import Peripherals

@Suite struct MicrochipUSBTests {
  private typealias Offset = SAMD21.USB.Offset
  private typealias Flag = SAMD21.USB.EndpointInterrupt
  private typealias Status = SAMD21.USB.EndpointStatus
  private var cable = USBCable()
  private let request: [UInt8] = [0x80, 6, 0, 1, 0, 0, 18, 0]

  @Test mutating func softwareReset_isBusyForAWhile() {
    cable.write(Offset.controlA, 1, .byte)
    #expect(cable.read(Offset.synchronisationBusy, .byte) == 1)
    cable.bench.run(microseconds: 1)
    #expect(cable.read(Offset.synchronisationBusy, .byte) == 0)
    #expect(cable.read(Offset.controlA, .byte) == 0)
    #expect(cable.read(Offset.controlB, .half) == 1)
  }

  @Test mutating func attachment_followsEnableAndDetach() {
    #expect(cable.bench.effects == [.usbAttachment(true)])
    #expect(cable.read(Offset.stateMachineStatus, .byte) == 2)
    cable.write(Offset.controlB, 1, .half)
    cable.write(Offset.controlB, 0, .half)
    cable.write(Offset.controlA, 0, .byte)
    #expect(!cable.bench.device.isAttachedToUSB)
    cable.bench.call { $0.reset(in: &$1) }
    #expect(
      cable.bench.effects == [true, false, true, false].map { .usbAttachment($0) })
  }

  @Test mutating func attachment_endsWithTheMachinesReset() {
    cable.bench.call { $0.reset(in: &$1) }
    #expect(cable.bench.effects.last == .usbAttachment(false))
    #expect(cable.host(.reset) == .none)
    #expect(cable.read(Offset.interruptFlags, .half) == 0)
  }

  @Test mutating func narrowWrites_touchTheirBytesOnly() {
    cable.write(Offset.padCalibration, 0xFFFF, .half)
    cable.write(Offset.padCalibration + 1, 0x20, .byte)
    #expect(cable.read(Offset.padCalibration, .half) == 0x20DF)
    #expect(cable.read(Offset.padCalibration, .word) == 0x20DF)
    cable.write(Offset.controlA, 0x0F00_0006, .word)
    #expect(cable.read(Offset.qualityOfService, .byte) == 0xF)
    #expect(cable.read(Offset.controlA, .byte) == 6)
  }

  @Test mutating func setup_isTakenWhateverTheBanksSay() {
    cable.write(Offset.endpointStatusSet, 0xF0, .byte)
    #expect(cable.setup(request) == .acknowledged)
    #expect(cable.received(0) == request)
    #expect(cable.flags(0) == Flag.receivedSetup)
    #expect(
      cable.status(0)
        == Status.toggleOut | Status.toggleIn | Status.currentBank | Status.bank0Ready)
    // Until the flag is cleared nobody has read it.
    #expect(cable.setup(request) == .none)
    cable.clearFlags(0)
    #expect(cable.setup(request) == .acknowledged)
  }

  @Test mutating func packets_bringTheirChecksumIntoRAM() {
    // The example of "Cyclic Redundancy Checks in USB": 00 01 02 03 is followed by the bits
    // 11110111 01011110, the least significant of each byte first.
    cable.setup([0, 1, 2, 3])
    let stored = cable.bench.environment.readRAM(Address(cable.buffer(0, 0)), 7)
    #expect(stored == [0, 1, 2, 3, 0b1110_1111, 0b0111_1010, 0])
  }

  @Test mutating func address_isZeroUntilEnabled() {
    cable.write(Offset.deviceAddress, 5, .byte)
    #expect(cable.setup(request) == .acknowledged)
    cable.clearFlags(0)
    cable.write(Offset.deviceAddress, 0x85, .byte)
    #expect(cable.setup(request) == .none)
    cable.address = 5
    #expect(cable.setup(request) == .acknowledged)
    cable.host(.reset)
    #expect(cable.setup(request) == .none)
    #expect(cable.read(Offset.deviceAddress, .byte) == 0)
  }

  @Test mutating func out_waitsForTheBank() {
    cable.configure(2, out: 3)
    cable.write(cable.of(2, Offset.endpointStatusSet), 0x40, .byte)
    #expect(cable.out(2, [1, 2]) == .notReady)
    #expect(cable.flags(2) == Flag.transferFail0)
    let bankStatus = Address(cable.bankDescriptor(2, 0) + 0xA)
    #expect(cable.bench.environment.readRAM(bankStatus, 1) == [2])
    cable.clearFlags(2)
    cable.listen(2)
    #expect(cable.out(2, [1, 2, 3]) == .acknowledged)
    #expect(cable.received(2) == [1, 2, 3])
    #expect(cable.flags(2) == Flag.transferComplete0)
    #expect(cable.status(2) == Status.bank0Ready | Status.toggleOut)
    #expect(cable.out(2, [4]) == .notReady)
  }

  @Test mutating func out_gathersSeveralPackets() {
    cable.configure(1, out: 3)
    cable.listen(1, multi: 192)
    let packet = (0..<64).map { UInt8($0) }
    #expect(cable.out(1, packet) == .acknowledged)
    #expect(cable.out(1, packet) == .acknowledged)
    #expect(cable.flags(1) == 0)
    #expect(cable.out(1, [9, 9]) == .acknowledged)
    #expect(cable.flags(1) == Flag.transferComplete0)
    #expect(cable.received(1) == packet + packet + [9, 9])
    cable.listen(1, multi: 64)
    cable.clearFlags(1)
    cable.out(1, packet)
    #expect(cable.flags(1) == Flag.transferComplete0)
  }

  @Test mutating func in_isCutIntoPackets() {
    cable.configure(3, in: 3)
    #expect(cable.take(3) == .notReady)
    #expect(cable.flags(3) == Flag.transferFail1)
    cable.clearFlags(3)
    let bytes = (0..<130).map { UInt8($0) }
    cable.send(3, bytes)
    #expect(cable.take(3) == .data(Array(bytes[0..<64])))
    #expect(cable.take(3) == .data(Array(bytes[64..<128])))
    #expect(cable.flags(3) == 0)
    #expect(cable.take(3) == .data([128, 129]))
    #expect(cable.flags(3) == Flag.transferComplete1)
    #expect(cable.status(3) == Status.toggleIn)
    #expect(cable.take(3) == .notReady)
  }

  @Test mutating func in_endsAFullPacketAsAskedTo() {
    cable.configure(3, in: 3)
    let full = [UInt8](repeating: 7, count: 64)
    cable.send(3, full)
    #expect(cable.take(3) == .data(full))
    #expect(cable.flags(3) == Flag.transferComplete1)
    cable.clearFlags(3)
    cable.send(3, full, zeroLength: true)
    #expect(cable.take(3) == .data(full))
    #expect(cable.flags(3) == 0)
    #expect(cable.take(3) == .data([]))
    #expect(cable.flags(3) == Flag.transferComplete1)
  }

  /// Arduino's core and the bootloader's USB_SendZlp do not clear MULTI_PACKET_SIZE.
  @Test mutating func in_startsAfreshAfterEachTransfer() {
    cable.send(0, [1, 2, 3, 4, 5])
    #expect(cable.take(0) == .data([1, 2, 3, 4, 5]))
    cable.send(0, [])
    #expect(cable.take(0) == .data([]))
    cable.send(0, [6, 7])
    #expect(cable.take(0) == .data([6, 7]))
  }

  @Test mutating func stall_holdsUntilTheNextSetup() {
    cable.write(Offset.endpointStatusSet, 0x30, .byte)
    #expect(cable.take(0) == .stalled)
    #expect(cable.out(0, []) == .stalled)
    #expect(cable.flags(0) == Flag.stall0 | Flag.stall1)
    cable.setup(request)
    #expect(cable.take(0) == .notReady)
    #expect(cable.out(0, []) == .notReady)
  }

  @Test mutating func disabledEndpoints_sayNothing() {
    #expect(cable.out(4, [1]) == .none)
    #expect(cable.take(4) == .none)
    #expect(cable.take(9) == .none)
    cable.configure(4, in: 3)
    #expect(cable.take(4) == .notReady)
    cable.host(.reset)
    #expect(cable.take(4) == .none)
  }

  @Test mutating func globalNAK_andNoReply() {
    cable.listen(0)
    cable.write(Offset.controlB, 0x200, .half)
    #expect(cable.out(0, []) == .notReady)
    cable.write(Offset.controlB, 0x10, .half)
    #expect(cable.out(0, []) == .none)
    #expect(cable.setup(request) == .acknowledged)
    #expect(cable.read(Offset.controlB, .half) == 0)
  }

  @Test mutating func interrupts_areSummed() {
    cable.write(Offset.interruptEnableSet, 0x8, .half)
    cable.write(Offset.interruptEnableSet, 0x200, .half)
    cable.write(Offset.interruptEnableClear, 0x200, .half)
    #expect(cable.read(Offset.interruptEnableClear, .half) == 8)
    cable.host(.startOfFrame(1000))
    #expect(!cable.bench.interruptIsRaised)
    #expect(cable.read(Offset.interruptFlags, .half) == 4)
    #expect(cable.read(Offset.frameNumber, .half) == 8000)
    cable.host(.reset)
    #expect(cable.bench.interruptIsRaised)
    cable.write(Offset.interruptFlags, 0xC, .half)
    #expect(!cable.bench.interruptIsRaised)
    cable.write(Offset.endpointInterruptEnableSet, 0x11, .byte)
    cable.write(Offset.endpointInterruptEnableClear, 0x01, .byte)
    #expect(cable.read(Offset.endpointInterruptEnableSet, .byte) == 0x10)
    cable.setup(request)
    #expect(cable.bench.interruptIsRaised)
    #expect(cable.read(Offset.endpointInterruptSummary, .half) == 1)
    cable.write(Offset.endpointInterruptFlags, 0x10, .byte)
    #expect(!cable.bench.interruptIsRaised)
  }

  @Test mutating func suspend_andResume() {
    cable.host(.suspend)
    #expect(cable.read(Offset.interruptFlags, .half) == 1)
    #expect(cable.read(Offset.stateMachineStatus, .byte) == 4)
    cable.host(.resume)
    #expect(cable.read(Offset.interruptFlags, .half) == 0x31)
    cable.host(.resume)
    cable.write(Offset.interruptFlags, 0x31, .half)
    cable.host(.resume)
    #expect(cable.read(Offset.interruptFlags, .half) == 0)
  }

  @Test mutating func descriptorsOutsideRAM_areRefused() {
    cable.write(Offset.descriptorAddress, 0x2000, .word)
    #expect(cable.setup(request) == .none)
    #expect(cable.read(Offset.interruptFlags, .half) == 0x80)
    #expect(cable.bench.effects.last == .dmaFault(Address(0x2000), ByteCount(8)))
    cable.write(Offset.descriptorAddress, USBCable.descriptors, .word)
    cable.setWord(cable.bankDescriptor(0, 1), 0x100)
    cable.send(0, [1])
    #expect(cable.take(0) == .notReady)
    #expect(cable.bench.effects.last == .dmaFault(Address(0x100), ByteCount(1)))
  }
}
