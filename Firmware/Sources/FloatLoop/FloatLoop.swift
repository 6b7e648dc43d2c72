import Startup
import Workloads

/// A filter and a transform in floats over and over. Measures emulators: `swift run -c release benchmark`.
@main
enum FloatLoop {
  static func main() { Workload.finish(FloatWork.run(rounds: 8000)) }
}
