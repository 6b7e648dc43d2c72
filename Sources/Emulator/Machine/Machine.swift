// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import CortexM
import MachineModel
import Sensors

/// A board, assembled: its core, memories, peripherals and parts, on one event queue.
///
/// One machine lives on one thread. It reads no clock and no random source but its seed, so a run
/// can be repeated to the last cycle.
public final class Machine {
  public let board: Board
  public let core: Core
  let memories: [GuestMemory]
  var devices: [DeviceSlot] = []
  /// Devices by the page of 1 KiB that their registers, or their windows, lie in: a peripheral's
  /// registers never share a page with another's, but for those of one block.
  var devicesByPage: [UInt32: Int] = [:]
  /// The devices that turn events into tasks.
  var routers: [Int] = []
  var wakes: WakeQueue
  var pins = PinBank()
  var microphones: [Microphone] = []
  public internal(set) var lights: [Light] = []
  /// What the USB cable leads to.
  public internal(set) var usb: USBHost
  /// Nil where every reset starts what is in flash.
  var standIn: StandInBootloader?
  var i2cParts: [I2CAttachment] = []

  public internal(set) var console = Console()
  public internal(set) var unmodelled = UnmodelledAccesses()
  public internal(set) var dmaFaultCount = 0
  public internal(set) var resetCount = 0
  public internal(set) var trace = TraceHash()
  var tasks: TaskMeter
  var bootVector = Address(0)
  var linesSearched = 0
  var pendingReset: DeviceContext.ResetCause?
  var isOff = false
  /// Where the core was told to stop.
  var deadline = Instant.reset
  let seed: UInt64
  var generator: SplitMix64

  /// Called with each line that the console completes.
  public var onConsoleLine: ((Console.Line) -> Void)?

  /// Called with what comes by the board's own USB serial port.
  public var onUSBSerial: (([UInt8]) -> Void)?

  var serialInput = SerialInput()
  /// Firmware has written to the console UART: what listens there is not only what the bootloader
  /// left behind.
  var isConsoleSetUp = false
  /// Called with what is typed, for whoever has to be able to repeat the run.
  package var onTyped: (([UInt8]) -> Void)?
  /// What calls by semihosting see of the host.
  public var semihosting = SemihostingHost()
  /// What Real-Time Transfer brings up from the guest's RAM.
  public var transfers = TransferProbe()
  /// Whether more may be typed: a core that sleeps then waits for it, with time passing.
  public var expectsInput = false
  /// Nil where nobody watches.
  var observers: ObserverList?
  let consoleDevice: Int?
  let busBox: MachineBus
  /// Why the engine is slower than the one asked for; nil where it is not.
  public private(set) var engineNote: String?

  /// - Parameters:
  ///   - microphone: the sound that the board's microphones hear; nil is silence.
  ///   - motion: how the board moves, for its motion sensors; at rest where nothing is said.
  ///   - seed: of everything random in the machine.
  ///   - engine: what runs the instructions.
  public init(
    board: Board, microphone: (any SampleSource)? = nil, motion: any MotionSource = Rest(),
    seed: UInt64 = 1, engine: Engine = .jit
  ) throws {
    self.board = board
    memories = board.chip.memories.map(GuestMemory.init)
    tasks = TaskMeter(clock: board.cpuClock)
    // A board that has a USB socket lies plugged in on the desk.
    usb = USBHost(role: board.usb.isEmpty ? .unplugged : .drivers, clock: board.cpuClock)
    self.seed = seed
    generator = SplitMix64(state: seed)
    wakes = WakeQueue(deviceCount: board.chip.peripherals.count)
    busBox = MachineBus()
    core = Core(CoreConfiguration(board.chip), bus: busBox)
    consoleDevice = board.console.flatMap { name in
      board.chip.peripherals.firstIndex { $0.name == name || $0.aliases.contains(name) }
    }
    busBox.machine = self
    for memory in memories { core.attach(memory: AttachedMemory(memory)) }
    engineNote = use(engine)
    try placePeripherals()
    try placeParts(microphone: microphone, motion: motion)
  }

  /// The next number of the seeded generator.
  func nextRandom() -> UInt64 { generator.next() }

  func memory(holding address: Address, _ count: Int) -> GuestMemory? {
    memories.first { $0.offsets(address, count) != nil }
  }

  func ram(holding address: Address, _ count: Int) -> GuestMemory? {
    memories.first { $0.description.kind == .ram && $0.offsets(address, count) != nil }
  }
}

/// A peripheral in its place.
struct DeviceSlot {
  let instance: Instance
  /// Nil for a block that is listed but not modelled.
  var peripheral: (any Peripheral)?

  // What every access asks, without the reference counts that the fields above carry.
  let base: UInt32
  let end: UInt64
  let windows: [Window]
  let isModelled: Bool

  init(instance: Instance, peripheral: (any Peripheral)?) {
    self.instance = instance
    self.peripheral = peripheral
    base = instance.base.bits
    end = instance.end
    windows = instance.windows
    isModelled = peripheral != nil
  }
}

/// A microphone on the board and the pad its data line goes to.
struct Microphone {
  var part: MP34DT05
  let data: Pin
}

/// A light on the board.
public struct Light {
  public let name: String
  public internal(set) var led: LED
}

/// The machine's only source of randomness (Steele, Lea, Flood: Fast Splittable Pseudorandom
/// Number Generators, 2014).
struct SplitMix64: Codable {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}

extension CoreConfiguration {
  init(_ chip: Chip) {
    let (processor, floatingPoint) = ProcessorModel.named(chip.core)
    self.init(
      processor: processor, floatingPoint: floatingPoint, interruptCount: chip.interruptCount,
      priorityBits: chip.priorityBits, mpuRegionCount: chip.mpuRegions,
      multiplierCycles: chip.multiplierCycles,
      hasBitBanding: chip.bitBand)
  }
}

extension ProcessorModel {
  fileprivate static func named(
    _ core: Chip.Core
  ) -> (ProcessorModel, Architecture.FloatingPoint) {
    switch core {
    case .cortexM0: (.cortexM0, .none)
    case .cortexM0Plus: (.cortexM0Plus, .none)
    case .cortexM3: (.cortexM3, .none)
    case .cortexM4: (.cortexM4, .none)
    case .cortexM4F: (.cortexM4, .fpv4Single)
    case .cortexM7: (.cortexM7, .none)
    case .cortexM7SP: (.cortexM7, .fpv5Single)
    case .cortexM7DP: (.cortexM7, .fpv5Double)
    }
  }
}

extension AttachedMemory {
  init(_ memory: GuestMemory) {
    let description = memory.description
    self.init(
      base: description.base, bytes: memory.bytes, size: description.size,
      isWritable: description.kind == .ram,
      instructionWaitStates: description.instructionWaitStates,
      dataWaitStates: description.dataWaitStates)
  }
}
