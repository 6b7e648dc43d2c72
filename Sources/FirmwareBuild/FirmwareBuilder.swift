// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import BoardDescription
import FirmwareImage
public import Foundation
public import MachineModel
public import ModelCompiler

/// Builds an application of the nested package `Firmware` for a board.
///
/// Everything it makes lies in `.build/firmware` of the package: linker scripts, the compiler's own
/// files, and `images/<board>/<application>.elf`, `.bin` and `.hex`.
public struct FirmwareBuilder: Sendable {
  /// The checkout that this code was compiled from.
  public static let checkout = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  let root: URL
  private let environment: [String: String]

  public init(
    packageRoot: URL = FirmwareBuilder.checkout,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    root = packageRoot
    self.environment = environment
  }

  var package: URL { root.appendingPathComponent("Firmware") }
  var scratch: URL { root.appendingPathComponent(".build/firmware") }

  /// The applications, by what `--app` calls them: the manifest's executable products.
  public func applications() throws(FirmwareBuildError) -> [String] {
    let manifest = package.appendingPathComponent("Package.swift")
    guard let text = try? String(contentsOf: manifest, encoding: .utf8) else {
      throw .noFirmwarePackage(path: package.path)
    }
    return text.matches(of: /\.executable\(\s*name:\s*"([^"]+)"/).map { String($0.1) }
  }

  /// The application's image for the board; builds it unless nothing it is made from has changed.
  /// - Parameters:
  ///   - app: one of `applications`.
  ///   - model: a `.tflite` file in place of the application's own.
  ///   - progress: what is being done, for people; not called when nothing is to do.
  public func image(
    app: String, board: Board, model: URL? = nil, progress: (String) -> Void = { _ in }
  ) throws(FirmwareBuildError) -> BuiltImage {
    try checkName()
    let known = try applications()
    guard known.contains(app) else { throw .noSuchApplication(name: app, known: known) }
    let network = try NetworkSource(
      application: app, package: package, override: model, core: TargetCore(board))
    return try image(Order(app: app, name: app, network: network), board, progress)
  }

  /// The image that runs a network on inputs which come over the board's console, and the files
  /// that were generated for it.
  public func image(
    running network: RunnerNetwork, board: Board, progress: (String) -> Void = { _ in }
  ) throws(FirmwareBuildError) -> BuiltImage {
    try checkName()
    let order = Order(
      app: NetworkSource.runner, name: "\(NetworkSource.runner)-\(network.name)",
      network: NetworkSource(network, package: package))
    return try image(order, board, progress)
  }

  /// SwiftPM names packages by their folders, and takes two of one name for one package.
  private func checkName() throws(FirmwareBuildError) {
    guard root.standardizedFileURL.lastPathComponent.lowercased() != "firmware" else {
      throw .checkoutCalledFirmware(path: root.path)
    }
  }

  /// What is generated for a network's image: Swift, and C for the constants.
  public func sources(
    of network: RunnerNetwork
  ) throws(FirmwareBuildError) -> [(name: String, text: String)] {
    try NetworkSource(network, package: package).code { _ in }.map { ($0.name, $0.text) }
  }

  /// What the runner's image keeps free for the stack: it leaves more to the network than an
  /// application with a microphone could.
  public static let runnerStack = ByteCount.kibibytes(2)

  private static let serialApplications: Set = ["blink", "serial-echo"]

  /// An image to make: of which application, under which name.
  private struct Order {
    let app: String
    let name: String
    let network: NetworkSource?

    var isRunner: Bool { app == NetworkSource.runner }
    /// Whether the application links the console of any board.
    var needsSerial: Bool { isRunner || FirmwareBuilder.serialApplications.contains(app) }
    var stack: ByteCount { isRunner ? FirmwareBuilder.runnerStack : LinkerScript.stack }
  }

  private func image(
    _ order: Order, _ board: Board, _ progress: (String) -> Void
  ) throws(FirmwareBuildError) -> BuiltImage {
    let script = try LinkerScript(board: board, stack: order.stack)
    let pins = BoardPins(board: board)
    let usb = BoardUSB(board: board)
    let serial = order.needsSerial ? try BoardSerial(board: board) : nil
    let swift = try SwiftCompiler(environment: environment)
    let folder = scratch.appendingPathComponent("images/\(board.id)")
    try Files.makeFolder(folder)

    let lock = try FileLock(path: scratch.appendingPathComponent("lock").path) {
      progress("waiting for another build to end")
    }
    defer { extendLifetime(lock) }
    let texts = [script.text, pins.text, usb.text, serial?.text ?? ""]
    let inputs = try fingerprint(order, board: texts, swift: swift)
    let stamp = folder.appendingPathComponent(order.name + ".inputs")
    let image = BuiltImage(application: order.name, in: folder, isNew: false)
    if isCurrent(image, stamp: stamp, inputs: inputs) { return image }

    try? FileManager.default.removeItem(at: stamp)
    progress("building \(order.name) for \(board.name)")
    try pins.write(to: package)
    try usb.write(to: package)
    try serial?.write(to: package)
    try order.network?.generate(progress: progress)
    let linked = try compile(app: order.app, board: board, script: script, with: swift, progress)
    try write(linked, as: image, for: board)
    try Files.write(Array(inputs.description.utf8), to: stamp)
    return BuiltImage(application: order.name, in: folder, isNew: true)
  }

  private func fingerprint(
    _ order: Order, board: [String], swift: SwiftCompiler
  ) throws(FirmwareBuildError) -> Fingerprint {
    var inputs = Fingerprint()
    inputs.add(order.name)
    for text in board { inputs.add(text) }
    inputs.add(swift.path)
    inputs.add("\(Files.modificationDate(swift.path))")
    for name in ["Package.swift", "Sources", "Toolsets"] {
      inputs.add(
        contentsOf: package.appendingPathComponent(name),
        leavingOut: [NetworkSource.generatedFolder])
    }
    inputs.add(contentsOf: root.appendingPathComponent("Package.swift"))
    for target in Self.sharedTargets {
      inputs.add(contentsOf: root.appendingPathComponent("Sources/\(target)"))
    }
    try order.network?.addInputs(to: &inputs)
    return inputs
  }

  /// The root's targets that end in an image: those compiled for the board, and those that write
  /// code.
  private static let sharedTargets = [
    "RegisterMaps", "InferenceKernels", "CKernelIntrinsics", "AudioFeatures", "WordSpotting",
    "InjectionProtocol", "RunnerProtocol", "ModelGraph", "TFLiteImport", "ModelCompiler",
    "FirmwareBuild",
  ]

  private func isCurrent(_ image: BuiltImage, stamp: URL, inputs: Fingerprint) -> Bool {
    let files = [image.elf, image.bin, image.hex]
    guard files.allSatisfy({ FileManager.default.fileExists(atPath: $0.path) }) else {
      return false
    }
    return (try? String(contentsOf: stamp, encoding: .utf8)) == inputs.description
  }

  /// - Returns: the linked ELF file's bytes.
  private func compile(
    app: String, board: Board, script: LinkerScript, with swift: SwiftCompiler,
    _ progress: (String) -> Void
  ) throws(FirmwareBuildError) -> [UInt8] {
    let target = BuildTarget(core: board.chip.core)
    // A script's name tells its content: SwiftPM links again when the command changes, not the
    // file.
    var hash = Fingerprint()
    hash.add(script.text)
    let path = scratch.appendingPathComponent("linker-scripts/\(board.id)-\(hash).ld")
    try Files.makeFolder(path.deletingLastPathComponent())
    try Files.write(Array(script.text.utf8), to: path)
    // SwiftPM keeps one description of what it builds in a folder, not one for each triple.
    let build = scratch.appendingPathComponent("build/\(target.triple)")
    let arguments = [
      "build", "-c", "release", "--triple", target.triple,
      "--toolset", package.appendingPathComponent("Toolsets/\(target.toolset)").path,
      "--product", app, "--scratch-path", build.path,
      "-Xlinker", "-T", "-Xlinker", path.path,
    ]
    var lines: [String] = []
    let status = try swift.run(arguments, in: package, environment: environment) { line in
      lines.append(line)
      if line.hasPrefix("["), line.contains("] ") { progress(line) }
    }
    guard status == 0 else {
      throw CompilerOutput(lines: lines)
        .error(application: app, board: board, target: target, swift: swift)
    }
    return try Files.read(build.appendingPathComponent("\(target.triple)/release/\(app)"))
  }

  private func write(
    _ elf: [UInt8], as image: BuiltImage, for board: Board
  ) throws(FirmwareBuildError) {
    let name = image.elf.lastPathComponent
    let parsed: Image
    do {
      parsed = try Image.parse(elf, name: name, rawLoadAddress: board.application.start)
    } catch { throw .image(error.description) }
    guard let last = parsed.segments.last, parsed.vectorTable == board.application.start else {
      throw .image("\(name): the linker put nothing at \(board.application.start)")
    }
    // Flash between two sections stays erased.
    let size = Int(last.end - UInt64(parsed.vectorTable.bits))
    var bytes = [UInt8](repeating: 0xFF, count: min(size, board.application.length.count))
    for segment in parsed.segments {
      let start = Int(segment.address.bits - parsed.vectorTable.bits)
      guard segment.bytes.count <= bytes.count - start else {
        throw .image("\(name): bytes at \(segment.address) lie outside the board's flash")
      }
      bytes.replaceSubrange(start..<start + segment.bytes.count, with: segment.bytes)
    }
    let hex = IntelHex(bytes, at: parsed.vectorTable, entry: parsed.entry ?? parsed.vectorTable)
    try Files.write(bytes, to: image.bin)
    try Files.write(Array(hex.text.utf8), to: image.hex)
    try Files.write(elf, to: image.elf)
  }
}

extension TargetCore {
  /// The kernels that suit what the board's image is compiled for.
  public init(_ board: Board) { self = BuildTarget(core: board.chip.core).kernels }
}

/// How a core is named to the compiler.
struct BuildTarget {
  let triple: String
  let toolset: String
  let kernels: TargetCore

  init(core: Chip.Core) {
    switch core {
    // What every core without floating point runs; the toolchain has no library for ARMv7-M.
    case .cortexM0, .cortexM0Plus, .cortexM3, .cortexM4, .cortexM7:
      (triple, toolset, kernels) = ("armv6m-none-none-eabi", "cortex-m0.json", .baseline)
    case .cortexM4F, .cortexM7SP, .cortexM7DP:
      (triple, toolset, kernels) = ("armv7em-none-none-eabi", "cortex-m4f.json", .dsp)
    }
  }
}
