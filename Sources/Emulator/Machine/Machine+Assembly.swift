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
      let firstPage = instance.base.bits >> 12
      let lastPage = UInt32(truncatingIfNeeded: (instance.end - 1) >> 12)
      for page in firstPage...lastPage where devicesByPage[page] == nil {
        devicesByPage[page] = index
      }
    }
    for index in devices.indices { call(index) { $0.reset(after: .powerOn, in: &$1) } }
  }

  private func peripheral(
    of instance: Instance, _ parameters: DeviceParameters
  ) throws -> any Peripheral {
    guard let build = DeviceCatalogue.peripherals[instance.kind] else {
      throw instance.unknownKind(known: Array(DeviceCatalogue.peripherals.keys))
    }
    return build(parameters)
  }

  func placeParts(microphone source: (any SampleSource)?) throws {
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
