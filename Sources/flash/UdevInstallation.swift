// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Flasher
import Foundation
import Terminal

/// `flash --install-udev`
struct UdevInstallation {
  let printsOnly: Bool

  func run() throws {
    let rules = try UdevRules(boards: BoardList.known())
    let transcript = Transcript(descriptor: 1)
    defer { Terminal.endProgress() }
    if printsOnly {
      let failure = Terminal.put(rules.text, on: 1)
      if failure != 0, failure != EPIPE { throw OutputError("the rules", failure) }
      return
    }
    let rest = try rules.install()
    transcript.print("\(rules.lines.count) rules are in \(UdevRules.path)")
    if let rest { transcript.print(rest) }
    try transcript.checkComplete()
  }
}
