// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import USBModel

/// A board in the RP2040's boot ROM (RP2040 Datasheet, 2.8; pico-bootrom-rp2040): a disk that takes
/// UF2 files, and PICOBOOT beside it.
public struct RP2040Boot<Memory: BootMemory & Sendable>: USBDeviceClass, Sendable {
  public enum Program: Equatable, Sendable {
    case bootloader, application
    case starting(in: Duration)
  }

  public var memory: Memory
  /// What the application shows on the bus.
  public var applicationIdentity: USBIdentity?
  public private(set) var program = Program.bootloader
  public private(set) var applicationStarts = 0
  var disk = BulkOnlyDisk(vendor: "RPI", product: "RP2")
  private let volume: UF2Volume
  var receiver: UF2Receiver
  var interface: PicoBootInterface
  private var leaving: Duration?
  private let flashStart: UInt32
  private let bootIdentity: USBIdentity

  public static var flashStart: UInt32 { 0x1000_0000 }

  /// - Parameter flashSize: bytes of the flash beside the chip.
  public init(
    memory: Memory, flashSize: UInt32 = 0x100_0000, serialNumber: String = "E0C9125B0D9B"
  ) {
    self.memory = memory
    flashStart = Self.flashStart
    let flash = flashStart..<flashStart + flashSize
    receiver = UF2Receiver(family: 0xE48B_FF56, flash: flash, eraseSize: 4096)
    interface = PicoBootInterface(flash: flash)
    volume = RP2040Disk.volume
    bootIdentity = RP2040Disk.identity(serialNumber: serialNumber)
  }

  /// How long flash takes for a sector of 4096 and a page of 256 bytes.
  public mutating func setDurations(erase: Duration, write: Duration) {
    (interface.eraseDuration, interface.writeDuration) = (erase, write)
  }

  public var identity: USBIdentity? {
    switch program {
    case .bootloader: bootIdentity
    case .application: applicationIdentity
    case .starting: nil
    }
  }

  public mutating func reset() {
    guard program == .bootloader else { return }
    interface.reset()
    disk.reset()
    receiver.reset()
  }

  public mutating func haltCleared(endpoint: UInt8) {
    if endpoint & 0x0F == PicoBootInterface.outEndpoint
      || endpoint & 0x0F == PicoBootInterface.inEndpoint
    {
      interface.haltCleared()
    }
  }

  public mutating func advance(by time: Duration) {
    interface.advance(by: time)
    if case .starting(let left) = program {
      program = left > time ? .starting(in: left - time) : started()
      return
    }
    guard let left = leaving else { return }
    leaving = left > time ? left - time : nil
    if leaving == nil { restart() }
  }

  /// From flash; without a program there the ROM comes back.
  public mutating func restart() {
    leaving = nil
    reset()
    program = .starting(in: .milliseconds(100))
  }

  /// The button held while the chip is reset, or whatever else keeps it in the ROM.
  public mutating func restartIntoBootloader() {
    (leaving, program) = (nil, .bootloader)
    reset()
  }

  private mutating func started() -> Program {
    let first = memory.read(flashStart, count: 256)
    guard let first, !first.allSatisfy({ $0 == 0xFF }) else { return .bootloader }
    applicationStarts += 1
    return .application
  }

  // MARK: Transfers

  public mutating func control(_ setup: SetupPacket, data: [UInt8]) -> ControlAnswer {
    guard program == .bootloader else { return .stalled }
    switch (setup.requestType, setup.request) {
    // Bulk-only mass storage reset, and the number of its last unit.
    case (0x21, 0xFF):
      disk.reset()
      return .data([])
    case (0xA1, 0xFE): return .data([0])
    default:
      guard setup.requestType & 0x60 == 0x40 else { return .stalled }
      return interface.control(setup)
    }
  }

  public mutating func receive(_ data: [UInt8], endpoint: UInt8) -> EndpointAnswer {
    guard program == .bootloader else { return .stalled }
    if endpoint == PicoBootInterface.outEndpoint {
      let answer = interface.receive(data, in: &memory)
      // Set going with the command: the watchdog does not wait for the acknowledgement.
      if let reboot = interface.takeReboot() { leaving = max(.milliseconds(1), reboot) }
      return answer
    }
    guard endpoint == 2 else { return .stalled }
    var blocks: [[UInt8]] = []
    let answer = disk.receive(data, from: volume) { blocks.append($1) }
    for block in blocks where !interface.isExclusive { receiver.take(block, in: &memory) }
    if receiver.isComplete, leaving == nil { leaving = .milliseconds(1000) }
    return answer
  }

  public mutating func send(atMost length: Int, endpoint: UInt8) -> EndpointAnswer {
    guard program == .bootloader else { return .stalled }
    if endpoint == PicoBootInterface.inEndpoint {
      return interface.send(atMost: length)
    }
    return endpoint == 1 ? disk.send(atMost: length) : .stalled
  }
}

/// What the ROM shows.
enum RP2040Disk {
  static let volume = UF2Volume(
    label: "RPI-RP2",
    files: [
      .init(
        name: "INDEX   HTM",
        bytes: Array(
          ("<html><head><meta http-equiv=\"refresh\" content=\"0;URL="
            + "'https://raspberrypi.com/device/RP2'\"/></head><body>Redirecting</body></html>\n")
            .utf8)),
      .init(
        name: "INFO_UF2TXT",
        bytes: Array(
          "UF2 Bootloader v3.0\r\nModel: Raspberry Pi RP2\r\nBoard-ID: RPI-RP2\r\n".utf8)),
    ], blockCount: 262_144, blocksPerCluster: 8, isPartitioned: true)

  static func identity(serialNumber: String) -> USBIdentity {
    var storage = InterfaceDescriptor(number: 0, classCode: 8, subclass: 6, protocolCode: 0x50)
    storage.endpoints = [
      EndpointDescriptor(address: 0x81, .bulk), EndpointDescriptor(address: 0x02, .bulk),
    ]
    var vendor = InterfaceDescriptor(number: 1, classCode: 0xFF, subclass: 0, protocolCode: 0)
    vendor.endpoints = [
      EndpointDescriptor(address: PicoBootInterface.outEndpoint, .bulk),
      EndpointDescriptor(address: PicoBootInterface.inEndpoint | 0x80, .bulk),
    ]
    return USBIdentity(
      vendor: 0x2E8A, product: 0x0003, manufacturer: "Raspberry Pi", name: "RP2 Boot",
      serialNumber: serialNumber, interfaces: [storage, vendor])
  }
}
