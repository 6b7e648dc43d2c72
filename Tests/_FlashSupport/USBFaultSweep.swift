// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import FlashProtocols
import Foundation
import TestSupport
import USBModel

/// Flashes over a cable with faults, and then once more over a good one: the first run may fail, in
/// words, but must end, must not claim what is not so, and must leave a board that can be flashed.
package struct USBFaultSweep<Class: USBDeviceClass, Session: FlashSession> {
  package struct Tally: Equatable, CustomStringConvertible {
    package var cases = 0
    /// Of these, the runs that succeeded in spite of the fault.
    package var finished = 0
    package var problems: [String] = []

    package init() {}

    package var description: String {
      "\(cases) cases, \(finished) repaired within the run, \(problems.count) problems"
        + problems.prefix(3).map { "\n  \($0)" }.joined()
    }
  }

  package var device: () -> Class
  package var interface: UInt8 = 0
  package var session: () -> Session
  /// What the user does to a board between two runs: a double press of the reset button.
  package var press: (inout Class) -> Void
  /// Whether the board stays in its bootloader, so that the next run could come at once.
  package var isInBootloader: (Class) -> Bool
  package var isRight: (Class) -> Bool

  package init(
    device: @escaping () -> Class, interface: UInt8 = 0, session: @escaping () -> Session,
    press: @escaping (inout Class) -> Void, isInBootloader: @escaping (Class) -> Bool,
    isRight: @escaping (Class) -> Bool
  ) {
    (self.device, self.interface, self.session) = (device, interface, session)
    (self.press, self.isInBootloader, self.isRight) = (press, isInBootloader, isRight)
  }

  /// Transfers of a run without faults.
  package func transfers() -> Int {
    var rig = USBRig(device(), interface: interface)
    _ = rig.run(session())
    return rig.transfers
  }

  /// Every kind of fault at every transfer, or at every `step`th.
  package func systematic(every step: Int = 1) -> Tally {
    var tally = Tally()
    for transfer in stride(from: 0, to: transfers(), by: step) {
      for fault in USBFault.all {
        for isPressed in [true, false] { run([transfer: fault], isPressed: isPressed, &tally) }
      }
    }
    return tally
  }

  /// One to four faults a run, anywhere.
  package func random(_ count: Int, seed: UInt64) -> Tally {
    var tally = Tally()
    let transfers = transfers()
    for index in 0..<count {
      var random = SplitMix64(seed: seed &+ UInt64(index))
      var faults: [Int: USBFault] = [:]
      for _ in 0..<random.int(1...4) {
        faults[random.int(0...transfers)] = .random(&random)
      }
      run(faults, isPressed: random.once(in: 2), &tally)
    }
    return tally
  }

  private func run(_ faults: [Int: USBFault], isPressed: Bool, _ tally: inout Tally) {
    var rig = USBRig(device(), interface: interface)
    rig.faults = faults
    tally.cases += 1
    var problems: [String] = []
    switch rig.run(session()) {
    case .finished:
      tally.finished += 1
      if !isRight(rig.board.device) { problems.append("success is claimed, but it is not right") }
    case .failed(let failure):
      if failure.problem.isEmpty || failure.remedy.isEmpty { problems.append("a mute failure") }
    case .endless: problems.append("the run did not end")
    }
    // What restarts is waited for; who is not in the bootloader is put there by its user.
    rig.connectIfThere()
    if isPressed || !isInBootloader(rig.board.device) { press(&rig.board.device) }
    rig.connect()
    var second = rig.run(session())
    // A bootloader that the first run's rubbish let crash in the second: its user does as told.
    if case .failed = second, !isInBootloader(rig.board.device) {
      press(&rig.board.device)
      rig.connect()
      second = rig.run(session())
    }
    if case .finished = second {
      if !isRight(rig.board.device) { problems.append("the next run wrote something else") }
    } else {
      problems.append("the next run: \(second)")
    }
    tally.problems += problems.map { "\(faults), pressed \(isPressed): \($0)" }
  }
}
