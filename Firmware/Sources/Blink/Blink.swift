// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Registers
import Serial

/// Blinks the board's light once a second, and counts over UART and USB.
@main
enum Blink {
  static func main() {
    BoardClocks.start()
    CycleCounter.start()
    Serial.open()
    Light.open()
    Serial.write("hello from blink\r\n")
    var count: UInt32 = 0
    while true {
      Light.set(true)
      Serial.wait(milliseconds: 500)
      Light.set(false)
      Serial.wait(milliseconds: 500)
      count &+= 1
      Serial.write("blink ")
      Serial.write(count)
      Serial.endLine()
    }
  }
}

@_cdecl("SysTick_Handler")
func handleSysTick() { CycleCounter.handleSysTick() }
