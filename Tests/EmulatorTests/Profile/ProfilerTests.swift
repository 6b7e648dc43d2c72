// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM
import FirmwareImage
import MachineModel
import Testing

@testable import Emulator

/// An image with functions of 0x100 bytes each, and calls told by hand.
final class CallScript {
  let profiler: Profiler
  private(set) var cycles: UInt64 = 0

  init(_ names: String...) throws {
    let symbols = names.enumerated().map { index, name in
      Symbol(
        name: name, address: Address(0x1000 + UInt32(index) * 0x100), size: ByteCount(0x100),
        kind: .function)
    }
    var image = try Image.parse([0, 0, 0, 0], name: "calls.bin", rawLoadAddress: Address(0x1000))
    image.symbols = symbols
    profiler = Profiler(code: ProfiledCode(image: image)) { "exception \($0)" }
    profiler.coreReset(at: moment(0x2000))
  }

  func moment(_ stack: UInt32, link: UInt32 = 0, lowest: UInt32? = nil) -> CallMoment {
    CallMoment(
      cycles: cycles, stackPointer: stack, link: link, lowestPointer: lowest ?? stack)
  }

  /// Arrives at an address after some cycles.
  func at(
    _ address: UInt32, after count: UInt64, stack: UInt32, link: UInt32 = 0, lowest: UInt32? = nil
  ) throws {
    cycles += count
    let number = try #require(profiler.place(address, followsCall: address & 0xFF != 0))
    profiler.arrived(number, at: moment(stack, link: link, lowest: lowest))
  }

  func wait(_ count: UInt64) { cycles += count }

  /// "main 30 of 100, 1" by name: own cycles, total, calls.
  func rows(after count: UInt64) -> [String: String] {
    cycles += count
    profiler.observationEnds(at: moment(0x2000))
    let profile = Profile(profiler, title: "calls", clockHertz: 1e6)
    #expect(profile.cycles + profile.sleepCycles == cycles)
    let rows = profile.functions + profile.exceptions
    return Dictionary(
      uniqueKeysWithValues: rows.map { ($0.name, "\($0.cycles) of \($0.totalCycles), \($0.calls)") }
    )
  }
}

@Suite struct ProfilerTests {
  @Test func call_isTheCallersAndItsOwn() throws {
    let script = try CallScript("main", "leaf")
    try script.at(0x1000, after: 0, stack: 0x2000, link: .max)
    try script.at(0x1100, after: 10, stack: 0x1FF0, link: 0x1021)
    try script.at(0x1020, after: 5, stack: 0x1FF0)
    try script.at(0x1100, after: 10, stack: 0x1FF0, link: 0x1031)
    try script.at(0x1030, after: 5, stack: 0x1FF0)
    #expect(script.rows(after: 70) == ["main": "90 of 100, 1", "leaf": "10 of 10, 2"])
  }

  @Test func loopToTheFirstInstruction_isNoCall() throws {
    let script = try CallScript("main", "leaf")
    try script.at(0x1000, after: 0, stack: 0x2000, link: .max)
    for _ in 0..<9 { try script.at(0x1100, after: 10, stack: 0x2000, link: 0x1021) }
    try script.at(0x1020, after: 10, stack: 0x2000)
    #expect(script.rows(after: 10) == ["main": "20 of 110, 1", "leaf": "90 of 90, 1"])
  }

  @Test func wayAroundACall_endsNothing() throws {
    let script = try CallScript("main", "leaf")
    try script.at(0x1000, after: 0, stack: 0x2000, link: .max)
    try script.at(0x1020, after: 10, stack: 0x1FF0)
    #expect(script.rows(after: 10) == ["main": "20 of 20, 1"])
  }

  @Test func recursion_countsItsTotalOnce() throws {
    let script = try CallScript("main", "again")
    try script.at(0x1000, after: 0, stack: 0x2000, link: .max)
    try script.at(0x1100, after: 10, stack: 0x2000, link: 0x1021)
    try script.at(0x1100, after: 10, stack: 0x1FF8, link: 0x1141)
    try script.at(0x1100, after: 10, stack: 0x1FF0, link: 0x1141)
    try script.at(0x1140, after: 10, stack: 0x1FF0)
    try script.at(0x1140, after: 10, stack: 0x1FF8)
    try script.at(0x1020, after: 10, stack: 0x2000)
    #expect(script.rows(after: 40) == ["main": "50 of 100, 1", "again": "50 of 50, 3"])
  }

  @Test func tailCall_takesItsCallersPlace() throws {
    let script = try CallScript("main", "first", "second")
    try script.at(0x1000, after: 0, stack: 0x2000, link: .max)
    try script.at(0x1100, after: 10, stack: 0x2000, link: 0x1021)
    try script.at(0x1200, after: 10, stack: 0x2000, link: 0x1021)
    try script.at(0x1020, after: 10, stack: 0x2000)
    #expect(
      script.rows(after: 70) == [
        "main": "80 of 100, 1", "first": "10 of 10, 1", "second": "10 of 10, 1",
      ])
  }

  @Test func longjmp_endsAllThatItLeaves() throws {
    let script = try CallScript("main", "setjmp", "worker", "deep")
    try script.at(0x1000, after: 0, stack: 0x2000, link: .max)
    try script.at(0x1100, after: 10, stack: 0x1FF0, link: 0x1021)
    try script.at(0x1020, after: 10, stack: 0x1FF0)
    try script.at(0x1200, after: 10, stack: 0x1FF0, link: 0x1031)
    try script.at(0x1300, after: 10, stack: 0x1FE0, link: 0x1221)
    // longjmp: behind setjmp again, with main's stack.
    try script.at(0x1020, after: 10, stack: 0x1FF0)
    #expect(
      script.rows(after: 50) == [
        "main": "70 of 100, 1", "setjmp": "10 of 10, 1", "worker": "10 of 20, 1",
        "deep": "10 of 10, 1",
      ])
  }

  @Test func interrupt_isARootOfItsOwn() throws {
    let script = try CallScript("main", "handler")
    try script.at(0x1000, after: 0, stack: 0x2000, link: .max)
    script.wait(10)
    script.profiler.exceptionBegan(at: script.moment(0x1FE0))
    script.wait(12)
    script.profiler.handlerEntered(15, at: script.moment(0x1FE0))
    try script.at(0x1100, after: 0, stack: 0x1FE0, link: 0xFFFF_FFF9)
    script.wait(20)
    script.profiler.handlerLeft(at: script.moment(0x1FE0))
    script.wait(8)
    script.profiler.resumed(0x1FE0, address: 0x1010, at: script.moment(0x2000))
    #expect(
      script.rows(after: 50) == [
        "main": "60 of 60, 1", "handler": "20 of 20, 1", "exception 15": "20 of 40, 1",
      ])
  }

  @Test func switchOfThreads_findsEachWhereItWas() throws {
    let script = try CallScript("one", "two", "leaf")
    try script.at(0x1000, after: 0, stack: 0x3000, link: .max)
    try script.at(0x1200, after: 10, stack: 0x3000, link: 0x1021)
    func change(from frame: UInt32, to other: UInt32, _ address: UInt32) {
      script.wait(10)
      script.profiler.exceptionBegan(at: script.moment(frame))
      script.profiler.handlerEntered(14, at: script.moment(0x2000))
      script.wait(5)
      script.profiler.handlerLeft(at: script.moment(0x2000))
      script.profiler.resumed(other, address: address, at: script.moment(other + 0x20))
    }
    change(from: 0x2FE0, to: 0x4FE0, 0x1100)
    try script.at(0x1100, after: 0, stack: 0x5000, link: .max)
    change(from: 0x4FE0, to: 0x2FE0, 0x1210)
    // The leaf of thread one returns, as if nothing had been between.
    try script.at(0x1020, after: 10, stack: 0x3000)
    let rows = script.rows(after: 10)
    #expect(rows["one"] == "20 of 40, 1")
    #expect(rows["leaf"] == "20 of 20, 1")
    #expect(rows["two"] == "10 of 10, 1")
    #expect(rows["exception 14"] == "10 of 10, 2")
    #expect(script.profiler.tracks == ["Thread mode", "exception 14", "thread two"])
  }

  @Test func sleep_isNobodysTime() throws {
    let script = try CallScript("main")
    try script.at(0x1000, after: 0, stack: 0x2000, link: .max)
    script.wait(10)
    script.profiler.slept(until: 1000, from: script.moment(0x2000))
    script.wait(990)
    #expect(script.rows(after: 5) == ["main": "15 of 15, 1"])
  }

  @Test func directCall_makesAFunctionWhereNoSymbolIs() throws {
    let script = try CallScript("main")
    #expect(script.profiler.calls(0x8000))
    #expect(!script.profiler.calls(0x8000), "it is known now")
    #expect(!script.profiler.calls(0x1080), "it lies within main")
    try script.at(0x1000, after: 0, stack: 0x2000, link: .max)
    try script.at(0x8000, after: 10, stack: 0x2000, link: 0x1021)
    try script.at(0x1020, after: 10, stack: 0x2000)
    #expect(script.rows(after: 10)["sub_8000"] == "10 of 10, 1")
  }

  @Test func programOnItsOtherStack_countsFromThere() throws {
    let script = try CallScript("main", "leaf")
    try script.at(0x1000, after: 0, stack: 0x2000, link: .max)
    script.wait(10)
    let number = try #require(script.profiler.place(0x1100, followsCall: false))
    script.profiler.arrived(
      number,
      at: CallMoment(
        cycles: script.cycles, stackPointer: 0x8000, stack: .process, link: 0x1021,
        lowestPointer: 0x8000))
    script.wait(10)
    let back = try #require(script.profiler.place(0x1020, followsCall: true))
    script.profiler.arrived(
      back,
      at: CallMoment(
        cycles: script.cycles, stackPointer: 0x8000, stack: .process, link: 0x1021,
        lowestPointer: 0x7FF0))
    script.wait(10)
    script.profiler.observationEnds(
      at: CallMoment(
        cycles: script.cycles, stackPointer: 0x8000, stack: .process, link: 0,
        lowestPointer: 0x8000))
    let profile = Profile(script.profiler, title: "", clockHertz: 1e6)
    #expect(profile.functions.map(\.cycles) == [20, 10])
    #expect(profile.functions.map(\.totalCycles) == [30, 10])
    #expect(script.profiler.stackRows.map(\.deepestBytes) == [16, 16])
  }

  @Test func stack_isToldForAllThatWasUnderWay() throws {
    let script = try CallScript("main", "leaf")
    try script.at(0x1000, after: 0, stack: 0x2000, link: .max)
    try script.at(0x1100, after: 10, stack: 0x1FF0, link: 0x1021, lowest: 0x1FF0)
    try script.at(0x1020, after: 10, stack: 0x1FF0, lowest: 0x1F00)
    _ = script.rows(after: 1)
    let stacks = script.profiler.stacks
    let main = try #require(script.profiler.code.function(startingAt: 0x1000))
    let leaf = try #require(script.profiler.code.function(startingAt: 0x1100))
    #expect((stacks[main].deepest, stacks[main].own) == (0x100, 0x10))
    #expect((stacks[leaf].deepest, stacks[leaf].own) == (0x100, 0xF0))
  }
}
