// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import FlashProtocols
import FlashSupport
import Testing
import USBModel

@Suite struct PicoBootSessionTests {
  @Test(arguments: [1, 255, 4096, 4097, 30_000])
  func image_isWrittenReadBackAndStarted(count: Int) {
    let image = DFUBoards.program(count, seed: UInt64(count), at: 0x1000_0000)
    var rig = USBRig(RP2040Board.board(), interface: 1)
    #expect(
      rig.run(PicoBootSession(image: image, parameters: RP2040Board.parameters))
        == .finished(.readBack))
    #expect(RP2040Board.holds(rig.board.device, image))
    rig.connectIfThere()
    #expect(rig.board.device.applicationStarts == 1)
    // Nothing behind the image's last sector is touched.
    let next = UInt32(0x1000_0000 + (count + 4095) / 4096 * 4096)
    #expect(
      RP2040Board.holds(rig.board.device, FlashImage(start: next, bytes: [0x5A, 0x5A])))
  }

  @Test func endpoints_mayComeFromTheCaller_andImagesMayStartInASector() {
    var parameters = RP2040Board.parameters
    (parameters.bulkOut, parameters.bulkIn) = (3, 0x84)
    let image = DFUBoards.program(5000, seed: 3, at: 0x1000_1234)
    var rig = USBRig(RP2040Board.board(), interface: 1)
    #expect(
      rig.run(PicoBootSession(image: image, parameters: parameters)) == .finished(.readBack))
    #expect(RP2040Board.holds(rig.board.device, image))
    #expect(!rig.requests.contains { $0.requestType == 0x80 })
  }

  @Test(arguments: [0, 1, 2])
  func leftInTheMiddle_isRecovered(stage: Int) {
    var rig = USBRig(RP2040Board.board(), interface: 1)
    let write = PicoBootRequest(
      .write, token: 9, words: [0x1000_0000, 512], transferLength: 512)
    switch stage {
    case 0: _ = rig.perform(.bulkOut(endpoint: 3, [1, 2, 3], within: .seconds(1)))
    case 1: _ = rig.perform(.bulkOut(endpoint: 3, write.bytes, within: .seconds(1)))
    default:
      _ = rig.perform(.bulkOut(endpoint: 3, write.bytes, within: .seconds(1)))
      _ = rig.perform(
        .bulkOut(endpoint: 3, Array(repeating: 1, count: 512), within: .seconds(1)))
    }
    let image = DFUBoards.program(5000, seed: 3, at: 0x1000_0000)
    #expect(
      rig.run(PicoBootSession(image: image, parameters: RP2040Board.parameters))
        == .finished(.readBack))
    #expect(RP2040Board.holds(rig.board.device, image))
  }

  @Test func everyFault_isSurvived() {
    let image = DFUBoards.program(9000, seed: 5, at: 0x1000_0000)
    let sweep = USBFaultSweep(
      device: { RP2040Board.board() }, interface: 1,
      session: { PicoBootSession(image: image, parameters: RP2040Board.parameters) },
      press: { $0.restartIntoBootloader() }, isInBootloader: { $0.program == .bootloader },
      isRight: { RP2040Board.holds($0, image) })
    let systematic = sweep.systematic(every: faultSweepCases == nil ? 3 : 1)
    #expect(systematic.problems.isEmpty, "systematic: \(systematic)")
    let random = sweep.random(faultSweepCases ?? 60, seed: 6)
    #expect(random.problems.isEmpty, "random: \(random)")
    if faultSweepCases != nil { print("faults: RP2040: \(systematic); random \(random)") }
  }
}
