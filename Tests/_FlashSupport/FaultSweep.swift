// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BootloaderModels
import FlashProtocols
import TestSupport

/// What came of many runs with faults.
package struct FaultTally: Equatable, CustomStringConvertible {
  package var cases = 0
  /// Of these, the runs that succeeded in spite of the fault.
  package var finished = 0
  /// Of these, the ones that needed a third run.
  package var late = 0
  /// Runs that claimed success wrongly, where the protocol has no means to know.
  package var fooled = 0
  package var problems: [String] = []

  package var description: String {
    "\(cases) cases, \(finished) repaired within the run, \(late) at the third, \(fooled) fooled, "
      + "\(problems.count) problems"
      + (problems.first.map { ", the first: \($0)" } ?? "")
  }
}

/// Flashes over a line with faults, and then once more over one without: the first run may fail, in
/// words, but must end, must not claim what is not so, and must leave a board that can be flashed.
package struct FaultSweep<Bootloader: SerialBootloader, Session: FlashSession> {
  package var bootloader: () -> Bootloader
  package var memory: MemoryArray
  package var vanishes: Bool
  package var session: () -> Session
  /// Whether a frame that comes twice cannot be told where the answer to it is lost too.
  package var canBeFooled = false
  /// Whether the image, and what must not be touched, are in place.
  package var isRight: (inout MemoryArray) -> Bool

  package init(
    memory: MemoryArray, vanishes: Bool = true, bootloader: @escaping () -> Bootloader,
    session: @escaping () -> Session, isRight: @escaping (inout MemoryArray) -> Bool
  ) {
    (self.bootloader, self.memory, self.vanishes) = (bootloader, memory, vanishes)
    (self.session, self.isRight) = (session, isRight)
  }

  /// Frames of a run without faults.
  package func frames() -> Int {
    var rig = SerialRig(bootloader(), memory, vanishes: vanishes)
    _ = rig.run(session())
    return rig.frames
  }

  /// Every kind of fault at every frame, or at every `step`th.
  package func systematic(every step: Int = 1) -> FaultTally {
    var tally = FaultTally()
    for frame in stride(from: 0, to: frames(), by: step) {
      for fault in LinkFault.all {
        for isFresh in [true, false] { run([frame: fault], isFresh: isFresh, &tally) }
      }
    }
    return tally
  }

  /// One to four faults a run, anywhere.
  package func random(_ count: Int, seed: UInt64) -> FaultTally {
    var tally = FaultTally()
    let frames = frames()
    for index in 0..<count {
      var random = SplitMix64(seed: seed &+ UInt64(index))
      var faults: [Int: LinkFault] = [:]
      for _ in 0..<random.int(1...4) {
        faults[random.int(0...frames)] = .random(&random)
      }
      run(faults, isFresh: random.once(in: 4), &tally)
    }
    return tally
  }

  /// - Parameter isFresh: whether the board loses its power between the runs.
  private func run(_ faults: [Int: LinkFault], isFresh: Bool, _ tally: inout FaultTally) {
    var rig = SerialRig(bootloader(), memory, vanishes: vanishes)
    rig.faults = faults
    tally.cases += 1
    var problems: [String] = []
    switch rig.run(session()) {
    case .finished:
      tally.finished += 1
      if isRight(&rig.memory) { break }
      let doubled = faults.values.contains(.double) && faults.count > 1
      if canBeFooled, doubled {
        tally.fooled += 1
      } else {
        problems.append("success is claimed, but the flash is not right")
      }
    case .failed(let failure):
      if failure.problem.isEmpty || failure.remedy.isEmpty { problems.append("a failure mute") }
    case .endless: problems.append("the run did not end")
    }
    // Who left the bootloader is put back into it by its user.
    rig.connect(isFresh || !rig.requests.isEmpty ? bootloader() : nil)
    var second = rig.run(session())
    if case .failed = second, !rig.requests.isEmpty {
      // The first run's reset was half sent, and any word of the second completed it.
      tally.late += 1
      rig.connect(bootloader())
      second = rig.run(session())
    }
    if case .finished = second {
      if !isRight(&rig.memory) { problems.append("the next run wrote something else") }
    } else {
      problems.append("the next run: \(second)")
    }
    tally.problems += problems.map { "\(faults), fresh \(isFresh): \($0)" }
  }
}
