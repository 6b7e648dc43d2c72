// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BootloaderModels
import FlashProtocols
import FlashSupport
import TestSupport
import Testing
import USBModel

/// Boards whose descriptors say what is not so: a session ends, and does not claim what is not so.
@Suite struct DFULyingTests {
  /// Runs against a lie, then against the truth.
  private func run<Class: USBDeviceClass, Session: FlashSession>(
    _ board: Class, _ session: () -> Session, lie: @escaping (inout USBIdentity) -> Void,
    press: (inout Class) -> Void, isRight: (Class) -> Bool, _ name: String
  ) {
    var device = Sabotaged(board)
    device.presentIdentity = { truth in
      var identity = truth
      if identity != nil { lie(&identity!) }
      return identity
    }
    var rig = USBRig(device)
    switch rig.run(session()) {
    case .finished: #expect(isRight(rig.board.device.base), "\(name): claimed")
    case .failed(let failure): #expect(!failure.remedy.isEmpty)
    case .endless: Issue.record("\(name): endless")
    }
    rig.board.device.presentIdentity = { $0 }
    press(&rig.board.device.base)
    rig.connect()
    guard case .finished = rig.run(session()) else {
      Issue.record("\(name): the next run does not succeed")
      return
    }
    #expect(isRight(rig.board.device.base), "\(name): the next run")
  }

  private func changeFunctional(
    _ change: @escaping (inout DFUFunctionalDescriptor) -> Void
  ) -> (inout USBIdentity) -> Void {
    { identity in
      for index in identity.configuration.interfaces.indices {
        identity.configuration.interfaces[index].classSpecific =
          identity.configuration.interfaces[index].classSpecific.map { part in
            guard var functional = DFUFunctionalDescriptor(part) else { return part }
            change(&functional)
            return functional.bytes
          }
      }
    }
  }

  @Test(arguments: [0, 1, 32, 63, 65, 128, 4095, 4096, 4097, 65535] as [UInt16])
  func transferSize(size: UInt16) throws {
    let lie = changeFunctional { $0.transferSize = size }
    let uno = DFUBoards.program(700, seed: 1, at: 0x4000)
    var parameters = DFUBoards.unoParameters
    parameters.transfer = nil
    run(
      DFUBoards.unoR4Minima(), { DFUSession(image: uno, parameters: parameters) }, lie: lie,
      press: { $0.restartIntoBootloader() }, isRight: { $0.store.memory.holds(uno) },
      "UNO, \(size)")
    let portenta = DFUBoards.program(9000, seed: 1, at: 0x0804_0000)
    run(
      try DFUBoards.portentaH7(),
      { DfuSeSession(image: portenta, parameters: DFUBoards.portentaParameters) }, lie: lie,
      press: { $0.restartIntoBootloader() }, isRight: { $0.store.memory.holds(portenta) },
      "Portenta, \(size)")
  }

  @Test(arguments: 0...15 as ClosedRange<UInt8>) func attributes(bits: UInt8) throws {
    let lie = changeFunctional { $0.attributes = .init(rawValue: bits) }
    let image = DFUBoards.program(9000, seed: 2, at: 0x0804_0000)
    run(
      DFUBoards.openMV(), { DFUSession(image: image, parameters: DFUBoards.openMVParameters) },
      lie: lie, press: { $0.restartIntoBootloader() },
      isRight: { $0.store.memory.holds(image) }, "OpenMV, \(bits)")
    run(
      try DFUBoards.portentaH7(),
      { DfuSeSession(image: image, parameters: DFUBoards.portentaParameters) }, lie: lie,
      press: { $0.restartIntoBootloader() }, isRight: { $0.store.memory.holds(image) },
      "Portenta, \(bits)")
  }

  @Test func memoryLayout() throws {
    var random = SplitMix64(seed: 7)
    let good = DFUProfile.portentaLayouts[0]
    let image = DFUBoards.program(9000, seed: 3, at: 0x0804_0000)
    for _ in 0..<200 {
      var bytes = Array(good.utf8)
      for _ in 0..<random.int(1...3) {
        bytes[random.int(0...bytes.count - 1)] = UInt8(random.int(32...126))
      }
      let text = String(decoding: bytes, as: UTF8.self)
      run(
        try DFUBoards.portentaH7(),
        { DfuSeSession(image: image, parameters: DFUBoards.portentaParameters) },
        lie: { $0.strings[3] = text }, press: { $0.restartIntoBootloader() },
        isRight: { $0.store.memory.holds(image) }, text)
    }
  }
}
