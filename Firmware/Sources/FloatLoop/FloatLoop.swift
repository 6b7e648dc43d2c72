// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Startup
import Workloads

/// A filter and a transform in floats over and over.
/// Measures emulators: `swift run -c release benchmark`.
@main
enum FloatLoop {
  static func main() { Workload.finish(FloatWork.run(rounds: 8000)) }
}
