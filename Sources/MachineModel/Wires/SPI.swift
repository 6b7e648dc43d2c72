// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Which four-wire bus a controller speaks on.
public enum SPIBus: Hashable, Codable, Sendable {
  case pins(clock: Pin, out: Pin?, in: Pin?)
  case controller(String)
}
