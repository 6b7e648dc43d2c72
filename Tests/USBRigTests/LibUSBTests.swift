// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BootloaderModels
import FlashProtocols
import FlashSupport
import Foundation
import Testing
import Transports
import USBModel

/// Our own sessions over our own transport and the real libusb. The client must run under
/// umockdev's preload from its start, so this program starts itself again, with only
/// `LibUSBClientTests` to do.
@Suite(
  .enabled(if: Tools.canRun, "needs umockdev, libumockdev-dev, dfu-util and a C compiler"),
  .serialized)
struct LibUSBTests {
  private let runs =
    ProcessInfo.processInfo.environment["BREADBOARD_RIG_RUNS"].flatMap(Int.init) ?? 1

  /// - Parameter prepare: makes the runs of a row differ.
  private func flash<Class: USBDeviceClass>(
    _ kind: ClientTask.Kind, start: UInt32, board: () throws -> Class,
    holds: (Class, FlashImage) -> Bool, starts: (Class) -> Int
  ) throws {
    for run in 0..<runs {
      let image = DFUBoards.program(2000 + 1111 * (run % 9), seed: UInt64(run), at: start)
      let rig = try UmockdevRig(ModelledDevice(try board()))
      let file = FileManager.default.temporaryDirectory
        .appendingPathComponent("breadboard-\(UUID().uuidString).bin")
      try Data(image.bytes).write(to: file)
      defer { try? FileManager.default.removeItem(at: file) }
      let outcome = try rig.run(
        CommandLine.arguments[0],
        ["--testing-library", "swift-testing", "--filter", "LibUSBClientTests"],
        with: [ClientTask.variable: "\(kind.rawValue):\(file.path)"])
      #expect(outcome.status == 0, "\(outcome.output)")
      rig.wait(.milliseconds(800))
      #expect(holds(rig.function.device, image), "run \(run)")
      #expect(starts(rig.function.device) == 1, "run \(run)")
    }
  }

  @Test func openMV() throws {
    try flash(
      .openMV, start: 0x0804_0000,
      board: {
        var board = DFUBoards.openMV()
        board.store.eraseDuration = .milliseconds(50)
        return board
      }, holds: { $0.store.memory.holds($1) }, starts: { $0.applicationStarts })
  }

  @Test func portentaH7() throws {
    try flash(
      .portentaH7, start: 0x0804_0000, board: DFUBoards.portentaH7,
      holds: { $0.store.memory.holds($1) }, starts: { $0.applicationStarts })
  }

  @Test func nanoRP2040() throws {
    try flash(
      .nanoRP2040, start: 0x1000_0000, board: { RP2040Board.board() },
      holds: { RP2040Board.holds($0, $1) }, starts: { $0.applicationStarts })
  }
}

/// What the client is told by its environment: a board and the image's file.
struct ClientTask {
  enum Kind: String { case openMV, portentaH7, nanoRP2040 }

  static let variable = "BREADBOARD_RIG_CLIENT"
  static let current = ProcessInfo.processInfo.environment[variable].flatMap(ClientTask.init)

  var kind: Kind
  var file: String

  init?(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
    guard parts.count == 2, let kind = Kind(rawValue: parts[0]) else { return nil }
    (self.kind, file) = (kind, parts[1])
  }

  var product: UInt16 {
    switch kind {
    case .openMV: 0x9204
    case .portentaH7: 0x035B
    case .nanoRP2040: 0x0003
    }
  }

  func session(_ bytes: [UInt8]) -> any FlashSession {
    switch kind {
    case .openMV:
      DFUSession(
        image: FlashImage(start: 0x0804_0000, bytes: bytes), parameters: DFUBoards.openMVParameters)
    case .portentaH7:
      DfuSeSession(
        image: FlashImage(start: 0x0804_0000, bytes: bytes),
        parameters: DFUBoards.portentaParameters)
    case .nanoRP2040:
      PicoBootSession(
        image: FlashImage(start: 0x1000_0000, bytes: bytes), parameters: RP2040Board.parameters)
    }
  }
}

@Suite(.enabled(if: ClientTask.current != nil, "the other half of LibUSBTests"))
struct LibUSBClientTests {
  @Test func session_ends() throws {
    let task = try #require(ClientTask.current)
    let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: task.file)))
    let found = try USBDevices.all().first { $0.product == task.product }
    let device = try LibUSBDevice(
      try #require(found), interface: task.kind == .nanoRP2040 ? 1 : 0)
    defer { device.close() }
    var session = task.session(bytes)
    var event = FlashEvent.started
    while true {
      switch session.receive(event) {
      case .perform(let action): event = perform(action, device)
      case .finished(let verification):
        #expect(verification == .readBack)
        return
      case .failed(let failure):
        Issue.record("\(failure)")
        return
      }
    }
  }

  private func perform(_ action: FlashAction, _ device: LibUSBDevice) -> FlashEvent {
    do throws(TransportError) {
      switch action {
      case .control(let setup, let data, let time):
        return .bytes(
          try device.control(
            requestType: setup.requestType, request: setup.request, value: setup.value,
            index: setup.index, data: data, length: Int(setup.length), within: time))
      case .bulkOut(let endpoint, let bytes, let time):
        try device.bulkOut(endpoint: endpoint, bytes, within: time)
      case .bulkIn(let endpoint, let length, let time):
        return .bytes(try device.bulkIn(endpoint: endpoint, length: length, within: time))
      case .selectAlternate(let setting): try device.selectAlternate(setting)
      case .resetPort: try device.resetPort()
      case .pause(let time): Thread.sleep(forTimeInterval: time / .seconds(1))
      case .awaitDisconnect(let time): return awaitDisconnect(time, device)
      default: break
      }
      return .done
    } catch {
      switch error {
      case .disconnected: return .disconnected
      case .timedOut: return .timedOut
      case .stalled: return .stalled
      default: return .transportFailed("\(error)")
      }
    }
  }

  private func awaitDisconnect(_ time: Duration, _ device: LibUSBDevice) -> FlashEvent {
    let end = ContinuousClock.now + time
    while ContinuousClock.now < end {
      let status = try? device.control(
        requestType: 0x80, request: 0, value: 0, index: 0, data: [], length: 2,
        within: .milliseconds(200))
      if status == nil { return .disconnected }
      Thread.sleep(forTimeInterval: 0.02)
    }
    return .timedOut
  }
}
