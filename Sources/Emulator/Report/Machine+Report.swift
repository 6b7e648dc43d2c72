// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import CortexM
import FirmwareImage
import MachineModel
import RegisterMaps

extension Machine {
  /// What the run measured, with the image's symbols to say where RAM went.
  public func report(
    image: LoadedImage, stopped reason: StopReason, budgets: Budgets, microphone: String? = nil
  ) -> RunReport {
    let clock = board.cpuClock.hertz
    let cycles = core.now.sinceReset.count
    let main = core.stackUse(.main)
    let process = core.stackUse(.process)
    var report = RunReport(
      board: board.name, image: image.name, microphone: microphone, seed: seed, clockHertz: clock,
      stopReason: reason.text, cycles: cycles, instructions: core.instructionsExecuted,
      sleepCycles: core.sleepCycles.count, cpuLoad: Self.load(cycles, asleep: core.sleepCycles),
      seconds: Double(cycles) / clock,
      lines: console.lines.map {
        .init(
          seconds: Double($0.instant.sinceReset.count) / clock, text: $0.text,
          source: $0.source == .serial ? nil : $0.source)
      },
      tasks: tasks.tasks.sorted { $0.key < $1.key }.map { RunReport.Task($0.value) },
      flashBytes: image.flashBytes, flashLimitBytes: board.application.length.count,
      ramLimitBytes: board.ram?.size.count ?? 0, staticRAMBytes: image.staticRAMBytes,
      stackPeakBytes: main.peakBytes(
        from: image.initialStackPointer, countingWrites: image.stackLimitBytes != nil),
      stackLimitBytes: image.stackLimitBytes,
      processStackPeakBytes: process.peakBytes(
        from: process.region.upperBound, countingWrites: true),
      heapPeakBytes: heapPeakBytes(image, below: main.lowestPointer),
      lights: lights.map {
        .init(name: $0.name, timesSwitchedOn: $0.led.timesLit, isOn: $0.led.isLit)
      },
      resets: resetCount, dmaFaults: dmaFaultCount,
      unmodelledAccesses: unmodelled.sorted.map(named), usb: cable, budgetMisses: [],
      traceHash: finalTrace().hexadecimal)
    report.ramUsedBytes = report.staticRAMBytes.map {
      [report.stackPeakBytes, report.processStackPeakBytes, report.heapPeakBytes]
        .compactMap { $0 }.reduce($0, +)
    }
    report.budgetMisses = budgets.misses(in: report)
    return report
  }

  private var cable: RunReport.USB? {
    guard usb.isInUse || usb.failure != nil else { return nil }
    return RunReport.USB(
      device: usb.deviceName, isSerialPortOpen: usb.isSerialOpen, failure: usb.failure)
  }

  private static func load(_ cycles: UInt64, asleep: Cycles) -> Double {
    cycles == 0 ? 0 : Double(cycles - min(asleep.count, cycles)) / Double(cycles)
  }

  private func named(_ entry: (access: UnmodelledAccesses.Access, count: Int)) -> RunReport.Access {
    RunReport.Access(
      address: entry.access.address.description, register: registerName(entry.access.address),
      isWrite: entry.access.isWrite, count: entry.count)
  }

  /// `TWIM0.ENABLE`, or the block and offset, or the bare address.
  func registerName(_ address: Address) -> String {
    let names = RegisterNames.chip(board.chip.name.lowercased())
    if let name = names?.name(at: address.bits) { return name }
    guard let instance = board.chip.peripheral(at: address) else { return address.description }
    let offset = address.bits &- instance.base.bits
    return "\(instance.name)+0x\(String(offset, radix: 16))"
  }

  /// newlib's `_sbrk` keeps the end of the heap in a variable that only ever grows. Where that has
  /// no name we know, the heap reaches at least to the last byte below the stack that is not zero.
  private func heapPeakBytes(_ image: LoadedImage, below stack: UInt32?) -> Int? {
    guard let start = image.heapStart else { return nil }
    if let variable = image.heapEndVariable {
      guard let end = ram(holding: variable, 4)?.word(at: variable) else { return nil }
      return end > start.bits ? Int(end - start.bits) : 0
    }
    guard image.allocates, let stack, stack > start.bits else { return nil }
    let length = Int(stack - start.bits)
    let bytes = ram(holding: start, length)?.read(start, length)
    return bytes.map { ($0.lastIndex { $0 != 0 } ?? -1) + 1 }
  }
}

extension RunReport.Task {
  init(_ task: TaskMeter.Task) {
    let sorted = task.durations.sorted()
    self.init(
      name: task.name, runs: sorted.count,
      medianCycles: sorted.isEmpty ? 0 : sorted[sorted.count / 2].count,
      worstCycles: sorted.last?.count ?? 0,
      totalCycles: sorted.reduce(0) { $0 + $1.count },
      deadlineCycles: task.deadline?.count, deadlineMisses: task.deadlineMisses)
  }
}

extension StackUse {
  /// From the stack's top to the lowest pointer, nil for a stack never used, or whose top is
  /// not known. Writes below the pointer count where the region is known to be the stack's: else
  /// they may be the heap's.
  func peakBytes(from top: UInt32, countingWrites: Bool) -> Int? {
    guard top > 0, let pointer = lowestPointer else { return nil }
    let lowest = countingWrites ? min(pointer, lowestWrite ?? .max) : pointer
    return lowest < top ? Int(top - lowest) : 0
  }
}

extension StopReason {
  /// For the summary and the report.
  public var text: String {
    switch self {
    case .durationReached: "after the time asked for"
    case .recordingEnded: "after the recording and the silence that follows it"
    case .textPrinted: "once the text had been printed"
    case .fault(let report): "by an exception that the firmware does not handle: \(report.summary)"
    case .lockup(let report): "in lockup: \(report.summary)"
    case .breakpoint(let number, let pc):
      "at breakpoint #\(number), \(Address(pc)), with no debugger attached"
    case .exited(let status): "by the program itself, status \(status)"
    case .aborted(let reason):
      "by the program itself, which reported \(Semihosting.name(ofReason: reason))"
    case .asleepForever: "asleep, and nothing is left that could wake it"
    case .systemOff: "in System OFF"
    case .interrupted: "on request"
    }
  }
}
