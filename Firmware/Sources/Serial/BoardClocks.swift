// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RegisterMaps
import Registers

/// What runs as fast as it can before anything is measured: the core's cache and the crystal that
/// makes baud rates exact, where the board's chip has them.
public enum BoardClocks {
  public static func start() {
    if BoardSerial.cache != 0 {
      RegisterBlock(at: BoardSerial.cache)[NVMC.Offset.cacheConfiguration] = NVMC.Cache.enable
    }
    if BoardSerial.oscillators != 0 { MicrochipClocks.start() }
    guard BoardSerial.crystal != 0 else { return }
    let clock = RegisterBlock(at: BoardSerial.crystal)
    clock[CLOCK.Offset.eventsHighFrequencyStarted] = 0
    clock[CLOCK.Offset.tasksHighFrequencyStart] = 1
    while clock[CLOCK.Offset.eventsHighFrequencyStarted] == 0 {}
  }

  /// Cycles in a microsecond.
  public static var megahertz: UInt32 { BoardSerial.hertz / 1_000_000 }
}
