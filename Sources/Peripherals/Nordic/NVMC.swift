// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

/// nRF52840 NVMC, the flash controller (Product Specification v1.7, 4.3): lets the core store words
/// (bits only go from 1 to 0) or erases pages, all of flash, or UICR; and the instruction cache's
/// switch. The contents change at once, READY says when silicon would be done: 41 µs for a word,
/// 85 ms for a page, 169 ms for everything.
///
/// Parameters: `flash` and `page` in bytes (default 1 MiB and 4 KiB), `flashBase` (default 0), and
/// how long a word, a page and everything take in microseconds, `write`, `erase` and `eraseAll`.
/// The counters IHIT and IMISS are not modelled: the cache is part of the core's timing, which
/// devices do not see.
public struct NordicNVMC: Peripheral {
  private static let userPage = Address(NRF52840.Base.uicr)

  private let parameters: DeviceParameters
  private let flash: Range<UInt64>
  /// A power of two.
  private let pageSize: UInt32
  private let writeTime, eraseTime, eraseAllTime: UInt64
  private var config = NVMC.Config.readOnly
  private var busyUntil = Instant.reset
  private var partial: PartialErase?
  private var registers = StoredRegisters([
    .init(
      NVMC.Offset.erasePagePartialConfig, writable: 0x7F,
      reset: NVMC.Reset.erasePagePartialConfig),
    .init(
      NVMC.Offset.cacheConfiguration, writable: NVMC.Cache.enable | NVMC.Cache.profiling),
  ])

  /// How far the erasing of a page in parts has come.
  private struct PartialErase: Codable {
    var page: UInt32
    var milliseconds: UInt64
  }

  public init(_ parameters: DeviceParameters) {
    self.parameters = parameters
    let base = min(parameters.numbers["flashBase"] ?? 0, 0xFFFF_FFFF)
    flash = base..<(base + min(parameters.numbers["flash"] ?? 1 << 20, 1 << 31))
    let page = UInt32(clamping: parameters.numbers["page"] ?? 4096)
    pageSize = page.nonzeroBitCount == 1 ? page : 4096
    func time(_ name: String, _ usual: UInt64) -> UInt64 {
      min(parameters.numbers[name] ?? usual, 1_000_000)
    }
    writeTime = time("write", 41)
    eraseTime = time("erase", 85_000)
    eraseAllTime = time("eraseAll", 169_000)
  }

  public mutating func reset(in context: inout DeviceContext) {
    config = NVMC.Config.readOnly
    busyUntil = context.now
    partial = nil
    registers.reset()
    // The core has no idea of its own what the cache is after power-on: off (ICACHECNF).
    context.request(.instructionCache(enabled: false))
  }

  public mutating func read(_ offset: UInt32, in context: inout DeviceContext) -> UInt32 {
    if let value = registers.read(offset) { return value }
    switch offset {
    case NVMC.Offset.ready, NVMC.Offset.readyNext: return busyUntil <= context.now ? 1 : 0
    case NVMC.Offset.config: return config
    default:
      context.reportUnmodelled(offset, write: false)
      return 0
    }
  }

  public mutating func write(_ offset: UInt32, _ value: UInt32, in context: inout DeviceContext) {
    switch offset {
    case NVMC.Offset.config: config = value & 3
    case NVMC.Offset.erasePage: erasePage(at: value, in: &context)
    case NVMC.Offset.erasePagePartial: erasePartOfPage(at: value, in: &context)
    case NVMC.Offset.eraseAll: if value & 1 != 0 { eraseAll(in: &context) }
    case NVMC.Offset.eraseUICR: if value & 1 != 0 { eraseUserPage(in: &context) }
    case NVMC.Offset.cacheConfiguration:
      _ = registers.write(offset, value)
      context.request(.instructionCache(enabled: value & NVMC.Cache.enable != 0))
    default:
      if !registers.write(offset, value) { context.reportUnmodelled(offset, write: true) }
    }
  }

  public mutating func store(
    _ value: UInt32, toFlash address: Address, in context: inout DeviceContext
  ) -> Bool {
    guard config == NVMC.Config.write else { return false }
    context.request(.flashWrite(address, .word(value)))
    keepBusy(microseconds: writeTime, in: &context)
    return true
  }

  // MARK: Erasing

  private mutating func erasePage(at address: UInt32, in context: inout DeviceContext) {
    guard config == NVMC.Config.erase, flash.contains(UInt64(address)) else { return }
    erase(pageOf: address, in: &context)
    keepBusy(microseconds: eraseTime, in: &context)
  }

  /// A page is erased when parts that add up to the whole time have been done on it.
  private mutating func erasePartOfPage(at address: UInt32, in context: inout DeviceContext) {
    guard config == NVMC.Config.erase, flash.contains(UInt64(address)) else { return }
    let page = address & ~(pageSize - 1)
    let duration = UInt64(registers[NVMC.Offset.erasePagePartialConfig])
    let before = partial?.page == page ? partial?.milliseconds ?? 0 : 0
    partial = PartialErase(page: page, milliseconds: before + duration)
    if before + duration >= 85 {
      partial = nil
      erase(pageOf: address, in: &context)
    }
    keepBusy(microseconds: duration * 1000, in: &context)
  }

  private mutating func eraseAll(in context: inout DeviceContext) {
    guard config == NVMC.Config.erase else { return }
    let size = ByteCount(Int(flash.upperBound - flash.lowerBound))
    context.request(
      .flashWrite(Address(UInt32(truncatingIfNeeded: flash.lowerBound)), .erase(size)))
    context.request(.flashWrite(Self.userPage, .erase(ByteCount(Int(pageSize)))))
    keepBusy(microseconds: eraseAllTime, in: &context)
  }

  private mutating func eraseUserPage(in context: inout DeviceContext) {
    guard config == NVMC.Config.erase else { return }
    context.request(.flashWrite(Self.userPage, .erase(ByteCount(Int(pageSize)))))
    keepBusy(microseconds: eraseTime, in: &context)
  }

  private func erase(pageOf address: UInt32, in context: inout DeviceContext) {
    let page = Address(address & ~(pageSize - 1))
    context.request(.flashWrite(page, .erase(ByteCount(Int(pageSize)))))
  }

  private mutating func keepBusy(microseconds: UInt64, in context: inout DeviceContext) {
    busyUntil = max(busyUntil, context.now) + parameters.microseconds(microseconds)
  }
}
