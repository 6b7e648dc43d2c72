// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

/// Limits that a run is held to, beside the board's own.
public struct Budgets: Sendable {
  /// The worst run of any marked task.
  public var latency: Cycles?
  /// Static RAM, stack peak and heap peak together.
  public var ram: ByteCount?
  public var flash: ByteCount?

  public init(latency: Cycles? = nil, ram: ByteCount? = nil, flash: ByteCount? = nil) {
    self.latency = latency
    self.ram = ram
    self.flash = flash
  }

  /// One line for each budget that the run missed.
  public func misses(in report: RunReport) -> [String] {
    [latencyMiss(report), ramMiss(report), flashMiss(report)].compactMap { $0 }
  }

  private func latencyMiss(_ report: RunReport) -> String? {
    guard let latency else { return nil }
    let allowed = report.milliseconds(latency.count)
    guard let worst = report.tasks.max(by: { $0.worstCycles < $1.worstCycles }) else {
      return "latency budget \(allowed): the firmware marked no task, so nothing was measured "
        + "(tasks are marked through ITM stimulus ports 1 and 2)"
    }
    guard latency.count < worst.worstCycles else { return nil }
    let over = report.milliseconds(worst.worstCycles - latency.count)
    return "latency budget \(allowed) missed by \(over): \(worst.name) took up to "
      + "\(report.milliseconds(worst.worstCycles)) "
      + "(\(ByteCount.grouped(Int(worst.worstCycles))) cycles)"
  }

  private func ramMiss(_ report: RunReport) -> String? {
    guard let ram else { return nil }
    guard let used = report.ramUsedBytes else {
      return "RAM budget \(ram): \(report.image) does not say what its variables take; "
        + "give the ELF file it was made from"
    }
    guard ram.count < used else { return nil }
    let over = ByteCount.grouped(used - ram.count)
    return "RAM budget \(ram) missed by \(over) B: \(ByteCount.grouped(used)) B used"
  }

  private func flashMiss(_ report: RunReport) -> String? {
    guard let flash, flash.count < report.flashBytes else { return nil }
    let over = ByteCount.grouped(report.flashBytes - flash.count)
    return "flash budget \(flash) missed by \(over) B: "
      + "the image has \(ByteCount.grouped(report.flashBytes)) B"
  }
}
