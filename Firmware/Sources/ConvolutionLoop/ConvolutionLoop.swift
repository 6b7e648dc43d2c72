// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Startup
import Workloads

/// An int8 convolution over and over.
/// Measures emulators: `swift run -c release benchmark`.
@main
enum ConvolutionLoop {
  static func main() { Workload.finish(ConvolutionWork.run(rounds: 600)) }
}
