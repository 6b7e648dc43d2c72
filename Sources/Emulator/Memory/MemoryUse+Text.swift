// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

extension MemoryUse {
  /// The memory view, for people; the summary has the totals.
  public func lines(_ report: RunReport, top: Int = 15) -> [String] {
    let width = max(10, ByteCount.grouped(ramBytes).count)
    func row(_ bytes: Int?, _ text: String) -> String {
      let number = bytes.map { ByteCount.grouped($0) } ?? "–"
      return String(repeating: " ", count: max(0, width - number.count)) + number + "  " + text
    }
    let limit = report.stackLimitBytes.map { " of \(ByteCount.grouped($0)) set aside" } ?? ""
    var lines = ["memory: \(ByteCount.grouped(ramBytes)) B RAM"]
    lines.append(row(report.staticRAMBytes, "static data"))
    lines.append(row(report.stackPeakBytes, "stack at its peak\(limit)"))
    if let process = report.processStackPeakBytes {
      lines.append(row(process, "process stack at its peak"))
    }
    lines.append(row(report.heapPeakBytes ?? 0, "heap at its peak"))
    lines.append(row(ramBytes - neverWrittenBytes, "written at least once"))
    lines.append(row(neverWrittenBytes, "never written"))
    lines += neverWritten.map { row($0.bytes, "  from \($0.address)") }
    if !variables.isEmpty {
      lines += ["", "variables, bytes never written"]
      lines += variables.prefix(top).map {
        row($0.neverWrittenBytes, "of \(ByteCount.grouped($0.bytes))  \($0.name)")
      }
    }
    return lines + stackLines(top, row)
  }

  private func stackLines(_ top: Int, _ row: (Int?, String) -> String) -> [String] {
    guard !stacks.isEmpty else { return [] }
    var lines = ["", "stack in use while a function runs, at the deepest; its own frame"]
    lines += stacks.prefix(top).map { stack in
      let own = ByteCount.grouped(stack.ownBytes)
      return row(
        stack.deepestBytes,
        String(repeating: " ", count: max(0, 7 - own.count)) + own + "  " + stack.function)
    }
    if stacks.count > top { lines.append(row(nil, "        \(stacks.count - top) more")) }
    return lines
  }
}
