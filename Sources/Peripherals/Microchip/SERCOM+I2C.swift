// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

/// The I2C master (DS40001882, 28.6): alone on its bus, so that it never loses it. Rise times are
/// taken to be zero. Automatic lengths (ADDR.LEN) and time-outs are not there.
extension MicrochipSERCOM {
  private typealias Flag = SAMD21.I2CM.Interrupt
  private typealias Status = SAMD21.I2CM.Status

  enum BusState {
    static let unknown: UInt32 = 0
    static let idle: UInt32 = 1
    static let owner: UInt32 = 2
  }

  /// CTRLB.CMD.
  private enum Command {
    static let none: UInt32 = 0
    static let repeatedStart: UInt32 = 1
    static let byteRead: UInt32 = 2
    static let stop: UInt32 = 3
  }

  struct TwoWireBus: Codable {
    enum Step: Codable {
      case start(UInt16, isRead: Bool)
      case write(UInt8)
      case read
    }

    /// What is being clocked, and when its last bit is over.
    var step: Step?
    var due: Instant?
    var isReading = false
    /// A part has acknowledged its address, so that data reach it.
    var isAnswered = false
    var data: UInt8 = 0
  }

  var busState: UInt32 {
    get { status >> Status.busStateShift & 3 }
    set { status = status & ~Status.busState | newValue << Status.busStateShift }
  }

  /// A write to ADDR: a START, or a repeated one where the bus is ours.
  mutating func startI2C(in context: inout DeviceContext) {
    guard busState == BusState.idle || busState == BusState.owner else { return }
    release(in: &context)
    busState = BusState.owner
    let register = stored[Offset.address]
    let isTen = register & SAMD21.I2CM.Address.tenBits != 0
    let address = UInt16(truncatingIfNeeded: register >> 1 & (isTen ? 0x3FF : 0x7F))
    begin(
      .start(address, isRead: register & 1 != 0), bits: isTen ? 19 : 10, in: context)
  }

  mutating func writeI2CData(_ byte: UInt8, in context: inout DeviceContext) {
    guard busState == BusState.owner, !bus.isReading, bus.step == nil else { return }
    release(in: &context)
    begin(.write(byte), bits: 9, in: context)
  }

  /// In smart mode reading DATA acknowledges the byte, and the next one is clocked.
  mutating func readI2CData(in context: inout DeviceContext) {
    guard controlB & SAMD21.I2CM.ControlB.smartMode != 0,
      interrupts.raised & Flag.slaveOnBus != 0
    else { return }
    release(in: &context)
    if controlB & SAMD21.I2CM.ControlB.acknowledgeAction == 0 {
      begin(.read, bits: 9, in: context)
    }
  }

  /// A command in CTRLB, which is taken while the master or the slave has the bus (28.10.2).
  mutating func obeyCommand(in context: inout DeviceContext) {
    let command = controlB >> SAMD21.I2CM.ControlB.commandShift & 3
    _ = stored.write(Offset.controlB, controlB & ~SAMD21.I2CM.ControlB.command)
    let held = interrupts.raised & (Flag.masterOnBus | Flag.slaveOnBus)
    guard command != Command.none, isEnabled, bus.step == nil,
      held != 0 || busState == BusState.owner
    else { return }
    switch command {
    case Command.repeatedStart: startI2C(in: &context)
    case Command.byteRead:
      guard bus.isReading else { return }
      release(in: &context)
      if controlB & SAMD21.I2CM.ControlB.acknowledgeAction == 0 {
        begin(.read, bits: 9, in: context)
      }
    default:
      release(in: &context)
      _ = context.environment.i2c(.stop, on: .controller(name))
      (bus.isReading, bus.isAnswered) = (false, false)
      busState = BusState.idle
    }
  }

  mutating func finishI2CStep(in context: inout DeviceContext) {
    guard let step = bus.step else { return }
    (bus.step, bus.due) = (nil, nil)
    let signal: I2CSignal =
      switch step {
      case .start(let address, let isRead): .start(address: address, isRead: isRead)
      case .write(let byte): .write(byte)
      case .read: .read
      }
    // Bytes on a bus where nobody answered are clocked all the same.
    let answer: I2CAnswer =
      if case .start = step {
        context.environment.i2c(signal, on: .controller(name))
      } else {
        bus.isAnswered
          ? context.environment.i2c(signal, on: .controller(name)) : .notAcknowledged
      }
    switch step {
    case .start(_, let isRead): finishStart(answer, isRead: isRead, in: &context)
    case .write: hold(Flag.masterOnBus, acknowledged: answer == .acknowledged, in: &context)
    case .read:
      bus.data = if case .byte(let byte) = answer { byte } else { 0xFF }
      hold(Flag.slaveOnBus, acknowledged: true, in: &context)
    }
  }

  /// An address that is acknowledged for reading is followed by the first byte at once.
  private mutating func finishStart(
    _ answer: I2CAnswer, isRead: Bool, in context: inout DeviceContext
  ) {
    bus.isAnswered = answer == .acknowledged
    bus.isReading = isRead && bus.isAnswered
    guard bus.isReading else {
      return hold(Flag.masterOnBus, acknowledged: bus.isAnswered, in: &context)
    }
    if controlB & SAMD21.I2CM.ControlB.quickCommand != 0 {
      hold(Flag.slaveOnBus, acknowledged: true, in: &context)
    } else {
      begin(.read, bits: 9, in: context)
    }
  }

  private mutating func begin(_ step: TwoWireBus.Step, bits: UInt64, in context: DeviceContext) {
    bus.step = step
    bus.due = context.now + clock.span(ofTicks: bits * clockTicks)
  }

  /// The clock is held low until firmware says what comes next.
  private mutating func hold(
    _ flag: UInt32, acknowledged: Bool, in context: inout DeviceContext
  ) {
    interrupts.raise(flag, in: &context)
    status &= ~Status.receivedNotAcknowledge
    if !acknowledged { status |= Status.receivedNotAcknowledge }
    status |= Status.clockHold
  }

  private mutating func release(in context: inout DeviceContext) {
    interrupts.clear(Flag.masterOnBus | Flag.slaveOnBus, in: &context)
    status &= ~Status.clockHold
  }

  /// One clock of the bus in ticks of the core clock (28.6.2.4).
  private var clockTicks: UInt64 {
    let high = UInt64(stored[Offset.baud] & 0xFF)
    let low = UInt64(stored[Offset.baud] >> 8 & 0xFF)
    return 10 + high + (low == 0 ? high : low)
  }
}
