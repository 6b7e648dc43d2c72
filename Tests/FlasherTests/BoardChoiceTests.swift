// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import Testing
import Transports

@testable import Flasher

/// Which board is meant, and what the user is told where that is not clear.
@Suite struct BoardChoiceTests {
  private let system = FakeSystem()
  private let boards: [Board]

  init() throws { boards = try Board.names().map { try Board.load(named: $0) } }

  private func plug(
    _ vendor: UInt16, _ product: UInt16, at location: String, port: String? = nil,
    number: String? = nil
  ) {
    system.devices.append(
      USBDeviceDescription(
        vendor: vendor, product: product, bus: 1, address: UInt8(system.devices.count + 2),
        location: location, serialNumber: number))
    guard let port else { return }
    system.ports.append(
      SerialPortDescription(
        path: port, vendor: vendor, product: product, serialNumber: number, interface: 0,
        location: location))
  }

  private func target(
    board: String? = nil, port: String? = nil, number: String? = nil
  ) throws -> FlashTarget {
    let finder = BoardFinder(boards: boards, system: system)
    let board = try board.map { try Board.load(named: $0) }
    return try finder.choose(BoardChoice(board: board, port: port, serialNumber: number))
  }

  private func complaint(
    board: String? = nil, port: String? = nil, number: String? = nil
  ) -> String {
    do {
      _ = try target(board: board, port: port, number: number)
      return "no complaint"
    } catch { return "\(error)" }
  }

  @Test func theOnlyBoard_isTheOne() throws {
    plug(0x2341, 0x804E, at: "1-2", port: "/dev/ttyACM0", number: "A1")
    let target = try target()
    #expect(target.board.id == "mkr1000")
    #expect(target.seen?.state == .sketch)
    #expect(target.path == "/dev/ttyACM0")
    #expect(target.place == "/dev/ttyACM0, serial number A1")
  }

  @Test func boardsOfOneIdentity_areFlashedAlike() throws {
    plug(0x2341, 0x015A, at: "1-2", port: "/dev/ttyACM0")
    #expect(try target().board.id == "nano33ble")
    #expect(try target(board: "nano33ble-sense").board.id == "nano33ble-sense")
    let seen = BoardFinder(boards: boards, system: system).seen()
    #expect(seen.map(\.name) == ["Arduino Nano 33 BLE or Arduino Nano 33 BLE Sense"])
  }

  @Test func bootloader_isToldFromSketch() throws {
    plug(0x2341, 0x035B, at: "1-1.4")
    let target = try target(board: "portenta-h7")
    #expect(target.seen?.state == .bootloader)
    #expect(target.path == nil)
    #expect(target.seen?.path == "/dev/bus/usb/001/002")
    #expect(target.place == "USB 1-1.4")
  }

  @Test func portsAreFound_whereUSBCannotBeListed() throws {
    plug(0x2341, 0x804E, at: "1-2", port: "/dev/ttyACM0")
    system.deviceError = .failed("no USB here")
    #expect(try target().path == "/dev/ttyACM0")
  }

  @Test func aBoardWithTwoPorts_isOneBoard() throws {
    plug(0x2341, 0x804E, at: "1-2", port: "/dev/ttyACM1")
    system.ports.append(
      SerialPortDescription(
        path: "/dev/ttyACM0", vendor: 0x2341, product: 0x804E, interface: 2, location: "1-2"))
    #expect(BoardFinder(boards: boards, system: system).seen().map(\.port) == ["/dev/ttyACM1"])
  }

  @Test func severalBoards_areShownToChooseFrom() throws {
    plug(0x2341, 0x804E, at: "1-2", port: "/dev/ttyACM0", number: "A1")
    plug(0x2341, 0x004E, at: "1-3", port: "/dev/ttyACM1", number: "B2")
    #expect(
      complaint(board: "mkr1000") == """
        finding the board: 2 boards could be meant; say which:
          --serial-number A1: Arduino MKR1000, sketch, /dev/ttyACM0, serial number A1
          --serial-number B2: Arduino MKR1000, bootloader, /dev/ttyACM1, serial number B2
        """)
    #expect(try target(number: "b2").path == "/dev/ttyACM1")
    #expect(try target(port: "/dev/ttyACM0").seen?.serialNumber == "A1")
  }

  @Test func noBoard_namesCableAndButton() {
    #expect(
      complaint(board: "mkr1000")
        == "finding the board: no Arduino MKR1000 is plugged in; use a cable that carries data and "
        + "plug it straight into this machine; or start its bootloader: press the reset button "
        + "twice within half a second; the orange LED then fades in and out")
    plug(0x2341, 0x0266, at: "1-7", port: "/dev/ttyACM3", number: "G1")
    #expect(
      complaint(number: "X")
        == "finding the board: no board with serial number X is plugged in; use a cable that "
        + "carries data and plug it straight into this machine\n  seen instead: Arduino Giga R1 "
        + "WiFi (/dev/ttyACM3, serial number G1)")
  }

  @Test func adapter_isOnlyMeantByName() throws {
    plug(0x1A86, 0x7523, at: "1-2", port: "/dev/ttyUSB0")
    #expect(complaint().hasPrefix("finding the board: no board is plugged in"))
    #expect(try target(board: "sparkfun-edge").path == "/dev/ttyUSB0")
  }

  @Test func portOfAnotherBoard_isRefused() {
    plug(0x2341, 0x804E, at: "1-2", port: "/dev/ttyACM0")
    #expect(
      complaint(board: "nano33ble", port: "/dev/ttyACM0")
        == "finding the board: /dev/ttyACM0 is Arduino MKR1000, not Arduino Nano 33 BLE; choose "
        + "another port, or --board mkr1000")
  }

  @Test func linkToAPort_isThatPort() throws {
    plug(0x2341, 0x804E, at: "1-2", port: "/dev/ttyACM0")
    system.links["/dev/serial/by-id/mkr"] = "/dev/ttyACM0"
    #expect(try target(port: "/dev/serial/by-id/mkr").seen?.location == "1-2")
  }

  @Test func portThatUSBDoesNotKnow_needsTheBoardsName() throws {
    #expect(
      complaint(port: "/tmp/pty")
        == "finding the board: nothing tells which board /tmp/pty leads to; say it by --board; "
        + "flash --list-boards names them")
    let target = try target(board: "mkr1000", port: "/tmp/pty")
    #expect(target.seen == nil)
    #expect(target.path == "/tmp/pty")
  }

  @Test func portThatIsNotThere_isSaidToBe() {
    system.absent = ["/dev/ttyACM9"]
    #expect(
      complaint(board: "mkr1000", port: "/dev/ttyACM9")
        == "finding the board: there is no /dev/ttyACM9; flash --list shows what is plugged in; "
        + "after plugging in, wait a second")
  }

  @Test func serialPortOfABoardOnUSB_isRefused() {
    #expect(
      complaint(board: "giga", port: "/tmp/pty")
        == "finding the board: /tmp/pty is not a port of Arduino Giga R1 WiFi, which is flashed "
        + "over USB itself; leave --port out")
  }

  @Test func boardWithoutFlashing_isSaidToHaveNone() {
    #expect(
      complaint(board: "microbit")
        == "finding the board: the file of BBC micro:bit does not say how the board is flashed; "
        + "add 'flashing' to it (Boards/README.md), or choose a board from flash --list-boards")
  }

  @Test func sharedIdentityOfDifferentBoards_mustBeSaid() throws {
    var sibling = try Board.load(named: "mkr1000")
    sibling.id = "mkr1001"
    sibling.flashing?.block = nil
    let finder = BoardFinder(
      boards: [try Board.load(named: "mkr1000"), sibling], system: system)
    plug(0x2341, 0x804E, at: "1-2", port: "/dev/ttyACM0")
    #expect {
      try finder.choose(BoardChoice())
    } throws: { error in
      "\(error)"
        == "finding the board: what is plugged in may be Arduino MKR1000 or Arduino MKR1000, which "
        + "are flashed differently; say which by --board mkr1000 or --board mkr1001"
    }
  }

  @Test func troubles_areListed() throws {
    plug(0x2341, 0x804E, at: "1-2", port: "/dev/ttyACM0")
    let seen = try #require(BoardFinder(boards: boards, system: system).seen().first)
    #expect(AccessTrouble.of(seen, on: system) == nil)
    system.holders["/dev/ttyACM0"] = "minicom (process 42)"
    #expect(AccessTrouble.of(seen, on: system) == "in use by minicom (process 42)")
    system.refusals["/dev/ttyACM0"] = .accessDenied(path: "/dev/ttyACM0")
    #expect(AccessTrouble.of(seen, on: system) == "no permission: sudo flash --install-udev")
    system.absent = ["/dev/ttyACM0"]
    #expect(AccessTrouble.of(seen, on: system) == nil)
  }
}
