// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Startup
import StaticMemory

/// A serial port over USB: communications device class, abstract control model (CDC 1.2, PSTN 1.2).
///
/// It works while `poll` is called: in the application's loop, at least every few milliseconds
/// while a host is expected to be answered soon; the host waits for whatever comes later. Nothing
/// here waits for a host that has not opened the port, nor longer than 100 ms for one that has and
/// does not read.
public enum USBSerial {
  /// An opened port is waited for this long, in frames, before what is written is dropped.
  private static let patience: UInt32 = 100

  // Bytes ever written and taken; they wrap.
  nonisolated(unsafe) private static var written: UInt32 = 0
  nonisolated(unsafe) private static var sent: UInt32 = 0
  nonisolated(unsafe) private static var received: UInt32 = 0
  nonisolated(unsafe) private static var consumed: UInt32 = 0
  nonisolated(unsafe) private static var isSending = false
  /// The last packet was full and nothing follows: an empty one ends the transfer.
  nonisolated(unsafe) private static var owesEmptyPacket = false
  nonisolated(unsafe) private static var hasPacketWaiting = false
  /// The host has opened the port and does not read.
  nonisolated(unsafe) private static var isStuck = false
  nonisolated(unsafe) static var isConfigured = false
  nonisolated(unsafe) static var isSuspended = false

  /// True while a host has the port open: DTR.
  public static var isOpen: Bool { isConfigured && !isSuspended && LineState.isReady }

  public static func open() {
    guard USBPort.isPresent else { return }
    USBPort.open()
  }

  /// Deals with everything that has happened on the bus. What happens later wakes the core: a
  /// `waitForEvent` that follows is safe.
  public static func poll() {
    guard USBPort.isPresent else { return }
    settle()
  }

  /// An interrupt stays pending when its line falls again, and wakes nobody by rising once more: it
  /// is forgotten after the lines have been lowered, and what came in between is looked at again.
  @inline(never)
  private static func settle() {
    work()
    USBPort.forgetWakeups()
    work()
  }

  @inline(never)
  private static func work() {
    while let event = USBPort.poll() { handle(event) }
    if hasPacketWaiting { takePacket() }
    if isConfigured, !isSuspended, !isSending { sendPacket() }
    LineState.checkTouch()
  }

  private static func handle(_ event: USBEvent) {
    switch event {
    case .reset:
      setConfigured(false)
      isSuspended = false
      LineState.reset()
    case .suspended: isSuspended = true
    case .resumed: isSuspended = false
    case .setup(let request):
      isSuspended = false
      ControlTransfer.begin(request)
    case .sent(0): ControlTransfer.continueSending()
    case .received(0): ControlTransfer.receive()
    case .sent:
      isSending = false
      isStuck = false
    case .received: hasPacketWaiting = true
    }
  }

  /// SET_CONFIGURATION, or the loss of what it set.
  static func setConfigured(_ isOn: Bool) {
    (isSending, owesEmptyPacket, hasPacketWaiting, isStuck) = (false, false, false, false)
    isConfigured = isOn
  }

  // MARK: Out of the board

  /// Sends bytes to the host, or keeps them until one listens; at most 512 at once. What finds no
  /// room is left out whole: at once while no host has the port open, else after a while.
  public static func write(_ bytes: UnsafePointer<UInt8>, _ count: Int) {
    guard USBPort.isPresent else { return }
    enqueue(bytes, count)
  }

  private static var room: Int { Int(usb_transmit_capacity) &- Int(written &- sent) }

  @inline(never)
  private static func enqueue(_ bytes: UnsafePointer<UInt8>, _ count: Int) {
    if count <= room || hasRoomInTime(for: count) {
      let memory = usbTransmitMemory()
      for index in 0..<count {
        memory[Int(written) & (Int(usb_transmit_capacity) &- 1)] = bytes[index]
        written &+= 1
      }
    }
    work()
  }

  /// Waits for the host to take packets.
  private static func hasRoomInTime(for count: Int) -> Bool {
    guard isOpen, !isStuck, count <= Int(usb_transmit_capacity) else { return false }
    let start = USBPort.frame
    USBPort.wakeEveryFrame(true)
    while !isStuck {
      settle()
      if count <= room { break }
      isStuck = !isOpen || (USBPort.frame &- start) & 0x7FF >= patience
      if !isStuck { waitForEvent() }
    }
    USBPort.wakeEveryFrame(LineState.isTouched)
    return !isStuck
  }

  private static func sendPacket() {
    let waiting = min(Int(written &- sent), Int(usb_packet_capacity))
    guard waiting > 0 || owesEmptyPacket else { return }
    let packet = usbPacketMemory()
    let memory = usbTransmitMemory()
    for index in 0..<waiting {
      packet[index] = memory[Int(sent &+ UInt32(index)) & (Int(usb_transmit_capacity) &- 1)]
    }
    sent &+= UInt32(waiting)
    owesEmptyPacket = waiting == Int(usb_packet_capacity)
    isSending = true
    USBPort.send(packet, count: waiting, on: 2)
  }

  // MARK: Into the board

  /// The next byte that the host has sent, nil when there is none.
  public static func read() -> UInt8? {
    guard USBPort.isPresent, received != consumed else { return nil }
    let byte = usbReceiveMemory()[Int(consumed) & (Int(usb_receive_capacity) &- 1)]
    consumed &+= 1
    return byte
  }

  /// A packet is taken only when all of it has room: until then the controller holds the host off.
  private static func takePacket() {
    let capacity = Int(usb_receive_capacity)
    guard capacity &- Int(received &- consumed) >= Int(usb_packet_capacity) else { return }
    hasPacketWaiting = false
    let packet = usbArrivalMemory()
    let memory = usbReceiveMemory()
    let count = USBPort.take(from: 2, into: packet)
    for index in 0..<count {
      memory[Int(received) & (capacity &- 1)] = packet[index]
      received &+= 1
    }
  }
}
