// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// MARK: Writing

extension SAMBASession {
  /// `Y`, `X` and their like answer their own letter, LF, CR.
  private func echoes(_ letter: Character, _ outcome: Exchange.Outcome) -> Bool {
    outcome == .reply([letter.asciiValue ?? 0, 0x0A, 0x0D])
  }

  /// SAMD: everything from the block on; what lies behind it has not been written yet, or will be
  /// again.
  mutating func erase(from block: Int) -> Turn {
    state = .erasing(from: block)
    return .exchange(
      [
        .report(FlashProgress(.erasing)), .discardInput,
        .send(SAMBACommand.erase(from: address(ofBlock: block))),
      ],
      // 1024 rows of 6 ms (SAM D21 data sheet, 37.12).
      Reply(shape: .count(3), within: .seconds(15)))
  }

  mutating func erased(from block: Int, _ outcome: Exchange.Outcome) -> Turn {
    guard echoes("X", outcome) else {
      return repair("the board did not say that it erased its flash", resume: .write(block))
    }
    return fill(block)
  }

  mutating func fill(_ block: Int) -> Turn {
    state = .filling(block)
    let bytes = bytes(ofBlock: block)
    let done = block * Self.blockSize
    return .exchange(
      [
        .report(FlashProgress(.writing, done: done, total: image.bytes.count)),
        // The SAMD's bootloader mistakes data that share a USB packet with their command, and
        // drivers may gather what is sent at once.
        .discardInput, .send(SAMBACommand.send(to: dialect.buffer, count: bytes.count)),
        .pause(dialect.packetPause), .send(bytes), .pause(dialect.packetPause),
        .send(SAMBACommand.buffer(at: dialect.buffer)),
      ], Reply(shape: .count(3), within: .seconds(2)))
  }

  mutating func filled(_ block: Int, _ outcome: Exchange.Outcome) -> Turn {
    guard echoes("Y", outcome) else {
      return repair("the board did not take \(place(block))", resume: .write(block))
    }
    state = .writing(block)
    let count = bytes(ofBlock: block).count
    return .exchange(
      [.discardInput, .send(SAMBACommand.write(to: address(ofBlock: block), count: count))],
      // A page of the nRF52840 takes 85 ms to erase and 1024 words of 41 µs.
      Reply(shape: .count(3), within: .seconds(5)))
  }

  mutating func written(_ block: Int, _ outcome: Exchange.Outcome) -> Turn {
    guard echoes("Y", outcome) else {
      return repair("the board did not say that it wrote \(place(block))", resume: .write(block))
    }
    state = .checking(block)
    return check(block)
  }

  mutating func checked(_ block: Int, _ outcome: Exchange.Outcome) -> Turn {
    if let problem = difference(block, outcome) { return repair(problem, resume: .write(block)) }
    failures = 0
    if block + 1 < blocks { return fill(block + 1) }
    return isReadable ? read(0) : confirm(0)
  }

  private func check(_ block: Int) -> Turn {
    let count = bytes(ofBlock: block).count
    return .exchange(
      [.discardInput, .send(SAMBACommand.checksum(of: address(ofBlock: block), count: count))],
      Reply(shape: .count(10), within: .seconds(2), stray: 2))
  }

  /// What is wrong with the answer to `check`; nil if nothing is.
  private func difference(_ block: Int, _ outcome: Exchange.Outcome) -> String? {
    guard case .reply(let reply) = outcome, let found = SAMBACommand.checksum(in: reply) else {
      return "the board did not tell the checksum of \(place(block))"
    }
    let expected = Checksum.crc16XMODEM(bytes(ofBlock: block))
    guard found != expected else { return nil }
    return "\(place(block)) has checksum \(hexadecimal(found)) instead of "
      + hexadecimal(expected)
  }

  private func place(_ block: Int) -> String {
    "the block at "
      + hexadecimal(image.start &+ UInt32(truncatingIfNeeded: block * Self.blockSize))
  }
}

// MARK: The last look

extension SAMBASession {
  mutating func confirm(_ block: Int) -> Turn {
    state = .confirming(block)
    return reporting(block * Self.blockSize, check(block))
  }

  mutating func confirmed(_ block: Int, _ outcome: Exchange.Outcome) -> Turn {
    if let problem = difference(block, outcome) {
      // No answer says nothing of the block; a wrong one does.
      guard case .reply = outcome else { return repair(problem, resume: .confirm(block)) }
      return repair(problem, resume: .write(block))
    }
    failures = 0
    return block + 1 < blocks ? confirm(block + 1) : restart(attempt: 0)
  }

  mutating func read(_ offset: Int) -> Turn {
    state = .readingBack(offset: offset)
    let count = image.block(at: offset, count: Self.readLimit).count
    let address = image.start &+ UInt32(truncatingIfNeeded: offset)
    let turn = Turn.exchange(
      [.discardInput, .send(SAMBACommand.receive(from: address, count: count))],
      Reply(shape: .count(count), within: .seconds(1)))
    return offset % (64 * Self.readLimit) == 0 ? reporting(offset, turn) : turn
  }

  mutating func readBack(_ offset: Int, _ outcome: Exchange.Outcome) -> Turn {
    let expected = image.block(at: offset, count: Self.readLimit)
    guard case .reply(let found) = outcome else {
      return repair(
        "the board did not tell what is at \(hexadecimal(Int(image.start) + offset))",
        resume: .readBack(offset))
    }
    guard found == expected else {
      let at = zip(found, expected).prefix { $0 == $1 }.count
      let problem =
        "\(hexadecimal(found[at])) instead of \(hexadecimal(expected[at])) was read "
        + "back from \(hexadecimal(Int(image.start) + offset + at))"
      guard isRereading else {
        isRereading = true
        return repair(problem, resume: .readBack(offset))
      }
      isRereading = false
      return repair(problem, resume: .write(offset / Self.blockSize))
    }
    isRereading = false
    failures = 0
    let end = offset + expected.count
    return end < image.bytes.count ? read(end) : restart(attempt: 0)
  }

  private func reporting(_ done: Int, _ turn: Turn) -> Turn {
    guard case .exchange(let actions, let reply) = turn else { return turn }
    let progress = FlashProgress(.verifying, done: done, total: image.bytes.count)
    return .exchange([.report(progress)] + actions, reply)
  }
}

// MARK: Restarting

extension SAMBASession {
  mutating func restart(attempt: Int) -> Turn {
    state = .restarting(attempt: attempt)
    // SAMD: SYSRESETREQ with its key in AIRCR (ARMv6-M manual, B3.2.6).
    let command =
      variant == .nrf ? SAMBACommand.reset : SAMBACommand.writeWord(0xE000_ED0C, 0x05FA_0004)
    return .exchange([
      .report(FlashProgress(.restarting)), .discardInput, .send(command),
      .awaitDisconnect(within: .seconds(2)),
    ])
  }

  /// A port that did not vanish says nothing: an adapter's never does. Whether the bootloader still
  /// answers does.
  mutating func restarted(_ attempt: Int, _ outcome: Exchange.Outcome) -> Turn {
    if outcome == .left(true) { return .finished(verification) }
    state = .lookingBack(attempt: attempt)
    return .exchange(
      [.discardInput, .send(SAMBACommand.normalMode)],
      Reply(shape: .count(2), within: .milliseconds(300)))
  }

  mutating func lookedBack(_ attempt: Int, _ outcome: Exchange.Outcome) -> Turn {
    guard outcome == .reply([0x0A, 0x0D]) else { return .finished(verification) }
    if attempt + 1 < Self.attempts { return restart(attempt: attempt + 1) }
    return .failed(
      FlashFailure(
        .restarting, "the application is written and verified, but the bootloader does not leave",
        remedy: "press the reset button once"))
  }

  private var verification: FlashVerification { isReadable ? .readBack : .checksum }
}
