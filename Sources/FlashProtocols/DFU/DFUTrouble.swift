// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import USBModel

/// What can go wrong between two requests, before it is decided whether to try again.
enum DFUTrouble: Equatable, Sendable {
  case silent(String, Duration)
  case refused(String)
  case short(String, got: Int, of: Int)
  case nonsense(String, [UInt8])
  case reported(String, DFUStatus)
  case unexpected(String, DFUState)
  case slow(String, Duration)
  case gone(String)
  case transport(String)
  case application
  case differs(address: UInt32, expected: UInt8, found: UInt8)

  /// Whether the same again may succeed.
  var mayPass: Bool {
    switch self {
    case .gone, .transport, .application: false
    case .reported(_, let status): status != .vendor && status != .target
    default: true
    }
  }

  var problem: String {
    switch self {
    case .silent(let request, let time):
      "the board did not answer \(request) within \(time.components.seconds) s"
    case .refused(let request): "the board refused \(request)"
    case .short(let request, let got, let count):
      "the board sent \(got) of \(count) bytes for \(request)"
    case .nonsense(let request, let bytes):
      "the board answered \(request) with \(Self.hexadecimal(bytes))"
    case .reported(let request, let status): "the board reports \(status.text), after \(request)"
    case .unexpected(let request, let state): "the board is in \(state.name) after \(request)"
    case .slow(let request, let time):
      "the board asks for more than \(time.components.seconds) s for \(request)"
    case .gone(let request): "the board left the bus during \(request)"
    case .transport(let text): "the operating system says: \(text)"
    case .application: "the board runs its sketch, not its bootloader"
    case .differs(let address, let expected, let found):
      "the byte at \(Self.hexadecimal(address)) is \(Self.hexadecimal([found])), not "
        + Self.hexadecimal([expected])
    }
  }

  var remedy: String {
    switch self {
    case .application: "press its reset button twice, quickly, and run the command again"
    case .gone:
      "plug it in again and run the command again: that the writing was cut short does no harm"
    case .transport:
      "unplug the board, plug it in again and run the command again"
    case .reported(_, .vendor):
      "if its flash is protected against reading, lift that, which erases the chip: "
        + "dfu-util -a 0 -s 0x08000000:unprotect:force -D FILE"
    case .reported(_, .address), .reported(_, .target), .reported(_, .write):
      "check that the image is for this board and lies where its applications start"
    case .differs:
      "run the command again; if it stays so, the board's flash is worn out or protected"
    default:
      "unplug the board, plug it in again and run the command again; if it stays so, try another "
        + "cable, and a port without a hub"
    }
  }

  func failure(_ step: FlashProgress.Step) -> FlashFailure {
    FlashFailure(step, problem, remedy: remedy)
  }

  static func hexadecimal(_ bytes: [UInt8]) -> String {
    guard !bytes.isEmpty else { return "nothing" }
    let digits = bytes.prefix(16).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
    return "0x" + digits.joined() + (bytes.count > 16 ? "…" : "")
  }

  static func hexadecimal(_ address: UInt32) -> String {
    let digits = String(address, radix: 16, uppercase: true)
    return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
  }
}
