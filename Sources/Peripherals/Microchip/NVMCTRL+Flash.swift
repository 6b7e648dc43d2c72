// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

// The page buffer, the commands and the rows beside the main array.
extension MicrochipNVMCTRL {
  // MARK: Through the window

  public mutating func read(
    _ offset: UInt32, _ width: BusWidth, in context: inout DeviceContext
  ) -> UInt32 {
    guard isRow(offset) else { return readRegisters(offset, width, in: &context) }
    let place = parameters.base.bits &+ offset
    return (rows[place & ~3] ?? .max) >> (8 * (place & 3)) & width.mask
  }

  public mutating func write(
    _ offset: UInt32, _ value: UInt32, _ width: BusWidth, in context: inout DeviceContext
  ) {
    guard isRow(offset) else { return writeRegisters(offset, value, width, in: &context) }
    _ = store(value, width, toFlash: Address(parameters.base.bits &+ offset), in: &context)
  }

  // MARK: Page buffer

  /// Stores of half words and words go to the page buffer, and leave the page's place in ADDR;
  /// of bytes are a bus fault. Without CTRLB.MANW the store that fills the buffer writes it.
  public mutating func store(
    _ value: UInt32, _ width: BusWidth, toFlash address: Address, in context: inout DeviceContext
  ) -> Bool {
    guard width != .byte else { return false }
    let first = Int(address.bits & (Self.pageSize - 1))
    for index in 0..<Int(width.rawValue) where first + index < buffer.count {
      buffer[first + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt32(index)))
    }
    self.address = (address.bits & 0x7F_FFFF) >> 1
    status |= NVMCTRL.Status.loaded
    let fills = first + Int(width.rawValue) == buffer.count
    if fills, controlB & NVMCTRL.ControlB.manualWrite == 0 {
      let isMain = address.bits < SAMD21.Fuses.base
      perform(isMain ? Command.writePage : Command.writeAuxiliaryPage, in: &context)
    }
    return true
  }

  private mutating func clearBuffer() {
    buffer = Array(repeating: 0xFF, count: Int(Self.pageSize))
    status &= ~NVMCTRL.Status.loaded
  }

  private func bufferedWord(_ index: UInt32) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(buffer[Int(index) * 4 + $1]) << (8 * UInt32($1)) }
  }

  // MARK: Commands

  mutating func perform(_ command: UInt32, in context: inout DeviceContext) {
    switch command {
    case Command.eraseRow: eraseRow(in: &context)
    case Command.writePage: writePage(in: &context)
    case Command.eraseAuxiliaryRow: eraseAuxiliaryRow(in: &context)
    case Command.writeAuxiliaryPage: writeAuxiliaryPage(in: &context)
    case Command.lockRegion: setLock(true, in: &context)
    case Command.unlockRegion: setLock(false, in: &context)
    case Command.setPowerReduction: status |= NVMCTRL.Status.powerReduced
    case Command.clearPowerReduction: status &= ~NVMCTRL.Status.powerReduced
    case Command.clearPageBuffer: clearBuffer()
    case Command.setSecurityBit: status |= NVMCTRL.Status.secured
    case Command.invalidateCache: break
    default: fail(NVMCTRL.Status.programError, in: &context)
    }
  }

  /// Where a command on the main array applies, nil and an error where that is locked or not there.
  private mutating func writablePlace(in context: inout DeviceContext) -> UInt32? {
    let place = address << 1
    guard place < flashSize else {
      fail(NVMCTRL.Status.programError, in: &context)
      return nil
    }
    let protected = SAMD21.Fuses.bootProtectedBytes(rows[SAMD21.Fuses.userRow] ?? .max)
    guard place >= protected, lock >> region(of: place) & 1 != 0 else {
      fail(NVMCTRL.Status.lockError, in: &context)
      return nil
    }
    return place
  }

  private func region(of place: UInt32) -> UInt32 {
    min(place / max(1, flashSize / Self.regionCount), Self.regionCount - 1)
  }

  private mutating func eraseRow(in context: inout DeviceContext) {
    guard let place = writablePlace(in: &context) else { return }
    let row = Address(place & ~(Self.rowSize - 1))
    context.request(.flashWrite(row, .erase(ByteCount(Int(Self.rowSize)))))
    keepBusy(microseconds: Self.eraseTime, in: &context)
  }

  /// The buffer is all ones again afterwards.
  private mutating func writePage(in context: inout DeviceContext) {
    guard let place = writablePlace(in: &context) else { return }
    let page = place & ~(Self.pageSize - 1)
    for index in 0..<Self.pageSize / 4 {
      context.request(.flashWrite(Address(page + index * 4), .word(bufferedWord(index))))
    }
    clearBuffer()
    keepBusy(microseconds: Self.writeTime, in: &context)
  }

  /// As boards do it: the bootloader erases 248 KiB in 0.85 s (bossac's report of an MKR Vidor).
  /// The data sheet has maxima only, 6 ms a row and 2.5 ms a page, which stand in that ratio.
  private static let writeTime: UInt64 = 350
  private static let eraseTime: UInt64 = 850

  /// Only the user row may be written.
  private mutating func auxiliaryPlace(in context: inout DeviceContext) -> UInt32? {
    let place = SAMD21.Fuses.base | address << 1
    guard status & NVMCTRL.Status.secured == 0,
      place & ~(Self.rowSize - 1) == SAMD21.Fuses.userRow
    else {
      fail(NVMCTRL.Status.programError, in: &context)
      return nil
    }
    return place
  }

  private mutating func eraseAuxiliaryRow(in context: inout DeviceContext) {
    guard let place = auxiliaryPlace(in: &context) else { return }
    let row = place & ~(Self.rowSize - 1)
    for offset in stride(from: 0, to: Self.rowSize, by: 4) { rows[row + offset] = nil }
    keepBusy(microseconds: Self.eraseTime, in: &context)
  }

  private mutating func writeAuxiliaryPage(in context: inout DeviceContext) {
    guard let place = auxiliaryPlace(in: &context) else { return }
    let page = place & ~(Self.pageSize - 1)
    for index in 0..<Self.pageSize / 4 {
      let word = page + index * 4
      rows[word] = (rows[word] ?? .max) & bufferedWord(index)
    }
    clearBuffer()
    keepBusy(microseconds: Self.writeTime, in: &context)
  }

  /// Until the next reset: what lasts is the user row.
  private mutating func setLock(_ isLocked: Bool, in context: inout DeviceContext) {
    let place = address << 1
    guard place < flashSize else { return fail(NVMCTRL.Status.programError, in: &context) }
    let bit: UInt32 = 1 << region(of: place)
    lock = isLocked ? lock & ~bit : lock | bit
  }
}
