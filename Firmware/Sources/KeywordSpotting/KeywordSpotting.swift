// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Drivers
import Startup

/// Hears spoken digits: says on the console which, and lights the LED.
@main
enum KeywordSpotting {
  static func main() {
    InstructionCache.enable()
    HighFrequencyClock.start()
    Console.open()
    var listener = Listener()
    var injection = Injection()
    Microphone.start()
    Console.write(Line("ready"))
    while true {
      Console.poll()
      while let byte = Console.read() {
        injection.take(byte, &listener)
        Console.poll()
      }
      while !injection.isActive, let block = Microphone.next(lost: &listener.lostBlocks) {
        listener.hear(block)
      }
      waitForEvent()
    }
  }
}

@_cdecl("PDM_IRQHandler")
func handlePDMInterrupt() { Microphone.handleInterrupt() }
