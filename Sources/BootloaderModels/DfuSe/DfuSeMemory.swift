// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import USBModel

/// The memories behind ST's extension of DFU (AN3156, UM0424): commands in block 0, an address
/// pointer, sectors that the host erases.
public struct DfuSeMemory<Memory: BootMemory & Sendable>: DFUStore {
  public var memory: Memory
  /// By alternate setting.
  public var layouts: [DfuSeLayout]
  public var transferSize: Int
  public var commands: [UInt8] = [DfuSeCommand.get, DfuSeCommand.setAddress, DfuSeCommand.erase]
  /// Read protection of level 1: reading and writing fail until it is lifted, which erases.
  public var isProtected = false
  /// Where applications start, and what the top byte of their stack pointer may be.
  public var applicationStart: UInt32
  public var stackTops: Set<UInt8> = [0x20, 0x24, 0x30, 0x38]
  public var eraseDuration = Duration.zero
  public var writeDuration = Duration.zero
  public var manifestDuration = Duration.milliseconds(1)
  /// Whether it starts what the pointer points to (the ROM) or restarts the chip (Arduino's).
  public var startsAtPointer = false

  public private(set) var pointer: UInt32 = 0x0800_0000
  /// Start addresses of what was erased, in order.
  public private(set) var erased: [UInt32] = []
  public var hasCrashed: Bool { false }

  public init(
    memory: Memory, layouts: [DfuSeLayout], transferSize: Int, applicationStart: UInt32
  ) {
    (self.memory, self.layouts, self.transferSize) = (memory, layouts, transferSize)
    self.applicationStart = applicationStart
  }

  public func duration(ofDownload block: UInt16, _ data: [UInt8]) -> Duration {
    guard block == 0 else { return writeDuration }
    return data.first == DfuSeCommand.erase ? eraseDuration : .zero
  }

  public mutating func download(
    _ block: UInt16, _ data: [UInt8], alternate: UInt8
  ) -> DFUStatus {
    guard block > 0 else { return command(data, alternate) }
    guard block > 1 else { return .stalledPacket }
    guard !isProtected else { return .vendor }
    let address = address(of: block)
    let last = UInt64(address) + UInt64(max(1, data.count)) - 1
    guard last < 1 << 32, let layout = layout(alternate),
      let first = layout.sector(at: address),
      let end = layout.sector(at: UInt32(truncatingIfNeeded: last))
    else { return .address }
    guard first.isWritable, end.isWritable else { return .write }
    return memory.program(data, at: address) ? .ok : .program
  }

  public mutating func upload(
    _ block: UInt16, length: Int, alternate: UInt8
  ) -> Result<[UInt8], DFUFault> {
    if block == 0 { return .success(Array(commands.prefix(length))) }
    guard block > 1 else { return .failure(DFUFault(.stalledPacket)) }
    guard !isProtected else { return .failure(DFUFault(.vendor)) }
    let address = address(of: block)
    guard let sector = layout(alternate)?.sector(at: address), sector.isReadable,
      let bytes = memory.read(address, count: length)
    else { return .failure(DFUFault(.address)) }
    return .success(bytes)
  }

  public mutating func manifest(alternate: UInt8) -> DFUStatus { .ok }

  public mutating func hasApplication() -> Bool {
    let start = startsAtPointer ? pointer : applicationStart
    guard let word = memory.read(start, count: 4) else { return false }
    return stackTops.contains(word[3])
  }

  public mutating func restart() { pointer = 0x0800_0000 }

  private func address(of block: UInt16) -> UInt32 {
    pointer &+ UInt32(block - 2) &* UInt32(truncatingIfNeeded: transferSize)
  }

  private func layout(_ alternate: UInt8) -> DfuSeLayout? {
    layouts.indices.contains(Int(alternate)) ? layouts[Int(alternate)] : nil
  }

  private mutating func command(_ data: [UInt8], _ alternate: UInt8) -> DFUStatus {
    guard let code = data.first, commands.contains(code) else { return .stalledPacket }
    switch (code, data.count) {
    case (DfuSeCommand.get, 1): return .ok
    case (DfuSeCommand.setAddress, 5):
      let address = data.doubleWord(at: 1)
      guard layout(alternate)?.sector(at: address) != nil else { return .address }
      pointer = address
      return .ok
    case (DfuSeCommand.erase, 5): return erase(data.doubleWord(at: 1), alternate)
    case (DfuSeCommand.erase, 1):
      guard !isProtected else { return .vendor }
      return eraseAll(alternate)
    case (DfuSeCommand.readUnprotect, 1):
      isProtected = false
      return eraseAll(alternate)
    default: return .stalledPacket
    }
  }

  private mutating func erase(_ address: UInt32, _ alternate: UInt8) -> DFUStatus {
    guard !isProtected else { return .vendor }
    guard let sector = layout(alternate)?.sector(at: address) else { return .address }
    guard sector.isErasable else { return .erase }
    pointer = address
    erased.append(sector.start)
    return memory.erase(sector.start, count: Int(sector.size)) ? .ok : .erase
  }

  private mutating func eraseAll(_ alternate: UInt8) -> DFUStatus {
    for sector in layout(alternate)?.sectors ?? [] where sector.isErasable {
      erased.append(sector.start)
      guard memory.erase(sector.start, count: Int(sector.size)) else { return .erase }
    }
    return .ok
  }
}
