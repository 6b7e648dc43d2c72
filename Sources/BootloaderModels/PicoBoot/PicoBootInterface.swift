// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import USBModel

/// PICOBOOT's interface (RP2040's ROM, usb_boot_device.c): commands on one bulk endpoint, data, and
/// an empty packet the other way.
struct PicoBootInterface: Equatable, Sendable {
  static let outEndpoint: UInt8 = 3
  static let inEndpoint: UInt8 = 4

  private enum Phase: Equatable {
    case command
    case receiving(PicoBootRequest, [UInt8])
    case sending([UInt8])
    /// The empty packet that ends a command.
    case acknowledging(isToHost: Bool)
    /// Both endpoints stall until a reset or until the host clears them.
    case halted
  }

  var flash: Range<UInt32>
  var eraseDuration = Duration.zero
  /// Of 256 bytes.
  var writeDuration = Duration.zero

  private var phase = Phase.command
  private var report = PicoBootReport(token: 0, .ok, command: 0, isInProgress: false)
  /// Until flash is done with what it was last told.
  private var busy = Duration.zero
  private(set) var isExclusive = false
  /// Asked for by REBOOT: how long until.
  private(set) var reboot: Duration?

  init(flash: Range<UInt32>) { self.flash = flash }

  mutating func reset() {
    phase = .command
    report = PicoBootReport(token: 0, .ok, command: 0, isInProgress: false)
    (busy, isExclusive) = (.zero, false)
  }

  mutating func haltCleared() { if phase == .halted { phase = .command } }

  mutating func takeReboot() -> Duration? {
    defer { reboot = nil }
    return reboot
  }

  mutating func advance(by time: Duration) { busy = max(.zero, busy - time) }

  mutating func control(_ setup: SetupPacket) -> ControlAnswer {
    switch (setup.requestType, setup.request) {
    case (0x41, PicoBootReport.resetRequest):
      reset()
      return .data([])
    case (0xC1, PicoBootReport.statusRequest) where setup.length == PicoBootReport.size:
      return .data(report.bytes)
    default: return .stalled
    }
  }

  mutating func receive(_ data: [UInt8], in memory: inout some BootMemory) -> EndpointAnswer {
    switch phase {
    case .command:
      guard busy == .zero else { return .notReady }
      begin(data, in: &memory)
      return .data([])
    case .receiving(let request, let gathered):
      let bytes = gathered + data
      guard bytes.count >= Int(request.transferLength) else {
        phase = .receiving(request, bytes)
        return .data([])
      }
      write(Array(bytes.prefix(Int(request.transferLength))), at: request.word(0), in: &memory)
      return .data([])
    case .acknowledging(false):
      end(.ok)
      phase = .command
      return .data([])
    case .sending, .acknowledging: return .notReady
    case .halted: return .halted
    }
  }

  mutating func send(atMost length: Int) -> EndpointAnswer {
    switch phase {
    case .sending(let bytes):
      let rest = Array(bytes.dropFirst(length))
      phase = rest.isEmpty ? .acknowledging(isToHost: false) : .sending(rest)
      return .data(Array(bytes.prefix(length)))
    case .acknowledging(true):
      guard busy == .zero else { return .notReady }
      end(.ok)
      phase = .command
      return .data([])
    case .halted: return .halted
    case .command, .receiving, .acknowledging: return .notReady
    }
  }

  // MARK: Commands

  private mutating func end(_ status: PicoBootStatus) {
    (report.status, report.isInProgress) = (status, false)
  }

  private mutating func fail(_ status: PicoBootStatus) {
    end(status)
    phase = .halted
  }

  private mutating func begin(_ data: [UInt8], in memory: inout some BootMemory) {
    guard let request = PicoBootRequest(data) else {
      phase = .halted
      return
    }
    report = PicoBootReport(
      token: request.token, .ok, command: request.command, isInProgress: true)
    guard let command = PicoBootCommand(rawValue: request.command) else {
      return fail(.unknownCommand)
    }
    guard request.argumentSize == command.argumentSize else { return fail(.invalidCommandLength) }
    let isRange = command == .read || command == .write
    guard request.transferLength == (isRange ? request.word(1) : 0) else {
      return fail(.invalidTransferLength)
    }
    phase = .acknowledging(isToHost: true)
    switch command {
    case .exclusiveAccess: isExclusive = request.arguments[0] != 0
    case .exitXIP, .enterCommandXIP, .vectorizeFlash: break
    case .reboot: reboot = .milliseconds(Int64(request.word(2)))
    case .flashErase: erase(request.word(0), request.word(1), in: &memory)
    case .read: read(request.word(0), request.word(1), in: &memory)
    case .write:
      guard request.word(1) > 0 else { return }
      guard isFlash(request.word(0), request.word(1)) else { return fail(.invalidAddress) }
      guard request.word(0) % 256 == 0 else { return fail(.badAlignment) }
      phase = .receiving(request, [])
    // Code that it is sent cannot be run by a model.
    case .execute: fail(.unknownError)
    }
  }

  private func isFlash(_ address: UInt32, _ size: UInt32) -> Bool {
    flash.contains(address) && size <= flash.upperBound - address
  }

  private mutating func erase(_ address: UInt32, _ size: UInt32, in memory: inout some BootMemory) {
    guard isFlash(address, size) else { return fail(.invalidAddress) }
    guard address % 4096 == 0, size % 4096 == 0 else { return fail(.badAlignment) }
    guard memory.erase(address, count: Int(size)) else { return fail(.unknownError) }
    busy = eraseDuration * Int(size / 4096)
  }

  private mutating func read(_ address: UInt32, _ size: UInt32, in memory: inout some BootMemory) {
    guard size <= 0x100_0000, let bytes = memory.read(address, count: Int(size)) else {
      return fail(.invalidAddress)
    }
    phase = size > 0 ? .sending(bytes) : .acknowledging(isToHost: false)
  }

  private mutating func write(
    _ bytes: [UInt8], at address: UInt32, in memory: inout some BootMemory
  ) {
    guard memory.program(bytes, at: address) else { return fail(.invalidAddress) }
    busy = writeDuration * ((bytes.count + 255) / 256)
    phase = .acknowledging(isToHost: true)
  }
}
