// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BootloaderModels
import FlashSupport
import Testing
import USBModel

@Suite struct CDCFunctionTests {
  private typealias Function = CDCFunction<NordicMonitor, MemoryArray>

  private func function(_ program: Function.Program = .bootloader) -> ModelledDevice<Function> {
    ModelledDevice(
      Function(
        NordicMonitor(), memory: .nrf52840(),
        identity: Function.identity(
          vendor: 0x2341, product: 0x005A, manufacturer: "Arduino", name: "Nano 33 BLE",
          serialNumber: "0123456789ABCDEF"),
        application: Function.identity(
          vendor: 0x2341, product: 0x805A, manufacturer: "Arduino", name: "Nano 33 BLE",
          serialNumber: "0123456789ABCDEF"), program: program,
        hasApplication: { $0.read(0x1_0000, count: 4) != [0xFF, 0xFF, 0xFF, 0xFF] }))
  }

  private func submit(
    _ device: inout ModelledDevice<Function>, _ kind: USBTransfer.Kind
  ) -> USBOutcome? {
    device.submit(USBTransfer(id: 1, kind))
    return device.completions().first { $0.id == 1 }?.outcome
  }

  private func setup(_ request: UInt8, _ value: UInt16 = 0, length: UInt16 = 0) -> SetupPacket {
    SetupPacket(
      requestType: request == 0x21 ? 0xA1 : 0x21, request: request, value: value, index: 0,
      length: length)
  }

  @Test func bytes_goThrough_andWaitForTheHost() {
    var device = function()
    device.submit(USBTransfer(id: 9, .in(endpoint: 3, length: 64)))
    #expect(device.completions().isEmpty)
    #expect(submit(&device, .out(endpoint: 2, data: Array("V#".utf8))) == .completed([]))
    #expect(submit(&device, .in(endpoint: 1, length: 16)) == nil)
    #expect(submit(&device, .in(endpoint: 3, length: 64)) == nil)
    device.cancel(1)
  }

  @Test func version_isAnswered_inPackets() {
    var device = function()
    #expect(submit(&device, .out(endpoint: 2, data: Array("V#".utf8))) == .completed([]))
    guard case .completed(let first)? = submit(&device, .in(endpoint: 3, length: 16)),
      case .completed(let second)? = submit(&device, .in(endpoint: 3, length: 512))
    else {
      Issue.record("V has an answer")
      return
    }
    #expect(first.count == 16 && first.count + second.count == 60)
  }

  @Test func descriptors_areASerialPorts() throws {
    let configuration = try ConfigurationDescriptor(function().configurationDescriptor)
    #expect(configuration.interfaces.map(\.classCode) == [2, 10])
    #expect(CDCFunctionalDescriptors.dataInterface(of: configuration.interfaces[0]) == 1)
    let device = try DeviceDescriptor(function().deviceDescriptor)
    #expect(device.classCode == 0xEF && device.product == 0x005A)
  }

  @Test func lineCoding_isKept() {
    var device = function()
    let coding: [UInt8] = [0x00, 0xC2, 0x01, 0x00, 0, 0, 8]
    #expect(submit(&device, .control(setup(0x20, length: 7), data: coding)) == .completed([]))
    #expect(submit(&device, .control(setup(0x21, length: 7), data: [])) == .completed(coding))
    #expect(submit(&device, .control(setup(0x20, length: 3), data: [1, 2, 3])) == .stalled)
    #expect(submit(&device, .control(setup(0x23), data: [])) == .completed([]))
  }

  @Test func touch_leadsFromTheSketchToTheBootloader() throws {
    var device = function(.application)
    #expect(try DeviceDescriptor(device.deviceDescriptor).product == 0x805A)
    _ = submit(&device, .control(setup(0x20, length: 7), data: [0xB0, 4, 0, 0, 0, 0, 8]))
    _ = submit(&device, .control(setup(0x22, 3), data: []))
    device.advance(by: .seconds(1))
    #expect(device.isAttached && device.attachmentCount == 1)
    _ = submit(&device, .control(setup(0x22, 0), data: []))
    device.advance(by: .milliseconds(300))
    #expect(!device.isAttached)
    device.advance(by: .milliseconds(700))
    #expect(device.attachmentCount == 2)
    #expect(try DeviceDescriptor(device.deviceDescriptor).product == 0x005A)
  }

  @Test func reset_startsAnApplication_ifThereIsOne() {
    for hasApplication in [false, true] {
      var device = function()
      if hasApplication { device.device.memory.place([0, 0, 4, 0x20], at: 0x1_0000) }
      #expect(submit(&device, .out(endpoint: 2, data: Array("K#".utf8))) == .completed([]))
      #expect(device.device.lastRequest == .reset)
      device.advance(by: .milliseconds(20))
      #expect(!device.isAttached)
      device.advance(by: .seconds(1))
      #expect(device.device.program == (hasApplication ? .application : .bootloader))
    }
  }
}
