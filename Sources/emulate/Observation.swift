// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Emulator
import Foundation
import Terminal

/// Those who watch one run, and the files that they write.
final class Observation {
  private let machine: Machine
  private var waveform: WaveformTrace?
  private var files: [StreamedFile] = []
  /// Lines of the log on their way to a file.
  private var lines: [UInt8] = []
  private var logFile: StreamedFile?
  private static let bufferSize = 1 << 16

  init(_ options: ObservationOptions, of machine: Machine, running image: LoadedImage) throws {
    self.machine = machine
    if let path = options.trace { try traceWaveform(to: path) }
    if let topics = try options.topics() { try log(topics, of: image, to: options.logFile) }
  }

  private func traceWaveform(to path: String) throws {
    let file = try StreamedFile(path: path)
    files.append(file)
    let waveform = WaveformTrace(of: machine, to: file.write)
    machine.show(to: waveform)
    self.waveform = waveform
  }

  private func log(_ topics: Set<EventLog.Topic>, of image: LoadedImage, to path: String?) throws {
    if let path {
      let file = try StreamedFile(path: path)
      files.append(file)
      logFile = file
      machine.show(to: EventLog(topics, of: image) { [weak self] in self?.keep($0) })
    } else {
      machine.show(
        to: EventLog(topics, of: image) { line in
          Terminal.endProgress()
          Terminal.put(line + "\n", on: 2)
        })
    }
  }

  private func keep(_ line: String) {
    lines += line.utf8
    lines.append(UInt8(ascii: "\n"))
    if lines.count >= Self.bufferSize { flush() }
  }

  private func flush() {
    logFile?.write(lines[...])
    lines.removeAll(keepingCapacity: true)
  }

  /// Completes the files; throws for the first that could not be written.
  func finish() throws {
    waveform?.finish(machine)
    flush()
    for file in files { try file.finish() }
  }
}
