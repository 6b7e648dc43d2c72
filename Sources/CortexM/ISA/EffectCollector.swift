// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Runs an operation on nothing, to see what it touches: the third reader of the semantics beside
/// evaluator and compiler. `Word`, `Long` and `Bit` carry no value.
struct EffectCollector: ExecutionContext {
  typealias Word = Void
  typealias Long = Void
  typealias Bit = Void

  private(set) var properties: OperationProperties = []
  /// Core and single registers as bit sets.
  private(set) var registersRead: UInt16 = 0
  private(set) var registersWritten: UInt16 = 0
  private(set) var singlesRead: UInt32 = 0
  private(set) var singlesWritten: UInt32 = 0
  private var accesses = 0
  /// Reads through non-mutating getters are noted here.
  private let reads = Reads()

  private final class Reads {
    var registers: UInt16 = 0
    var singles: UInt32 = 0
    var properties: OperationProperties = []
  }

  /// Everything that `operation` may do.
  static func effects(of operation: Operation) -> EffectCollector {
    var collector = EffectCollector()
    collector.execute(operation)
    collector.registersRead = collector.reads.registers
    collector.singlesRead = collector.reads.singles
    collector.properties.formUnion(collector.reads.properties)
    if collector.registersWritten & 1 << 13 != 0 {
      collector.properties.insert(.writesStackPointer)
    }
    if collector.accesses == 1 { collector.properties.insert(.single) }
    return collector
  }

  subscript(register: UInt8) -> Void {
    get { reads.registers |= 1 << UInt16(register) }
    set { registersWritten |= 1 << UInt16(register) }
  }

  subscript(single register: UInt8) -> Void {
    get {
      reads.singles |= 1 << UInt32(register)
      reads.properties.insert(.floatingPoint)
    }
    set {
      singlesWritten |= 1 << UInt32(register)
      properties.insert(.floatingPoint)
    }
  }

  var negative: Void { reads.properties.insert(.readsNegative) }
  var zero: Void { reads.properties.insert(.readsZero) }
  var carry: Void { reads.properties.insert(.readsCarry) }
  var overflow: Void { reads.properties.insert(.readsOverflow) }
  mutating func setNZ(_ result: Void) { properties.formUnion([.writesNegative, .writesZero]) }
  mutating func setNZC(_ result: Void, carry: Void) {
    properties.formUnion([.writesNegative, .writesZero, .writesCarry])
  }
  mutating func setNZCV(_ sum: Sum<Void, Void>) { properties.formUnion(.flagsWritten) }
  mutating func saturated(ifSet bit: Void) {}
  var greaterOrEqual: Void {
    get {}
    set {}
  }

  func holds(_ condition: UInt8) {
    switch condition >> 1 {
    case 0: zero
    case 1: carry
    case 2: negative
    case 3: overflow
    case 4: (_, _) = (carry, zero)
    case 5: (_, _) = (negative, overflow)
    case 6: (_, _, _) = (zero, negative, overflow)
    default: break
    }
  }

  // MARK: Memory

  private mutating func access(_ property: OperationProperties, count: Int = 1) {
    properties.insert(property)
    accesses += count
  }

  mutating func load(_ width: AccessWidth, at address: Void) { access(.loads) }
  mutating func store(_ width: AccessWidth, _ value: Void, at address: Void) { access(.stores) }
  mutating func loadUnprivileged(_ width: AccessWidth, at address: Void) { access(.loads) }
  mutating func storeUnprivileged(_ width: AccessWidth, _ value: Void, at address: Void) {
    access(.stores)
  }

  mutating func loadMultiple(_ list: UInt16, at address: Void) {
    registersWritten |= list & 0x7FFF
    access(.loads, count: 2)
  }

  mutating func storeMultiple(_ list: UInt16, at address: Void) {
    reads.registers |= list & 0x7FFF
    access(.stores, count: 2)
  }

  mutating func loadSingles(from first: UInt8, count: UInt8, at address: Void) {
    for register in first..<min(first &+ count, 32) { self[single: register] = () }
    access(.loads, count: 2)
  }

  mutating func storeSingles(from first: UInt8, count: UInt8, at address: Void) {
    for register in first..<min(first &+ count, 32) { _ = self[single: register] }
    access(.stores, count: 2)
  }

  mutating func loadExclusive(_ width: AccessWidth, at address: Void) { access(.loads, count: 2) }
  mutating func storeExclusive(_ width: AccessWidth, _ value: Void, at address: Void) {
    access(.stores, count: 2)
  }
  mutating func clearExclusive() {}

  // MARK: Control

  mutating func branch(to target: Void) { properties.formUnion([.branches, .endsBlock]) }
  mutating func branch(if condition: Void, to target: Void) { branch(to: target) }
  mutating func branchExchange(to target: Void) { branch(to: target) }
  mutating func branchLinkExchange(to target: Void) { branch(to: target) }
  mutating func beginIfThen(_ state: UInt8) {}
  mutating func raise(_ trap: Trap) { properties.formUnion([.raises, .endsBlock]) }
  mutating func trapDivide(ifZero bit: Void) { properties.insert(.raises) }
  mutating func spend(_ cycles: Void) { properties.insert(.spendsCycles) }

  mutating func hint(_ hint: Hint) {
    switch hint {
    case .waitForEvent, .waitForInterrupt, .instructionSynchronization:
      properties.insert(.endsBlock)
    case .sendEvent, .dataSynchronization, .dataMemory: break
    }
  }

  mutating func readSpecial(_ number: UInt8) {
    if number < 4 { reads.properties.formUnion(.flagsRead) }
  }

  mutating func writeSpecial(_ number: UInt8, _ value: Void, mask: UInt8) {
    if number < 4 { properties.formUnion(.flagsWritten) } else { properties.insert(.endsBlock) }
    if number == 8 || number == 9 { properties.insert(.writesStackPointer) }
  }

  mutating func changeProcessorState(disable: Bool, primask: Bool, faultmask: Bool) {
    properties.insert(.endsBlock)
  }

  // MARK: Floating point

  mutating func floatCompare(_ a: Void, _ b: Void, signaling: Bool) {}
  mutating func readFloatingPointStatus() { properties.insert(.floatingPoint) }
  mutating func writeFloatingPointStatus(_ value: Void) { properties.insert(.floatingPoint) }
  mutating func copyFloatingPointFlags() {
    properties.formUnion(.flagsWritten)
    properties.insert(.floatingPoint)
  }
}

/// Computation, of which nothing remains.
extension EffectCollector {
  func constant(_ value: UInt32) {}
  func bit(_ value: Bool) {}
  func add(_ a: Void, _ b: Void) {}
  func subtract(_ a: Void, _ b: Void) {}
  func multiply(_ a: Void, _ b: Void) {}
  func and(_ a: Void, _ b: Void) {}
  func or(_ a: Void, _ b: Void) {}
  func exclusiveOr(_ a: Void, _ b: Void) {}
  func not(_ a: Void) {}
  func add(_ a: Void, _ b: Void, carry: Void) -> Sum<Void, Void> { .none }
  func difference(_ a: Void, _ b: Void) -> Sum<Void, Void> { .none }
  func divide(_ a: Void, by b: Void, signed: Bool) {}
  func shiftLeft(_ a: Void, _ amount: UInt8) {}
  func shiftRight(_ a: Void, _ amount: UInt8) {}
  func shiftRightSigned(_ a: Void, _ amount: UInt8) {}
  func rotateRight(_ a: Void, _ amount: UInt8) {}

  func shift(_ a: Void, _ kind: ShiftKind, _ amount: UInt8) {
    if kind == .rotateExtended { carry }
  }

  func shiftWithCarry(_ a: Void, _ kind: ShiftKind, _ amount: UInt8) -> Shifted<Void, Void> {
    shift(a, kind, amount)
    if kind == .left, amount == 0 { carry }
    return .none
  }

  func shift(_ a: Void, _ kind: ShiftKind, by amount: Void) {}

  func shiftWithCarry(_ a: Void, _ kind: ShiftKind, by amount: Void) -> Shifted<Void, Void> {
    carry
    return .none
  }

  func signExtendByte(_ a: Void) {}
  func signExtendHalf(_ a: Void) {}
  func countLeadingZeros(_ a: Void) {}
  func reverseBits(_ a: Void) {}
  func reverseBytes(_ a: Void) {}
  func selectBytes(_ lanes: Void, _ a: Void, _ b: Void) {}
  func isZero(_ a: Void) {}
  func isNegative(_ a: Void) {}
  func select(_ condition: Void, _ a: Void, _ b: Void) {}
  func saturate(_ a: Void, bits: UInt8, signed: Bool) -> Shifted<Void, Void> { .none }
  func saturatingAdd(_ a: Void, _ b: Void) -> Shifted<Void, Void> { .none }
  func saturatingSubtract(_ a: Void, _ b: Void) -> Shifted<Void, Void> { .none }
  func long(signed a: Void) {}
  func long(unsigned a: Void) {}
  func long(low: Void, high: Void) {}
  func low(_ a: Void) {}
  func high(_ a: Void) {}
  func middle(_ a: Void) {}
  func exceedsWord(_ a: Void) {}
  func floatAbsolute(_ a: Void) {}
  func floatNegate(_ a: Void) {}
  func floatAdd(_ a: Void, _ b: Void) {}
  func floatSubtract(_ a: Void, _ b: Void) {}
  func floatMultiply(_ a: Void, _ b: Void) {}
  func floatDivide(_ a: Void, _ b: Void) {}
  func floatSquareRoot(_ a: Void) {}
  func floatMultiplyAdd(_ addend: Void, _ a: Void, _ b: Void) {}
  func floatToInteger(_ a: Void, _ format: IntegerFormat, fractionBits: UInt8) {}
  func floatFromInteger(_ a: Void, _ format: IntegerFormat, fractionBits: UInt8) {}
  func floatFromHalf(_ a: Void) {}
  func floatToHalf(_ a: Void) {}
  func floatNumber(_ a: Void, _ b: Void, larger: Bool) {}
  func floatRound(_ a: Void, _ rounding: IntegralRounding) {}
  func floatToInteger(_ a: Void, isSigned: Bool, _ rounding: IntegralRounding) {}
  func double(_ operation: DoubleOperation, _ a: Void, _ b: Void) {}
  func doubleSquareRoot(_ a: Void) {}
  func doubleMultiplyAdd(_ addend: Void, _ a: Void, _ b: Void) {}
  func doubleRound(_ a: Void, _ rounding: IntegralRounding) {}
  func doubleCompare(_ a: Void, _ b: Void, signaling: Bool) {}
  func doubleToInteger(_ a: Void, _ format: IntegerFormat, fractionBits: UInt8) {}
  func doubleToInteger(_ a: Void, isSigned: Bool, _ rounding: IntegralRounding) {}
  func doubleFromInteger(_ a: Void, _ format: IntegerFormat, fractionBits: UInt8) {}
  func doubleFromSingle(_ a: Void) {}
  func doubleToSingle(_ a: Void) {}
  func doubleFromHalf(_ a: Void) {}
  func doubleToHalf(_ a: Void) {}
}

extension Sum<Void, Void> {
  fileprivate static var none: Sum { Sum(result: (), carry: (), overflow: ()) }
}

extension Shifted<Void, Void> {
  fileprivate static var none: Shifted { Shifted(result: (), carry: ()) }
}
