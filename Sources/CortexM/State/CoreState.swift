// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

typealias Words16 = (
  UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32,
  UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32
)

/// What the instruction loops touch, in one block behind one pointer: no reference counting, no
/// exclusivity checks, no bounds checks. Everything else about the core lives in `Core`.
///
/// Flags are kept as words so that instructions need no shifting: see `Core.applicationStatus`.
struct CoreState {
  /// r0–r15; r13 is the stack pointer in use. r15 is current outside the loops only.
  var registers: Words16 = zeroWords
  /// S0–S31.
  var singles: (Words16, Words16) = (zeroWords, zeroWords)

  /// N is bit 31.
  var negativeWord: UInt32 = 0
  /// Z is "this word is zero".
  var zeroWord: UInt32 = 1
  /// C: 0 or 1.
  var carryWord: UInt32 = 0
  /// V is bit 31.
  var overflowWord: UInt32 = 0
  /// Q is set when this is not zero.
  var saturationWord: UInt32 = 0
  /// GE[3:0].
  var greaterOrEqual: UInt32 = 0
  var fpscr = FPSCR()
  /// ITSTATE, current outside the loops only.
  var itState: UInt32 = 0
  /// An accelerator's own, within reach of a short displacement.
  var scratch: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  /// Cycles since the machine started.
  var cycles: UInt64 = 0
  /// The loops leave at the first instruction boundary where `cycles` has reached this. Set to 0
  /// by whatever needs them to leave at once.
  var deadline: UInt64 = 0
  var instructions: UInt64 = 0

  /// One past the operation in progress, for what has to know which instruction asks.
  var next: UnsafePointer<Operation>
  /// The first of all operations: the one that leaves the loop for the address in r15.
  var operations: UnsafePointer<Operation>
  /// Operations by half word of the executable memory in use: indices from `operations`.
  var codeTable: UnsafePointer<UInt32>
  var codeBase: UInt32 = 0
  /// In half words.
  var codeSpan: UInt32 = 0
  /// Cycles that a taken branch costs beyond its static ones, by bit 1 of the target.
  var refill: (UInt64, UInt64) = (0, 0)

  /// Windows for loads: memory that needs no more than an addition. Spans are in units of the
  /// access, so that one rotate and one comparison catch both range and alignment.
  var ram = MemoryWindow()
  var flash = MemoryWindow()
  /// The window for stores: `ram` when no store needs watching.
  var store = MemoryWindow()
  var flashDataWaitStates: UInt64 = 0

  /// Stack watch of the stack in use: stores at offsets from `watchBottom` below `watchLowest`
  /// lower it.
  var watchBottom: UInt32 = 0
  var watchLowest: UInt32 = 0

  /// The lowest value of r13 since the stack came into use.
  var lowestPointer: UInt32 = .max

  /// Stepping: the instruction has set r15.
  var hasBranched = false
  /// An access of the instruction in progress has faulted.
  var hasFaulted = false
  /// The core, for what instructions cannot do in line. Not retained: the core owns this block.
  var owner: Unmanaged<Core>?
  /// 0 where a floating-point instruction has something to do before it runs (NOCP, lazy state).
  var floatingPointReady: UInt32 = 0

  init(code: CodeCache) {
    operations = UnsafePointer(code.operations)
    next = operations + 1
    codeTable = code.emptyTable
  }

  private static let zeroWords: Words16 = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
}

/// A range of guest addresses that is host memory.
struct MemoryWindow {
  var base: UInt32 = 0
  var byteSpan: UInt32 = 0
  var halfSpan: UInt32 = 0
  var wordSpan: UInt32 = 0
  var bytes: UnsafeMutablePointer<UInt8>

  /// Nothing: every access misses it.
  init() {
    bytes = Self.nowhere
  }

  init(_ memory: AttachedMemory) {
    base = memory.base.bits
    byteSpan = UInt32(clamping: memory.size.count)
    halfSpan = byteSpan >> 1
    wordSpan = byteSpan >> 2
    bytes = memory.bytes
  }

  /// The larger part of the window outside `hole`, given in byte offsets of whole words.
  func without(_ hole: Range<UInt32>) -> MemoryWindow {
    if hole.isEmpty { return self }
    let end = min(hole.upperBound, byteSpan)
    let above = byteSpan &- end
    return above >= hole.lowerBound
      ? part(from: end, size: above) : part(from: 0, size: hole.lowerBound)
  }

  /// `start` and `size` in bytes, of whole words inside the window.
  func part(from start: UInt32, size: UInt32) -> MemoryWindow {
    var part = self
    part.base = base &+ start
    part.bytes = bytes + Int(start)
    part.byteSpan = size
    (part.halfSpan, part.wordSpan) = (size >> 1, size >> 2)
    return part
  }

  /// Never read: the spans are zero.
  private nonisolated(unsafe) static let nowhere = UnsafeMutablePointer<UInt8>.allocate(
    capacity: 4)
}
