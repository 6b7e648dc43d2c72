// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The network's outputs, in order: ten words, then silence, then any other sound.
public enum Vocabulary {
  @inlinable public static var count: Int { 12 }
  /// The words that can be heard come first.
  @inlinable public static var words: Int { 10 }

  /// What the output with this index stands for; out of range, it is "unknown" too.
  public static func name(of index: Int) -> StaticString {
    switch index {
    case 0: "zero"
    case 1: "one"
    case 2: "two"
    case 3: "three"
    case 4: "four"
    case 5: "five"
    case 6: "six"
    case 7: "seven"
    case 8: "eight"
    case 9: "nine"
    case 10: "silence"
    default: "unknown"
    }
  }
}
