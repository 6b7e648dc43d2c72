// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A flash protocol as a value that does no I/O: it is told what happened and answers with what to
/// do next. The `Flasher` is the only loop that joins a session to a transport; tests join it to a
/// modelled device, with or without faults.
///
/// A session never waits for ever: every action that waits has an end, and what came of it is the
/// next event. After `.finished` or `.failed` it is not called again.
public protocol FlashSession: Sendable {
  mutating func receive(_ event: FlashEvent) -> FlashStep
}

/// What a session asks for. Each action is followed by exactly one event.
public enum FlashStep: Equatable, Sendable {
  case perform(FlashAction)
  /// The image is on the board, as far as the protocol can tell.
  case finished(FlashVerification)
  case failed(FlashFailure)
}

public enum FlashAction: Equatable, Sendable {
  // Serial
  /// Followed by `.done`.
  case send([UInt8])
  /// Followed by `.bytes` with at least one byte, or `.timedOut`.
  case receive(atMost: Int, within: Duration)
  /// Throws away what has come and was not read. Followed by `.done`.
  case discardInput
  /// Followed by `.done`; baud rate in bits a second.
  case setBaud(Int)
  /// Followed by `.done`; a port has no parity until it is told otherwise.
  case setParity(SerialParity)
  /// Followed by `.done`; nil leaves a line as it is.
  case setLines(dtr: Bool?, rts: Bool?)

  // USB
  /// A control request that sends `data`, or asks for `setup.length` bytes. Followed by `.bytes`
  /// (empty for one that sends), `.stalled` or `.timedOut`.
  case control(SetupRequest, data: [UInt8], within: Duration)
  /// Followed by `.done`, `.stalled` or `.timedOut`.
  case bulkOut(endpoint: UInt8, [UInt8], within: Duration)
  /// Followed by `.bytes`, `.stalled` or `.timedOut`.
  case bulkIn(endpoint: UInt8, length: Int, within: Duration)
  /// USB: makes another alternate setting of the interface current. Followed by `.done`.
  case selectAlternate(UInt8)
  case resetPort

  // Either
  /// Followed by `.done`.
  case pause(Duration)
  /// What the user sees; followed by `.done`.
  case report(FlashProgress)
  /// The device is expected to leave the bus now. Followed by `.disconnected` or `.timedOut`.
  case awaitDisconnect(within: Duration)
}

public enum SerialParity: String, Equatable, Sendable {
  case none, even, odd
}

/// A control request without its length, which follows from the data.
public struct SetupRequest: Equatable, Sendable {
  public var requestType: UInt8
  public var request: UInt8
  public var value: UInt16
  public var index: UInt16
  /// What may come back, for a request to the host.
  public var length: UInt16

  public init(
    requestType: UInt8, request: UInt8, value: UInt16, index: UInt16, length: UInt16 = 0
  ) {
    self.requestType = requestType
    self.request = request
    self.value = value
    self.index = index
    self.length = length
  }
}

public enum FlashEvent: Equatable, Sendable {
  /// The first event of every session.
  case started
  case done
  case bytes([UInt8])
  case timedOut
  case stalled
  case disconnected
  /// The operating system refused, in its own words.
  case transportFailed(String)
}

/// Where a session is: what `--verbose` says and the progress bar shows.
public struct FlashProgress: Equatable, Sendable {
  public enum Step: String, Sendable, CaseIterable {
    case connecting, erasing, writing, verifying, restarting
  }

  public var step: Step
  /// Bytes of this step that are done, of `total`; both 0 where a step cannot be measured.
  public var done: Int
  public var total: Int
  /// What the device said of itself, or another detail worth a line; shown by `--verbose`.
  public var detail: String?

  public init(_ step: Step, done: Int = 0, total: Int = 0, detail: String? = nil) {
    (self.step, self.done, self.total, self.detail) = (step, done, total, detail)
  }
}

/// By what means the written image was held against what was meant.
public enum FlashVerification: String, Equatable, Sendable {
  /// Every byte was read back.
  case readBack
  /// The device computed a checksum over its flash.
  case checksum
  /// The device acknowledged each block and has no means to verify.
  case acknowledged
}

/// Why a session ended without success: which step, what the device did, what to do.
public struct FlashFailure: Error, Equatable, Sendable, CustomStringConvertible {
  public var step: FlashProgress.Step
  /// What happened, in a sentence: `the board did not answer 'V' within 1 s`.
  public var problem: String
  /// What the user can do about it.
  public var remedy: String

  public init(_ step: FlashProgress.Step, _ problem: String, remedy: String) {
    (self.step, self.problem, self.remedy) = (step, problem, remedy)
  }

  public var description: String { "\(step.rawValue): \(problem); \(remedy)" }
}

/// The bytes to write and where they go.
public struct FlashImage: Equatable, Sendable {
  /// Address of the first byte.
  public var start: UInt32
  /// One run; gaps between segments are filled with 0xFF.
  public var bytes: [UInt8]

  public init(start: UInt32, bytes: [UInt8]) { (self.start, self.bytes) = (start, bytes) }
}
