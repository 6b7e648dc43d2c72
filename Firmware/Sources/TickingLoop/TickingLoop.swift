// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Startup
import Workloads
import _Volatile

/// The work of `ConvolutionLoop` with a tick of 1 kHz, as an RTOS has it. Measures what interrupts
/// cost an emulator: `swift run -c release benchmark`.
@main
enum TickingLoop {
  /// SysTick (Armv7-M Architecture Reference Manual, B3.3).
  private static let control = VolatileMappedRegister<UInt32>(unsafeBitPattern: 0xE000_E010)
  private static let reload = VolatileMappedRegister<UInt32>(unsafeBitPattern: 0xE000_E014)
  private static let current = VolatileMappedRegister<UInt32>(unsafeBitPattern: 0xE000_E018)
  /// A millisecond at the 25 MHz of mps2-an386.
  private static let cyclesPerTick: UInt32 = 25_000
  nonisolated(unsafe) static var ticks: UInt32 = 0

  static func main() {
    reload.store(cyclesPerTick - 1)
    current.store(0)
    // Counts the core's clock, interrupts, runs.
    control.store(0b111)
    let checksum = ConvolutionWork.run(rounds: 600)
    control.store(0)
    Workload.finish(checksum)
  }
}

@_cdecl("SysTick_Handler")
func handleTick() { TickingLoop.ticks &+= 1 }
