// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import USBModel

/// A device that ends transfers when a test says so.
struct StubFunction: USBFunction {
  var isAttached = true
  var attachmentCount = 1
  var deviceDescriptor: [UInt8] = [
    18, 1, 0, 2, 0xEF, 2, 1, 64, 0x41, 0x23, 0x5A, 0x00, 0x34, 0x12, 1, 2, 3, 1,
  ]
  var configurationDescriptor: [UInt8] =
    [9, 2, 48, 0, 2, 1, 0, 0x80, 50]
    + [9, 4, 0, 0, 1, 2, 2, 1, 0] + [7, 5, 0x81, 3, 16, 0, 10]
    + [9, 4, 1, 0, 2, 10, 0, 0, 0] + [7, 5, 0x82, 2, 64, 0, 0] + [7, 5, 0x02, 2, 64, 0, 0]
  var submitted: [USBTransfer] = []
  private var ended: [USBCompletion] = []

  mutating func submit(_ transfer: USBTransfer) { submitted.append(transfer) }
  mutating func cancel(_ id: UInt64) { end(id, .cancelled) }
  mutating func resetPort() {}
  mutating func advance(by time: Duration) {}
  mutating func completions() -> [USBCompletion] {
    defer { ended = [] }
    return ended
  }

  mutating func end(_ id: UInt64, _ outcome: USBOutcome) {
    ended.append(USBCompletion(id: id, outcome))
  }
}
