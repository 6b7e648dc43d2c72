// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Programmable peripheral interconnect (nRF52840 Product Specification
/// v1.7, 6.16). Each line names its register in the manual; a test holds it against the SVD.
public enum PPI {
  public enum Offset {
    public static let tasksGroupEnable: UInt32 = 0x000  // TASKS_CHG[0].EN
    public static let tasksGroupDisable: UInt32 = 0x004  // TASKS_CHG[0].DIS
    public static let channelEnable: UInt32 = 0x500  // CHEN
    public static let channelEnableSet: UInt32 = 0x504  // CHENSET
    public static let channelEnableClear: UInt32 = 0x508  // CHENCLR
    public static let eventEndPoint: UInt32 = 0x510  // CH[0].EEP
    public static let taskEndPoint: UInt32 = 0x514  // CH[0].TEP
    public static let channelGroup: UInt32 = 0x800  // CHG[6]
    public static let forkTaskEndPoint: UInt32 = 0x910  // FORK[0].TEP
  }
}
