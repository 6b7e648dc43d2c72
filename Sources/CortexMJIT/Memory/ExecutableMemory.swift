// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CHostSupport

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Why a host lends no memory that can be executed. The interpreter needs none.
package enum ExecutableMemoryError: Error, Equatable, CustomStringConvertible {
  /// errno of the call that was refused last.
  case refused(errno: Int32, byteCount: Int)

  package var description: String {
    switch self {
    case .refused(let errno, let byteCount):
      """
      the system refuses \(byteCount >> 10) KiB of memory for machine code \
      (\(String(cString: strerror(errno)))): programs are interpreted
      """
    }
  }
}

/// Memory for machine code. No page can be written and executed at the same address at once:
/// - two views of one file in memory, one to write and one to execute (Linux);
/// - else pages that change between the two (`mprotect`; on macOS `MAP_JIT`).
///
/// Pages cost nothing until they are touched.
final class ExecutableMemory {
  enum Kind: CaseIterable {
    case twoViews, toggled
  }

  let kind: Kind
  let byteCount: Int
  /// Written here between `beginWriting` and `endWriting`, and only then.
  let writable: UnsafeMutablePointer<UInt8>
  /// Run from here.
  let executable: UnsafePointer<UInt8>

  private init(
    _ kind: Kind, byteCount: Int, writable: UnsafeMutableRawPointer,
    executable: UnsafeMutableRawPointer
  ) {
    self.kind = kind
    self.byteCount = byteCount
    self.writable = writable.assumingMemoryBound(to: UInt8.self)
    self.executable = UnsafePointer(executable.assumingMemoryBound(to: UInt8.self))
  }

  deinit {
    munmap(writable, byteCount)
    if kind == .twoViews { munmap(UnsafeMutableRawPointer(mutating: executable), byteCount) }
  }

  /// Reserves whole pages, in the first of the kinds that the system grants.
  static func reserve(
    byteCount: Int, kinds: [Kind] = Kind.allCases
  ) -> Result<ExecutableMemory, ExecutableMemoryError> {
    let page = max(Int(getpagesize()), 1)
    guard byteCount > 0, byteCount <= .max - page else {
      return .failure(.refused(errno: EINVAL, byteCount: byteCount))
    }
    let size = (byteCount + page - 1) / page * page
    var refusal = ENOTSUP
    for kind in kinds {
      switch kind == .twoViews ? twoViews(size) : toggled(size) {
      case .success(let memory): return .success(memory)
      case .failure(let failure): refusal = failure.errno
      }
    }
    return .failure(.refused(errno: refusal, byteCount: size))
  }

  /// Makes the memory writable; no code may run until `endWriting`.
  func beginWriting() {
    guard kind == .toggled else { return }
    #if canImport(Darwin) && arch(arm64)
      ch_write_code(1)
    #else
      mprotect(writable, byteCount, PROT_READ | PROT_WRITE)
    #endif
  }

  /// Makes what was written at `offsets` ready to run. False where the system has changed its
  /// mind: nothing here may run then.
  func endWriting(_ offsets: Range<Int>) -> Bool {
    var isExecutable = true
    if kind == .toggled {
      #if canImport(Darwin) && arch(arm64)
        ch_write_code(0)
      #else
        isExecutable = mprotect(writable, byteCount, PROT_READ | PROT_EXEC) == 0
      #endif
    }
    let range = offsets.clamped(to: 0..<byteCount)
    ch_code_changed(executable + range.lowerBound, range.count)
    return isExecutable
  }
}

// MARK: The two kinds

extension ExecutableMemory {
  private struct Refusal: Error {
    let errno: Int32
  }

  private static func twoViews(_ size: Int) -> Result<ExecutableMemory, Refusal> {
    #if os(Linux) || os(Android)
      let file = ch_memory_file()
      guard file >= 0 else { return .failure(Refusal(errno: errno)) }
      defer { close(file) }
      guard ftruncate(file, off_t(size)) == 0 else { return .failure(Refusal(errno: errno)) }
      guard let writable = map(size, PROT_READ | PROT_WRITE, MAP_SHARED, file) else {
        return .failure(Refusal(errno: errno))
      }
      guard let executable = map(size, PROT_READ | PROT_EXEC, MAP_SHARED, file) else {
        let refusal = Refusal(errno: errno)
        munmap(writable, size)
        return .failure(refusal)
      }
      return .success(
        ExecutableMemory(.twoViews, byteCount: size, writable: writable, executable: executable))
    #else
      return .failure(Refusal(errno: ENOTSUP))
    #endif
  }

  private static func toggled(_ size: Int) -> Result<ExecutableMemory, Refusal> {
    var flags = MAP_PRIVATE | MAP_ANON
    var protection = PROT_READ | PROT_WRITE
    #if canImport(Darwin) && arch(arm64)
      // Apple's chips: one mapping whose rights each thread switches for itself.
      flags |= MAP_JIT
      protection |= PROT_EXEC
    #endif
    guard let pages = map(size, protection, flags, -1) else {
      return .failure(Refusal(errno: errno))
    }
    let memory = ExecutableMemory(.toggled, byteCount: size, writable: pages, executable: pages)
    memory.beginWriting()
    // Some systems refuse only now.
    return memory.endWriting(0..<0) ? .success(memory) : .failure(Refusal(errno: errno))
  }

  private static func map(
    _ size: Int, _ protection: Int32, _ flags: Int32, _ file: Int32
  ) -> UnsafeMutableRawPointer? {
    guard let pages = mmap(nil, size, protection, flags, file, 0) else { return nil }
    // MAP_FAILED
    return Int(bitPattern: pages) == -1 ? nil : pages
  }
}
