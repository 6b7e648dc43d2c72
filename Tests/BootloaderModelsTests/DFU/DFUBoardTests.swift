// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BootloaderModels
import FlashSupport
import Testing
import USBModel

/// The state machine of Device Firmware Upgrade 1.1, A.2, request by request.
@Suite struct DFUBoardTests {
  private typealias Device = ModelledDevice<DFUBoards.Plain>

  private func strict() -> Device {
    var board = DFUBoards.openMV()
    board.profile.isStrict = true
    board.store.eraseDuration = .milliseconds(20)
    var device = Device(board)
    send(&device, type: 1, 11, 2)
    return device
  }

  @discardableResult private func send(
    _ device: inout Device, type: UInt8, _ request: UInt8, _ value: UInt16 = 0,
    data: [UInt8] = [], length: UInt16 = 0
  ) -> USBOutcome? {
    let setup = SetupPacket(
      requestType: type, request: request, value: value, index: 0,
      length: type & 0x80 != 0 ? length : UInt16(data.count))
    device.submit(USBTransfer(id: 1, .control(setup, data: data)))
    return device.completions().first?.outcome
  }

  private func status(_ device: inout Device) -> DFUReport? {
    guard
      case .completed(let bytes)? = send(
        &device, type: 0xA1, DFURequest.getStatus.rawValue, length: 6)
    else { return nil }
    return DFUReport(bytes)
  }

  @Test func download_goesThroughItsStates() {
    var device = strict()
    #expect(send(&device, type: 0x21, 1, 0, data: [1, 2, 3]) == .completed([]))
    #expect(device.device.state == .downloadSync)
    #expect(status(&device) == DFUReport(.ok, .downloadBusy, pollTimeout: 20))
    device.advance(by: .milliseconds(20))
    #expect(status(&device) == DFUReport(.ok, .downloadIdle))
    #expect(send(&device, type: 0x21, 1, 1) == .completed([]))
    #expect(status(&device) == DFUReport(.ok, .manifest))
    #expect(status(&device) == DFUReport(.ok, .idle))
  }

  @Test func impatience_isPunished() {
    var device = strict()
    send(&device, type: 0x21, 1, 0, data: [1])
    _ = status(&device)
    device.advance(by: .milliseconds(5))
    #expect(status(&device) == DFUReport(.stalledPacket, .error))
    #expect(send(&device, type: 0x21, 1, 0, data: [1]) == .stalled)
    #expect(send(&device, type: 0x21, DFURequest.clearStatus.rawValue) == .completed([]))
    #expect(status(&device) == DFUReport(.ok, .idle))
  }

  @Test func illegalRequests_leadToDfuERROR() {
    for (request, data) in [(1, []), (4, []), (1, Array(repeating: 0, count: 5000))]
      as [(UInt8, [UInt8])]
    {
      var device = strict()
      #expect(send(&device, type: 0x21, request, 0, data: data) == .stalled)
      #expect(device.device.state == .error && device.device.status == .stalledPacket)
    }
    var device = strict()
    #expect(send(&device, type: 0x21, 9) == .stalled)
    #expect(device.device.state == .idle)
  }

  @Test func upload_endsWithAShortBlock() {
    var device = strict()
    device.device.store.partitions[2].length = 4100
    guard case .completed(let whole)? = send(&device, type: 0xA1, 2, 0, length: 4096) else {
      Issue.record("UPLOAD is answered")
      return
    }
    #expect(whole.count == 4096 && device.device.state == .uploadIdle)
    #expect(
      send(&device, type: 0xA1, 2, 1, length: 4096) == .completed([0x5A, 0x5A, 0x5A, 0x5A]))
    #expect(device.device.state == .idle)
  }

  @Test func portReset_dropsWhatWasHalfDone() {
    var device = strict()
    send(&device, type: 0x21, 1, 0, data: [1, 2, 3])
    device.resetPort()
    #expect(device.device.state == .idle && device.device.alternate == 0)
    #expect(status(&device) == DFUReport(.ok, .idle))
  }

  @Test func overrunBuffer_crashesTheUnosBootloader() {
    var device = Device(DFUBoards.unoR4Minima())
    for (block, count) in [(0, 10)] + (1...40).map({ ($0, 64) }) {
      guard device.device.program == .bootloader else { break }
      send(
        &device, type: 0x21, 1, UInt16(block), data: Array(repeating: 1, count: count))
      _ = status(&device)
      device.advance(by: .milliseconds(1))
      _ = status(&device)
    }
    #expect(device.device.program == .crashed)
    #expect(send(&device, type: 0xA1, 3, length: 6) == nil)
    device.device.restartIntoBootloader()
    device.advance(by: .seconds(1))
    #expect(device.device.program == .bootloader)
  }
}
