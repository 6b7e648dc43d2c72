// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import FlashProtocols
import Testing
import Transports

@testable import Flasher

/// Copying to the disk of a UF2 bootloader.
@Suite struct DiskCopyTests {
  private let system = FakeSystem()
  private let disk = BootDisk(path: "/media/RPI-RP2", boardID: "RPI-RP2")

  init() {
    let rom = USBDeviceDescription(
      vendor: 0x2E8A, product: 0x0003, bus: 1, address: 9, location: "1-4",
      interfaces: [.init(number: 1, code: [0xFF, 0, 0], endpoints: [0x03, 0x84])])
    system.devices = [rom]
    system.disks = [disk]
    // Who may not open the device copies to the disk.
    system.refusals[rom.path] = .accessDenied(path: rom.path)
  }

  private func run() throws -> FlashRun {
    try FlashRun(board: "nano-rp2040", size: 600, system: system)
  }

  private func uf2(families: UInt32? = 0xE48B_FF56) throws -> DiskCopy {
    let run = try run()
    var target = try run.flasher.find(run.choice)
    target.board.application.uf2Family = families
    return DiskCopy(
      choice: SessionChoice(target: target, image: run.image), system: system, report: { _ in })
  }

  private func complaint(_ copy: DiskCopy) -> String {
    do {
      _ = try copy.run()
      return "no complaint"
    } catch { return "\(error)" }
  }

  @Test func disk_isCopiedToWhereTheDeviceIsClosed() throws {
    let file = "/media/RPI-RP2/NEW.UF2"
    system.onTime = { [system] _ in if system.files[file] != nil { system.disks = [] } }
    let run = try run()
    #expect(try run.flash().verification == .acknowledged)
    #expect(
      run.log.notices.first
        == "you may not open /dev/bus/usb/001/009; copying to the bootloader's disk instead")
    #expect(system.files[file]?.count == 3 * 512)
  }

  @Test func whatCanGoWrong_isSaid() throws {
    #expect(
      complaint(try uf2())
        == "restarting: the board keeps showing its disk at /media/RPI-RP2: it did not take the "
        + "image; look for an error in INFO_UF2.TXT or FAIL.TXT there, then try again")
    #expect(
      complaint(try uf2(families: nil))
        == "connecting: the file of Arduino Nano RP2040 Connect names no UF2 family; add "
        + "'uf2Family' under 'application' (Boards/README.md)")
    let again =
      "; start the bootloader again, mount its disk so that you may write to it, and run the "
      + "command again"
    let refusals: [(TransportError, String)] = [
      (.accessDenied(path: "x"), "writing: you may not write to /media/RPI-RP2"),
      (.failed("No space left"), "writing: copying to /media/RPI-RP2 failed: No space left"),
      (.disconnected, "writing: /media/RPI-RP2 went away"),
    ]
    for (error, words) in refusals {
      system.refusals["/media/RPI-RP2/NEW.UF2"] = error
      #expect(complaint(try uf2()) == words + again)
    }
    system.disks.append(BootDisk(path: "/media/RPI-RP21", boardID: nil))
    #expect(
      complaint(try uf2())
        == "connecting: 2 bootloaders show a disk; unmount all but the one that is meant:\n  "
        + "/media/RPI-RP2\n  /media/RPI-RP21")
    system.disks = []
    #expect(
      complaint(try uf2())
        == "connecting: no disk of Arduino Nano RP2040 Connect is mounted; mount the disk that the "
        + "bootloader shows (your desktop does it), then run the command again")
  }

  @Test func deviceWithoutTheInterface_isRefused() throws {
    system.disks = []
    system.devices[0].interfaces = []
    #expect(
      try run().complaint()
        == "connecting: the bootloader of Arduino Nano RP2040 Connect shows no PICOBOOT interface; "
        + "unplug the board and plug it in again; if that does not help, its bootloader is not the "
        + "one that the board's file names")
    system.devices = [
      USBDeviceDescription(vendor: 0x2341, product: 0x0366, bus: 1, address: 9, location: "1-4")
    ]
    let giga = try FlashRun(board: "giga", size: 100, system: system)
    #expect(
      giga.complaint().hasPrefix("connecting: the bootloader of Arduino Giga R1 WiFi shows no DFU"))
  }

  @Test func mountPoints_areReadOutOfTheKernelsList() {
    let text = "proc /proc proc rw 0 0\n/dev/sda1 /media/a\\040b vfat rw 0 0\nbroken\n"
    #expect(LiveSystem.mountPoints(listed: text) == ["/media/a b"])
  }
}
