// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM
import MachineModel

extension Machine {
  /// Starts at the vector table, as the board's reset would.
  public func start(vectorTable: Address) {
    bootVector = vectorTable
    core.reset(vectorTable: vectorTable)
    takeOver()
    transfers.start(at: core.now)
    enterStandIn(after: .powerOn)
  }

  /// Runs until one of the conditions holds or the firmware cannot go on.
  ///
  /// - Parameter onSlice: called every few milliseconds of virtual time, for progress and for
  ///   input that arrives while the board runs; answers false to end the run.
  public func run(
    until conditions: StopConditions, onSlice: () -> Bool = { true }
  ) -> StopReason {
    let end = conditions.duration.map { core.now + $0 } ?? .never
    let slice =
      conditions.slice
      ?? Cycles(max(1, board.cpuClock.numerator / board.cpuClock.denominator / 100))
    var sliceEnd = core.now + slice
    while true {
      deliver()
      if let reason = reasonToStop(conditions, end: end) { return reason }
      if sliceEnd <= core.now {
        if !onSlice() { return .interrupted }
        sliceEnd = core.now + slice
      }
      deadline = min(end, sliceEnd, wakes.next?.instant ?? .never, nextInput)
      deadline = min(deadline, recordingEnd(conditions) ?? .never, transfers.nextLook, usb.nextAt)
      if let reason = runCore() {
        // What was printed counts, even when it was the last thing that the firmware did.
        return conditions.untilText.map(hasPrinted) == true ? .textPrinted : reason
      }
    }
  }

  private func runCore() -> StopReason? {
    if coreIsHeld {
      core.advance(to: min(deadline, standInWake))
      return nil
    }
    observers?.noteWaking(in: self)
    switch core.run(until: deadline) {
    case .deadline: return nil
    case .yielded: return core.debugStop == nil ? nil : .interrupted
    case .sleeping(let kind):
      observers?.noteSleep(kind, in: self)
      return sleep()
    case .breakpoint(Semihosting.breakpoint): return answerSemihosting()
    case .breakpoint(let number): return .breakpoint(number, pc: core[register: 15])
    case .unhandled(let report):
      observers?.note(.crash(report.summary), at: core.now, in: self)
      return .fault(report)
    case .lockup(let report):
      observers?.note(.crash("lockup: \(report.summary)"), at: core.now, in: self)
      return .lockup(report)
    case .resetRequested:
      restart(.software)
      return nil
    }
  }

  /// Passes the time until something can wake the core.
  private func sleep() -> StopReason? {
    let next = min(deadline, core.nextInternalEvent)
    let nothingComes =
      wakes.next == nil && core.nextInternalEvent == .never && serialInput.isEmpty
      && !expectsInput && usb.nextAt == .never
    if nothingComes && microphones.allSatisfy({ $0.part.recordingStart == nil }) {
      return .asleepForever
    }
    if core.now < next { core.advance(to: next) }
    return nil
  }

  /// Everything that is due happens now, in the order in which it was asked for.
  private func deliver() {
    deliverDue()
    if let cause = pendingReset { restart(cause) }
  }

  /// The next instant when something will be due.
  @discardableResult func deliverDue() -> Instant {
    while let due = wakes.popDue(at: core.now) {
      call(due.device, at: due.instant) { $0.wake(in: &$1) }
    }
    if transfers.nextLook <= core.now { lookForTransfers() }
    if usb.nextAt <= core.now { serveUSB() }
    if standInWake <= core.now { endListening() }
    if console.isHoldingBack { releaseLines(at: core.now) }
    if nextInput <= core.now { deliverTyped() }
    return min(wakes.next?.instant ?? .never, nextInput, transfers.nextLook, usb.nextAt)
  }

  /// What was typed goes to the console UART while it listens, else to the USB serial port.
  private func deliverTyped() {
    let console = consoleDevice.flatMap {
      isConsoleSetUp && devices[$0].peripheral?.acceptsSerial == true ? $0 : nil
    }
    let ready = console != nil || usb.takesInput
    guard let byte = serialInput.pop(at: core.now, clock: board.cpuClock, ready: ready) else {
      return
    }
    if let console {
      call(console, at: core.now) { $0.receive(byte, in: &$1) }
    } else {
      usb.send([byte] + serialInput.take(63), at: core.now)
    }
  }

  /// When the board gets the next byte that was typed.
  private var nextInput: Instant {
    let isTakenElsewhere = transfers.takesInput || consoleDevice == nil && !usb.hasSerialPort
    return isTakenElsewhere ? .never : serialInput.nextAt
  }

  func restart(_ cause: DeviceContext.ResetCause) {
    pendingReset = nil
    resetCount += 1
    trace.record(.reset, UInt64(resetCount), at: core.now)
    observers?.note(.reset(cause), at: core.now, in: self)
    for index in devices.indices { call(index, at: core.now) { $0.reset(after: cause, in: &$1) } }
    usb.chipWasReset(at: core.now)
    core.reset(vectorTable: bootVector)
    takeOver()
    enterStandIn(after: cause)
  }

  /// An application finds the registers as its bootloader leaves them.
  private func takeOver() {
    defer { isConsoleSetUp = false }
    guard bootVector == board.application.vectors else { return }
    for write in board.application.handover {
      _ = writeDevice(write.address, write.value, .word, at: core.now)
    }
  }

  private func reasonToStop(_ conditions: StopConditions, end: Instant) -> StopReason? {
    if let text = conditions.untilText, hasPrinted(text) { return .textPrinted }
    if end <= core.now { return .durationReached }
    if isOff { return .systemOff }
    if let last = recordingEnd(conditions), last <= core.now { return .recordingEnded }
    return nil
  }

  /// Looks only at what was printed since it last looked.
  private func hasPrinted(_ text: String) -> Bool {
    let fresh = console.lines[min(linesSearched, console.lines.count)...]
    linesSearched = console.lines.count
    return fresh.contains { $0.text.contains(text) } || console.isPrinting(text)
  }

  private func recordingEnd(_ conditions: StopConditions) -> Instant? {
    guard let after = conditions.afterRecording else { return nil }
    return microphones.compactMap { $0.part.recordingEnd.map { $0 + after } }.max()
  }

  /// Shows what the firmware printed without ending the line. Nothing is to run after it.
  public func endConsoleLine() {
    showLastTransfers()
    for source in Console.Source.allCases {
      if let line = console.flush(source) { onConsoleLine?(line) }
    }
    releaseLines(at: nil)
  }

  private func releaseLines(at now: Instant?) {
    let millisecond = cycles(in: .milliseconds(1))
    for line in console.release(at: now, millisecond: millisecond) { onConsoleLine?(line) }
  }

  /// Applies a voltage to an analogue input; nil lets go of it.
  public func apply(volts: Float?, to pin: Pin) { pins.apply(volts, to: pin) }

  /// Sends bytes to the console UART, as someone at the keyboard would.
  public func type(_ bytes: some Collection<UInt8>) {
    serialInput.append(bytes, at: core.now)
    if !bytes.isEmpty { onTyped?(Array(bytes)) }
  }

  /// Somebody presses the board's reset button.
  public func pressReset() { restart(.pin) }

  /// Whether the board has taken everything that was typed.
  public var hasTakenInput: Bool { serialInput.isEmpty }

  /// Whether a microphone is on the board.
  public var hasMicrophone: Bool { !microphones.isEmpty }

  /// When firmware first listened to a microphone, nil if it never did.
  public var listeningSince: Instant? { microphones.compactMap(\.part.recordingStart).min() }

  /// The trace hash so far, with the registers and all of RAM mixed in.
  public func finalTrace() -> TraceHash {
    var hash = trace
    hash.record(.final, core.instructionsExecuted, at: core.now)
    for register in 0..<16 { hash.mix(UInt64(core[register: register])) }
    for memory in memories where memory.description.kind == .ram {
      for offset in stride(from: 0, to: memory.description.size.count & ~7, by: 8) {
        hash.mix(UnsafeRawPointer(memory.bytes + offset).loadUnaligned(as: UInt64.self))
      }
    }
    return hash
  }
}
