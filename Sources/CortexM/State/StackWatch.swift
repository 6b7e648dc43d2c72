// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Which stack regions there are and how deep each stack has been. The watch of the stack in use
/// lives in `CoreState`; this keeps the other one.
struct StackWatch: Codable {
  var regions: [Range<UInt32>] = [0..<0, 0..<0]
  /// Offset of the lowest store from the bottom of the region; its size where there was none.
  var lowestWrites: [UInt32] = [0, 0]
  var lowestPointers: [UInt32] = [.max, .max]
}

extension CoreState {
  /// Lowers the watched stack's mark if the store lies below it.
  @inline(__always) mutating func noteStore(_ address: UInt32) {
    let offset = address &- watchBottom
    if offset < watchLowest { watchLowest = offset }
  }

  /// The same for words one behind the other, of which only the last may lie on the stack.
  mutating func noteStores(_ count: Int, at address: UInt32) {
    let below = (watchBottom &- address &+ 3) & ~3
    noteStore(address &+ (below < UInt32(truncatingIfNeeded: count &* 4) ? below : 0))
  }
}

extension Core {
  /// The stack that r13 is.
  var stackInUse: StackKind {
    processor.isHandler || !processor.usesProcessStack ? .main : .process
  }

  /// Says which addresses belong to a stack, and forgets what was written there so far.
  public func watchStack(_ stack: StackKind, region: Range<UInt32>) {
    stacks.regions[stack.rawValue] = region
    stacks.lowestWrites[stack.rawValue] = region.upperBound &- region.lowerBound
    if stack == stackInUse { loadStackWatch() }
  }

  /// How deep a stack has been. Stores are attributed to the stack in use when they happen.
  public func stackUse(_ stack: StackKind) -> StackUse {
    saveStackWatch()
    let region = stacks.regions[stack.rawValue]
    let offset = stacks.lowestWrites[stack.rawValue]
    let pointer = stacks.lowestPointers[stack.rawValue]
    return StackUse(
      region: region, lowestPointer: pointer == .max ? nil : pointer,
      lowestWrite: offset < region.upperBound &- region.lowerBound
        ? region.lowerBound &+ offset : nil)
  }

  func saveStackWatch() {
    let index = stackInUse.rawValue
    stacks.lowestWrites[index] = state.pointee.watchLowest
    let lowest = min(state.pointee.lowestPointer, registers[13] & ~3)
    stacks.lowestPointers[index] = min(stacks.lowestPointers[index], lowest)
  }

  func loadStackWatch() {
    let index = stackInUse.rawValue
    state.pointee.watchBottom = stacks.regions[index].lowerBound
    state.pointee.watchLowest = stacks.lowestWrites[index]
    // An observer hears of each stretch of time by itself.
    let lowest = observation.observer == nil ? stacks.lowestPointers[index] : .max
    state.pointee.lowestPointer = min(lowest, registers[13] & ~3)
  }

  /// Changes mode or stack selection; r13 and the bank swap when the stack in use changes.
  func changeStack(_ change: () -> Void) {
    let before = stackInUse
    saveStackWatch()
    change()
    if stackInUse != before {
      swap(&registers[13], &processor.bankedStackPointer)
    }
    loadStackWatch()
  }

  var mainStackPointer: UInt32 {
    get { stackInUse == .main ? registers[13] : processor.bankedStackPointer }
    set { setStackPointer(.main, newValue) }
  }
  var processStackPointer: UInt32 {
    get { stackInUse == .process ? registers[13] : processor.bankedStackPointer }
    set { setStackPointer(.process, newValue) }
  }

  private func setStackPointer(_ stack: StackKind, _ value: UInt32) {
    if stack == stackInUse {
      registers[13] = value & ~3
      state.pointee.lowestPointer = min(state.pointee.lowestPointer, value & ~3)
    } else {
      processor.bankedStackPointer = value & ~3
    }
  }
}
