// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Translated code: one flat buffer of operations and, per executable memory, a table from half
/// words to indices into it. Index 0 is the operation that leaves the loop, so that an address
/// without a translation needs no test.
struct CodeCache {
  let operations: UnsafeMutablePointer<Operation>
  private(set) var count = 1
  let emptyTable: UnsafePointer<UInt32>
  private(set) var regions: [CodeRegion] = []
  /// Some writable memory holds translated code, so that stores have to look.
  private(set) var hasWritableCode = false
  /// Counts the times that everything was forgotten, for who keeps code of his own.
  private(set) var generation = 0
  /// What is translated would be translated otherwise now; forgotten before the next translation.
  var isStale = false

  /// Operations kept before everything is forgotten: 16 MiB, touched as it fills.
  private static let capacity = 1 << 19
  /// Room that one block may take.
  private static let reserve = 512

  init() {
    operations = .allocate(capacity: Self.capacity)
    var leave = Operation(.leave)
    leave.condition = Operation.internalCondition
    operations.initialize(to: leave)
    let table = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
    table.initialize(to: 0)
    emptyTable = UnsafePointer(table)
  }

  func deallocate() {
    operations.deallocate()
    emptyTable.deallocate()
    for region in regions { region.deallocate() }
  }

  mutating func add(_ memory: AttachedMemory) { regions.append(CodeRegion(memory)) }

  func region(holding address: UInt32) -> CodeRegion? {
    regions.first { $0.contains(address) }
  }

  /// Whether a store to writable memory hits translated code.
  func holdsCode(near address: UInt32) -> Bool {
    guard hasWritableCode, let region = region(holding: address) else { return false }
    return region.isCovered(address..<(address &+ 4))
  }

  /// Forgets everything when code in `range` has been translated.
  mutating func invalidate(_ range: Range<UInt32>) {
    if regions.contains(where: { $0.isCovered(range) }) { flush() }
  }

  mutating func flush() {
    for region in regions { region.clear() }
    count = 1
    (hasWritableCode, isStale) = (false, false)
    generation += 1
  }

  var isFull: Bool { count + Self.reserve > Self.capacity }

  /// Appends an operation and returns its index.
  mutating func append(_ operation: Operation) -> UInt32 {
    operations[count] = operation
    count += 1
    return UInt32(truncatingIfNeeded: count - 1)
  }

  mutating func noteCode(in region: CodeRegion) {
    if region.isWritable { hasWritableCode = true }
  }

  /// The part of `ram` where stores need not look for code: the larger side of the code in it.
  func storeWindow(_ ram: MemoryWindow) -> MemoryWindow {
    guard hasWritableCode, let region = regions.first(where: { $0.base == ram.base }) else {
      return ram
    }
    return ram.without(region.coveredSpan)
  }
}

/// The table of one executable memory.
struct CodeRegion {
  let base: UInt32
  /// In half words.
  let span: UInt32
  let isWritable: Bool
  let instructionWaitStates: Int
  let bytes: UnsafePointer<UInt8>
  /// Index of the operation to enter at, by half word; 0 where there is none.
  let table: UnsafeMutablePointer<UInt32>
  /// Not zero where a half word took part in a translation.
  private let covered: UnsafeMutablePointer<UInt8>
  /// First and one past the last half word that is covered, so that nothing has to look at all.
  private let extent: UnsafeMutablePointer<(first: Int, end: Int)>

  init(_ memory: AttachedMemory) {
    base = memory.base.bits
    span = UInt32(clamping: memory.size.count / 2)
    isWritable = memory.isWritable
    instructionWaitStates = memory.instructionWaitStates
    bytes = UnsafePointer(memory.bytes)
    table = ZeroedMemory.allocate(count: Int(span) + 1)
    covered = ZeroedMemory.allocate(count: Int(span) + 1)
    extent = .allocate(capacity: 1)
    extent.initialize(to: Self.nothing)
  }

  func deallocate() {
    ZeroedMemory.free(table)
    ZeroedMemory.free(covered)
    extent.deallocate()
  }

  private static let nothing = (first: Int.max, end: 0)

  func contains(_ address: UInt32) -> Bool { (address &- base) >> 1 < span }

  /// The half word at an even address, nil outside.
  func half(at address: UInt32) -> UInt16? {
    guard contains(address) else { return nil }
    let place = UnsafeRawPointer(bytes) + Int(address &- base)
    return UInt16(littleEndian: place.loadUnaligned(as: UInt16.self))
  }

  func cover(_ address: UInt32) {
    guard contains(address) else { return }
    let place = Int((address &- base) >> 1)
    covered[place] = 1
    extent.pointee = (min(extent.pointee.first, place), max(extent.pointee.end, place + 1))
  }

  func isCovered(_ range: Range<UInt32>) -> Bool {
    let last = range.upperBound &- 1
    guard !range.isEmpty, last >= base, range.lowerBound <= base &+ (span &* 2 &- 1) else {
      return false
    }
    let first = Int((max(range.lowerBound, base) &- base) >> 1)
    let end = min(Int((last &- base) >> 1), Int(span) - 1)
    return first <= end && (first...end).contains { covered[$0] != 0 }
  }

  /// Byte offsets of all that is covered, in whole words.
  var coveredSpan: Range<UInt32> {
    let (first, end) = extent.pointee
    guard first < end else { return 0..<0 }
    return UInt32(first * 2) & ~3..<(UInt32(end * 2) &+ 3) & ~3
  }

  /// Every entry of the table is covered.
  func clear() {
    let (first, end) = extent.pointee
    guard first < end else { return }
    (table + first).update(repeating: 0, count: end - first)
    (covered + first).update(repeating: 0, count: end - first)
    extent.pointee = Self.nothing
  }
}
