// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Integer code as applications have it, the kinds that CoreMark mixes: lists, small matrices, a
/// state machine over text, and checksums.
public enum IntegerWork {
  public static func run(rounds: Int) -> UInt32 {
    var list = RecordList()
    let matrices = IntegerMatrices()
    var numbers = NumberScanner()
    var crc: UInt16 = 0xFFFF
    var round = 0
    while round < rounds {
      crc = list.exercise(round, crc)
      crc = checksum(crc, UInt32(bitPattern: matrices.multiply(offset: Int16(round & 15))))
      crc = checksum(crc, numbers.scan())
      round &+= 1
    }
    return UInt32(crc) &<< 16 | numbers.valid & 0xFFFF
  }
}

/// CRC-16 of four bytes, bit by bit.
@inline(never)
func checksum(_ start: UInt16, _ word: UInt32) -> UInt16 {
  var crc = start
  var rest = word
  var byte = 0
  while byte < 4 {
    crc ^= UInt16(truncatingIfNeeded: rest & 0xFF)
    rest &>>= 8
    var bit = 0
    while bit < 8 {
      crc = crc & 1 != 0 ? crc &>> 1 ^ 0xA001 : crc &>> 1
      bit &+= 1
    }
    byte &+= 1
  }
  return crc
}

/// 128 records in a linked list: searched, reversed and sorted.
struct RecordList {
  struct Record {
    var next: UnsafeMutablePointer<Record>?
    var key: Int16
    var place: Int16
  }

  typealias Link = UnsafeMutablePointer<Record>?

  private static let count = 128
  private static var records: UnsafeMutablePointer<Record> { Workload.memory(at: 0) }
  private var first: Link

  init() {
    var random = Congruence(seed: 777)
    for index in 0..<Self.count {
      Self.records[index] = Record(
        next: index &+ 1 < Self.count ? Self.records + (index &+ 1) : nil,
        key: Int16(truncatingIfNeeded: random.next() &>> 20 & 0x3FF),
        place: Int16(truncatingIfNeeded: index))
    }
    first = Self.records
  }

  /// Twelve searches with a reversal after each, a sort by key and one back by place.
  mutating func exercise(_ round: Int, _ start: UInt16) -> UInt16 {
    var crc = start
    var search = 0
    while search < 12 {
      let key = Self.records[(search &* 17 &+ round) & (Self.count &- 1)].key
      if let found = find(key) {
        crc = checksum(crc, UInt32(UInt16(bitPattern: found.pointee.place)))
      }
      reverse()
      search &+= 1
    }
    first = sorted(byKey: true)
    crc = checksum(crc, UInt32(UInt16(bitPattern: first?.pointee.key ?? 0)))
    first = sorted(byKey: false)
    return crc
  }

  @inline(never) private func find(_ key: Int16) -> Link {
    var record = first
    while let here = record, here.pointee.key != key { record = here.pointee.next }
    return record
  }

  @inline(never) private mutating func reverse() {
    var done: Link = nil
    var rest = first
    while let record = rest {
      rest = record.pointee.next
      record.pointee.next = done
      done = record
    }
    first = done
  }

  /// Merge sort from runs of one upwards; no memory but the links.
  @inline(never) private func sorted(byKey: Bool) -> Link {
    var list = first
    var width = 1
    while true {
      var rest = list
      list = nil
      var tail: Link = nil
      var merges = 0
      while let left = rest {
        merges &+= 1
        let right = skip(left, width)
        rest = skip(right, width)
        merge(left, right, width, byKey, &list, &tail)
      }
      tail?.pointee.next = nil
      if merges <= 1 { return list }
      width &*= 2
    }
  }

  @inline(__always) private func skip(_ start: Link, _ count: Int) -> Link {
    var record = start
    var left = count
    while left > 0, let here = record {
      record = here.pointee.next
      left &-= 1
    }
    return record
  }

  @inline(__always)
  private func merge(
    _ left: Link, _ right: Link, _ width: Int, _ byKey: Bool, _ list: inout Link,
    _ tail: inout Link
  ) {
    var (a, b) = (left, right)
    var (leftCount, rightCount) = (width, width)
    while true {
      let hasLeft = leftCount > 0 && a != right
      let hasRight = rightCount > 0 && b != nil
      guard hasLeft || hasRight else { return }
      let takesLeft = hasLeft && (!hasRight || isOrdered(a, b, byKey))
      let record = takesLeft ? a : b
      if takesLeft {
        a = record?.pointee.next
        leftCount &-= 1
      } else {
        b = record?.pointee.next
        rightCount &-= 1
      }
      if let tail { tail.pointee.next = record } else { list = record }
      tail = record
    }
  }

  @inline(__always) private func isOrdered(_ a: Link, _ b: Link, _ byKey: Bool) -> Bool {
    guard let a, let b else { return true }
    return byKey ? a.pointee.key <= b.pointee.key : a.pointee.place <= b.pointee.place
  }
}
