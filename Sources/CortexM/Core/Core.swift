// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

/// A Cortex-M core of any `ProcessorModel`.
///
/// It knows memory that was attached, a bus, and time; no board and no peripheral. Call `run`
/// until the next event of the machine, deliver the event (`setInterrupt`), and call it again.
/// Not thread-safe: one thread drives one machine.
public final class Core {
  public let configuration: CoreConfiguration
  /// Handlers that stand for "nobody handles this"; see `Outcome.unhandled`. Addresses without
  /// the Thumb bit.
  public var unhandledHandlers: Set<UInt32> = []
  /// Runs every instruction through the single-stepper. Slower, and equal in every cycle; that it
  /// is equal is a test.
  public var stepsOnly = false
  /// Runs what it can before the block interpreter is asked.
  package var accelerator: (any Accelerator)?

  let timing: TimingTable
  let decoded: DecodedWords
  unowned let bus: any SystemBus
  let state: UnsafeMutablePointer<CoreState>
  /// r0–r15 then S0–S31, inside `state`.
  let registers: UnsafeMutablePointer<UInt32>
  var memories: [AttachedMemory] = []
  var code: CodeCache

  var processor = ProcessorStatus()
  var interrupts: InterruptController
  var faults = FaultStatus()
  var system: SystemControlBlock
  var sysTick: SysTick
  var watchpoint = DataWatchpoint()
  var trace = InstrumentationTrace()
  var protection: MemoryProtection
  /// What `state`'s windows were made for; see `refreshProtection`.
  var appliedProtection: ProtectionView?
  /// Rights of each executable memory when code was last translated; empty before protection was
  /// first in force.
  var codeRights: [[ProtectedStretch]] = []
  var protectionMaps: [Bool: ProtectionMap] = [:]
  var monitor = ExclusiveMonitor()
  var stacks = StackWatch()

  /// What the last instruction asked for, for the run loop to act on.
  var request = Request.none
  /// Where the instruction lies that faulted or met a breakpoint, and its ITSTATE.
  var stoppedAt: (address: UInt32, itState: UInt32) = (0, 0)
  /// ICI: where the multiple transfer at r15 goes on; 0 for every other instruction.
  var continuation: UInt8 = 0
  /// ICI while that transfer runs, and the words that it need not move again.
  var resumingFrom: UInt8 = 0
  var wordsResumed: UInt64 = 0
  /// r0–r15 and S0–S31 as they were before the instruction that faulted.
  let savedRegisters: UnsafeMutablePointer<UInt32>
  var entry: EntryInProgress?
  var finishedReturn: FinishedReturn?
  var sleep: Outcome.Sleep?
  var isInstructionCacheEnabled = true
  var sleepCycleCount: UInt64 = 0
  var eventRegister = false
  var yieldRequested = false
  var resetRequested = false
  var debug = DebugState()
  var observation = Observation()
  /// The deadline given to `run`; meaningful while it runs.
  var runDeadline: UInt64 = 0

  /// The bus must outlive the core; it is not retained.
  public init(_ configuration: CoreConfiguration, bus: any SystemBus) {
    self.configuration = configuration
    self.bus = bus
    timing = TimingTable(configuration)
    decoded = DecodedWords(Decoder.of(configuration.architecture))
    code = CodeCache()
    state = .allocate(capacity: 1)
    state.initialize(to: CoreState(code: code))
    registers = UnsafeMutableRawPointer(state).assumingMemoryBound(to: UInt32.self)
    savedRegisters = .allocate(capacity: 48)
    savedRegisters.initialize(repeating: 0, count: 48)
    interrupts = InterruptController(configuration)
    system = SystemControlBlock(configuration.processor)
    sysTick = SysTick(referenceDivider: configuration.sysTickReferenceDivider)
    protection = MemoryProtection(configuration)
    state.pointee.owner = Unmanaged.passUnretained(self)
  }

  deinit {
    state.deinitialize(count: 1)
    state.deallocate()
    savedRegisters.deallocate()
    code.deallocate()
  }
}

/// What an instruction leaves for the run loop to do at its end.
enum Request: Equatable {
  case none
  /// The instruction did not happen.
  case fault(Fault)
  /// An exception came at this cycle, in the middle of a multiple transfer, which goes on at the
  /// register numbered here; 0: it starts again.
  case interruption(UInt64, continuation: UInt8)
  case supervisorCall
  case breakpoint(UInt8)
  case exceptionReturn(UInt32)
  case sleep(Outcome.Sleep)
}

/// An exception whose frame is on the stack while its vector has not been fetched: a more urgent
/// one may still take its place (late arrival).
struct EntryInProgress: Codable {
  var exception: Int
  var returnValue: UInt32
  /// The stack pointer before the frame; nil when tail-chained.
  var interruptedStackPointer: UInt32?
}

/// An exception return behind which no instruction has run: an exception that comes now finds the
/// frame still on the stack.
struct FinishedReturn: Codable {
  /// EXC_RETURN.
  var value: UInt32
  var frame: UInt32
  /// What had been executed then.
  var instructions: UInt64
}

/// The local exclusive monitor: one tagged address, granule of the whole memory as on Cortex-M4
/// (ARMv7-M ARM, A3.4).
struct ExclusiveMonitor: Codable {
  var isOpen = true
}
