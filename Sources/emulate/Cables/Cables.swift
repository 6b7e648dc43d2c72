// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Emulator
import Foundation
import MachineModel
import Terminal

/// Everything that hangs on the board while it runs: ports, clients, a finger on the reset button.
///
/// While something moves the board runs as fast as it can; while nothing does, virtual time keeps
/// to real time, so that a program that waits for a second waits for one.
final class Cables {
  private let machine: Machine
  private var port: BoardPort?
  private var server: USBIPServer?
  /// When the reset button is to be pressed.
  private var presses: [Instant] = []
  /// Virtual time and real time were said to be equal here.
  private var origin: (virtual: Instant, real: ContinuousClock.Instant)
  private var quietSlices = 0
  /// What ended the service.
  private(set) var failure: (any Error)?

  /// So often a board at rest is looked at, in milliseconds.
  private static let rest: Int32 = 2
  /// Slices of a millisecond without anything moving, after which nothing is under way any more.
  private static let patience = 20

  init(_ options: CableOptions, _ machine: Machine, print: @escaping (String) -> Void) throws {
    self.machine = machine
    origin = (machine.core.now, .now)
    guard options.isAskedFor || options.doubleTap else { return }
    guard machine.board.usb["sketch"] != nil || !options.isAskedFor else {
      throw InputError(
        description: "\(machine.board.name) has no USB port of its own; "
          + "choose a board that has one, or leave the option out")
    }
    if options.doubleTap {
      presses = [50, 200].map { machine.core.now + machine.milliseconds($0) }
    }
    if let address = options.usbip {
      let server = try USBIPServer(address, of: machine) { print("usbip     \($0)") }
      print("usbip     waiting at \(server.address.description)")
      self.server = server
    } else if options.isAskedFor {
      port = BoardPort(link: options.link, of: machine) { print("serial    \($0)") }
    }
  }

  var areAttached: Bool { port != nil || server != nil }

  /// How often `serve` wants to be called.
  var slice: Cycles? { areAttached ? machine.milliseconds(1) : nil }

  /// To be called between two slices of the run; false to end it.
  func serve() -> Bool {
    while let press = presses.first, press <= machine.core.now {
      presses.removeFirst()
      machine.pressReset()
    }
    guard areAttached else { return true }
    do {
      let hasMoved = try port?.serve(machine) ?? false
      keepPace(isBusy: server?.serve() ?? false || hasMoved)
      return true
    } catch {
      failure = error
      return false
    }
  }

  func close() { port?.close() }

  private func keepPace(isBusy: Bool) {
    quietSlices = isBusy ? 0 : quietSlices + 1
    let now = ContinuousClock.now
    guard quietSlices > Self.patience else {
      origin = (machine.core.now, now)
      return
    }
    let virtual = machine.seconds(machine.core.now - origin.virtual)
    let ahead = .seconds(virtual) - (now - origin.real)
    // A board that cannot keep up is not made to hurry later.
    if ahead < .milliseconds(-100) { origin = (machine.core.now, now) }
    guard ahead > .milliseconds(1) else { return }
    let milliseconds = min(Int32(ahead / .milliseconds(1)), Self.rest)
    if let port, port.canWait {
      port.wait(milliseconds: milliseconds)
    } else {
      Self.sleep(milliseconds: milliseconds)
    }
  }

  private static func sleep(milliseconds: Int32) { poll(nil, 0, milliseconds) }
}

extension Machine {
  fileprivate func milliseconds(_ count: UInt64) -> Cycles { cycles(in: .milliseconds(count)) }

  fileprivate func seconds(_ span: Cycles) -> Double { Double(span.count) / board.cpuClock.hertz }
}
