// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import MachineModel
import RegisterMaps

/// SAM D21 USB controller in device mode (DS40001882, 32): eight endpoints, their buffers and
/// descriptors in RAM, full speed.
///
/// Host mode, dual-bank endpoints, link power management and test modes are not there. VBUS is not
/// seen by the block: the device is attached while it is enabled and DETACH is zero. A remote
/// wake-up (UPRSM) sets its flag and does not reach the host.
public struct MicrochipUSB: LaneRegisters {
  typealias Offset = SAMD21.USB.Offset
  static let endpointStride: UInt32 = 0x20
  /// How long SYNCBUSY reads as busy: firmware waits for it to come, and to go.
  private static let synchronisation = Cycles(32)

  /// One endpoint's registers.
  struct Endpoint: Codable {
    var configuration: UInt32 = 0
    var status: UInt32 = 0
    var flags: UInt32 = 0
    var enabledInterrupts: UInt32 = 0
  }

  var endpoints = [Endpoint](repeating: Endpoint(), count: 8)
  var frame: UInt32 = 0
  var isSuspended = false
  private var control: UInt32 = 0
  private var flags: UInt32 = 0
  private var enabledInterrupts: UInt32 = 0
  private var busyBits: UInt32 = 0
  private var busyUntil = Instant.reset
  private var lineIsRaised = false
  private var wasAttached = false
  var stored = StoredRegisters([
    .init(Offset.qualityOfService, writable: 0xF, reset: SAMD21.USB.Reset.qualityOfService),
    .init(Offset.controlB, writable: 0xFFD, reset: SAMD21.USB.Reset.controlB),
    .init(Offset.deviceAddress, writable: 0xFF),
    .init(Offset.status, writable: 0, reset: SAMD21.USB.Reset.status),
    .init(Offset.descriptorAddress, writable: ~3), .init(Offset.padCalibration, writable: 0x77DF),
  ])

  public init(_ parameters: DeviceParameters) {}

  public mutating func reset(in context: inout DeviceContext) {
    resetRegisters()
    (busyBits, busyUntil) = (0, .reset)
    settle(in: &context)
  }

  private mutating func resetRegisters() {
    stored.reset()
    endpoints = endpoints.map { _ in Endpoint() }
    (control, flags, enabledInterrupts, frame, isSuspended) = (0, 0, 0, 0, false)
  }

  // MARK: Registers

  var layout: RegisterLayout { Self.layout }

  private static let layout = RegisterLayout(
    bytes: [
      Offset.controlA, Offset.synchronisationBusy, Offset.qualityOfService, Offset.deviceAddress,
      Offset.status, Offset.stateMachineStatus,
    ]
      + (0..<8).flatMap { index in
        [
          Offset.endpointConfiguration, Offset.endpointStatusClear, Offset.endpointStatusSet,
          Offset.endpointStatus, Offset.endpointInterruptFlags,
          Offset.endpointInterruptEnableClear, Offset.endpointInterruptEnableSet,
        ].map { $0 + index * endpointStride }
      },
    halves: [
      Offset.controlB, Offset.frameNumber, Offset.interruptEnableClear,
      Offset.interruptEnableSet, Offset.interruptFlags, Offset.endpointInterruptSummary,
      Offset.padCalibration,
    ], words: [Offset.descriptorAddress])

  mutating func load(_ register: UInt32, in context: inout DeviceContext) -> UInt32 {
    if let value = stored.read(register) { return value }
    switch register {
    case Offset.controlA: return control
    case Offset.synchronisationBusy: return context.now < busyUntil ? busyBits : 0
    case Offset.stateMachineStatus: return stateMachineStatus
    case Offset.frameNumber: return frame << SAMD21.USB.FrameNumber.frameShift
    case Offset.interruptEnableClear, Offset.interruptEnableSet: return enabledInterrupts
    case Offset.interruptFlags: return flags
    case Offset.endpointInterruptSummary: return endpointInterruptSummary
    default: return loadEndpoint(register)
    }
  }

  mutating func store(
    _ register: UInt32, _ value: UInt32, lanes: UInt32, in context: inout DeviceContext
  ) {
    defer { settle(in: &context) }
    if stored.write(register, value, lanes: lanes) {
      if register == Offset.controlB, value & SAMD21.USB.ControlB.upstreamResume != 0 {
        raise(SAMD21.USB.Interrupt.upstreamResume)
      }
      return
    }
    switch register {
    case Offset.controlA: changeControl(value, in: &context)
    case Offset.interruptEnableClear: enabledInterrupts &= ~value
    case Offset.interruptEnableSet: enabledInterrupts |= value & 0x3FF
    case Offset.interruptFlags: flags &= ~value
    default: storeEndpoint(register, value, in: &context)
    }
  }

  private mutating func changeControl(_ value: UInt32, in context: inout DeviceContext) {
    if value & SAMD21.USB.ControlA.softwareReset != 0 {
      resetRegisters()
      return beginSynchronisation(SAMD21.USB.ControlA.softwareReset, in: context)
    }
    let changed = control ^ value
    control = value & 0x86
    if changed & SAMD21.USB.ControlA.enable != 0 {
      beginSynchronisation(SAMD21.USB.ControlA.enable, in: context)
    }
    if value & SAMD21.USB.ControlA.hostMode != 0 {
      context.reportUnmodelled(Offset.controlA, write: true)
    }
  }

  private mutating func beginSynchronisation(_ bits: UInt32, in context: DeviceContext) {
    (busyBits, busyUntil) = (bits, context.now + Self.synchronisation)
  }

  // MARK: Endpoint registers

  /// The endpoint of a register, and the register that endpoint 0 has in its place.
  private func place(of register: UInt32) -> (endpoint: Int, register: UInt32)? {
    guard register >= Offset.endpointConfiguration else { return nil }
    let index = (register - Offset.endpointConfiguration) / Self.endpointStride
    guard index < endpoints.count else { return nil }
    return (Int(index), register - index * Self.endpointStride)
  }

  private func loadEndpoint(_ register: UInt32) -> UInt32 {
    guard let (index, register) = place(of: register) else { return 0 }
    return switch register {
    case Offset.endpointConfiguration: endpoints[index].configuration
    case Offset.endpointStatus: endpoints[index].status
    case Offset.endpointInterruptFlags: endpoints[index].flags
    case Offset.endpointInterruptEnableClear, Offset.endpointInterruptEnableSet:
      endpoints[index].enabledInterrupts
    default: 0
    }
  }

  private mutating func storeEndpoint(
    _ offset: UInt32, _ value: UInt32, in context: inout DeviceContext
  ) {
    guard let (index, register) = place(of: offset) else { return }
    switch register {
    case Offset.endpointConfiguration:
      endpoints[index].configuration = value & 0xF7
      // Type 5 is dual bank.
      if value & 7 > 4 || value >> 4 & 7 > 4 { context.reportUnmodelled(offset, write: true) }
    case Offset.endpointStatusClear: endpoints[index].status &= ~value
    case Offset.endpointStatusSet: endpoints[index].status |= value & 0xF7
    case Offset.endpointInterruptFlags: endpoints[index].flags &= ~value
    case Offset.endpointInterruptEnableClear: endpoints[index].enabledInterrupts &= ~value
    case Offset.endpointInterruptEnableSet:
      endpoints[index].enabledInterrupts |= value & 0x7F
    default: break
    }
  }

  // MARK: What follows from the registers

  public var isAttachedToUSB: Bool {
    control & SAMD21.USB.ControlA.enable != 0 && control & SAMD21.USB.ControlA.hostMode == 0
      && stored[Offset.controlB] & SAMD21.USB.ControlB.detach == 0
  }

  private var stateMachineStatus: UInt32 {
    guard isAttachedToUSB else { return SAMD21.USB.StateMachine.off }
    return isSuspended ? SAMD21.USB.StateMachine.suspended : SAMD21.USB.StateMachine.on
  }

  private var endpointInterruptSummary: UInt32 {
    endpoints.indices.reduce(0) { summary, index in
      endpoints[index].flags & endpoints[index].enabledInterrupts == 0
        ? summary : summary | 1 << UInt32(index)
    }
  }

  mutating func raise(_ bits: UInt32) { flags |= bits }

  /// The pull-up and the interrupt line.
  mutating func settle(in context: inout DeviceContext) {
    let isAttached = isAttachedToUSB
    if isAttached != wasAttached {
      wasAttached = isAttached
      if !isAttached { isSuspended = false }
      context.request(.usbAttachment(isAttached))
    }
    let level = endpointInterruptSummary != 0 || flags & enabledInterrupts != 0
    guard level != lineIsRaised else { return }
    lineIsRaised = level
    context.setInterruptLine(level)
  }
}
