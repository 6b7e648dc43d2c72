// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import MachineModel
import RegisterMaps

/// APB UART of the Cortex-M System Design Kit (Arm DDI 0479D, 4.3): one byte of buffer each way.
public struct CMSDKUART: Peripheral {
  private typealias Register = CMSDK.UART.Offset
  private typealias State = CMSDK.UART.State
  private typealias Control = CMSDK.UART.Control
  private typealias Interrupt = CMSDK.UART.Interrupt

  private var control: UInt32 = 0
  private var baudDivider: UInt32 = 0
  private var interrupts: UInt32 = 0
  private var overruns: UInt32 = 0
  private var received: UInt8?
  private var lastReceived: UInt8 = 0
  /// The byte on its way out, and when its stop bit ends.
  private var sending: Instant?

  /// The line that says "sent"; the block's own line says "received".
  private let transmitLine: Int?

  /// Reads the number `transmitInterrupt`.
  public init(_ parameters: DeviceParameters) {
    transmitLine = parameters.numbers["transmitInterrupt"].flatMap { Int(exactly: $0) }
  }

  public mutating func reset(in context: inout DeviceContext) {
    (control, baudDivider, interrupts, overruns) = (0, 0, 0, 0)
    (received, sending) = (nil, nil)
    context.cancelWake()
    raiseLines(in: &context)
  }

  public mutating func read(_ offset: UInt32, in context: inout DeviceContext) -> UInt32 {
    switch offset {
    case Register.data:
      received = nil
      return UInt32(lastReceived)
    case Register.state:
      let transmit = sending == nil ? 0 : State.transmitFull
      return overruns | transmit | (received == nil ? 0 : State.receiveFull)
    case Register.control: return control
    case Register.interruptStatus: return interrupts
    case Register.baudDivider: return baudDivider
    default:
      context.reportUnmodelled(offset, write: false)
      return 0
    }
  }

  public mutating func write(_ offset: UInt32, _ value: UInt32, in context: inout DeviceContext) {
    switch offset {
    case Register.data: send(UInt8(truncatingIfNeeded: value), in: &context)
    case Register.state: overruns &= ~value
    case Register.control: control = value & 0x7F
    case Register.interruptStatus: interrupts &= ~value
    case Register.baudDivider: baudDivider = value & 0xF_FFFF
    default: context.reportUnmodelled(offset, write: true)
    }
    raiseLines(in: &context)
  }

  private mutating func send(_ byte: UInt8, in context: inout DeviceContext) {
    guard control & Control.transmitEnable != 0 else { return }
    guard sending == nil else {
      overruns |= State.transmitOverrun
      return
    }
    context.request(.serialOutput(byte))
    let divider = UInt64(max(baudDivider, CMSDK.UART.smallestDivider))
    let done = context.now + Cycles(divider * CMSDK.UART.bitsPerByte)
    sending = done
    context.wake(at: done)
  }

  public mutating func wake(in context: inout DeviceContext) {
    guard let done = sending, done <= context.now else { return }
    sending = nil
    if control & Control.transmitInterruptEnable != 0 { interrupts |= Interrupt.transmit }
    raiseLines(in: &context)
  }

  public var acceptsSerial: Bool { control & Control.receiveEnable != 0 && received == nil }

  public mutating func receive(_ byte: UInt8, in context: inout DeviceContext) {
    guard control & Control.receiveEnable != 0 else { return }
    if received != nil { overruns |= State.receiveOverrun }
    (received, lastReceived) = (byte, byte)
    if control & Control.receiveInterruptEnable != 0 { interrupts |= Interrupt.receive }
    raiseLines(in: &context)
  }

  private func raiseLines(in context: inout DeviceContext) {
    context.setInterruptLine(interrupts & Interrupt.receive != 0)
    guard let transmitLine else { return }
    let sent = interrupts & Interrupt.transmit != 0
    context.request(.interrupt(line: transmitLine, raised: sent))
  }
}
