// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import InferenceKernels

/// What a kernel reads or writes.
public enum Place: Hashable, Sendable {
  /// A tensor in the arena: of the graph, or one that the lowering made.
  case tensor(Int)
  /// An entry of `Program.constants`.
  case constant(Int)
  /// An entry of `Graph.variables`.
  case variable(Int)
}

/// Where a kernel's arguments lie on the host, in the order of the call.
public struct KernelMemory {
  private let pointers: [UnsafeMutableRawPointer]

  public init(_ pointers: [UnsafeMutableRawPointer]) { self.pointers = pointers }

  public subscript(argument: Int) -> UnsafeMutableRawPointer { pointers[argument] }
}

/// One call of a kernel: the host can run it, and generated code can say it.
///
///     KernelCall(pooling, reads: ["input": input], writes: ["output": output]) {
///       $0.run(input: $1[0], output: $1[1])
///     }
public struct KernelCall: Sendable {
  /// The kernel as the Swift expression that makes it.
  public let construction: String
  public let reads: [(label: String, place: Place)]
  /// Bytes of scratch memory; nil for kernels that take none.
  public let scratchByteCount: Int?
  public let writes: [(label: String, place: Place)]
  /// Multiplications with weights, padding counted.
  public let multiplyCount: Int
  /// How the output may lie over a tensor that is read.
  public let overlaps: [Place: Overlap]
  private let body: @Sendable (KernelMemory) -> Void

  /// - Parameters:
  ///   - kernel: a struct of integers that prints as its own construction (`construction(of:)`).
  ///   - reads, scratch, writes: labels and values of `run`'s arguments, in this order.
  ///   - run: the same call on the host; its argument's numbers count through all of them.
  public init<Kernel: Sendable>(
    _ kernel: Kernel, reads: KeyValuePairs<String, Place>, scratch: Int? = nil,
    writes: KeyValuePairs<String, Place>, multiplyCount: Int = 0, overlaps: [Place: Overlap] = [:],
    run: @escaping @Sendable (Kernel, KernelMemory) -> Void
  ) {
    construction = ModelCompiler.construction(of: kernel)
    self.reads = reads.map { ($0, $1) }
    scratchByteCount = scratch
    self.writes = writes.map { ($0, $1) }
    self.multiplyCount = multiplyCount
    self.overlaps = overlaps
    body = { run(kernel, $0) }
  }

  /// Runs the kernel on the host.
  public func run(_ memory: KernelMemory) { body(memory) }

  /// Arena tensors that the call reads and writes.
  var tensorsRead: [Int] { Self.tensors(reads) }
  var tensorsWritten: [Int] { Self.tensors(writes) }

  private static func tensors(_ arguments: [(label: String, place: Place)]) -> [Int] {
    arguments.compactMap { if case .tensor(let index) = $0.place { index } else { nil } }
  }
}
