// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Startup
import Workloads

/// Lists, matrices, text and checksums over and over.
/// Measures emulators: `swift run -c release benchmark`.
@main
enum IntegerLoop {
  static func main() { Workload.finish(IntegerWork.run(rounds: 12000)) }
}
