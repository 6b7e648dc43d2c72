// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0


/// An ARMv7-M core with the DSP extension and single-precision floating point: Cortex-M4F.
///
/// It knows memory that was attached, a bus, and time; no board and no peripheral. Call `run`
/// until the next event of the machine, deliver the event (`setInterrupt`), and call it again.
/// Not thread-safe: one thread drives one machine.
public final class Core {
  public let configuration: CoreConfiguration
  let bus: any SystemBus
  let state: UnsafeMutablePointer<CoreState>
  /// r0–r15 then S0–S31, inside `state`.
  let registers: UnsafeMutablePointer<UInt32>
  var memories: [AttachedMemory] = []

  /// Handlers that stand for "nobody handles this"; see `Outcome.unhandled`. Addresses without
  /// the Thumb bit.
  public var unhandledHandlers: Set<UInt32> = []

  public init(_ configuration: CoreConfiguration, bus: any SystemBus) {
    self.configuration = configuration
    self.bus = bus
    state = .allocate(capacity: 1)
    state.initialize(to: CoreState())
    registers = UnsafeMutableRawPointer(state).assumingMemoryBound(to: UInt32.self)
  }

  deinit {
    state.deinitialize(count: 1)
    state.deallocate()
  }
}
