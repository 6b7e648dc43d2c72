// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Serial

/// Sends back every line that comes over UART or USB, to both; the light shows every other one.
@main
enum SerialEcho {
  static func main() {
    BoardClocks.start()
    Serial.open()
    Light.open()
    Serial.write("serial-echo is ready\r\n")
    var isLit = false
    while true {
      let byte = Serial.read()
      Serial.write(byte)
      guard byte == UInt8(ascii: "\n") else { continue }
      isLit.toggle()
      Light.set(isLit)
    }
  }
}
