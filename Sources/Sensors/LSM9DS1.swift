// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

/// ST LSM9DS1 on I2C (datasheet DocID025715): accelerometer and gyroscope at 0x6B, magnetometer at
/// 0x1E. Data ready at the output data rate, scales, FIFO, temperature; interrupts, filters and
/// self-test are only stored.
///
/// Parameters: `milliCelsius` (default 25000). Samples are what the motion source says at their
/// instant; time in it begins when the part is first switched on.
public struct LSM9DS1: I2CPart {
  public static let inertialAddress: UInt16 = 0x6B
  public static let magneticAddress: UInt16 = 0x1E

  /// Wired, not state: a saved part keeps none.
  private var source: any MotionSource = Rest()
  private let seconds: Seconds
  private let temperature: Int16
  private var inertial = RegisterFile(Register.inertialResets)
  private var magnetic = RegisterFile(Register.magneticResets)
  private var isMagneticAddressed = false
  private var inertialClock: OutputClock
  private var magneticClock: OutputClock
  private var measuringSince: Instant?
  /// The samples that were read last, counted from one.
  private var accelerationRead: UInt64 = 0
  private var rotationRead: UInt64 = 0
  private var fieldRead: UInt64 = 0
  /// The oldest sample in the FIFO, and the one behind the last when it was switched on.
  private var oldest: UInt64 = 1
  private var fifoSince: UInt64 = 1

  private enum CodingKeys: CodingKey {
    case seconds, temperature, inertial, magnetic, isMagneticAddressed, inertialClock
    case magneticClock, measuringSince, accelerationRead, rotationRead, fieldRead, oldest, fifoSince
  }

  public init(_ parameters: DeviceParameters, motion: any MotionSource = Rest()) {
    source = motion
    seconds = Seconds(reference: parameters.reference)
    let stated = Int64(bitPattern: parameters.numbers["milliCelsius"] ?? 25_000)
    // 16 steps a degree, 0 at 25 °C.
    temperature = Int16((min(max(stated, -40_000), 85_000) - 25_000) * 16 / 1000)
    inertialClock = OutputClock(reference: parameters.reference)
    magneticClock = OutputClock(reference: parameters.reference)
  }

  /// When the time of the motion source began; nil while the part has never measured.
  public var motionStart: Instant? { measuringSince }

  public mutating func restore(_ saved: LSM9DS1) {
    let motion = source
    self = saved
    source = motion
  }

  // MARK: The bus

  public func answers(to address: UInt16) -> Bool {
    address == Self.inertialAddress || address == Self.magneticAddress
  }

  public mutating func signal(_ signal: I2CSignal, at now: Instant) -> I2CAnswer {
    switch signal {
    case .start(let address, let isRead):
      isMagneticAddressed = address == Self.magneticAddress
      if isMagneticAddressed {
        magnetic.start(isRead: isRead)
      } else {
        inertial.start(isRead: isRead)
      }
    case .write(let byte): write(byte, at: now)
    case .read: return .byte(isMagneticAddressed ? readMagnetic(at: now) : readInertial(at: now))
    case .stop: break
    }
    return .acknowledged
  }

  private mutating func write(_ byte: UInt8, at now: Instant) {
    if isMagneticAddressed {
      // The top bit of the place asks for it to move on.
      if case .written(let register, let old) = magnetic.write(byte, advances: { $0 & 0x80 != 0 }) {
        wroteMagnetic(register, old, at: now)
      }
    } else {
      let advances = inertial[Register.control8] & Control8.advances != 0
      if case .written(let register, let value) = inertial.write(byte, advances: { _ in advances })
      {
        wroteInertial(register, value, at: now)
      }
    }
  }

  // MARK: Accelerometer and gyroscope

  private mutating func wroteInertial(_ register: UInt8, _ value: UInt8, at now: Instant) {
    switch register {
    case Register.control8:
      if value & (Control8.reset | Control8.reboot) != 0 { inertial.reset() }
    case Register.control9, Register.fifoControl:
      oldest = inertialClock.count(at: now) + 1
      fifoSince = oldest
    case Register.whoAmI: inertial[register] = Register.inertialResets[register] ?? 0
    default: break
    }
    setInertialRate(at: now)
  }

  /// While the gyroscope runs, both run at its rate (7.12 and 7.21).
  private mutating func setInertialRate(at now: Instant) {
    let gyroscope = Int(inertial[Register.control1G] >> 5)
    let accelerometer = Int(inertial[Register.control6] >> 5)
    let rate =
      gyroscope > 0 ? Self.gyroscopeRates[gyroscope] : Self.accelerometerRates[accelerometer]
    let before = inertialClock.ticks
    inertialClock.set(rate, at: now)
    guard inertialClock.ticks != before else { return }
    (accelerationRead, rotationRead, oldest, fifoSince) = (0, 0, 1, 1)
    if rate != nil, measuringSince == nil { measuringSince = now }
  }

  private static let accelerometerRates: [Frequency?] = [
    nil, Frequency(hertz: 10), Frequency(hertz: 50), Frequency(hertz: 119), Frequency(hertz: 238),
    Frequency(hertz: 476), Frequency(hertz: 952), nil,
  ]
  private static let gyroscopeRates: [Frequency?] = [
    nil, Frequency(hertz: 149, over: 10), Frequency(hertz: 595, over: 10), Frequency(hertz: 119),
    Frequency(hertz: 238), Frequency(hertz: 476), Frequency(hertz: 952), nil,
  ]

  private var usesFIFO: Bool {
    inertial[Register.control9] & Control9.fifo != 0 && inertial[Register.fifoControl] >> 5 != 0
  }

  /// Samples that the FIFO holds; a mode that stops when it is full keeps the first ones.
  private mutating func waiting(at now: Instant) -> (count: UInt64, overran: Bool) {
    let newest = inertialClock.count(at: now)
    let depth: UInt64 = 32
    if inertial[Register.fifoControl] >> 5 == FIFOMode.stopsWhenFull {
      let last = min(newest, fifoSince + depth - 1)
      return (last + 1 > oldest ? last + 1 - oldest : 0, newest > last)
    }
    let overran = newest + 1 > oldest + depth
    if overran { oldest = newest + 1 - depth }
    return (newest + 1 > oldest ? newest + 1 - oldest : 0, overran)
  }

  private mutating func readInertial(at now: Instant) -> UInt8 {
    let register = inertial.nextToRead()
    switch register {
    case Register.statusBeside, Register.status: return inertialStatus(at: now)
    case Register.fifoSource: return fifoSource(at: now)
    case Register.temperature: return UInt8(truncatingIfNeeded: temperature)
    case Register.temperature + 1: return UInt8(truncatingIfNeeded: temperature >> 8)
    case Register.rotation..<Register.rotation + 6:
      let sample = inertialSample(at: now)
      if register == Register.rotation { rotationRead = inertialClock.count(at: now) }
      return byte(register - Register.rotation, of: rotation(sample))
    case Register.acceleration..<Register.acceleration + 6:
      let sample = inertialSample(at: now)
      if register == Register.acceleration { accelerationRead = inertialClock.count(at: now) }
      let value = byte(register - Register.acceleration, of: acceleration(sample))
      if usesFIFO, register == Register.acceleration + 5, waiting(at: now).count > 0 { oldest += 1 }
      return value
    default: return inertial[register]
    }
  }

  private mutating func inertialStatus(at now: Instant) -> UInt8 {
    let count = inertialClock.count(at: now)
    let isFilled = usesFIFO && waiting(at: now).count > 0
    let runsGyroscope = inertial[Register.control1G] >> 5 != 0
    var status: UInt8 = 0
    if count > accelerationRead || isFilled { status |= Status.acceleration }
    if runsGyroscope, count > rotationRead || isFilled { status |= Status.rotation }
    if count > 0 { status |= Status.temperature }
    return status
  }

  private mutating func fifoSource(at now: Instant) -> UInt8 {
    guard usesFIFO else { return 0 }
    let (count, overran) = waiting(at: now)
    let threshold = UInt64(inertial[Register.fifoControl] & 0x1F)
    return UInt8(count) | (overran ? 0x40 : 0) | (count >= max(threshold, 1) ? 0x80 : 0)
  }

  private mutating func inertialSample(at now: Instant) -> UInt64 {
    guard usesFIFO, waiting(at: now).count > 0 else { return inertialClock.count(at: now) }
    return oldest
  }

  private func acceleration(_ sample: UInt64) -> (Int16, Int16, Int16) {
    guard sample > 0 else { return (0, 0, 0) }
    // Thousandths of a g a step, by FS_XL.
    let step = [0.061, 0.732, 0.122, 0.244][Int(inertial[Register.control6] >> 3 & 3)]
    return quantize(motion(at: inertialClock.instant(of: sample)).acceleration, step / 1000)
  }

  private func rotation(_ sample: UInt64) -> (Int16, Int16, Int16) {
    guard sample > 0, inertial[Register.control1G] >> 5 != 0 else { return (0, 0, 0) }
    // Thousandths of a degree a second a step, by FS_G.
    let step = [8.75, 17.5, 70, 70][Int(inertial[Register.control1G] >> 3 & 3)]
    return quantize(motion(at: inertialClock.instant(of: sample)).rotation, step / 1000)
  }

  // MARK: Magnetometer

  private mutating func wroteMagnetic(_ register: UInt8, _ value: UInt8, at now: Instant) {
    switch register {
    case Register.control2M: if value & 0x0C != 0 { magnetic.reset() }
    case Register.whoAmI: magnetic[register] = Register.magneticResets[register] ?? 0
    default: break
    }
    let isContinuous = magnetic[Register.control3M] & 3 == 0
    let rate = Self.magneticRates[Int(magnetic[Register.control1M] >> 2 & 7)]
    let before = magneticClock.ticks
    magneticClock.set(isContinuous ? rate : nil, at: now)
    guard magneticClock.ticks != before else { return }
    fieldRead = 0
    if isContinuous, measuringSince == nil { measuringSince = now }
  }

  private static let magneticRates = [
    Frequency(hertz: 5, over: 8), Frequency(hertz: 5, over: 4), Frequency(hertz: 5, over: 2),
    Frequency(hertz: 5), Frequency(hertz: 10), Frequency(hertz: 20), Frequency(hertz: 40),
    Frequency(hertz: 80),
  ]

  private mutating func readMagnetic(at now: Instant) -> UInt8 {
    let register = magnetic.nextToRead()
    let count = magneticClock.count(at: now)
    switch register {
    case Register.statusM: return count > fieldRead ? Status.allOfField : 0
    case Register.field..<Register.field + 6:
      if register == Register.field { fieldRead = count }
      return byte(register - Register.field, of: field(count))
    default: return magnetic[register]
    }
  }

  private func field(_ sample: UInt64) -> (Int16, Int16, Int16) {
    guard sample > 0 else { return (0, 0, 0) }
    // Thousandths of a gauss a step, by FS; a gauss is 100 µT.
    let step = [0.14, 0.29, 0.43, 0.58][Int(magnetic[Register.control2M] >> 5 & 3)]
    return quantize(motion(at: magneticClock.instant(of: sample)).field, step / 10)
  }

  // MARK: Samples

  private func motion(at instant: Instant) -> Motion {
    let start = measuringSince ?? instant
    return source.motion(at: start <= instant ? seconds.count(instant - start) : 0)
  }

  private func quantize(_ axes: Axes, _ step: Double) -> (Int16, Int16, Int16) {
    (Self.steps(axes.x / step), Self.steps(axes.y / step), Self.steps(axes.z / step))
  }

  private static func steps(_ value: Double) -> Int16 {
    // What is not a number is no motion.
    guard value == value else { return 0 }
    return Int16(min(max(value.rounded(), -32768), 32767))
  }

  private func byte(_ index: UInt8, of axes: (Int16, Int16, Int16)) -> UInt8 {
    let value = index < 2 ? axes.0 : index < 4 ? axes.1 : axes.2
    return UInt8(truncatingIfNeeded: index & 1 == 0 ? value : value >> 8)
  }
}

/// Spans of virtual time in seconds.
struct Seconds: Codable, Sendable {
  let reference: Frequency
  func count(_ span: Cycles) -> Double { Double(span.count) / reference.hertz }
}
