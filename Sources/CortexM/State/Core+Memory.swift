// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

// Memory as instructions see it when the fast windows do not answer: alignment, other memories,
// the Private Peripheral Bus, the bus, faults.
extension Core {
  /// A load; 0 where it faulted.
  func load(_ width: AccessWidth, at address: UInt32, privileged: Bool) -> UInt32 {
    if state.pointee.hasFaulted { return 0 }
    let word = loadBytes(width.bytes, at: address, width, privileged: privileged)
    switch width {
    case .signedByte: return UInt32(bitPattern: Int32(Int8(truncatingIfNeeded: word)))
    case .signedHalf: return UInt32(bitPattern: Int32(Int16(truncatingIfNeeded: word)))
    default: return word
    }
  }

  private func loadBytes(
    _ bytes: UInt32, at address: UInt32, _ width: AccessWidth, privileged: Bool
  ) -> UInt32 {
    guard address & (bytes &- 1) != 0 else {
      return loadPiece(address, bytes, privileged: privileged)
    }
    guard mayBeUnaligned(width, address) else { return 0 }
    var result: UInt32 = 0
    var done: UInt32 = 0
    while done < bytes {
      let piece = Self.pieceSize(address &+ done, bytes &- done)
      let value = loadPiece(address &+ done, piece, privileged: privileged)
      if state.pointee.hasFaulted { return 0 }
      result |= value &<< (done &* 8)
      done &+= piece
      if done < bytes { state.pointee.cycles &+= 1 }
    }
    return result
  }

  private func loadPiece(_ address: UInt32, _ bytes: UInt32, privileged: Bool) -> UInt32 {
    guard isPermitted(.read, at: address, privileged: privileged) else {
      stop(.memoryData(address))
      return 0
    }
    guard let value = readAligned(address, bytes, privileged: privileged) else {
      stop(.busData(address))
      return 0
    }
    if watchpoint.isWatching { noteMatch(address, bytes, isWrite: false) }
    return value
  }

  func store(_ width: AccessWidth, _ value: UInt32, at address: UInt32, privileged: Bool) {
    if state.pointee.hasFaulted { return }
    let bytes = width.bytes
    if address & (bytes &- 1) == 0 {
      return storePiece(address, value, bytes, privileged: privileged)
    }
    guard mayBeUnaligned(width, address) else { return }
    var done: UInt32 = 0
    while done < bytes {
      let piece = Self.pieceSize(address &+ done, bytes &- done)
      storePiece(address &+ done, value &>> (done &* 8), piece, privileged: privileged)
      if state.pointee.hasFaulted { return }
      done &+= piece
      if done < bytes { state.pointee.cycles &+= 1 }
    }
  }

  private func storePiece(
    _ address: UInt32, _ value: UInt32, _ bytes: UInt32, privileged: Bool
  ) {
    guard isPermitted(.write, at: address, privileged: privileged) else {
      return stop(.memoryData(address))
    }
    guard writeAligned(address, value, bytes, privileged: privileged) else {
      return stop(.busData(address))
    }
    if watchpoint.isWatching { noteMatch(address, bytes, isWrite: true) }
  }

  /// A DWT comparator that matches makes DebugMonitor come after the instruction, where that is
  /// enabled and urgent enough.
  private func noteMatch(_ address: UInt32, _ bytes: UInt32, isWrite: Bool) {
    guard watchpoint.matches(address, bytes, isWrite: isWrite),
      interrupts.isEnabled(ExceptionNumber.debugMonitor),
      interrupts.groupPriority(ExceptionNumber.debugMonitor) < executionPriority
    else { return }
    faults.dfsr |= FaultStatus.watchpoint
    pend(ExceptionNumber.debugMonitor)
  }

  /// The bus splits an unaligned access into the largest aligned pieces, one cycle each
  /// (Cortex-M4 TRM, 3.3.3).
  private static func pieceSize(_ address: UInt32, _ remaining: UInt32) -> UInt32 {
    address & 1 == 0 && remaining >= 2 ? 2 : 1
  }

  /// Unaligned accesses are for single registers and Normal memory (ARMv7-M ARM, A3.2.1); the
  /// system bus of the Cortex-M3 and M4 splits those to devices too.
  private func mayBeUnaligned(_ width: AccessWidth, _ address: UInt32) -> Bool {
    let isNormal = address < 0x4000_0000 || (0x6000_0000..<0xA000_0000).contains(address)
    let isSplit = configuration.processor.splitsDeviceAccesses && address < 0xE000_0000
    if width == .alignedWord || !(isNormal || isSplit)
      || system.has(SystemControlBlock.unalignedTrap, in: system.configuration)
    {
      stop(.usage(FaultStatus.unaligned))
      return false
    }
    return true
  }

  /// Ends the instruction with a fault: its register writes will be undone.
  func stop(_ fault: Fault) { stop(.fault(fault)) }

  /// Ends the instruction before its end.
  func stop(_ reason: Request) {
    guard !state.pointee.hasFaulted else { return }
    saveRegisters()
    state.pointee.hasFaulted = true
    state.pointee.deadline = 0
    // No later access of the same instruction may find a way past `hasFaulted`.
    state.pointee.ram = MemoryWindow()
    state.pointee.flash = MemoryWindow()
    state.pointee.store = MemoryWindow()
    request = reason
    noteInstructionInProgress()
  }

  /// For `restoreRegisters`, when the instruction turns out not to have happened.
  func saveRegisters() { savedRegisters.update(from: registers, count: 48) }

  /// r0–r14 and S0–S31.
  func restoreRegisters() {
    registers.update(from: savedRegisters, count: 15)
    (registers + 16).update(from: savedRegisters + 16, count: 32)
  }

  func noteInstructionInProgress() {
    let operation = state.pointee.next - 1
    stoppedAt = (operation.pointee.address, UInt32(operation.pointee.itState))
  }
}

// Aligned accesses.
extension Core {
  func memory(holding address: UInt32) -> AttachedMemory? {
    memories.first { address &- $0.base.bits < UInt32(clamping: $0.size.count) }
  }

  /// nil for a bus fault. Time that the memory takes is added to the cycle count.
  func readAligned(_ address: UInt32, _ bytes: UInt32, privileged: Bool) -> UInt32? {
    if debug.isActive { noteWatched(address, bytes, isWrite: false) }
    if let memory = memory(holding: address) {
      state.pointee.cycles &+= UInt64(memory.dataWaitStates)
      return Self.read(memory, address, bytes)
    }
    if address >> 20 == 0xE00 {
      guard mayRead(address, privileged: privileged) else { return nil }
      return readSystemControl(address, bytes)
    }
    if let bit = bitBandBit(address, bytes) {
      return readAligned(bit.address, bytes, privileged: privileged).map { $0 >> bit.number & 1 }
    }
    guard case .value(let value) = bus.read(Address(address), BusWidth(bytes), at: now) else {
      return nil
    }
    return bytes == 4 ? value : value & (1 &<< (bytes &* 8) &- 1)
  }

  static func read(_ memory: AttachedMemory, _ address: UInt32, _ bytes: UInt32) -> UInt32? {
    let offset = Int(address &- memory.base.bits)
    guard offset + Int(bytes) <= memory.size.count else { return nil }
    let raw = UnsafeRawPointer(memory.bytes) + offset
    switch bytes {
    case 1: return UInt32(raw.load(as: UInt8.self))
    case 2: return UInt32(UInt16(littleEndian: raw.loadUnaligned(as: UInt16.self)))
    default: return UInt32(littleEndian: raw.loadUnaligned(as: UInt32.self))
    }
  }

  /// False for a bus fault.
  func writeAligned(
    _ address: UInt32, _ value: UInt32, _ bytes: UInt32, privileged: Bool
  ) -> Bool {
    if debug.isActive { noteWatched(address, bytes, isWrite: true) }
    if let memory = memory(holding: address), memory.isWritable {
      return write(memory, address, value, bytes)
    }
    let kept = bytes == 4 ? value : value & (1 &<< (bytes &* 8) &- 1)
    if address >> 20 == 0xE00 {
      return writeSystemControl(address, kept, bytes, privileged: privileged)
    }
    if let bit = bitBandBit(address, bytes) {
      guard let old = readAligned(bit.address, bytes, privileged: privileged) else { return false }
      let new = old & ~(1 << bit.number) | (kept & 1) << bit.number
      return writeAligned(bit.address, new, bytes, privileged: privileged)
    }
    return bus.write(Address(address), kept, BusWidth(bytes), at: now)
  }

  private func write(
    _ memory: AttachedMemory, _ address: UInt32, _ value: UInt32, _ bytes: UInt32
  ) -> Bool {
    let offset = Int(address &- memory.base.bits)
    guard offset + Int(bytes) <= memory.size.count else { return false }
    let raw = UnsafeMutableRawPointer(memory.bytes) + offset
    switch bytes {
    case 1: raw.storeBytes(of: UInt8(truncatingIfNeeded: value), as: UInt8.self)
    case 2:
      raw.storeBytes(of: UInt16(truncatingIfNeeded: value).littleEndian, as: UInt16.self)
    default: raw.storeBytes(of: value.littleEndian, as: UInt32.self)
    }
    state.pointee.noteStore(address)
    for map in observation.writeMaps { map.note(address) }
    if code.holdsCode(near: address) {
      code.invalidate(address..<(address &+ bytes))
      state.pointee.deadline = 0
    }
    return true
  }
}

// Bit-banding (Cortex-M4 TRM, 3.7): each word of an alias region is one bit of the first MiB of
// RAM or of the peripherals. The protection unit judges the alias address.
extension Core {
  /// The bit that an alias address stands for: where the access of the same width lies that holds
  /// it, and its number there.
  private func bitBandBit(_ address: UInt32, _ bytes: UInt32) -> (address: UInt32, number: UInt32)?
  {
    let block = address >> 25
    guard configuration.hasBitBanding, block == 0x22 >> 1 || block == 0x42 >> 1 else { return nil }
    let bit = address >> 2 & 0x007F_FFFF
    let target = (address & 0xF000_0000 &+ bit >> 3) & ~(bytes &- 1)
    return (target, bit & (bytes &* 8 &- 1))
  }
}

extension BusWidth {
  init(_ bytes: UInt32) { self = bytes == 4 ? .word : bytes == 2 ? .half : .byte }
}
