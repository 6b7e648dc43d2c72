// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import FlashProtocols
import Transports

/// Which session speaks a board's protocol, and through what.
struct SessionChoice {
  let target: FlashTarget
  let image: FlashImage

  var parameters: FlashParameters {
    let flashing = target.flashing
    return FlashParameters(
      start: flashing.start.bits, length: flashing.length.count, block: flashing.block?.count,
      page: flashing.page?.count, uf2Family: target.board.application.uf2Family,
      baud: flashing.baud, alternate: UInt8(truncatingIfNeeded: flashing.alternate ?? 0),
      transfer: flashing.transfer)
  }

  /// For the protocols over a serial port.
  func serialSession() throws -> any FlashSession {
    switch target.flashing.flashProtocol {
    case .sambaNRF: SAMBASession(variant: .nrf, image: image, parameters: parameters)
    case .sambaSAMD: SAMBASession(variant: .samd, image: image, parameters: parameters)
    case .svl: SVLSession(image: image, parameters: parameters)
    case .asb: ASBSession(image: image, parameters: parameters)
    case .stm32UART, .dfu, .dfuse, .uf2, .picoboot: throw Remedy.protocolMissing(target.board)
    }
  }

  /// For the protocols over a USB interface, which is looked for in the device's descriptors.
  func usbSession(
    _ device: USBDeviceDescription
  ) throws -> (session: any FlashSession, interface: UInt8) {
    var parameters = parameters
    switch target.flashing.flashProtocol {
    case .dfu, .dfuse:
      // DFU mode, which tells it from the sketch's run-time interface.
      guard let found = device.interfaces.first(where: { $0.code == [0xFE, 1, 2] }) else {
        throw Remedy.noInterface(target.board, "DFU")
      }
      parameters.interface = found.number
      return target.flashing.flashProtocol == .dfu
        ? (DFUSession(image: image, parameters: parameters), found.number)
        : (DfuSeSession(image: image, parameters: parameters), found.number)
    case .picoboot:
      // The vendor's interface beside the disk.
      guard
        let found = device.interfaces.first(where: { $0.code.first == 0xFF }),
        let bulkOut = found.endpoints.first(where: { $0 & 0x80 == 0 }),
        let bulkIn = found.endpoints.first(where: { $0 & 0x80 != 0 })
      else { throw Remedy.noInterface(target.board, "PICOBOOT") }
      (parameters.interface, parameters.bulkOut) = (found.number, bulkOut)
      parameters.bulkIn = bulkIn
      return (PicoBootSession(image: image, parameters: parameters), found.number)
    case .uf2, .sambaNRF, .sambaSAMD, .svl, .asb, .stm32UART:
      throw Remedy.protocolMissing(target.board)
    }
  }
}
