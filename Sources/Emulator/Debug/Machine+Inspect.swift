// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import CortexM
import MachineModel

// The machine under a debugger's eyes, between two runs.
extension Machine {
  /// Bytes anywhere in the address space, nil where nothing is. Looking changes nothing: a register
  /// is read from a copy of its device.
  package func inspect(_ address: UInt32, count: Int) -> [UInt8]? {
    if let bytes = core.peek(Address(address), count: count) { return bytes }
    var bytes: [UInt8] = []
    var next = address
    while bytes.count < count {
      guard let word = inspectWord(next & ~3) else { return bytes.isEmpty ? nil : bytes }
      let shift = 8 * (next & 3)
      for place in stride(from: shift, to: 32, by: 8) where bytes.count < count {
        bytes.append(UInt8(truncatingIfNeeded: word >> place))
      }
      let (sum, overflow) = (next & ~3).addingReportingOverflow(4)
      if overflow { break }
      next = sum
    }
    return bytes
  }

  private func inspectWord(_ address: UInt32) -> UInt32? {
    if let bytes = core.peek(Address(address), count: 4) { return Self.word(bytes) }
    let (counted, random) = (unmodelled, generator)
    defer { (unmodelled, generator) = (counted, random) }
    if address >> 20 == 0xE00 { return core.inspectPrivateBus(address) }
    guard let slot = devices.first(where: { $0.base <= address && UInt64(address) < $0.end })
    else { return nil }
    guard var peripheral = slot.peripheral else { return 0 }
    var context = DeviceContext(now: core.now, environment: busBox)
    return peripheral.read(address &- slot.base, in: &context)
  }

  private static func word(_ bytes: [UInt8]) -> UInt32 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// Writes memory, flash included, as a debug probe does; registers as the core would.
  /// - Returns: false where something is not there or refuses.
  package func poke(_ address: UInt32, _ bytes: [UInt8]) -> Bool {
    guard !bytes.isEmpty else { return true }
    if let memory = memory(holding: Address(address), bytes.count) {
      guard memory.write(bytes, at: Address(address)) else { return false }
      core.invalidateCode(address..<address &+ UInt32(bytes.count))
      return true
    }
    var rest = bytes[...]
    var next = address
    while !rest.isEmpty {
      let size = next & 3 == 0 && rest.count >= 4 ? 4 : next & 1 == 0 && rest.count >= 2 ? 2 : 1
      guard pokeRegister(next, Self.word(Array(rest.prefix(size))), size) else { return false }
      rest = rest.dropFirst(size)
      next &+= UInt32(size)
    }
    return true
  }

  private func pokeRegister(_ address: UInt32, _ value: UInt32, _ size: Int) -> Bool {
    if address >> 20 == 0xE00 {
      return core.pokePrivateBus(address, value, bytes: UInt32(size))
    }
    guard memory(holding: Address(address), 1) == nil else { return false }
    let width: BusWidth = size == 4 ? .word : size == 2 ? .half : .byte
    return writeDevice(Address(address), value, width, at: core.now)
  }

  /// What the firmware has measured so far.
  package var markedTasks: [RunReport.Task] {
    tasks.tasks.sorted { $0.key < $1.key }.map { RunReport.Task($0.value) }
  }

  /// Back to the state after a reset of the chip, as from its reset pin. Time goes on.
  package func resetByDebugger() { restart(.pin) }
}
