// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import BoardDescription

/// What the user said about which board is meant.
public struct BoardChoice: Equatable, Sendable {
  public var board: Board?
  /// A serial port's path, or a link to one.
  public var port: String?
  public var serialNumber: String?

  public init(board: Board? = nil, port: String? = nil, serialNumber: String? = nil) {
    (self.board, self.port, self.serialNumber) = (board, port, serialNumber)
  }
}

/// The board to flash and the way to it.
public struct FlashTarget: Equatable, Sendable {
  public var board: Board
  public var flashing: Flashing
  /// What USB says of it; nil for a port that USB knows nothing of, such as a pseudo terminal.
  public var seen: SeenBoard?
  /// The port, as the user named it.
  public var port: String?

  /// The port to open for serial protocols.
  var path: String? { port ?? seen?.port }
  public var place: String { port ?? seen?.place ?? "" }
}

extension BoardFinder {
  /// The one board that is meant; refuses where there is none, or more than one.
  func choose(_ choice: BoardChoice) throws -> FlashTarget {
    let all = seen()
    if let port = choice.port { return try choose(choice, at: port, among: all) }
    var candidates = all
    if let board = choice.board {
      guard board.flashing != nil else { throw Remedy.notFlashable(board) }
      candidates = all.filter { $0.boards.contains { $0.id == board.id } }
    }
    if let number = choice.serialNumber {
      candidates = candidates.filter { $0.serialNumber?.lowercased() == number.lowercased() }
    }
    // An adapter may belong to anything: only who names the board may mean it.
    if choice.board == nil { candidates.removeAll { $0.state == .adapter } }
    guard let seen = candidates.first else { throw Remedy.nothingFound(choice, seen: all) }
    guard candidates.count == 1 else { throw Remedy.ambiguous(candidates, choice) }
    return try target(choice.board ?? seen.onlyBoard(), seen, port: nil)
  }

  private func choose(
    _ choice: BoardChoice, at port: String, among all: [SeenBoard]
  ) throws -> FlashTarget {
    guard system.access(to: port) != .absent else {
      throw Remedy.opening(.notFound(path: port), for: choice.board, on: system)
    }
    let wanted = system.resolved(port)
    let seen = all.first { $0.port.map(system.resolved) == wanted }
    guard let board = try choice.board ?? seen?.onlyBoard() else {
      throw Remedy.unknownPort(port)
    }
    if let seen, !seen.boards.contains(where: { $0.id == board.id }) {
      throw Remedy.otherBoard(seen, wanted: board)
    }
    let target = try target(board, seen, port: port)
    guard seen != nil || target.flashing.flashProtocol.isSerial else {
      throw Remedy.serialPortOfUSBBoard(board, port: port)
    }
    return target
  }

  private func target(_ board: Board, _ seen: SeenBoard?, port: String?) throws -> FlashTarget {
    guard let flashing = board.flashing else { throw Remedy.notFlashable(board) }
    return FlashTarget(board: board, flashing: flashing, seen: seen, port: port)
  }
}

extension SeenBoard {
  /// Boards that share an identity may still be flashed in the same way; else it must be said.
  fileprivate func onlyBoard() throws -> Board {
    guard let first = boards.first,
      boards.allSatisfy({
        $0.flashing == first.flashing && $0.application == first.application
          && $0.chip.name == first.chip.name
      })
    else { throw Remedy.sharedIdentity(self) }
    return first
  }
}

extension Flashing.FlashProtocol {
  /// Spoken over a serial port, CDC or real.
  var isSerial: Bool {
    switch self {
    case .sambaNRF, .sambaSAMD, .svl, .asb, .stm32UART: true
    case .dfu, .dfuse, .uf2, .picoboot: false
    }
  }
}
