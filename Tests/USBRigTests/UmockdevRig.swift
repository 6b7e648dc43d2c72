// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import USBModel

/// Real programs that look at a modelled device through the real libusb and umockdev: what a kernel
/// would be asked goes to the model, in real time.
final class UmockdevRig<Function: USBFunction> {
  struct Outcome {
    var status: Int32
    var output: String
  }

  var function: Function
  private let bridge: Bridge
  /// The visit to the bus that is shown now, and its device number; numbers are not used twice.
  private var shown: (count: Int, number: UInt8)?
  private var lastNumber: UInt8 = 1
  /// Whether the bridge has shown a device.
  private var isKnown = false
  private var clock = ContinuousClock.now

  private static var errors: (noDevice: Int32, stalled: Int32) { (-19, -32) }

  init(_ function: Function) throws {
    self.function = function
    bridge = try Bridge(program: try #require(Tools.bridge))
    show()
    let end = ContinuousClock.now + .seconds(20)
    while !isKnown, ContinuousClock.now < end { serve() }
    clock = ContinuousClock.now
  }

  /// Runs a tool to its end, and shows it the device meanwhile.
  func run(
    _ tool: String, _ arguments: [String], with environment: [String: String] = [:],
    within limit: Duration = .seconds(60)
  ) throws -> Outcome {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("breadboard-rig-\(UUID().uuidString)")
    try Data().write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let output = try FileHandle(forWritingTo: file)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: tool)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }.merging(
      ["UMOCKDEV_DIR": bridge.folder, "LD_PRELOAD": "libumockdev-preload.so.0"]) { $1 }
    process.standardOutput = output
    process.standardError = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let end = ContinuousClock.now + limit
    while process.isRunning, ContinuousClock.now < end { serve() }
    let isLate = process.isRunning
    if isLate { process.terminate() }
    process.waitUntilExit()
    let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    return Outcome(
      status: isLate ? -1 : process.terminationStatus, output: isLate ? text + "\nlate" : text)
  }

  /// Lets time pass with nobody looking: devices that restart come back.
  func wait(_ time: Duration) {
    let end = ContinuousClock.now + time
    while ContinuousClock.now < end { serve() }
  }

  private func serve() {
    for frame in bridge.frames(within: 1) { take(frame) }
    let now = ContinuousClock.now
    function.advance(by: now - clock)
    clock = now
    for completion in function.completions() { tell(completion) }
    show()
  }

  // MARK: The plug

  /// Tells the bridge of a device that came or went.
  private func show() {
    if let shown, !function.isAttached || function.attachmentCount != shown.count {
      bridge.send(BridgeFrame("R", [shown.number]))
      self.shown = nil
    }
    guard shown == nil, function.isAttached,
      let device = try? DeviceDescriptor(function.deviceDescriptor)
    else { return }
    lastNumber &+= 1
    shown = (function.attachmentCount, lastNumber)
    let descriptors = function.deviceDescriptor + function.configurationDescriptor
    var bytes = [lastNumber] + BridgeFrame.bytes(device.vendor) + BridgeFrame.bytes(device.product)
    bytes += BridgeFrame.bytes(UInt16(clamping: descriptors.count)) + descriptors
    for index in [device.manufacturerString, device.productString, device.serialNumberString] {
      bytes += Array(text(index).utf8) + [0]
    }
    // The host's kernel has configured the device before anybody sees it.
    control(0, 9, 1)
    bridge.send(BridgeFrame("A", bytes))
  }

  private func text(_ index: UInt8) -> String {
    let answer = control(0x80, 6, 0x0300 | UInt16(index), index: 0x0409, length: 255)
    return (try? StringDescriptor.text(answer)) ?? ""
  }

  @discardableResult private func control(
    _ type: UInt8, _ request: UInt8, _ value: UInt16, index: UInt16 = 0, length: UInt16 = 0
  ) -> [UInt8] {
    let setup = SetupPacket(
      requestType: type, request: request, value: value, index: index, length: length)
    function.submit(USBTransfer(id: .max, .control(setup, data: [])))
    var answer: [UInt8] = []
    for completion in function.completions() {
      if completion.id != .max { tell(completion) }
      if completion.id == .max, case .completed(let bytes) = completion.outcome { answer = bytes }
    }
    return answer
  }

  // MARK: Transfers

  private func take(_ frame: BridgeFrame) {
    switch frame.type {
    case Character("U").asciiValue: submit(frame)
    case Character("D").asciiValue: function.cancel(UInt64(frame.number(at: 0, UInt32.self)))
    case Character("O").asciiValue: other(frame)
    case Character("K").asciiValue: isKnown = true
    default: break
    }
  }

  private func submit(_ frame: BridgeFrame) {
    let id = UInt64(frame.number(at: 0, UInt32.self))
    guard frame.bytes[4] == shown?.number else {
      return tell(USBCompletion(id: id, .disconnected))
    }
    let (type, endpoint) = (frame.bytes[5], frame.bytes[6])
    let length = Int(frame.number(at: 7, UInt32.self))
    let data = Array(frame.bytes[11...])
    if type == 2 {
      guard let setup = SetupPacket(data.prefix(8)) else {
        return tell(USBCompletion(id: id, .stalled))
      }
      let payload = setup.isToHost ? [] : Array(data.dropFirst(8))
      function.submit(USBTransfer(id: id, .control(setup, data: payload)))
    } else if endpoint & 0x80 != 0 {
      function.submit(USBTransfer(id: id, .in(endpoint: endpoint & 0x0F, length: length)))
    } else {
      function.submit(USBTransfer(id: id, .out(endpoint: endpoint, data: data)))
    }
  }

  /// What the kernel does by itself.
  private func other(_ frame: BridgeFrame) {
    let id = UInt64(frame.number(at: 0, UInt32.self))
    let first = UInt16(truncatingIfNeeded: frame.number(at: 6, UInt32.self))
    let second = UInt16(truncatingIfNeeded: frame.number(at: 10, UInt32.self))
    func submit(_ type: UInt8, _ request: UInt8, _ value: UInt16, _ index: UInt16) {
      let setup = SetupPacket(
        requestType: type, request: request, value: value, index: index, length: 0)
      function.submit(USBTransfer(id: id, .control(setup, data: [])))
    }
    guard frame.bytes[4] == shown?.number else {
      return tell(USBCompletion(id: id, .disconnected))
    }
    switch Character(UnicodeScalar(frame.bytes[5])) {
    case "s": submit(1, 11, second, first)
    case "c": submit(0, 9, first, 0)
    case "h": submit(2, 1, 0, first)
    default:
      function.resetPort()
      let isSame = function.isAttached && function.attachmentCount == shown?.count
      if isSame { control(0, 9, 1) }
      tell(USBCompletion(id: id, isSame ? .completed([]) : .disconnected))
    }
  }

  private func tell(_ completion: USBCompletion) {
    guard completion.id <= UInt64(UInt32.max) else { return }
    let id = BridgeFrame.bytes(UInt32(completion.id))
    switch completion.outcome {
    case .completed(let bytes):
      bridge.send(BridgeFrame("C", id + BridgeFrame.bytes(Int32(0)) + bytes))
    case .stalled: bridge.send(BridgeFrame("C", id + BridgeFrame.bytes(Self.errors.stalled)))
    case .disconnected: bridge.send(BridgeFrame("C", id + BridgeFrame.bytes(Self.errors.noDevice)))
    // The bridge has told the program already.
    case .cancelled: break
    }
  }
}
