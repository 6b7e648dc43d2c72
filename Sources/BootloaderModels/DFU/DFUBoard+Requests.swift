// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import USBModel

// Requests of the class, by state (Device Firmware Upgrade 1.1, A.2).
extension DFUBoard {
  mutating func detach(_ setup: SetupPacket) -> ControlAnswer {
    switch program {
    case .application:
      guard let application = profile.application?.configuration.interfaces,
        let functional = application.flatMap(\.classSpecific).compactMap(
          DFUFunctionalDescriptor.init
        ).first
      else { return .stalled }
      enter(.appDetach)
      if functional.attributes.contains(.willDetach) { leaving = .milliseconds(100) }
      return .data([])
    case .bootloader:
      // Not the specification's, but both TinyUSB's bootloaders and ST's restart the chip.
      guard !profile.isStrict || profile.functional.attributes.contains(.willDetach) else {
        return illegal()
      }
      leaving = .milliseconds(100)
      return .data([])
    case .starting, .crashed: return .silent
    }
  }

  mutating func download(_ setup: SetupPacket, _ data: [UInt8]) -> ControlAnswer {
    guard program == .bootloader, setup.requestType & 0x80 == 0,
      data.count <= Int(profile.functional.transferSize), data.count == Int(setup.length),
      state == .idle || state == .downloadIdle, !data.isEmpty || canManifest
    else { return illegal() }
    if data.isEmpty {
      enter(.manifestSync)
      work = .manifest
    } else {
      enter(.downloadSync)
      work = .download(setup.value, data)
    }
    return .data([])
  }

  /// The specification wants data before the end of data; ST's and TinyUSB's loaders do not.
  private var canManifest: Bool { state == .downloadIdle || !profile.isStrict }

  mutating func upload(_ setup: SetupPacket) -> ControlAnswer {
    guard program == .bootloader, setup.requestType & 0x80 != 0, setup.length > 0,
      profile.functional.attributes.contains(.canUpload),
      setup.length <= profile.functional.transferSize,
      state == .idle || state == .uploadIdle || !profile.isStrict
    else { return illegal() }
    switch store.upload(setup.value, length: Int(setup.length), alternate: alternate) {
    case .success(let bytes):
      if profile.isStrict { enter(bytes.count < Int(setup.length) ? .idle : .uploadIdle) }
      return .data(bytes)
    case .failure(let fault):
      enter(.error, fault.status)
      return .stalled
    }
  }

  /// What GETSTATUS answers: it also begins the work that DNLOAD brought.
  mutating func report() -> DFUReport {
    switch (state, work) {
    case (.downloadSync, .download(let block, let data)?):
      busy = store.duration(ofDownload: block, data)
      state = .downloadBusy
      return begun(.downloadBusy)
    case (.manifestSync, .manifest?):
      busy = store.manifestDuration
      state = .manifest
      return begun(.manifest)
    case (.downloadSync, _):
      state = .downloadIdle
      return DFUReport(status, .downloadIdle)
    case (.manifestSync, _):
      state = .idle
      return DFUReport(status, .idle)
    case (.downloadBusy, _), (.manifest, _):
      guard punishesImpatience else { return DFUReport(status, state, pollTimeout: milliseconds) }
      enter(.error, .stalledPacket)
      return DFUReport(status, state)
    default:
      return DFUReport(status, state)
    }
  }

  private mutating func begun(_ state: DFUState) -> DFUReport {
    let report = DFUReport(.ok, state, pollTimeout: milliseconds)
    if busy == .zero { finishWork() }
    return report
  }

  private var milliseconds: UInt32 {
    let (seconds, attoseconds) = busy.components
    let total = seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    return UInt32(clamping: total)
  }

  mutating func finishWork() {
    guard let work else { return }
    self.work = nil
    switch work {
    case .download(let block, let data):
      settle(store.download(block, data, alternate: alternate), next: .downloadSync)
      if store.hasCrashed { program = .crashed }
    case .manifest:
      let status = store.manifest(alternate: alternate)
      let isTolerant = profile.functional.attributes.contains(.manifestationTolerant)
      settle(status, next: isTolerant ? .manifestSync : .manifestWaitReset)
      // A device that leaves by itself does so when the host has read its status.
      if status == .ok, !isTolerant, profile.functional.attributes.contains(.willDetach) {
        leaving = .milliseconds(20)
      }
    }
  }

  private mutating func settle(_ status: DFUStatus, next: DFUState) {
    if status == .ok {
      (state, self.status, busy) = (next, .ok, .zero)
    } else {
      enter(.error, status)
    }
  }
}
