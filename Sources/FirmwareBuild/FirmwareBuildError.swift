// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

/// Why an image could not be built, and what to do about it.
public enum FirmwareBuildError: Error, Equatable, CustomStringConvertible {
  case noFirmwarePackage(path: String)
  case checkoutCalledFirmware(path: String)
  case noSuchApplication(name: String, known: [String])
  case noMemory(board: String, kind: String)
  case applicationOutsideFlash(board: String, start: Address)
  case noSwift(path: String)
  case noEmbeddedLibrary(triple: String, swift: String)
  case doesNotFit(application: String, board: String, memory: String, overflow: ByteCount)
  case noModelForApplication(name: String)
  case needsModel(name: String)
  case model(path: String, reason: String)
  case noConsole(board: String, found: String?)
  case unsuitableModel(application: String, requirements: [String])
  case unreachablePins(board: String, console: String)
  case missingPins(board: String, names: [String])
  case compilerKilled
  case compiler(lastLines: [String])
  case undefinedSymbols([String])
  case image(String)
  case file(path: String, reason: String)

  public var description: String {
    switch self {
    case .noFirmwarePackage(let path):
      "no firmware package in \(path): run from a checkout of Breadboard, or give an image"
    case .checkoutCalledFirmware(let path):
      "the checkout's folder may not be called firmware, as the package in it is: rename \(path)"
    case .noSuchApplication(let name, let known):
      "no application \"\(name)\": there are \(known.joined(separator: ", "))"
    case .noMemory(let board, let kind):
      "\(board) has no memory of kind \(kind): its board or chip file must list one"
    case .applicationOutsideFlash(let board, let start):
      "\(board)'s application at \(start) does not lie in its flash: correct \"application\" "
        + "in its file"
    case .noSwift(let path):
      "no swift on the PATH (\(path)): install the toolchain from swift.org"
    case .noEmbeddedLibrary(let triple, let swift):
      "\(swift) has no Embedded Swift library for \(triple): install the toolchain from swift.org "
        + "(6.2 or later; the one inside Xcode lacks it) and put it first on the PATH"
    case .doesNotFit(let application, let board, let memory, let overflow):
      "\(application) does not fit \(board): \(overflow) too many for its \(memory)"
        + (memory == "RAM" ? ", with \(LinkerScript.stack) kept for the stack" : "")
    case .noModelForApplication(let name):
      "\(name) runs no model: leave the model out"
    case .needsModel(let name):
      "\(name) runs any model: name a .tflite file, as firmware compile does"
    case .noConsole(let board, let found):
      "\(board)'s console is \(found ?? "not named in its file"); the application talks over "
        + "a nordic.uarte, a microchip.sercom or a cmsdk.uart, named under \"console\" in the "
        + "board's file"
    case .model(let path, let reason):
      "\(path): \(reason)"
    case .unsuitableModel(let application, let requirements):
      "the model does not suit \(application): \(requirements.joined(separator: ", and ")); "
        + "choose another model or application"
    case .unreachablePins(let board, let console):
      "\(board)'s pins TX and RX are no pads of \(console): correct \"pins\" or \"console\" in "
        + "its file"
    case .missingPins(let board, let names):
      "\(board) names no pin \(names.joined(separator: ", ")), which the application uses: add it "
        + "under \"pins\" in the board's file, or choose another application"
    case .compilerKilled:
      "the compiler was killed, as systems do when memory runs out: close programs and try again"
    case .compiler(let lines):
      (["the firmware does not build:"] + lines).joined(separator: "\n  ")
    case .undefinedSymbols(let names):
      "the image needs what no target has: \(names.joined(separator: ", ")); firmware goes without "
        + "heap, Double and String (Firmware/README.md)"
    case .image(let problem):
      problem
    case .file(let path, let reason):
      "\(path): \(reason)"
    }
  }
}
