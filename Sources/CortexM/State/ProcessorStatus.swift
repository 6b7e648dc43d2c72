// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Mode, masks and CONTROL: the part of the processor state that instructions do not touch on
/// their way (ARMv7-M ARM, B1.4).
struct ProcessorStatus: Codable {
  /// IPSR: 0 in Thread mode, else the exception being handled.
  var exceptionNumber = 0
  var isUnprivilegedThread = false
  /// CONTROL.SPSEL.
  var usesProcessStack = false
  /// CONTROL.FPCA: the running context has floating-point state.
  var isFloatingPointActive = false
  var primask = false
  var faultmask = false
  var basepri: UInt8 = 0
  /// The stack pointer that is not in r13.
  var bankedStackPointer: UInt32 = 0
  /// EPSR.T. Clear only after a branch to an even address: the next instruction faults.
  var isThumb = true

  var isHandler: Bool { exceptionNumber != 0 }
  var isPrivileged: Bool { isHandler || !isUnprivilegedThread }

  var control: UInt32 {
    (isUnprivilegedThread ? 1 : 0) | (usesProcessStack ? 2 : 0) | (isFloatingPointActive ? 4 : 0)
  }
}
