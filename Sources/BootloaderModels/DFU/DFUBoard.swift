// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import USBModel

/// What stands behind a DFU interface: a memory, and the vendor's way to write it.
public protocol DFUStore: Sendable {
  /// How long a download will take, before it is done: the poll timeout that the device tells.
  func duration(ofDownload block: UInt16, _ data: [UInt8]) -> Duration
  /// Does what a DNLOAD with data asks for.
  mutating func download(_ block: UInt16, _ data: [UInt8], alternate: UInt8) -> DFUStatus
  /// At most `length` bytes; fewer are the last.
  mutating func upload(
    _ block: UInt16, length: Int, alternate: UInt8
  ) -> Result<[UInt8], DFUFault>
  var manifestDuration: Duration { get }
  /// Does what the empty DNLOAD at the end asks for.
  mutating func manifest(alternate: UInt8) -> DFUStatus
  /// Whether the application is one that the bootloader would start.
  mutating func hasApplication() -> Bool
  /// Whether the bootloader has overwritten itself.
  var hasCrashed: Bool { get }
  /// The device was reset: what it held in RAM is gone.
  mutating func restart()
}

/// A status other than OK.
public struct DFUFault: Error, Equatable, Sendable {
  public var status: DFUStatus

  public init(_ status: DFUStatus) { self.status = status }
}

/// What the model needs of a board to be that board's bootloader.
public struct DFUProfile: Equatable, Sendable {
  /// Its identity while it is in the bootloader.
  public var bootloader: USBIdentity
  public var functional: DFUFunctionalDescriptor
  /// Its identity while the application runs; nil where that does not show on the bus.
  public var application: USBIdentity?
  /// Illegal requests lead to dfuERROR, as the specification demands; else they are only stalled,
  /// as TinyUSB does.
  public var isStrict = true
  /// From a reset to the program's own attachment; double taps are waited for meanwhile.
  public var startDelay = Duration.milliseconds(600)

  public init(
    bootloader: USBIdentity, functional: DFUFunctionalDescriptor, application: USBIdentity? = nil
  ) {
    (self.bootloader, self.functional) = (bootloader, functional)
    self.application = application
  }
}

/// A board with a DFU interface: its bootloader (Device Firmware Upgrade 1.1, appendix A.2) and,
/// where the application has a runtime interface, the way there (A.1).
public struct DFUBoard<Store: DFUStore>: USBDeviceClass, Sendable {
  public enum Program: Equatable, Sendable {
    case bootloader, application
    /// Off the bus until the time has passed.
    case starting(isBootloader: Bool, in: Duration)
    /// It runs no more; only power helps.
    case crashed
  }

  public var store: Store
  public var profile: DFUProfile
  public internal(set) var program: Program
  public internal(set) var state = DFUState.idle
  public internal(set) var status = DFUStatus.ok
  public internal(set) var alternate: UInt8 = 0
  /// How often an application was started.
  public internal(set) var applicationStarts = 0
  /// Whether a host that asks before the poll timeout is over is punished (A.2.5).
  public var punishesImpatience = true

  enum Work: Equatable {
    case download(UInt16, [UInt8])
    case manifest
  }

  /// Taken by DNLOAD, begun by the GETSTATUS behind it.
  var work: Work?
  var busy = Duration.zero
  /// Until the device leaves the bus, after DETACH.
  var leaving: Duration?

  public init(_ profile: DFUProfile, store: Store, program: Program = .bootloader) {
    (self.profile, self.store, self.program) = (profile, store, program)
    state = program == .application ? .appIdle : .idle
  }

  public var identity: USBIdentity? {
    switch program {
    case .bootloader, .crashed: profile.bootloader
    case .application: profile.application
    case .starting: nil
    }
  }

  public mutating func select(interface: UInt8, alternate: UInt8) {
    self.alternate = alternate
    if program == .bootloader { enter(.idle) }
  }

  public mutating func reset() {
    guard program == .bootloader || program == .application else { return }
    (alternate, work, busy) = (0, nil, .zero)
    switch state {
    case .appDetach: restartIntoBootloader()
    case .manifestWaitReset: restart()
    default: enter(program == .application ? .appIdle : .idle)
    }
  }

  public mutating func advance(by time: Duration) {
    if case .starting(let isBootloader, let left) = program {
      guard left <= time else {
        program = .starting(isBootloader: isBootloader, in: left - time)
        return
      }
      program = isBootloader ? .bootloader : .application
      enter(isBootloader ? .idle : .appIdle)
      if !isBootloader { applicationStarts += 1 }
      return
    }
    if let left = leaving {
      leaving = left > time ? left - time : nil
      guard leaving == nil else { return }
      if program == .application { restartIntoBootloader() } else { restart() }
      return
    }
    guard busy > .zero else { return }
    busy = max(.zero, busy - time)
    if busy == .zero { finishWork() }
  }

  public mutating func control(_ setup: SetupPacket, data: [UInt8]) -> ControlAnswer {
    guard program != .crashed else { return .silent }
    guard setup.requestType & 0x7F == 0x21, let request = DFURequest(rawValue: setup.request)
    else { return .stalled }
    switch request {
    case .detach: return detach(setup)
    case .getStatus: return .data(report().bytes)
    case .getState: return .data([state.rawValue])
    case .download: return download(setup, data)
    case .upload: return upload(setup)
    case .clearStatus:
      guard state == .error || !profile.isStrict else { return illegal() }
      enter(.idle)
      return .data([])
    case .abort:
      let legal: [DFUState] = [.idle, .downloadSync, .downloadIdle, .manifestSync, .uploadIdle]
      guard legal.contains(state) || !profile.isStrict else { return illegal() }
      enter(.idle)
      return .data([])
    }
  }

  /// The board's reset button, pressed once; its bootloader starts the application if there is one.
  public mutating func restart() { start(bootloader: !store.hasApplication()) }

  /// The button pressed twice, or whatever makes the bootloader stay.
  public mutating func restartIntoBootloader() { start(bootloader: true) }

  mutating func enter(_ state: DFUState, _ status: DFUStatus = .ok) {
    (self.state, self.status) = (state, status)
    if state != .downloadSync, state != .manifestSync { (work, busy) = (nil, .zero) }
  }

  mutating func illegal() -> ControlAnswer {
    if profile.isStrict, program == .bootloader { enter(.error, .stalledPacket) }
    return .stalled
  }

  private mutating func start(bootloader: Bool) {
    (work, busy, leaving) = (nil, .zero, nil)
    store.restart()
    program = .starting(isBootloader: bootloader, in: profile.startDelay)
  }
}
