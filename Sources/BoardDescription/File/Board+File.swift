// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

extension Board {
  private static let keys = [
    "name", "chip", "documentation", "clocks", "memories", "pins", "devices", "console", "usb",
    "flashing", "application", "emulated",
  ]

  /// Reads a board file.
  /// - Parameter chip: makes the chip of a `chip:` entry that names one.
  init(
    _ entry: Entry, id: String, chip named: (Entry) throws(BoardFileError) -> Chip
  ) throws(BoardFileError) {
    let fields = try entry.fields(Self.keys)
    self.id = id
    place = entry.place
    name = try fields.required("name", "the board's name").text()
    documentation = try fields["documentation"]?.text()
    let chipEntry = try fields.required("chip", "a chip's name, its file, or its description")
    chip = try chipEntry.node.mapping == nil ? named(chipEntry) : Chip(chipEntry)
    (pins, devices, usb) = ([:], [], [:])
    application = Application(
      start: Address(0), length: ByteCount(0), vectors: Address(0), uf2Family: nil)
    isEmulated = try fields["emulated"]?.flag() ?? true
    try overrideChip(fields)
    try readDevices(fields)
    try readLoading(fields)
  }

  private mutating func overrideChip(_ fields: Fields) throws(BoardFileError) {
    for (name, clock) in try fields["clocks"]?.clocks() ?? [:] { chip.clocks[name] = clock }
    guard chip.clocks["cpu"] != nil else {
      let entry = fields["clocks"] ?? fields.owner
      throw entry.error(
        expected: "clocks: { cpu: … } in the board or the chip", found: "no clock for the CPU")
    }
    for (name, value) in try fields["memories"]?.members() ?? [] {
      guard let index = chip.memories.firstIndex(where: { $0.name == name }) else {
        throw value.error(
          expected: suggestion(for: name, among: chip.memories.map(\.name)),
          found: "a memory that \(chip.name) does not have")
      }
      try chip.memories[index].override(value)
    }
    try chip.checkMap(at: fields["memories"] ?? fields.owner)
  }

  private mutating func readDevices(_ fields: Fields) throws(BoardFileError) {
    for (name, value) in try fields["pins"]?.members() ?? [] { pins[name] = try value.pin([:]) }
    for (name, value) in try fields["devices"]?.members() ?? [] {
      devices.append(try Device(name: name, value, pins: pins, chip: chip))
    }
    console = try fields["console"]?.peripheralName(of: chip)
    let roles = try fields["usb"]?.fields(["sketch", "bootloader", "adapter"])
    for (role, value) in roles?.values ?? [:] {
      usb[role] = try USBIdentity(value)
    }
  }

  /// Where images go and who writes them.
  private mutating func readLoading(_ fields: Fields) throws(BoardFileError) {
    let memory = chip.memories.first { $0.kind == .flash } ?? chip.memories[0]
    let application = try fields["application"]?.fields([
      "start", "length", "vectors", "uf2Family", "handover",
    ])
    let start = try application?["start"]?.address() ?? memory.base
    guard memory.contains(start) else {
      throw (application?["start"] ?? fields.owner).error(
        expected: "an address in \(memory.name), \(memory.base) and \(memory.size) long",
        found: "\(start)")
    }
    let rest = ByteCount(Int(memory.end - UInt64(start.bits)))
    let length = try application?["length"]?.size(atMost: rest) ?? rest
    let vectors = try application?["vectors"]?.address() ?? start
    let end = UInt64(start.bits) + UInt64(length.count)
    guard vectors >= start, UInt64(vectors.bits) < end else {
      throw (application?["vectors"] ?? fields.owner).error(
        expected: "an address in the application", found: "\(vectors)")
    }
    let family = try application?["uf2Family"]?.integer(in: 0...UInt64(UInt32.max))
    self.application = Application(
      start: start, length: length, vectors: vectors,
      uf2Family: family.map(UInt32.init(truncatingIfNeeded:)))
    for item in try application?["handover"]?.items() ?? [] {
      self.application.handover.append(try Application.RegisterWrite(item, chip: chip))
    }
    flashing = try fields["flashing"].map { (entry) throws(BoardFileError) in try Flashing(entry) }
  }
}

extension Device {
  fileprivate init(
    name: String, _ entry: Entry, pins board: [String: Pin], chip: Chip
  ) throws(BoardFileError) {
    self.init(
      name: name, part: "", bus: nil, addresses: [], pins: [:], numbers: [:], place: entry.place)
    for (key, value) in try entry.members() {
      switch key {
      case "part": part = try value.text()
      case "on": bus = try value.peripheralName(of: chip)
      case "addresses":
        for item in try value.items() { addresses.append(try item.integer(in: 0...0x3FF)) }
      default: try value.read(setting: key, names: board, &numbers, &pins)
      }
    }
    guard !part.isEmpty else {
      throw BoardFileError(
        at: entry.place, keyPath: entry.keyPath + ".part", found: "no such key",
        expected: "the part's name, such as led")
    }
  }
}

extension USBIdentity {
  fileprivate init(_ entry: Entry) throws(BoardFileError) {
    let fields = try entry.fields(["vendor", "product", "also"])
    self.init(
      vendor: try fields.required("vendor", "a USB vendor id").usbIdentifier(),
      product: try fields.required("product", "a USB product id").usbIdentifier())
    for item in try fields["also"]?.items() ?? [] { also.append(try item.usbIdentifier()) }
  }
}

extension Application.RegisterWrite {
  fileprivate init(_ entry: Entry, chip: Chip) throws(BoardFileError) {
    let fields = try entry.fields(["address", "value"])
    let place = try fields.required("address", "a register's address")
    address = try place.address()
    let bits = UInt64(address.bits)
    let isRegister = chip.peripherals.contains { UInt64($0.base.bits) <= bits && bits < $0.end }
    guard isRegister else {
      throw place.error(
        expected: "the address of a register in a peripheral of \(chip.name)", found: "\(address)")
    }
    value = UInt32(
      truncatingIfNeeded: try fields.required("value", "what is written").integer(
        in: 0...UInt64(UInt32.max)))
  }
}

extension Flashing {
  private static let keys = [
    "protocol", "touch", "detach", "resetPulse", "byHand", "start", "length", "block", "page",
    "alternate", "baud", "transfer",
  ]

  fileprivate init(_ entry: Entry) throws(BoardFileError) {
    let fields = try entry.fields(Self.keys)
    self.init(
      flashProtocol: try fields.required("protocol", "a flash protocol").choice(
        FlashProtocol.self),
      touch: try fields["touch"]?.count(in: 1...4_000_000),
      detach: try fields["detach"]?.flag() ?? false,
      resetPulse: try fields["resetPulse"]?.flag() ?? false,
      byHand: try fields["byHand"]?.text(),
      start: try fields.required("start", "the first address that may be written").address(),
      length: try fields.required("length", "how much may be written").size(
        atMost: Chip.memoryLimit),
      block: try fields["block"]?.size(atMost: .kibibytes(1024)),
      page: try fields["page"]?.size(atMost: .kibibytes(1024)),
      alternate: try fields["alternate"]?.count(in: 0...255),
      baud: try fields["baud"]?.count(in: 300...4_000_000),
      transfer: try fields["transfer"]?.count(in: 8...65536))
  }
}

extension Entry {
  fileprivate func peripheralName(of chip: Chip) throws(BoardFileError) -> String {
    let word = try text()
    if let instance = chip.peripheral(word) { return instance.name }
    let names = chip.peripherals.flatMap { [$0.name] + $0.aliases }
    throw error(
      expected: names.isEmpty
        ? "a peripheral, and \(chip.name) has none" : suggestion(for: word, among: names))
  }

  fileprivate func usbIdentifier() throws(BoardFileError) -> UInt16 {
    UInt16(truncatingIfNeeded: try integer(in: 0...0xFFFF))
  }
}
