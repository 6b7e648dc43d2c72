// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RegisterMaps
import Registers

/// The 64 MHz clock from the crystal (Product Specification v1.7, 5.4 CLOCK): UART and PDM rates
/// are exact only with it.
public enum HighFrequencyClock {
  private static let clock = RegisterBlock(at: NRF52840.Base.clock)

  /// Starts the crystal oscillator and waits until it runs.
  public static func start() {
    clock[CLOCK.Offset.eventsHighFrequencyStarted] = 0
    clock[CLOCK.Offset.tasksHighFrequencyStart] = 1
    while clock[CLOCK.Offset.eventsHighFrequencyStarted] == 0 {}
  }
}
