// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import Testing
import USBModel

@testable import Emulator

/// Devices that answer anything at all: the host neither traps nor hangs, and time goes on.
@Suite struct USBHostFuzzTests {
  @Test(arguments: 0..<40)
  func deviceThatAnswersAnything_doesNoHarm(seed: UInt64) {
    var random = SplitMix64(state: seed)
    var host = USBHost(
      role: seed & 1 == 0 ? .drivers : .passThrough, clock: Frequency(hertz: 64_000_000))
    // Answers that make sense at first lead further in.
    let honest = Int(random.next() % 60)
    var cable = ScriptedDevice()
    let environment = BareEnvironment()
    host.attachmentChanged(true, device: 0, at: .reset)
    var steps = 0
    var last = Instant.reset
    while host.nextAt != .never, steps < 20_000 {
      steps += 1
      if random.next() % 500 == 0 { disturb(&host, &random, at: last) }
      #expect(host.nextAt >= last)
      guard host.nextAt != .never else { break }
      last = host.nextAt
      guard case .bus(let event)? = host.takeStep() else { continue }
      var context = DeviceContext(now: last, environment: environment)
      let right = cable.usb(event, in: &context)
      let isRight = steps < honest || random.next() % 4 != 0
      host.receive(isRight ? right : anything(&random), at: last)
      _ = host.takeReceived()
      _ = host.takeCompletions()
    }
    #expect(steps > 3)
  }

  private func anything(_ random: inout SplitMix64) -> USBHandshake {
    switch random.next() % 8 {
    case 0: return .none
    case 1: return .acknowledged
    case 2: return .notReady
    case 3: return .stalled
    default:
      let count = Int(random.next() % 80)
      return .data((0..<count).map { _ in UInt8(truncatingIfNeeded: random.next() % 20) })
    }
  }

  private func disturb(_ host: inout USBHost, _ random: inout SplitMix64, at now: Instant) {
    let id = random.next() % 100
    let endpoint = UInt8(truncatingIfNeeded: random.next())
    let count = Int(random.next() % 300)
    switch random.next() % 9 {
    case 0: host.resetPort(at: now)
    case 1: _ = host.suspend()
    case 2: _ = host.resume(at: now)
    case 3: host.submit(USBTransfer(id: id, .in(endpoint: endpoint, length: count)), at: now)
    case 4:
      let data = [UInt8](repeating: 1, count: count)
      host.submit(USBTransfer(id: id, .out(endpoint: endpoint, data: data)), at: now)
    case 5:
      let bytes = (0..<8).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      if let setup = SetupPacket(bytes) {
        host.submit(USBTransfer(id: id, .control(setup, data: bytes)), at: now)
      }
    case 6: host.cancel(id, at: now)
    case 7: host.send([UInt8](repeating: 2, count: count), at: now)
    default:
      let isOpen = count & 1 == 0
      host.setLine(SerialLine(isOpen: isOpen, baud: count, dtr: isOpen, rts: isOpen), at: now)
    }
    if case .suspended = host.port { _ = host.resume(at: now) }
  }

  @Test(arguments: 0..<20)
  func standInsPort_takesAnything(seed: UInt64) {
    var random = SplitMix64(state: seed)
    var port = SerialPortDevice(
      vendor: 1, product: 2, manufacturer: "a", name: "b", serialNumber: "c")
    for _ in 0..<5000 {
      let bytes = (0..<random.next() % 66).map { _ in UInt8(truncatingIfNeeded: random.next() % 36)
      }
      let endpoint = UInt8(random.next() % 4)
      switch random.next() % 6 {
      case 0: _ = port.respond(to: .reset)
      case 1, 2: _ = port.respond(to: .setup(address: 0, endpoint: 0, Array(bytes.prefix(8))))
      case 3, 4: _ = port.respond(to: .out(address: 0, endpoint: endpoint, Array(bytes)))
      default: _ = port.respond(to: .in(address: 0, endpoint: endpoint))
      }
    }
    #expect(port.inbox.count <= 16)
  }
}
