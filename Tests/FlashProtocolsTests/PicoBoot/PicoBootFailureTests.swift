// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import FlashProtocols
import FlashSupport
import Testing
import USBModel

/// Every way in which a PICOBOOT session fails, provoked, with the words that the user sees.
@Suite struct PicoBootFailureTests {
  private typealias Board = Sabotaged<RP2040Board.Board>

  private static let replug =
    "unplug the board, plug it in again and run the command again; if it stays so, try another "
    + "cable, and a port without a hub"

  private func failure(
    count: Int = 300, start: UInt32 = 0x1000_0000, faults: [Int: USBFault] = [:],
    parameters: FlashParameters = RP2040Board.parameters,
    _ sabotage: (inout Board) -> Void = { _ in }
  ) -> String {
    var device = Board(RP2040Board.board())
    sabotage(&device)
    var rig = USBRig(device, interface: 1)
    rig.faults = faults
    let image = DFUBoards.program(count, seed: 1, at: start)
    switch rig.run(PicoBootSession(image: image, parameters: parameters)) {
    case .failed(let failure): return failure.description
    case let outcome: return "\(outcome)"
    }
  }

  @Test func silence() {
    #expect(
      failure { $0.answer = { $0.request == PicoBootReport.resetRequest ? .silent : nil } }
        == "connecting: the board did not answer a reset of its PICOBOOT interface within 5 s; "
        + Self.replug)
    #expect(
      failure { $0.sending = { $0 == 4 ? .notReady : nil } }
        == "connecting: the board did not answer EXCLUSIVE_ACCESS within 5 s; \(Self.replug)")
  }

  @Test func refusal_withAndWithoutTheROMsReason() {
    #expect(
      failure { $0.sending = { $0 == 4 ? .halted : nil } }
        == "connecting: the board refused EXCLUSIVE_ACCESS; \(Self.replug)")
    var parameters = RP2040Board.parameters
    parameters.length = 0x200_0000
    #expect(
      failure(start: 0x1010_0000, parameters: parameters)
        == "erasing: the board reports an address where no memory is, after FLASH_ERASE at "
        + "0x10100000; check that the image is for this board and lies in its flash")
    let report = PicoBootReport(token: 0, .interleavedWrite, command: 5, isInProgress: false)
    #expect(
      failure {
        $0.sending = { $0 == 4 ? .halted : nil }
        $0.answer = { $0.request == PicoBootReport.statusRequest ? .data(report.bytes) : nil }
      }
        == "connecting: the board reports that its disk was written meanwhile, after "
        + "EXCLUSIVE_ACCESS; let nothing copy to the board's disk meanwhile, and run the command "
        + "again")
  }

  @Test func wrongAmountsAndBytes() {
    #expect(
      failure { $0.sending = { $0 == 4 ? .data([1]) : nil } }
        == "connecting: the board sent 1 of 0 bytes for EXCLUSIVE_ACCESS; \(Self.replug)")
    // The data of READ in each of the three attempts.
    func onReads(_ fault: USBFault) -> [Int: USBFault] { [13: fault, 26: fault, 39: fault] }
    #expect(
      failure(faults: onReads(.truncate(128)))
        == "verifying: the board sent 2048 of 4096 bytes for READ at 0x10000000; \(Self.replug)")
    #expect(
      failure(faults: onReads(.corrupt(place: 0, bits: 1)))
        == "verifying: the byte at 0x10000000 is 0x01, not 0x00; run the command again; if it "
        + "stays "
        + "so, the board's flash is worn out or protected")
  }

  @Test func unplugged_andRefusedByTheSystem() {
    #expect(
      failure(faults: [7: .unplug])
        == "erasing: the board left the bus during FLASH_ERASE at 0x10000000; plug it in again and "
        + "run the command again: that the writing was cut short does no harm")
    #expect(
      failure(faults: [7: .refuse])
        == "erasing: the operating system says: Input/output error; unplug the board, plug it in "
        + "again and run the command again")
  }

  @Test func descriptorsAndImagesThatDoNotFit() {
    #expect(
      failure {
        $0.presentIdentity = { identity in
          var changed = identity
          changed?.configuration.interfaces.removeLast()
          return changed
        }
      }
        == "connecting: the board has no PICOBOOT interface; press the board's reset button twice, "
        + "quickly, or copy a UF2 file to its disk")
    #expect(
      failure {
        $0.presentIdentity = { identity in
          var changed = identity
          changed?.configuration.interfaces[0].classSpecific = [[1, 2]]
          return changed
        }
      }
        == "connecting: the configuration descriptor of the board is damaged: a descriptor of 1 "
        + "bytes (offset 18); \(Self.replug)")
    #expect(
      failure(start: 0x2000_0000)
        == "connecting: the image (300 bytes at 0x20000000) does not lie in the 1048576 bytes from "
        + "0x10000000; link it for this board")
  }

  @Test func everyStatus_hasWords() {
    let texts = (0...8).compactMap { PicoBootStatus(rawValue: $0)?.text }
    #expect(Set(texts).count == 9)
  }
}
