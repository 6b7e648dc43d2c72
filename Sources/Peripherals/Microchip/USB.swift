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
public struct MicrochipUSB: Peripheral {
  typealias Offset = SAMD21.USB.Offset
  static let endpointCount: UInt32 = 8
  static let endpointStride: UInt32 = 0x20
  /// How long SYNCBUSY reads as busy: firmware waits for it to come, and to go.
  private static let synchronisation = Cycles(32)

  var registers = RegisterBytes(size: 0x200, Self.layout)
  private var busyUntil = Instant.reset
  private var busyBits: UInt8 = 0
  private var lineIsRaised = false
  private var wasAttached = false
  var isSuspended = false

  public init(_ parameters: DeviceParameters) {}

  private static var layout: [RegisterBytes.Register] {
    let block: [RegisterBytes.Register] = [
      .init(Offset.controlA, .byte, writable: 0x86),
      .init(Offset.synchronisationBusy, .byte),
      .init(
        Offset.qualityOfService, .byte, writable: 0xF, reset: SAMD21.USB.Reset.qualityOfService),
      .init(Offset.controlB, .half, writable: 0xFFD, reset: SAMD21.USB.Reset.controlB),
      .init(Offset.deviceAddress, .byte, writable: 0xFF),
      .init(Offset.status, .byte, reset: SAMD21.USB.Reset.status),
      .init(Offset.stateMachineStatus, .byte, reset: SAMD21.USB.Reset.stateMachineStatus),
      .init(Offset.frameNumber, .half),
      .init(Offset.interruptEnableClear, .half),
      .init(Offset.interruptEnableSet, .half),
      .init(Offset.interruptFlags, .half),
      .init(Offset.endpointInterruptSummary, .half),
      .init(Offset.descriptorAddress, .word, writable: ~3),
      .init(Offset.padCalibration, .half, writable: 0x77DF),
    ]
    let endpoint: [RegisterBytes.Register] = [
      .init(Offset.endpointConfiguration, .byte, writable: 0xF7),
      .init(Offset.endpointStatusClear, .byte), .init(Offset.endpointStatusSet, .byte),
      .init(Offset.endpointStatus, .byte), .init(Offset.endpointInterruptFlags, .byte),
      .init(Offset.endpointInterruptEnableClear, .byte),
      .init(Offset.endpointInterruptEnableSet, .byte),
    ]
    return block
      + (0..<endpointCount).flatMap { index in
        endpoint.map {
          .init($0.offset + index * endpointStride, $0.width, writable: $0.writable)
        }
      }
  }

  public mutating func reset(in context: inout DeviceContext) {
    registers.reset()
    (busyUntil, busyBits, isSuspended) = (.reset, 0, false)
    settle(in: &context)
  }

  // MARK: Registers

  public mutating func read(_ offset: UInt32, in context: inout DeviceContext) -> UInt32 {
    read(offset, .word, in: &context)
  }

  public mutating func read(
    _ offset: UInt32, _ width: BusWidth, in context: inout DeviceContext
  ) -> UInt32 {
    guard registers.contains(offset, width) else {
      context.reportUnmodelled(offset, write: false)
      return 0
    }
    registers[byte: Offset.synchronisationBusy] = context.now < busyUntil ? busyBits : 0
    return registers.read(offset, width)
  }

  public mutating func write(_ offset: UInt32, _ value: UInt32, in context: inout DeviceContext) {
    write(offset, value, .word, in: &context)
  }

  public mutating func write(
    _ offset: UInt32, _ value: UInt32, _ width: BusWidth, in context: inout DeviceContext
  ) {
    guard registers.contains(offset, width) else {
      return context.reportUnmodelled(offset, write: true)
    }
    for lane in value.lanes(offset, width) where registers.contains(lane.offset) {
      if lane.offset < Offset.endpointConfiguration {
        write(lane.byte, at: lane.offset, in: &context)
      } else {
        writeEndpoint(lane.byte, at: lane.offset, in: &context)
      }
    }
    settle(in: &context)
  }

  private mutating func write(
    _ byte: UInt8, at offset: UInt32, in context: inout DeviceContext
  ) {
    switch offset {
    case Offset.controlA: writeControl(byte, in: &context)
    case Offset.interruptEnableClear, Offset.interruptEnableClear + 1:
      setEnable(lane: offset & 1) { $0 & ~byte }
    case Offset.interruptEnableSet, Offset.interruptEnableSet + 1:
      setEnable(lane: offset & 1) { $0 | byte }
    case Offset.interruptFlags, Offset.interruptFlags + 1: registers[byte: offset] &= ~byte
    default:
      registers.store(byte, at: offset)
      let resume = UInt8(SAMD21.USB.ControlB.upstreamResume)
      if offset == Offset.controlB, byte & resume != 0 {
        raise(SAMD21.USB.Interrupt.upstreamResume)
      }
    }
  }

  private mutating func writeControl(_ byte: UInt8, in context: inout DeviceContext) {
    let enabled = registers[byte: Offset.controlA] & SAMD21.USB.ControlA.enable
    if byte & SAMD21.USB.ControlA.softwareReset != 0 {
      registers.reset()
      isSuspended = false
      beginSynchronisation(SAMD21.USB.ControlA.softwareReset, in: context)
      return
    }
    registers.store(byte, at: Offset.controlA)
    if enabled != byte & SAMD21.USB.ControlA.enable {
      beginSynchronisation(SAMD21.USB.ControlA.enable, in: context)
    }
    if byte & SAMD21.USB.ControlA.hostMode != 0 {
      context.reportUnmodelled(Offset.controlA, write: true)
    }
  }

  private mutating func beginSynchronisation(_ bits: UInt8, in context: DeviceContext) {
    (busyBits, busyUntil) = (bits, context.now + Self.synchronisation)
  }

  private mutating func setEnable(lane: UInt32, _ change: (UInt8) -> UInt8) {
    let existing = UInt8(truncatingIfNeeded: UInt32(0x3FF) >> (8 * lane))
    let new = change(registers[byte: Offset.interruptEnableSet + lane]) & existing
    registers[byte: Offset.interruptEnableSet + lane] = new
    registers[byte: Offset.interruptEnableClear + lane] = new
  }

  private mutating func writeEndpoint(
    _ byte: UInt8, at offset: UInt32, in context: inout DeviceContext
  ) {
    let start = (offset - Offset.endpointConfiguration) & ~(Self.endpointStride - 1)
    let status = Offset.endpointStatus + start
    switch offset - start {
    case Offset.endpointConfiguration:
      registers.store(byte, at: offset)
      // Type 5 is dual bank.
      if byte & 7 > 4 || byte >> 4 & 7 > 4 { context.reportUnmodelled(offset, write: true) }
    case Offset.endpointStatusClear: registers[byte: status] &= ~byte
    case Offset.endpointStatusSet: registers[byte: status] |= byte & 0xF7
    case Offset.endpointInterruptFlags: registers[byte: offset] &= ~byte
    case Offset.endpointInterruptEnableClear:
      setEndpointEnable(start, registers[byte: offset] & ~byte)
    case Offset.endpointInterruptEnableSet:
      setEndpointEnable(start, registers[byte: offset] | byte & 0x7F)
    default: break
    }
  }

  private mutating func setEndpointEnable(_ start: UInt32, _ value: UInt8) {
    registers[byte: Offset.endpointInterruptEnableClear + start] = value
    registers[byte: Offset.endpointInterruptEnableSet + start] = value
  }

  // MARK: What follows from the registers

  public var isAttachedToUSB: Bool {
    let control = registers[byte: Offset.controlA]
    return control & SAMD21.USB.ControlA.enable != 0
      && control & SAMD21.USB.ControlA.hostMode == 0
      && registers[half: Offset.controlB] & SAMD21.USB.ControlB.detach == 0
  }

  mutating func raise(_ flags: UInt16) { registers[half: Offset.interruptFlags] |= flags }

  /// The pull-up, the summary and the interrupt line.
  mutating func settle(in context: inout DeviceContext) {
    let isAttached = isAttachedToUSB
    if isAttached != wasAttached {
      wasAttached = isAttached
      if !isAttached { isSuspended = false }
      context.request(.usbAttachment(isAttached))
    }
    let state = SAMD21.USB.StateMachine.self
    registers[byte: Offset.stateMachineStatus] =
      !isAttached ? state.off : isSuspended ? state.suspended : state.on

    var summary: UInt16 = 0
    for index in 0..<Self.endpointCount {
      let start = index * Self.endpointStride
      let pending =
        registers[byte: Offset.endpointInterruptFlags + start]
        & registers[byte: Offset.endpointInterruptEnableSet + start]
      if pending != 0 { summary |= 1 << UInt16(index) }
    }
    registers[half: Offset.endpointInterruptSummary] = summary
    let flags =
      registers[half: Offset.interruptFlags] & registers[half: Offset.interruptEnableSet]
    let level = summary != 0 || flags != 0
    guard level != lineIsRaised else { return }
    lineIsRaised = level
    context.setInterruptLine(level)
  }
}
