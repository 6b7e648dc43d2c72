// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing
import USBModel

@Suite struct DescriptorTests {
  private var serialPort: ConfigurationDescriptor {
    var control = InterfaceDescriptor(number: 0, classCode: 2, subclass: 2, protocolCode: 0)
    control.association = CDCFunctionalDescriptors.association(control: 0)
    control.classSpecific = CDCFunctionalDescriptors.bytes(control: 0, data: 1)
    control.endpoints = [EndpointDescriptor(address: 0x81, .interrupt, maxPacketSize: 16)]
    var data = InterfaceDescriptor(number: 1, classCode: 10, subclass: 0, protocolCode: 0)
    data.endpoints = [
      EndpointDescriptor(address: 0x02, .bulk), EndpointDescriptor(address: 0x83, .bulk),
    ]
    return ConfigurationDescriptor(interfaces: [control, data])
  }

  @Test func device_isReadAsBuilt() throws {
    var device = DeviceDescriptor(vendor: 0x2341, product: 0x005A)
    (device.classCode, device.subclass, device.protocolCode) = (0xEF, 2, 1)
    device.serialNumberString = 3
    #expect(device.bytes.count == 18)
    #expect(device.bytes[8...11].elementsEqual([0x41, 0x23, 0x5A, 0x00]))
    #expect(try DeviceDescriptor(device.bytes) == device)
  }

  @Test func configuration_isReadAsBuilt() throws {
    let bytes = serialPort.bytes
    #expect(bytes.count == 9 + 8 + 9 + 19 + 7 + 9 + 14)
    #expect(try ConfigurationDescriptor.totalLength(bytes) == bytes.count)
    #expect(bytes[4] == 2)
    let read = try ConfigurationDescriptor(bytes)
    #expect(read == serialPort)
    #expect(CDCFunctionalDescriptors.dataInterface(of: read.interfaces[0]) == 1)
    #expect(read.interfaces[1].endpoints.map(\.isToHost) == [false, true])
  }

  @Test func dfuFunctional_isReadAsBuilt_andVersion10HasTwoBytesLess() {
    let functional = DFUFunctionalDescriptor(
      attributes: [.canDownload, .willDetach], detachTimeout: 1000, transferSize: 64,
      version: 0x0110)
    #expect(functional.bytes == [9, 0x21, 9, 0xE8, 3, 64, 0, 0x10, 1])
    #expect(DFUFunctionalDescriptor(functional.bytes) == functional)
    #expect(DFUFunctionalDescriptor(Array(functional.bytes.prefix(7)))?.version == 0x0100)
    #expect(DFUFunctionalDescriptor([9, 0x24, 1, 2, 3, 4, 5]) == nil)
  }

  @Test func strings_areUTF16() throws {
    #expect(StringDescriptor.bytes("Ä9") == [6, 3, 0xC4, 0, 0x39, 0])
    #expect(try StringDescriptor.text(StringDescriptor.bytes("@Flash 🦀")) == "@Flash 🦀")
    #expect(StringDescriptor.bytes(String(repeating: "x", count: 300)).count == 254)
  }

  @Test(arguments: [
    ([9, 2, 0], "configuration descriptor, offset 3: it ends after 3 of 9 bytes"),
    ([9, 4, 18, 0, 1, 1, 0, 0x80, 50], "offset 0: it starts with 9, 4 and not 9, 2"),
    ([9, 2, 3, 0, 1, 1, 0, 0x80, 50], "offset 2: it says that it has 3 bytes in all"),
    ([9, 2, 18, 0, 1, 1, 0, 0x80, 50], "offset 9: it has 9 of 18 bytes"),
    ([9, 2, 11, 0, 1, 1, 0, 0x80, 50, 0, 4], "offset 9: a descriptor of 0 bytes"),
    ([9, 2, 11, 0, 1, 1, 0, 0x80, 50, 9, 4], "a descriptor of 9 bytes, of which 2 are there"),
    ([9, 2, 11, 0, 1, 1, 0, 0x80, 50, 2, 4], "an interface of 2 bytes, of 9"),
    ([9, 2, 11, 0, 1, 1, 0, 0x80, 50, 2, 5], "an endpoint outside an interface"),
    (
      [9, 2, 20, 0, 1, 1, 0, 0x80, 50, 9, 4, 0, 0, 1, 8, 6, 80, 0, 2, 5],
      "an endpoint of 2 bytes, of 7"
    ),
    (
      [9, 2, 25, 0, 1, 1, 0, 0x80, 50, 9, 4, 0, 0, 1, 8, 6, 80, 0, 7, 5, 1, 2, 0, 0, 0],
      "offset 22: an endpoint whose packets have no bytes"
    ),
  ])
  func damagedConfiguration_saysWhereAndWhat(bytes: [UInt8], text: String) {
    let error = #expect(throws: DescriptorError.self) { try ConfigurationDescriptor(bytes) }
    #expect(error?.description.contains(text) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("try another cable") == true)
  }

  @Test(arguments: [
    ([18, 1], "device descriptor, offset 2: it ends after 2 of 18 bytes"),
    (Array(repeating: 7, count: 18), "offset 0: it starts with 7, 7 and not 18, 1"),
    ([18, 1] + Array(repeating: 7, count: 16), "offset 7: packets of 7 bytes on endpoint 0"),
  ])
  func damagedDevice_saysWhereAndWhat(bytes: [UInt8], text: String) {
    let error = #expect(throws: DescriptorError.self) { try DeviceDescriptor(bytes) }
    #expect(error?.description.contains(text) == true, "\(error?.description ?? "")")
  }

  @Test(arguments: [
    ([], "it does not start with its length and 3"), ([4, 9], "it does not start with"),
    ([5, 3, 1, 2, 3], "it says 5 bytes and has 5"), ([6, 3, 1], "it says 6 bytes and has 3"),
  ])
  func damagedString_saysWhat(bytes: [UInt8], text: String) {
    let error = #expect(throws: DescriptorError.self) { try StringDescriptor.text(bytes) }
    #expect(error?.description.contains(text) == true)
  }

  /// Every byte of a good configuration set to every value, and every length: an error or a value.
  @Test func anyDamage_isAnErrorOrAValue() {
    let good = serialPort.bytes
    for index in good.indices {
      for value in UInt8.min...UInt8.max {
        var bytes = good
        bytes[index] = value
        _ = try? ConfigurationDescriptor(bytes)
      }
      _ = try? ConfigurationDescriptor(Array(good.prefix(index)))
    }
  }
}
