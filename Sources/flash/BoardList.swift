// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BoardDescription
import Flasher
import Terminal

/// `flash --list`
struct BoardList {
  let json: String?

  static func known() throws -> [Board] {
    try Board.names().map { try Board.load(named: $0) }.filter { $0.flashing != nil }
  }

  /// `flash --list-boards`
  static func printKnown() throws {
    let transcript = Transcript(descriptor: 1)
    for board in try known() {
      transcript.print(
        "\(board.id.padded(to: 18))\(board.name), by \(board.flashing?.protocolName ?? "")")
    }
    try transcript.checkComplete()
  }

  /// One board, as JSON has it.
  struct Row: Encodable {
    var boards: [String]
    var name: String
    var state: String
    var port: String?
    var serialNumber: String?
    var location: String?
    var usb: String
    var trouble: String?
  }

  func run() throws {
    let system = LiveSystem()
    let seen = try Flasher(boards: Self.known(), system: system) { _ in }.boardsSeen()
    let rows = seen.map { board in
      Row(
        boards: board.boards.map(\.id), name: board.name, state: board.state.rawValue,
        port: board.port, serialNumber: board.serialNumber, location: board.location,
        usb: "\(digits(board.vendor)):\(digits(board.product))",
        trouble: AccessTrouble.of(board, on: system))
    }
    if let json { try OutputFile.write(json: rows, to: json) }
    let transcript = Transcript(descriptor: json == "-" ? 2 : 1)
    guard !rows.isEmpty else {
      transcript.print(
        "No board is plugged in, or its cable carries no data. A board that hangs needs its "
          + "reset button pressed twice.")
      return try transcript.checkComplete()
    }
    let table = rows.map { row in
      [
        row.name, row.port ?? row.location.map { "USB \($0)" } ?? "-", row.serialNumber ?? "-",
        row.state,
      ]
    }
    let heads = ["board", "port", "serial number", "state"]
    let widths = heads.indices.map { column in
      ([heads] + table).map { $0[column].count }.max() ?? 0
    }
    for (cells, trouble) in zip([heads] + table, [nil] + rows.map(\.trouble)) {
      let line = zip(cells, widths).map { $0.padded(to: $1) }.joined(separator: "  ")
      transcript.print((line + (trouble.map { "  \($0)" } ?? "")).trimmingRight())
    }
    try transcript.checkComplete()
  }

  private func digits(_ value: UInt16) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: 4 - text.count) + text
  }
}

extension String {
  fileprivate func trimmingRight() -> String {
    String(reversed().drop { $0 == " " }.reversed())
  }
}
