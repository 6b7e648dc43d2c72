// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Emulator
import Foundation
import Testing

/// Whole programs of our own (`Programs/`), compiled by GCC and Clang, on every engine and on QEMU:
/// each checks itself, and what it prints must be the same wherever it runs.
///
/// By default every program is compiled one way for Cortex-M4 and one way for another core in turn;
/// BREADBOARD_PROGRAMS=all takes all cores, and both compilers at -O0, -O2, -O3 and -Os.
@Suite struct ProgramTests {
  private static let takesAll =
    ProcessInfo.processInfo.environment["BREADBOARD_PROGRAMS"] == "all"

  @Test func programs_areFound() {
    #expect(ProgramBuild.programs.count >= 14)
    var missing: [String] = []
    for compiler in Compiler.allCases where compiler.tool == nil { missing.append("\(compiler)") }
    for core in ProgramCore.allCases where core.board == nil { missing.append(core.boardName) }
    if ProgramRun.qemu == nil { missing.append("qemu-system-arm") }
    if !missing.isEmpty { print("programs: without \(missing.joined(separator: ", "))") }
  }

  @Test(
    .enabled(if: !Compiler.available.isEmpty, "no arm-none-eabi-gcc (gcc-arm-none-eabi)"),
    arguments: ProgramBuild.programs, ProgramCore.available)
  func program_doesTheSameEverywhere(program: String, core: ProgramCore) throws {
    let scratch = try Scratch()
    var first: ProgramRun?
    for build in Self.builds(of: program, for: core) {
      let run = try Self.compare(build, in: scratch)
      #expect(run.hasPassed, "\(build): \(run.ending)\n\(run.lines.joined(separator: "\n"))")
      #expect(run == first ?? run, "\(build) differs from the first build")
      first = first ?? run
    }
  }

  /// All of them, or the one whose turn it is in the round.
  private static func builds(of program: String, for core: ProgramCore) -> [ProgramBuild] {
    let all = Compiler.available.flatMap { compiler in
      ProgramBuild.levels.map { level in
        ProgramBuild(program: program, core: core, compiler: compiler, level: level)
      }
    }
    if takesAll { return all }
    let turn =
      (ProgramBuild.programs.firstIndex(of: program) ?? 0)
      &+ 3 &* (ProgramCore.allCases.firstIndex(of: core) ?? 0)
    return [all[turn % all.count]]
  }

  /// Builds it and runs it on every engine and QEMU.
  private static func compare(_ build: ProgramBuild, in scratch: Scratch) throws -> ProgramRun {
    let elf = try build.build(in: scratch.url)
    guard let board = build.core.board else {
      throw ProgramBuildError(description: "\(build): no board")
    }
    let (oracle, measure) = try ProgramRun.ours(elf, on: board, engine: .stepper)
    for engine in Engine.allCases where engine != .stepper {
      let (run, other) = try ProgramRun.ours(elf, on: board, engine: engine)
      #expect(run == oracle, "\(build), \(engine)")
      #expect(other == measure, "\(build), \(engine)")
    }
    if let reference = try ProgramRun.qemu(elf, machine: build.core.boardName) {
      #expect(reference == oracle, "\(build), QEMU")
    }
    return oracle
  }
}
