// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import MachineModel
import Sensors

/// What a board file asks for that this emulator cannot build.
public struct AssemblyError: Error, CustomStringConvertible, Sendable {
  public let description: String
}

extension Machine {
  func placePeripherals() throws {
    for instance in board.chip.peripherals {
      let parameters = instance.parameters(reference: board.cpuClock)
      let peripheral = try instance.isModelled ? peripheral(of: instance, parameters) : nil
      let index = devices.count
      devices.append(DeviceSlot(instance: instance, peripheral: peripheral))
      if DeviceCatalogue.routers.contains(instance.kind) { routers.append(index) }
      place(index, from: instance.base, to: instance.end)
      for window in instance.windows { place(index, from: window.base, to: window.end) }
    }
    for index in devices.indices { call(index) { $0.reset(after: .powerOn, in: &$1) } }
  }

  private func place(_ device: Int, from base: Address, to end: UInt64) {
    let lastPage = UInt32(truncatingIfNeeded: (end - 1) >> Self.pageBits)
    for page in base.bits >> Self.pageBits...lastPage where devicesByPage[page] == nil {
      devicesByPage[page] = device
    }
  }

  private func peripheral(
    of instance: Instance, _ parameters: DeviceParameters
  ) throws -> any Peripheral {
    guard let build = DeviceCatalogue.peripherals[instance.kind] else {
      throw instance.unknownKind(known: Array(DeviceCatalogue.peripherals.keys))
    }
    return build(parameters)
  }

  func placeParts(microphone source: (any SampleSource)?, motion: any MotionSource) throws {
    for device in board.devices {
      let parameters = device.parameters(reference: board.cpuClock)
      switch DeviceCatalogue.parts[device.part] {
      case .pdmMicrophone:
        try device.check(pins: ["data"], optional: ["clock", "power", "channel"])
        guard let data = device.pins["data"] else { continue }
        let part = MP34DT05(parameters, sound: source ?? Silence())
        microphones.append(Microphone(part: part, data: data))
      case .light:
        try device.check(pins: ["pin"], optional: ["activeHigh"])
        lights.append(Light(name: device.name, led: LED(parameters)))
      case .i2c(let settings, let build):
        i2cParts.append(try I2CAttachment(device, settings, build(parameters)))
      case .motionSensor(let settings, let build):
        i2cParts.append(try I2CAttachment(device, settings, build(parameters, motion)))
      case nil: throw device.unknownPart(known: Array(DeviceCatalogue.parts.keys))
      }
    }
  }
}

/// What a microphone hears when nothing plays.
struct Silence: SampleSource {
  let rate = Frequency(hertz: 16000)
  let channels = 1
  let frameCount = 0
  func sample(frame: Int, channel: Int) -> Float { 0 }
}
