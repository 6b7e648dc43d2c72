// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import USBModel

/// One request after another, each followed until the device is ready for the next: what both the
/// plain and ST's dialect consist of.
struct DFULink: Sendable {
  /// What is asked for at once; the answer is `.done`, or why not.
  enum Operation: Equatable, Sendable {
    /// A standard descriptor, with the language of strings.
    case descriptor(type: UInt8, index: UInt8, length: Int)
    case select(UInt8)
    /// From wherever the device stands to dfuIDLE.
    case recover
    case download(UInt16, [UInt8])
    /// The empty download. Done when the device is idle again, waits for a reset or is gone.
    case manifest(UInt16)
    case upload(UInt16, length: Int)
    case abort
    /// Answered or not: devices that leave at once do not.
    case detach
    case resetPort
    case pause(Duration)
    case awaitDisconnect(Duration)
  }

  enum Outcome: Equatable, Sendable {
    case perform(FlashAction)
    case done([UInt8])
    case trouble(DFUTrouble)
  }

  static let patience = Duration.seconds(5)
  /// GETSTATUS after a download: some bootloaders erase a sector before they answer.
  static let longPatience = Duration.seconds(15)
  /// The most that a device may ask for by its poll timeouts, for one request.
  static let busyLimit = Duration.seconds(60)

  /// Of the interface.
  var interface: UInt8 = 0

  private enum Waiting: Equatable {
    case report, request, status, poll, clear
  }

  private var operation = Operation.recover
  private var waiting = Waiting.request
  private var polls = 0
  private var waited = Duration.zero

  /// The first action of an operation.
  /// - Parameter progress: what the user is shown before.
  mutating func begin(
    _ operation: Operation, reporting progress: FlashProgress? = nil
  ) -> FlashAction {
    (self.operation, polls, waited) = (operation, 0, .zero)
    guard let progress else { return request() }
    waiting = .report
    return .report(progress)
  }

  mutating func receive(_ event: FlashEvent) -> Outcome {
    if case .transportFailed(let text) = event { return .trouble(.transport(text)) }
    switch waiting {
    case .report: return .perform(request())
    case .request, .clear: return requestEnded(event)
    case .status: return statusCame(event)
    case .poll: return .perform(getStatus())
    }
  }

  // MARK: What is sent

  private mutating func request() -> FlashAction {
    waiting = .request
    switch operation {
    case .descriptor(let type, let index, let length):
      return .control(
        SetupRequest(
          requestType: 0x80, request: 6, value: UInt16(type) << 8 | UInt16(index),
          index: type == DescriptorType.string && index != 0 ? StringDescriptor.usEnglish : 0,
          length: UInt16(clamping: length)), data: [], within: Self.patience)
    case .select(let alternate): return .selectAlternate(alternate)
    case .recover: return getStatus()
    case .download(let block, let data): return toDevice(.download, block, data)
    case .manifest(let block): return toDevice(.download, block)
    case .upload(let block, let length): return toHost(.upload, block, length: length)
    case .abort: return toDevice(.abort)
    case .detach: return toDevice(.detach, 1000)
    case .resetPort: return .resetPort
    case .pause(let time): return .pause(time)
    case .awaitDisconnect(let time): return .awaitDisconnect(within: time)
    }
  }

  private mutating func getStatus() -> FlashAction {
    waiting = .status
    return toHost(.getStatus, 0, length: 6)
  }

  private func toDevice(
    _ request: DFURequest, _ value: UInt16 = 0, _ data: [UInt8] = []
  ) -> FlashAction {
    .control(
      SetupRequest(
        requestType: 0x21, request: request.rawValue, value: value, index: UInt16(interface)),
      data: data, within: Self.patience)
  }

  private func toHost(_ request: DFURequest, _ value: UInt16, length: Int) -> FlashAction {
    .control(
      SetupRequest(
        requestType: 0xA1, request: request.rawValue, value: value, index: UInt16(interface),
        length: UInt16(clamping: length)), data: [],
      within: request == .getStatus ? Self.longPatience : Self.patience)
  }

  // MARK: What came of it

  private mutating func requestEnded(_ event: FlashEvent) -> Outcome {
    switch (operation, event) {
    case (.detach, _), (.pause, _), (.resetPort, .done): return .done([])
    case (.awaitDisconnect, .disconnected): return .done([1])
    case (.awaitDisconnect, _): return .done([])
    case (.manifest, .disconnected): return .done([])
    case (_, .disconnected): return .trouble(.gone(name))
    // CLRSTATUS and ABORT on the way to dfuIDLE: the status behind them counts.
    case (.recover, _): return .perform(getStatus())
    case (_, .stalled): return .trouble(.refused(name))
    case (_, .timedOut): return .trouble(.silent(name, Self.patience))
    case (.download, _), (.manifest, _): return .perform(getStatus())
    case (_, .bytes(let bytes)): return .done(bytes)
    default: return .done([])
    }
  }

  private mutating func statusCame(_ event: FlashEvent) -> Outcome {
    switch event {
    case .bytes(let bytes):
      guard let report = DFUReport(bytes) else { return .trouble(.nonsense(name, bytes)) }
      if case .recover = operation { return recover(report) }
      return settle(report)
    case .disconnected:
      // Devices that restart by themselves do not wait for the host to hear of it.
      if case .manifest = operation { return .done([]) }
      return .trouble(.gone(name))
    case .timedOut:
      if case .manifest = operation { return .done([]) }
      return .trouble(.silent("GETSTATUS", Self.longPatience))
    case .stalled:
      guard case .recover = operation, polls < 3 else { return .trouble(.refused("GETSTATUS")) }
      polls += 1
      return clear(.clearStatus)
    default: return .trouble(.nonsense(name, []))
    }
  }

  private mutating func settle(_ report: DFUReport) -> Outcome {
    guard report.status == .ok else { return .trouble(.reported(name, report.status)) }
    switch (operation, report.state) {
    case (.download, .downloadIdle): return .done([])
    case (.download, .downloadSync), (.download, .downloadBusy): return poll(report)
    case (.manifest, .idle), (.manifest, .manifestWaitReset): return .done([report.state.rawValue])
    case (.manifest, .manifestSync), (.manifest, .manifest): return poll(report)
    default: return .trouble(.unexpected(name, report.state))
    }
  }

  private mutating func recover(_ report: DFUReport) -> Outcome {
    polls += 1
    guard polls < 16 || report.state == .downloadBusy || report.state == .manifest else {
      return .trouble(.unexpected(name, report.state))
    }
    switch report.state {
    case .idle where report.status == .ok: return .done([])
    case .idle, .error: return clear(.clearStatus)
    case .downloadSync, .downloadIdle, .uploadIdle, .manifestSync: return clear(.abort)
    case .downloadBusy, .manifest: return poll(report)
    case .manifestWaitReset: return .trouble(.unexpected(name, report.state))
    case .appIdle, .appDetach: return .trouble(.application)
    }
  }

  private mutating func clear(_ request: DFURequest) -> Outcome {
    waiting = .clear
    return .perform(toDevice(request))
  }

  /// Asks again after the device's poll timeout. A device that names none is given 5 ms from the
  /// third time on, so that one which is stuck does not keep the bus busy for ever.
  private mutating func poll(_ report: DFUReport) -> Outcome {
    polls += 1
    let asked = Duration.milliseconds(Int64(report.pollTimeout))
    let pause = max(asked, polls > 2 ? .milliseconds(5) : .zero)
    // A device that says nothing sensible of its time gets less of ours.
    let limit = asked > .zero ? Self.busyLimit : Self.longPatience
    guard waited + pause <= limit else { return .trouble(.slow(name, limit)) }
    waited += pause
    guard pause > .zero else { return .perform(getStatus()) }
    waiting = .poll
    return .perform(.pause(pause))
  }

  /// The operation as the specification names it.
  private var name: String {
    switch operation {
    case .descriptor(DescriptorType.string, let index, _): "a request for string \(index)"
    case .descriptor: "a request for its descriptors"
    case .select(let alternate): "alternate setting \(alternate)"
    case .recover: "GETSTATUS"
    case .download(0, let data) where data.count < 6: "a command"
    case .download(let block, _): "DNLOAD of block \(block)"
    case .manifest: "the end of the download"
    case .upload(let block, _): "UPLOAD of block \(block)"
    case .abort: "ABORT"
    case .detach: "DETACH"
    case .resetPort: "a reset of the port"
    case .pause, .awaitDisconnect: "a pause"
    }
  }
}
