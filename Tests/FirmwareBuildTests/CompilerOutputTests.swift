// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import MachineModel
import Testing

@testable import FirmwareBuild

@Suite struct CompilerOutputTests {
  private func error(_ lines: String...) throws -> FirmwareBuildError {
    CompilerOutput(lines: lines).error(
      application: "keyword-spotting", board: try Board.load(named: "nano33ble"),
      target: BuildTarget(core: .cortexM4F),
      swift: try SwiftCompiler(environment: ["PATH": "/bin"], isExecutable: { _ in true }))
  }

  @Test func overflowingRegion_isTakenFromLinkersLargestNumber() throws {
    let error = try error(
      "ld.lld: error: section '.bss' will not fit in region 'RAM': overflowed by 100 bytes",
      "ld.lld: error: section '.stack' will not fit in region 'RAM': overflowed by 8292 bytes")
    #expect(
      error
        == .doesNotFit(
          application: "keyword-spotting", board: "Arduino Nano 33 BLE", memory: "RAM",
          overflow: ByteCount(8292)))
    #expect(
      error.description
        == "keyword-spotting does not fit Arduino Nano 33 BLE: 8,292 B too many for its RAM, "
        + "with 8 KiB kept for the stack")
  }

  @Test func toolchainWithoutEmbeddedLibrary_isNamed() throws {
    let error = try error(
      "<unknown>:0: error: unable to load standard library for target 'armv7em-none-none-eabi'")
    #expect(error == .noEmbeddedLibrary(triple: "armv7em-none-none-eabi", swift: "/bin/swift"))
    #expect(error.description.contains("install the toolchain from swift.org"))
  }

  @Test func undefinedSymbols_areListedOnce() throws {
    let error = try error(
      "ld.lld: error: undefined symbol: posix_memalign", "ld.lld: error: undefined symbol: free",
      "ld.lld: error: undefined symbol: free")
    #expect(error == .undefinedSymbols(["free", "posix_memalign"]))
  }

  @Test func killedCompiler_isToldFromMistakes() throws {
    let error = try error("error: compile command failed due to signal 9 (use -v)")
    #expect(error == .compilerKilled)
    #expect(error.description.hasSuffix("close programs and try again"))
  }

  @Test func modelOfAnotherShape_isToldInTheApplicationsWords() throws {
    let error = try error(
      "/d/arena.c:6:16: error: static assertion failed due to requirement '490 == 48 * 32': "
        + "the model must take 48 rows of 32 features")
    #expect(
      error.description
        == "the model does not suit keyword-spotting: the model must take 48 rows of 32 features; "
        + "choose another model or application")
  }

  @Test func pinThatTheBoardLacks_isNamed() throws {
    let error = try error(
      "/d/Console.swift:13:1: error: type 'BoardPins' has no member 'TX'",
      "/d/Console.swift:13:1: error: type 'BoardPins' has no member 'TX'")
    #expect(error == .missingPins(board: "Arduino Nano 33 BLE", names: ["TX"]))
    #expect(error.description.contains("add it under \"pins\" in the board's file"))
  }

  @Test func otherFailures_showTheErrors() throws {
    let error = try error(
      "[1/2] Compiling", "/x.swift:3:1: error: cannot find 'y' in scope", "   |")
    #expect(error == .compiler(lastLines: ["/x.swift:3:1: error: cannot find 'y' in scope"]))
    #expect(error.description.hasPrefix("the firmware does not build:\n  /x.swift:3:1"))
  }

  @Test func failureWithoutMarkedError_showsItsLastLines() throws {
    #expect(
      try error("something", "", "went wrong") == .compiler(lastLines: ["something", "went wrong"]))
  }

  @Test func missingSwift_saysWhereItLooked() {
    #expect(throws: FirmwareBuildError.noSwift(path: "/nowhere")) {
      try SwiftCompiler(environment: ["PATH": "/nowhere"])
    }
  }

  @Test func environment_losesWhatSwiftPMSaysToItsChildren() {
    let cleaned = SwiftCompiler.cleaned([
      "PATH": "/bin", "HOME": "/root", "SWIFTPM_CUSTOM": "1", "SDKROOT": "/sdk", "SWIFT_EXEC": "x",
    ])
    #expect(cleaned == ["PATH": "/bin", "HOME": "/root"])
  }
}
