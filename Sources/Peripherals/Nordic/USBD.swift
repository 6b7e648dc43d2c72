// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

/// nRF52840 USBD, a full-speed device controller (Product Specification v1.7, 6.35): the control
/// endpoint, whose SET_ADDRESS the hardware answers by itself, and seven endpoints each way, whose
/// packets EasyDMA moves between RAM and one buffer an endpoint.
///
/// Isochronous endpoints are registers that remember; their transfers move nothing. Remote wake-up
/// is told to firmware (USBWUALLOWED) but not to the host. The crystal is not asked for: firmware
/// that leaves it off, which silicon would not forgive, is not found out. The manual gives no times
/// for ENABLE to READY and for EasyDMA: they are 10 µs, and 1 µs and 1/16 µs a byte.
public struct NordicUSBD: Peripheral {
  static let endpoints = 8
  static let packetSize = 64

  let parameters: DeviceParameters
  /// VBUS: the cable's, so that no reset changes it.
  var hasPower = false
  var bus = Bus()
  var control = Control()
  var ins = [In](repeating: In(), count: Self.endpoints)
  var outs = [Out](repeating: Out(), count: Self.endpoints)
  var dma = DMA()
  var wasAttached = false

  /// What the controller knows of the bus as a whole.
  struct Bus: Codable {
    var readyAt: Instant?
    var isReady = false
    var cause: UInt32 = 0
    var address: UInt8 = 0
    var frame: UInt16 = 0
    var isSuspended = false
    var wakeUpAllowedAt: Instant?
  }

  /// The control endpoint between one SETUP and the next.
  struct Control: Codable {
    var setup = [UInt8](repeating: 0, count: 8)
    /// Set by EP0RCVOUT: one packet of the data stage is taken.
    var acceptsOut = false
    /// Set by EP0STATUS: the status stage may take place.
    var acceptsStatus = false
    var isStalled = false
    /// SET_ADDRESS takes effect behind its own status stage.
    var addressToCome: UInt8?

    /// The data stage runs towards the host.
    var isRead: Bool { setup[0] & 0x80 != 0 && (setup[6] | setup[7]) != 0 }
  }

  struct In: Codable {
    /// The packet that waits for the host.
    var packet: [UInt8]?
    var amount: UInt32 = 0
    var isHalted = false
    var isOdd = false
  }

  struct Out: Codable {
    /// The packet that the host sent and EasyDMA has not fetched.
    var packet: [UInt8]?
    /// How long the last packet was, until software writes the register.
    var size: UInt32 = 0
    var amount: UInt32 = 0
    /// A packet that comes is taken: since SIZE was written, or EasyDMA emptied the buffer.
    var isOpen = false
    var isHalted = false
    var isOdd = false
  }

  var events = EventRegisters(
    (0...24).map { NordicEvent.firstOffset + 4 * UInt32($0) }, hasInterruptEnable: true)
  var registers = StoredRegisters([
    .init(USBD.Offset.shorts, writable: 0x1F),
    .init(USBD.Offset.endpointStatus, writable: 0x1FF_01FF),
    .init(USBD.Offset.dataStatus, writable: 0xFE_00FE),
    .init(USBD.Offset.enable, writable: 1),
    .init(USBD.Offset.pullUp, writable: 1),
    .init(USBD.Offset.inEnable, writable: 0x1FF, reset: USBD.Reset.inEnable),
    .init(USBD.Offset.outEnable, writable: 0x1FF, reset: USBD.Reset.outEnable),
    .init(USBD.Offset.dataToggle, writable: 0x87),
    .init(USBD.Offset.lowPower, writable: 1),
    .init(USBD.Offset.lineValue, writable: 0x1F),
    .init(USBD.Offset.isoSplit, writable: 0xFFFF),
    .init(USBD.Offset.isoInConfig, writable: 1),
    .init(USBD.Offset.isoInPointer), .init(USBD.Offset.isoInMaximumCount, writable: 0x3FF),
    .init(USBD.Offset.isoOutPointer), .init(USBD.Offset.isoOutMaximumCount, writable: 0x3FF),
  ])
  /// What drivers write to because errata sheets tell them to (166, 199), and to empty an
  /// endpoint's buffer: an index and its value, and "EasyDMA is busy".
  var undocumented = StoredRegisters(
    [Undocumented.index, Undocumented.value, Undocumented.busy].map { .init($0) })

  enum Undocumented {
    static let index: UInt32 = 0x800
    static let value: UInt32 = 0x804
    static let busy: UInt32 = 0xC1C
  }

  public init(_ parameters: DeviceParameters) { self.parameters = parameters }

  public var isAttachedToUSB: Bool {
    hasPower && bus.isReady && registers[USBD.Offset.pullUp] != 0
  }

  public mutating func reset(in context: inout DeviceContext) {
    registers.reset()
    undocumented.reset()
    bus = Bus()
    forgetTransfers()
    events.reset(in: &context)
    tellAttachment(in: &context)
    context.cancelWake()
  }

  /// What is on its way, halted or counted is gone; the registers stay.
  mutating func forgetTransfers() {
    control = Control()
    ins = Array(repeating: In(), count: Self.endpoints)
    outs = Array(repeating: Out(), count: Self.endpoints)
    dma = DMA()
  }

  mutating func tellAttachment(in context: inout DeviceContext) {
    guard isAttachedToUSB != wasAttached else { return }
    wasAttached = isAttachedToUSB
    context.request(.usbAttachment(wasAttached))
  }

  mutating func note(cause: UInt32, in context: inout DeviceContext) {
    bus.cause |= cause
    events.fire(USBD.Offset.eventsBus, in: &context)
  }

  // MARK: Time

  public mutating func wake(in context: inout DeviceContext) {
    if let ready = bus.readyAt, ready <= context.now {
      bus.readyAt = nil
      bus.isReady = true
      note(cause: USBD.Cause.ready, in: &context)
      tellAttachment(in: &context)
    }
    if let allowed = bus.wakeUpAllowedAt, allowed <= context.now {
      bus.wakeUpAllowedAt = nil
      note(cause: USBD.Cause.wakeUpAllowed, in: &context)
    }
    if let end = dma.endsAt, end <= context.now { endDMA(in: &context) }
    schedule(in: &context)
  }

  func schedule(in context: inout DeviceContext) {
    context.wake(atFirstOf: bus.readyAt, bus.wakeUpAllowedAt, dma.endsAt)
  }
}
