// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BootloaderModels
import FlashProtocols
import FlashSupport
import Testing

@Suite struct SVLSessionTests {
  static let parameters = FlashParameters(start: 0x1_0000, length: 0xE_0000, baud: 921_600)

  static func sweep(_ count: Int) -> FaultSweep<SVLBootloader, SVLSession> {
    let image = SAMBAFixture.image(0x1_0000, count: count)
    var sweep = FaultSweep(
      memory: .apollo3(), vanishes: false, bootloader: { SVLBootloader() },
      session: { SVLSession(image: image, parameters: parameters) },
      isRight: { $0.read(image.start, count: count) == image.bytes })
    sweep.canBeFooled = true
    return sweep
  }

  private func text(
    _ answers: [(to: String, say: [UInt8], from: Int)], _ image: FlashImage? = nil,
    _ parameters: FlashParameters = parameters
  ) -> String {
    var rig = SerialRig(
      ScriptedBootloader(SVLBootloader(), answers), .apollo3(), vanishes: false)
    let image = image ?? SAMBAFixture.image(0x1_0000, count: 5000)
    let outcome = rig.run(SVLSession(image: image, parameters: parameters))
    if case .failed(let failure) = outcome { return failure.description }
    return "\(outcome)"
  }

  @Test(arguments: [1, 2048, 2049, 8192, 20_000], [57_600, 115_200, 921_600])
  func image_isWritten(count: Int, baud: Int) {
    let image = SAMBAFixture.image(0x1_0000, count: count)
    var parameters = Self.parameters
    parameters.baud = baud
    var rig = SerialRig(SVLBootloader(), .apollo3(), vanishes: false)
    #expect(
      rig.run(SVLSession(image: image, parameters: parameters)) == .finished(.acknowledged))
    #expect(rig.memory.read(0x1_0000, count: count) == image.bytes)
    #expect(rig.requests == [.reset])
  }

  @Test func faults_areSurvived() {
    let sweep = Self.sweep(5000)
    let tallies = [sweep.systematic(), sweep.random(100, seed: 3)]
    #expect(tallies.allSatisfy { $0.problems.isEmpty && $0.fooled == 0 }, "\(tallies)")
  }

  @Test(.enabled(if: faultSweepCases != nil, "BREADBOARD_FAULT_SWEEP tells how many cases"))
  func faults_inThousands() {
    let sweep = Self.sweep(20_000)
    for tally in [sweep.systematic(), sweep.random(faultSweepCases ?? 0, seed: 3000)] {
      print("SVL: \(tally)")
      #expect(tally.problems.isEmpty)
      #expect(tally.fooled <= tally.cases / 500)
    }
  }

  @Test func image_thatDoesNotFitIsRefused() {
    #expect(
      text([], FlashImage(start: 0x1_0000, bytes: []))
        == "connecting: the image is empty; build the application, then flash what it made")
    #expect(
      text([], FlashImage(start: 0xC000, bytes: [1]))
        == "connecting: the image takes 0xc000 to 0xc004, and the bootloader writes only 0x10000 "
        + "to "
        + "0xf0000; link the application for this board")
    #expect(
      text([], FlashImage(start: 0x1_2000, bytes: [1]))
        == "connecting: the image starts at 0x12000, and the loader writes from 0x10000 on; link "
        + "the "
        + "application for this board")
    #expect(
      text([], nil, FlashParameters(start: 0x1_0000, length: 0xE_0000, baud: 9600))
        == "connecting: the loader does not know 9600 baud; choose one of 57600, 115200, 230400, "
        + "460800, 921600")
  }

  @Test func failures_sayWhatToDo() {
    let lines =
      "see that the adapter's DTR reaches the board's reset, or press its reset button as "
      + "flashing starts"
    let cable = "try a lower baud rate or another cable, then flash once more"
    #expect(
      text([("U", [], 0)])
        == "connecting: the board did not answer after its reset, 5 times in a row; \(lines)")
    #expect(
      text([("U", Array("Hello, world".utf8), 0)])
        == "connecting: what answers after the board's reset is not SparkFun's loader (SVL), 5 "
        + "times "
        + "in a row; \(lines)")
    #expect(
      text([("\0\u{3}\u{2}", [], 0)])
        == "connecting: the loader did not ask for the application, 5 times in a row; \(lines)")
    #expect(
      text([("\u{3}", SVLPacket(.retry).bytes, 0), ("\u{8}", SVLPacket(.retry).bytes, 0)])
        == "writing: the frame for 0x10000 did not arrive whole, 5 times in a row; \(cable)")
    #expect(
      text([("\0\u{3}\u{6}", SVLPacket(.next).bytes, 0)])
        == "restarting: the loader asked for more than it was sent: a frame came twice, 5 times in "
        + "a "
        + "row; \(cable)")
    #expect(
      text([("\u{3}", SVLPacket(.next).bytes + [0], 0), ("\u{8}", SVLPacket(.next).bytes + [0], 0)])
        == "writing: the loader asked for more than it was sent: a frame came twice, 5 times in a "
        + "row; \(cable)")
    #expect(
      text([("\0\u{3}\u{6}", SVLPacket(.retry).bytes, 0)])
        == "restarting: the loader did not take the end of the application, 5 times in a row; "
        + cable)
  }

  @Test func adapter_thatGoesAwayIsTold() {
    var rig = SerialRig(SVLBootloader(), .apollo3(), vanishes: false)
    rig.faults = [2: .unplug]
    let session = SVLSession(
      image: SAMBAFixture.image(0x1_0000, count: 5000), parameters: Self.parameters)
    guard case .failed(let failure) = rig.run(session) else {
      Issue.record("no failure")
      return
    }
    #expect(
      failure.description
        == "connecting: the board went away; connect the board's serial adapter again, and flash "
        + "once more")
  }
}
