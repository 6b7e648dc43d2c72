// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Emulator

@Suite struct ProfileOutputTests {
  private func profile() throws -> Profile {
    let script = try CallScript("main", "a<b>&\"c\"")
    try script.at(0x1000, after: 0, stack: 0x2000, link: .max)
    for _ in 0..<3 {
      try script.at(0x1100, after: 10, stack: 0x1FF0, link: 0x1021)
      try script.at(0x1020, after: 5, stack: 0x1FF0)
    }
    script.profiler.exceptionBegan(at: script.moment(0x1FE0))
    script.profiler.handlerEntered(15, at: script.moment(0x1FE0))
    script.wait(20)
    script.profiler.handlerLeft(at: script.moment(0x1FE0))
    script.profiler.resumed(0x1FE0, address: 0x1010, at: script.moment(0x2000))
    script.wait(35)
    script.profiler.observationEnds(at: script.moment(0x2000))
    return Profile(script.profiler, title: "calls", clockHertz: 1e6)
  }

  private func parsed(_ text: String) throws -> [String: Any] {
    let json = try JSONSerialization.jsonObject(with: Data(text.utf8))
    return try #require(json as? [String: Any])
  }

  @Test func traceEvents_openAndCloseEachThread() throws {
    let events = try #require(
      try parsed(profile().traceEvents())["traceEvents"] as? [[String: Any]])
    var open: [Int: [String]] = [:]
    for event in events {
      let name = try #require(event["name"] as? String)
      guard let thread = event["tid"] as? Int, event["ts"] != nil else { continue }
      if event["ph"] as? String == "B" {
        open[thread, default: []].append(name)
      } else {
        #expect(open[thread]?.popLast() == name)
      }
    }
    #expect(open.values.reduce(0) { $0 + $1.count } == 0)
    #expect(Set(open.keys) == [1, 2])
  }

  @Test func speedscope_weighsEveryCycle() throws {
    let json = try parsed(profile().speedscope())
    let profiles = try #require(json["profiles"] as? [[String: Any]])
    let weights = try #require(profiles[0]["weights"] as? [Int])
    #expect(weights.reduce(0, +) == 100)
    let program = profiles[1]
    #expect(program["endValue"] as? Int == 80, "the interrupt's 20 are not the program's")
    let events = try #require(program["events"] as? [[String: Any]])
    #expect(events.count == 8)
  }

  @Test func flameGraph_isPlainText() throws {
    let svg = FlameGraph(try profile()).svg()
    #expect(svg.hasPrefix("<svg ") && svg.hasSuffix("</svg>\n"))
    #expect(svg.contains("a&lt;b&gt;&amp;&quot;c&quot;"))
    #expect(svg.contains("<title>exception 15\n20 cycles (20.00 %), 20 of its own, 1 call</title>"))
    #expect(!svg.contains("script"))
  }

  @Test func flameGraph_ofNothingIsOne() throws {
    let script = try CallScript()
    script.profiler.observationEnds(at: script.moment(0x2000))
    let profile = Profile(script.profiler, title: "", clockHertz: 1e6)
    #expect(FlameGraph(profile).svg().hasSuffix("</svg>\n"))
    #expect(profile.lines()[0] == "profile: 0 cycles awake, 0 calls, every one counted")
  }

  @Test func timeline_leavesOutTheShortestWhenFull() {
    var timeline = Timeline()
    timeline.begin(1, track: 0, at: 0)
    for call in 0..<UInt64(500_000) {
      timeline.begin(2, track: 0, at: call * 1000)
      timeline.end(2, track: 0, at: call * 1000 + (call % 100 == 0 ? 900 : 50))
    }
    timeline.end(1, track: 0, at: 500_000_000)
    #expect(timeline.events.count <= 400_000)
    #expect(timeline.shortest > 50)
    #expect(timeline.events.filter { $0.kind == .begin }.count == 5001)
    #expect(timeline.events.filter { $0.kind == .end }.count == 5001)
  }
}
