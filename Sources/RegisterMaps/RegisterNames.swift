// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if !hasFeature(Embedded)
  /// The registers of a chip by address, for messages: `TWIM0.ENABLE`.
  public struct RegisterNames: Sendable {
    private var namesByAddress: [UInt32: [String]] = [:]

    /// The names of a chip that the board files know, nil for any other.
    public static func chip(_ name: String) -> RegisterNames? {
      switch name {
      case "nrf52840": nrf52840
      case "samd21g18a": samd21g18a
      default: nil
      }
    }

    /// The manual's name of the register at an address, nil where there is none. Where blocks share
    /// the address (TWIM0 and SPIM0) the likelier one is named.
    public func name(at address: UInt32) -> String? { namesByAddress[address]?.first }

    /// Every name that an address has.
    public func names(at address: UInt32) -> [String] { namesByAddress[address] ?? [] }

    /// Reads a table: a line `@ TIMER0=40008000 TIMER1=40009000` starts a block and names its
    /// instances, a line `& TIMER2=…` behind it more of them; its registers follow as `offset
    /// name`, arrays as `offset name[#] count stride`, with semicolons between them. Numbers are
    /// hexadecimal, counts and strides decimal.
    init(_ table: String) {
      var instances: [(name: Substring, base: UInt32)] = []
      for line in table.split(separator: "\n") {
        if line.hasPrefix("@") {
          instances = line.split(separator: " ").dropFirst().compactMap { Self.instance($0) }
        } else if line.hasPrefix("&") {
          instances += line.split(separator: " ").dropFirst().compactMap { Self.instance($0) }
        } else {
          for register in line.split(separator: ";") { add(register, to: instances) }
        }
      }
    }

    private static func instance(_ text: Substring) -> (name: Substring, base: UInt32)? {
      let parts = text.split(separator: "=")
      guard parts.count == 2, let base = UInt32(parts[1], radix: 16) else { return nil }
      return (parts[0], base)
    }

    private mutating func add(
      _ register: Substring, to instances: [(name: Substring, base: UInt32)]
    ) {
      let words = register.split(separator: " ")
      guard words.count >= 2, let offset = UInt32(words[0], radix: 16) else { return }
      let count = words.count == 4 ? UInt32(words[2]) ?? 1 : 1
      let stride = words.count == 4 ? UInt32(words[3]) ?? 4 : 4
      let halves = words[1].split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
      for index in 0..<count {
        let name = halves.count == 2 ? "\(halves[0])\(index)\(halves[1])" : String(words[1])
        for (instance, base) in instances {
          namesByAddress[base &+ offset &+ index &* stride, default: []].append(
            "\(instance).\(name)")
        }
      }
    }
  }
#endif
