// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A byte stream to a board: a serial port, or something that behaves like one.
public protocol SerialTransport: AnyObject {
  func write(_ bytes: [UInt8]) throws(TransportError)
  /// What has come, at most `count` bytes; empty once `within` has passed with nothing.
  func read(atMost count: Int, within: Duration) throws(TransportError) -> [UInt8]
  func discardInput() throws(TransportError)
  func setBaud(_ bitsPerSecond: Int) throws(TransportError)
  /// False where the port has no modem lines (a pseudo terminal); nil leaves a line as it is.
  @discardableResult func setLines(dtr: Bool?, rts: Bool?) throws(TransportError) -> Bool
  func close()
}

/// One interface of a USB device.
public protocol USBTransport: AnyObject {
  func control(
    requestType: UInt8, request: UInt8, value: UInt16, index: UInt16, data: [UInt8], length: Int,
    within: Duration
  ) throws(TransportError) -> [UInt8]
  func bulkOut(endpoint: UInt8, _ bytes: [UInt8], within: Duration) throws(TransportError)
  func bulkIn(endpoint: UInt8, length: Int, within: Duration) throws(TransportError) -> [UInt8]
  func selectAlternate(_ setting: UInt8) throws(TransportError)
  func resetPort() throws(TransportError)
  func close()
}

/// What went wrong between here and the board, in terms that a remedy can be chosen by.
public enum TransportError: Error, Equatable, Sendable {
  case notFound(path: String)
  case accessDenied(path: String)
  case busy(path: String)
  case disconnected
  case timedOut
  case stalled
  /// Anything else, in the operating system's words.
  case failed(String)
}
