// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a device tells of itself before anybody uses it.
public struct USBIdentity: Equatable, Sendable {
  public var device: DeviceDescriptor
  public var configuration: ConfigurationDescriptor
  /// String 1 first.
  public var strings: [String]

  public init(device: DeviceDescriptor, configuration: ConfigurationDescriptor, strings: [String]) {
    (self.device, self.configuration, self.strings) = (device, configuration, strings)
  }

  /// With the usual three strings of a device as strings 1 to 3.
  public init(
    vendor: UInt16, product: UInt16, manufacturer: String, name: String, serialNumber: String,
    interfaces: [InterfaceDescriptor], furtherStrings: [String] = []
  ) {
    device = DeviceDescriptor(vendor: vendor, product: product)
    (device.manufacturerString, device.productString, device.serialNumberString) = (1, 2, 3)
    configuration = ConfigurationDescriptor(interfaces: interfaces)
    strings = [manufacturer, name, serialNumber] + furtherStrings
  }
}

/// The standard requests that every device answers alike (Universal Serial Bus Specification 2.0,
/// 9.4), and what they leave behind.
struct StandardRequests: Sendable {
  var configuration: UInt8 = 0
  /// By interface number; 0 where nothing was selected.
  var alternates: [UInt8: UInt8] = [:]
  /// Addresses of the endpoints that answer STALL.
  var halted: Set<UInt8> = []

  enum Effect: Equatable {
    case none
    case selected(interface: UInt8, alternate: UInt8)
    case haltCleared(endpoint: UInt8)
  }

  /// The answer to a standard request, nil for any other.
  mutating func answer(
    _ setup: SetupPacket, of identity: USBIdentity
  ) -> (answer: ControlAnswer, effect: Effect)? {
    guard setup.requestType & 0x60 == 0 else { return nil }
    switch (setup.requestType, setup.request) {
    case (0x80, 6): return (Self.descriptor(setup.value, of: identity), .none)
    case (0x80, 0): return (.data([0, 0]), .none)
    case (0x81, 0): return (.data([0, 0]), .none)
    case (0x82, 0):
      let isHalted = halted.contains(UInt8(truncatingIfNeeded: setup.index))
      return (.data([isHalted ? 1 : 0, 0]), .none)
    case (0x80, 8): return (.data([configuration]), .none)
    case (0x00, 5): return (.data([]), .none)
    case (0x00, 9): return (configure(setup, identity), .none)
    case (0x81, 10):
      return (.data([alternates[UInt8(truncatingIfNeeded: setup.index)] ?? 0]), .none)
    case (0x01, 11): return select(setup, identity)
    case (0x02, 1) where setup.value == 0:
      let endpoint = UInt8(truncatingIfNeeded: setup.index)
      halted.remove(endpoint)
      return (.data([]), .haltCleared(endpoint: endpoint))
    case (0x02, 3) where setup.value == 0:
      halted.insert(UInt8(truncatingIfNeeded: setup.index))
      return (.data([]), .none)
    default: return (.stalled, .none)
    }
  }

  private static func descriptor(_ value: UInt16, of identity: USBIdentity) -> ControlAnswer {
    let index = Int(value & 0xFF)
    switch UInt8(truncatingIfNeeded: value >> 8) {
    case DescriptorType.device: return .data(identity.device.bytes)
    case DescriptorType.configuration where index == 0: return .data(identity.configuration.bytes)
    case DescriptorType.string where index == 0: return .data(StringDescriptor.languages)
    case DescriptorType.string where index <= identity.strings.count:
      return .data(StringDescriptor.bytes(identity.strings[index - 1]))
    default: return .stalled
    }
  }

  private mutating func configure(_ setup: SetupPacket, _ identity: USBIdentity) -> ControlAnswer {
    let value = UInt8(truncatingIfNeeded: setup.value)
    guard value == 0 || value == identity.configuration.value else { return .stalled }
    (configuration, alternates, halted) = (value, [:], [])
    return .data([])
  }

  private mutating func select(
    _ setup: SetupPacket, _ identity: USBIdentity
  ) -> (answer: ControlAnswer, effect: Effect) {
    let interface = UInt8(truncatingIfNeeded: setup.index)
    let alternate = UInt8(truncatingIfNeeded: setup.value)
    let exists = identity.configuration.interfaces.contains {
      $0.number == interface && $0.alternate == alternate
    }
    guard exists else { return (.stalled, .none) }
    alternates[interface] = alternate
    return (.data([]), .selected(interface: interface, alternate: alternate))
  }
}
