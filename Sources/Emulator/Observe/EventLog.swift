// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import CortexM
import MachineModel

/// One line for each event of the kinds asked for: virtual time, kind, what happened, and the
/// instruction and function that it belongs to.
public final class EventLog: Observer {
  /// A kind of events, by the name that `--log` knows.
  public enum Topic: String, CaseIterable, Sendable {
    case unimplemented
    case guestErrors = "guest-errors"
    case irq
    case exceptions
    case registers
    case dma
    case flash
    case sleep
    case pins
    case serial
    case usb
    case tasks
    case semihosting
    case resets
  }

  private let topics: Set<Topic>
  private let image: LoadedImage
  private let write: (String) -> Void

  /// - Parameter write: takes each line, without its end.
  public init(_ topics: Set<Topic>, of image: LoadedImage, to write: @escaping (String) -> Void) {
    self.topics = topics
    self.image = image
    self.write = write
  }

  public func observe(_ event: MachineEvent, at instant: Instant, in machine: Machine) {
    for (topic, text) in describe(event, machine) where topics.contains(topic) {
      let time = Self.time(instant, machine.board.cpuClock)
      let name = topic.rawValue.padded(to: 13)
      // Where a handler returns to is only known once it has.
      if case .exceptionReturned = event { return write("\(time) s  \(name)  \(text)") }
      write("\(time) s  \(name)  \(text)  at \(place(machine.instructionOfEvent))")
    }
  }

  /// Seconds to the nanosecond, rounded down: "  0.002013328".
  static func time(_ instant: Instant, _ clock: Frequency) -> String {
    let nanoseconds = TickClock(Frequency(hertz: 1_000_000_000), reference: clock)
      .ticks(in: instant.sinceReset)
    let fraction = String(nanoseconds % 1_000_000_000)
    let whole = String(nanoseconds / 1_000_000_000)
    let zeros = String(repeating: "0", count: 9 - fraction.count)
    return String(repeating: " ", count: max(0, 3 - whole.count)) + "\(whole).\(zeros)\(fraction)"
  }

  private func place(_ address: UInt32) -> String {
    "\(Address(address))" + (image.symbol(at: Address(address)).map { " \($0)" } ?? "")
  }

  // MARK: Words for events

  private func describe(_ event: MachineEvent, _ machine: Machine) -> [(Topic, String)] {
    switch event {
    case .access(let access): [(.registers, Self.text(access, machine))]
    case .unmodelled(let address, let isWrite):
      [(.unimplemented, "\(machine.registerName(address)) \(isWrite ? "written" : "read")")]
    case .refused(let address, let isWrite):
      [(.guestErrors, "nothing answers at \(address), \(isWrite ? "written" : "read")")]
    case .dma(let device, let address, let size, let intoRAM):
      [(.dma, Self.transfer(Self.name(device, machine), address, size, intoRAM: intoRAM))]
    case .dmaRefused(let device, let address, let size):
      [
        (
          .guestErrors,
          "\(Self.name(device, machine)) was to move \(size) at \(address), not in RAM"
        )
      ]
    case .interruptLine(let line, let raised):
      [(.irq, "\(Self.interrupt(line, machine)) \(raised ? "raised" : "lowered")")]
    case .exceptionEntered(let number): entered(number, machine)
    case .exceptionReturned(let number):
      [(.exceptions, "return from \(Self.exception(number, machine))")]
    default: describeRest(event, machine)
    }
  }

  private func describeRest(_ event: MachineEvent, _ machine: Machine) -> [(Topic, String)] {
    switch event {
    case .pin(let pin, let level): [(.pins, "\(pin) \(level == .high ? "high" : "low")")]
    case .pinFloats(let pin): [(.pins, "\(pin) floating")]
    case .crash(let summary): [(.guestErrors, "\(summary), not handled")]
    case .serialByte(let device, let byte):
      [(.serial, "\(Self.name(device, machine)) sent \(Self.hexadecimal(UInt32(byte), digits: 2))")]
    case .usb(let event, let handshake): [(.usb, event.text(answered: handshake))]
    case .usbAttached(let isAttached): [(.usb, isAttached ? "attached" : "detached")]
    case .stimulus(let port, let value):
      Self.text(port, value, machine).map { [(.tasks, $0)] } ?? []
    case .slept(let kind):
      [(.sleep, kind == .waitForEvent ? "asleep until an event" : "asleep until an interrupt")]
    case .woke: [(.sleep, "awake")]
    case .flash(let address, .word(let value)):
      [(.flash, "\(Self.hexadecimal(value, digits: 8)) programmed at \(address)")]
    case .flash(let address, .erase(let size)): [(.flash, "\(size) erased at \(address)")]
    case .reset(let cause): [(.resets, "reset, \(Self.text(cause))")]
    case .systemOff: [(.resets, "System OFF")]
    case .semihosting(let call, let parameter, let answer):
      [(.semihosting, Self.text(call, parameter, answer))]
    default: []
    }
  }

  private func entered(_ number: Int, _ machine: Machine) -> [(Topic, String)] {
    let text = "\(Self.exception(number, machine)) entered"
    guard (3...6).contains(number) else { return [(.exceptions, text)] }
    let causes = machine.core.faultCauses.joined(separator: "; ")
    return [(.exceptions, text), (.guestErrors, "\(text): \(causes)")]
  }

  private static func name(_ device: Int, _ machine: Machine) -> String {
    machine.board.chip.peripherals[device].name
  }

  private static func transfer(
    _ name: String, _ address: Address, _ size: ByteCount, intoRAM: Bool
  ) -> String {
    "\(name) \(intoRAM ? "wrote" : "read") \(ByteCount.grouped(size.count)) B at \(address)"
  }

  private static func text(_ access: MachineEvent.Access, _ machine: Machine) -> String {
    let address = machine.board.chip.peripherals[access.device].base + ByteCount(Int(access.offset))
    let value = hexadecimal(access.value, digits: 2 * Int(access.width.rawValue))
    return "\(machine.registerName(address)) \(access.isWrite ? "written" : "read") \(value)"
  }

  /// "interrupt 2 (UARTE0)".
  static func interrupt(_ line: Int, _ machine: Machine) -> String {
    let owner = machine.board.chip.peripherals.first { $0.interrupt == line }
    return "interrupt \(line)" + (owner.map { " (\($0.name))" } ?? "")
  }

  static func exception(_ number: Int, _ machine: Machine) -> String {
    number < 16 ? Core.name(ofException: number) : interrupt(number - 16, machine)
  }

  /// Nil for a name that is only being spelled.
  private static func text(_ port: Int, _ value: UInt32, _ machine: Machine) -> String? {
    let name = { (number: UInt8) in machine.tasks.tasks[number]?.name ?? "task \(number)" }
    switch port {
    case TaskMeter.Port.begin: return "\(name(UInt8(truncatingIfNeeded: value))) begins"
    case TaskMeter.Port.end: return "\(name(UInt8(truncatingIfNeeded: value))) ends"
    case TaskMeter.Port.deadline:
      return "\(name(UInt8(value >> 24))) has a deadline of \(value & 0xFF_FFFF) us"
    case TaskMeter.Port.name: return nil
    default: return "ITM port \(port) written \(hexadecimal(value, digits: 2))"
    }
  }

  private static func text(_ cause: DeviceContext.ResetCause) -> String {
    switch cause {
    case .powerOn: "at power-on"
    case .software: "asked for by the program"
    case .watchdog: "by the watchdog"
    case .pin: "by the pin"
    case .lockup: "after lockup"
    }
  }

  private static func text(_ call: UInt32, _ parameter: UInt32, _ answer: UInt32?) -> String {
    let name = Semihosting.Call(rawValue: call).map { "\($0)" } ?? hexadecimal(call, digits: 2)
    let asked = "\(name)(\(hexadecimal(parameter, digits: 8)))"
    return asked + (answer.map { " answered \(Int32(bitPattern: $0))" } ?? " ended the program")
  }

  static func hexadecimal(_ value: UInt32, digits: Int) -> String {
    let text = String(value, radix: 16)
    return "0x" + String(repeating: "0", count: max(0, digits - text.count)) + text
  }
}

extension EventLog.Topic {
  /// A list that asks for something that there is not.
  public struct ListError: Error, CustomStringConvertible, Sendable {
    public let description: String
  }

  /// `irq,dma`, or `all`.
  public static func list(_ text: String) throws(ListError) -> Set<EventLog.Topic> {
    var topics: Set<EventLog.Topic> = []
    for name in text.split(separator: ",", omittingEmptySubsequences: false) {
      if name == "all" {
        topics.formUnion(allCases)
      } else if let topic = Self(rawValue: String(name)) {
        topics.insert(topic)
      } else {
        let known = allCases.map(\.rawValue).joined(separator: ", ")
        throw ListError(description: "'\(name)' cannot be logged; choose from \(known), or all")
      }
    }
    return topics
  }
}

extension String {
  func padded(to width: Int) -> String {
    self + String(repeating: " ", count: Swift.max(0, width - count))
  }
}
