// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Drivers
import Startup

/// Hears spoken digits.
@main
enum KeywordSpotting {
  static let features = MeasuredTask(1)

  static func main() {
    HighFrequencyClock.start()
    Console.open()
    let led = OutputPin(BoardPins.LED_BUILTIN)
    Microphone.start()
    Console.write(Line("ready"))
    var lost: UInt32 = 0
    var blocks: UInt32 = 0
    while true {
      while let block = Microphone.next(lost: &lost) {
        let level = features { meanLevel(block) }
        led.set(level > 500)
        blocks &+= 1
        if blocks % 25 == 0 { report(level: level, lost: lost) }
      }
      waitForEvent()
    }
  }

  private static func meanLevel(_ samples: UnsafePointer<Int16>) -> UInt32 {
    var sum: UInt32 = 0
    for index in 0..<Microphone.samplesPerBlock { sum &+= UInt32(samples[index].magnitude) }
    return sum / UInt32(Microphone.samplesPerBlock)
  }

  private static func report(level: UInt32, lost: UInt32) {
    var line = Line("level ")
    line.append(level)
    line.append(", lost ")
    line.append(lost)
    Console.write(line)
  }
}

@_cdecl("PDM_IRQHandler")
func handlePDMInterrupt() { Microphone.handleInterrupt() }
