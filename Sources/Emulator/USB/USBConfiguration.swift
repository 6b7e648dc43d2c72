// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What the host's drivers look for in a device's configuration descriptor
/// (Universal Serial Bus Specification 2.0, 9.6). What is cut short or out of place is passed over.
struct USBConfiguration: Codable, Equatable {
  struct Endpoint: Codable, Equatable {
    /// With the direction in bit 7.
    var address: UInt8
    var isInterrupt: Bool
    var maxPacketSize: Int
    /// Frames between two polls of an interrupt endpoint.
    var interval: UInt64
    var interface: UInt8

    var isToHost: Bool { address & 0x80 != 0 }
    var number: UInt8 { address & 0x0F }
  }

  /// The serial port of a communications device (USB CDC PSTN 1.2, the abstract control model).
  struct SerialPort: Codable, Equatable {
    var controlInterface: UInt8
    /// Where the device tells of its serial state; nil where it does not.
    var notification: Endpoint?
    var input: Endpoint
    var output: Endpoint
  }

  var value: UInt8 = 1
  var endpoints: [Endpoint] = []
  var serialPort: SerialPort?

  private struct Interface {
    var number: UInt8
    var classCode: UInt8
    var subclass: UInt8
  }

  init(_ bytes: [UInt8]) {
    if bytes.count >= 6 { value = bytes[5] }
    var interfaces: [Interface] = []
    var rest = bytes[...]
    while let length = rest.first, length >= 2, Int(length) <= rest.count {
      let part = Array(rest.prefix(Int(length)))
      rest = rest.dropFirst(Int(length))
      if part[1] == 4, part.count >= 9 {
        interfaces.append(Interface(number: part[2], classCode: part[5], subclass: part[6]))
      } else if part[1] == 5, part.count >= 7, let interface = interfaces.last {
        endpoints.append(Endpoint(part, of: interface.number))
      }
    }
    serialPort = findSerialPort(interfaces)
  }

  /// The first control interface of the abstract control model, and the data interface behind it.
  private func findSerialPort(_ interfaces: [Interface]) -> SerialPort? {
    guard let control = interfaces.firstIndex(where: { $0.classCode == 2 && $0.subclass == 2 }),
      let data = interfaces[control...].first(where: { $0.classCode == 0x0A })
    else { return nil }
    let pipes = endpoints.filter { $0.interface == data.number && !$0.isInterrupt }
    guard let input = pipes.first(where: \.isToHost),
      let output = pipes.first(where: { !$0.isToHost })
    else { return nil }
    let number = interfaces[control].number
    return SerialPort(
      controlInterface: number,
      notification: endpoints.first { $0.interface == number && $0.isToHost && $0.isInterrupt },
      input: input, output: output)
  }

  func endpoint(_ number: UInt8, isToHost: Bool) -> Endpoint? {
    endpoints.first { $0.number == number && $0.isToHost == isToHost }
  }
}

extension USBConfiguration.Endpoint {
  /// - Parameter part: an endpoint descriptor of at least seven bytes.
  fileprivate init(_ part: [UInt8], of interface: UInt8) {
    self.init(
      address: part[2], isInterrupt: part[3] & 3 == 3,
      maxPacketSize: min(max(1, Int(part[4]) | Int(part[5] & 0x07) << 8), 1023),
      interval: UInt64(max(1, part[6])), interface: interface)
  }
}
