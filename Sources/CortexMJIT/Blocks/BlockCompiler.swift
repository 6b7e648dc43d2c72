// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM

/// Turns blocks into machine code of one architecture: what the driver needs of it.
protocol BlockCompiler: AnyObject {
  var recorder: Recorder { get }
  var exits: ExitTable { get set }
  var windows: HostWindows { get set }
  /// The executable memory that blocks are of; the span is in half words.
  var regionBase: UInt32 { get set }
  var regionSpan: UInt32 { get set }
  /// The block that starts at an address, if it has been compiled.
  var linker: (UInt32) -> CompiledBlock? { get set }
  /// Where the next code will lie, and where generated code is entered: (state, code, budget).
  var position: Int { get }
  var enter: Int { get }

  /// Starts over with the code that every block shares.
  func emitShared()
  /// Nil where there is no room for the block, or for a value in it.
  func compile(
    _ block: Block, _ core: AcceleratedCore, registers: [UInt32]
  ) -> CompiledBlock?
  /// A block that leaves its only instruction to the interpreter.
  func compileLeave(at address: UInt32, from start: Int) -> CompiledBlock
  /// Makes an edge go straight to a block. Answers with the code that it changes.
  func link(_ edge: Int, to block: CompiledBlock) -> Range<Int>

  /// What generated code wants to find in `CoreState`, and what it leaves there.
  func prepare(_ state: UnsafeMutableRawPointer)
  func takeOver(_ state: UnsafeMutableRawPointer)
  /// After each stay in generated code: FPSCR's cumulative bits.
  func collectExceptions(_ state: UnsafeMutableRawPointer)
}

/// Who runs generated code: the host itself, or in tests a model of another host.
protocol CodeRunner: AnyObject {
  func codeChanged(_ offsets: Range<Int>)
  /// Generated code will read there, beside `CoreState` and the memories.
  func codeReads(_ start: UnsafeRawPointer, _ byteCount: Int)
  /// Calls the code at `enter` with (state, code, budget), both offsets; answers with the exit.
  func run(
    _ enter: Int, _ state: UnsafeMutableRawPointer, _ code: Int, _ budget: Int64
  ) -> UInt32
}

/// This machine.
final class HostRunner: CodeRunner {
  private typealias Enter =
    @convention(c) (UnsafeMutableRawPointer, UnsafeRawPointer, Int64) -> UInt32

  private let memory: ExecutableMemory

  init(_ memory: ExecutableMemory) { self.memory = memory }

  func codeChanged(_ offsets: Range<Int>) {}
  func codeReads(_ start: UnsafeRawPointer, _ byteCount: Int) {}

  func run(
    _ enter: Int, _ state: UnsafeMutableRawPointer, _ code: Int, _ budget: Int64
  ) -> UInt32 {
    let function = unsafeBitCast(memory.executable + enter, to: Enter.self)
    return function(state, memory.executable + code, budget)
  }
}
