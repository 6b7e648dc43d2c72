// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import MachineModel

/// A microcontroller, as its file in `Boards/chips` describes it.
public struct Chip: Equatable, Sendable {
  /// The processor core, in ARM's spelling; f, sp and dp say which floating point is built in.
  public enum Core: String, CaseIterable, Sendable {
    case cortexM0 = "cortex-m0"
    case cortexM0Plus = "cortex-m0plus"
    case cortexM3 = "cortex-m3"
    case cortexM4 = "cortex-m4"
    case cortexM4F = "cortex-m4f"
    case cortexM7 = "cortex-m7"
    case cortexM7SP = "cortex-m7-sp"
    case cortexM7DP = "cortex-m7-dp"

    public var isARMv6M: Bool { self == .cortexM0 || self == .cortexM0Plus }
  }

  /// What answers where the address map is empty.
  public enum UnmappedAccess: String, CaseIterable, Sendable {
    case busFault
    case readsZero
  }

  public var name: String
  public var documentation: String?
  public var core: Core
  /// By name: `cpu` is always there; `peripheral` and `low` where the chip has them.
  public var clocks: [String: Frequency]
  /// In order of their addresses; they never overlap each other or a peripheral.
  public var memories: [Memory]
  /// External interrupts, those behind the NVIC.
  public var interruptCount: Int
  /// Implemented bits of an interrupt priority.
  public var priorityBits: Int
  public var mpuRegions: Int
  /// Cycles of a multiplication on Cortex-M0 and M0+.
  public var multiplierCycles: Int
  public var bitBand: Bool
  public var unmapped: UnmappedAccess
  /// Whose register names messages use, `nrf52840`; nil where there are none.
  public var registers: String?
  /// In order of their addresses.
  public var peripherals: [Instance]
}

extension Chip.Core: CustomStringConvertible {
  /// "Cortex-M4F", as people write it.
  public var description: String {
    switch self {
    case .cortexM0: "Cortex-M0"
    case .cortexM0Plus: "Cortex-M0+"
    case .cortexM3: "Cortex-M3"
    case .cortexM4: "Cortex-M4"
    case .cortexM4F: "Cortex-M4F"
    case .cortexM7: "Cortex-M7"
    case .cortexM7SP: "Cortex-M7 with single precision"
    case .cortexM7DP: "Cortex-M7 with double precision"
    }
  }
}

/// A stretch of memory.
public struct Memory: Equatable, Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    case flash
    case ram
    case rom
  }

  public var name: String
  public var kind: Kind
  public var base: Address
  public var size: ByteCount
  /// CPU cycles that a fetch waits where no cache or prefetch helps.
  public var instructionWaitStates: Int
  /// CPU cycles that a load waits.
  public var dataWaitStates: Int
  /// What one erase covers; flash only.
  public var page: ByteCount?

  /// The first address behind it, at most 2^32.
  public var end: UInt64 { UInt64(base.bits) + UInt64(size.count) }

  public func contains(_ address: Address) -> Bool {
    address >= base && UInt64(address.bits) < end
  }
}

/// A stretch of addresses.
public struct Window: Equatable, Sendable {
  public var base: Address
  public var size: ByteCount

  public var end: UInt64 { UInt64(base.bits) + UInt64(size.count) }

  public func contains(_ address: Address) -> Bool {
    address >= base && UInt64(address.bits) < end
  }
}

/// One peripheral of a chip: where it sits, what models it, and its numbers.
public struct Instance: Equatable, Sendable {
  /// The kind of a block that is listed so that accesses to it can be named, not modelled.
  public static let unmodelled = "unmodelled"

  /// The name in the manual, `TIMER0`.
  public var name: String
  /// The device catalogue's key, `nordic.timer`.
  public var kind: String
  public var base: Address
  public var size: ByteCount
  public var interrupt: Int?
  /// Where else the block answers: another bus, its flash. It sees offsets from `base`, modulo
  /// 2^32.
  public var windows: [Window]
  /// Other names of the same registers, `SPI0` and `TWI0` beside `SPIM0`.
  public var aliases: [String]
  public var numbers: [String: UInt64]
  public var pins: [String: Pin]
  /// Where the file says so.
  public var place: Place

  public var isModelled: Bool { kind != Self.unmodelled }
  public var end: UInt64 { UInt64(base.bits) + UInt64(size.count) }

  /// What the catalogue builds the device from.
  public func parameters(reference: Frequency) -> DeviceParameters {
    DeviceParameters(
      name: name, base: base, interrupt: interrupt, reference: reference, numbers: numbers,
      pins: pins)
  }
}
