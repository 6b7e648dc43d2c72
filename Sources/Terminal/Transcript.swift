// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// What people read of a run, printed as it happens: on standard output, or on standard error
/// where the report takes standard output.
package final class Transcript {
  private let descriptor: Int32
  private let isColoured: Bool
  /// The system's word on why nothing more can be printed; 0 while it can.
  private var failure: Int32 = 0

  package init(descriptor: Int32) {
    self.descriptor = descriptor
    isColoured = Terminal.isColoured(descriptor)
  }

  package func print(_ line: String = "") {
    Terminal.endProgress()
    guard failure == 0 else { return }
    failure = Terminal.put(line + "\n", on: descriptor)
  }

  /// A line from the board's console, what stands in quotation marks made to stand out.
  package func print(_ text: String, at time: String) {
    guard isColoured else { return print("\(time)  \(text)") }
    let parts = text.split(separator: "\"", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3 else { return print("\(Style.dim(time))  \(text)") }
    print("\(Style.dim(time))  \(parts[0])\(Style.heard("\"\(parts[1])\""))\(parts[2])")
  }

  /// A reader that has seen enough, `| head`, is no failure: the run goes on for its exit code.
  package func checkComplete() throws {
    guard failure != 0, failure != EPIPE else { return }
    throw OutputError("the transcript", failure)
  }
}
