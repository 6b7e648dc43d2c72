// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RegisterMaps
import Registers
import Startup
import StaticMemory

/// The SAM D21's USB controller in device mode (DS40001882, 32). The board's startup has brought
/// generic clock generator 0 to 48 MHz. VBUS is not wired to the chip: the device is shown as soon
/// as the port is open.
enum MicrochipUSBPort: USBController {
  private typealias Offset = SAMD21.USB.Offset
  private typealias Flag = SAMD21.USB.EndpointInterrupt
  private typealias Status = SAMD21.USB.EndpointStatus

  /// What endpoint 0 is about.
  private enum Phase { case idle, dataIn, dataOut, status }

  private static let usb = RegisterBlock(at: BoardUSB.base)
  private static let systemControl = RegisterBlock(at: 0xE000_ED00)
  private static let lastWordOfRAM = RegisterBlock(at: 0x2000_7FFC)
  private static let stride: UInt32 = 0x20
  /// PCKSIZE.SIZE of 64 bytes.
  private static let packetSize: UInt32 = 3 << 28

  nonisolated(unsafe) private static var phase = Phase.idle
  nonisolated(unsafe) private static var isControlRead = false
  /// DADD, until the status stage of SET_ADDRESS is over.
  nonisolated(unsafe) private static var nextAddress: UInt32 = 0

  static var isPresent: Bool { true }

  static func open() {
    MicrochipUSBSupply.open()
    usb[byte: Offset.controlA] = SAMD21.USB.ControlA.softwareReset
    waitUntilSynchronised()
    usb[half: Offset.padCalibration] = MicrochipUSBSupply.padCalibration
    for index in 0..<Int(usb_endpoint_words_capacity) { usbEndpointMemory()[index] = 0 }
    usb[Offset.descriptorAddress] = UInt32(UInt(bitPattern: usbEndpointMemory()))
    // The highest quality of service of the bus: the controller has no buffer of its own.
    usb[byte: Offset.qualityOfService] = 0xF
    usb[byte: Offset.controlA] =
      SAMD21.USB.ControlA.enable | SAMD21.USB.ControlA.runStandby
    waitUntilSynchronised()
    usb[half: Offset.interruptFlags] = 0xFFFF
    usb[half: Offset.interruptEnableSet] =
      SAMD21.USB.Interrupt.endOfReset | SAMD21.USB.Interrupt.suspend
      | SAMD21.USB.Interrupt.wakeUp
    usb[half: Offset.controlB] = 0
    Wakeup.enable()
  }

  private static func waitUntilSynchronised() {
    while usb[byte: Offset.synchronisationBusy] != 0 {}
  }

  // MARK: Endpoints and their banks

  private static func of(_ endpoint: Int, _ register: UInt32) -> UInt32 {
    register &+ UInt32(endpoint) &* stride
  }

  /// A bank's descriptor: ADDR at 0, PCKSIZE at 4.
  private static func bank(_ endpoint: Int, _ number: UInt32) -> RegisterBlock {
    RegisterBlock(
      at: UInt32(UInt(bitPattern: usbEndpointMemory())) &+ UInt32(endpoint) &* stride
        &+ number &* 0x10)
  }

  private static func bankMemory(_ endpoint: Int) -> UnsafeMutablePointer<UInt8> {
    usbBankMemory() + (endpoint == 0 ? 0 : Int(usb_packet_capacity))
  }

  /// Lets one packet into bank 0.
  private static func listen(_ endpoint: Int) {
    let descriptor = bank(endpoint, 0)
    descriptor[0] = UInt32(UInt(bitPattern: bankMemory(endpoint)))
    descriptor[4] = packetSize
    dataMemoryBarrier()
    usb[byte: of(endpoint, Offset.endpointInterruptFlags)] = Flag.transferComplete0
    usb[byte: of(endpoint, Offset.endpointStatusClear)] = Status.bank0Ready
  }

  private static func openControlEndpoint() {
    phase = .idle
    nextAddress = 0
    let descriptor = bank(0, 0)
    descriptor[0] = UInt32(UInt(bitPattern: bankMemory(0)))
    descriptor[4] = packetSize
    dataMemoryBarrier()
    usb[byte: Offset.endpointConfiguration] = 1 | 1 << 4
    usb[byte: Offset.endpointStatusSet] = Status.bank0Ready
    usb[byte: Offset.endpointStatusClear] = Status.bank1Ready
    usb[byte: Offset.endpointInterruptEnableSet] =
      Flag.receivedSetup | Flag.transferComplete0 | Flag.transferComplete1
  }

  static func openEndpoints() {
    usb[byte: of(1, Offset.endpointConfiguration)] = 4 << 4
    usb[byte: of(2, Offset.endpointConfiguration)] = 3 | 3 << 4
    for endpoint in 1...2 {
      usb[byte: of(endpoint, Offset.endpointStatusClear)] =
        Status.toggleOut | Status.toggleIn | Status.stallRequest0 | Status.stallRequest1
        | Status.bank1Ready
      usb[byte: of(endpoint, Offset.endpointInterruptFlags)] = 0x7F
    }
    usb[byte: of(2, Offset.endpointInterruptEnableSet)] =
      Flag.transferComplete0 | Flag.transferComplete1
    listen(2)
  }

  static func closeEndpoints() {
    for endpoint in 1...2 { usb[byte: of(endpoint, Offset.endpointConfiguration)] = 0 }
  }

  static func setHalt(_ isHalted: Bool, address: UInt8) {
    let endpoint = Int(address & 7)
    let isIn = address & 0x80 != 0
    let request = isIn ? Status.stallRequest1 : Status.stallRequest0
    if isHalted {
      usb[byte: of(endpoint, Offset.endpointStatusSet)] = request
    } else {
      usb[byte: of(endpoint, Offset.endpointStatusClear)] =
        request | (isIn ? Status.toggleIn : Status.toggleOut)
    }
  }

  static func isHalted(address: UInt8) -> Bool {
    let request = address & 0x80 != 0 ? Status.stallRequest1 : Status.stallRequest0
    return usb[byte: of(Int(address & 7), Offset.endpointStatus)] & request != 0
  }

  // MARK: Events

  /// Goes on until the interrupt line is low and forgotten: only then does its next rise wake the
  /// core.
  static func poll() -> USBEvent? {
    repeat {
      if let event = next() { return event }
      forgetWakeups()
    } while isInterrupting
    return nil
  }

  private static var isInterrupting: Bool {
    usb[half: Offset.endpointInterruptSummary] != 0
      || usb[half: Offset.interruptFlags] & usb[half: Offset.interruptEnableSet] != 0
  }

  private static func next() -> USBEvent? {
    let flags = usb[half: Offset.interruptFlags]
    if flags != 0 { usb[half: Offset.interruptFlags] = flags }
    if flags & SAMD21.USB.Interrupt.endOfReset != 0 {
      openControlEndpoint()
      return .reset
    }
    if let event = controlEvent() { return event }
    let data = usb[byte: of(2, Offset.endpointInterruptFlags)]
    if data & Flag.transferComplete1 != 0 {
      usb[byte: of(2, Offset.endpointInterruptFlags)] = Flag.transferComplete1
      return .sent(2)
    }
    if data & Flag.transferComplete0 != 0 {
      usb[byte: of(2, Offset.endpointInterruptFlags)] = Flag.transferComplete0
      return .received(2)
    }
    if flags & SAMD21.USB.Interrupt.suspend != 0 { return .suspended }
    return flags & SAMD21.USB.Interrupt.wakeUp != 0 ? .resumed : nil
  }

  private static func controlEvent() -> USBEvent? {
    let flags = usb[byte: Offset.endpointInterruptFlags]
    if flags & Flag.transferComplete1 != 0, nextAddress != 0 { takeAddress() }
    if flags & Flag.receivedSetup != 0 {
      phase = .idle
      let request = request()
      usb[byte: Offset.endpointInterruptFlags] = 0x7F
      isControlRead = request.isRead
      return .setup(request)
    }
    usb[byte: Offset.endpointInterruptFlags] = flags
    if flags & Flag.transferComplete1 != 0, phase == .dataIn {
      phase = .idle
      return .sent(0)
    }
    if flags & Flag.transferComplete0 != 0, phase == .dataOut {
      phase = .idle
      return .received(0)
    }
    return nil
  }

  private static func request() -> USBRequest {
    dataMemoryBarrier()
    let bytes = RegisterBlock(at: UInt32(UInt(bitPattern: bankMemory(0))))
    return USBRequest(
      type: UInt8(truncatingIfNeeded: bytes[byte: 0]),
      code: UInt8(truncatingIfNeeded: bytes[byte: 1]),
      value: UInt16(truncatingIfNeeded: bytes[half: 2]),
      index: UInt16(truncatingIfNeeded: bytes[half: 4]),
      length: UInt16(truncatingIfNeeded: bytes[half: 6]))
  }

  // MARK: Transfers

  static func send(_ bytes: UnsafePointer<UInt8>, count: Int, on endpoint: Int) {
    if endpoint == 0 { phase = .dataIn }
    give(bytes, count: count, on: endpoint)
  }

  private static func give(_ bytes: UnsafePointer<UInt8>, count: Int, on endpoint: Int) {
    let descriptor = bank(endpoint, 1)
    descriptor[0] = UInt32(UInt(bitPattern: bytes))
    descriptor[4] = packetSize | UInt32(count)
    dataMemoryBarrier()
    usb[byte: of(endpoint, Offset.endpointInterruptFlags)] = Flag.transferComplete1
    usb[byte: of(endpoint, Offset.endpointStatusSet)] = Status.bank1Ready
  }

  static func take(from endpoint: Int, into memory: UnsafeMutablePointer<UInt8>) -> Int {
    dataMemoryBarrier()
    let count = min(Int(bank(endpoint, 0)[4] & 0x3FFF), Int(usb_packet_capacity))
    let bytes = RegisterBlock(at: UInt32(UInt(bitPattern: bankMemory(endpoint))))
    for index in 0..<count { memory[index] = UInt8(truncatingIfNeeded: bytes[byte: UInt32(index)]) }
    if endpoint != 0 { listen(endpoint) }
    return count
  }

  static func acceptData() {
    phase = .dataOut
    listen(0)
  }

  static func acceptStatus() {
    phase = .status
    if isControlRead { listen(0) } else { give(usbBankMemory(), count: 0, on: 0) }
  }

  static func stall() {
    usb[byte: Offset.endpointStatusSet] = Status.stallRequest0 | Status.stallRequest1
  }

  /// The host may use the address 2 ms behind the status stage: it is waited for, as it comes
  /// within microseconds.
  static func setAddress(_ address: UInt8) {
    nextAddress = UInt32(address) | SAMD21.USB.DeviceAddress.enable
    acceptStatus()
    var patience = 10_000
    while patience > 0 {
      if usb[byte: Offset.endpointInterruptFlags] & Flag.transferComplete1 != 0 {
        return takeAddress()
      }
      patience &-= 1
    }
  }

  private static func takeAddress() {
    usb[byte: Offset.deviceAddress] = nextAddress
    nextAddress = 0
  }

  // MARK: Time and identity

  static var frame: UInt32 {
    usb[half: Offset.frameNumber] >> SAMD21.USB.FrameNumber.frameShift & 0x7FF
  }

  static func wakeEveryFrame(_ isOn: Bool) {
    let register = isOn ? Offset.interruptEnableSet : Offset.interruptEnableClear
    usb[half: register] = SAMD21.USB.Interrupt.startOfFrame
  }

  static func forgetWakeups() { Wakeup.forget(BoardUSB.interrupt) }

  static var serialWords: Int { 4 }
  static func serialWord(_ index: Int) -> UInt32 { MicrochipUSBSupply.serialWord(index) }

  static func enterBootloader() -> Never {
    usb[half: Offset.controlB] = SAMD21.USB.ControlB.detach
    usb[byte: Offset.controlA] = 0
    lastWordOfRAM[0] = BoardUSB.bootloaderMark
    dataMemoryBarrier()
    // AIRCR: the key, and SYSRESETREQ.
    systemControl[0x0C] = 0x05FA_0004
    while true { dataMemoryBarrier() }
  }
}
