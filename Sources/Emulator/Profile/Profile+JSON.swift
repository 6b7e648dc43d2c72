// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension Profile {
  /// The timeline as Trace Event JSON, which Perfetto, speedscope and chrome://tracing open: one
  /// thread for the program, one for each exception, one for each thread of an RTOS.
  public func traceEvents() -> String {
    var json = "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n"
    json += "{\"ph\":\"M\",\"pid\":1,\"name\":\"process_name\",\"args\":{\"name\":"
    json += "\(JSONText.quoted(title))}}"
    for (index, track) in tracks.enumerated() {
      json += ",\n{\"ph\":\"M\",\"pid\":1,\"tid\":\(index + 1),\"name\":\"thread_name\",\"args\":"
      json += "{\"name\":\(JSONText.quoted(track))}}"
    }
    let names = code.map { JSONText.quoted($0.name) }
    for event in timeline.events where event.kind != .run {
      json += ",\n{\"ph\":\"\(event.kind == .begin ? "B" : "E")\",\"pid\":1,\"tid\":"
      json += "\(event.track + 1),\"ts\":\(microseconds(event.cycle)),\"name\":"
      json += names[Int(event.code)] + "}"
    }
    return json + "\n]}\n"
  }

  private func microseconds(_ cycle: UInt64) -> String {
    fixed(Double(cycle) * 1e6 / clockHertz, places: 3)
  }

  /// The same for speedscope alone, in cycles: all chains of calls of the whole run first, then
  /// each thread on a clock of its own that stands while others run.
  public func speedscope() -> String {
    var json = "{\"$schema\":\"https://www.speedscope.app/file-format-schema.json\","
    json += "\"exporter\":\"Breadboard\",\"activeProfileIndex\":0,"
    json += "\"name\":\(JSONText.quoted(title)),\n\"shared\":{\"frames\":["
    json += code.map { "{\"name\":\(JSONText.quoted($0.name))}" }.joined(separator: ",\n")
    json += "]},\n\"profiles\":[\(chains())"
    for track in ownClocks() where track.end > 0 {
      json += ",\n{\"type\":\"evented\",\"name\":\(JSONText.quoted(track.name)),"
      json += "\"unit\":\"none\",\"startValue\":0,\"endValue\":\(track.end),\"events\":["
      json += track.events.joined(separator: ",\n") + "]}"
    }
    return json + "]}\n"
  }

  /// One sample a chain, with its cycles as weight.
  private func chains() -> String {
    var samples: [String] = []
    var weights: [String] = []
    var sum: UInt64 = 0
    for (index, node) in tree.nodes.enumerated() where node.cycles > 0 && node.code > 0 {
      var chain: [Int32] = []
      var place = Int32(index)
      while place > 0 {
        chain.append(tree.nodes[Int(place)].code)
        place = tree.nodes[Int(place)].parent
      }
      samples.append("[" + chain.reversed().map(String.init).joined(separator: ",") + "]")
      weights.append("\(node.cycles)")
      sum += node.cycles
    }
    return "{\"type\":\"sampled\",\"name\":\"whole run, awake\",\"unit\":\"none\",\"startValue\":0,"
      + "\"endValue\":\(sum),\"samples\":[" + samples.joined(separator: ",")
      + "],\n\"weights\":[" + weights.joined(separator: ",") + "]}"
  }

  private struct OwnClock {
    var name: String
    var end: UInt64 = 0
    var events: [String] = []
  }

  private func ownClocks() -> [OwnClock] {
    var clocks = tracks.map { OwnClock(name: $0) }
    var running = 0
    var last: UInt64 = 0
    for event in timeline.events {
      clocks[running].end += event.cycle &- last
      last = event.cycle
      let track = Int(event.track)
      if event.kind != .end { running = track }
      guard event.kind != .run else { continue }
      clocks[track].events.append(
        "{\"type\":\"\(event.kind == .begin ? "O" : "C")\",\"frame\":\(event.code),"
          + "\"at\":\(clocks[track].end)}")
    }
    return clocks
  }
}

enum JSONText {
  /// A string literal.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
