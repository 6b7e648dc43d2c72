// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Registers
import RunnerProtocol
import Serial

/// Runs any network on inputs that come over the board's serial port, and answers with outputs and
/// cycles: `swift run firmware compile`.
@main
enum Runner {
  static func main() {
    BoardClocks.start()
    CycleCounter.start()
    Serial.open()
    var session = Session()
    session.greet()
    var reader = CommandReader()
    while true {
      switch reader.push(Serial.read()) {
      case .byte(let byte): session.store(byte)
      case .command(.wrong(.unknown)):
        Serial.write("e-[Unknown command: ")
        reader.forEachByteOfText { Serial.write($0) }
        Serial.write("]\r\n")
        session.endAnswer()
      case .command(let command):
        session.answer(command)
        session.endAnswer()
      case nil: break
      }
    }
  }
}

@_cdecl("SysTick_Handler")
func handleSysTick() { CycleCounter.handleSysTick() }
