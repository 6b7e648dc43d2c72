// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM
import MachineModel

extension Machine {
  /// An event that triggers a task that fires an event … ends here: real chips would go round for
  /// ever too, but at least one clock apart.
  static let longestEventChain = 32

  static let pageBits: UInt32 = 10

  // MARK: The core's accesses

  func readDevice(_ address: Address, _ width: BusWidth, at now: Instant) -> BusAnswer {
    guard let index = device(at: address) else { return unmappedRead(address) }
    let offset = address.bits &- devices[index].base
    guard devices[index].isModelled else {
      unmodelled.count(Address(address.bits & ~3), isWrite: false)
      return .value(0)
    }
    var word: UInt32 = 0
    call(index, at: now) { word = $0.read(offset, width, in: &$1) }
    return .value(word)
  }

  func writeDevice(
    _ address: Address, _ value: UInt32, _ width: BusWidth, at now: Instant
  ) -> Bool {
    guard let index = device(at: address) else {
      if let flash = memory(holding: address, 1), flash.description.kind == .flash {
        return storeToFlash(address, value, width, at: now)
      }
      return unmappedWrite(address)
    }
    let offset = address.bits &- devices[index].base
    guard devices[index].isModelled else {
      unmodelled.count(Address(address.bits & ~3), isWrite: true)
      return true
    }
    if index == consoleDevice { isConsoleSetUp = true }
    call(index, at: now) { $0.write(offset, value, width, in: &$1) }
    return true
  }

  func device(at address: Address) -> Int? {
    guard let index = devicesByPage[address.bits >> Self.pageBits] else { return nil }
    if devices[index].base <= address.bits, UInt64(address.bits) < devices[index].end {
      return index
    }
    return devices[index].windows.contains { $0.contains(address) } ? index : nil
  }

  /// The core's own components: what is not modelled of them is named, never a fault. Nothing
  /// answers in the vendor's space above them (ARMv7-M ARM, B3.1).
  func answersUnmodelled(_ address: Address) -> Bool {
    address.bits >> 20 == 0xE00 || board.chip.unmapped == .readsZero
  }

  private func unmappedRead(_ address: Address) -> BusAnswer {
    if answersUnmodelled(address) {
      unmodelled.count(address, isWrite: false)
      return .value(0)
    }
    return .fault
  }

  private func unmappedWrite(_ address: Address) -> Bool {
    if answersUnmodelled(address) {
      unmodelled.count(address, isWrite: true)
      return true
    }
    return false
  }

  /// Flash is written when its controller allows it.
  private func storeToFlash(
    _ address: Address, _ value: UInt32, _ width: BusWidth, at now: Instant
  ) -> Bool {
    guard address.bits & UInt32(width.rawValue - 1) == 0 else { return false }
    for index in devices.indices where devices[index].isModelled {
      var taken = false
      call(index, at: now) { taken = $0.store(value, width, toFlash: address, in: &$1) }
      if taken { return true }
    }
    return false
  }

  // MARK: Lending the machine to a device

  func call(
    _ index: Int, at now: Instant = .reset, depth: Int = 0,
    _ body: (inout any Peripheral, inout DeviceContext) -> Void
  ) {
    guard devices[index].isModelled else { return }
    var context = DeviceContext(now: now, environment: busBox)
    body(&devices[index].peripheral!, &context)
    observers?.endCall(index, at: now, in: self)
    for effect in context.effects { settle(effect, of: index, at: now, depth: depth) }
  }

  private func settle(
    _ effect: DeviceContext.Effect, of index: Int, at now: Instant, depth: Int
  ) {
    let instance = devices[index].instance
    switch effect {
    case .interruptLine(let raised):
      if let line = instance.interrupt { setInterrupt(line, raised: raised, at: now) }
    case .interrupt(let line, let raised): setInterrupt(line, raised: raised, at: now)
    case .wake(let instant): wake(index, at: instant)
    case .event(let offset): route(instance.base + ByteCount(Int(offset)), at: now, depth: depth)
    case .drive(let pin, let drive):
      move(pin, at: now, depth: depth) { $0.drive(pin, drive) }
    case .multiplex(let pin, let drive):
      move(pin, at: now, depth: depth) { $0.multiplex(pin, drive) }
    case .serialOutput(let byte): sent(byte, by: index, at: now)
    case .unmodelled(let offset, let write):
      let address = instance.base + ByteCount(Int(offset))
      unmodelled.count(address, isWrite: write)
      observers?.note(.unmodelled(address, isWrite: write), at: now, in: self)
    case .transfer(let source, let target, let width):
      transfer(from: source, to: target, width, of: index, at: now, depth: depth)
    case .dmaFault(let address, let size): refuseDMA(address, size, of: index, at: now)
    case .systemReset(let cause):
      pendingReset = cause
      core.yield()
    case .flashWrite(let address, let write):
      program(address, write)
      observers?.note(.flash(address, write), at: now, in: self)
    case .instructionCache(let enabled): core.setInstructionCache(enabled: enabled)
    case .clock(let line, let frequency): tell(line, frequency, at: now, depth: depth)
    case .nonMaskableInterrupt: core.raiseNonMaskableInterrupt()
    case .usbAttachment(let isAttached): attachUSB(isAttached, of: index, at: now)
    case .usbSupply(let isWanted):
      for other in devices.indices where other != index {
        call(other, at: now, depth: depth + 1) { $0.usbSupply(isWanted: isWanted, in: &$1) }
      }
    case .systemOff:
      isOff = true
      observers?.note(.systemOff, at: now, in: self)
      core.yield()
    }
  }

  private func move(
    _ pin: Pin, at now: Instant, depth: Int, _ change: (inout PinBank) -> Level?
  ) {
    let before = observers == nil ? nil : pins.level(of: pin)
    if let level = change(&pins) {
      moved(pin, to: level, at: now, depth: depth)
    } else if before != nil, pins.level(of: pin) == nil {
      observers?.note(.pinFloats(pin), at: now, in: self)
    }
  }

  private func setInterrupt(_ line: Int, raised: Bool, at now: Instant) {
    core.setInterrupt(line, raised: raised)
    observers?.noteLine(line, raised: raised, at: now, in: self)
  }

  /// The core stops at `deadline` of its own accord; an earlier wake has to stop it.
  private func wake(_ index: Int, at instant: Instant) {
    wakes.schedule(index, at: instant)
    if instant < deadline { core.yield() }
  }

  private func route(_ event: Address, at now: Instant, depth: Int) {
    guard depth < Self.longestEventChain else { return }
    for index in routers {
      guard let tasks = devices[index].peripheral?.tasks(triggeredBy: event) else { continue }
      for task in tasks {
        guard let target = device(at: task) else { continue }
        let offset = task.bits &- devices[target].instance.base.bits
        call(target, at: now, depth: depth + 1) { $0.write(offset, 1, in: &$1) }
      }
    }
  }

  private func tell(_ line: ClockLine, _ frequency: Frequency?, at now: Instant, depth: Int) {
    guard depth < Self.longestEventChain else { return }
    for index in devices.indices {
      call(index, at: now, depth: depth + 1) { $0.clock(line, became: frequency, in: &$1) }
    }
  }

  func moved(_ pin: Pin, to level: Level, at now: Instant, depth: Int) {
    let identity = UInt64(pin.port) << 16 | UInt64(pin.number) << 8 | UInt64(level.rawValue)
    trace.record(.pin, identity, at: now)
    observers?.note(.pin(pin, level), at: now, in: self)
    guard depth < Self.longestEventChain else { return }
    for index in devices.indices {
      call(index, at: now, depth: depth + 1) { $0.pin(pin, became: level, in: &$1) }
    }
    var context = DeviceContext(now: now, environment: busBox)
    for index in lights.indices { lights[index].led.pin(pin, became: level, in: &context) }
    for index in microphones.indices {
      microphones[index].part.pin(pin, became: level, in: &context)
    }
  }

  private func sent(_ byte: UInt8, by index: Int, at now: Instant) {
    trace.record(.serialByte, UInt64(index) << 8 | UInt64(byte), at: now)
    observers?.note(.serialByte(device: index, byte), at: now, in: self)
    guard index == consoleDevice, let line = console.receive(byte, at: now) else { return }
    onConsoleLine?(line)
  }

  /// Stores to flash: bits are cleared, pages are erased.
  func program(_ address: Address, _ write: DeviceContext.FlashWrite) {
    guard let memory = memory(holding: address, 1) else {
      guard let index = device(at: address) else { return }
      let offset = address.bits &- devices[index].base
      devices[index].peripheral?.apply(write, at: offset)
      return
    }
    switch write {
    case .word(let value):
      guard let old = memory.read(address, 4) else { return }
      let new = (0..<4).map { old[$0] & UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
      _ = memory.write(new, at: address)
      core.invalidateCode(address.bits..<(address.bits + 4))
    case .erase(let length):
      memory.fill(address, length.count, with: 0xFF)
      core.invalidateCode(address.bits..<(address.bits + UInt32(length.count)))
    }
  }

  // MARK: Sound and tasks

  func microphoneSamples(_ request: PDMRequest, data: Pin) -> [Float]? {
    guard let index = microphones.firstIndex(where: { $0.data == data }) else { return nil }
    return microphones[index].part.samples(request)
  }

  /// Text on stimulus port 0, up to four characters a write.
  func saidByITM(_ value: UInt32, _ width: BusWidth, at now: Instant) {
    for index in 0..<UInt32(width.rawValue) {
      let byte = UInt8(truncatingIfNeeded: value >> (8 * index))
      if let line = console.receive(byte, from: .itm, at: now) { onConsoleLine?(line) }
    }
  }

  func taskMarked(port: Int, value: UInt32, at now: Instant) {
    let event: TraceHash.Event = port == TaskMeter.Port.begin ? .taskBegin : .taskEnd
    trace.record(event, UInt64(port) << 32 | UInt64(value), at: now)
    tasks.mark(port: port, value: value, at: now)
  }
}
