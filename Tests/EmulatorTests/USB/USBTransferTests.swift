// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import Testing
import USBModel

@testable import Emulator

/// What somebody else's driver, behind USB/IP, may ask for.
@Suite struct USBTransferTests {
  private func run(
    _ cable: inout Cable, _ kinds: USBTransfer.Kind..., milliseconds: UInt64 = 50
  ) -> [USBOutcome] {
    for (index, kind) in kinds.enumerated() {
      cable.host.submit(USBTransfer(id: UInt64(index), kind), at: cable.now)
    }
    cable.run(milliseconds: milliseconds)
    return cable.host.takeCompletions().sorted { $0.id < $1.id }.map(\.outcome)
  }

  private static func request(
    _ type: UInt8, _ request: UInt8, _ value: UInt16 = 0, length: UInt16 = 0, data: [UInt8] = []
  ) -> USBTransfer.Kind {
    .control(
      SetupPacket(requestType: type, request: request, value: value, index: 0, length: length),
      data: data)
  }

  @Test func passedThroughDevice_isAskedButNotConfigured() {
    let cable = Cable.ready(role: .passThrough)
    #expect(cable.host.isInUse)
    #expect(cable.host.identity.configuration == ScriptedDevice.configuration)
    #expect(!cable.device.isConfigured)
    #expect(!cable.host.hasSerialPort)
  }

  @Test func controlRead_endsWithAShortPacketOrItsLength() {
    var cable = Cable.ready(role: .passThrough)
    let outcomes = run(
      &cable, Self.request(0x80, 6, 0x0100, length: 64), Self.request(0x80, 6, 0x0100, length: 16),
      Self.request(0x80, 6, 0x0100, length: 3))
    #expect(
      outcomes == [
        .completed(ScriptedDevice.device), .completed(Array(ScriptedDevice.device.prefix(16))),
        .completed(Array(ScriptedDevice.device.prefix(3))),
      ])
  }

  @Test func controlWrite_isCutIntoPackets() {
    var cable = Cable.ready(role: .passThrough)
    cable.device.refusals = 3
    let data = (0..<20).map { UInt8($0) }
    let outcomes = run(&cable, Self.request(0x40, 9, length: 20, data: data))
    #expect(outcomes == [.completed([])])
    #expect(cable.device.requests.last?.data == data)
  }

  @Test func stall_endsTheTransferAndNoOther() {
    var cable = Cable.ready(role: .passThrough)
    cable.device.stallsRequests = [0x55]
    let outcomes = run(
      &cable, Self.request(0x40, 0x55), Self.request(0xC0, 0x55, length: 4),
      Self.request(0x80, 6, 0x0300, length: 255))
    #expect(outcomes == [.stalled, .stalled, .completed([4, 3, 9, 4])])
  }

  @Test func address_isTheHostsBusiness() {
    var cable = Cable.ready(role: .passThrough)
    #expect(run(&cable, Self.request(0, 5, 42)) == [.completed([])])
    #expect(cable.device.address == 1)
  }

  @Test func bulkRead_endsWithAShortPacketOrItsLength() {
    var cable = Cable.ready(role: .passThrough)
    let full = [UInt8](repeating: 1, count: 64)
    cable.device.outbox = [full, full, [2], full, full, full, []]
    let outcomes = run(
      &cable, .in(endpoint: 2, length: 512), .in(endpoint: 2, length: 128),
      .in(endpoint: 2, length: 512))
    #expect(outcomes == [.completed(full + full + [2]), .completed(full + full), .completed(full)])
  }

  @Test func bulkWrite_mayBeEmpty() {
    var cable = Cable.ready(role: .passThrough)
    let outcomes = run(
      &cable, .out(endpoint: 2, data: [UInt8](repeating: 9, count: 130)),
      .out(endpoint: 2, data: []))
    #expect(outcomes == [.completed([]), .completed([])])
    #expect(cable.device.inbox.map(\.count) == [64, 64, 2, 0])
  }

  @Test func interruptEndpoint_isAskedAtItsInterval() {
    var cable = Cable.ready(role: .passThrough)
    #expect(run(&cable, .in(endpoint: 1, length: 16)) == [])
    cable.device.events = []
    cable.device.notifications = [[1, 2, 3]]
    cable.run(milliseconds: 11)
    #expect(cable.host.takeCompletions().map(\.outcome) == [.completed([1, 2, 3])])
  }

  @Test func cancelledTransfer_isTold_andTheEndpointGoesOn() {
    var cable = Cable.ready(role: .passThrough)
    #expect(run(&cable, .in(endpoint: 2, length: 64)) == [])
    cable.host.cancel(0, at: cable.now)
    cable.host.cancel(77, at: cable.now)
    #expect(cable.host.takeCompletions() == [USBCompletion(id: 0, .cancelled)])
    cable.device.outbox = [[5]]
    #expect(run(&cable, .in(endpoint: 2, length: 64)) == [.completed([5])])
  }

  @Test func endpointThatNobodyHas_fails() {
    var cable = Cable.ready(role: .passThrough)
    #expect(run(&cable, .out(endpoint: 9, data: [1])) == [.disconnected])
  }

  @Test func detachedDevice_endsEverything() {
    var cable = Cable.ready(role: .passThrough)
    #expect(run(&cable, .in(endpoint: 2, length: 64)) == [])
    cable.detach()
    #expect(cable.host.takeCompletions() == [USBCompletion(id: 0, .disconnected)])
    #expect(run(&cable, .in(endpoint: 2, length: 64)) == [.disconnected])
  }

  @Test func portReset_isOneAttachment() {
    var cable = Cable.ready(role: .passThrough)
    #expect(run(&cable, .in(endpoint: 2, length: 64)) == [])
    cable.host.resetPort(at: cable.now)
    #expect(cable.host.takeCompletions() == [USBCompletion(id: 0, .cancelled)])
    // What is asked for meanwhile waits until the device has its address again.
    let outcomes = run(
      &cable, Self.request(0x80, 6, 0x0300, length: 255), milliseconds: 100)
    #expect(outcomes == [.completed([4, 3, 9, 4])])
    #expect(cable.host.attachmentCount == 1)
    #expect(cable.device.address == 1)
  }
}
