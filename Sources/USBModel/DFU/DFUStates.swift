// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Where a device stands (Device Firmware Upgrade 1.1, 6.1.2).
public enum DFUState: UInt8, Equatable, Sendable {
  case appIdle = 0
  case appDetach, idle, downloadSync, downloadBusy, downloadIdle, manifestSync, manifest
  case manifestWaitReset, uploadIdle, error

  /// As the specification writes it.
  public var name: String {
    switch self {
    case .appIdle: "appIDLE"
    case .appDetach: "appDETACH"
    case .idle: "dfuIDLE"
    case .downloadSync: "dfuDNLOAD-SYNC"
    case .downloadBusy: "dfuDNBUSY"
    case .downloadIdle: "dfuDNLOAD-IDLE"
    case .manifestSync: "dfuMANIFEST-SYNC"
    case .manifest: "dfuMANIFEST"
    case .manifestWaitReset: "dfuMANIFEST-WAIT-RESET"
    case .uploadIdle: "dfuUPLOAD-IDLE"
    case .error: "dfuERROR"
    }
  }
}

/// What a device says of the last request (Device Firmware Upgrade 1.1, 6.1.2).
public enum DFUStatus: UInt8, Equatable, Sendable {
  case ok = 0
  case target, file, write, erase, checkErased, program, verify, address, notDone, firmware, vendor
  case usbReset, powerOnReset, unknown, stalledPacket

  /// The specification's name and its meaning in a few words.
  public var text: String {
    switch self {
    case .ok: "OK"
    case .target: "errTARGET, the file is not for this device"
    case .file: "errFILE, the file fails a check of the device"
    case .write: "errWRITE, the memory cannot be written"
    case .erase: "errERASE, erasing failed"
    case .checkErased: "errCHECK_ERASED, the memory is not empty after erasing"
    case .program: "errPROG, programming failed"
    case .verify: "errVERIFY, the memory does not hold what was written"
    case .address: "errADDRESS, the address is outside the device's memory"
    case .notDone: "errNOTDONE, more data were expected"
    case .firmware: "errFIRMWARE, the program on the device is corrupt"
    case .vendor: "errVENDOR, an error of the vendor's own (on ST's chips: read protection)"
    case .usbReset: "errUSBR, the bus was reset meanwhile"
    case .powerOnReset: "errPOR, the device was reset meanwhile"
    case .unknown: "errUNKNOWN"
    case .stalledPacket: "errSTALLEDPKT, a request that it did not expect"
    }
  }
}

/// Requests of the class (Device Firmware Upgrade 1.1, 3).
public enum DFURequest: UInt8, Sendable {
  case detach = 0
  case download, upload, getStatus, clearStatus, getState, abort
}

/// The six bytes that GETSTATUS brings.
public struct DFUReport: Equatable, Sendable {
  public var status: DFUStatus
  public var state: DFUState
  /// How long a host should wait before it asks again, in milliseconds; 24 bits.
  public var pollTimeout: UInt32

  public init(_ status: DFUStatus, _ state: DFUState, pollTimeout: UInt32 = 0) {
    (self.status, self.state, self.pollTimeout) = (status, state, pollTimeout)
  }

  /// Nil for what no device may answer.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == 6, let status = DFUStatus(rawValue: bytes[0]),
      let state = DFUState(rawValue: bytes[4])
    else { return nil }
    self.init(status, state, pollTimeout: bytes.doubleWord(at: 1) & 0xFF_FFFF)
  }

  public var bytes: [UInt8] {
    var bytes: [UInt8] = [status.rawValue]
    bytes.append(doubleWord: pollTimeout & 0xFF_FFFF | UInt32(state.rawValue) << 24)
    return bytes + [0]
  }
}

/// First byte of a download to block 0 in ST's extension (AN3156, 4).
public enum DfuSeCommand {
  public static let get: UInt8 = 0x00
  public static let setAddress: UInt8 = 0x21
  public static let erase: UInt8 = 0x41
  public static let readUnprotect: UInt8 = 0x92
}
