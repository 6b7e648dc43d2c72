// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Drivers
import Startup

/// The smallest application that shows a sign of life: it blinks and counts.
@main
enum Heartbeat {
  static func main() {
    InstructionCache.enable()
    HighFrequencyClock.start()
    Console.open()
    let led = OutputPin(BoardPins.LED_BUILTIN)
    Console.write(Line("hello"))
    var beats: UInt32 = 0
    while true {
      led.set(true)
      pause()
      led.set(false)
      pause()
      beats &+= 1
      var line = Line("beat ")
      line.append(beats)
      Console.write(line)
    }
  }

  /// A quarter of a second, about, by counting.
  private static func pause() {
    for _ in 0..<1000 {
      for _ in 0..<2000 { dataMemoryBarrier() }
      Console.poll()
    }
  }
}
