// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import MachineModel

/// A name for a stretch of the image.
public struct Symbol: Equatable, Sendable {
  public enum Kind: Sendable {
    case function
    case object
    /// A place without a type: assembler labels, the linker script's marks.
    case label
    /// A number that is no place.
    case absolute
  }

  public var name: String
  /// Bit 0 cleared, which in a function's symbol only says Thumb.
  public var address: Address
  public var size: ByteCount
  public var kind: Kind

  public init(name: String, address: Address, size: ByteCount, kind: Kind) {
    self.name = name
    self.address = address
    self.size = size
    self.kind = kind
  }

  fileprivate func contains(_ address: Address) -> Bool {
    self.address <= address && UInt64(address.bits) < UInt64(self.address.bits) + UInt64(size.count)
  }
}

extension Image {
  /// The function or object that an address lies in; else the nearest label before it that no other
  /// symbol with a size closes off.
  public func symbol(containing address: Address) -> Symbol? {
    var (low, high) = (0, symbols.count)
    while low < high {
      let middle = (low + high) / 2
      if symbols[middle].address <= address { low = middle + 1 } else { high = middle }
    }
    var label: Symbol?
    // Symbols nest at most a few deep (aliases); a hostile table must not make this a long search.
    for symbol in symbols[..<low].suffix(64).reversed() where symbol.kind != .absolute {
      if symbol.contains(address) { return symbol }
      if symbol.size.count > 0 { break }
      label = label ?? symbol
    }
    return label
  }

  public func symbol(named name: String) -> Symbol? { symbols.first { $0.name == name } }

  /// The same image with symbols named as `demangle` reads them, where it knows the mangling.
  public func demangled(by demangle: (String) -> String?) -> Image {
    var image = self
    for index in image.symbols.indices {
      image.symbols[index].name = demangle(symbols[index].name) ?? symbols[index].name
    }
    return image
  }
}
