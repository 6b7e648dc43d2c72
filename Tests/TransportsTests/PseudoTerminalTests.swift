// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Transports

@Suite struct PseudoTerminalTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "pty-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func link(_ name: String = "ttyACM0") -> String { folder.appending(path: name).path }

  @Test func bytes_passBothWays_unchanged() throws {
    let terminal = try PseudoTerminal()
    #expect(!terminal.isOpen)
    #expect(terminal.write([1, 2]) == 0)
    let port = open(terminal.path, O_RDWR | O_NOCTTY)
    #expect(port >= 0)
    #expect(terminal.isOpen)
    let all = (0...255).map { UInt8($0) }
    #expect(write(port, all, 256) == 256)
    #expect(terminal.read(atMost: 1000) == all)
    #expect(terminal.read(atMost: 1000) == [])
    #expect(terminal.write(all) == 256)
    var back = [UInt8](repeating: 0, count: 300)
    #expect(read(port, &back, 300) == 256)
    #expect(Array(back[..<256]) == all)
    close(port)
    #expect(!terminal.isOpen)
  }

  @Test func lastBytes_areStillReadAfterTheProgramClosed() throws {
    let terminal = try PseudoTerminal()
    let port = open(terminal.path, O_RDWR | O_NOCTTY)
    _ = write(port, [7, 8] as [UInt8], 2)
    close(port)
    #expect(terminal.read(atMost: 10) == [7, 8])
  }

  @Test func unreadBytes_areDropped() throws {
    let terminal = try PseudoTerminal()
    let first = open(terminal.path, O_RDWR | O_NOCTTY)
    #expect(terminal.write([1, 2, 3]) == 3)
    close(first)
    terminal.dropUnread()
    let second = open(terminal.path, O_RDWR | O_NOCTTY | O_NONBLOCK)
    var byte: UInt8 = 0
    #expect(read(second, &byte, 1) == -1)
    close(second)
  }

  @Test(arguments: [(B1200, 1200), (B9600, 9600), (B115200, 115_200), (B230400, 230_400)])
  func baud_isWhatTheProgramSet(code: Int32, speed: Int) throws {
    let terminal = try PseudoTerminal()
    #expect(terminal.baud == 115_200)
    let port = open(terminal.path, O_RDWR | O_NOCTTY)
    var settings = termios()
    tcgetattr(port, &settings)
    cfsetspeed(&settings, speed_t(code))
    tcsetattr(port, TCSANOW, &settings)
    #expect(terminal.baud == speed)
    close(port)
    #expect(terminal.baud == speed)
  }

  @Test func link_leadsToTheTerminal_untilItIsClosed() throws {
    let terminal = try PseudoTerminal(link: link())
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link()) == terminal.path)
    terminal.close()
    #expect(throws: (any Error).self) {
      try FileManager.default.destinationOfSymbolicLink(atPath: link())
    }
    #expect(!terminal.isOpen)
    #expect(terminal.read(atMost: 1) == [])
    #expect(terminal.write([1]) == 0)
    #expect(terminal.baud == 0)
  }

  @Test func link_ofATerminalThatIsGone_isReplaced() throws {
    try FileManager.default.createSymbolicLink(
      atPath: link(), withDestinationPath: "/dev/pts/999999")
    let terminal = try PseudoTerminal(link: link())
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link()) == terminal.path)
  }

  @Test func link_ofALivingTerminal_isLeftAlone() throws {
    let first = try PseudoTerminal(link: link())
    let error = #expect(throws: PseudoTerminalError.self) { try PseudoTerminal(link: link()) }
    #expect(
      error?.description
        == "'\(link())' leads to '\(first.path)', which is in use; "
        + "remove the link or choose another name")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link()) == first.path)
  }

  @Test func link_thatSomebodyElseTookOver_isNotRemoved() throws {
    let terminal = try PseudoTerminal(link: link())
    try FileManager.default.removeItem(atPath: link())
    try "mine".write(toFile: link(), atomically: true, encoding: .utf8)
    terminal.close()
    #expect(FileManager.default.fileExists(atPath: link()))
  }

  @Test func file_inPlaceOfTheLink_isLeftAlone() throws {
    try "mine".write(toFile: link(), atomically: true, encoding: .utf8)
    let error = #expect(throws: PseudoTerminalError.self) { try PseudoTerminal(link: link()) }
    #expect(
      error?.description
        == "'\(link())' exists and is no link; remove it or choose another name")
    #expect(try String(contentsOfFile: link(), encoding: .utf8) == "mine")
  }

  @Test func folderThatIsMissing_isNamed() {
    let error = #expect(throws: PseudoTerminalError.self) {
      try PseudoTerminal(link: link("missing/tty"))
    }
    #expect(
      error?.description
        == "the link '\(link("missing/tty"))' could not be made: No such file or directory")
  }
}
