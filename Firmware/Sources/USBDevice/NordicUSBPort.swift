// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RegisterMaps
import Registers
import Startup
import StaticMemory

/// The nRF52840's USBD (Product Specification v1.7, 6.35), with what its errata sheet asks for
/// (166, 171, 187, 199 and 211; `NordicUSBErrata`).
///
/// EasyDMA is waited for, a few microseconds a packet, and never runs twice: no task of the control
/// endpoint may be triggered meanwhile.
enum NordicUSBPort: USBController {
  private enum State {
    case off
    /// ENABLE is on; the pull-up waits for the regulator.
    case starting
    case attached
  }

  private static let usbd = RegisterBlock(at: BoardUSB.base)
  private static let power = RegisterBlock(at: BoardUSB.power)
  private static let identity = RegisterBlock(at: BoardUSB.identity)
  private static let systemControl = RegisterBlock(at: 0xE000_ED00)
  private static let blockStride = USBD.Offset.outPointer &- USBD.Offset.inPointer

  nonisolated(unsafe) private static var state = State.off
  /// EPDATASTATUS, as far as not told yet.
  nonisolated(unsafe) private static var done: UInt32 = 0
  /// The direction of the control transfer that the stack knows of.
  nonisolated(unsafe) private static var isControlRead = false
  /// EasyDMA has moved an odd number of bytes.
  nonisolated(unsafe) private static var isOdd = false

  static var isPresent: Bool { true }

  static func open() {
    power[POWER.Offset.interruptEnableSet] =
      NordicEvent.interruptMask(of: POWER.Offset.eventsUSBDetected)
      | NordicEvent.interruptMask(of: POWER.Offset.eventsUSBRemoved)
      | NordicEvent.interruptMask(of: POWER.Offset.eventsUSBPowerReady)
    // What a bootloader may have left.
    usbd[USBD.Offset.pullUp] = 0
    usbd[USBD.Offset.enable] = 0
    Wakeup.enable()
  }

  // MARK: Power

  /// True when the device has just left the bus.
  private static func followPower() -> Bool {
    power[POWER.Offset.eventsUSBDetected] = 0
    power[POWER.Offset.eventsUSBRemoved] = 0
    power[POWER.Offset.eventsUSBPowerReady] = 0
    let status = power[POWER.Offset.usbRegulatorStatus]
    if status & POWER.USBStatus.busPower == 0 {
      guard state != .off else { return false }
      close()
      return true
    }
    if state == .off { enable() }
    if state == .starting, status & POWER.USBStatus.outputReady != 0, isCrystalRunning() {
      usbd[USBD.Offset.pullUp] = 1
      state = .attached
    }
    return false
  }

  private static func enable() {
    usbd[USBD.Offset.eventCause] = USBD.Cause.ready
    NordicUSBErrata.beginStart()
    usbd[USBD.Offset.enable] = 1
    dataMemoryBarrier()
    var patience = 100_000
    while usbd[USBD.Offset.eventCause] & USBD.Cause.ready == 0, patience > 0 { patience &-= 1 }
    NordicUSBErrata.endStart()
    guard patience > 0 else {
      usbd[USBD.Offset.enable] = 0
      return
    }
    usbd[USBD.Offset.eventCause] = USBD.Cause.ready
    NordicUSBErrata.start(usbd)
    usbd[USBD.Offset.interruptEnable] =
      NordicEvent.interruptMask(of: USBD.Offset.eventsReset)
      | NordicEvent.interruptMask(of: USBD.Offset.eventsControlDataDone)
      | NordicEvent.interruptMask(of: USBD.Offset.eventsBus)
      | NordicEvent.interruptMask(of: USBD.Offset.eventsControlSetup)
      | NordicEvent.interruptMask(of: USBD.Offset.eventsData)
    done = 0
    state = .starting
  }

  /// USB needs the crystal's accuracy.
  private static func isCrystalRunning() -> Bool {
    let wanted = CLOCK.Status.running | CLOCK.Status.crystal
    if power[CLOCK.Offset.highFrequencyStatus] & wanted == wanted { return true }
    if power[CLOCK.Offset.highFrequencyRun] == 0 { power[CLOCK.Offset.tasksHighFrequencyStart] = 1 }
    return false
  }

  private static func close() {
    usbd[USBD.Offset.pullUp] = 0
    usbd[USBD.Offset.interruptEnable] = 0
    // The next start would not go well with an odd number of bytes moved (nrfx has this).
    if isOdd { move(.towardsHost, usbControlMemory(), count: 1, endpoint: 0) }
    usbd[USBD.Offset.enable] = 0
    NordicUSBErrata.stop()
    state = .off
  }

  // MARK: Events

  static func poll() -> USBEvent? {
    if followPower() { return .reset }
    guard state == .attached else { return nil }
    usbd[USBD.Offset.eventsStartOfFrame] = 0
    if take(USBD.Offset.eventsReset) {
      done = 0
      return .reset
    }
    if take(USBD.Offset.eventsData) {
      let status = usbd[USBD.Offset.dataStatus]
      usbd[USBD.Offset.dataStatus] = status
      done |= status
    }
    for endpoint in 1...2 as ClosedRange<UInt32> {
      if isDone(bit: endpoint) { return .sent(Int(endpoint)) }
      if isDone(bit: endpoint &+ 16) { return .received(Int(endpoint)) }
    }
    if take(USBD.Offset.eventsControlDataDone) {
      return isControlRead ? .sent(0) : .received(0)
    }
    if take(USBD.Offset.eventsControlSetup), let request = request() { return .setup(request) }
    return take(USBD.Offset.eventsBus) ? cause() : nil
  }

  private static func take(_ event: UInt32) -> Bool {
    guard usbd[event] != 0 else { return false }
    usbd[event] = 0
    dataMemoryBarrier()
    return true
  }

  private static func isDone(bit: UInt32) -> Bool {
    guard done & 1 << bit != 0 else { return false }
    done &= ~(1 << bit)
    return true
  }

  /// Nil for SET_ADDRESS, which the controller deals with.
  private static func request() -> USBRequest? {
    let request = USBRequest(
      type: UInt8(truncatingIfNeeded: usbd[USBD.Offset.requestType]),
      code: UInt8(truncatingIfNeeded: usbd[USBD.Offset.request]),
      value: pair(USBD.Offset.valueLow), index: pair(USBD.Offset.indexLow),
      length: pair(USBD.Offset.lengthLow))
    isControlRead = request.isRead
    return request.type == 0 && request.code == USBRequest.setAddress ? nil : request
  }

  private static func pair(_ low: UInt32) -> UInt16 {
    UInt16(truncatingIfNeeded: usbd[low] | usbd[low &+ 4] << 8)
  }

  private static func cause() -> USBEvent? {
    let cause = usbd[USBD.Offset.eventCause]
    usbd[USBD.Offset.eventCause] = cause
    if cause & USBD.Cause.resume != 0 { return .resumed }
    return cause & USBD.Cause.suspend != 0 ? .suspended : nil
  }

  // MARK: Transfers

  private enum Direction { case towardsHost, towardsDevice }

  private static func move(
    _ direction: Direction, _ memory: UnsafePointer<UInt8>, count: Int, endpoint: Int
  ) {
    let number = UInt32(endpoint)
    let isOut = direction == .towardsDevice
    let block = number &* 0x14 &+ (isOut ? blockStride : 0)
    let task = (isOut ? USBD.Offset.tasksStartOut : USBD.Offset.tasksStartIn) &+ number &* 4
    let end = (isOut ? USBD.Offset.eventsEndOut : USBD.Offset.eventsEndIn) &+ number &* 4
    usbd[USBD.Offset.inPointer &+ block] = UInt32(UInt(bitPattern: memory))
    usbd[USBD.Offset.inMaximumCount &+ block] = UInt32(count)
    usbd[end] = 0
    dataMemoryBarrier()
    NordicUSBErrata.beginTransfer(usbd)
    usbd[task] = 1
    // A few microseconds; for ever, where the bus loses its power meanwhile.
    var patience = 10_000
    while usbd[end] == 0, patience > 0 { patience &-= 1 }
    usbd[end] = 0
    NordicUSBErrata.endTransfer(usbd)
    dataMemoryBarrier()
    if usbd[USBD.Offset.inAmount &+ block] & 1 != 0 { isOdd.toggle() }
  }

  static func send(_ bytes: UnsafePointer<UInt8>, count: Int, on endpoint: Int) {
    move(.towardsHost, bytes, count: count, endpoint: endpoint)
  }

  static func take(from endpoint: Int, into memory: UnsafeMutablePointer<UInt8>) -> Int {
    let size = USBD.Offset.sizeOut &+ UInt32(endpoint) &* 4
    let count = Int(usbd[size])
    if count == 0 {
      // Any value lets the next packet in.
      if endpoint != 0 { usbd[size] = 0 }
      return 0
    }
    move(.towardsDevice, memory, count: count, endpoint: endpoint)
    return count
  }

  static func acceptData() { usbd[USBD.Offset.tasksControlReceiveOut] = 1 }
  static func acceptStatus() { usbd[USBD.Offset.tasksControlStatus] = 1 }
  static func stall() { usbd[USBD.Offset.tasksControlStall] = 1 }
  static func setAddress(_ address: UInt8) {}

  // MARK: Endpoints

  static func openEndpoints() {
    usbd[USBD.Offset.inEnable] = 0b111
    usbd[USBD.Offset.outEnable] = 0b101
    setHalt(false, address: 0x81)
    setHalt(false, address: 0x82)
    setHalt(false, address: 0x02)
    done = 0
    usbd[USBD.Offset.sizeOut &+ 8] = 0
  }

  static func closeEndpoints() {
    usbd[USBD.Offset.inEnable] = 1
    usbd[USBD.Offset.outEnable] = 1
  }

  static func setHalt(_ isHalted: Bool, address: UInt8) {
    if !isHalted {
      // The first write selects the endpoint.
      usbd[USBD.Offset.dataToggle] = UInt32(address)
      usbd[USBD.Offset.dataToggle] =
        UInt32(address) | USBD.Endpoint.data0 << USBD.Endpoint.toggleShift
    }
    usbd[USBD.Offset.stall] = UInt32(address) | (isHalted ? USBD.Endpoint.stall : 0)
  }

  static func isHalted(address: UInt8) -> Bool {
    let first = address & 0x80 != 0 ? USBD.Offset.haltedIn : USBD.Offset.haltedOut
    return usbd[first &+ UInt32(address & 7) &* 4] != 0
  }

  // MARK: Time and identity

  static var frame: UInt32 { usbd[USBD.Offset.frameCounter] }

  static func wakeEveryFrame(_ isOn: Bool) {
    let register = isOn ? USBD.Offset.interruptEnableSet : USBD.Offset.interruptEnableClear
    usbd[register] = NordicEvent.interruptMask(of: USBD.Offset.eventsStartOfFrame)
  }

  static func forgetWakeups() {
    Wakeup.forget(BoardUSB.interrupt)
    Wakeup.forget(BoardUSB.powerInterrupt)
  }

  static var serialWords: Int { 2 }
  static func serialWord(_ index: Int) -> UInt32 {
    identity[FICR.Offset.deviceID &+ (index == 0 ? 4 : 0)]
  }

  static func enterBootloader() -> Never {
    close()
    power[POWER.Offset.retention] = BoardUSB.bootloaderMark
    dataMemoryBarrier()
    // AIRCR: the key, and SYSRESETREQ.
    systemControl[0x0C] = 0x05FA_0004
    while true { dataMemoryBarrier() }
  }
}
