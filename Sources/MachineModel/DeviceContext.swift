// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What the machine lends to a device for the length of one call: the chip's memory and wires.
public protocol DeviceEnvironment: AnyObject {
  /// Bytes of RAM, or nil where the range is not wholly RAM (EasyDMA reaches nothing else).
  func readRAM(_ address: Address, _ count: Int) -> [UInt8]?
  /// Bytes of any memory, flash included (a DMA controller's source, a checksum), nil elsewhere.
  func readMemory(_ address: Address, _ count: Int) -> [UInt8]?
  /// False, and nothing written, where the range is not wholly RAM.
  func writeRAM(_ bytes: [UInt8], at address: Address) -> Bool
  /// The level on a pad, nil where nothing drives or pulls it.
  func level(of pin: Pin) -> Level?
  /// Sound on the line of the pad that carries PDM data.
  func pdmSamples(_ request: PDMRequest, data: Pin) -> [Float]?
  /// One step on an I2C bus; `notAcknowledged` where no part answers.
  func i2c(_ signal: I2CSignal, on bus: I2CBus) -> I2CAnswer
  /// Shifts a byte out and one in; nil where no part is selected.
  func spi(_ byte: UInt8, on bus: SPIBus) -> UInt8?
  /// A voltage on an analogue pad, in volts; nil where nothing drives it.
  func volts(on pin: Pin) -> Float?
  /// The next number of the machine's seeded generator: the only randomness there is.
  func random() -> UInt64
}

extension DeviceEnvironment {
  public func readMemory(_ address: Address, _ count: Int) -> [UInt8]? { readRAM(address, count) }
  public func i2c(_ signal: I2CSignal, on bus: I2CBus) -> I2CAnswer { .notAcknowledged }
  public func spi(_ byte: UInt8, on bus: SPIBus) -> UInt8? { nil }
  public func volts(on pin: Pin) -> Float? { nil }
}

/// What a peripheral may touch while it answers: the clock, memory, wires; and what it asked for.
/// It holds no machine, bus or CPU.
public struct DeviceContext {
  public let now: Instant
  public let environment: any DeviceEnvironment
  public private(set) var effects: [Effect] = []

  public enum Effect: Equatable, Sendable {
    case interruptLine(raised: Bool)
    /// The same for a block with several lines, by number.
    case interrupt(line: Int, raised: Bool)
    case wake(at: Instant)
    /// The event register at this offset has fired; a router may trigger tasks by it.
    case event(offset: UInt32)
    /// Drives a pad, or leaves it floating with an optional pull.
    case drive(Pin, Drive)
    /// A block that has the pad in place of GPIO drives it, or gives it back with nil.
    case multiplex(Pin, Drive?)
    case serialOutput(UInt8)
    case unmodelled(offset: UInt32, write: Bool)
    /// A DMA controller moves one datum over the bus, once its call is over.
    case transfer(from: Address, to: Address, BusWidth)
    /// EasyDMA was pointed outside RAM: the transfer did not take place.
    case dmaFault(Address, ByteCount)
    case systemReset(ResetCause)
    /// Flash contents changed over this range (the controller wrote or erased).
    case flashWrite(Address, FlashWrite)
    /// The instruction cache was switched on or off.
    case instructionCache(enabled: Bool)
    /// The chip switched itself off until a wake-up source fires (System OFF).
    case systemOff
    /// A clock runs at another rate, or not at all: every device is told.
    case clock(ClockLine, Frequency?)
    case nonMaskableInterrupt
    /// The pull-up on D+ was switched on or off.
    case usbAttachment(Bool)
    /// The USB controller was switched on or off, and its transceiver wants a supply: the chip's
    /// other blocks hear it as `usbSupply(isWanted:in:)`.
    case usbSupply(isWanted: Bool)
  }

  public enum Drive: Codable, Equatable, Sendable {
    case level(Level)
    case floating(pull: Level?)
  }

  public enum FlashWrite: Equatable, Sendable {
    /// Bits can only be cleared by a write.
    case word(UInt32)
    case erase(ByteCount)
  }

  public enum ResetCause: Codable, Equatable, Sendable, CaseIterable {
    case powerOn
    case software
    case watchdog
    case pin
    case lockup
  }

  public init(now: Instant, environment: any DeviceEnvironment) {
    self.now = now
    self.environment = environment
  }

  public mutating func request(_ effect: Effect) { effects.append(effect) }

  public mutating func setInterruptLine(_ raised: Bool) {
    effects.append(.interruptLine(raised: raised))
  }
  /// Asks for one call of `wake(in:)`; replaces what was asked for before.
  public mutating func wake(after delay: Cycles) { effects.append(.wake(at: now + delay)) }
  public mutating func wake(at instant: Instant) { effects.append(.wake(at: instant)) }
  public mutating func cancelWake() { effects.append(.wake(at: .never)) }
  /// Tells the event system that an event register has fired.
  public mutating func publish(event offset: UInt32) { effects.append(.event(offset: offset)) }
  public mutating func reportUnmodelled(_ offset: UInt32, write: Bool) {
    effects.append(.unmodelled(offset: offset, write: write))
  }
}
