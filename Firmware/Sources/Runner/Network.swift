// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The generated network, as the runner sees it.
enum Network {
  static var layerCount: Int { 1 }

  static func reset(arena: UnsafeMutableRawPointer) {}

  @inline(never)
  static func run(arena: UnsafeMutableRawPointer) { RunnerNetwork.run(arena: arena) }

  @inline(never)
  static func runLayer(_ index: Int, arena: UnsafeMutableRawPointer) {
    RunnerNetwork.run(arena: arena)
  }
}
