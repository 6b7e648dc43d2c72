// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Eight bits as they are; reads never wait by themselves; closing drops DTR.
func makeRaw(_ descriptor: Int32) throws(TransportError) {
  var settings = termios()
  guard tcgetattr(descriptor, &settings) == 0 else { throw TransportError(transferring: errno) }
  cfmakeraw(&settings)
  settings.c_cflag |= tcflag_t(CLOCAL | CREAD | HUPCL)
  settings.c_cflag &= ~tcflag_t(CRTSCTS)
  withUnsafeMutableBytes(of: &settings.c_cc) { characters in
    characters[Int(VMIN)] = 0
    characters[Int(VTIME)] = 0
  }
  guard tcsetattr(descriptor, TCSANOW, &settings) == 0 else {
    throw TransportError(transferring: errno)
  }
}

/// Bits a second, both ways.
func setSpeed(_ bitsPerSecond: Int, of descriptor: Int32) throws(TransportError) {
  guard (1...12_000_000).contains(bitsPerSecond) else {
    throw .failed("\(bitsPerSecond) baud is no speed of a serial port")
  }
  guard let code = speedCode(bitsPerSecond) else {
    return try setUncommonSpeed(bitsPerSecond, of: descriptor)
  }
  var settings = termios()
  guard tcgetattr(descriptor, &settings) == 0 else { throw TransportError(transferring: errno) }
  guard cfsetispeed(&settings, code) == 0, cfsetospeed(&settings, code) == 0,
    tcsetattr(descriptor, TCSANOW, &settings) == 0
  else {
    if errno == EINVAL { throw .failed("the port does not do \(bitsPerSecond) baud") }
    throw TransportError(transferring: errno)
  }
}

#if os(macOS)
  /// A speed is its own code there, up to what POSIX names.
  private func speedCode(_ bitsPerSecond: Int) -> speed_t? {
    bitsPerSecond <= 230_400 ? speed_t(bitsPerSecond) : nil
  }

  /// IOSSIOSPEED, `_IOW('T', 2, speed_t)` of IOKit/serial/ioss.h.
  private func setUncommonSpeed(
    _ bitsPerSecond: Int, of descriptor: Int32
  ) throws(TransportError) {
    var speed = speed_t(bitsPerSecond)
    guard ioctl(descriptor, 0x8008_5402, &speed) == 0 else {
      throw .failed("the port does not do \(bitsPerSecond) baud")
    }
  }
#else
  private func speedCode(_ bitsPerSecond: Int) -> speed_t? {
    let codes: [Int: Int32] = [
      300: B300, 600: B600, 1200: B1200, 2400: B2400, 4800: B4800, 9600: B9600, 19200: B19200,
      38400: B38400, 57600: B57600, 115_200: B115200, 230_400: B230400, 460_800: B460800,
      500_000: B500000, 576_000: B576000, 921_600: B921600, 1_000_000: B1000000,
      1_152_000: B1152000, 1_500_000: B1500000, 2_000_000: B2000000, 2_500_000: B2500000,
      3_000_000: B3000000, 3_500_000: B3500000, 4_000_000: B4000000,
    ]
    return codes[bitsPerSecond].map(speed_t.init)
  }

  /// The kernel's `struct termios2` (asm-generic/termbits.h), which takes a speed as a number: four
  /// words of flags, 20 bytes of characters, two speeds.
  private func setUncommonSpeed(
    _ bitsPerSecond: Int, of descriptor: Int32
  ) throws(TransportError) {
    let (get, set) = (UInt(0x802C_542A), UInt(0x402C_542B))
    let (speedBits, asNumber) = (UInt32(0o010017), UInt32(0o010000))
    var settings = [UInt32](repeating: 0, count: 11)
    guard ioctl(descriptor, get, &settings) == 0 else { throw TransportError(transferring: errno) }
    settings[2] = settings[2] & ~(speedBits | speedBits << 16) | asNumber
    (settings[9], settings[10]) = (UInt32(bitsPerSecond), UInt32(bitsPerSecond))
    guard ioctl(descriptor, set, &settings) == 0 else {
      throw .failed("the port does not do \(bitsPerSecond) baud")
    }
  }
#endif
