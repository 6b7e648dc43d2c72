// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import BoardDescription
public import FlashProtocols
public import Transports

/// Finds a board, brings it into its bootloader, writes an image, and waits for it to run.
public struct Flasher {
  let finder: BoardFinder
  let report: (FlashReport) -> Void

  /// How long an application may take to show its port.
  static let patience = Duration.seconds(8)

  /// - Parameter boards: all that may be plugged in.
  public init(
    boards: [Board], system: any FlashSystem, report: @escaping (FlashReport) -> Void
  ) {
    finder = BoardFinder(boards: boards, system: system)
    self.report = report
  }

  /// What flashing came to.
  public struct Outcome: Equatable, Sendable {
    public var target: FlashTarget
    public var verification: FlashVerification
    /// From the first look at the board to the end of the writing.
    public var time: Duration
    /// The application's port, where it showed one.
    public var applicationPort: String?
  }

  public func boardsSeen() -> [SeenBoard] { finder.seen() }

  /// The one board that is meant.
  public func find(_ choice: BoardChoice) throws -> FlashTarget { try finder.choose(choice) }

  /// Where the board's application has its port now.
  public func applicationPort(of target: FlashTarget) -> String? {
    finder.seen().first { board in
      board.state != .bootloader && target.seen.map(board.isSame) ?? false
    }?.port
  }

  /// Why a port could not be opened, and what to do about it.
  public func reason(
    _ error: TransportError, opening path: String, of target: FlashTarget
  ) -> FlashError {
    Remedy.opening(error, for: target.board, on: finder.system)
  }

  /// - Parameter waits: whether to wait until the application shows itself.
  public func flash(
    _ image: FlashImage, to target: FlashTarget, waits: Bool = true
  ) throws -> Outcome {
    let system = finder.system
    let start = system.now
    report(.detail("found \(target.board.name): \(target.place)"))
    let entry = BootloaderEntry(finder: finder, report: report)
    let entered = try entry.enter(target)
    let choice = SessionChoice(target: entered, image: image)
    let verification = try write(choice, entry)
    let time = system.now - start
    let port = waits ? try applicationPort(of: target, entered) : nil
    return Outcome(
      target: target, verification: verification, time: time, applicationPort: port)
  }

  private func write(
    _ choice: SessionChoice, _ entry: BootloaderEntry
  ) throws -> FlashVerification {
    let target = choice.target
    let loop = FlashLoop(system: finder.system, report: report)
    let disk = DiskCopy(choice: choice, system: finder.system, report: report)
    if target.flashing.flashProtocol == .uf2 { return try disk.run() }
    guard target.flashing.flashProtocol.isSerial else {
      do { return try writeOverUSB(choice, loop) } catch let error as FlashError {
        // Who may not open the device may still copy to its disk.
        guard target.flashing.flashProtocol == .picoboot, error.step == "connecting",
          finder.system.bootDisks().count == 1
        else { throw error }
        report(.notice("\(error.problem); copying to the bootloader's disk instead"))
        return try disk.run()
      }
    }
    guard let path = target.path else {
      throw Remedy.noInterface(target.board, "serial")
    }
    var session = try choice.serialSession()
    report(.detail("speaking \(target.flashing.protocolName) at \(path)"))
    let port = try entry.open(path, baud: target.flashing.baud ?? 115_200, board: target.board)
    defer { port.close() }
    return try loop.run(&session, over: .serial(port))
  }

  private func writeOverUSB(
    _ choice: SessionChoice, _ loop: FlashLoop
  ) throws -> FlashVerification {
    let target = choice.target
    guard let device = target.seen?.device else { throw Remedy.noInterface(target.board, "USB") }
    var (session, interface) = try choice.usbSession(device)
    report(.detail("speaking \(target.flashing.protocolName) at \(device.path)"))
    let link = try open(device, interface: interface, of: target.board)
    defer { link.close() }
    return try loop.run(&session, over: .usb(link))
  }

  /// udev may not have been at a device that has just come.
  private func open(
    _ device: USBDeviceDescription, interface: UInt8, of board: Board
  ) throws -> any USBTransport {
    let system = finder.system
    let deadline = system.now + BootloaderEntry.settling
    while true {
      if system.isInterrupted { throw FlashError.interrupted }
      do throws(TransportError) {
        return try system.openUSB(device, interface: interface, alternate: 0)
      } catch {
        switch error {
        case .accessDenied, .busy:
          guard system.now >= deadline else { break }
          throw Remedy.opening(error, for: board, on: system)
        default: throw Remedy.opening(error, for: board, on: system)
        }
      }
      system.pause(.milliseconds(100))
    }
  }

  // MARK: Afterwards

  /// Waits until the application shows itself where the board is plugged in.
  func applicationPort(
    of target: FlashTarget, _ entered: FlashTarget
  ) throws -> String? {
    let system = finder.system
    guard let seen = entered.seen, seen.state != .adapter else {
      // Nothing tells who is behind the port; that it can be found again is all there is to see.
      guard let port = entered.path else { return nil }
      return try system.wait(Self.patience) { system.access(to: port) != .absent ? port : nil }
    }
    let application = try system.wait(Self.patience) {
      finder.seen().first {
        $0.state == .sketch && $0.isSame(as: seen)
          && $0.boards.contains { $0.id == target.board.id }
      }
    }
    if let application {
      report(.detail("the application runs: \(application.place)"))
    } else if finder.seen().contains(where: { $0.state == .bootloader && $0.isSame(as: seen) }) {
      report(
        .notice(
          "the board stays in its bootloader: press its reset button once; if that does not help, "
            + "the bootloader does not take the image for an application"))
    } else if target.board.usb["sketch"] != nil {
      report(
        .notice(
          "the application showed no USB port within \(Self.patience.components.seconds) s; it is "
            + "on the board, and may not use USB"))
    }
    return application?.port
  }
}
