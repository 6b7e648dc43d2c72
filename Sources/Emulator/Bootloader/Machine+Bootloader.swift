// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

extension Machine {
  /// Has a model answer where the board's bootloader would: to be asked for before an image is
  /// loaded. Without it a reset starts the application.
  ///
  /// - Parameter keepsPackets: whether the host at the cable cuts what it sends into packets as its
  ///   program meant it; a pseudo terminal does not.
  /// - Returns: false for a board whose bootloader nobody has modelled.
  public func useStandInBootloader(keepsPackets: Bool) -> Bool {
    standIn = StandInBootloader(for: board, keepsPackets: keepsPackets)
    return standIn != nil
  }

  /// Whether the bootloader's stand-in has the board, the core waiting.
  public var isInBootloader: Bool { standIn?.phase == .here }

  /// The core stands still, because the stand-in runs or listens.
  var coreIsHeld: Bool {
    switch standIn?.phase {
    case nil, .away?: false
    case .listening?, .here?: true
    }
  }

  /// After a reset, when memories and registers are what it left.
  func enterStandIn(after cause: DeviceContext.ResetCause) {
    guard var standIn else { return }
    standIn.phase = standIn.phase(after: cause, on: self)
    if standIn.phase == .here { standIn.restart() }
    self.standIn = standIn
    if standIn.phase == .here { attachUSB(true, of: StandInBootloader.deviceIndex, at: core.now) }
  }

  /// The end of the time in which the reset button may be pressed again.
  var standInWake: Instant {
    if case .listening(let until)? = standIn?.phase { return until }
    return .never
  }

  /// Nobody pressed the button again: the application starts.
  func endListening() { standIn?.phase = .away }

  func standInAnswer(to event: USBBusEvent) -> USBHandshake {
    guard var standIn else { return .none }
    let handshake = standIn.respond(to: event, on: self)
    self.standIn = standIn
    return handshake
  }

  /// What the host's last bytes asked the stand-in for.
  func carryOutRequest() {
    guard let request = standIn?.request else { return }
    standIn?.request = nil
    attachUSB(false, of: StandInBootloader.deviceIndex, at: core.now)
    standIn?.phase = .away
    switch request {
    case .reset: restart(.software)
    case .start(let vectorTable): core.reset(vectorTable: Address(vectorTable))
    }
  }
}
