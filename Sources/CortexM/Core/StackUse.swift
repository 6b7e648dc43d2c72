// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The two stacks of an ARMv7-M core.
public enum StackKind: Int, CaseIterable, Sendable { case main, process }

/// How deep a stack has been, exact: every write of the stack pointer and every store counts.
public struct StackUse: Equatable, Sendable {
  /// The region the machine said belongs to this stack; empty where it said nothing.
  public var region: Range<UInt32>
  /// The lowest value that the stack pointer has had since reset, nil before its first use.
  public var lowestPointer: UInt32?
  /// The lowest address inside the region written since it was set, nil when none.
  public var lowestWrite: UInt32?
}
