// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BootloaderModels
import FlashProtocols
import FlashSupport
import Testing
import USBModel

/// Every way in which a DFU session fails, provoked, with the words that the user sees.
@Suite struct DFUFailureTests {
  private typealias Board = Sabotaged<DFUBoards.Plain>

  private static let replug =
    "unplug the board, plug it in again and run the command again; if it stays so, try another "
    + "cable, and a port without a hub"

  private func failure(
    count: Int = 300, start: UInt32 = 0x4000, parameters: FlashParameters = DFUBoards.unoParameters,
    board: DFUBoards.Plain = DFUBoards.unoR4Minima(), faults: [Int: USBFault] = [:],
    _ sabotage: (inout Board) -> Void = { _ in }
  ) -> String {
    var device = Board(board)
    sabotage(&device)
    var rig = USBRig(device)
    rig.faults = faults
    let image = DFUBoards.program(count, seed: 1, at: start)
    switch rig.run(DFUSession(image: image, parameters: parameters)) {
    case .failed(let failure): return failure.description
    case let outcome: return "\(outcome)"
    }
  }

  private func answers(_ request: DFURequest, _ answer: ControlAnswer) -> (inout Board) -> Void {
    { $0.answer = { $0.request == request.rawValue ? answer : nil } }
  }

  @Test func silence() {
    #expect(
      failure(answers(.getStatus, .silent))
        == "connecting: the board did not answer GETSTATUS within 15 s; \(Self.replug)")
    #expect(
      failure(answers(.download, .silent))
        == "writing: the board did not answer DNLOAD of block 0 within 5 s; \(Self.replug)")
    #expect(
      failure(answers(.upload, .silent))
        == "verifying: the board did not answer UPLOAD of block 0 within 5 s; \(Self.replug)")
    // Once behind each end of the download: what was written is not known to be right.
    #expect(
      failure { board in
        var isEnding = false
        board.answer = { setup in
          if setup.request == DFURequest.download.rawValue { isEnding = setup.length == 0 }
          guard isEnding, setup.request == DFURequest.getStatus.rawValue else { return nil }
          isEnding = false
          return .silent
        }
      }
        == "writing: the board did not answer the end of the download within 15 s; \(Self.replug)")
  }

  @Test func refusal() {
    #expect(
      failure(answers(.download, .stalled))
        == "writing: the board refused DNLOAD of block 0; \(Self.replug)")
    #expect(
      failure(answers(.getStatus, .stalled))
        == "connecting: the board refused GETSTATUS; \(Self.replug)")
  }

  @Test func shortAndSenselessAnswers() {
    #expect(
      failure(answers(.upload, .data([1, 2, 3])))
        == "verifying: the board sent 3 of 64 bytes for UPLOAD of block 0; \(Self.replug)")
    #expect(
      failure(answers(.getStatus, .data([1, 2])))
        == "connecting: the board answered GETSTATUS with 0x0102; \(Self.replug)")
    #expect(
      failure(answers(.getStatus, .data([])))
        == "connecting: the board answered GETSTATUS with nothing; \(Self.replug)")
  }

  /// The device's own state, until DNLOAD was seen.
  private func afterDownload(_ report: DFUReport) -> (inout Board) -> Void {
    { board in
      var isDownloading = false
      board.answer = { setup in
        if setup.request == DFURequest.download.rawValue { isDownloading = true }
        if setup.request == DFURequest.abort.rawValue { isDownloading = false }
        if setup.requestType == 0 { isDownloading = false }
        guard isDownloading, setup.request == DFURequest.getStatus.rawValue else { return nil }
        isDownloading = report.state == .downloadBusy
        return .data(report.bytes)
      }
    }
  }

  @Test func wrongState() {
    #expect(
      failure(afterDownload(DFUReport(.ok, .uploadIdle)))
        == "writing: the board is in dfuUPLOAD-IDLE after DNLOAD of block 0; \(Self.replug)")
    #expect(
      failure(answers(.getStatus, .data(DFUReport(.ok, .manifestWaitReset).bytes)))
        == "connecting: the board is in dfuMANIFEST-WAIT-RESET after GETSTATUS; \(Self.replug)")
  }

  @Test func slowness() {
    #expect(
      failure(
        answers(.getStatus, .data(DFUReport(.ok, .downloadBusy, pollTimeout: 0xFF_FFFF).bytes)))
        == "connecting: the board asks for more than 60 s for GETSTATUS; \(Self.replug)")
    #expect(
      failure(answers(.getStatus, .data(DFUReport(.ok, .downloadBusy).bytes)))
        == "connecting: the board asks for more than 15 s for GETSTATUS; \(Self.replug)")
  }

  @Test func deviceErrors_sayWhatTheSpecificationSays() {
    #expect(
      failure(
        start: 0x0800_0000,
        parameters: FlashParameters(start: 0x0800_0000, length: 0x2_0000, alternate: 0),
        board: DFUBoards.openMV())
        == "writing: the board reports errWRITE, the memory cannot be written, after DNLOAD of "
        + "block "
        + "0; check that the image is for this board and lies where its applications start")
    #expect(
      failure(
        count: 5000, start: 0x0802_0000,
        parameters: FlashParameters(start: 0x0802_0000, length: 0x20_0000, alternate: 1),
        board: {
          var board = DFUBoards.openMV()
          board.store.partitions[1].length = 4096
          return board
        }())
        == "writing: the board reports errADDRESS, the address is outside the device's memory, "
        + "after "
        + "DNLOAD of block 1; check that the image is for this board and lies where its "
        + "applications "
        + "start")
  }

  @Test func unplugged_andRefusedByTheSystem() {
    #expect(
      failure(faults: [12: .unplug])
        == "writing: the board left the bus during DNLOAD of block 2; plug it in again and run the "
        + "command again: that the writing was cut short does no harm")
    #expect(
      failure(faults: [12: .refuse])
        == "writing: the operating system says: Input/output error; unplug the board, plug it in "
        + "again and run the command again")
  }

  @Test func sketchInPlaceOfTheBootloader() {
    let text =
      "connecting: the board runs its sketch, not its bootloader; press its reset button twice, "
      + "quickly, and run the command again"
    #expect(failure(board: DFUBoards.unoR4Minima(.application)) == text)
    #expect(failure(answers(.getStatus, .data(DFUReport(.ok, .appIdle).bytes))) == text)
  }

  @Test func wornOutFlash() {
    #expect(
      failure(answers(.upload, .data(Array(repeating: 0, count: 64))))
        == "verifying: the byte at 0x00004001 is 0x00, not 0x80; run the command again; if it "
        + "stays "
        + "so, the board's flash is worn out or protected")
  }

  @Test func descriptorsThatDoNotFit() {
    func change(_ change: @escaping (inout USBIdentity) -> Void) -> (inout Board) -> Void {
      {
        $0.presentIdentity = {
          var identity = $0
          if identity != nil { change(&identity!) }
          return identity
        }
      }
    }
    #expect(
      failure(change { $0.configuration.interfaces[0].classCode = 3 })
        == "connecting: the board has 1 memories (alternate settings) and not number 0; check "
        + "--board, or update the board's bootloader")
    #expect(
      failure(change { $0.configuration.interfaces = [] })
        == "connecting: the board's interface 0 is none for DFU; check --board; press the board's "
        + "reset button twice, quickly")
    #expect(
      failure(change { $0.configuration.interfaces[1].classSpecific[0][2] = 2 })
        == "connecting: the board's bootloader takes no downloads; check --board, or update the "
        + "board's bootloader")
    #expect(
      failure(change { $0.configuration.interfaces[1].classSpecific = [[1, 2]] })
        == "connecting: the configuration descriptor of the board is damaged: a descriptor of 1 "
        + "bytes (offset 27); \(Self.replug)")
  }

  @Test func imagesThatDoNotFit() {
    #expect(
      failure(start: 0x5000)
        == "connecting: the image (300 bytes at 0x00005000) does not lie in the 245760 bytes from "
        + "0x00004000; link it for this board: plain DFU writes from the start of a memory")
    #expect(
      failure(
        count: 70_000,
        parameters: FlashParameters(start: 0x4000, length: 0x10_0000, transfer: 1))
        == "connecting: the image has more than 65535 blocks of 1 bytes; check --board: DFU "
        + "numbers "
        + "blocks with 16 bits")
  }
}
