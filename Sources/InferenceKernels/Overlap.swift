// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How a kernel's output may share memory with one of its inputs.
public enum Overlap: Equatable, Sendable {
  /// Not at all.
  case none
  /// Both may begin at the same address; else they must be apart.
  case exact
  /// The output may begin at any address up to the input's minus `byteCount`, which may be
  /// negative: at no time are bytes written that are still to be read.
  case leading(byteCount: Int)
}
