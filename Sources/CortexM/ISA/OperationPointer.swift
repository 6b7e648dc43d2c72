// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// An operation where it lies, so that semantics load only the fields they name: a copy made in
/// front of the interpreter's switch would load them all, for every instruction.
struct OperationPointer {
  private let place: UnsafePointer<Operation>

  @inline(__always) init(_ place: UnsafePointer<Operation>) { self.place = place }

  @inline(__always) var opcode: Opcode { place.pointee.opcode }
  @inline(__always) var d: UInt8 { place.pointee.d }
  @inline(__always) var n: UInt8 { place.pointee.n }
  @inline(__always) var m: UInt8 { place.pointee.m }
  @inline(__always) var a: UInt8 { place.pointee.a }
  @inline(__always) var amount: UInt8 { place.pointee.amount }
  @inline(__always) var condition: UInt8 { place.pointee.condition }
  @inline(__always) var immediate: UInt32 { place.pointee.immediate }
  @inline(__always) var extra: UInt32 { place.pointee.extra }
  // What `Operation` derives from its fields.
  @inline(__always) var shift: ShiftKind { place.pointee.shift }
  @inline(__always) var writeBack: UInt32 { place.pointee.writeBack }
  @inline(__always) var programCounter: UInt32 { place.pointee.programCounter }
  @inline(__always) var alignedProgramCounter: UInt32 { place.pointee.alignedProgramCounter }
  @inline(__always) var branchTarget: UInt32 { place.pointee.branchTarget }
  @inline(__always) var nextAddress: UInt32 { place.pointee.nextAddress }
}

extension ExecutionContext {
  /// Runs an operation that lies nowhere yet.
  mutating func execute(_ operation: Operation) {
    withUnsafePointer(to: operation) { execute(OperationPointer($0)) }
  }
}
