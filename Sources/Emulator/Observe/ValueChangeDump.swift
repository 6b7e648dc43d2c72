// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The text of a value change dump (IEEE 1364-2005, clause 18), written as it grows: first the
/// variables, then their changes in the order of time. Strings are GTKWave's extension.
struct ValueChangeDump {
  /// A declared variable.
  struct Variable: Equatable {
    fileprivate let code: [UInt8]
  }

  enum Value: Equatable {
    /// Of a wire that nobody drives.
    case floating
    case bit(Bool)
    case word(UInt32)
    case text(String)
    /// A variable of type event happens; it has no value.
    case happens
  }

  private struct Change {
    var time: UInt64
    var code: [UInt8]
    var value: Value
  }

  private let write: (ArraySlice<UInt8>) -> Void
  private var buffer: [UInt8] = []
  private var count = 0
  /// In order of time; what comes at one time stays in its order.
  private var waiting: [Change] = []
  private var time: UInt64?
  /// How late a change may come: devices are called at the instant they asked for, which may lie a
  /// little before the end of the instruction that is running.
  private let patience: UInt64

  private static let bufferSize = 1 << 16
  private static let waitingLimit = 256

  /// - Parameters:
  ///   - patience: in units of time; what comes later still is put at the last time written.
  ///   - write: takes stretches of bytes, some 64 KiB long.
  init(patience: UInt64, to write: @escaping (ArraySlice<UInt8>) -> Void) {
    self.patience = patience
    self.write = write
    buffer.reserveCapacity(Self.bufferSize + 4096)
  }

  // MARK: The head

  mutating func begin(comment: String, timescale: String) {
    put("$comment \(comment) $end\n$timescale \(timescale) $end\n")
  }

  mutating func scope(_ name: String, _ body: (inout ValueChangeDump) -> Void) {
    put("$scope module \(Self.identifier(name)) $end\n")
    body(&self)
    put("$upscope $end\n")
  }

  mutating func wire(_ name: String) -> Variable { declare("wire", 1, name, "") }
  mutating func word(_ name: String, _ width: Int) -> Variable {
    declare("reg", width, name, " [\(width - 1):0]")
  }
  mutating func event(_ name: String) -> Variable { declare("event", 1, name, "") }
  mutating func text(_ name: String) -> Variable { declare("string", 1, name, "") }

  private mutating func declare(
    _ type: String, _ width: Int, _ name: String, _ range: String
  ) -> Variable {
    let variable = Variable(code: Self.code(count))
    count += 1
    let code = String(decoding: variable.code, as: UTF8.self)
    put("$var \(type) \(width) \(code) \(Self.identifier(name))\(range) $end\n")
    return variable
  }

  /// The values at the beginning end the head.
  mutating func endHead(_ values: [(Variable, Value)]) {
    put("$enddefinitions $end\n#0\n$dumpvars\n")
    time = 0
    for (variable, value) in values { put(Change(time: 0, code: variable.code, value: value)) }
    put("$end\n")
  }

  // MARK: Changes

  mutating func change(_ variable: Variable, _ value: Value, at time: UInt64) {
    var place = waiting.count
    while place > 0, waiting[place - 1].time > time { place -= 1 }
    waiting.insert(Change(time: time, code: variable.code, value: value), at: place)
    if waiting.count >= Self.waitingLimit { writeWaiting(upTo: waiting[waiting.count - 1].time) }
  }

  private mutating func writeWaiting(upTo newest: UInt64) {
    let limit = newest > patience ? newest - patience : 0
    var done = waiting.firstIndex { $0.time > limit } ?? waiting.count
    // A storm at one instant must not grow without end.
    if done == 0, waiting.count >= 64 * Self.waitingLimit { done = waiting.count }
    for change in waiting[..<done] { put(change) }
    waiting.removeFirst(done)
  }

  /// Everything that is still held back, and the end of time.
  mutating func finish(at end: UInt64) {
    for change in waiting { put(change) }
    waiting = []
    if end > time ?? 0 { put("#\(end)\n") }
    flush()
  }

  // MARK: Bytes

  private mutating func put(_ change: Change) {
    if change.time > time ?? 0 {
      time = change.time
      put("#\(change.time)\n")
    }
    switch change.value {
    case .floating: buffer.append(UInt8(ascii: "z"))
    case .bit(let isSet): buffer.append(UInt8(ascii: isSet ? "1" : "0"))
    case .happens: buffer.append(UInt8(ascii: "1"))
    case .word(let value): put("b\(String(value, radix: 2)) ")
    case .text(let text): put("s\(Self.identifier(text)) ")
    }
    buffer += change.code
    buffer.append(UInt8(ascii: "\n"))
    if buffer.count >= Self.bufferSize { flush() }
  }

  private mutating func put(_ text: String) { buffer += text.utf8 }

  private mutating func flush() {
    write(buffer[...])
    buffer.removeAll(keepingCapacity: true)
  }

  /// Variables are named by numbers to the base 94, in printable characters.
  static func code(_ number: Int) -> [UInt8] {
    var (rest, code) = (number, [UInt8]())
    repeat {
      code.append(UInt8(33 + rest % 94))
      rest /= 94
    } while rest > 0
    return code
  }

  /// What a name or a text may consist of: no space, which would end it.
  static func identifier(_ name: String) -> String {
    let kept = name.unicodeScalars.map { scalar in
      scalar.value > 0x20 && scalar.value < 0x7F ? Character(scalar) : "_"
    }
    return kept.isEmpty ? "_" : String(kept)
  }
}
