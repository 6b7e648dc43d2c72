// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Copies `count` bytes that do not overlap, by words where both ends and the count allow.
@inline(__always)
func copyBytes(_ source: UnsafePointer<Int8>, _ count: Int, to target: UnsafeMutablePointer<Int8>) {
  let misaligned = Int(bitPattern: source) | Int(bitPattern: target) | count
  if misaligned & 3 == 0 {
    let words = UnsafeRawPointer(source).assumingMemoryBound(to: UInt32.self)
    let targetWords = UnsafeMutableRawPointer(target).assumingMemoryBound(to: UInt32.self)
    var index = 0
    while index < count / 4 {
      targetWords[index] = words[index]
      index &+= 1
    }
  } else {
    var index = 0
    while index < count {
      target[index] = source[index]
      index &+= 1
    }
  }
}

@inline(__always)
func fillBytes(_ target: UnsafeMutablePointer<Int8>, _ count: Int, with value: Int8) {
  var index = 0
  while index < count {
    target[index] = value
    index &+= 1
  }
}
