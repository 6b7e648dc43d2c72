// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

extension Chip {
  private static let keys = [
    "name", "documentation", "core", "clocks", "memories", "interrupts", "priorityBits",
    "mpuRegions", "multiplierCycles", "bitBand", "unmapped", "registers", "peripherals",
  ]
  static let clockNames = ["cpu", "peripheral", "low"]
  /// The most that one memory may hold: the emulator allocates it.
  static let memoryLimit = ByteCount(256 * 1024 * 1024)

  /// Reads a chip file, or the `chip:` of a board file that describes it in place.
  init(_ entry: Entry) throws(BoardFileError) {
    let fields = try entry.fields(Self.keys)
    name = try fields.required("name", "the chip's name").text()
    documentation = try fields["documentation"]?.text()
    core = try fields.required("core", "a core such as cortex-m4f").choice(Core.self)
    clocks = try fields["clocks"]?.clocks() ?? [:]
    // The NVIC has at most 240 lines and 8 bits of priority, that of ARMv6-M 32 and always 2.
    let isSmall = core.isARMv6M
    interruptCount = try fields.required("interrupts", "the number of external interrupts")
      .count(in: 1...(isSmall ? 32 : 240))
    priorityBits = try fields.required("priorityBits", "bits of priority")
      .count(in: isSmall ? 2...2 : 3...8)
    mpuRegions =
      try fields["mpuRegions"]?.count(in: 0...(core == .cortexM0 ? 0 : isSmall ? 8 : 16)) ?? 0
    multiplierCycles = try fields["multiplierCycles"]?.count(in: 1...(isSmall ? 32 : 1)) ?? 1
    bitBand = try fields["bitBand"]?.flag() ?? false
    unmapped = try fields["unmapped"]?.choice(UnmappedAccess.self) ?? .busFault
    registers = try fields["registers"]?.text()
    memories = []
    for (name, value) in try fields.required("memories", "the chip's memories").members() {
      memories.append(try Memory(name: name, value))
    }
    peripherals = []
    for (name, value) in try fields["peripherals"]?.members() ?? [] {
      let instance = try Instance(name: name, value, interruptCount: interruptCount)
      try instance.check(against: peripherals, value)
      peripherals.append(instance)
    }
    try checkMap(at: entry)
  }

  /// Sorts the map by address and refuses overlaps, here and after a board's overrides.
  mutating func checkMap(at entry: Entry) throws(BoardFileError) {
    memories.sort { $0.base < $1.base }
    peripherals.sort { $0.base < $1.base }
    guard memories.contains(where: { $0.kind == .ram }) else {
      throw entry.error(expected: "at least one memory of kind ram", found: "none")
    }
    let spans =
      memories.map { (name: $0.name, start: UInt64($0.base.bits), end: $0.end) }
      + peripherals.map { (name: $0.name, start: UInt64($0.base.bits), end: $0.end) }
      + peripherals.flatMap { owner in
        owner.windows.map { (name: owner.name, start: UInt64($0.base.bits), end: $0.end) }
      }
    let sorted = spans.sorted { ($0.start, $0.name) < ($1.start, $1.name) }
    for (lower, upper) in zip(sorted, sorted.dropFirst()) where upper.start < lower.end {
      let last = Address(UInt32(truncatingIfNeeded: lower.end - 1))
      let start = Address(UInt32(truncatingIfNeeded: upper.start))
      throw entry.error(
        expected: "ranges that do not overlap",
        found: "\(lower.name), which ends at \(last), and \(upper.name), which starts at \(start)")
    }
  }
}

extension Entry {
  func clocks() throws(BoardFileError) -> [String: Frequency] {
    var clocks: [String: Frequency] = [:]
    for (name, value) in try fields(Chip.clockNames).values { clocks[name] = try value.frequency() }
    return clocks
  }
}

extension Memory {
  init(name: String, _ entry: Entry) throws(BoardFileError) {
    let fields = try entry.fields([
      "kind", "base", "size", "instructionWaitStates", "dataWaitStates", "page",
    ])
    self.init(
      name: name,
      kind: try fields.required("kind", "flash, ram or rom").choice(Kind.self),
      base: try fields.required("base", "an address").address(),
      size: try fields.required("size", "a size such as 256 KiB").size(atMost: Chip.memoryLimit),
      instructionWaitStates: 0, dataWaitStates: 0, page: nil)
    try apply(fields)
  }

  /// What a board may change, or a chip may leave at its default.
  private mutating func apply(_ fields: Fields) throws(BoardFileError) {
    instructionWaitStates =
      try fields["instructionWaitStates"]?.count(in: 0...255) ?? instructionWaitStates
    dataWaitStates = try fields["dataWaitStates"]?.count(in: 0...255) ?? dataWaitStates
    page = try fields["page"]?.size(atMost: size) ?? page
    base = try fields["base"]?.address() ?? base
    size = try fields["size"]?.size(atMost: Chip.memoryLimit) ?? size
    guard end <= 1 << 32 else {
      throw fields.owner.error(
        expected: "memory below 4 GiB", found: "\(size) at \(base)")
    }
  }

  mutating func override(_ entry: Entry) throws(BoardFileError) {
    try apply(entry.fields(["base", "size", "instructionWaitStates", "dataWaitStates", "page"]))
  }
}

extension Window {
  fileprivate init(_ entry: Entry) throws(BoardFileError) {
    let fields = try entry.fields(["base", "size"])
    self.init(
      base: try fields.required("base", "an address").address(),
      size: try fields.required("size", "a size such as 0x200").size(atMost: .kibibytes(64 * 1024)))
    guard end <= 1 << 32 else {
      throw entry.error(expected: "addresses below 4 GiB", found: "\(size) at \(base)")
    }
  }
}

extension Instance {
  init(name: String, _ entry: Entry, interruptCount: Int) throws(BoardFileError) {
    let fields = try entry.fields([
      "kind", "base", "size", "interrupt", "windows", "also", "with",
    ])
    var aliases: [String] = []
    for item in try fields["also"]?.items() ?? [] { aliases.append(try item.text()) }
    var windows: [Window] = []
    for item in try fields["windows"]?.items() ?? [] { windows.append(try Window(item)) }
    var (numbers, pins): ([String: UInt64], [String: Pin]) = ([:], [:])
    for (key, value) in try fields["with"]?.members() ?? [] {
      try value.read(setting: key, names: [:], &numbers, &pins)
    }
    self.init(
      name: name,
      kind: try fields.required("kind", "what models it, or unmodelled").text(),
      base: try fields.required("base", "an address").address(),
      size: try fields["size"]?.size(atMost: .kibibytes(64 * 1024)) ?? ByteCount(0x1000),
      interrupt: try fields["interrupt"]?.count(in: 0...interruptCount - 1),
      windows: windows, aliases: aliases,
      numbers: numbers, pins: pins, place: entry.place)
    guard end <= 1 << 32 else {
      throw entry.error(expected: "registers below 4 GiB", found: "\(size) at \(base)")
    }
  }

  /// Names are what boards wire devices to: no two the same.
  fileprivate func check(against others: [Instance], _ entry: Entry) throws(BoardFileError) {
    for other in others {
      let taken = [other.name] + other.aliases
      guard let name = ([name] + aliases).first(where: taken.contains) else { continue }
      throw entry.error(
        expected: "a name of its own", found: "\(name), also a name of \(other.name)")
    }
  }
}

extension Entry {
  /// A device's setting: a pin, an integer, or true and false as 1 and 0.
  func read(
    setting key: String, names: [String: Pin], _ numbers: inout [String: UInt64],
    _ pins: inout [String: Pin]
  ) throws(BoardFileError) {
    if let flag = try? flag() {
      numbers[key] = flag ? 1 : 0
    } else if let number = try? integer(in: 0...UInt64.max) {
      numbers[key] = number
    } else if case .scalar(let scalar) = node, !scalar.string.isEmpty {
      pins[key] = try pin(names)
    } else {
      throw error(expected: "a pin, an integer, true or false")
    }
  }
}
