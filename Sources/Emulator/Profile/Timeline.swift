// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What ran when: calls and returns in order, as many as fit. When there are more, the shortest
/// calls are left out, those that called nothing else that is shown.
struct Timeline {
  struct Event {
    enum Kind: UInt8 {
      case begin, end
      /// Nothing begins or ends; from here on the track is the one that runs.
      case run
    }
    var cycle: UInt64
    var code: Int32
    var track: UInt16
    var kind: Kind
  }

  private static let limit = 400_000

  private(set) var events: [Event] = []
  /// Calls of fewer cycles are left out.
  private(set) var shortest: UInt64 = 0

  mutating func begin(_ code: Int32, track: UInt16, at cycle: UInt64) {
    // Sleep that goes on after the machine looked around.
    if code == Int32(ProfiledCode.sleep), let last = events.last, last.kind == .end,
      last.code == code, last.cycle == cycle, last.track == track
    {
      events.removeLast()
      return
    }
    events.append(Event(cycle: cycle, code: code, track: track, kind: .begin))
  }

  mutating func end(_ code: Int32, track: UInt16, at cycle: UInt64) {
    if let last = events.last, last.kind == .begin, last.code == code, last.track == track,
      cycle &- last.cycle < shortest
    {
      events.removeLast()
      return
    }
    events.append(Event(cycle: cycle, code: code, track: track, kind: .end))
    if events.count > Self.limit { thin() }
  }

  mutating func run(track: UInt16, at cycle: UInt64) {
    events.append(Event(cycle: cycle, code: -1, track: track, kind: .run))
  }

  /// Leaves out more, until half of the room is free.
  private mutating func thin() {
    while events.count > Self.limit / 2, shortest < 1 << 40 {
      shortest = max(64, shortest * 2)
      var kept: [Event] = []
      kept.reserveCapacity(events.count)
      for event in events {
        if event.kind == .end, let last = kept.last, last.kind == .begin,
          last.code == event.code, last.track == event.track, event.cycle &- last.cycle < shortest
        {
          kept.removeLast()
        } else if event.kind == .run, kept.last?.kind == .run {
          kept[kept.count - 1] = event
        } else {
          kept.append(event)
        }
      }
      events = kept
    }
  }
}
