// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Drivers
import InjectionProtocol
import Registers
import StaticMemory

/// Samples from the host instead of the microphone, so that two boards hear exactly the same, and
/// what became of them, told line by line.
struct Injection {
  private var reader = InjectionReader(
    memory: injectionMemory(), capacity: Int(injection_capacity))
  private(set) var isActive = false
  private var blocks: UInt32 = 0

  /// Takes one byte of the line.
  mutating func take(_ byte: UInt8, _ listener: inout Listener) {
    switch reader.push(byte) {
    case .command(.begin, _): begin(&listener)
    case .command(.block, let count): hear(count, &listener)
    case .command(.end, _): end(&listener)
    case .command(.led, _): Answer.tell("led ", listener.isLit ? 1 : 0)
    case .damaged: Answer.tell("refused damaged")
    case .tooLong: Answer.tell("refused size")
    case nil: break
    }
  }

  private mutating func begin(_ listener: inout Listener) {
    Microphone.stop()
    CycleCounter.start()
    listener.forget()
    listener.isReporting = true
    (isActive, blocks) = (true, 0)
    Answer.tell("begin ", UInt32(injection_capacity))
  }

  private mutating func hear(_ count: Int, _ listener: inout Listener) {
    guard isActive else { return Answer.tell("refused order") }
    guard count == Int(injection_capacity) else { return Answer.tell("refused size") }
    injectionMemory().withMemoryRebound(to: Int16.self, capacity: Microphone.samplesPerBlock) {
      listener.hear($0)
    }
    blocks &+= 1
    Answer.tell("block ", blocks)
  }

  private mutating func end(_ listener: inout Listener) {
    guard isActive else { return Answer.tell("refused order") }
    listener.forget()
    listener.isReporting = false
    isActive = false
    Answer.tell("end ", blocks)
    Microphone.start()
  }
}

/// Lines for a host that injects.
enum Answer {
  static func tell(_ text: StaticString) {
    var line = Line("@")
    line.append(text)
    Console.write(line)
  }

  static func tell(_ text: StaticString, _ number: UInt32) {
    var line = Line("@")
    line.append(text)
    line.append(number)
    Console.write(line)
  }

  static func tell(_ text: StaticString, _ bytes: UnsafePointer<Int8>, _ count: Int) {
    var line = Line("@")
    line.append(text)
    for index in 0..<count { line.append(hexadecimal: UInt8(bitPattern: bytes[index])) }
    Console.write(line)
  }
}
