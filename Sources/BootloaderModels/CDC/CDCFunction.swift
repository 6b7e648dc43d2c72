// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import USBModel

/// A serial bootloader behind USB's CDC-ACM (Communications Devices 1.2, PSTN 1.2), and the sketch
/// whose port, opened at 1200 bits a second and closed again, leads to it.
public struct CDCFunction<Bootloader: SerialBootloader, Memory: BootMemory & Sendable>:
  USBDeviceClass, Sendable
{
  public enum Program: Equatable, Sendable {
    case bootloader, application
    /// Off the bus until the time has passed.
    case starting(isBootloader: Bool, in: Duration)
  }

  static var notificationEndpoint: UInt8 { 1 }
  static var outEndpoint: UInt8 { 2 }
  static var inEndpoint: UInt8 { 3 }

  public var memory: Memory
  public private(set) var program: Program
  public private(set) var applicationStarts = 0
  /// What the bootloader last asked for.
  public private(set) var lastRequest: BootloaderRequest?
  /// From a reset to the attachment; double taps are waited for meanwhile.
  public var startDelay = Duration.milliseconds(600)
  /// Whether there is an application that a bootloader would start.
  public var hasApplication: @Sendable (inout Memory) -> Bool

  private let bootloaderIdentity: USBIdentity
  private let applicationIdentity: USBIdentity?
  private let fresh: Bootloader
  private var bootloader: Bootloader
  private var output: [UInt8] = []
  private var line = (baud: 9600, dtr: false, rts: false)
  /// Stop bits, parity and data bits, which nobody looks at.
  private var format: [UInt8] = [0, 0, 8]
  /// Until it leaves the bus.
  private var leaving: Duration?

  /// - Parameters:
  ///   - bootloader: as it is after a reset.
  ///   - identity: of the bootloader; `Self.identity(…)` makes one.
  ///   - application: that of the sketch, nil for one that does not show itself.
  public init(
    _ bootloader: Bootloader, memory: Memory, identity: USBIdentity,
    application: USBIdentity? = nil,
    program: Program = .bootloader, hasApplication: @escaping @Sendable (inout Memory) -> Bool
  ) {
    (fresh, self.bootloader, self.memory) = (bootloader, bootloader, memory)
    (bootloaderIdentity, applicationIdentity) = (identity, application)
    (self.program, self.hasApplication) = (program, hasApplication)
  }

  /// A device that is one serial port.
  public static func identity(
    vendor: UInt16, product: UInt16, manufacturer: String, name: String, serialNumber: String
  ) -> USBIdentity {
    var control = InterfaceDescriptor(number: 0, classCode: 2, subclass: 2, protocolCode: 0)
    control.association = CDCFunctionalDescriptors.association(control: 0)
    control.classSpecific = CDCFunctionalDescriptors.bytes(control: 0, data: 1)
    control.endpoints = [
      EndpointDescriptor(
        address: notificationEndpoint | 0x80, .interrupt, maxPacketSize: 16, interval: 64)
    ]
    var data = InterfaceDescriptor(number: 1, classCode: 10, subclass: 0, protocolCode: 0)
    data.endpoints = [
      EndpointDescriptor(address: outEndpoint, .bulk),
      EndpointDescriptor(address: inEndpoint | 0x80, .bulk),
    ]
    var identity = USBIdentity(
      vendor: vendor, product: product, manufacturer: manufacturer, name: name,
      serialNumber: serialNumber, interfaces: [control, data])
    (identity.device.classCode, identity.device.subclass) = (0xEF, 2)
    identity.device.protocolCode = 1
    return identity
  }

  public var identity: USBIdentity? {
    switch program {
    case .bootloader: bootloaderIdentity
    case .application: applicationIdentity
    case .starting: nil
    }
  }

  public mutating func reset() { (output, line) = ([], (9600, false, false)) }

  public mutating func advance(by time: Duration) {
    switch program {
    case .starting(let isBootloader, let left):
      guard left <= time else {
        program = .starting(isBootloader: isBootloader, in: left - time)
        return
      }
      program = isBootloader ? .bootloader : .application
      if !isBootloader { applicationStarts += 1 }
    case .bootloader, .application:
      if program == .bootloader { elapse(time) }
      guard let left = leaving else { return }
      leaving = left > time ? left - time : nil
      if leaving == nil { start(bootloader: program == .application || !hasApplication(&memory)) }
    }
  }

  /// The reset button, pressed once; the bootloader starts the application if there is one.
  public mutating func restart() { start(bootloader: !hasApplication(&memory)) }

  /// The button pressed twice.
  public mutating func restartIntoBootloader() { start(bootloader: true) }

  private mutating func start(bootloader isBootloader: Bool) {
    bootloader = fresh
    (leaving, lastRequest) = (nil, nil)
    reset()
    program = .starting(isBootloader: isBootloader, in: startDelay)
  }

  private mutating func elapse(_ time: Duration) {
    // Models are told of tens of milliseconds at once, and of no more than a second.
    var left = min(time, .seconds(1))
    while left > .zero {
      let step = min(left, .milliseconds(20))
      output += bootloader.elapse(step, in: &memory)
      left -= step
    }
    noteRequest()
  }

  private mutating func noteRequest() {
    guard let request = bootloader.takeRequest() else { return }
    lastRequest = request
    leaving = leaving ?? .milliseconds(10)
  }

  // MARK: Requests

  public mutating func control(_ setup: SetupPacket, data: [UInt8]) -> ControlAnswer {
    guard setup.requestType & 0x7F == 0x21 else { return .stalled }
    switch setup.request {
    // SET_LINE_CODING
    case 0x20 where data.count == 7:
      line.baud = Int(data.doubleWord(at: 0))
      format = Array(data[4...])
      lineChanged()
      return .data([])
    // GET_LINE_CODING
    case 0x21:
      var coding: [UInt8] = []
      coding.append(doubleWord: UInt32(clamping: line.baud))
      return .data(coding + format)
    // SET_CONTROL_LINE_STATE
    case 0x22:
      let hadTerminal = line.dtr
      (line.dtr, line.rts) = (setup.value & 1 != 0, setup.value & 2 != 0)
      lineChanged()
      // The touch: a sketch restarts when the terminal has gone, 250 ms later.
      if program == .application, hadTerminal, !line.dtr, line.baud == 1200 {
        leaving = .milliseconds(250)
      }
      return .data([])
    // SEND_BREAK
    case 0x23: return .data([])
    default: return .stalled
    }
  }

  private mutating func lineChanged() {
    guard program == .bootloader else { return }
    bootloader.lineChanged(baud: line.baud, dtr: line.dtr, rts: line.rts)
  }

  public mutating func receive(_ data: [UInt8], endpoint: UInt8) -> EndpointAnswer {
    guard endpoint == Self.outEndpoint else { return .stalled }
    guard program == .bootloader, leaving == nil else { return .data([]) }
    output += bootloader.receive(data, in: &memory)
    noteRequest()
    return .data([])
  }

  public mutating func send(atMost length: Int, endpoint: UInt8) -> EndpointAnswer {
    guard endpoint == Self.inEndpoint else {
      return endpoint == Self.notificationEndpoint ? .notReady : .stalled
    }
    guard !output.isEmpty else { return .notReady }
    let part = Array(output.prefix(length))
    output.removeFirst(part.count)
    return .data(part)
  }
}
