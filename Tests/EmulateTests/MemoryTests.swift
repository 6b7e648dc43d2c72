// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct MemoryTests {
  private struct Report: Decodable {
    struct Memory: Decodable {
      struct Stack: Decodable {
        var function: String
        var deepestBytes: Int
      }
      var ramBytes: Int
      var neverWrittenBytes: Int
      var stacks: [Stack]
    }
    var traceHash: String
    var staticRAMBytes: Int
    var stackPeakBytes: Int
    var memory: Memory?
  }

  private func report(_ options: String...) throws -> Report {
    let scratch = try Scratch()
    let path = scratch.path("report.json")
    let outcome =
      options.isEmpty
      ? try Command.run("--app", "heartbeat", "--until", "beat 1", "--json", path)
      : try Command.run("--app", "heartbeat", "--until", "beat 1", "--json", path, options[0])
    #expect(outcome.status == 0)
    return try JSONDecoder().decode(Report.self, from: Data(contentsOf: URL(filePath: path)))
  }

  @Test func memoryView_changesNothing_andAddsUp() throws {
    let (plain, seen) = (try report(), try report("--memory"))
    #expect(plain.memory == nil)
    #expect(seen.traceHash == plain.traceHash)
    let memory = try #require(seen.memory)
    let written = memory.ramBytes - memory.neverWrittenBytes
    #expect(written > 0 && written <= seen.staticRAMBytes + seen.stackPeakBytes)
    #expect(memory.stacks.first?.deepestBytes == seen.stackPeakBytes)
    #expect(memory.stacks.contains { $0.function == "Heartbeat.main()" })
  }
}

@Suite struct SizeTests {
  private struct Sizes: Decodable {
    struct Section: Decodable {
      var flashBytes, ramBytes: Int
    }
    struct Symbol: Decodable {
      var name: String
      var bytes: Int
    }
    var flashBytes, flashWithoutSymbol, staticRAMBytes, ramWithoutSymbol: Int
    var sections: [Section]
    var flash, ram: [Symbol]
  }

  @Test func sizes_addUpByEitherView() throws {
    let outcome = try Command.run("size", "--app", "heartbeat", "--json", "-")
    #expect(outcome.status == 0)
    let sizes = try JSONDecoder().decode(Sizes.self, from: Data(outcome.output.utf8))
    #expect(sizes.sections.reduce(0) { $0 + $1.flashBytes } == sizes.flashBytes)
    func total(_ symbols: [Sizes.Symbol]) -> Int { symbols.reduce(0) { $0 + $1.bytes } }
    #expect(total(sizes.flash) + sizes.flashWithoutSymbol == sizes.flashBytes)
    #expect(total(sizes.ram) + sizes.ramWithoutSymbol == sizes.staticRAMBytes)
    #expect(sizes.ram.contains { $0.name == "console_bytes" && $0.bytes == 64 })
  }

  @Test func tables_areForPeople() throws {
    let outcome = try Command.run("size", "--app", "heartbeat", "--all")
    #expect(outcome.status == 0)
    for text in ["\n.text ", "\n.bss ", "\nflash  ", " of 983,040 B (", "\nRAM by symbol\n"] {
      #expect(outcome.output.contains(text), "\(text)")
    }
  }

  @Test func imageWithoutSymbols_hasItsTotal() throws {
    let scratch = try Scratch()
    let path = try scratch.write(RawImage.endlessLoop, as: "loop.bin")
    let outcome = try Command.run("size", path)
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("neither sections nor symbols"))
    #expect(outcome.output.contains("flash  66 of 983,040 B (0.0 %)"))
  }

  @Test(arguments: [
    (["size", "/nowhere.elf"], Int32(65), "'/nowhere.elf' does not exist; check the path"),
    (["size", "x.elf", "--app", "heartbeat"], 64, "--app builds an image"),
    (["size", "--json", ""], 64, "--json was given nothing"),
    (["--gdb", ":3333", "--memory"], 64, "which no profile can follow"),
  ])
  func badArgument_isNamed(arguments: [String], status: Int32, words: String) throws {
    let outcome = try Command.run(arguments)
    #expect(outcome.status == status)
    #expect(outcome.errors.contains(words))
  }
}
