// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// What those who watch a run want to know beside the state that programs see.
extension Core {
  /// During a bus access: the address of the instruction that makes it.
  package var instructionInProgress: UInt32 { (state.pointee.next - 1).pointee.address }

  /// Asleep, and nothing that has happened by now wakes it.
  package var staysAsleep: Bool {
    guard let sleep else { return false }
    return !wakesUp(sleep) && !(sleep == .waitForEvent && eventRegister)
  }

  /// The set bits of CFSR and HFSR, each as its name and meaning.
  package var faultCauses: [String] { faults.causes }
}
