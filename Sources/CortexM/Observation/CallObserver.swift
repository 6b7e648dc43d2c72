// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Hears where control goes, cycle by cycle: what profilers are made of.
///
/// The core tells at the first instruction of functions and behind calls, however they are reached,
/// and when exceptions come and go. Nothing that a guest can see depends on it, time included; the
/// run is slower, since an accelerator has no part in it.
package protocol CallObserver: AnyObject {
  /// Asked for each instruction that is translated.
  /// - Parameter followsCall: a BL or BLX ends right before `address`.
  /// - Returns: a number by which `arrived` is to be called there; nil for "not at all".
  func place(_ address: UInt32, followsCall: Bool) -> UInt32?
  /// Code calls `target` directly.
  /// - Returns: whether `place` now has more to say than before.
  func calls(_ target: UInt32) -> Bool
  /// The instruction at a place is the next to run.
  func arrived(_ place: UInt32, at moment: CallMoment)
  /// An exception has put its frame on the stack, at the stack pointer; `cycles` are those before.
  func exceptionBegan(at moment: CallMoment)
  /// A handler's first instruction is the next to run.
  func handlerEntered(_ exception: Int, at moment: CallMoment)
  /// A handler has returned; what comes next is `handlerEntered` or `resumed`.
  func handlerLeft(at moment: CallMoment)
  /// What the frame at an address had interrupted goes on at `address`.
  func resumed(_ frame: UInt32, address: UInt32, at moment: CallMoment)
  /// The core has slept from the moment on.
  func slept(until cycles: UInt64, from moment: CallMoment)
  /// Everything starts over.
  func coreReset(at moment: CallMoment)
  /// Nothing more will be told.
  func observationEnds(at moment: CallMoment)
}

/// The core at an observed moment.
package struct CallMoment {
  package var cycles: UInt64
  package var stackPointer: UInt32
  /// Which stack it points into.
  package var stack: StackKind
  /// The link register.
  package var link: UInt32
  /// The lowest stack pointer since the moment before.
  package var lowestPointer: UInt32

  package init(
    cycles: UInt64, stackPointer: UInt32, stack: StackKind = .main, link: UInt32,
    lowestPointer: UInt32
  ) {
    (self.cycles, self.stackPointer, self.stack) = (cycles, stackPointer, stack)
    (self.link, self.lowestPointer) = (link, lowestPointer)
  }
}

/// Which words of writable memory have been written.
package struct WriteMap {
  package let base: UInt32
  /// One for each word, not zero once it was written.
  package let words: UnsafeMutablePointer<UInt8>
  package let count: Int

  /// The words stay the caller's.
  package init(base: UInt32, words: UnsafeMutablePointer<UInt8>, count: Int) {
    (self.base, self.words, self.count) = (base, words, count)
  }

  @inline(__always) func note(_ address: UInt32) {
    let index = Int((address &- base) >> 2)
    if index < count { words[index] = 1 }
  }
}

/// What the core keeps for those who watch it.
struct Observation {
  var observer: (any CallObserver)?
  var writeMaps: [WriteMap] = []
}

extension Core {
  /// Tells `observer` from now on; nil for nobody. It is retained.
  package func observe(by observer: (any CallObserver)?) {
    observation.observer = observer
    code.flush()
    state.pointee.deadline = 0
  }

  /// A last word to the observer: the run has ended.
  package func endObservation() {
    observation.observer?.observationEnds(at: moment(state.pointee.cycles))
    observe(by: nil)
  }

  /// Notes every word that instructions write from now on. Stores are slower then.
  package func mapWrites(in maps: [WriteMap]) {
    observation.writeMaps = maps
    updateWindows()
  }

  /// While writes are mapped every store goes the slow way, where it is seen.
  func closeStoreWindowIfMapping() {
    if !observation.writeMaps.isEmpty { state.pointee.store = MemoryWindow() }
  }

  /// The number of the place before the instruction at `address`, nil where nobody asks.
  func observedPlace(_ address: UInt32, in region: CodeRegion) -> UInt32? {
    guard let observer = observation.observer else { return nil }
    return observer.place(address, followsCall: Self.followsCall(address, in: region))
  }

  private static func followsCall(_ address: UInt32, in region: CodeRegion) -> Bool {
    guard let last = region.half(at: address &- 2) else { return false }
    if last & 0xFF87 == 0x4780 { return true }
    guard last & 0xD000 == 0xD000, let first = region.half(at: address &- 4) else { return false }
    return first & 0xF800 == 0xF000
  }

  /// Direct calls make places where no symbol told of one; code that has them already translated
  /// is translated again.
  func observeCalls(of operation: Operation) {
    guard operation.opcode == .branchLink, let observer = observation.observer else { return }
    if observer.calls(operation.branchTarget & ~1) { code.isStale = true }
  }

  /// Tells the observer that the instruction at a place is about to run.
  func noteArrival(_ place: UInt32, cycles: UInt64) {
    observation.observer?.arrived(place, at: moment(cycles))
  }

  /// Now, with the lowest stack pointer since this was last asked.
  func moment(_ cycles: UInt64) -> CallMoment {
    let pointer = registers[13] & ~3
    let lowest = min(state.pointee.lowestPointer, pointer)
    let stack = stackInUse
    stacks.lowestPointers[stack.rawValue] = min(stacks.lowestPointers[stack.rawValue], lowest)
    state.pointee.lowestPointer = pointer
    return CallMoment(
      cycles: cycles, stackPointer: pointer, stack: stack, link: registers[14],
      lowestPointer: lowest)
  }
}
