// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import AudioFeatures
import Drivers
import KeywordSpottingWeights
import Registers
import StaticMemory
import WordSpotting

/// From blocks of 20 ms to words: features for every block, an inference for every eighth.
struct Listener {
  /// 160 ms, in blocks; an inference must have ended when the next is due.
  private static let blocksPerInference: UInt32 = 8
  private static let blocksPerSecond: UInt32 = 50
  private static let blocksOfLight: UInt32 = 25

  private let features = MeasuredTask(1, name: "features", deadline: 20)
  private let inference = MeasuredTask(2, name: "inference", deadline: 160)

  private var frontEnd: LogMelFrontEnd
  private var spotter = WordSpotter()
  private let led = OutputPin(BoardPins.LED_BUILTIN)
  private var blocks: UInt32 = 0
  private var lightLeft: UInt32 = 0
  /// A host wants to know what every block costs and gives.
  var isReporting = false
  /// Blocks that came while the application was behind; told and forgotten once a second.
  var lostBlocks: UInt32 = 0

  init() {
    precondition(LogMelFrontEnd.byteCount <= Int(front_end_capacity))
    frontEnd = LogMelFrontEnd(memory: frontEndMemory())
  }

  var isLit: Bool { lightLeft > 0 }

  /// As after a reset.
  mutating func forget() {
    frontEnd = LogMelFrontEnd(memory: frontEndMemory())
    spotter = WordSpotter()
    (blocks, lostBlocks, lightLeft) = (0, 0, 0)
    led.set(false)
  }

  /// One copy for the microphone's blocks and for the host's.
  @inline(never)
  mutating func hear(_ block: UnsafePointer<Int16>) {
    let start = CycleCounter.now()
    features { frontEnd.push(block) }
    if isReporting { Answer.tell("features ", CycleCounter.now() &- start) }
    blocks &+= 1
    if blocks % Self.blocksPerInference == 0 { infer() }
    if blocks % Self.blocksPerSecond == 0, lostBlocks > 0 { tellLoss() }
    dim()
  }

  private mutating func infer() {
    let arena = networkArena()
    let start = CycleCounter.now()
    inference {
      frontEnd.copyWindow(
        to: (arena + KeywordSpottingNetwork.input(0).offset).assumingMemoryBound(to: Int8.self))
      KeywordSpottingNetwork.run(arena: arena)
    }
    let cycles = CycleCounter.now() &- start
    let scores = (arena + KeywordSpottingNetwork.output(0).offset)
      .assumingMemoryBound(to: Int8.self)
    if isReporting {
      Answer.tell("inference ", cycles)
      Answer.tell("outputs ", scores, KeywordSpottingNetwork.output(0).byteCount)
    }
    guard let heard = spotter.hear(scores) else { return }
    var line = Line("heard \"")
    line.append(Vocabulary.name(of: heard.word))
    line.append("\"  ")
    line.append(UInt32(heard.percent), width: 2)
    line.append(" %")
    Console.write(line)
    led.set(true)
    lightLeft = Self.blocksOfLight
  }

  private mutating func tellLoss() {
    var line = Line("overrun: lost ")
    line.append(lostBlocks)
    line.append(" blocks of 20 ms")
    Console.write(line)
    lostBlocks = 0
  }

  private mutating func dim() {
    guard lightLeft > 0 else { return }
    lightLeft &-= 1
    if lightLeft == 0 { led.set(false) }
  }
}
