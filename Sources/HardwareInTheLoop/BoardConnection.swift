// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import Foundation
import MachineModel

/// A board at the end of whatever leads to it. Times are the board's: virtual on an emulated one.
protocol BoardConnection: AnyObject {
  var kind: BoardKind { get }
  var board: Board { get }
  /// Puts an image into the board and starts it.
  func flash(_ image: [UInt8], name: String) throws
  /// Starts the application anew.
  func reset() throws
  /// Bytes to the application's serial port.
  func send(_ bytes: [UInt8]) throws
  /// The next line that the application printed, without its end; nil once `limit` has passed.
  func nextLine(within limit: Duration) throws -> String?
  /// Time on the board since this connection began.
  var elapsed: Duration { get }

  // What only some connections can do.
  func play(_ sound: any SampleSource, name: String) throws
  func tilt(_ motion: any MotionSource, name: String) throws
  func drive(_ pin: Pin, _ level: Level?) throws
  /// Nil where the light cannot be seen from here.
  func isLit(_ light: String) throws -> Bool?
}

/// What a board under test is made of.
public enum BoardKind: String, Codable, Equatable, Sendable {
  case emulated
  case physical
}
