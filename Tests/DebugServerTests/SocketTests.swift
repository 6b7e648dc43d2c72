// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Emulator
import Foundation
import MachineModel
import Testing

@testable import DebugServer

/// Clients that do not behave, at the socket.
@Suite struct SocketTests {
  /// Serves until `body` is done; whatever it did, the server has to come back soon.
  private func serve(_ body: (UInt16) -> Void) throws {
    let server = try DebugServer(ListenAddress(host: "127.0.0.1", port: 0))
    let finished = DispatchSemaphore(value: 0)
    nonisolated(unsafe) let listening = server
    nonisolated(unsafe) var isDone = false
    let thread = Thread {
      defer { finished.signal() }
      guard let machine = try? Guest.machine(Guest.busy) else { return }
      _ = listening.run(
        machine, until: StopConditions(), onSlice: { !isDone }, whileWaiting: { !isDone })
    }
    thread.start()
    body(server.address.port)
    isDone = true
    #expect(finished.wait(timeout: .now() + 20) == .success, "the server hangs")
  }

  private func connect(_ port: UInt16) -> Int32 {
    let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_port = port.bigEndian
    inet_pton(AF_INET, "127.0.0.1", &place.sin_addr)
    _ = withUnsafePointer(to: &place) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(client, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    return client
  }

  private func write(_ text: String, to client: Int32) {
    let bytes = Array(text.utf8)
    _ = send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }

  private func read(from client: Int32) -> String {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = recv(client, &buffer, buffer.count, 0)
    return String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self)
  }

  @Test func clientThatVanishes_leavesTheBoardToTheNext() throws {
    try serve { port in
      for text in [
        "", "$", "$c#63", "$qC#b4", "$vCont;c#a8\u{3}", "$m0,ffff#", "GET / HTTP/1.1\r\n",
      ] {
        let client = connect(port)
        write(text, to: client)
        usleep(20_000)
        close(client)
      }
      let client = connect(port)
      write("$qC#b4", to: client)
      #expect(read(from: client).hasPrefix("+"))
      close(client)
    }
  }

  @Test func clientThatFloodsARun_isDropped() throws {
    try serve { port in
      let client = connect(port)
      write("$c#63", to: client)
      for _ in 0..<200 { write("$g#67", to: client) }
      var limit = timeval(tv_sec: 10, tv_usec: 0)
      setsockopt(
        client, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
      var count = 0
      while !read(from: client).isEmpty, count < 1000 { count += 1 }
      #expect(count < 1000)
      close(client)
    }
  }

  @Test func controlC_stopsTheBoard() throws {
    try serve { port in
      let client = connect(port)
      write("$c#63", to: client)
      usleep(50_000)
      write("\u{3}", to: client)
      var text = ""
      while !text.contains("$T02"), text.count < 1000 {
        let more = read(from: client)
        if more.isEmpty { break }
        text += more
      }
      #expect(text.contains("$T02thread:1;"), "\(text)")
      close(client)
    }
  }
}
