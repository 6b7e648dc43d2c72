// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

extension RunReport {
  /// The summary, a line a subject, labels in one column.
  public func summary() -> [String] {
    var rows: [(String, String)] = [("stopped", "\(stopReason) at \(fixed(seconds, places: 3)) s")]
    rows += tasks.map { ($0.name, describe($0)) }
    rows.append(("CPU load", loadText))
    rows.append(("flash", "\(share(flashBytes, of: flashLimitBytes))"))
    rows.append(("RAM", ramText))
    rows += lights.filter { $0.timesSwitchedOn > 0 }.map {
      ($0.name, "switched on \(times($0.timesSwitchedOn))")
    }
    if resets > 0 { rows.append(("resets", "\(resets)")) }
    if dmaFaults > 0 {
      rows.append(("EasyDMA", "\(times(dmaFaults)) pointed outside RAM; nothing was moved"))
    }
    if let failure = usb?.failure { rows.append(("USB", failure)) }
    rows.append(("unmodelled", unmodelledText))
    rows.append(("trace", traceHash))
    let width = rows.map(\.0.count).max() ?? 0
    return rows.map { label, text in
      label + String(repeating: " ", count: width - label.count + 2) + text
    }
  }

  private func describe(_ task: Task) -> String {
    guard task.runs > 0 else { return "never ran to its end" }
    let runs = task.runs == 1 ? "1 run" : "\(task.runs) runs"
    var text = "\(runs), median \(cyclesAndTime(task.medianCycles)), "
    text += "worst \(cyclesAndTime(task.worstCycles))"
    if let deadline = task.deadlineCycles {
      text += ", deadline \(milliseconds(deadline)) missed \(times(task.deadlineMisses))"
    }
    return text
  }

  private func cyclesAndTime(_ cycles: UInt64) -> String {
    "\(ByteCount.grouped(Int(cycles))) cycles (\(milliseconds(cycles)))"
  }

  private var loadText: String {
    let awake = cycles - min(sleepCycles, cycles)
    return "\(fixed(cpuLoad * 100, places: 1)) % (awake \(ByteCount.grouped(Int(awake))) of "
      + "\(ByteCount.grouped(Int(cycles))) cycles, \(ByteCount.grouped(Int(instructions))) "
      + "instructions)"
  }

  private var ramText: String {
    var parts: [String] = []
    if let staticRAMBytes { parts.append("static \(ByteCount.grouped(staticRAMBytes)) B") }
    if let stackPeakBytes {
      let limit = stackLimitBytes.map { " of \(ByteCount.grouped($0))" } ?? ""
      parts.append("stack peak \(ByteCount.grouped(stackPeakBytes))\(limit) B")
    }
    if let processStackPeakBytes {
      parts.append("process stack peak \(ByteCount.grouped(processStackPeakBytes)) B")
    }
    if let heapPeakBytes {
      parts.append("heap peak \(ByteCount.grouped(heapPeakBytes)) B")
    } else {
      parts.append(staticRAMBytes == nil ? "heap unknown without symbols" : "no heap")
    }
    let used = ramUsedBytes.map { "; \(share($0, of: ramLimitBytes))" } ?? ""
    return parts.joined(separator: ", ") + used
  }

  private var unmodelledText: String {
    guard !unmodelledAccesses.isEmpty else { return "no access to anything that is not modelled" }
    let shown = unmodelledAccesses.prefix(8).map {
      "\($0.register) \($0.isWrite ? "written" : "read") \(times($0.count))"
    }
    let rest = unmodelledAccesses.count - shown.count
    return shown.joined(separator: ", ") + (rest > 0 ? ", and \(rest) more (see --json)" : "")
  }

  private func share(_ part: Int, of whole: Int) -> String {
    let percent = whole == 0 ? 0 : Double(part) * 100 / Double(whole)
    return "\(ByteCount.grouped(part)) of \(ByteCount.grouped(whole)) B "
      + "(\(fixed(percent, places: 1)) %)"
  }

  private func times(_ n: Int) -> String { n == 1 ? "once" : "\(ByteCount.grouped(n)) times" }
}
