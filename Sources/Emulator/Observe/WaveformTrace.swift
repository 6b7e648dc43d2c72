// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import MachineModel

/// Writes what happens in a machine as a value change dump, for GTKWave and its like: pins,
/// interrupt lines, the exception being handled, sleep, marked tasks, and the accesses to each
/// peripheral. Nothing is kept in memory but the last few microseconds.
public final class WaveformTrace: Observer {
  private typealias Variable = ValueChangeDump.Variable

  private var dump: ValueChangeDump
  private let picoseconds: TickClock
  private var processor: Processor?
  private var lines: [Int: Variable] = [:]
  private var pins: [Pin: Variable] = [:]
  private var tasks: Tasks?
  private var peripherals: [Peripheral] = []

  private struct Processor {
    var exception, exceptionName, sleep, reset: Variable
    /// The exceptions that are active, the innermost last.
    var active: [Int] = []
  }

  private struct Tasks {
    var number, name: Variable
    /// Whether the task of each of the first numbers runs.
    var runs: [Variable]
    /// The tasks that have begun, the latest last.
    var begun: [UInt8] = []
  }

  /// What the bus sees of a peripheral, and what it sends.
  private struct Peripheral {
    var register, offset, data, read, write, dma: Variable
    var sent: Variable
    /// What the variables hold: a program that polls a register writes the same again and again.
    var shownOffset: UInt32?
    var shownData: UInt32?
  }

  private static let tasksShown = 16
  /// In cycles: longer than any instruction.
  private static let patience = Cycles(512)

  /// - Parameter write: takes stretches of bytes as they come.
  public init(of machine: Machine, to write: @escaping (ArraySlice<UInt8>) -> Void) {
    picoseconds = TickClock(
      Frequency(hertz: 1_000_000_000_000), reference: machine.board.cpuClock)
    dump = ValueChangeDump(patience: picoseconds.ticks(in: Self.patience), to: write)
    dump.begin(comment: "Breadboard: \(machine.board.name)", timescale: "1 ps")
    dump.scope(machine.board.id) { dump in
      declareProcessor(&dump)
      declareLines(machine, &dump)
      declarePins(machine, &dump)
      declareTasks(&dump)
      dump.scope("bus") { dump in
        for peripheral in machine.board.chip.peripherals { declare(peripheral.name, &dump) }
      }
    }
    dump.endHead(startValues(machine))
  }

  /// Writes what is still held back; the dump ends now.
  public func finish(_ machine: Machine) { dump.finish(at: time(machine.core.now)) }

  private func time(_ instant: Instant) -> UInt64 { picoseconds.ticks(in: instant.sinceReset) }

  // MARK: Variables

  private func declareProcessor(_ dump: inout ValueChangeDump) {
    dump.scope("cpu") { dump in
      processor = Processor(
        exception: dump.word("exception", 9), exceptionName: dump.text("exception_name"),
        sleep: dump.wire("sleep"), reset: dump.event("reset"))
    }
  }

  private func declareLines(_ machine: Machine, _ dump: inout ValueChangeDump) {
    dump.scope("interrupts") { dump in
      for peripheral in machine.board.chip.peripherals {
        guard let line = peripheral.interrupt, lines[line] == nil else { continue }
        lines[line] = dump.wire(peripheral.name)
      }
    }
  }

  /// Every pin of the ports that the board's file names, with the names that are printed beside it.
  private func declarePins(_ machine: Machine, _ dump: inout ValueChangeDump) {
    let board = machine.board
    let named = Array(board.pins.values) + board.devices.flatMap(\.pins.values)
    let ports = Dictionary(grouping: named, by: \.port)
    dump.scope("pins") { dump in
      for (port, pins) in ports.sorted(by: { $0.key < $1.key }) {
        let last = pins.map(\.number).max() ?? 0
        for number in 0...(last | 15) {
          let pin = Pin(port: port, number: number)
          let names = board.pins.filter { $0.value == pin }.map(\.key).sorted()
          let place = number < 10 ? "0\(number)" : "\(number)"
          self.pins[pin] = dump.wire((["P\(port)_\(place)"] + names).joined(separator: "_"))
        }
      }
    }
  }

  private func declareTasks(_ dump: inout ValueChangeDump) {
    dump.scope("tasks") { dump in
      tasks = Tasks(
        number: dump.word("task", 8), name: dump.text("name"),
        runs: (0..<Self.tasksShown).map { dump.wire("task_\($0)") })
    }
  }

  private func declare(_ name: String, _ dump: inout ValueChangeDump) {
    dump.scope(name) { dump in
      peripherals.append(
        Peripheral(
          register: dump.text("register"), offset: dump.word("offset", 16),
          data: dump.word("data", 32), read: dump.event("read"), write: dump.event("write"),
          dma: dump.event("dma"), sent: dump.word("sent", 8)))
    }
  }

  private func startValues(
    _ machine: Machine
  ) -> [(ValueChangeDump.Variable, ValueChangeDump.Value)] {
    var values: [(Variable, ValueChangeDump.Value)] = []
    if let processor {
      values += [(processor.exception, .word(0)), (processor.exceptionName, .text("Thread_mode"))]
      values.append((processor.sleep, .bit(false)))
    }
    values += lines.sorted { $0.key < $1.key }.map { ($0.value, .bit(false)) }
    values += pins.sorted { $0.key < $1.key }.map { pin, variable in
      (variable, machine.pins.level(of: pin).map { .bit($0 == .high) } ?? .floating)
    }
    if let tasks {
      values += [(tasks.number, .word(0)), (tasks.name, .text("none"))]
      values += tasks.runs.map { ($0, .bit(false)) }
    }
    return values
  }

  // MARK: Changes

  public func observe(_ event: MachineEvent, at instant: Instant, in machine: Machine) {
    let time = time(instant)
    switch event {
    case .pin(let pin, let level):
      if let variable = pins[pin] { dump.change(variable, .bit(level == .high), at: time) }
    case .pinFloats(let pin):
      if let variable = pins[pin] { dump.change(variable, .floating, at: time) }
    case .interruptLine(let line, let raised):
      if let variable = lines[line] { dump.change(variable, .bit(raised), at: time) }
    case .exceptionEntered(let number):
      processor?.active.append(number)
      showException(machine, at: time)
    case .exceptionReturned(let number):
      if let place = processor?.active.lastIndex(of: number) {
        processor?.active.remove(at: place)
      }
      showException(machine, at: time)
    case .slept: showSleep(true, at: time)
    case .woke: showSleep(false, at: time)
    case .reset: showReset(machine, at: time)
    case .stimulus(let port, let value): showTask(port, value, machine, at: time)
    case .access(let access): show(access, machine, at: time)
    case .serialByte(let device, let byte):
      if device < peripherals.count {
        dump.change(peripherals[device].sent, .word(UInt32(byte)), at: time)
      }
    case .dma(let device, _, _, _): dump.change(peripherals[device].dma, .happens, at: time)
    default: break
    }
  }

  private func showException(_ machine: Machine, at time: UInt64) {
    guard let processor else { return }
    let number = processor.active.last ?? 0
    let name = EventLog.exception(number, machine)
    dump.change(processor.exception, .word(UInt32(number)), at: time)
    dump.change(processor.exceptionName, .text(name), at: time)
  }

  private func showSleep(_ isAsleep: Bool, at time: UInt64) {
    guard let processor else { return }
    dump.change(processor.sleep, .bit(isAsleep), at: time)
  }

  private func showReset(_ machine: Machine, at time: UInt64) {
    guard let variable = processor?.reset else { return }
    dump.change(variable, .happens, at: time)
    processor?.active = []
    showException(machine, at: time)
    showSleep(false, at: time)
  }

  private func showTask(_ port: Int, _ value: UInt32, _ machine: Machine, at time: UInt64) {
    guard var shown = tasks, port == TaskMeter.Port.begin || port == TaskMeter.Port.end else {
      return
    }
    let number = UInt8(truncatingIfNeeded: value)
    shown.begun.removeAll { $0 == number }
    if port == TaskMeter.Port.begin { shown.begun.append(number) }
    tasks = shown
    if Int(number) < shown.runs.count {
      dump.change(shown.runs[Int(number)], .bit(port == TaskMeter.Port.begin), at: time)
    }
    let latest = shown.begun.last
    let name = latest.map { machine.tasks.tasks[$0]?.name ?? "task \($0)" } ?? "none"
    dump.change(shown.number, .word(UInt32(latest ?? 0)), at: time)
    dump.change(shown.name, .text(name), at: time)
  }

  private func show(_ access: MachineEvent.Access, _ machine: Machine, at time: UInt64) {
    let shown = peripherals[access.device]
    if shown.shownOffset != access.offset {
      let instance = machine.board.chip.peripherals[access.device]
      let name = machine.registerName(instance.base + ByteCount(Int(access.offset)))
      dump.change(shown.register, .text(name), at: time)
      dump.change(shown.offset, .word(access.offset & 0xFFFF), at: time)
      peripherals[access.device].shownOffset = access.offset
    }
    if shown.shownData != access.value {
      dump.change(shown.data, .word(access.value), at: time)
      peripherals[access.device].shownData = access.value
    }
    dump.change(access.isWrite ? shown.write : shown.read, .happens, at: time)
  }
}
