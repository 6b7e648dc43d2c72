// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import MachineModel

/// The light that an application blinks: the LED called `led_builtin`, else the board's first.
struct BoardLight: Equatable {
  let pin: UInt32
  let isActiveHigh: Bool
  let driver: String

  init(_ board: Board) {
    let lights = board.devices.filter { $0.part == "led" }
    let light = lights.first { $0.name == "led_builtin" } ?? lights.first
    let drivers = ["nordic.gpio": "NordicLight", "microchip.port": "MicrochipLight"]
    let kinds = Set(board.chip.peripherals.map(\.kind))
    guard let light, let pad = light.pins["pin"],
      let driver = drivers.first(where: { kinds.contains($0.key) })
    else {
      (pin, isActiveHigh, driver) = (.max, true, "NoLight")
      return
    }
    pin = BoardSerial.selection(pad)
    isActiveHigh = light.numbers["activeHigh"] != 0
    self.driver = driver.value
  }
}
