// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM
import MachineModel

/// A fault as a good debugger would tell it: what, where, the registers, the code around pc and
/// who called whom.
public struct CrashReport {
  let fault: FaultReport
  let machine: Machine
  let image: LoadedImage

  public init(_ fault: FaultReport, on machine: Machine, image: LoadedImage) {
    self.fault = fault
    self.machine = machine
    self.image = image
  }

  public func lines() -> [String] {
    var lines = ["\(fault.summary), at \(place(fault.pc)), cycle \(fault.cycle)"]
    lines += fault.causes.map { "  \($0)" }
    lines.append(
      "  CFSR 0x\(hex(fault.cfsr))  HFSR 0x\(hex(fault.hfsr))"
        + (fault.faultAddress.map { "  fault address 0x\(hex($0))" } ?? ""))
    lines += registerLines()
    lines.append("code")
    lines += fault.disassembly.map { line in
      let mark = line.address == fault.pc ? "=>" : "  "
      return "\(mark) \(hex(line.address))  \(line.encoding)  \(line.text)"
    }
    lines.append("call chain")
    lines += callChain().enumerated().map { "  #\($0.offset)  \(place($0.element))" }
    return lines
  }

  private func registerLines() -> [String] {
    let names = (0..<13).map { "r\($0)" } + ["sp", "lr", "pc"]
    let cells = zip(names, fault.registers).map { name, value in
      String(repeating: " ", count: 3 - name.count) + "\(name) \(hex(value))"
    }
    let rows = stride(from: 0, to: cells.count, by: 4).map {
      "  " + cells[$0..<min($0 + 4, cells.count)].joined(separator: "  ")
    }
    let masks = "  xpsr \(hex(fault.xpsr))  control \(fault.control)  primask \(fault.primask)"
    return ["registers"] + rows + [masks + "  basepri \(fault.basepri)"]
  }

  /// pc, then lr, then every word of the stack that can only be a return address: odd, and behind
  /// a BL or BLX. Without unwind tables that is what there is; a stale word may slip in.
  func callChain() -> [UInt32] {
    var chain = [fault.pc]
    if isReturnAddress(fault.lr) { chain.append(fault.lr & ~1) }
    var address = fault.sp & ~3
    let end = address &+ 2048
    while address < end, chain.count < 16, let word = word(at: address) {
      if isReturnAddress(word), chain.last != word & ~1 { chain.append(word & ~1) }
      address &+= 4
    }
    return chain
  }

  private func isReturnAddress(_ value: UInt32) -> Bool {
    guard value & 1 == 1, value > 4, let call = word(at: (value & ~1) &- 4, any: true) else {
      return false
    }
    let first = call & 0xFFFF
    let second = call >> 16
    let isBL = first & 0xF800 == 0xF000 && second & 0xD000 == 0xD000
    return isBL || second & 0xFF87 == 0x4780
  }

  private func word(at address: UInt32, any: Bool = false) -> UInt32? {
    let memory =
      any
      ? machine.memory(holding: Address(address), 4) : machine.ram(holding: Address(address), 4)
    return memory?.word(at: Address(address))
  }

  private func place(_ address: UInt32) -> String {
    let symbol = image.symbol(at: Address(address)).map { " \($0)" } ?? ""
    return "0x\(hex(address))\(symbol)"
  }

  private func hex(_ value: UInt32) -> String { String(Address(value).description.dropFirst(2)) }
}
