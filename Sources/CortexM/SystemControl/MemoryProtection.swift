// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What may be done with a stretch of memory.
struct AccessRights: OptionSet, Equatable {
  let rawValue: UInt8

  static let read = AccessRights(rawValue: 1)
  static let write = AccessRights(rawValue: 2)
  static let execute = AccessRights(rawValue: 4)
  static let all: AccessRights = [.read, .write, .execute]

  /// Of the default memory map: everything may be read and written, Device memory and the system
  /// region never execute (ARMv7-M ARM, B3.1.1).
  init(defaultMapAt address: UInt32) {
    let isDevice = (0x4000_0000..<0x6000_0000).contains(address) || address >= 0xA000_0000
    self = isDevice ? [.read, .write] : .all
  }

  init(rawValue: UInt8) { self.rawValue = rawValue }
}

/// Neighbouring addresses with the same rights. The end may be 2^32.
struct ProtectedStretch: Equatable {
  var range: Range<UInt64>
  var rights: AccessRights
}

/// The memory protection unit (ARMv7-M ARM, B3.5; ARMv6-M ARM, B3.5): its registers, and who may
/// do what where. Knows no processor: the caller says whether an access is privileged and whether
/// the unit is in force.
struct MemoryProtection: Codable {
  let regionCount: Int
  /// The smallest region is 2 to this power: 5 in ARMv7-M, 8 in ARMv6-M.
  let smallestSize: UInt32
  private var control: UInt32 = 0
  private var number = 0
  private var regions: [ProtectedRegion]
  /// Grows with every write, so that who has drawn conclusions knows that they are stale.
  private(set) var generation: UInt64 = 0

  init(regionCount: Int, smallestSize: UInt32 = 5) {
    self.regionCount = regionCount
    self.smallestSize = smallestSize
    regions = [ProtectedRegion](repeating: ProtectedRegion(), count: max(regionCount, 1))
  }

  init(_ configuration: CoreConfiguration) {
    let isSmall = configuration.architecture.profile == .armv6M
    self.init(regionCount: configuration.mpuRegionCount, smallestSize: isSmall ? 8 : 5)
  }

  var isEnabled: Bool { control & 1 != 0 }
  /// HFNMIENA: the regions count in HardFault, NMI and under FAULTMASK too.
  var coversFaultHandlers: Bool { control & 2 != 0 }
  /// PRIVDEFENA: outside all regions privileged code sees the default memory map.
  private var hasBackground: Bool { control & 4 != 0 }

  /// `offset` from MPU_TYPE, 0xE000ED90; four names for the pair of RBAR and RASR.
  func read(_ offset: UInt32) -> UInt32 {
    guard regionCount > 0 else { return 0 }
    switch offset {
    case 0x00: return UInt32(regionCount) << 8
    case 0x04: return control
    case 0x08: return UInt32(number)
    case 0x0C, 0x14, 0x1C, 0x24: return regions[number].base | UInt32(number)
    case 0x10, 0x18, 0x20, 0x28: return regions[number].attributes
    default: return 0
    }
  }

  /// A number without a region is not taken.
  mutating func write(_ offset: UInt32, _ value: UInt32) {
    guard regionCount > 0 else { return }
    generation &+= 1
    switch offset {
    case 0x04: control = value & 7
    case 0x08: select(value & 0xFF)
    case 0x0C, 0x14, 0x1C, 0x24:
      if value & 0x10 != 0, !select(value & 15) { return }
      regions[number].base = value & (.max << smallestSize)
    case 0x10, 0x18, 0x20, 0x28: regions[number].attributes = value & 0x173F_FF3F
    default: break
    }
  }

  @discardableResult private mutating func select(_ value: UInt32) -> Bool {
    guard value < UInt32(regionCount) else { return false }
    number = Int(value)
    return true
  }

  /// Of an enabled unit. The region with the highest number decides.
  func rights(at address: UInt32, privileged: Bool) -> AccessRights {
    let region = regions.last { $0.holds(address, smallestSize) }
    guard let region else {
      return privileged && hasBackground ? AccessRights(defaultMapAt: address) : []
    }
    let rights = region.rights(privileged: privileged)
    return address >> 29 == 7 ? rights.subtracting(.execute) : rights
  }

  /// The whole of `range`, cut where the rights change.
  func stretches(in range: Range<UInt64>, privileged: Bool) -> [ProtectedStretch] {
    let edges = regions.flatMap { $0.edges(smallestSize) }.filter(range.contains)
    let starts = Set(edges + [range.lowerBound]).sorted()
    var stretches: [ProtectedStretch] = []
    for (index, start) in starts.enumerated() {
      let end = index + 1 < starts.count ? starts[index + 1] : range.upperBound
      let rights = rights(at: UInt32(truncatingIfNeeded: start), privileged: privileged)
      if stretches.last?.rights == rights {
        stretches[stretches.count - 1].range = stretches[stretches.count - 1].range.lowerBound..<end
      } else {
        stretches.append(ProtectedStretch(range: start..<end, rights: rights))
      }
    }
    return stretches
  }
}

/// One region: MPU_RBAR and MPU_RASR.
private struct ProtectedRegion: Codable {
  var base: UInt32 = 0
  var attributes: UInt32 = 0

  private var isEnabled: Bool { attributes & 1 != 0 }

  /// The power of two that is the size; smaller ones than there are, UNPREDICTABLE, count as the
  /// smallest.
  private func size(_ smallest: UInt32) -> UInt32 { max((attributes >> 1 & 31) + 1, smallest) }

  /// SRD switches off eighths of regions of 256 bytes and more.
  private func disabledEighths(_ size: UInt32) -> UInt32 {
    size < 8 ? 0 : attributes >> 8 & 0xFF
  }

  func holds(_ address: UInt32, _ smallest: UInt32) -> Bool {
    guard isEnabled else { return false }
    let size = size(smallest)
    guard size == 32 || (address ^ base) >> size == 0 else { return false }
    return disabledEighths(size) >> (address >> (size - 3) & 7) & 1 == 0
  }

  /// AP and XN (ARMv7-M ARM, table B3-15). The reserved encoding grants nothing.
  func rights(privileged: Bool) -> AccessRights {
    let rights: AccessRights =
      switch attributes >> 24 & 7 {
      case 1: privileged ? [.read, .write] : []
      case 2: privileged ? [.read, .write] : .read
      case 3: [.read, .write]
      case 5: privileged ? .read : []
      case 6, 7: .read
      default: []
      }
    let mayExecute = rights.contains(.read) && attributes >> 28 & 1 == 0
    return mayExecute ? rights.union(.execute) : rights
  }

  /// Where rights may change because of this region.
  func edges(_ smallest: UInt32) -> [UInt64] {
    guard isEnabled else { return [] }
    let size = size(smallest)
    let start = size == 32 ? 0 : UInt64(base >> size) << UInt64(size)
    let steps: UInt64 = disabledEighths(size) == 0 ? 1 : 8
    let step = (1 << UInt64(size)) / steps
    return (0...steps).map { start + $0 * step }
  }
}
