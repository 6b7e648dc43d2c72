// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import Testing
import USBModel

@testable import Emulator

@Suite struct USBHostTests {
  private static let ms = Cable.millisecond

  // MARK: From the cable to the configuration

  @Test func device_isDebouncedResetAndAsked_inSpecifiedTime() {
    var cable = Cable()
    cable.run(milliseconds: 5)
    cable.attach()
    cable.run(milliseconds: 300)
    let events = cable.device.events
    #expect(events[0] == .init(name: "reset", at: 105 * Self.ms))
    #expect(cable.device.frames.first == 115 * Self.ms)
    #expect(events[1].name.hasPrefix("setup(address: 0"))
    #expect(events[1].at >= 125 * Self.ms && events[1].at < 126 * Self.ms)
    for (a, b) in zip(cable.device.frames, cable.device.frames.dropFirst()) {
      #expect(b - a == Self.ms)
    }
    #expect(cable.host.attachmentCount == 1)
    #expect(cable.host.isInUse)
  }

  @Test func requests_comeInOrder() {
    let cable = Cable.ready()
    let codes = cable.device.requests.map { [$0.setup.request, UInt8($0.setup.value >> 8)] }
    #expect(
      codes == [
        [6, 1], [5, 0], [6, 1], [6, 2], [6, 2], [6, 3], [6, 3], [6, 3], [6, 3], [9, 0],
        [0x20, 0], [0x22, 0],
      ])
    #expect(cable.device.address == 1)
    #expect(cable.device.isConfigured)
    #expect(cable.host.identity.device == ScriptedDevice.device)
    #expect(cable.host.identity.configuration == ScriptedDevice.configuration)
    #expect(
      cable.host.identity.strings
        == [0: "Breadboard", 1: "Scripted device", 2: "0123456789ABCDEF"])
  }

  @Test func unpluggedHost_doesNothing() {
    var cable = Cable(role: .unplugged)
    cable.attach()
    cable.run(milliseconds: 300)
    #expect(cable.device.events.isEmpty)
    #expect(cable.host.nextAt == .never)
  }

  @Test(arguments: [
    ("silent", "the device did not answer when asked for its device descriptor, 3 times"),
    (
      "garbage",
      "the device gave an answer that cannot be right when asked for its device descriptor, 3 times"
    ),
    ("stall 6", "the device refused (STALL) when asked for its device descriptor, 3 times"),
    ("stall 5", "the device refused (STALL) when given an address, 3 times"),
    ("stall 9", "the device refused (STALL) when it was to be configured, 3 times"),
  ])
  func deviceThatFails_isTriedThreeTimes(how: String, failure: String) {
    var cable = Cable()
    switch how {
    case "silent": cable.device.answersNothing = true
    case "garbage": cable.device.descriptorIsGarbage = true
    default: cable.device.stallsRequests = [UInt8(how.dropFirst(6)) ?? 0]
    }
    cable.attach()
    cable.run(milliseconds: 2000)
    #expect(cable.host.failure == failure)
    #expect(cable.device.events.count { $0.name == "reset" } == 3)
    #expect(cable.host.nextAt == .never)
    // Another attempt is the user's: out and in.
    cable.detach()
    cable.device = ScriptedDevice()
    cable.attach()
    cable.run(milliseconds: 400)
    #expect(cable.host.isInUse)
    #expect(cable.host.failure == nil)
  }

  @Test func deviceThatIsNeverReady_isGivenUp() {
    var cable = Cable()
    cable.device.refusals = .max
    cable.attach()
    cable.run(milliseconds: 20_000)
    #expect(
      cable.host.failure
        == "the device did not answer when asked for its device descriptor, 3 times")
  }

  @Test func slowDevice_isWaitedFor() {
    var cable = Cable()
    cable.device.refusals = 40
    cable.attach()
    cable.run(milliseconds: 6000)
    #expect(cable.host.isSerialOpen)
    #expect(cable.device.baud == 115_200)
  }

  // MARK: Frames

  @Test func bulkPackets_takeTheirTimeAndFitIntoFrames() {
    var cable = Cable.ready()
    cable.device.events = []
    cable.device.frames = []
    cable.device.outbox = Array(repeating: [UInt8](repeating: 7, count: 64), count: 100)
    cable.run(milliseconds: 20)
    let starts = cable.device.events.filter { $0.name.hasPrefix("in") }.map(\.at)
    #expect(starts.count == 100)
    // 64 bytes are 624 bit times: 52 us, 3328 cycles of 64 MHz.
    for (a, b) in zip(starts, starts.dropFirst()) { #expect(b - a >= 3300) }
    let inOneFrame = starts.count { $0 >= starts[30] && $0 < starts[30] + Self.ms }
    #expect((17...19).contains(inOneFrame))
    for start in starts {
      // A packet and its handshake: 584 bit times.
      if let frame = cable.device.frames.last(where: { $0 <= start }) {
        #expect(start + 3114 <= frame + Self.ms)
      }
    }
  }

  @Test func idleEndpoint_isAskedOnceAFrame() {
    var cable = Cable.ready()
    cable.device.polls = []
    cable.run(milliseconds: 100)
    #expect((100...101).contains(cable.device.polls.count))
    // Once there was something, more is expected for a while.
    cable.device.outbox = [[1]]
    cable.device.polls = []
    cable.run(milliseconds: 10)
    #expect((20...30).contains(cable.device.polls.count))
  }

  @Test func twoBusyPipes_shareTheBus() {
    var cable = Cable.ready()
    cable.device.outbox = Array(repeating: [UInt8](repeating: 7, count: 64), count: 1000)
    cable.host.send([UInt8](repeating: 1, count: 10_000), at: cable.now)
    cable.run(milliseconds: 10)
    let fetched = 1000 - cable.device.outbox.count
    #expect(abs(fetched - cable.device.inbox.count) < 10)
    #expect(fetched + cable.device.inbox.count > 150)
  }

  @Test func suspendedBus_isQuiet() {
    var cable = Cable.ready()
    #expect(cable.host.suspend() == .bus(.suspend))
    cable.device.frames = []
    cable.run(milliseconds: 50)
    #expect(cable.device.frames.isEmpty)
    #expect(cable.host.resume(at: cable.now) == .bus(.resume))
    cable.run(milliseconds: 50)
    #expect(cable.device.frames.count == 31)
    cable.device.outbox = [[65]]
    cable.run(milliseconds: 5)
    #expect(cable.host.takeReceived() == [65])
    #expect(cable.host.resume(at: cable.now) == nil)
  }

  // MARK: Going away

  @Test func deviceThatComesBack_isMadeKnownAgain() {
    var cable = Cable.ready()
    cable.detach()
    #expect(!cable.host.isInUse)
    #expect(!cable.host.isSerialOpen)
    #expect(cable.host.nextAt == .never)
    cable.device = ScriptedDevice()
    cable.attach()
    cable.run(milliseconds: 400)
    #expect(cable.host.attachmentCount == 2)
    #expect(cable.host.isSerialOpen)
  }

  @Test func chipReset_bringsPowerAgain() {
    var cable = Cable.ready()
    cable.host.chipWasReset(at: cable.now)
    #expect(cable.host.nextAt == cable.now)
    #expect(cable.host.takeStep() == .power(true))
    cable.host.connect(as: .unplugged, at: cable.now)
    #expect(cable.host.takeStep() == .power(false))
    #expect(cable.host.takeStep() == nil)
  }
}
