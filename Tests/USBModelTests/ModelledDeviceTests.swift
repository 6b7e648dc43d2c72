// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing
import USBModel

/// A device that echoes: bytes to endpoint 1 come back from endpoint 2.
private struct Echo: USBDeviceClass {
  var identity: USBIdentity? = USBIdentity(
    vendor: 1, product: 2, manufacturer: "A", name: "B", serialNumber: "C",
    interfaces: [InterfaceDescriptor(number: 0, classCode: 255, subclass: 0, protocolCode: 0)])
  var bytes: [UInt8] = []
  var silentRequests = 0
  var resets = 0
  var cleared: [UInt8] = []

  mutating func control(_ setup: SetupPacket, data: [UInt8]) -> ControlAnswer {
    switch setup.request {
    case 1: return .data(Array(repeating: 7, count: 100))
    case 2:
      silentRequests += 1
      return .silent
    default: return .stalled
    }
  }
  mutating func receive(_ data: [UInt8], endpoint: UInt8) -> EndpointAnswer {
    guard endpoint == 1 else { return .stalled }
    bytes += data
    return .data([])
  }
  mutating func send(atMost length: Int, endpoint: UInt8) -> EndpointAnswer {
    guard !bytes.isEmpty else { return .notReady }
    defer { bytes = [] }
    return .data(bytes)
  }
  mutating func haltCleared(endpoint: UInt8) { cleared.append(endpoint) }
  mutating func reset() { resets += 1 }
  mutating func advance(by time: Duration) {}
}

@Suite struct ModelledDeviceTests {
  private var device = ModelledDevice(Echo())

  private mutating func control(
    _ type: UInt8, _ request: UInt8, _ value: UInt16 = 0, _ index: UInt16 = 0, length: UInt16 = 0
  ) -> USBOutcome? {
    let setup = SetupPacket(
      requestType: type, request: request, value: value, index: index, length: length)
    device.submit(USBTransfer(id: 99, .control(setup, data: [])))
    return device.completions().first?.outcome
  }

  @Test mutating func standardRequests_areAnswered() {
    #expect(control(0x80, 6, 0x0100, length: 8) == .completed([18, 1, 0, 2, 0, 0, 0, 64]))
    #expect(control(0x80, 6, 0x0302, length: 255) == .completed([4, 3, 0x42, 0]))
    #expect(control(0x80, 6, 0x0309, length: 255) == .stalled)
    #expect(control(0x80, 8, length: 1) == .completed([0]))
    #expect(control(0, 9, 1) == .completed([]))
    #expect(control(0x80, 8, length: 1) == .completed([1]))
    #expect(control(0, 9, 2) == .stalled)
    #expect(control(1, 11, 1) == .stalled)
    #expect(control(1, 11, 0) == .completed([]))
    #expect(control(0xC0, 1, length: 3) == .completed([7, 7, 7]))
  }

  @Test mutating func waitingInput_endsWhenBytesCome_inOrder() {
    device.submit(USBTransfer(id: 1, .in(endpoint: 2, length: 64)))
    device.submit(USBTransfer(id: 2, .in(endpoint: 2, length: 64)))
    #expect(device.completions().isEmpty)
    device.submit(USBTransfer(id: 3, .out(endpoint: 1, data: [5])))
    #expect(
      device.completions() == [
        USBCompletion(id: 3, .completed([])), USBCompletion(id: 1, .completed([5])),
      ])
    device.cancel(2)
    device.cancel(77)
    #expect(device.completions() == [USBCompletion(id: 2, .cancelled)])
  }

  @Test mutating func halt_lastsUntilCleared() {
    device.submit(USBTransfer(id: 1, .out(endpoint: 3, data: [5])))
    #expect(device.completions() == [USBCompletion(id: 1, .stalled)])
    #expect(control(0x82, 0, 0, 3, length: 2) == .completed([1, 0]))
    #expect(control(2, 1, 0, 3) == .completed([]))
    #expect(control(0x82, 0, 0, 3, length: 2) == .completed([0, 0]))
    #expect(device.device.cleared == [3])
  }

  @Test mutating func silence_isAskedOnce_andCanBeCancelled() {
    #expect(control(0x40, 2) == nil)
    for _ in 0..<5 { device.advance(by: .seconds(1)) }
    #expect(device.device.silentRequests == 1)
    device.cancel(99)
    #expect(device.completions() == [USBCompletion(id: 99, .cancelled)])
    #expect(control(0x80, 8, length: 1) == .completed([0]))
  }

  @Test mutating func plug_endsTransfers_andCountsVisits() {
    device.submit(USBTransfer(id: 1, .in(endpoint: 2, length: 64)))
    device.setPlugged(false)
    #expect(device.completions() == [USBCompletion(id: 1, .disconnected)])
    #expect(!device.isAttached && device.deviceDescriptor.isEmpty)
    #expect(device.configurationDescriptor.isEmpty)
    #expect(control(0x80, 8, length: 1) == .disconnected)
    device.setPlugged(true)
    #expect(device.attachmentCount == 2)
    device.submit(USBTransfer(id: 1, .in(endpoint: 2, length: 64)))
    device.resetPort()
    #expect(device.completions() == [USBCompletion(id: 1, .cancelled)])
    #expect(device.device.resets == 2)
  }
}
