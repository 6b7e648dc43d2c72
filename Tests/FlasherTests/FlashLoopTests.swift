// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import FlashProtocols
import Testing
import Transports

@testable import Flasher

/// The loop ends, whatever a session does.
@Suite struct FlashLoopTests {
  private struct Endless: FlashSession {
    mutating func receive(_ event: FlashEvent) -> FlashStep { .perform(.pause(.seconds(1))) }
  }

  /// Asks for one thing and keeps what came of it.
  private struct Single: FlashSession {
    let action: FlashAction

    mutating func receive(_ event: FlashEvent) -> FlashStep {
      event == .started
        ? .perform(action) : .failed(FlashFailure(.writing, "\(event)", remedy: "none"))
    }
  }

  private func outcome(_ action: FlashAction, over link: FlashLoop.Link) -> String {
    var session: any FlashSession = Single(action: action)
    do {
      _ = try FlashLoop(system: FakeSystem()) { _ in }.run(&session, over: link)
      return ""
    } catch { return "\(error)" }
  }

  @Test func sessionWithoutProgress_isEnded() {
    var session: any FlashSession = Endless()
    let system = FakeSystem()
    #expect {
      try FlashLoop(system: system) { _ in }.run(&session, over: .serial(FakePort()))
    } throws: { error in
      "\(error)"
        == "connecting: nothing has gone on for 120 s; unplug the board, plug it in again and run "
        + "the command again"
    }
    #expect(system.passed < .seconds(125))
  }

  @Test func errors_becomeEvents() {
    let cases: [(TransportError, String)] = [
      (.disconnected, "disconnected"), (.timedOut, "timedOut"), (.stalled, "stalled"),
      (.busy(path: "p"), "transportFailed(\"p is in use\")"),
      (.accessDenied(path: "p"), "transportFailed(\"no permission for p\")"),
      (.notFound(path: "p"), "transportFailed(\"there is no p\")"),
      (.failed("odd"), "transportFailed(\"odd\")"),
    ]
    for (error, event) in cases {
      #expect(
        outcome(.send([1]), over: .serial(FakePort(failure: error))) == "writing: \(event); none")
      #expect(
        outcome(
          .bulkOut(endpoint: 1, [1], within: .seconds(1)), over: .usb(FakeDevice(failure: error)))
          == "writing: \(event); none")
    }
  }

  @Test func actionOfTheOtherKindOfLink_isRefused() {
    #expect(
      outcome(.resetPort, over: .serial(FakePort()))
        == "writing: transportFailed(\"a serial port cannot do that\"); none")
    #expect(
      outcome(.setBaud(9600), over: .usb(FakeDevice()))
        == "writing: transportFailed(\"a USB device has no serial line\"); none")
  }

  @Test func disconnection_isAwaitedForItsTime() {
    #expect(
      outcome(.awaitDisconnect(within: .seconds(1)), over: .usb(FakeDevice()))
        == "writing: timedOut; none")
    #expect(
      outcome(.awaitDisconnect(within: .seconds(1)), over: .usb(FakeDevice(failure: .disconnected)))
        == "writing: disconnected; none")
  }
}
