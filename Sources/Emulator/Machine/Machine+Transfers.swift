// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM
import MachineModel

/// What DMA controllers move over the bus.
extension Machine {
  /// One datum from memory or a register to RAM or a register. One that finds nobody is counted as
  /// refused, and so is one that came of too many others at the same instant.
  func transfer(
    from source: Address, to target: Address, _ width: BusWidth, of index: Int, at now: Instant,
    depth: Int
  ) {
    let size = ByteCount(Int(width.rawValue))
    guard depth < Self.longestEventChain,
      let value = datum(at: source, width, at: now, depth: depth)
    else { return refuseDMA(source, size, of: index, at: now) }
    if !put(value, at: target, width, at: now, depth: depth) {
      refuseDMA(target, size, of: index, at: now)
    }
  }

  func refuseDMA(_ address: Address, _ size: ByteCount, of index: Int, at now: Instant) {
    dmaFaultCount += 1
    observers?.note(.dmaRefused(device: index, address, size), at: now, in: self)
  }

  private func datum(
    at address: Address, _ width: BusWidth, at now: Instant, depth: Int
  ) -> UInt32? {
    let size = Int(width.rawValue)
    if let bytes = memory(holding: address, size)?.read(address, size) {
      return bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
    guard let target = device(at: address), devices[target].isModelled else { return nil }
    let offset = address.bits &- devices[target].base
    var value: UInt32 = 0
    call(target, at: now, depth: depth + 1) { value = $0.read(offset, width, in: &$1) }
    return value
  }

  private func put(
    _ value: UInt32, at address: Address, _ width: BusWidth, at now: Instant, depth: Int
  ) -> Bool {
    let bytes = (0..<UInt32(width.rawValue)).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    if busBox.writeRAM(bytes, at: address) { return true }
    guard let target = device(at: address), devices[target].isModelled else { return false }
    let offset = address.bits &- devices[target].base
    call(target, at: now, depth: depth + 1) { $0.write(offset, value, width, in: &$1) }
    return true
  }
}
