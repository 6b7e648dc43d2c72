// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Pulse width modulation unit (nRF52840 Product Specification
/// v1.7, 6.17). Each line names its register in the manual; a test holds it against the SVD.
public enum PWM {
  public enum Offset {
    public static let tasksStop: UInt32 = 0x004  // TASKS_STOP
    public static let tasksSequenceStart: UInt32 = 0x008  // TASKS_SEQSTART[2]
    public static let tasksNextStep: UInt32 = 0x010  // TASKS_NEXTSTEP
    public static let eventsStopped: UInt32 = 0x104  // EVENTS_STOPPED
    public static let eventsSequenceStarted: UInt32 = 0x108  // EVENTS_SEQSTARTED[2]
    public static let eventsSequenceEnd: UInt32 = 0x110  // EVENTS_SEQEND[2]
    public static let eventsPeriodEnd: UInt32 = 0x118  // EVENTS_PWMPERIODEND
    public static let eventsLoopsDone: UInt32 = 0x11C  // EVENTS_LOOPSDONE
    public static let shorts: UInt32 = 0x200  // SHORTS
    public static let interruptEnable: UInt32 = 0x300  // INTEN
    public static let interruptEnableSet: UInt32 = 0x304  // INTENSET
    public static let interruptEnableClear: UInt32 = 0x308  // INTENCLR
    public static let enable: UInt32 = 0x500  // ENABLE
    public static let mode: UInt32 = 0x504  // MODE
    public static let counterTop: UInt32 = 0x508  // COUNTERTOP
    public static let prescaler: UInt32 = 0x50C  // PRESCALER
    public static let decoder: UInt32 = 0x510  // DECODER
    public static let loop: UInt32 = 0x514  // LOOP
    /// The second sequence's registers follow the first's at 0x20.
    public static let sequencePointer: UInt32 = 0x520  // SEQ[0].PTR
    public static let sequenceCount: UInt32 = 0x524  // SEQ[0].CNT
    public static let sequenceRefresh: UInt32 = 0x528  // SEQ[0].REFRESH
    public static let sequenceEndDelay: UInt32 = 0x52C  // SEQ[0].ENDDELAY
    public static let pinSelectOut: UInt32 = 0x560  // PSEL.OUT[4]
  }

  /// Values after reset that are not zero.
  public enum Reset {
    public static let counterTop: UInt32 = 0x3FF  // COUNTERTOP
    public static let sequenceRefresh: UInt32 = 1  // SEQ[0].REFRESH
    public static let pinSelectOut: UInt32 = 0xFFFF_FFFF  // PSEL.OUT[4]
  }

  public enum Enable {
    public static let on: UInt32 = 1 << 0  // ENABLE.ENABLE
  }

  public enum Mode {
    public static let upAndDown: UInt32 = 1 << 0  // MODE.UPDOWN
  }

  public enum Decoder {
    public static let load: UInt32 = 0x3 << 0  // DECODER.LOAD
    public static let common: UInt32 = 0  // DECODER.LOAD=Common
    public static let grouped: UInt32 = 1  // DECODER.LOAD=Grouped
    public static let individual: UInt32 = 2  // DECODER.LOAD=Individual
    public static let waveForm: UInt32 = 3  // DECODER.LOAD=WaveForm
    public static let nextStep: UInt32 = 1 << 8  // DECODER.MODE
  }

  public enum Shorts {
    public static let sequenceEnd0Stop: UInt32 = 1 << 0  // SHORTS.SEQEND0_STOP
    public static let sequenceEnd1Stop: UInt32 = 1 << 1  // SHORTS.SEQEND1_STOP
    public static let loopsDoneStart0: UInt32 = 1 << 2  // SHORTS.LOOPSDONE_SEQSTART0
    public static let loopsDoneStart1: UInt32 = 1 << 3  // SHORTS.LOOPSDONE_SEQSTART1
    public static let loopsDoneStop: UInt32 = 1 << 4  // SHORTS.LOOPSDONE_STOP
  }
}
