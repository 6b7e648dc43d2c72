// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BootloaderModels
import FlashProtocols

/// A Nano RP2040 Connect in its ROM, its flash full of something else.
package enum RP2040Board {
  package typealias Board = RP2040Boot<MemoryArray>

  package static func board() -> Board {
    var memory = MemoryArray()
    memory.add(.flash(eraseUnit: 4096), at: 0x1000_0000, size: 0x10_0000, fill: 0x5A)
    memory.add(.ram, at: 0x2000_0000, size: 0x4_2000, fill: 0)
    var board = Board(memory: memory, flashSize: 0x10_0000)
    board.setDurations(erase: .milliseconds(45), write: .milliseconds(1))
    return board
  }

  package static let parameters = FlashParameters(
    start: 0x1000_0000, length: 0x10_0000, interface: 1)

  package static func holds(_ board: Board, _ image: FlashImage) -> Bool {
    var memory = board.memory
    return memory.read(image.start, count: image.bytes.count) == image.bytes
  }
}
