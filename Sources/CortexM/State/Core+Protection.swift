// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// The memory protection unit at work. Switched off it costs nothing. In force, the fast windows
// shrink to the largest stretch of memory where their access is allowed, everything outside them
// is checked one access at a time, and fetches are checked when code is translated.

/// Why an access that no instruction made (stacking, unstacking) did not happen.
enum Refusal: Error {
  case protection
  case bus
}

/// What the windows and the translated code were made for; nil stands for the default memory map.
struct ProtectionView: Equatable {
  var generation: UInt64
  var isPrivileged: Bool
}

extension Core {
  /// Whether the regions count: not in HardFault, NMI and under FAULTMASK unless HFNMIENA says so
  /// (ARMv7-M ARM, B3.5.1).
  private var isProtectionInForce: Bool {
    guard protection.isEnabled else { return false }
    return protection.coversFaultHandlers
      || !(processor.faultmask || interrupts.isActive(ExceptionNumber.hardFault)
        || interrupts.isActive(ExceptionNumber.nonMaskable))
  }

  /// Whether an access of up to a word, aligned, passes the protection unit. The Private
  /// Peripheral Bus has rules of its own.
  @inline(__always)
  func isPermitted(_ access: AccessRights, at address: UInt32, privileged: Bool) -> Bool {
    !protection.isEnabled || isPermittedByRegions(access, at: address, privileged: privileged)
  }

  @inline(never)
  private func isPermittedByRegions(
    _ access: AccessRights, at address: UInt32, privileged: Bool
  ) -> Bool {
    if address >> 20 == 0xE00 || !isProtectionInForce { return true }
    return protection.rights(at: address, privileged: privileged).contains(access)
  }

  /// Whether the half word at `address` may be fetched as code now.
  func mayFetch(_ address: UInt32) -> Bool {
    guard isProtectionInForce else {
      return AccessRights(defaultMapAt: address).contains(.execute)
    }
    return protection.rights(at: address, privileged: processor.isPrivileged).contains(.execute)
  }

  /// A word of an exception frame is read.
  func unstackWord(_ address: UInt32, privileged: Bool) throws(Refusal) -> UInt32 {
    guard isPermitted(.read, at: address, privileged: privileged) else { throw .protection }
    guard let word = readAligned(address, 4, privileged: privileged) else { throw .bus }
    return word
  }

  /// A word of an exception frame is written.
  func stackWord(_ address: UInt32, _ word: UInt32, privileged: Bool) throws(Refusal) {
    guard isPermitted(.write, at: address, privileged: privileged) else { throw .protection }
    guard writeAligned(address, word, 4, privileged: privileged) else { throw .bus }
  }
}

// What fast paths may take for granted.
extension Core {
  private var protectionView: ProtectionView? {
    guard isProtectionInForce else { return nil }
    return ProtectionView(
      generation: protection.generation, isPrivileged: processor.isPrivileged)
  }

  /// Makes windows and translated code fit the protection in force. To be called between
  /// instructions; all that changes the view makes the loops leave.
  func refreshProtection() {
    let view = protectionView
    guard view != appliedProtection else { return }
    appliedProtection = view
    let rights = protectionMap?.code ?? code.regions.map { [ProtectedStretch(unprotected: $0)] }
    if rights != codeRights {
      let isStale = code.regions.indices.contains { index in
        let isTranslated = !code.regions[index].isWritable || code.hasWritableCode
        return isTranslated && (index >= codeRights.count || rights[index] != codeRights[index])
      }
      codeRights = rights
      if isStale { code.flush() }
    }
    updateWindows()
  }

  /// For a core whose registers were replaced: nothing is known of windows and translated code.
  func forgetProtection() {
    if !codeRights.isEmpty { code.flush() }
    (codeRights, appliedProtection, protectionMaps) = ([], nil, [:])
  }

  /// The rights in the view applied, nil for the default memory map. Privileged and unprivileged
  /// code take turns, so both are kept while the regions stay.
  private var protectionMap: ProtectionMap? {
    guard let view = appliedProtection else { return nil }
    if let map = protectionMaps[view.isPrivileged], map.view == view { return map }
    let map = ProtectionMap(view, of: protection, code.regions)
    protectionMaps[view.isPrivileged] = map
    return map
  }

  /// The largest part of the window where every access of this kind is allowed.
  func permitted(_ access: AccessRights, in window: MemoryWindow) -> MemoryWindow {
    guard let map = protectionMap, window.byteSpan > 0 else { return window }
    let range = UInt64(window.base)..<UInt64(window.base) + UInt64(window.byteSpan)
    let largest = map.largestStretch(for: access, in: range)
    if largest.isEmpty { return MemoryWindow() }
    return window.part(
      from: UInt32(truncatingIfNeeded: largest.lowerBound &- range.lowerBound),
      size: UInt32(clamping: largest.count))
  }
}

/// The address space under one view.
struct ProtectionMap {
  let view: ProtectionView
  private let stretches: [ProtectedStretch]
  /// Each executable memory's part of it.
  let code: [[ProtectedStretch]]

  init(_ view: ProtectionView, of protection: MemoryProtection, _ regions: [CodeRegion]) {
    self.view = view
    stretches = protection.stretches(in: 0..<1 << 32, privileged: view.isPrivileged)
    code = regions.map { protection.stretches(in: $0.range, privileged: view.isPrivileged) }
  }

  /// Neighbours with different rights count as one where both allow the access.
  func largestStretch(for access: AccessRights, in range: Range<UInt64>) -> Range<UInt64> {
    var largest = range.lowerBound..<range.lowerBound
    var current = largest
    for stretch in stretches where stretch.range.overlaps(range) {
      let part = stretch.range.clamped(to: range)
      guard stretch.rights.isSuperset(of: access) else { continue }
      current = current.upperBound == part.lowerBound ? current.lowerBound..<part.upperBound : part
      if current.count > largest.count { largest = current }
    }
    return largest
  }
}

extension CodeRegion {
  fileprivate var range: Range<UInt64> { UInt64(base)..<UInt64(base) + UInt64(span) * 2 }
}

extension ProtectedStretch {
  fileprivate init(unprotected region: CodeRegion) {
    self.init(range: region.range, rights: .all)
  }
}
