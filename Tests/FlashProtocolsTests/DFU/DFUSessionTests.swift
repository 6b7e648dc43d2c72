// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BootloaderModels
import FlashProtocols
import FlashSupport
import Testing
import USBModel

@Suite struct DFUSessionTests {
  private func flashed(_ rig: USBRig<DFUBoards.Plain>, _ image: FlashImage) -> Bool {
    var memory = rig.board.device.store.memory
    return memory.read(image.start, count: image.bytes.count) == image.bytes
  }

  @Test(arguments: [4, 63, 64, 65, 2047, 2048, 2049, 10_000])
  func unoR4Minima_isWrittenReadBackAndStarted(count: Int) {
    let image = DFUBoards.program(count, seed: UInt64(count), at: 0x4000)
    var rig = USBRig(DFUBoards.unoR4Minima())
    #expect(
      rig.run(DFUSession(image: image, parameters: DFUBoards.unoParameters))
        == .finished(.readBack))
    #expect(flashed(rig, image))
    rig.connect()
    #expect(rig.board.device.program == .application)
    #expect(rig.board.device.applicationStarts == 1)
  }

  @Test func openMV_isWrittenToItsPartition_afterErasesThatTakeTime() {
    let image = DFUBoards.program(200_000, seed: 1, at: 0x0804_0000)
    var rig = USBRig(DFUBoards.openMV())
    #expect(
      rig.run(DFUSession(image: image, parameters: DFUBoards.openMVParameters))
        == .finished(.readBack))
    #expect(flashed(rig, image))
    #expect(rig.clock > .milliseconds(2400))
    #expect(rig.reports.contains { $0.detail == "FIRMWARE" })
  }

  @Test func progress_isTold_aboutAHundredTimes() {
    let image = DFUBoards.program(60_000, seed: 1, at: 0x4000)
    var rig = USBRig(DFUBoards.unoR4Minima())
    _ = rig.run(DFUSession(image: image, parameters: DFUBoards.unoParameters))
    let writing = rig.reports.filter { $0.step == .writing }
    #expect((90...110).contains(writing.count))
    #expect(writing.allSatisfy { $0.total == 60_000 && $0.done <= $0.total })
    #expect(writing.map(\.done) == writing.map(\.done).sorted())
  }

  /// What an interrupted run leaves: any state of a download, an upload, an error.
  @Test(arguments: [0, 1, 2, 3, 4, 5, 6])
  func leftInTheMiddle_isRecovered(stage: Int) {
    var rig = USBRig(DFUBoards.openMV())
    func control(_ request: DFURequest, _ data: [UInt8] = [], length: UInt16 = 0) {
      _ = rig.perform(
        .control(
          SetupRequest(
            requestType: length > 0 ? 0xA1 : 0x21, request: request.rawValue, value: 0, index: 0,
            length: length), data: data, within: .seconds(1)))
    }
    _ = rig.perform(.selectAlternate(2))
    switch stage {
    case 0: control(.download, [1, 2, 3])
    case 1:
      control(.download, [1, 2, 3])
      control(.getStatus, length: 6)
    case 2:
      control(.download, [1, 2, 3])
      control(.getStatus, length: 6)
      _ = rig.perform(.pause(.seconds(2)))
      control(.getStatus, length: 6)
      #expect(rig.board.device.state == .downloadIdle)
    case 3: control(.upload, length: 64)
    case 4:
      rig.board.device.profile.isStrict = true
      control(.abort)
      control(.download)
      #expect(rig.board.device.state == .error)
    case 5:
      control(.download, [1, 2, 3])
      control(.getStatus, length: 6)
      // Too early: punished with dfuERROR.
      control(.getStatus, length: 6)
      #expect(rig.board.device.state == .error)
    default:
      rig.board.device.profile.isStrict = true
      control(.upload, length: 64)
      #expect(rig.board.device.state == .uploadIdle)
    }
    let image = DFUBoards.program(5000, seed: 2, at: 0x0804_0000)
    #expect(
      rig.run(DFUSession(image: image, parameters: DFUBoards.openMVParameters))
        == .finished(.readBack))
    #expect(flashed(rig, image))
  }

  /// The UNO R4's bootloader keeps what an abandoned download gathered and writes all later data
  /// that much too far on; the session sees it and fills the buffer up.
  @Test(arguments: [1, 2, 17, 31])
  func abandonedDownload_ofABootloaderThatGathers_isRepaired(parts: Int) {
    var rig = USBRig(DFUBoards.unoR4Minima())
    for _ in 0..<parts {
      for (type, request, data) in [
        (0x21, 1, Array(repeating: 0xEE, count: 64)), (0xA1, 3, []), (0xA1, 3, []),
      ] as [(UInt8, UInt8, [UInt8])] {
        _ = rig.perform(
          .control(
            SetupRequest(requestType: type, request: request, value: 0, index: 0, length: 6),
            data: data, within: .seconds(1)))
        _ = rig.perform(.pause(.milliseconds(2)))
      }
    }
    #expect(rig.board.device.store.gathered.count == 64 * parts)
    let image = DFUBoards.program(9000, seed: 3, at: 0x4000)
    #expect(
      rig.run(DFUSession(image: image, parameters: DFUBoards.unoParameters))
        == .finished(.readBack))
    #expect(flashed(rig, image))
  }

  @Test func deviceWithoutUpload_isOnlyAcknowledged_andIntolerantOnesAreReset() {
    var board = DFUBoards.openMV()
    board.profile.functional.attributes = [.canDownload]
    board.profile.bootloader.configuration.interfaces[3].classSpecific = [
      board.profile.functional.bytes
    ]
    var rig = USBRig(board)
    let image = DFUBoards.program(5000, seed: 2, at: 0x0804_0000)
    #expect(
      rig.run(DFUSession(image: image, parameters: DFUBoards.openMVParameters))
        == .finished(.acknowledged))
    #expect(flashed(rig, image))
    rig.connect()
    #expect(rig.board.device.applicationStarts == 1)
  }

  @Test func boardThatStays_isConfessed() {
    var board = DFUBoards.unoR4Minima()
    board.profile.isStrict = true
    var rig = USBRig(board)
    let image = DFUBoards.program(500, seed: 2, at: 0x4000)
    #expect(
      rig.run(DFUSession(image: image, parameters: DFUBoards.unoParameters))
        == .finished(.readBack))
    #expect(
      rig.reports.last?.detail == "the board stays in its bootloader: press its reset button once")
  }

  @Test func sketchWithARuntimeInterface_isSentToItsBootloader() {
    var rig = USBRig(DFUBoards.unoR4Minima(.application))
    #expect(
      rig.run(DFUDetachSession(parameters: DFUBoards.unoParameters)) == .finished(.acknowledged))
    rig.connect()
    #expect(rig.board.device.program == .bootloader)
    #expect(rig.board.attachmentCount == 2)
  }

  @Test func sketchThatStays_isReported() {
    var rig = USBRig(DFUBoards.unoR4Minima(.application))
    rig.board.device.profile.application?.configuration.interfaces[0].classSpecific = []
    guard case .failed(let failure) = rig.run(DFUDetachSession(parameters: DFUBoards.unoParameters))
    else {
      Issue.record("a sketch that ignores DETACH is no success")
      return
    }
    #expect(
      failure.description
        == "restarting: the sketch does not start its bootloader when asked (DFU DETACH); press "
        + "the "
        + "board's reset button twice, quickly, and run the command again")
  }
}
