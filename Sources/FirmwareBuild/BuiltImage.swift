// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// An application's image for one board, as three files with the same content: ELF with symbols,
/// the bare bytes from the application's start, and Intel HEX.
public struct BuiltImage: Equatable, Sendable {
  public let elf: URL
  public let bin: URL
  public let hex: URL
  /// False when nothing had changed since the last build.
  public let isNew: Bool

  init(application: String, in folder: URL, isNew: Bool) {
    elf = folder.appendingPathComponent(application + ".elf")
    bin = folder.appendingPathComponent(application + ".bin")
    hex = folder.appendingPathComponent(application + ".hex")
    self.isNew = isNew
  }
}
