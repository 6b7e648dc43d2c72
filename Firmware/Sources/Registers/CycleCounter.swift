// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Startup

/// Counts the core's cycles: DWT's CYCCNT, or SysTick on Armv6-M, which has no DWT counter
/// (Armv7-M Architecture Reference Manual, C1.8.8; Armv6-M, B3.3).
///
/// SysTick has 24 bits; what goes beyond, the application's `SysTick_Handler` counts.
public enum CycleCounter {
  private static let debug = RegisterBlock(at: 0xE000_EDF0)
  private static let watch = RegisterBlock(at: 0xE000_1000)
  private static let sysTick = RegisterBlock(at: 0xE000_E010)
  private static let identification = RegisterBlock(at: 0xE000_ED00)
  private static let reload: UInt32 = 0xFF_FFFF
  nonisolated(unsafe) private static var hasWatch = false
  nonisolated(unsafe) private static var wraps: UInt32 = 0

  public static func start() {
    // CPUID.ARCHITECTURE: 0xC is Armv6-M.
    hasWatch = identification[0] &>> 16 & 15 == 15
    if hasWatch {
      debug[0x0C] |= 1 << 24
      watch[4] = 0
      watch[0] |= 1
    } else {
      sysTick[4] = reload
      sysTick[8] = 0
      // The core's clock, with the exception, on.
      sysTick[0] = 7
    }
  }

  /// Cycles, modulo 2^32.
  @inline(never)
  public static func now() -> UInt32 {
    // Nothing that is measured may move across.
    dataMemoryBarrier()
    if hasWatch { return watch[4] }
    while true {
      let before = overflowCount()
      let value = reload &- sysTick[8]
      if before == overflowCount() { return before &<< 24 &+ value }
    }
  }

  /// What the application's `SysTick_Handler` calls.
  public static func handleSysTick() { wraps &+= 1 }

  @inline(never)
  private static func overflowCount() -> UInt32 {
    dataMemoryBarrier()
    return wraps
  }
}
