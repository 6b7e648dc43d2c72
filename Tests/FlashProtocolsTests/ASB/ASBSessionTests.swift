// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BootloaderModels
import FlashProtocols
import FlashSupport
import Testing

@Suite struct ASBSessionTests {
  static let parameters = FlashParameters(start: 0xC000, length: 0xF_4000, baud: 921_600)

  static func sweep(_ count: Int) -> FaultSweep<ASBBootloader, ASBSession> {
    let image = SAMBAFixture.image(0xC000, count: count)
    return FaultSweep(
      memory: .apollo3(), vanishes: false, bootloader: { ASBBootloader() },
      session: { ASBSession(image: image, parameters: parameters) },
      isRight: { $0.read(image.start, count: count) == image.bytes })
  }

  /// - Parameter answers: by the kind of message.
  private func text(
    _ answers: [(to: ASBMessage.Kind, say: [UInt8])], _ image: FlashImage? = nil
  ) -> String {
    var rig = SerialRig(
      AnsweringASB(answers: answers), .apollo3(), vanishes: false)
    let image = image ?? SAMBAFixture.image(0xC000, count: 9000)
    let outcome = rig.run(ASBSession(image: image, parameters: Self.parameters))
    if case .failed(let failure) = outcome { return failure.description }
    return "\(outcome)"
  }

  /// Answers messages of some kinds as it is told.
  private struct AnsweringASB: SerialBootloader {
    var real = ASBBootloader()
    var answers: [(to: ASBMessage.Kind, say: [UInt8])]

    mutating func receive(_ bytes: [UInt8], in memory: inout some BootMemory) -> [UInt8] {
      let answer = real.receive(bytes, in: &memory)
      guard let kind = ASBMessage(bytes)?.kind else { return answer }
      return answers.first { $0.to == kind }?.say ?? answer
    }

    mutating func lineChanged(baud: Int, dtr: Bool, rts: Bool) {
      real.lineChanged(baud: baud, dtr: dtr, rts: rts)
    }

    mutating func elapse(_ time: Duration, in memory: inout some BootMemory) -> [UInt8] {
      real.elapse(time, in: &memory)
    }

    mutating func takeRequest() -> BootloaderRequest? { real.takeRequest() }
  }

  @Test(arguments: [1, 4, 7956, 8180, 9000, 30_000])
  func image_isInstalledAfterTheReset(count: Int) {
    let image = SAMBAFixture.image(0xC000, count: count)
    var rig = SerialRig(ASBBootloader(), .apollo3(), vanishes: false)
    let session = ASBSession(image: image, parameters: Self.parameters)
    #expect(rig.run(session) == .finished(.acknowledged))
    #expect(rig.memory.read(0xC000, count: count) == image.bytes)
    #expect(rig.requests == [.reset])
    #expect(rig.reports.contains { $0.detail == "ASB version 0x3 at 921600 baud" })
  }

  /// The fields that `asb.py` fills in for `--load-address-wired 0xC000 --load-address-blob 0x20000
  /// --magic-num 0xCB -i 6 --options 1`.
  @Test func download_hasBothHeaders() {
    let download = ASBImage.wrap(FlashImage(start: 0xC000, bytes: [1, 2, 3, 4, 5]))
    #expect(download.count == 96 + 128 + 8)
    let outer: [Int: UInt32] = [
      0: 0x0800_0800, 80: 0x0000_0106, 84: 0x1234_4321, 88: 0x2_0000, 92: 136,
    ]
    let inner: [Int: UInt32] = [
      0: 0xCB00_0088, 8: 0x1000_8080, 112: 0xC000, 116: 0, 120: .max, 124: .max,
    ]
    for (offset, word) in outer { #expect(ASBMessage.word(download, offset) == word) }
    for (offset, word) in inner { #expect(ASBMessage.word(download, 96 + offset) == word) }
    #expect(ASBMessage.word(download, 100) == Checksum.crc32(download[104...]))
  }

  @Test func faults_areSurvived() {
    let sweep = Self.sweep(9000)
    let tallies = [sweep.systematic(), sweep.random(60, seed: 4)]
    #expect(tallies.allSatisfy { $0.problems.isEmpty }, "\(tallies)")
  }

  @Test(.enabled(if: faultSweepCases != nil, "BREADBOARD_FAULT_SWEEP tells how many cases"))
  func faults_inThousands() {
    let sweep = Self.sweep(30_000)
    for tally in [sweep.systematic(), sweep.random(faultSweepCases ?? 0, seed: 4000)] {
      print("ASB: \(tally)")
      #expect(tally.problems.isEmpty)
    }
  }

  @Test func image_thatDoesNotFitIsRefused() {
    #expect(
      text([], FlashImage(start: 0xC000, bytes: []))
        == "connecting: the image is empty; build the application, then flash what it made")
    #expect(
      text([], FlashImage(start: 0x8000, bytes: [1]))
        == "connecting: the image takes 0x8000 to 0x8001, and the bootloader writes only 0xc000 to "
        + "0x100000; link the application for this board")
    #expect(
      text([], FlashImage(start: 0xC002, bytes: [1]))
        == "connecting: the image starts at 0xc002, inside a word; link the application for this "
        + "board")
    #expect(
      text([], FlashImage(start: 0xC000, bytes: Array(repeating: 0, count: 0x4_8000)))
        == "connecting: the image has 295040 bytes with its header, and the bootloader takes "
        + "294912; "
        + "flash a smaller application, or this one by SparkFun's loader (SVL)")
  }

  @Test func failures_sayWhatToDo() {
    let lines =
      "hold the button marked 14 while the board is reset, see that the adapter's DTR "
      + "reaches the board's reset, or try 115200 baud"
    let cable = "try a lower baud rate or another cable, then flash once more"
    #expect(
      text([(.hello, [])])
        == "connecting: the board did not answer after its reset, 5 times in a row; \(lines)")
    #expect(
      text([(.hello, Array(repeating: 7, count: 88))])
        == "connecting: what answers after the board's reset is not Ambiq's bootloader (ASB), 5 "
        + "times in a row; \(lines)")
    #expect(
      text([(.descriptor, [])])
        == "connecting: the bootloader did not take the descriptor's place, 5 times in a row; "
        + cable)
    #expect(
      text([(.update, [])])
        == "writing: the bootloader did not take the announcement of the image, 5 times in a row; "
        + cable)
    #expect(
      text([(.reset, [])])
        == "restarting: the bootloader did not take the order to restart, 5 times in a row; "
        + cable)
  }

  @Test func refusals_areInWords() {
    let meanings = [
      "failure", "the chip's INFO0 is not set up", "a checksum is wrong",
      "the chip takes only signed images", "a message is too long", "it does not know the message",
      "it does not write there", "it does not do that now", "a parameter is wrong",
      "a part is missing", "there is more than was announced", "status 12",
    ]
    for (index, meaning) in meanings.enumerated() {
      let refusal = ASBMessage(.acknowledge, words: [8, UInt32(index + 1), 0]).bytes
      #expect(
        text([(.data, refusal)])
          == "writing: the bootloader did not take the part at byte 0: \(meaning), 5 times in a "
          + "row; "
          + "try a lower baud rate or another cable, then flash once more")
    }
  }

  @Test func adapter_thatGoesAwayIsTold() {
    var rig = SerialRig(ASBBootloader(), .apollo3(), vanishes: false)
    rig.faults = [6: .unplug]
    let session = ASBSession(
      image: SAMBAFixture.image(0xC000, count: 9000), parameters: Self.parameters)
    guard case .failed(let failure) = rig.run(session) else {
      Issue.record("no failure")
      return
    }
    #expect(
      failure.description
        == "writing: the board went away; connect the board's serial adapter again, and flash once "
        + "more")
  }
}
