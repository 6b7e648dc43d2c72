// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

/// Accesses to registers that nothing models, counted so that the summary can name them.
public struct UnmodelledAccesses: Codable, Sendable {
  public struct Access: Codable, Hashable, Sendable {
    public let address: Address
    public let isWrite: Bool
  }

  public private(set) var counts: [Access: Int] = [:]
  public private(set) var total = 0
  private static let limit = 4096

  mutating func count(_ address: Address, isWrite: Bool) {
    total += 1
    let access = Access(address: address, isWrite: isWrite)
    if counts[access] != nil || counts.count < Self.limit { counts[access, default: 0] += 1 }
  }

  /// By address, reads before writes.
  public var sorted: [(access: Access, count: Int)] {
    counts.sorted {
      ($0.key.address, $0.key.isWrite ? 1 : 0) < ($1.key.address, $1.key.isWrite ? 1 : 0)
    }
    .map { ($0.key, $0.value) }
  }
}
