// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import FirmwareImage
import MachineModel

/// What a profile gives cycles to: functions of the image, exceptions, sleep.
struct ProfiledCode {
  struct Entry {
    enum Kind { case function, exception, sleep }
    var name: String
    var address: UInt32
    /// 0 where the image does not say.
    var size: UInt32
    var kind: Kind
  }

  private(set) var entries: [Entry] = []
  private var starts: [UInt32: Int] = [:]
  private var exceptions: [Int: Int] = [:]
  private let image: Image
  /// Functions that the image names, in order of their addresses.
  private var sorted: [Int] = []

  /// The index of sleep.
  static let sleep = 0

  init(image: Image) {
    self.image = image
    entries.append(Entry(name: "(asleep)", address: 0, size: 0, kind: .sleep))
    for symbol in image.symbols where symbol.kind == .function { add(symbol) }
    sorted = entries.indices.dropFirst().sorted { entries[$0].address < entries[$1].address }
  }

  /// Of several names for one place, the plainest.
  private mutating func add(_ symbol: Symbol) {
    let name = SwiftName.readable(symbol.name)
    let entry = Entry(
      name: name, address: symbol.address.bits, size: UInt32(clamping: symbol.size.count),
      kind: .function)
    guard let known = starts[entry.address] else {
      starts[entry.address] = entries.count
      return entries.append(entry)
    }
    func rank(_ entry: Entry) -> (Int, Int, String) {
      (entry.name.hasPrefix("_") ? 1 : 0, entry.name.utf8.count, entry.name)
    }
    if rank(entry) < rank(entries[known]) { entries[known] = entry }
  }

  /// The function that begins at an address.
  func function(startingAt address: UInt32) -> Int? { starts[address] }

  /// The function that an address lies in.
  func function(containing address: UInt32) -> Int? {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[sorted[middle]].address <= address { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return nil }
    let entry = entries[sorted[low - 1]]
    return address &- entry.address < max(entry.size, 1) ? sorted[low - 1] : nil
  }

  /// Makes a function of a place that code calls and no symbol told of.
  /// - Returns: false where it lies within a function that is known.
  mutating func discover(_ address: UInt32) -> Bool {
    guard starts[address] == nil, function(containing: address) == nil else { return false }
    let label = image.symbols.first { $0.kind == .label && $0.address.bits & ~1 == address }
    let digits = String(address, radix: 16)
    let name = label.map { SwiftName.readable($0.name) } ?? "sub_\(digits)"
    starts[address] = entries.count
    entries.append(Entry(name: name, address: address, size: 0, kind: .function))
    return true
  }

  /// The index of an exception, by its number.
  mutating func exception(_ number: Int, name: (Int) -> String) -> Int {
    if let index = exceptions[number] { return index }
    exceptions[number] = entries.count
    entries.append(Entry(name: name(number), address: 0, size: 0, kind: .exception))
    return entries.count - 1
  }
}
