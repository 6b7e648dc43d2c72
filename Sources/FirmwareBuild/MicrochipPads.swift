// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import MachineModel

/// How the console's SERCOM of a SAM D21 comes to the board's pins TX and RX: which function the
/// multiplexer gives them, and which of the four pads they are (DS40001882, PORT Function
/// Multiplexing).
struct MicrochipPads: Equatable {
  /// SERCOM's number.
  let number: UInt32
  /// PMUX: C is 2, D is 3.
  let multiplexer: UInt32
  /// CTRLA.TXPO and CTRLA.RXPO.
  let transmit: UInt32
  let receive: UInt32

  /// - Throws: `FirmwareBuildError.unreachablePins` where the pins are not this SERCOM's.
  init(console: Instance, _ board: Board) throws(FirmwareBuildError) {
    let number = UInt32(console.name.last?.wholeNumberValue ?? 0)
    for (multiplexer, table) in zip([2, 3] as [UInt32], [Self.functionC, Self.functionD]) {
      guard let sender = board.pins["TX"].flatMap({ Self.pad($0, of: number, in: table) }),
        let receiver = board.pins["RX"].flatMap({ Self.pad($0, of: number, in: table) }),
        // A USART sends on pad 0 or 2.
        sender % 2 == 0
      else { continue }
      (self.number, self.multiplexer) = (number, multiplexer)
      (transmit, receive) = (sender / 2, receiver)
      return
    }
    throw .unreachablePins(board: board.name, console: console.name)
  }

  /// Runs of pins that are pads of one SERCOM: port, first pin, SERCOM, first pad, how many.
  private typealias Run = (port: UInt8, pin: UInt8, sercom: UInt32, pad: UInt32, count: UInt8)
  private static let functionC: [Run] = [
    (0, 8, 0, 0, 4), (0, 12, 2, 0, 4), (0, 16, 1, 0, 4), (0, 20, 5, 2, 2), (0, 22, 3, 0, 4),
  ]
  private static let functionD: [Run] = [
    (0, 0, 1, 0, 2), (0, 4, 0, 0, 4), (0, 8, 2, 0, 4), (0, 12, 4, 0, 4), (0, 16, 3, 0, 4),
    (0, 20, 3, 2, 2), (0, 22, 5, 0, 4), (0, 30, 1, 2, 2), (1, 2, 5, 0, 2), (1, 8, 4, 0, 4),
    (1, 22, 5, 2, 2),
  ]

  private static func pad(_ pin: Pin, of number: UInt32, in table: [Run]) -> UInt32? {
    for run in table
    where run.sercom == number && pin.port == Pin.firstLetteredPort + run.port
      && (run.pin..<run.pin + run.count).contains(pin.number)
    {
      return run.pad + UInt32(pin.number - run.pin)
    }
    return nil
  }
}
