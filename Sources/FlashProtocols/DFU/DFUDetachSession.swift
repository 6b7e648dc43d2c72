// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import USBModel

/// Sends a running application into its DFU bootloader by its runtime interface (Device Firmware
/// Upgrade 1.1, 5.1): DETACH, then a reset of the port for devices that do not leave by themselves.
/// What comes back is another device; the caller looks for it.
public struct DFUDetachSession: FlashSession {
  private enum Phase: Equatable {
    case detaching, leaving, resetting, leavingAfterReset
  }

  private var link = DFULink()
  private var phase = Phase.detaching

  /// - Parameter parameters: `interface` is that of the runtime interface.
  public init(parameters: FlashParameters) { link.interface = parameters.interface }

  public mutating func receive(_ event: FlashEvent) -> FlashStep {
    if event == .started {
      return .perform(link.begin(.detach, reporting: FlashProgress(.restarting)))
    }
    switch link.receive(event) {
    case .perform(let action): return .perform(action)
    case .trouble(.gone): return .finished(.acknowledged)
    case .trouble(let trouble): return .failed(trouble.failure(.restarting))
    case .done(let answer): return ended(answer)
    }
  }

  private mutating func ended(_ answer: [UInt8]) -> FlashStep {
    switch phase {
    case .detaching: return go(.leaving, .awaitDisconnect(.seconds(1)))
    case .leaving: return answer.isEmpty ? go(.resetting, .resetPort) : .finished(.acknowledged)
    case .resetting: return go(.leavingAfterReset, .awaitDisconnect(.seconds(2)))
    case .leavingAfterReset:
      guard answer.isEmpty else { return .finished(.acknowledged) }
      return .failed(
        FlashFailure(
          .restarting, "the sketch does not start its bootloader when asked (DFU DETACH)",
          remedy: "press the board's reset button twice, quickly, and run the command again"))
    }
  }

  private mutating func go(_ phase: Phase, _ operation: DFULink.Operation) -> FlashStep {
    self.phase = phase
    return .perform(link.begin(operation))
  }
}
