// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import Testing
import USBModel

@testable import Emulator

@Suite struct USBSerialTests {
  private func codes(_ cable: Cable) -> [String] {
    cable.device.requests.filter { $0.setup.requestType == 0x21 }.map { request in
      request.setup.request == 0x20
        ? "\(request.data[..<4].reversed().reduce(0) { $0 << 8 | Int($1) }) baud"
        : "lines \(request.setup.value)"
    }
  }

  @Test func terminal_opensThePort() {
    let cable = Cable.ready()
    #expect(codes(cable) == ["115200 baud", "lines 3"])
    #expect(cable.host.isSerialOpen)
  }

  @Test func bytes_goBothWays() {
    var cable = Cable.ready()
    cable.device.outbox = [Array("hel".utf8), Array("lo".utf8)]
    cable.host.send([UInt8](repeating: 3, count: 700), at: cable.now)
    cable.run(milliseconds: 20)
    #expect(cable.host.takeReceived() == Array("hello".utf8))
    #expect(cable.host.takeReceived() == [])
    #expect(cable.device.inbox.map(\.count).reduce(0, +) == 700)
  }

  @Test func closedPort_isNotRead() {
    var cable = Cable.ready()
    let closed = SerialLine(isOpen: false, baud: 115_200, dtr: false, rts: false)
    cable.host.setLine(closed, at: cable.now)
    cable.run(milliseconds: 5)
    #expect(cable.device.lineState == 0)
    cable.device.outbox = [[1]]
    cable.run(milliseconds: 20)
    #expect(cable.host.takeReceived() == [])
    cable.host.setLine(.terminal, at: cable.now)
    cable.run(milliseconds: 20)
    #expect(cable.host.takeReceived() == [1])
  }

  @Test func openingAndClosingAtOnce_areBothTold() {
    var cable = Cable.ready()
    cable.device.requests = []
    for isOpen in [false, true, false] {
      let line = SerialLine(isOpen: isOpen, baud: 1200, dtr: isOpen, rts: isOpen)
      cable.host.setLine(line, at: cable.now)
    }
    cable.run(milliseconds: 20)
    #expect(codes(cable) == ["1200 baud", "lines 0", "lines 3", "lines 0"])
  }

  @Test func portThatWasNeverOpened_isNotTouched() {
    var cable = Cable()
    cable.host.setLine(.closed, at: cable.now)
    cable.attach()
    cable.run(milliseconds: 400)
    #expect(codes(cable) == [])
    #expect(!cable.host.isSerialOpen)
    cable.host.setLine(SerialLine(isOpen: true, baud: 9600, dtr: true, rts: true), at: cable.now)
    cable.run(milliseconds: 20)
    #expect(codes(cable) == ["9600 baud", "lines 3"])
  }

  @Test func throttledPort_leavesBytesOnTheDevice() {
    var cable = Cable.ready()
    cable.host.setThrottled(true, at: cable.now)
    cable.device.outbox = [[1], [2], [3]]
    cable.run(milliseconds: 20)
    #expect(cable.host.takeReceived() == [1])
    cable.host.setThrottled(false, at: cable.now)
    cable.run(milliseconds: 20)
    #expect(cable.host.takeReceived() == [2, 3])
  }

  @Test func deviceThatTakesNothing_keepsNothingElseWaiting() {
    var cable = Cable.ready()
    cable.device.takesBulk = false
    cable.host.send([1], at: cable.now)
    cable.device.outbox = [[7]]
    cable.run(milliseconds: 20)
    #expect(cable.host.takeReceived() == [7])
    cable.device.takesBulk = true
    cable.run(milliseconds: 20)
    #expect(cable.device.inbox == [[1]])
  }

  @Test func serialState_isKept() {
    var cable = Cable.ready()
    cable.device.notifications = [[0xA1, 0x20, 0, 0, 0, 0, 2, 0, 3, 0], [1]]
    cable.run(milliseconds: 40)
    #expect(cable.host.serial?.state == 3)
    #expect(cable.device.notifications.isEmpty)
  }
}
