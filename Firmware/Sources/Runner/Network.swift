// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The generated network, as the runner sees it.
enum Network {
  static var inputCount: Int { RunnerNetwork.inputCount }
  static var outputCount: Int { RunnerNetwork.outputCount }
  static var layerCount: Int { RunnerNetwork.layerCount }

  static func input(_ index: Int) -> (offset: Int, byteCount: Int) { RunnerNetwork.input(index) }
  static func output(_ index: Int) -> (offset: Int, byteCount: Int) { RunnerNetwork.output(index) }

  static func reset(arena: UnsafeMutableRawPointer) { RunnerNetwork.reset(arena: arena) }

  // Calls that stay calls: what is measured begins and ends with them.
  @inline(never)
  static func run(arena: UnsafeMutableRawPointer) { RunnerNetwork.run(arena: arena) }

  @inline(never)
  static func runLayer(_ index: Int, arena: UnsafeMutableRawPointer) {
    RunnerNetwork.runLayer(index, arena: arena)
  }
}
