// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import USBModel

/// The memories of a plain DFU bootloader: each alternate setting is one, and block n of a download
/// goes n transfer sizes behind its start.
public struct DFUPartitions<Memory: BootMemory & Sendable>: DFUStore {
  public struct Partition: Equatable, Sendable {
    public var start: UInt32
    public var length: UInt32
    public var isWritable: Bool

    public init(start: UInt32, length: UInt32, isWritable: Bool = true) {
      (self.start, self.length, self.isWritable) = (start, length, isWritable)
    }
  }

  public var memory: Memory
  /// By alternate setting.
  public var partitions: [Partition]
  public var transferSize: Int
  /// What is erased when its first byte is reached.
  public var eraseSize: UInt32
  /// Data are gathered in RAM until an erase unit is full; what is left is written at the end. The
  /// UNO R4's bootloader forgets neither an abandoned transfer's data nor, at the end, its own:
  /// only a restart clears its buffer (arduino-renesas-bootloader, main.c, `auclen`), and parts
  /// that do not fill it exactly run over its end.
  public var gathers: Bool
  public var writeDuration = Duration.zero
  public var eraseDuration = Duration.zero
  public var manifestDuration = Duration.zero
  /// The partition that applications start from.
  public var applicationPartition: Int
  /// Top bytes of an initial stack pointer that make an application valid.
  public var stackTops: Set<UInt8> = [0x20]

  public private(set) var gathered: [UInt8] = []
  public private(set) var hasCrashed = false
  private var lastBlock: UInt16 = 0

  public init(
    memory: Memory, partitions: [Partition], transferSize: Int, eraseSize: UInt32,
    gathers: Bool = false, applicationPartition: Int = 0
  ) {
    (self.memory, self.partitions) = (memory, partitions)
    (self.transferSize, self.eraseSize, self.gathers) = (transferSize, eraseSize, gathers)
    self.applicationPartition = applicationPartition
  }

  public func duration(ofDownload block: UInt16, _ data: [UInt8]) -> Duration {
    let offset = UInt32(block) &* UInt32(truncatingIfNeeded: transferSize)
    return writeDuration + (offset % eraseSize == 0 ? eraseDuration : .zero)
  }

  public mutating func download(
    _ block: UInt16, _ data: [UInt8], alternate: UInt8
  ) -> DFUStatus {
    guard let partition = partition(alternate) else { return .target }
    guard partition.isWritable else { return .write }
    let offset = Int(block) * transferSize
    guard offset + data.count <= Int(partition.length) else { return .address }
    let address = partition.start + UInt32(offset)
    if address % eraseSize == 0, !memory.erase(address, count: Int(eraseSize)) { return .erase }
    lastBlock = block
    guard gathers else { return memory.program(data, at: address) ? .ok : .program }
    gathered += data
    hasCrashed = gathered.count > Int(eraseSize)
    guard gathered.count == Int(eraseSize) else { return .ok }
    let wasWritten = flush(partition)
    gathered = []
    return wasWritten ? .ok : .program
  }

  public mutating func upload(
    _ block: UInt16, length: Int, alternate: UInt8
  ) -> Result<[UInt8], DFUFault> {
    guard let partition = partition(alternate) else { return .failure(DFUFault(.target)) }
    // As the devices do: the host's length is the unit.
    let offset = Int(block) * length
    let count = min(length, Int(partition.length) - offset)
    guard count > 0 else { return .success([]) }
    guard let bytes = memory.read(partition.start + UInt32(offset), count: count) else {
      return .failure(DFUFault(.address))
    }
    return .success(bytes)
  }

  public mutating func manifest(alternate: UInt8) -> DFUStatus {
    guard gathers, !gathered.isEmpty, let partition = partition(alternate) else { return .ok }
    return flush(partition) ? .ok : .program
  }

  public mutating func hasApplication() -> Bool {
    guard partitions.indices.contains(applicationPartition),
      let word = memory.read(partitions[applicationPartition].start, count: 4)
    else { return false }
    return stackTops.contains(word[3])
  }

  public mutating func restart() { (gathered, hasCrashed) = ([], false) }

  /// Writes the buffer to the erase unit that the last block lies in.
  private mutating func flush(_ partition: Partition) -> Bool {
    let offset = UInt32(lastBlock) &* UInt32(truncatingIfNeeded: transferSize)
    let unit = partition.start + offset / eraseSize * eraseSize
    return memory.program(Array(gathered.prefix(Int(eraseSize))), at: unit)
  }

  private func partition(_ alternate: UInt8) -> Partition? {
    partitions.indices.contains(Int(alternate)) ? partitions[Int(alternate)] : nil
  }
}
