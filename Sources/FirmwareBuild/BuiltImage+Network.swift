// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import FirmwareImage

extension BuiltImage {
  /// Bytes of flash that the network takes in the runner's image: its layers, the kernels that they
  /// call, weights and tables. What the runner, its serial driver and startup take is not in it.
  public func networkFlashBytes() throws(FirmwareBuildError) -> Int {
    let symbols: [Symbol]
    do {
      symbols = try Image.parse(
        Files.read(elf), name: elf.lastPathComponent, rawLoadAddress: .init(0)
      ).symbols
    } catch { throw .image("\(error)") }
    var counted: Set<UInt32> = []
    return symbols.reduce(0) { sum, symbol in
      guard Self.isOfNetwork(symbol), counted.insert(symbol.address.bits).inserted else {
        return sum
      }
      return sum + symbol.size.count
    }
  }

  /// By the compiler's names: it writes `Runner.RunnerNetwork` as `Runner0A7Network`, a word that
  /// came before by its letter.
  private static func isOfNetwork(_ symbol: Symbol) -> Bool {
    switch symbol.kind {
    case .function, .object:
      symbol.name.hasPrefix("runnernetwork_") || symbol.name.contains("Runner0A7Network")
        || symbol.name.contains("InferenceKernels")
    case .label, .absolute: false
    }
  }
}
