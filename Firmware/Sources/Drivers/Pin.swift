// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// One of the chip's pins. `BoardPins`, made from the board's file, has them by the names that are
/// printed on the board.
public struct Pin: Sendable {
  let port: UInt32
  let number: UInt32

  init(port: UInt32, number: UInt32) {
    self.port = port
    self.number = number
  }

  /// As the PSEL registers of all peripherals want it: PORT is bit 5, CONNECT is 0.
  var selection: UInt32 { port << 5 | number }
}
