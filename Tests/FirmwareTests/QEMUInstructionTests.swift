// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import CortexM
import Emulator
import FirmwareBuild
import FirmwareImage
import Foundation
import MachineModel
import ModelCompiler
import TFLiteImport
import Terminal
import Testing

@testable import firmware

/// QEMU runs the very image that the figures are measured with, and has to execute as many
/// instructions an inference as we do. What it counts is written down by a plugin of ours
/// (`QEMU/instructions.c`): its own counters stand still on this board.
@Suite(
  .serialized, .enabled(if: MLPerfTiny.isPresent, "models not found; set BREADBOARD_DATA"),
  .enabled(if: Tool.qemu != nil && Tool.compiler != nil, "no qemu-system-arm or no cc here"))
struct QEMUInstructionTests {
  @Test(arguments: ["kws", "vww", "ic", "ad"])
  func inference_takesAsManyInstructionsAsOnQEMU(model: String) throws {
    let board = try Board.load(named: "mps2-an386")
    let program = try Program(
      TFLiteModel.graph(from: MLPerfTiny.bytes(model + ".tflite")),
      options: CompilerOptions(core: TargetCore(board)))
    let image = try FirmwareBuilder().image(
      running: RunnerNetwork(name: model, program: program), board: board)
    let bytes = try InputFile.read(image.elf.path)
    let clock = try #require(
      try Image.parse(bytes, name: "runner", rawLoadAddress: Address(0)).symbols.first {
        $0.name.contains("CycleCounter") && $0.name.contains("now")
      })

    let ours = try countedHere(
      LoadedImage(bytes: bytes, name: "runner", for: board), on: board, at: clock.address.bits & ~1)
    let theirs = try countedByQEMU(image.elf.path, at: clock.address.bits & ~1)
    #expect(ours > 100_000)
    #expect(ours == theirs)
    print("\(model): \(ours) instructions an inference, here and on QEMU")
  }

  /// What the runner was told to do: one inference, on zeros.
  private static let command = "cycles%"
  /// The clock is read when the runner greets, and before and behind the network.
  private static let before = 1

  private func countedHere(
    _ image: LoadedImage, on board: Board, at address: UInt32
  ) throws -> UInt64 {
    let machine = try Machine(board: board)
    machine.load(image)
    machine.type(Array(Self.command.utf8))
    var stops = DebugStops()
    stops.breakpoints = [address]
    var counts: [UInt64] = []
    while counts.count < Self.before + 2 {
      machine.core.stop(at: stops)
      let patience = StopConditions(duration: Cycles(25_000_000 * 20))
      let reason = machine.run(until: patience)
      try #require(machine.core.debugStop == .breakpoint, "the run stopped \(reason.text)")
      counts.append(machine.core.instructionsExecuted)
    }
    return counts[Self.before + 1] - counts[Self.before]
  }

  private func countedByQEMU(_ elf: String, at address: UInt32) throws -> UInt64 {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let plugin = folder.appendingPathComponent("instructions.so").path
    let source = FirmwareBuilder.checkout
      .appendingPathComponent("Tests/FirmwareTests/QEMU/instructions.c").path
    let compiler = try Process.run(
      #require(Tool.compiler), arguments: ["-shared", "-fPIC", "-O2", "-o", plugin, source])
    compiler.waitUntilExit()
    try #require(compiler.terminationStatus == 0)
    return try arrivals(elf, "\(plugin),address=0x\(String(address, radix: 16))")
  }

  private func arrivals(_ elf: String, _ plugin: String) throws -> UInt64 {
    let qemu = Process()
    let (input, told) = (Pipe(), Pipe())
    qemu.executableURL = Tool.qemu
    qemu.arguments = [
      "-M", "mps2-an386", "-nographic", "-monitor", "none", "-serial", "stdio", "-kernel", elf,
      "-plugin", plugin,
    ]
    (qemu.standardInput, qemu.standardOutput) = (input, FileHandle.nullDevice)
    qemu.standardError = told
    try qemu.run()
    // It inherits this thread's blocked signals, SIGTERM among them.
    let identifier = qemu.processIdentifier
    defer {
      kill(identifier, SIGKILL)
      qemu.waitUntilExit()
    }
    // An end to the wait, whatever QEMU does.
    let watchdog = DispatchWorkItem { kill(identifier, SIGKILL) }
    DispatchQueue.global().asyncAfter(deadline: .now() + 120, execute: watchdog)
    defer { watchdog.cancel() }
    try input.fileHandleForWriting.write(contentsOf: Data(Self.command.utf8))
    var text = ""
    while true {
      let counts = text.split(separator: "\n").dropLast(text.hasSuffix("\n") ? 0 : 1)
        .compactMap { UInt64($0.dropFirst("arrived ".count)) }
      if counts.count >= Self.before + 2 { return counts[Self.before + 1] - counts[Self.before] }
      let bytes = told.fileHandleForReading.availableData
      try #require(!bytes.isEmpty, "QEMU ended early: \(text)")
      text += String(decoding: bytes, as: UTF8.self)
    }
  }
}

private enum Tool {
  static let qemu = path("qemu-system-arm")
  static let compiler = path("clang") ?? path("cc")

  private static func path(_ name: String) -> URL? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").lazy
      .map { URL(fileURLWithPath: "\($0)/\(name)") }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }
  }
}
