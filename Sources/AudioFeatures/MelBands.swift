// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Thirty-two triangular bands, equally wide on the mel scale, from 81 Hz to 3,900 Hz.
///
/// Bin k of the transform lies at 31.25 k Hz. The mel scale is a logarithm of 1 + f / 700 Hz, which
/// is (112 + 5k) / 112, so that positions need nothing but logarithms of integers.
struct MelBands {
  static var count: Int { 32 }
  static var byteCount: Int { 34 * 8 + 128 * 2 }

  private static var firstBin: Int { 3 }
  private static var endBin: Int { 125 }
  /// Added to every band's energy, so that digital silence has a logarithm and the last bits of
  /// a recording do not look like sound.
  private static var floorExponent: Int32 { 18 }

  private let energies: UnsafeMutablePointer<UInt64>
  /// Where each bin lies: the band in the upper byte, 1/256 of the way to the next in the lower.
  private let positions: UnsafeMutablePointer<UInt16>

  /// Fills the table; `memory` holds `byteCount` bytes, aligned to 8.
  init(memory: UnsafeMutableRawPointer) {
    energies = memory.assumingMemoryBound(to: UInt64.self)
    positions = UnsafeMutableRawPointer(energies + 34).assumingMemoryBound(to: UInt16.self)
    let lowest = FixedPoint.log2(125, fractionBits: 16)
    let width = FixedPoint.log2(736, fractionBits: 16) &- lowest
    var bin = Self.firstBin
    while bin < Self.endBin {
      let logarithm = FixedPoint.log2(UInt64(112 &+ 5 &* bin), fractionBits: 16)
      positions[bin] = UInt16(truncatingIfNeeded: (logarithm &- lowest) &* (33 * 256) / width)
      bin &+= 1
    }
  }

  /// Writes a row: log₂ of each band's energy over the floor, Q8, never negative.
  func writeLogarithms(of spectrum: RealFFT, to row: UnsafeMutablePointer<Int16>) {
    // energies[b] collects band b − 1: a bin between two bands is shared by both.
    energies.update(repeating: 0, count: 34)
    var bin = Self.firstBin
    while bin < Self.endBin {
      let power = spectrum.power(of: bin)
      let band = Int(positions[bin] &>> 8)
      let fraction = UInt64(positions[bin] & 0xFF)
      energies[band] &+= power &* (256 &- fraction)
      energies[band &+ 1] &+= power &* fraction
      bin &+= 1
    }
    var band = 0
    while band < Self.count {
      let energy = energies[band &+ 1] &+ (1 &<< UInt64(Self.floorExponent))
      let logarithm = FixedPoint.log2(energy, fractionBits: 8)
      row[band] = Int16(truncatingIfNeeded: logarithm &- (Self.floorExponent &<< 8))
      band &+= 1
    }
  }
}
