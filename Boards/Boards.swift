// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// The board and chip files that come with Breadboard.
public enum Boards {
  /// The folder that holds `boards/` and `chips/`: beside the executable once it is built, else
  /// where this file was compiled. (`Bundle.module` would end the process where neither exists.)
  public static let folder: URL = {
    let names = ["Breadboard_Boards.resources", "Breadboard_Boards.bundle"]
    let bundled = names.map { Bundle.main.bundleURL.appendingPathComponent($0) }
    let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let present = bundled.first { candidate in
      FileManager.default.fileExists(atPath: candidate.appendingPathComponent("boards").path)
    }
    return present ?? sources
  }()

  public static var boards: URL { folder.appendingPathComponent("boards") }
  public static var chips: URL { folder.appendingPathComponent("chips") }
}
