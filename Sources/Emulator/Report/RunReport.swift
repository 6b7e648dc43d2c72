// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel

/// Everything a run measured. `--json` writes it as it is, keys named as here; the summary prints
/// it. Sizes are in bytes, `…Cycles` in cycles of a clock of `clockHertz`, `seconds` virtual. Keys
/// that do not apply, or that the image does not tell, are left out.
public struct RunReport: Codable, Sendable {
  /// What firmware marked through ITM: how often it ran and how long it took.
  public struct Task: Codable, Sendable {
    public var name: String
    public var runs: Int
    public var medianCycles: UInt64
    public var worstCycles: UInt64
    public var totalCycles: UInt64
    public var deadlineCycles: UInt64?
    public var deadlineMisses: Int
  }
  /// What the console printed, and when its first byte came.
  public struct Line: Codable, Sendable {
    public var seconds: Double
    public var text: String
    /// Left out for what came by the console UART or semihosting.
    public var source: Console.Source?
  }
  /// Accesses to one register that nothing models.
  public struct Access: Codable, Sendable {
    public var address: String
    public var register: String
    public var isWrite: Bool
    public var count: Int
  }
  public struct Light: Codable, Sendable {
    public var name: String
    public var timesSwitchedOn: Int
    public var isOn: Bool
  }

  /// What the host at the USB cable knew of the board at the end.
  public struct USB: Codable, Sendable {
    /// Vendor, product and name: "2341:805a Nano 33 BLE".
    public var device: String?
    public var isSerialPortOpen: Bool
    /// Why the host could not use the device.
    public var failure: String?
  }

  public var board: String
  public var image: String
  /// The recording that the microphone heard.
  public var microphone: String?
  public var seed: UInt64
  public var clockHertz: Double
  public var stopReason: String
  public var cycles: UInt64
  public var instructions: UInt64
  /// Of `cycles`, those in WFI or WFE.
  public var sleepCycles: UInt64
  /// The share of cycles in which the core was awake, 0 ... 1.
  public var cpuLoad: Double
  public var seconds: Double
  public var lines: [Line]
  public var tasks: [Task]
  public var flashBytes: Int
  public var flashLimitBytes: Int
  public var ramLimitBytes: Int
  public var staticRAMBytes: Int?
  public var stackPeakBytes: Int?
  public var stackLimitBytes: Int?
  public var processStackPeakBytes: Int?
  public var heapPeakBytes: Int?
  /// Static data, stacks and heap at their peaks; nil where the image does not say enough.
  public var ramUsedBytes: Int?
  public var lights: [Light]
  public var resets: Int
  public var dmaFaults: Int
  public var unmodelledAccesses: [Access]
  /// Left out where no device was on the bus.
  public var usb: USB?
  public var budgetMisses: [String]
  public var traceHash: String
  /// With `--profile` or `--flamegraph`.
  public var profile: Profile.Tables?
  /// With `--memory`.
  public var memory: MemoryUse?

  /// "36.7 ms".
  public func milliseconds(_ cycles: UInt64) -> String {
    fixed(Double(cycles) * 1000 / clockHertz, places: 1) + " ms"
  }
}

/// A number with a fixed count of decimals, rounded half up; the same on every host.
public func fixed(_ value: Double, places: Int) -> String {
  var scale = 1.0
  for _ in 0..<places { scale *= 10 }
  let scaled = (value.magnitude * scale).rounded()
  guard scaled < 9e15 else { return "\(value)" }
  let whole = Int(scaled)
  let divisor = Int(scale)
  var fraction = String(whole % divisor)
  while fraction.count < places { fraction = "0" + fraction }
  let sign = value < 0 && whole != 0 ? "-" : ""
  return places == 0 ? "\(sign)\(whole)" : "\(sign)\(whole / divisor).\(fraction)"
}
