// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import FlashProtocols
import Transports

/// Copies an image to the disk that a UF2 bootloader shows.
struct DiskCopy {
  let choice: SessionChoice
  let system: any FlashSystem
  let report: (FlashReport) -> Void

  /// How long a desktop may take to mount a disk.
  static let mounting = Duration.seconds(15)
  static let leaving = Duration.seconds(10)

  func run() throws -> FlashVerification {
    let board = choice.target.board
    guard let family = board.application.uf2Family else { throw Remedy.noFamily(board) }
    let disks = try system.wait(Self.mounting) { () -> [BootDisk]? in
      let disks = system.bootDisks()
      return disks.isEmpty ? nil : disks
    }
    guard let disk = disks?.first else { throw Remedy.noDisk(board) }
    guard disks?.count == 1 else { throw Remedy.severalDisks(disks ?? []) }
    let file = UF2File.encode(choice.image, family: family)
    report(.detail("copying \(file.count) bytes to \(disk.path) (\(disk.boardID ?? "no name"))"))
    report(.progress(FlashProgress(.writing)))
    do throws(TransportError) {
      try system.write(file, to: "\(disk.path)/NEW.UF2")
    } catch { throw Remedy.copying(error, to: disk.path) }
    report(.progress(FlashProgress(.restarting)))
    let isGone = try system.wait(Self.leaving) { system.bootDisks().contains(disk) ? nil : true }
    guard isGone == true else { throw Remedy.diskStays(disk) }
    return .acknowledged
  }
}
