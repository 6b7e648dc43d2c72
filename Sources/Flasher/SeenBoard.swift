// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import BoardDescription
public import Transports

/// Something plugged in that is, or leads to, a board that we know.
public struct SeenBoard: Equatable, Sendable {
  public enum State: String, Equatable, Sendable {
    case sketch, bootloader
    /// A USB adapter of a kind that the board is used with; the board itself cannot be seen.
    case adapter
  }

  /// The boards that it may be, one of which has its identity; more than one where they share it.
  public var boards: [Board]
  public var state: State
  public var vendor: UInt16
  public var product: UInt16
  /// The serial port, where it has one.
  public var port: String?
  public var device: USBDeviceDescription?
  public var serialNumber: String?
  /// `1-2.3`
  public var location: String?

  /// `Arduino Nano 33 BLE or Arduino Nano 33 BLE Sense`
  public var name: String { boards.map(\.name).joined(separator: " or ") }

  /// How a person tells it from its siblings.
  public var place: String {
    let number = serialNumber.map { "serial number \($0)" }
    return [port, number, port == nil ? location.map { "USB \($0)" } : nil]
      .compactMap { $0 }.joined(separator: ", ")
  }

  /// The file that has to be opened to speak to it.
  public var path: String? { port ?? device?.path }

  /// Plugged in at the same place, or of the same serial number: what sketch and bootloader of one
  /// board have in common.
  func isSame(as other: SeenBoard) -> Bool {
    if location != nil, location == other.location { return true }
    if let serialNumber, let theirs = other.serialNumber { return serialNumber == theirs }
    return location == nil && other.location == nil && port != nil && port == other.port
  }
}

/// Finds boards by what they say of themselves on USB.
struct BoardFinder {
  let boards: [Board]
  let system: any FlashSystem

  /// All boards that are plugged in, by place.
  func seen() -> [SeenBoard] {
    let ports = system.serialPorts().sorted {
      ($0.interface ?? 0, $0.path) < ($1.interface ?? 0, $1.path)
    }
    let devices = (try? system.usbDevices()) ?? []
    var found: [SeenBoard] = []
    for device in devices {
      guard let (state, boards) = identify(device.vendor, device.product) else { continue }
      let port = ports.first { $0.isPart(of: device) }
      found.append(
        SeenBoard(
          boards: boards, state: state, vendor: device.vendor, product: device.product,
          port: port?.path, device: device,
          serialNumber: device.serialNumber ?? port?.serialNumber, location: device.location))
    }
    // Where USB devices cannot be listed, ports still can.
    for port in ports {
      guard let (state, boards) = identify(port.vendor, port.product) else { continue }
      let board = SeenBoard(
        boards: boards, state: state, vendor: port.vendor, product: port.product, port: port.path,
        serialNumber: port.serialNumber, location: port.location)
      if !found.contains(where: { $0.port == port.path || $0.isSame(as: board) }) {
        found.append(board)
      }
    }
    return found.sorted { ($0.port ?? "", $0.location ?? "") < ($1.port ?? "", $1.location ?? "") }
  }

  private func identify(
    _ vendor: UInt16, _ product: UInt16
  ) -> (SeenBoard.State, [Board])? {
    for state in [SeenBoard.State.bootloader, .sketch, .adapter] {
      let known = boards.filter {
        $0.flashing != nil
          && $0.usb[state.rawValue]?.matches(vendor: vendor, product: product) == true
      }
      if !known.isEmpty { return (state, known) }
    }
    return nil
  }
}

extension SerialPortDescription {
  fileprivate func isPart(of device: USBDeviceDescription) -> Bool {
    guard vendor == device.vendor, product == device.product else { return false }
    if let location { return location == device.location }
    return serialNumber == device.serialNumber
  }
}
