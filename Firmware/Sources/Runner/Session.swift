// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Registers
import RunnerProtocol
import RunnerWeights
import Serial

/// What the runner remembers between two commands.
struct Session {
  /// The inputs, which stay as they came: layers reuse the memory of the network's own.
  private let staging = networkInputs()
  private let arena = networkArena()
  private var expected = 0
  private var stored = 0
  private var lastCycles: UInt32 = 0
  private var uptime = Uptime()

  mutating func greet() {
    Network.reset(arena: arena)
    Serial.write("m-timestamp-mode-performance\r\n")
    tellTime()
    Serial.write("m-init-done\r\n")
    endAnswer()
  }

  func endAnswer() { Serial.write("m-ready\r\n") }

  /// A byte of `db`; what comes after the last one is left out.
  mutating func store(_ byte: UInt8) {
    guard stored < expected else { return }
    staging[stored] = byte
    stored &+= 1
    if stored == expected { Serial.write("m-load-done\r\n") }
  }

  mutating func answer(_ command: RunnerCommand) {
    switch command {
    case .name: Serial.write("m-name-dut-[breadboard]\r\n")
    case .timestamp: tellTime()
    case .profile:
      Serial.write("m-profile-[ULPMark for tinyML Firmware V0.0.1]\r\nm-model-[")
      Serial.write(RunnerModel.name)
      Serial.write("]\r\n")
    case .help:
      Serial.write("name, timestamp, profile, db load N, db HH.., db print, infer N [W], ")
      Serial.write("results, outputs, layers, cycles; each ends with a percent sign\r\n")
    case .load(let byteCount): expect(byteCount)
    case .bytes, .empty: break
    case .printBytes: printBytes()
    case .infer(let count, let warmup): infer(count, warmup)
    case .results: Results.write(from: arena)
    case .outputs: Results.writeBytes(from: arena)
    case .layers: inferByLayer()
    case .cycles:
      inferOnce()
      Serial.writeLine("m-cycles-", lastCycles)
    case .wrong(let mistake): tell(mistake)
    }
  }

  private func tell(_ mistake: RunnerMistake) {
    Serial.write("e-[")
    switch mistake {
    case .unknown: Serial.write("Unknown command")
    case .tooLong: Serial.write("A command has at most 80 characters")
    case .missingSubcommand: Serial.write("db takes load N, print or bytes")
    case .missingCount: Serial.write("A number is missing")
    case .zeroCount: Serial.write("The number must be above 0")
    case .oddDigits: Serial.write("A byte has two hexadecimal digits")
    case .invalidDigit: Serial.write("That is no hexadecimal digit")
    }
    Serial.write("]\r\n")
  }

  private mutating func tellTime() { Serial.writeLine("m-lap-us-", uptime.microseconds()) }

  // MARK: Inputs

  private mutating func expect(_ byteCount: Int) {
    guard byteCount == Int(network_input_bytes) else {
      Serial.write("e-[The model takes ")
      Serial.write(UInt32(network_input_bytes))
      Serial.write(" bytes]\r\n")
      return
    }
    (expected, stored) = (byteCount, 0)
    Serial.write("m-[Expecting ")
    Serial.write(UInt32(byteCount))
    Serial.write(" bytes]\r\n")
  }

  private func printBytes() {
    for index in 0..<expected {
      if index % 8 == 0 { Serial.write("m-buffer-") }
      Serial.write(hexadecimal: staging[index])
      let isLast = index % 8 == 7 || index == expected &- 1
      Serial.write(isLast ? "\r\n" : "-")
    }
  }

  private func loadInputs() {
    var from = 0
    for index in 0..<Network.inputCount {
      let (offset, byteCount) = Network.input(index)
      (arena + offset).copyMemory(from: staging + from, byteCount: byteCount)
      from &+= byteCount
    }
  }

  // MARK: Inferences

  private mutating func infer(_ count: Int, _ warmup: Int) {
    Serial.writeLine("m-warmup-start-", UInt32(warmup))
    for _ in 0..<warmup { inferOnce() }
    Serial.write("m-warmup-done\r\n")
    Serial.writeLine("m-infer-start-", UInt32(count))
    tellTime()
    for _ in 0..<count { inferOnce() }
    tellTime()
    Serial.write("m-infer-done\r\n")
    Results.write(from: arena)
  }

  @inline(never)
  private mutating func inferOnce() {
    loadInputs()
    let start = CycleCounter.now()
    Network.run(arena: arena)
    lastCycles = CycleCounter.now() &- start
    uptime.pass()
  }

  private mutating func inferByLayer() {
    loadInputs()
    for index in 0..<Network.layerCount {
      let start = CycleCounter.now()
      Network.runLayer(index, arena: arena)
      let cycles = CycleCounter.now() &- start
      Serial.write("m-layer-")
      Serial.write(UInt32(index))
      Serial.writeLine("-cycles-", cycles)
    }
  }
}

/// Microseconds since the start, from the core's cycles.
struct Uptime {
  private var last: UInt32 = 0
  private var rest: UInt32 = 0
  private var total: UInt32 = 0

  /// Takes notice of the cycles that have passed: at least once in 2^32 of them.
  mutating func pass() {
    let now = CycleCounter.now()
    let cycles = now &- last
    last = now
    let megahertz = BoardClocks.megahertz
    let quotient = cycles / megahertz
    rest &+= cycles &- quotient &* megahertz
    total &+= quotient
    if rest >= megahertz {
      rest &-= megahertz
      total &+= 1
    }
  }

  mutating func microseconds() -> UInt32 {
    pass()
    return total
  }
}

extension Serial {
  @inline(never)
  static func writeLine(_ text: StaticString, _ number: UInt32) {
    write(text)
    write(number)
    endLine()
  }
}
