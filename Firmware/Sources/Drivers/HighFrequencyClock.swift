// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The 64 MHz clock from the crystal (Product Specification v1.7, 5.4 CLOCK): UART and PDM rates are
/// exact only with it.
public enum HighFrequencyClock {
  private static let clock = RegisterBlock(at: 0x4000_0000)

  /// Starts the crystal oscillator and waits until it runs.
  public static func start() {
    clock[CLOCK.Offset.eventsHFCLKStarted] = 0
    clock[CLOCK.Offset.tasksHFCLKStart] = 1
    while clock[CLOCK.Offset.eventsHFCLKStarted] == 0 {}
  }
}

enum CLOCK {
  enum Offset {
    static let tasksHFCLKStart: UInt32 = 0x000
    static let eventsHFCLKStarted: UInt32 = 0x100
  }
}
