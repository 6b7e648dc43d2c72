// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM
import FirmwareImage
import MachineModel

/// What a run did with RAM: peak stack by function, and what was never written.
public struct MemoryUse: Codable, Sendable {
  /// Bytes of stack while a function was under way, at the deepest.
  public struct Stack: Codable, Sendable {
    public var function: String
    /// Altogether, callers and callees included.
    public var deepestBytes: Int
    /// The function's own frame.
    public var ownBytes: Int
  }

  /// RAM that nothing wrote: no instruction, no EasyDMA, no image.
  public struct Untouched: Codable, Sendable {
    public var address: String
    public var bytes: Int
  }

  /// A variable and what of it was never written.
  public struct Variable: Codable, Sendable {
    public var name: String
    public var bytes: Int
    public var neverWrittenBytes: Int
  }

  public var ramBytes: Int
  public var neverWrittenBytes: Int
  /// The largest stretches, by address.
  public var neverWritten: [Untouched]
  /// Variables that were not written in full, most first.
  public var variables: [Variable]
  /// Deepest first.
  public var stacks: [Stack]
}

extension Machine {
  /// Notes from now on which words of RAM are written; to be asked for before an image is loaded.
  public func mapMemoryWrites() {
    let memories = memories.filter { $0.description.kind == .ram }
    for memory in memories { memory.mapWrites() }
    core.mapWrites(
      in: memories.compactMap { memory in
        memory.written.map {
          WriteMap(base: memory.description.base.bits, words: $0, count: memory.wordCount)
        }
      })
  }

  /// What the run did with RAM, as far as it was mapped.
  public func memoryUse(of image: LoadedImage, profiler: Profiler) -> MemoryUse {
    let mapped = memories.filter { $0.written != nil }
    let stretches = mapped.flatMap(\.neverWritten)
    return MemoryUse(
      ramBytes: mapped.reduce(0) { $0 + $1.description.size.count },
      neverWrittenBytes: stretches.reduce(0) { $0 + $1.bytes },
      neverWritten: Self.largest(stretches),
      variables: variables(image, mapped), stacks: profiler.stackRows)
  }

  private static func largest(
    _ stretches: [(address: Address, bytes: Int)]
  ) -> [MemoryUse.Untouched] {
    stretches.sorted { ($1.bytes, $0.address) < ($0.bytes, $1.address) }.prefix(8)
      .sorted { $0.address < $1.address }
      .map { MemoryUse.Untouched(address: $0.address.description, bytes: $0.bytes) }
  }

  private func variables(
    _ image: LoadedImage, _ mapped: [GuestMemory]
  ) -> [MemoryUse.Variable] {
    var variables: [MemoryUse.Variable] = []
    for symbol in image.image.symbols where symbol.kind == .object && symbol.size.count > 0 {
      guard let memory = mapped.first(where: { $0.offsets(symbol.address, 1) != nil }) else {
        continue
      }
      let missing = memory.neverWritten(symbol.address, symbol.size.count)
      guard missing > 0 else { continue }
      variables.append(
        MemoryUse.Variable(
          name: SwiftName.readable(symbol.name), bytes: symbol.size.count,
          neverWrittenBytes: missing))
    }
    return variables.sorted {
      ($1.neverWrittenBytes, $0.name) < ($0.neverWrittenBytes, $1.name)
    }
  }
}

extension GuestMemory {
  /// Stretches of words that nothing wrote.
  fileprivate var neverWritten: [(address: Address, bytes: Int)] {
    guard let written else { return [] }
    var stretches: [(address: Address, bytes: Int)] = []
    var word = 0
    while word < wordCount {
      let start = word
      while word < wordCount, written[word] == 0 { word += 1 }
      if word > start {
        let end = min(word * 4, description.size.count)
        stretches.append((description.base + ByteCount(start * 4), end - start * 4))
      }
      while word < wordCount, written[word] != 0 { word += 1 }
    }
    return stretches
  }

  /// Bytes of a variable that nothing wrote.
  fileprivate func neverWritten(_ address: Address, _ count: Int) -> Int {
    guard let written else { return 0 }
    let start = Int(address.bits &- description.base.bits)
    let end = min(start + count, description.size.count)
    return (start..<end).reduce(0) { $0 + (written[$1 / 4] == 0 ? 1 : 0) }
  }
}

extension Profiler {
  /// By depth, deepest first.
  var stackRows: [MemoryUse.Stack] {
    var rows: [MemoryUse.Stack] = []
    for (index, stack) in stacks.enumerated() where stack.deepest > 0 {
      rows.append(
        MemoryUse.Stack(
          function: code.entries[index].name, deepestBytes: Int(stack.deepest),
          ownBytes: Int(stack.own)))
    }
    return rows.sorted {
      ($1.deepestBytes, $1.ownBytes, $0.function) < ($0.deepestBytes, $0.ownBytes, $1.function)
    }
  }
}
