// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import RegisterMaps

/// SAM D21 PORT, both groups (DS40001882, PORT), also by the core's own bus at 0x6000_0000:
/// outputs, inputs where INEN lets the level in, pulls in OUT's direction, the multiplexer.
///
/// A pad that is given to a peripheral (PMUXEN) is let go of. Its level goes to EIC where function
/// A is chosen: as events at `MicrochipPORT.externalInterrupt`, which `MicrochipEIC` takes. Inputs
/// are sampled at once (CTRL is kept), all pads drive alike (DRVSTR is kept).
public struct MicrochipPORT: LaneRegisters {
  private typealias PORT = SAMD21.PORT
  private static let groupStride: UInt32 = 0x80
  /// Pads that the package of 48 has.
  private static let pads: [UInt32] = [0xDBFF_FFFF, 0x00C0_0F0C]

  static let table: RegisterLayout = {
    let words = [
      PORT.Offset.direction, PORT.Offset.directionClear, PORT.Offset.directionSet,
      PORT.Offset.directionToggle, PORT.Offset.output, PORT.Offset.outputClear,
      PORT.Offset.outputSet, PORT.Offset.outputToggle, PORT.Offset.input, PORT.Offset.sampling,
      PORT.Offset.writeConfiguration,
    ]
    let bytes =
      (0..<16).map { PORT.Offset.multiplexer + $0 }
      + (0..<32).map { PORT.Offset.pinConfiguration + $0 }
    return RegisterLayout(
      bytes: bytes + bytes.map { $0 + groupStride }, words: words + words.map { $0 + groupStride })
  }()
  var layout: RegisterLayout { Self.table }

  private var groups = [Group(), Group()]

  private struct Group: Codable {
    var direction: UInt32 = 0
    var output: UInt32 = 0
    var sampling: UInt32 = 0
    var configuration = [UInt8](repeating: 0, count: 32)
    var multiplexer = [UInt8](repeating: 0, count: 16)
    /// What each pad was last told, so that only changes are sent.
    var drives = [DeviceContext.Drive](repeating: .floating(pull: nil), count: 32)
    /// What EIC was last told of each pad; nil while it is not connected.
    var told = [Level?](repeating: nil, count: 32)

    func has(_ bit: UInt32, _ pin: Int) -> Bool { UInt32(configuration[pin]) & bit != 0 }

    func function(of pin: Int) -> UInt32 {
      UInt32(multiplexer[pin / 2]) >> (pin & 1 == 0 ? 0 : PORT.Multiplexer.oddShift) & 15
    }
  }

  public init(_ parameters: DeviceParameters) {}

  public mutating func reset(in context: inout DeviceContext) {
    for index in groups.indices {
      let drives = groups[index].drives
      groups[index] = Group()
      groups[index].drives = drives
      for pin in 0..<32 { update(pin, of: index, in: &context) }
    }
  }

  /// Both groups by the core's own bus.
  func canonical(_ offset: UInt32) -> UInt32 {
    offset < 0x1000 ? offset : offset & 0x1FF
  }

  // MARK: Registers

  mutating func load(_ register: UInt32, in context: inout DeviceContext) -> UInt32 {
    let index = Int(register / Self.groupStride)
    let group = groups[index]
    switch register % Self.groupStride {
    case PORT.Offset.direction, PORT.Offset.directionClear, PORT.Offset.directionSet,
      PORT.Offset.directionToggle:
      return group.direction
    case PORT.Offset.output, PORT.Offset.outputClear, PORT.Offset.outputSet,
      PORT.Offset.outputToggle:
      return group.output
    case PORT.Offset.input: return input(of: index, in: context)
    case PORT.Offset.sampling: return group.sampling
    case let place:
      if let pin = element(of: place, in: PORT.Offset.pinConfiguration, count: 32, stride: 1) {
        return UInt32(group.configuration[pin])
      }
      let pair = element(of: place, in: PORT.Offset.multiplexer, count: 16, stride: 1)
      return pair.map { UInt32(group.multiplexer[$0]) } ?? 0
    }
  }

  mutating func store(
    _ register: UInt32, _ value: UInt32, lanes: UInt32, in context: inout DeviceContext
  ) {
    let index = Int(register / Self.groupStride)
    let (direction, output) = (groups[index].direction, groups[index].output)
    switch register % Self.groupStride {
    case PORT.Offset.direction:
      setDirection(direction.replacing(lanes: lanes, with: value), of: index, in: &context)
    case PORT.Offset.directionClear: setDirection(direction & ~value, of: index, in: &context)
    case PORT.Offset.directionSet: setDirection(direction | value, of: index, in: &context)
    case PORT.Offset.directionToggle: setDirection(direction ^ value, of: index, in: &context)
    case PORT.Offset.output:
      setOutput(output.replacing(lanes: lanes, with: value), of: index, in: &context)
    case PORT.Offset.outputClear: setOutput(output & ~value, of: index, in: &context)
    case PORT.Offset.outputSet: setOutput(output | value, of: index, in: &context)
    case PORT.Offset.outputToggle: setOutput(output ^ value, of: index, in: &context)
    case PORT.Offset.sampling:
      groups[index].sampling = groups[index].sampling.replacing(lanes: lanes, with: value)
    case PORT.Offset.writeConfiguration: writeConfiguration(value, of: index, in: &context)
    case let place: configure(place, value, of: index, in: &context)
    }
  }

  private mutating func configure(
    _ place: UInt32, _ value: UInt32, of index: Int, in context: inout DeviceContext
  ) {
    if let pin = element(of: place, in: PORT.Offset.pinConfiguration, count: 32, stride: 1) {
      groups[index].configuration[pin] = UInt8(value & Self.configurationMask)
      update(pin, of: index, in: &context)
    } else if let pair = element(of: place, in: PORT.Offset.multiplexer, count: 16, stride: 1) {
      groups[index].multiplexer[pair] = UInt8(value & 0xFF)
      update(pair * 2, of: index, in: &context)
      update(pair * 2 + 1, of: index, in: &context)
    }
  }

  private static let configurationMask: UInt32 = 0x47

  /// WRCONFIG sets many pins of one half at once.
  private mutating func writeConfiguration(
    _ value: UInt32, of index: Int, in context: inout DeviceContext
  ) {
    let first = value & PORT.Write.upperHalf == 0 ? 0 : 16
    let function = (value & PORT.Write.multiplexer) >> PORT.Write.multiplexerShift
    // PMUXEN, INEN, PULLEN and DRVSTR lie in PINCFG as they lie here.
    let configuration = UInt8(value >> 16 & Self.configurationMask)
    for pin in first..<first + 16 where value >> UInt32(pin - first) & 1 != 0 {
      if value & PORT.Write.writesMultiplexer != 0 {
        let shift = pin & 1 == 0 ? 0 : PORT.Multiplexer.oddShift
        let kept = UInt32(groups[index].multiplexer[pin / 2]) & ~(15 << shift)
        groups[index].multiplexer[pin / 2] = UInt8(kept | function << shift)
      }
      if value & PORT.Write.writesConfiguration != 0 {
        groups[index].configuration[pin] = configuration
      }
      update(pin, of: index, in: &context)
    }
  }

  // MARK: Pads

  private mutating func setOutput(
    _ value: UInt32, of index: Int, in context: inout DeviceContext
  ) {
    let changed = groups[index].output ^ value
    groups[index].output = value
    for pin in 0..<32 where changed >> UInt32(pin) & 1 != 0 { update(pin, of: index, in: &context) }
  }

  private mutating func setDirection(
    _ value: UInt32, of index: Int, in context: inout DeviceContext
  ) {
    let changed = groups[index].direction ^ value
    groups[index].direction = value
    for pin in 0..<32 where changed >> UInt32(pin) & 1 != 0 { update(pin, of: index, in: &context) }
  }

  private func pad(_ pin: Int, of index: Int) -> Pin {
    Pin(port: Pin.firstLetteredPort + UInt8(index), number: UInt8(pin))
  }

  private func exists(_ pin: Int, of index: Int) -> Bool {
    Self.pads[index] >> UInt32(pin) & 1 != 0
  }

  private mutating func update(_ pin: Int, of index: Int, in context: inout DeviceContext) {
    guard exists(pin, of: index) else { return }
    let drive = drive(of: pin, of: index)
    if drive != groups[index].drives[pin] {
      groups[index].drives[pin] = drive
      context.request(.drive(pad(pin, of: index), drive))
    }
    // What the pad reads as is known once it has been driven: the machine says so by `pin`.
    let level = level(after: drive, of: pin, of: index, in: context)
    tellInterrupts(pin, level, of: index, in: &context)
  }

  private func drive(of pin: Int, of index: Int) -> DeviceContext.Drive {
    let group = groups[index]
    let isHigh = group.output >> UInt32(pin) & 1 != 0
    let isOutput = group.direction >> UInt32(pin) & 1 != 0
    if isOutput, !group.has(PORT.Pin.multiplexerEnable, pin) {
      return .level(isHigh ? .high : .low)
    }
    let pulls = group.has(PORT.Pin.pullEnable, pin) && !isOutput
    return .floating(pull: pulls ? (isHigh ? .high : .low) : nil)
  }

  private func level(
    after drive: DeviceContext.Drive, of pin: Int, of index: Int, in context: DeviceContext
  ) -> Level {
    if case .level(let level) = drive { return level }
    return context.environment.level(of: pad(pin, of: index)) ?? .low
  }

  private func input(of index: Int, in context: DeviceContext) -> UInt32 {
    var bits: UInt32 = 0
    for pin in 0..<32 where exists(pin, of: index) && groups[index].has(PORT.Pin.inputEnable, pin) {
      if context.environment.level(of: pad(pin, of: index)) == .high { bits |= 1 << UInt32(pin) }
    }
    return bits
  }

  // MARK: External interrupts

  /// The place of the event that says that a line of EIC has a level: a place among the registers
  /// where the chip has none. Line 16 is the non-maskable one.
  static func externalInterrupt(_ line: Int, _ level: Level) -> UInt32 {
    0x200 + UInt32(line) * 8 + (level == .high ? 4 : 0)
  }

  public mutating func pin(_ pin: Pin, became level: Level, in context: inout DeviceContext) {
    let index = Int(pin.port) - Int(Pin.firstLetteredPort)
    guard groups.indices.contains(index), pin.number < 32 else { return }
    tellInterrupts(Int(pin.number), level, of: index, in: &context)
  }

  private mutating func tellInterrupts(
    _ pin: Int, _ level: Level, of index: Int, in context: inout DeviceContext
  ) {
    let group = groups[index]
    guard group.has(PORT.Pin.multiplexerEnable, pin), group.function(of: pin) == 0,
      let line = Self.lines[index][pin]
    else {
      groups[index].told[pin] = nil
      return
    }
    guard group.told[pin] != level else { return }
    groups[index].told[pin] = level
    context.publish(event: Self.externalInterrupt(line, level))
  }

  /// EXTINT of each pad (DS40001882, PORT Function Multiplexing); 16 is NMI.
  private static let lines: [[Int: Int]] = {
    let first = Dictionary(uniqueKeysWithValues: (0..<24).map { ($0, $0 == 8 ? 16 : $0 & 15) })
    let last = [24: 12, 25: 13, 27: 15, 28: 8, 30: 10, 31: 11]
    let second = [2: 2, 3: 3, 8: 8, 9: 9, 10: 10, 11: 11, 22: 6, 23: 7]
    return [first.merging(last) { one, _ in one }, second]
  }()
}
