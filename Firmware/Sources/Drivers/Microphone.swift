// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RegisterMaps
import Registers
import Startup
import StaticMemory
import Synchronization

/// The board's PDM microphone at 16 kHz, 16 bit, mono (Product Specification v1.7, 6.15 PDM).
///
/// EasyDMA fills a ring of blocks. The sample pointer is double-buffered: when a block has started,
/// the interrupt names the one after it, so that no sample is lost between two blocks.
public enum Microphone {
  public static let samplesPerBlock = Int(microphone_block_samples)

  private static let blocks = UInt32(microphone_blocks)
  private static let pdm = RegisterBlock(at: NRF52840.Base.pdm)
  private static let interrupt = Interrupt(NRF52840.Interrupt.pdm)
  /// Counts of blocks since the start; they wrap. Only the interrupt writes the first two.
  nonisolated(unsafe) private static var started: UInt32 = 0
  private static let filled = Atomic<UInt32>(0)
  nonisolated(unsafe) private static var taken: UInt32 = 0

  /// Powers the microphone and begins to listen. The high-frequency clock must run.
  public static func start() {
    (started, taken) = (0, 0)
    filled.store(0, ordering: .releasing)
    OutputPin(BoardPins.PDM_PWR).set(true)
    _ = OutputPin(BoardPins.PDM_CLK)
    pdm[PDM.Offset.pinSelectClock] = BoardPins.PDM_CLK.selection
    pdm[PDM.Offset.pinSelectData] = BoardPins.PDM_DIN.selection
    // 1.280 MHz / 80 is 16 kHz exactly.
    pdm[PDM.Offset.clockControl] = PDM.ClockControl.hertz1280000
    pdm[PDM.Offset.ratio] = PDM.Ratio.ratio80
    pdm[PDM.Offset.mode] = PDM.Mode.mono
    pdm[PDM.Offset.samplePointer] = address(ofBlock: 0)
    pdm[PDM.Offset.sampleMaximumCount] = UInt32(samplesPerBlock)
    pdm[PDM.Offset.interruptEnableSet] =
      NordicEvent.interruptMask(of: PDM.Offset.eventsStarted)
      | NordicEvent.interruptMask(of: PDM.Offset.eventsEnd)
    pdm[PDM.Offset.enable] = PDM.Enable.on
    interrupt.enable()
    pdm[PDM.Offset.tasksStart] = 1
  }

  /// Stops listening; what was heard and not taken is forgotten.
  public static func stop() {
    pdm[PDM.Offset.interruptEnableClear] = .max
    pdm[PDM.Offset.eventsStopped] = 0
    pdm[PDM.Offset.tasksStop] = 1
    while pdm[PDM.Offset.eventsStopped] == 0 {}
    pdm[PDM.Offset.enable] = 0
    (pdm[PDM.Offset.eventsStarted], pdm[PDM.Offset.eventsEnd]) = (0, 0)
    taken = filled.load(ordering: .acquiring)
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
