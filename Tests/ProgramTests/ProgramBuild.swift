// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A C compiler for Arm, if this machine has it. GCC links for both: the run-time library for
/// what a core cannot do itself is its own.
enum Compiler: String, CaseIterable, Sendable {
  case gcc, clang

  static let linker = Tool.find("arm-none-eabi-gcc")
  private static let swiftClang = Tool.find(
    "clang", in: ["/opt/swift/usr/bin", "/usr/share/swift/usr/bin"])

  var tool: Tool? {
    switch self {
    case .gcc: Self.linker
    case .clang: Self.linker == nil ? nil : Self.swiftClang
    }
  }

  static var available: [Compiler] { allCases.filter { $0.tool != nil } }
}

struct ProgramBuildError: Error, CustomStringConvertible {
  let description: String
}

/// One program, compiled one way.
struct ProgramBuild: Sendable, CustomStringConvertible {
  static let levels = ["-O0", "-O2", "-O3", "-Os"]
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Programs")

  let program: String
  let core: ProgramCore
  let compiler: Compiler
  let level: String

  var description: String { "\(program) \(core) \(compiler) \(level)" }

  /// The programs, by their file's name.
  static let programs: [String] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(".c") }.map { String($0.dropLast(2)) }.sorted()
  }()

  private static let common = [
    "-std=gnu11", "-ffreestanding", "-fno-strict-aliasing", "-ffp-contract=off", "-nostdlib",
    "-Wall", "-Wextra", "-Werror",
  ]

  private var machine: [String] { ["-mthumb", "-mcpu=\(core.cpu)"] + core.floatingPoint }

  /// Compiles and links into `scratch`; answers the ELF's path.
  func build(in scratch: URL) throws -> String {
    let support = Self.folder.appendingPathComponent("Support").path
    let sources =
      [Self.folder.appendingPathComponent("\(program).c").path]
      + ["start", "text"].map { "\(support)/\($0).c" }
    let stem = scratch.appendingPathComponent("\(program)-\(core)-\(compiler)\(level)").path
    let objects = sources.indices.map { "\(stem).\($0).o" }
    for (source, object) in zip(sources, objects) {
      let target = compiler == .gcc ? ["-masm-syntax-unified"] : ["--target=\(core.clangTarget)"]
      try run(
        compiler.tool,
        target + machine + Self.common + [level, "-I", support, "-c", source, "-o", object])
    }
    let link = ["-Wl,--no-warn-rwx-segments,--no-enum-size-warning,-z,noexecstack"]
    try run(
      Compiler.linker,
      machine + ["-nostdlib", "-T", "\(support)/program.ld"] + link + objects
        + ["-lgcc", "-o", "\(stem).elf"])
    return "\(stem).elf"
  }

  private func run(_ tool: Tool?, _ arguments: [String]) throws {
    guard let tool else { throw ProgramBuildError(description: "\(self): no compiler") }
    let outcome = try tool.run(arguments)
    guard outcome.status == 0 else {
      throw ProgramBuildError(description: "\(self): \(outcome.output)")
    }
  }
}

/// A folder that goes with its owner.
final class Scratch: Sendable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent(
      "breadboard-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }
}
