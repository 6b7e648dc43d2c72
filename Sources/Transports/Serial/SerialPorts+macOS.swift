// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if os(macOS)
  import Foundation
  import IOKit
  import IOKit.serial

  extension SerialPorts {
    /// The call-out devices that the I/O Registry has below a USB device.
    static func registeredPorts() -> [SerialPortDescription] {
      var iterator: io_iterator_t = 0
      let wanted = IOServiceMatching(kIOSerialBSDServiceValue)
      guard IOServiceGetMatchingServices(0, wanted, &iterator) == KERN_SUCCESS else { return [] }
      defer { IOObjectRelease(iterator) }
      var ports: [SerialPortDescription] = []
      while case let service = IOIteratorNext(iterator), service != 0 {
        defer { IOObjectRelease(service) }
        guard let path = property(kIOCalloutDeviceKey, of: service) as? String,
          let vendor = property("idVendor", of: service) as? Int,
          let product = property("idProduct", of: service) as? Int
        else { continue }
        ports.append(
          SerialPortDescription(
            path: path, vendor: UInt16(truncatingIfNeeded: vendor),
            product: UInt16(truncatingIfNeeded: product),
            serialNumber: property("USB Serial Number", of: service) as? String,
            productName: property("USB Product Name", of: service) as? String,
            interface: (property("bInterfaceNumber", of: service) as? Int).map {
              UInt8(truncatingIfNeeded: $0)
            }))
      }
      return ports.sorted { $0.path < $1.path }
    }

    /// Of the service, or of what it hangs on.
    private static func property(_ name: String, of service: io_object_t) -> Any? {
      IORegistryEntrySearchCFProperty(
        service, kIOServicePlane, name as CFString, kCFAllocatorDefault,
        IOOptionBits(kIORegistryIterateRecursively | kIORegistryIterateParents))
    }
  }
#endif
