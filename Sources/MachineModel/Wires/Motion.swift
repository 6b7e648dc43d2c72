// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Three components along the axes that are printed on the board.
public struct Axes: Equatable, Codable, Sendable {
  public var x: Double
  public var y: Double
  public var z: Double

  public init(_ x: Double, _ y: Double, _ z: Double) { (self.x, self.y, self.z) = (x, y, z) }
}

/// How a board lies and moves at one instant.
public struct Motion: Equatable, Codable, Sendable {
  /// What an accelerometer shows, in g: at rest one g, away from the ground.
  public var acceleration: Axes
  /// In degrees a second.
  public var rotation: Axes
  /// The magnetic field in microtesla.
  public var field: Axes

  public init(
    acceleration: Axes, rotation: Axes = Axes(0, 0, 0), field: Axes = Motion.ground.field
  ) {
    (self.acceleration, self.rotation, self.field) = (acceleration, rotation, field)
  }

  /// Flat on a table in Central Europe, pointing north.
  public static let ground = Motion(
    acceleration: Axes(0, 0, 1), rotation: Axes(0, 0, 0), field: Axes(20, 0, -45))
}

/// Where a motion sensor's samples come from: a recording, a script, nothing. Sensors never open
/// files.
public protocol MotionSource: Sendable {
  /// The motion so many seconds after the sensor began to measure.
  func motion(at seconds: Double) -> Motion
}

/// Nothing moves.
public struct Rest: MotionSource {
  private let motion: Motion
  public init(_ motion: Motion = .ground) { self.motion = motion }
  public func motion(at seconds: Double) -> Motion { motion }
}
