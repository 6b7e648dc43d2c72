// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BootloaderModels
import FlashProtocols
import FlashSupport
import Testing
import USBModel

/// `BREADBOARD_FAULT_SWEEP=5000` makes the random part that long and the systematic one complete.
@Suite struct DFUFaultTests {
  private let long = faultSweepCases

  private func sweepPlain(
    _ board: @escaping () -> DFUBoards.Plain, _ image: FlashImage, _ parameters: FlashParameters
  ) -> USBFaultSweep<DFUBoards.Plain, DFUSession> {
    USBFaultSweep(
      device: board, session: { DFUSession(image: image, parameters: parameters) },
      press: { $0.restartIntoBootloader() }, isInBootloader: { $0.program == .bootloader },
      isRight: { board in
        var memory = board.store.memory
        return memory.read(image.start, count: image.bytes.count) == image.bytes
      })
  }

  private func sweepST(
    _ board: DFUBoards.ST, _ image: FlashImage, _ parameters: FlashParameters
  ) -> USBFaultSweep<DFUBoards.ST, DfuSeSession> {
    USBFaultSweep(
      device: { board }, session: { DfuSeSession(image: image, parameters: parameters) },
      press: { $0.restartIntoBootloader() }, isInBootloader: { $0.program == .bootloader },
      isRight: { board in
        var memory = board.store.memory
        return memory.read(image.start, count: image.bytes.count) == image.bytes
      })
  }

  private func run<Class: USBDeviceClass, Session: FlashSession>(
    _ sweep: USBFaultSweep<Class, Session>, _ name: String, every step: Int, seed: UInt64
  ) {
    let systematic = sweep.systematic(every: long == nil ? step : 1)
    #expect(systematic.problems.isEmpty, "\(name), systematic: \(systematic)")
    let random = sweep.random(long ?? 60, seed: seed)
    #expect(random.problems.isEmpty, "\(name), random: \(random)")
    if long != nil { print("faults: \(name): systematic \(systematic); random \(random)") }
  }

  @Test func openMV_survivesEveryFault() {
    let image = DFUBoards.program(20_000, seed: 5, at: 0x0804_0000)
    run(
      sweepPlain({ DFUBoards.openMV() }, image, DFUBoards.openMVParameters), "OpenMV", every: 3,
      seed: 1)
  }

  @Test func unoR4Minima_survivesEveryFault() {
    let image = DFUBoards.program(5000, seed: 5, at: 0x4000)
    run(
      sweepPlain({ DFUBoards.unoR4Minima() }, image, DFUBoards.unoParameters), "UNO R4 Minima",
      every: 29, seed: 2)
  }

  @Test func portenta_survivesEveryFault() throws {
    let image = DFUBoards.program(20_000, seed: 5, at: 0x0804_0000)
    run(
      sweepST(try DFUBoards.portentaH7(), image, DFUBoards.portentaParameters), "Portenta H7",
      every: 5, seed: 3)
  }

  @Test func stm32ROM_survivesEveryFault() throws {
    let image = DFUBoards.program(40_000, seed: 5, at: 0x0800_0000)
    run(
      sweepST(try DFUBoards.stm32F746(), image, DFUBoards.stm32F746Parameters), "STM32F746",
      every: 9, seed: 4)
  }
}
