// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM

// What the driver asks at the border of generated code.
extension X86Compiler: BlockCompiler {
  var position: Int { asm.position }

  func prepare(_ state: UnsafeMutableRawPointer) {
    (state + StateLayout.scratch).storeBytes(of: packFlags(state), as: UInt32.self)
    prepareFloat(state)
  }

  func takeOver(_ state: UnsafeMutableRawPointer) {
    unpackFlags(state, (state + StateLayout.scratch).load(as: UInt32.self))
  }

  private func packFlags(_ state: UnsafeRawPointer) -> UInt32 {
    let negative = (state + StateLayout.negativeWord).load(as: UInt32.self) >> 31
    let zero: UInt32 = (state + StateLayout.zeroWord).load(as: UInt32.self) == 0 ? 1 : 0
    let carry = (state + StateLayout.carryWord).load(as: UInt32.self)
    let overflow = (state + StateLayout.overflowWord).load(as: UInt32.self) >> 31
    return overflow | (carry ^ 1) << 8 | zero << 22 | negative << 23
  }

  private func unpackFlags(_ state: UnsafeMutableRawPointer, _ flags: UInt32) {
    func store(_ value: UInt32, _ offset: Int) {
      (state + offset).storeBytes(of: value, as: UInt32.self)
    }
    store(flags << 8 & 0x8000_0000, StateLayout.negativeWord)
    store(~flags & 0x40_0000, StateLayout.zeroWord)
    store(~flags >> 8 & 1, StateLayout.carryWord)
    store(flags << 31, StateLayout.overflowWord)
  }

  /// The host's cumulative exceptions since the last entry become the guest's: MXCSR's PE, UE, OE,
  /// ZE and IE. DE means nothing here: Arm's IDC is for flush-to-zero.
  func collectExceptions(_ state: UnsafeMutableRawPointer) {
    let host = (state + StateLayout.scratch + 4).load(as: UInt32.self)
    let raised = host & 1 | host >> 1 & 0x1E
    guard raised != 0 else { return }
    let fpscr = (state + StateLayout.fpscr).assumingMemoryBound(to: UInt32.self)
    fpscr.pointee |= raised
  }

  private func prepareFloat(_ state: UnsafeMutableRawPointer) {
    let ready = (state + StateLayout.floatingPointReady).load(as: UInt32.self) != 0
    let control = (state + StateLayout.fpscr).load(as: UInt32.self) & 0x07C0_0000
    (state + StateLayout.scratch + 24).storeBytes(of: ready ? 1 : 0, as: UInt8.self)
    (state + StateLayout.scratch + 25).storeBytes(
      of: ready && control == 0 ? 1 : 0, as: UInt8.self)
  }
}
