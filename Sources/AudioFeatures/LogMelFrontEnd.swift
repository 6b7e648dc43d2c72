// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Turns 16 kHz audio into what the keyword network is given: the last 48 rows of 32 log-mel
/// energies, 20 ms apart.
///
/// Rows are kept as logarithms of energy; a window is made relative to its loudest row when it is
/// copied out, so that a quiet recording looks like a loud one. Before the first sample lies
/// silence. All integers, the same on host and microcontroller, and bit for bit the same as
/// `Firmware/Training/keyword-spotting/features.py`, which the network was trained with.
public struct LogMelFrontEnd {
  /// Samples that one call of `push` takes: 20 ms.
  @inlinable public static var hop: Int { 320 }
  @inlinable public static var bands: Int { 32 }
  /// Rows in a window: 0.96 s.
  @inlinable public static var rows: Int { 48 }
  /// Values in a window, row by row, the oldest first.
  @inlinable public static var windowCount: Int { 48 * 32 }
  /// Bytes of memory that a front end works in, aligned to 8.
  public static var byteCount: Int {
    MelBands.byteCount + RealFFT.byteCount + 2 * (RealFFT.length + rows + windowCount)
  }

  /// Windows quieter than this (in octaves of energy over the floor, Q8) are not raised further:
  /// a mean of 15 dB over the noise of the last bit.
  private static var quietestLevel: Int32 { 5 * 256 }

  private let mel: MelBands
  private let spectrum: RealFFT
  private let samples: UnsafeMutablePointer<Int16>
  /// Each row's mean over its bands.
  private let levels: UnsafeMutablePointer<Int16>
  private let ring: UnsafeMutablePointer<Int16>
  /// The row that the next hop overwrites: the oldest.
  private var next = 0

  /// Computes the tables and starts in silence.
  ///
  /// `memory` holds `byteCount` bytes, aligned to 8, and outlives the front end, which alone uses
  /// it.
  public init(memory: UnsafeMutableRawPointer) {
    mel = MelBands(memory: memory)
    spectrum = RealFFT(memory: memory + MelBands.byteCount)
    let rest = memory + (MelBands.byteCount + RealFFT.byteCount)
    samples = rest.assumingMemoryBound(to: Int16.self)
    levels = samples + RealFFT.length
    ring = levels + Self.rows
    samples.update(repeating: 0, count: RealFFT.length + Self.rows + Self.windowCount)
  }

  /// Takes the next `hop` samples and makes one row of them and the 192 before.
  public mutating func push(_ new: UnsafePointer<Int16>) {
    let kept = RealFFT.length - Self.hop
    UnsafeMutableRawPointer(samples).copyMemory(from: samples + Self.hop, byteCount: 2 &* kept)
    UnsafeMutableRawPointer(samples + kept).copyMemory(from: new, byteCount: 2 &* Self.hop)
    spectrum.transform(samples)
    let row = ring + next &* Self.bands
    mel.writeLogarithms(of: spectrum, to: row)
    var sum: Int32 = 0
    var band = 0
    while band < Self.bands {
      sum &+= Int32(row[band])
      band &+= 1
    }
    levels[next] = Int16(truncatingIfNeeded: sum &>> 5)
    next = next &+ 1 == Self.rows ? 0 : next &+ 1
  }

  /// Copies the window out in steps of 0.3 dB, the loudest row's mean at 20.
  public func copyWindow(to window: UnsafeMutablePointer<Int8>) {
    var loudest = Self.quietestLevel
    var row = 0
    while row < Self.rows {
      loudest = max(loudest, Int32(levels[row]))
      row &+= 1
    }
    var source = next &* Self.bands
    var place = 0
    while place < Self.windowCount {
      let value = (((Int32(ring[source]) &- loudest) &* 5) &>> 7) &+ 20
      window[place] = Int8(truncatingIfNeeded: max(-128, min(127, value)))
      place &+= 1
      source = source &+ 1 == Self.windowCount ? 0 : source &+ 1
    }
  }
}
