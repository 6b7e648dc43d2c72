// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import FlashProtocols
public import Transports

/// The one place where a session meets a transport: does what the session asks for, and tells it
/// what came of it.
public struct FlashLoop {
  public enum Link {
    case serial(any SerialTransport)
    case usb(any USBTransport)
  }

  /// How long a session may go on without reporting anything.
  static let patience = 120

  let system: any FlashSystem
  let report: (FlashReport) -> Void

  public init(system: any FlashSystem, report: @escaping (FlashReport) -> Void) {
    (self.system, self.report) = (system, report)
  }

  /// Runs a session to its end, which is verified success or an error.
  public func run(
    _ session: inout any FlashSession, over link: Link
  ) throws -> FlashVerification {
    var step = session.receive(.started)
    var place = FlashProgress.Step.connecting
    var lastSign = system.now
    while true {
      switch step {
      case .finished(let verification): return verification
      case .failed(let failure):
        throw FlashError(step: failure.step.rawValue, failure.problem, remedy: failure.remedy)
      case .perform(let action):
        if system.isInterrupted { throw FlashError.interrupted.during(place.rawValue) }
        if case .report(let progress) = action {
          (place, lastSign) = (progress.step, system.now)
        } else if system.now - lastSign > .seconds(Self.patience) {
          throw Remedy.stuck(place, for: Self.patience)
        }
        step = session.receive(try perform(action, over: link))
      }
    }
  }

  private func perform(_ action: FlashAction, over link: Link) throws -> FlashEvent {
    switch action {
    case .report(let progress):
      report(.progress(progress))
      if let detail = progress.detail { report(.detail("\(progress.step.rawValue): \(detail)")) }
      return .done
    case .pause(let time):
      system.pause(time)
      return .done
    default: break
    }
    do throws(TransportError) {
      switch link {
      case .serial(let port): return try perform(action, over: port)
      case .usb(let device): return try perform(action, over: device)
      }
    } catch {
      return FlashEvent(error)
    }
  }

  private func perform(
    _ action: FlashAction, over port: any SerialTransport
  ) throws(TransportError) -> FlashEvent {
    switch action {
    case .send(let bytes): try port.write(bytes)
    case .receive(let count, let time):
      let bytes = try read(port, atMost: count, within: time)
      return bytes.isEmpty ? .timedOut : .bytes(bytes)
    case .discardInput: try port.discardInput()
    case .setBaud(let baud): try port.setBaud(baud)
    case .setLines(let dtr, let rts):
      if try !port.setLines(dtr: dtr, rts: rts) {
        report(.detail("the port has no modem lines: the board cannot be reset by them"))
      }
    case .awaitDisconnect(let time):
      let deadline = system.now + time
      while system.now < deadline, !system.isInterrupted {
        _ = try port.read(atMost: 64, within: .milliseconds(50))
      }
      return .timedOut
    default: throw .failed("a serial port cannot do that")
    }
    return .done
  }

  /// In slices, so that Ctrl-C is noticed within one.
  private func read(
    _ port: any SerialTransport, atMost count: Int, within time: Duration
  ) throws(TransportError) -> [UInt8] {
    let deadline = system.now + time
    while true {
      let rest = deadline - system.now
      let bytes = try port.read(atMost: count, within: min(max(rest, .zero), .milliseconds(100)))
      if !bytes.isEmpty || system.now >= deadline || system.isInterrupted { return bytes }
    }
  }

  private func perform(
    _ action: FlashAction, over device: any USBTransport
  ) throws(TransportError) -> FlashEvent {
    switch action {
    case .control(let setup, let data, let time):
      return .bytes(
        try device.control(
          requestType: setup.requestType, request: setup.request, value: setup.value,
          index: setup.index, data: data, length: Int(setup.length), within: time))
    case .bulkOut(let endpoint, let bytes, let time):
      try device.bulkOut(endpoint: endpoint, bytes, within: time)
    case .bulkIn(let endpoint, let length, let time):
      return .bytes(try device.bulkIn(endpoint: endpoint, length: length, within: time))
    case .selectAlternate(let setting): try device.selectAlternate(setting)
    case .resetPort: try device.resetPort()
    case .awaitDisconnect(let time):
      let deadline = system.now + time
      while system.now < deadline, !system.isInterrupted {
        // GET_STATUS of the device: every device answers it, one that is gone does not.
        do throws(TransportError) {
          _ = try device.control(
            requestType: 0x80, request: 0, value: 0, index: 0, data: [], length: 2,
            within: .milliseconds(200))
        } catch {
          if error != .timedOut, error != .stalled { return .disconnected }
        }
        system.pause(.milliseconds(20))
      }
      return .timedOut
    default: throw .failed("a USB device has no serial line")
    }
    return .done
  }
}

extension FlashEvent {
  init(_ error: TransportError) {
    self =
      switch error {
      case .disconnected: .disconnected
      case .timedOut: .timedOut
      case .stalled: .stalled
      case .notFound(let path): .transportFailed("there is no \(path)")
      case .accessDenied(let path): .transportFailed("no permission for \(path)")
      case .busy(let path): .transportFailed("\(path) is in use")
      case .failed(let words): .transportFailed(words)
      }
  }
}
