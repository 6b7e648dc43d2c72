// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import DMAMemory
import Startup
import Synchronization

/// The board's PDM microphone at 16 kHz, 16 bit, mono (Product Specification v1.7, 6.15 PDM).
///
/// EasyDMA fills a ring of blocks. The sample pointer is double-buffered: when a block has started,
/// the interrupt names the one after it, so that no sample is lost between two blocks.
public enum Microphone {
  public static let samplesPerBlock = Int(microphone_block_samples)

  private static let blocks = UInt32(microphone_blocks)
  private static let pdm = RegisterBlock(at: 0x4001_D000)
  private static let interrupt = Interrupt(29)
  /// Counts of blocks since the start; they wrap. Only the interrupt writes the first two.
  nonisolated(unsafe) private static var started: UInt32 = 0
  private static let filled = Atomic<UInt32>(0)
  nonisolated(unsafe) private static var taken: UInt32 = 0

  /// Powers the microphone and begins to listen. The high-frequency clock must run.
  public static func start() {
    OutputPin(port: 0, pin: 17).set(true)
    _ = OutputPin(port: 0, pin: 26)
    pdm[PDM.Offset.selectClock] = 26
    pdm[PDM.Offset.selectData] = 25
    // 1.280 MHz / 80 is 16 kHz exactly.
    pdm[PDM.Offset.clockControl] = PDM.clock1280kHz
    pdm[PDM.Offset.ratio] = PDM.ratio80
    pdm[PDM.Offset.mode] = PDM.monoLeftFalling
    pdm[PDM.Offset.samplePointer] = address(ofBlock: 0)
    pdm[PDM.Offset.sampleCount] = UInt32(samplesPerBlock)
    pdm[PDM.Offset.interruptEnableSet] = PDM.startedInterrupt | PDM.endInterrupt
    pdm[PDM.Offset.enable] = 1
    interrupt.enable()
    pdm[PDM.Offset.tasksStart] = 1
  }

  /// The oldest block not yet taken, or nil when none is full. It stays as it is for 20 ms.
  /// - Parameter lost: counts up by the blocks that came too fast to be taken.
  public static func next(lost: inout UInt32) -> UnsafePointer<Int16>? {
    let waiting = filled.load(ordering: .acquiring) &- taken
    guard waiting > 0 else { return nil }
    // One block is being filled and one is named to EasyDMA already.
    let spare = blocks - 2
    if waiting > spare {
      lost &+= waiting &- spare
      taken &+= waiting &- spare
    }
    defer { taken &+= 1 }
    dataMemoryBarrier()
    return UnsafePointer(block(taken))
  }

  /// What the application's `PDM_IRQHandler` calls.
  public static func handleInterrupt() {
    if pdm[PDM.Offset.eventsEnd] != 0 {
      pdm[PDM.Offset.eventsEnd] = 0
      filled.wrappingAdd(1, ordering: .releasing)
    }
    if pdm[PDM.Offset.eventsStarted] != 0 {
      pdm[PDM.Offset.eventsStarted] = 0
      started &+= 1
      pdm[PDM.Offset.samplePointer] = address(ofBlock: started)
    }
  }

  private static func block(_ count: UInt32) -> UnsafeMutablePointer<Int16> {
    microphoneMemory() + Int(count % blocks) &* samplesPerBlock
  }

  private static func address(ofBlock count: UInt32) -> UInt32 {
    UInt32(UInt(bitPattern: block(count)))
  }
}

enum PDM {
  enum Offset {
    static let tasksStart: UInt32 = 0x000
    static let eventsStarted: UInt32 = 0x100
    static let eventsEnd: UInt32 = 0x108
    static let interruptEnableSet: UInt32 = 0x304
    static let enable: UInt32 = 0x500
    static let clockControl: UInt32 = 0x504
    static let mode: UInt32 = 0x508
    static let ratio: UInt32 = 0x520
    static let selectClock: UInt32 = 0x540
    static let selectData: UInt32 = 0x544
    static let samplePointer: UInt32 = 0x560
    static let sampleCount: UInt32 = 0x564
  }
  static let clock1280kHz: UInt32 = 0x0A00_0000
  static let ratio80: UInt32 = 1
  static let monoLeftFalling: UInt32 = 1
  static let startedInterrupt: UInt32 = 1 << 0
  static let endInterrupt: UInt32 = 1 << 2
}
