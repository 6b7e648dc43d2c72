// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

/// What a read from the bus brings back.
public enum BusAnswer: Equatable, Sendable {
  case value(UInt32)
  /// Nothing answers there: a BusFault.
  case fault
}

/// Everything outside the core that is not attached memory: peripherals, writes to flash, holes.
///
/// `now` is the cycle in which the accessing instruction began. A bus that moves an event closer
/// than the deadline it gave calls `Core.yield()`, and `run` returns after the instruction.
public protocol SystemBus: AnyObject {
  func read(_ address: Address, _ width: BusWidth, at now: Instant) -> BusAnswer
  /// False where nothing takes the write: a BusFault.
  func write(_ address: Address, _ value: UInt32, _ width: BusWidth, at now: Instant) -> Bool
  /// A write to an ITM stimulus port.
  func trace(port: Int, value: UInt32, width: BusWidth, at now: Instant)
  /// Something may be due while a multiple transfer is under way, which an interrupt would cut
  /// short: do what is due at `now`, and say when there is more. Only an interrupt ends the
  /// transfer early; `run` returns after it as always.
  func deliverEvents(at now: Instant) -> Instant
  /// A handler is about to run its first instruction. For the trace; must be cheap.
  func interruptEntered(_ exceptionNumber: Int, at now: Instant)
  /// A handler has returned (to the program below or, tail-chained, to another handler).
  func interruptReturned(_ exceptionNumber: Int, at now: Instant)
}

extension SystemBus {
  /// Nothing happens but between instructions.
  public func deliverEvents(at now: Instant) -> Instant { .never }
}

/// Memory that the core reads, and where allowed writes and executes, without asking the bus.
public struct AttachedMemory {
  public var base: Address
  /// Lives as long as the core does; the host may change it, followed by `invalidateCode`.
  public var bytes: UnsafeMutablePointer<UInt8>
  public var size: ByteCount
  /// False for flash: a store goes to `SystemBus.write`.
  public var isWritable: Bool
  public var isExecutable: Bool
  /// Cycles added per word fetched while the instruction cache is off.
  public var instructionWaitStates: Int
  /// Cycles added per data read.
  public var dataWaitStates: Int

  public init(
    base: Address, bytes: UnsafeMutablePointer<UInt8>, size: ByteCount, isWritable: Bool,
    isExecutable: Bool = true, instructionWaitStates: Int = 0, dataWaitStates: Int = 0
  ) {
    self.base = base
    self.bytes = bytes
    self.size = size
    self.isWritable = isWritable
    self.isExecutable = isExecutable
    self.instructionWaitStates = instructionWaitStates
    self.dataWaitStates = dataWaitStates
  }
}
