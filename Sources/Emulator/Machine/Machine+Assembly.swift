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
      let known = DeviceCatalogue.peripherals.keys.sorted().joined(separator: ", ")
      throw AssemblyError(
        description: "\(instance.place): no peripheral of kind '\(instance.kind)' is known; use "
          + "one of: \(known), or 'unmodelled'")
    }
    return build(parameters)
  }

  func placeParts(microphone source: (any SampleSource)?) throws {
    for device in board.devices {
      let parameters = device.parameters(reference: board.cpuClock)
      switch DeviceCatalogue.parts[device.part] {
      case .pdmMicrophone:
        guard let data = device.pins["data"] else {
          throw AssemblyError(
            description: "\(device.place): the microphone '\(device.name)' needs a 'data' pin")
        }
        let part = MP34DT05(parameters, sound: source ?? Silence())
        microphones.append(Microphone(part: part, data: data))
      case .light:
        lights.append(Light(name: device.name, led: LED(parameters)))
      case nil:
        // Parts that only wait for a later bus are listed in the board file and stay silent.
        continue
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
