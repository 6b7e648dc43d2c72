// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct ProfileTests {
  @Test func profiledRun_isTheSameRun() throws {
    let scratch = try Scratch()
    let (json, svg) = (scratch.path("profile.json"), scratch.path("flames.svg"))
    let plain = try Command.run("--app", "heartbeat", "--until", "beat 2")
    let profiled = try Command.run(
      "--app", "heartbeat", "--until", "beat 2", "--profile", json, "--flamegraph", svg)
    #expect(profiled.status == 0)
    func trace(_ outcome: Command.Outcome) -> Substring? {
      outcome.output.split(separator: "\n").first { $0.hasPrefix("trace") }
    }
    #expect(trace(plain) != nil)
    #expect(trace(profiled) == trace(plain))
    #expect(profiled.output.contains("Heartbeat.main()"))
    let picture = try String(contentsOfFile: svg, encoding: .utf8)
    #expect(picture.contains("Heartbeat.main()"))
    let object = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: json)))
    let events = (object as? [String: Any])?["traceEvents"] as? [Any]
    #expect(events?.isEmpty == false)
  }
}
