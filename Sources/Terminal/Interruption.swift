// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Ctrl-C and SIGTERM are noted, for a run to end where it is safe to; a second one ends the
/// process on the spot.
package enum Interruption {
  /// Written by the signal handler, which may touch nothing but a word like this one.
  nonisolated(unsafe) private static var received: Int32 = 0

  /// The signal that came, if one did.
  package static var signal: Int32? { received == 0 ? nil : received }

  package static func watch() {
    received = 0
    // Who started this process may have blocked them, as threads of Dispatch do.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    for number in [SIGINT, SIGTERM] {
      Foundation.signal(number) { number in
        Interruption.received = number
        Foundation.signal(number, SIG_DFL)
      }
    }
  }
}
