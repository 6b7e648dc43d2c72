// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import FlashProtocols
import Testing
import Transports

@testable import Flasher

/// The way from the sketch into the bootloader, and everything that may stand in it.
@Suite struct ReachTests {
  private let system = FakeSystem()
  private let bootloader = SerialPortDescription(
    path: "/dev/ttyACM0", vendor: 0x2341, product: 0x004E, serialNumber: "B", interface: 0,
    location: "1-2")

  init() {
    system.ports = [
      SerialPortDescription(
        path: "/dev/ttyACM0", vendor: 0x2341, product: 0x804E, serialNumber: "A", interface: 0,
        location: "1-2")
    ]
  }

  private func run(_ board: String = "mkr1000", port: String? = nil) throws -> FlashRun {
    try FlashRun(board: board, port: port, size: 100, system: system)
  }

  /// After the touch the board comes back as its bootloader.
  private func followTouch(with ports: [SerialPortDescription]) {
    system.onOpen = { [system] _, baud in
      guard baud == 1200 else { return }
      let back = system.now + .seconds(1)
      system.ports = []
      system.onTime = { _ in if system.now >= back { system.ports = ports } }
    }
  }

  @Test func touch_leadsToTheBootloaderInTheSamePlace() throws {
    let other = SerialPortDescription(
      path: "/dev/ttyACM5", vendor: 0x2341, product: 0x004E, serialNumber: "C", interface: 0,
      location: "1-5")
    system.ports.append(other)
    followTouch(with: [other, bootloader])
    let run = try FlashRun(board: "mkr1000", port: "/dev/ttyACM0", size: 100, system: system)
    let target = try run.flasher.find(run.choice)
    let entry = BootloaderEntry(finder: run.flasher.finder, report: run.log.take)
    let entered = try entry.enter(target)
    #expect(entered.seen?.location == "1-2")
    #expect(entered.path == "/dev/ttyACM0")
    #expect(system.opened.map(\.baud) == [1200])
  }

  @Test func touchInVain_endsWithAButtonToPress() throws {
    let run = try run()
    #expect(
      run.complaint()
        == "entering the bootloader: Arduino MKR1000 did not show its bootloader after a touch of "
        + "/dev/ttyACM0 at 1200 baud; do it by hand, then run the command again: press the reset "
        + "button twice within half a second; the orange LED then fades in and out")
    #expect(system.passed < .seconds(15))
  }

  @Test func blindPortThatIsSilent_endsWithAButtonToPress() throws {
    system.ports = []
    let complaint = try run(port: "/tmp/pty").complaint()
    #expect(
      complaint
        == "entering the bootloader: no bootloader of Arduino MKR1000 answers at /tmp/pty; start "
        + "it by hand, then run the command again: press the reset button twice within half a "
        + "second; the orange LED then fades in and out")
    #expect(system.opened.contains { $0.baud == 1200 })
  }

  @Test func missingRights_nameTheRuleAndTheGroup() throws {
    system.refusals["/dev/ttyACM0"] = .accessDenied(path: "/dev/ttyACM0")
    system.groups["/dev/ttyACM0"] = "dialout"
    #expect(
      try run().complaint() == """
        connecting: you may not open /dev/ttyACM0; sudo flash --install-udev lets every user of \
        this machine flash boards; it writes /etc/udev/rules.d/60-breadboard.rules, with
          SUBSYSTEMS=="usb", ATTRS{idVendor}=="2341", ATTRS{idProduct}=="804e", MODE="0666", \
        ENV{ID_MM_DEVICE_IGNORE}="1"
          SUBSYSTEMS=="usb", ATTRS{idVendor}=="2341", ATTRS{idProduct}=="004e", MODE="0666", \
        ENV{ID_MM_DEVICE_IGNORE}="1"
          or join the group that may: sudo usermod -aG dialout $USER, then log in again
        """)
    // udev may need a moment after plugging in.
    #expect(system.passed >= .seconds(3))
  }

  @Test func anotherProgram_isNamed() throws {
    system.refusals["/dev/ttyACM0"] = .busy(path: "/dev/ttyACM0")
    system.holders["/dev/ttyACM0"] = "minicom (process 4242)"
    #expect(
      try run().complaint()
        == "connecting: minicom (process 4242) has /dev/ttyACM0 open; close it and try again")
    system.holders = [:]
    #expect(
      try run().complaint()
        == "connecting: another program has /dev/ttyACM0 open; close serial monitors and IDEs that "
        + "use it; sudo fuser -v /dev/ttyACM0 names it")
  }

  @Test func modemManager_isWaitedFor() throws {
    system.refusals["/dev/ttyACM0"] = .busy(path: "/dev/ttyACM0")
    system.holders["/dev/ttyACM0"] = "ModemManager (process 7)"
    let run = try run()
    #expect(
      run.complaint()
        == "connecting: ModemManager has /dev/ttyACM0 open, to find out whether it is a modem; "
        + "wait half a minute and try again; sudo flash --install-udev makes it leave boards alone "
        + "for good")
    #expect(run.log.notices == ["waiting for ModemManager to let go of /dev/ttyACM0"])
    #expect(system.passed >= .seconds(30))
  }

  @Test func portsThatFailOtherwise_areSaidInTheSystemsWords() throws {
    let cases: [(TransportError, String)] = [
      (
        .notFound(path: "/dev/ttyACM0"),
        "finding the board: there is no /dev/ttyACM0; flash --list shows what is plugged in; after "
          + "plugging in, wait a second"
      ),
      (
        .disconnected,
        "connecting: the board went away while it was being opened; plug it in again, without a "
          + "hub between, and run the command again"
      ),
      (
        .failed("Input/output error"),
        "connecting: the port could not be opened: Input/output error; unplug the board, plug it "
          + "in again and run the command again"
      ),
      (
        .timedOut,
        "connecting: the board does not answer; start its bootloader by hand: press the reset "
          + "button twice within half a second; the orange LED then fades in and out"
      ),
    ]
    for (error, words) in cases {
      system.refusals["/dev/ttyACM0"] = error
      #expect(try run().complaint() == words)
    }
  }

  @Test func ctrlC_endsEveryWait() throws {
    system.onTime = { [system] passed in
      if passed > .seconds(2) { system.isInterrupted = true }
    }
    #expect(
      try run().complaint() == "interrupted; run the same command again to flash the board")
    #expect(system.passed < .seconds(3))
  }

  /// A bootloader that answers `N#`, `V#` and nothing else cannot be flashed; what comes after the
  /// flashing is asked for by itself.
  @Test func applicationThatDoesNotCome_isNoticed() throws {
    system.ports = [bootloader]
    let run = try run()
    let target = try run.flasher.find(run.choice)
    #expect(try run.flasher.applicationPort(of: target, target) == nil)
    system.ports = []
    #expect(try run.flasher.applicationPort(of: target, target) == nil)
    #expect(
      run.log.notices == [
        "the board stays in its bootloader: press its reset button once; if that does not help, "
          + "the bootloader does not take the image for an application",
        "the application showed no USB port within 8 s; it is on the board, and may not use USB",
      ])
  }

  @Test func boardThatOnlyPeopleCanReset_isWaitedFor() throws {
    system.ports = []
    let camera = USBDeviceDescription(
      vendor: 0x37C5, product: 0x1204, bus: 1, address: 2, location: "1-2")
    system.devices = [camera]
    let run = try run("openmv-h7")
    #expect(
      run.complaint()
        == "entering the bootloader: OpenMV Cam H7 did not show its bootloader after a minute; do "
        + "it by hand, then run the command again: press the reset button (or unplug the camera "
        + "and plug it in again); flash waits for it")
    #expect(
      run.log.notices == [
        "waiting for the bootloader of OpenMV Cam H7: press the reset button (or unplug the camera "
          + "and plug it in again); flash waits for it"
      ])
    #expect(system.passed >= .seconds(60))
  }
}
