// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import Transports

/// This machine.
public final class LiveSystem: FlashSystem {
  private let interrupted: () -> Bool

  /// - Parameter interrupted: whether a signal has come.
  public init(interrupted: @escaping () -> Bool = { false }) { self.interrupted = interrupted }

  public func serialPorts() -> [SerialPortDescription] { SerialPorts.all() }

  public func usbDevices() throws(TransportError) -> [USBDeviceDescription] {
    try USBDevices.all()
  }

  public func openSerial(_ path: String, baud: Int) throws(TransportError) -> any SerialTransport {
    try SerialPort(path: path, baud: baud)
  }

  public func openUSB(
    _ device: USBDeviceDescription, interface: UInt8, alternate: UInt8
  ) throws(TransportError) -> any USBTransport {
    try LibUSBDevice(device, interface: interface, alternate: alternate)
  }

  public func access(to path: String) -> PathAccess {
    guard Foundation.access(path, F_OK) == 0 else { return .absent }
    return Foundation.access(path, R_OK | W_OK) == 0 ? .granted : .denied
  }

  public func resolved(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  public func group(of path: String) -> String? {
    var status = stat()
    guard stat(path, &status) == 0, let group = getgrgid(status.st_gid) else { return nil }
    return String(cString: group.pointee.gr_name)
  }

  public var now: ContinuousClock.Instant { .now }

  public func pause(_ time: Duration) {
    // A signal ends the sleep early, which is what it should do.
    usleep(UInt32(clamping: Int64(time / .microseconds(1))))
  }

  public var isInterrupted: Bool { interrupted() }
}

// MARK: Who has a port open

extension LiveSystem {
  /// Linux tells by the links in /proc; of other users' programs only root sees them.
  public func holder(of path: String) -> String? {
    let wanted = resolved(path)
    let own = "\(getpid())"
    let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    for process in processes where process.allSatisfy(\.isNumber) && process != own {
      let folder = "/proc/\(process)/fd"
      let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      let holds = files.contains {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")) == wanted
      }
      guard holds else { continue }
      let name = Self.firstLine("/proc/\(process)/comm") ?? "a program"
      return "\(name) (process \(process))"
    }
    return nil
  }

  static func firstLine(_ path: String) -> String? {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    return String(decoding: data, as: UTF8.self).split(separator: "\n").first.map(String.init)
  }
}

// MARK: Disks

extension LiveSystem {
  public func bootDisks() -> [BootDisk] {
    Self.mountPoints().compactMap { path in
      guard let data = FileManager.default.contents(atPath: "\(path)/INFO_UF2.TXT") else {
        return nil
      }
      let lines = String(decoding: data.prefix(1024), as: UTF8.self).split(
        whereSeparator: \.isNewline)
      let id = lines.first { $0.hasPrefix("Board-ID:") }?.dropFirst(9)
      return BootDisk(
        path: path, boardID: id.map { $0.trimmingCharacters(in: .whitespaces) })
    }
  }

  /// What could be such a disk: FAT file systems, volumes on macOS.
  private static func mountPoints() -> [String] {
    #if os(macOS)
      let names = (try? FileManager.default.contentsOfDirectory(atPath: "/Volumes")) ?? []
      return names.map { "/Volumes/\($0)" }
    #else
      guard let data = FileManager.default.contents(atPath: "/proc/mounts") else { return [] }
      return mountPoints(listed: String(decoding: data, as: UTF8.self))
    #endif
  }

  /// The mount points of FAT file systems in /proc/mounts, where a blank is written `\040`.
  static func mountPoints(listed text: String) -> [String] {
    text.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: " ")
      guard fields.count > 2, ["vfat", "msdos", "fuseblk"].contains(fields[2]) else { return nil }
      return fields[1].replacingOccurrences(of: "\\040", with: " ")
    }
  }

  public func write(_ bytes: [UInt8], to path: String) throws(TransportError) {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    guard file >= 0 else {
      throw errno == EACCES ? .accessDenied(path: path) : .failed(String(cString: strerror(errno)))
    }
    defer { close(file) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
      guard count > 0 || errno == EINTR else { throw .failed(String(cString: strerror(errno))) }
      rest = rest.dropFirst(max(0, count))
    }
    // The board restarts as soon as it has the last block; the disk is then gone.
    _ = fsync(file)
  }
}
