// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What would keep the user from flashing a board that is seen, in a few words.
public enum AccessTrouble {
  public static func of(_ board: SeenBoard, on system: any FlashSystem) -> String? {
    guard let path = board.path else { return nil }
    switch system.access(to: path) {
    case .absent: return nil
    case .denied: return "no permission: sudo flash --install-udev"
    case .granted: return system.holder(of: path).map { "in use by \($0)" }
    }
  }
}
