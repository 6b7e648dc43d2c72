// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What the host says of the line (PSTN 1.2, 6.3.10 and 6.3.12), and the touch that calls the
/// bootloader: 1200 baud, then DTR low for 200 ms.
enum LineState {
  private static let touchRate: UInt32 = 1200
  private static let touchFrames: UInt32 = 200

  /// Baud as 32 bits, stop bits, parity, data bits: as the class sends it.
  nonisolated(unsafe) static var rate: UInt32 = 115_200
  nonisolated(unsafe) static var format: UInt32 = 8 << 16
  /// DTR: somebody has the port open.
  nonisolated(unsafe) static var isReady = false
  nonisolated(unsafe) private(set) static var isTouched = false
  nonisolated(unsafe) private static var touchedAt: UInt32 = 0

  static func reset() {
    (rate, isReady) = (115_200, false)
    update()
  }

  /// To be called after every change. Hosts set rate and DTR in either order.
  static func update() {
    let isTouch = rate == touchRate && !isReady && USBSerial.isConfigured
    guard isTouch != isTouched else { return }
    isTouched = isTouch
    touchedAt = USBPort.frame
    USBPort.wakeEveryFrame(isTouch)
  }

  static func checkTouch() {
    guard isTouched, (USBPort.frame &- touchedAt) & 0x7FF >= touchFrames || USBSerial.isSuspended
    else { return }
    USBPort.enterBootloader()
  }
}
