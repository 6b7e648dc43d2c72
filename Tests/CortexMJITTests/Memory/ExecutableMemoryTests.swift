// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CHostSupport
import Testing

@testable import CortexMJIT

@Suite struct ExecutableMemoryTests {
  @Test(arguments: ExecutableMemory.Kind.allCases)
  func views_showTheSameBytes(kind: ExecutableMemory.Kind) throws {
    guard case .success(let memory) = ExecutableMemory.reserve(byteCount: 1 << 16, kinds: [kind])
    else { return }
    #expect(memory.kind == kind)
    #expect(memory.byteCount == 1 << 16)
    memory.beginWriting()
    memory.writable[12345] = 0xA5
    #expect(memory.endWriting(12345..<12346))
    #expect(memory.executable[12345] == 0xA5)
    if kind == .twoViews { #expect(UnsafePointer(memory.writable) != memory.executable) }
  }

  @Test func someKind_isGranted() throws {
    _ = try ExecutableMemory.reserve(byteCount: 32 << 20).get()
  }

  @Test(arguments: [0, -1, .max, .max / 2])
  func impossibleSize_isAnError(byteCount: Int) {
    guard case .failure(let error) = ExecutableMemory.reserve(byteCount: byteCount) else {
      Issue.record("granted \(byteCount) bytes")
      return
    }
    #expect("\(error)".contains("programs are interpreted"))
  }

  @Test func noKind_isAnError() {
    guard case .failure = ExecutableMemory.reserve(byteCount: 4096, kinds: []) else {
      Issue.record("granted without a kind")
      return
    }
  }

  #if arch(x86_64)
    @Test(arguments: ExecutableMemory.Kind.allCases)
    func generatedFunction_runs(kind: ExecutableMemory.Kind) throws {
      guard case .success(let memory) = ExecutableMemory.reserve(byteCount: 4096, kinds: [kind])
      else { return }
      memory.beginWriting()
      var a = X86Assembler(code: memory.writable, capacity: memory.byteCount)
      // Sum of the words at rdi, esi of them, in registers that must be given back.
      a.saveCalleeSaved()
      let (loop, done) = (a.makeLabel(), a.makeLabel())
      a.mov(.rbx, immediate: 0)
      a.mov(.r12, immediate: 0)
      a.mov(.r15, immediate: 0)
      a.mov(.rbp, .rdi, .qword)
      a.test(.rsi, .rsi)
      a.j(.e, done)
      a.bind(loop)
      a.alu(.add, .rbx, .at(.rbp, .r12, times: 4))
      a.unary(.inc, .r12)
      a.alu(.cmp, .r12, .rsi)
      a.j(.b, loop)
      a.bind(done)
      a.mov(.rax, .rbx)
      a.restoreCalleeSaved()
      a.ret()
      let size = a.position
      let hasFailed = a.hasFailed
      #expect(!hasFailed)
      #expect(memory.endWriting(0..<size))

      typealias Sum = @convention(c) (UnsafePointer<UInt32>, Int) -> UInt32
      let sum = unsafeBitCast(memory.executable, to: Sum.self)
      let words: [UInt32] = [1, 20, 300, 0xFFFF_FFFF, 4000]
      for count in 0...words.count {
        #expect(sum(words, count) == words.prefix(count).reduce(0, &+))
      }
    }
  #endif
}
