// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A chip's memories as arrays: what a bootloader model lives in where there is no emulated board.
public struct MemoryArray: BootMemory, Equatable, Sendable {
  public enum Kind: Equatable, Sendable {
    /// Whole units are erased; programming clears bits.
    case flash(eraseUnit: Int)
    /// RAM, and registers that hold what is written.
    case ram
    /// Fuses, identification: what is written to them is lost.
    case fixed
  }

  struct Region: Equatable, Sendable {
    var start: UInt32
    var bytes: [UInt8]
    var kind: Kind

    func offset(of address: UInt32, count: Int) -> Int? {
      guard address >= start, count >= 0 else { return nil }
      let offset = Int(address - start)
      return offset + count <= bytes.count ? offset : nil
    }
  }

  private var regions: [Region] = []
  /// Flash that neither erases nor programs, as a boot protection leaves it.
  public var protected: Range<UInt32> = 0..<0
  /// Flash that says it erases, and does not.
  public var isWornOut = false

  public init() {}

  /// - Parameter fill: what the memory holds: 0xFF is erased flash.
  public mutating func add(_ kind: Kind, at start: UInt32, size: Int, fill: UInt8 = 0xFF) {
    regions.append(Region(start: start, bytes: Array(repeating: fill, count: size), kind: kind))
  }

  /// A register, or a word of fuses.
  public mutating func add(_ kind: Kind, at start: UInt32, word: UInt32) {
    let bytes = (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * UInt32($0))) }
    regions.append(Region(start: start, bytes: bytes, kind: kind))
  }

  public mutating func read(_ address: UInt32, count: Int) -> [UInt8]? {
    guard let (region, offset) = place(address, count) else { return nil }
    return Array(regions[region].bytes[offset..<offset + count])
  }

  public mutating func write(_ bytes: [UInt8], at address: UInt32) -> Bool {
    guard let (region, offset) = place(address, bytes.count) else { return false }
    switch regions[region].kind {
    case .ram: regions[region].bytes.replaceSubrange(offset..<offset + bytes.count, with: bytes)
    case .fixed: break
    case .flash: return false
    }
    return true
  }

  public mutating func erase(_ address: UInt32, count: Int) -> Bool {
    guard let (region, offset) = place(address, count), !isProtected(address, count),
      case .flash(let unit) = regions[region].kind, offset % unit == 0, count % unit == 0
    else { return false }
    if isWornOut { return true }
    regions[region].bytes.replaceSubrange(
      offset..<offset + count, with: repeatElement(0xFF, count: count))
    return true
  }

  public mutating func program(_ bytes: [UInt8], at address: UInt32) -> Bool {
    guard let (region, offset) = place(address, bytes.count), !isProtected(address, bytes.count),
      case .flash = regions[region].kind
    else { return false }
    let range = offset..<offset + bytes.count
    let cleared = zip(regions[region].bytes[range], bytes).map { $0 & $1 }
    regions[region].bytes.replaceSubrange(range, with: cleared)
    return true
  }

  /// Puts bytes anywhere, protected or not: how a test makes what was there before.
  public mutating func place(_ bytes: [UInt8], at address: UInt32) {
    guard let (region, offset) = place(address, bytes.count) else { return }
    regions[region].bytes.replaceSubrange(offset..<offset + bytes.count, with: bytes)
  }

  private func place(_ address: UInt32, _ count: Int) -> (region: Int, offset: Int)? {
    for (index, region) in regions.enumerated() {
      if let offset = region.offset(of: address, count: count) { return (index, offset) }
    }
    return nil
  }

  private func isProtected(_ address: UInt32, _ count: Int) -> Bool {
    UInt64(address) < UInt64(protected.upperBound)
      && UInt64(address) + UInt64(count) > UInt64(protected.lowerBound)
  }
}

extension MemoryArray {
  /// 1 MiB of flash, of which applications of the Nano 33 BLE have what lies from 0x10000 on.
  public static func nrf52840() -> MemoryArray {
    var memory = MemoryArray()
    memory.add(.flash(eraseUnit: 4096), at: 0, size: 0x10_0000)
    memory.add(.ram, at: 0x2000_0000, size: 0x4_0000, fill: 0)
    return memory
  }

  /// 1 MiB of flash in pages of 8 KiB.
  public static func apollo3() -> MemoryArray {
    var memory = MemoryArray()
    memory.add(.flash(eraseUnit: 8192), at: 0, size: 0x10_0000)
    memory.add(.ram, at: 0x1000_0000, size: 0x6_0000, fill: 0)
    return memory
  }

  /// The flash of an STM32F746: sectors of 32, 128 and 256 KiB.
  public static func stm32f746() -> MemoryArray {
    var memory = MemoryArray()
    memory.add(.flash(eraseUnit: 0x8000), at: 0x0800_0000, size: 0x2_0000)
    memory.add(.flash(eraseUnit: 0x2_0000), at: 0x0802_0000, size: 0x2_0000)
    memory.add(.flash(eraseUnit: 0x4_0000), at: 0x0804_0000, size: 0xC_0000)
    memory.add(.ram, at: 0x2000_0000, size: 0x5_0000, fill: 0)
    return memory
  }

  /// SAM D21G18A with Arduino's bootloader in 8 KiB that BOOTPROT protects, and the registers that
  /// flashing tools look at (SAM D21 data sheet, 13, 22).
  ///
  /// - Parameter flash: bytes of it; less than PARAM says makes a chip that lies.
  public static func samd21(flash: Int = 0x4_0000) -> MemoryArray {
    var memory = MemoryArray()
    memory.add(.flash(eraseUnit: 256), at: 0, size: flash)
    memory.protected = 0..<0x2000
    // A vector table: the initial stack pointer tells tools that this is no ARM7TDMI.
    memory.place([0xFC, 0x7F, 0x00, 0x20, 0x41, 0x01, 0x00, 0x00], at: 0)
    memory.add(.ram, at: 0x2000_0000, size: 0x8000, fill: 0)
    // User row: BOOTPROT 2 (8 KiB), brown-out detector on, nothing locked.
    memory.add(.fixed, at: 0x80_4000, word: 0xD8E0_C7FA)
    memory.add(.fixed, at: 0x80_4004, word: 0xFFFF_FC5D)
    // CPUID: Cortex-M0+ r0p1.
    memory.add(.fixed, at: 0xE000_ED00, word: 0x410C_C601)
    memory.add(.ram, at: 0xE000_ED0C, word: 0xFA05_0000)
    // DID: SAM D21G18A revision D.
    memory.add(.fixed, at: 0x4100_2018, word: 0x1001_0305)
    // NVMCTRL: CTRLA, CTRLB, PARAM (4096 pages of 64 bytes), INTFLAG (ready), STATUS, ADDR, LOCK.
    memory.add(.ram, at: 0x4100_4000, word: 0)
    memory.add(.ram, at: 0x4100_4004, word: 0x80)
    memory.add(.fixed, at: 0x4100_4008, word: 0x0003_1000)
    memory.add(.fixed, at: 0x4100_4014, word: 1)
    memory.add(.fixed, at: 0x4100_4018, word: 0)
    memory.add(.ram, at: 0x4100_401C, word: 0)
    memory.add(.fixed, at: 0x4100_4020, word: 0xFFFF)
    return memory
  }
}
