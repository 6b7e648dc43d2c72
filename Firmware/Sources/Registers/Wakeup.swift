// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Interrupts that wake the core and are never taken: enabled in the peripheral, not in the
/// interrupt controller (Armv7-M Architecture Reference Manual, B1.5.18; Armv6-M has the same).
public enum Wakeup {
  private static let systemControl = RegisterBlock(at: 0xE000_ED10)
  private static let clearPending = RegisterBlock(at: 0xE000_E280)
  private static let sendEventOnPending: UInt32 = 1 << 4

  public static func enable() { systemControl[0] |= sendEventOnPending }

  /// Makes way for the line's next rise. To be called before the peripheral is asked: what comes
  /// later is then an event, and `waitForEvent` does not sleep.
  public static func forget(_ interrupt: UInt32) {
    clearPending[interrupt / 32 * 4] = 1 << (interrupt % 32)
  }
}
