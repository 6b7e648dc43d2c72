// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CortexM
import MachineModel

/// Gives every cycle of a run to the function that spent it and to the chain of calls that led
/// there, from the image's symbols alone.
///
/// Returns are known by the link register and stack pointer that a function was entered with, so
/// tail calls, `longjmp` and an RTOS's switches end what they end. Exceptions are roots of their
/// own: what they interrupt does not grow.
public final class Profiler: CallObserver {
  /// A function under way.
  struct Frame {
    var code: Int32
    var node: Int32
    var link: UInt32
    /// The stack pointer that it was entered with; `.max` where that was on another stack.
    var entry: UInt32
    /// The lowest that it was while the function itself ran, and with all it called.
    var ownLowest: UInt32
    var lowest: UInt32
  }

  /// One chain of calls: the main program, a handler, an RTOS's thread.
  struct Context {
    var frames: [Frame] = []
    var root = CallTree.root
    var track: UInt16 = 0
    /// Where its stack begins.
    var stackTop: UInt32 = 0
    var stack = StackKind.main
  }

  struct Place {
    var address: UInt32
    var code: Int32
    var isEntry: Bool
  }

  var code: ProfiledCode
  var tree = CallTree()
  var timeline = Timeline()
  var tracks = ["Thread mode"]
  var stacks: [StackOfFunction] = []
  private let exceptionName: (Int) -> String

  private var places: [Place] = []
  private var numbers: [UInt64: UInt32] = [:]
  private var current = Context()
  /// Contexts that were interrupted, by the address of their exception frame.
  private var suspended: [UInt32: Context] = [:]
  private var exceptionTracks: [Int: UInt16] = [:]
  private var last: UInt64 = 0
  /// Between two contexts; the exception that has ended is still to be closed.
  private var isBetween = false
  private var ended: (code: Int32, node: Int32, track: UInt16)?
  private var betweenSince: UInt64 = 0
  private var mainTop: UInt32 = 0

  private static let deepest = 10_000
  private static let contextLimit = 256

  init(code: ProfiledCode, exceptionName: @escaping (Int) -> String) {
    (self.code, self.exceptionName) = (code, exceptionName)
  }

  // MARK: Places

  package func place(_ address: UInt32, followsCall: Bool) -> UInt32? {
    let entry = code.function(startingAt: address)
    guard entry != nil || followsCall else { return nil }
    let key = UInt64(address) << 1 | (entry == nil ? 0 : 1)
    if let number = numbers[key] { return number }
    let owner = entry ?? code.function(containing: address) ?? -1
    places.append(Place(address: address, code: Int32(owner), isEntry: entry != nil))
    numbers[key] = UInt32(places.count - 1)
    return UInt32(places.count - 1)
  }

  package func calls(_ target: UInt32) -> Bool { code.discover(target) }

  package func arrived(_ number: UInt32, at moment: CallMoment) {
    spend(moment)
    let place = places[Int(number)]
    // Left without a return: longjmp, or a stack that was set anew.
    while let top = current.frames.last, top.entry < moment.stackPointer { pop(moment.cycles) }
    if place.isEntry {
      enter(place.code, moment)
    } else {
      goOn(place, moment)
    }
  }

  private func enter(_ code: Int32, _ moment: CallMoment) {
    if let top = current.frames.last, top.entry == moment.stackPointer, top.link == moment.link {
      // A loop back to the first instruction, or a tail call.
      if top.code == code { return }
      pop(moment.cycles)
    }
    push(code, moment)
  }

  /// Behind a call: that call's return, or a way around it.
  private func goOn(_ place: Place, _ moment: CallMoment) {
    if let top = current.frames.last, top.link & ~1 == place.address,
      top.entry == moment.stackPointer
    {
      pop(moment.cycles)
    }
    guard place.code >= 0, let top = current.frames.last, top.code != place.code else { return }
    // Code that came here without passing a function's start.
    if let index = current.frames.lastIndex(where: { $0.code == place.code }) {
      while current.frames.count > index + 1 { pop(moment.cycles) }
    } else {
      pop(moment.cycles)
      push(place.code, moment)
      current.frames[current.frames.count - 1].entry = top.entry
      current.frames[current.frames.count - 1].link = top.link
    }
  }

  // MARK: Exceptions

  package func exceptionBegan(at moment: CallMoment) {
    spend(moment)
    if suspended.count >= Self.contextLimit { suspended = [:] }
    suspended[moment.stackPointer] = current
    (isBetween, betweenSince) = (true, moment.cycles)
  }

  package func handlerEntered(_ exception: Int, at moment: CallMoment) {
    let index = Int32(code.exception(exception, name: exceptionName))
    closeEnded(betweenSince)
    current = Context(
      root: tree.child(of: CallTree.root, index), track: track(of: exception), stackTop: mainTop)
    tree.countCall(at: current.root)
    timeline.begin(index, track: current.track, at: betweenSince)
    tree.spend(moment.cycles &- last, at: current.root)
    (last, isBetween) = (moment.cycles, false)
  }

  package func handlerLeft(at moment: CallMoment) {
    spend(moment)
    while !current.frames.isEmpty { pop(moment.cycles) }
    ended = (tree.nodes[Int(current.root)].code, current.root, current.track)
    (isBetween, betweenSince) = (true, moment.cycles)
  }

  package func resumed(_ frame: UInt32, address: UInt32, at moment: CallMoment) {
    if let ended { tree.spend(moment.cycles &- last, at: ended.node) }
    closeEnded(moment.cycles)
    (last, isBetween) = (moment.cycles, false)
    if let context = suspended.removeValue(forKey: frame) {
      current = context
    } else {
      current = Context(
        track: newTrack(address), stackTop: moment.stackPointer, stack: moment.stack)
      // A thread that begins at its function's start will be heard there.
      if code.function(startingAt: address) == nil,
        let owner = code.function(containing: address)
      {
        push(Int32(owner), moment)
      }
    }
    timeline.run(track: current.track, at: moment.cycles)
  }

  private func closeEnded(_ cycle: UInt64) {
    guard let ended else { return }
    timeline.end(ended.code, track: ended.track, at: cycle)
    self.ended = nil
  }

  private func track(of exception: Int) -> UInt16 {
    if let track = exceptionTracks[exception] { return track }
    tracks.append(exceptionName(exception))
    exceptionTracks[exception] = UInt16(tracks.count - 1)
    return UInt16(tracks.count - 1)
  }

  private func newTrack(_ address: UInt32) -> UInt16 {
    guard tracks.count < Self.contextLimit else { return 0 }
    let name = code.function(containing: address).map { code.entries[$0].name }
    tracks.append("thread \(name ?? Address(address).description)")
    return UInt16(tracks.count - 1)
  }

  // MARK: The rest

  package func slept(until cycles: UInt64, from moment: CallMoment) {
    spend(moment)
    guard !isBetween else { return }
    let sleep = Int32(ProfiledCode.sleep)
    tree.spend(cycles &- last, at: tree.child(of: node, sleep))
    timeline.begin(sleep, track: current.track, at: last)
    timeline.end(sleep, track: current.track, at: cycles)
    last = cycles
  }

  package func coreReset(at moment: CallMoment) {
    finish(at: moment)
    mainTop = moment.stackPointer
    current = Context(stackTop: mainTop)
    (isBetween, last) = (false, moment.cycles)
    timeline.run(track: 0, at: last)
  }

  package func observationEnds(at moment: CallMoment) { finish(at: moment) }

  /// Ends everything that is under way.
  private func finish(at moment: CallMoment) {
    spend(moment)
    closeEnded(moment.cycles)
    closeAll(moment.cycles)
    for key in suspended.keys.sorted() {
      current = suspended[key] ?? Context()
      closeAll(moment.cycles)
    }
    suspended = [:]
  }

  private func closeAll(_ cycle: UInt64) {
    while !current.frames.isEmpty { pop(cycle) }
    guard current.root != CallTree.root else { return }
    timeline.end(tree.nodes[Int(current.root)].code, track: current.track, at: cycle)
    current.root = CallTree.root
  }

  private var node: Int32 { current.frames.last?.node ?? current.root }

  /// Gives the time since the last moment to what ran.
  private func spend(_ moment: CallMoment) {
    guard !isBetween else { return }
    tree.spend(moment.cycles &- last, at: node)
    last = moment.cycles
    if moment.stack != current.stack { changeStack(moment) }
    let top = current.frames.count - 1
    guard top >= 0, moment.lowestPointer < current.frames[top].ownLowest else { return }
    current.frames[top].ownLowest = moment.lowestPointer
  }

  /// The program itself has turned to its other stack, as an RTOS does when it starts.
  private func changeStack(_ moment: CallMoment) {
    for index in current.frames.indices {
      current.frames[index].lowest = min(
        current.frames[index].lowest, current.frames[index].ownLowest)
      noteStack(current.frames[index])
      current.frames[index].entry = .max
      current.frames[index].ownLowest = moment.stackPointer
      current.frames[index].lowest = moment.stackPointer
    }
    (current.stack, current.stackTop) = (moment.stack, moment.stackPointer)
  }

  private func push(_ code: Int32, _ moment: CallMoment) {
    guard current.frames.count < Self.deepest else { return }
    let node = tree.child(of: node, code)
    tree.countCall(at: node)
    current.frames.append(
      Frame(
        code: code, node: node, link: moment.link, entry: moment.stackPointer,
        ownLowest: moment.stackPointer, lowest: moment.stackPointer))
    timeline.begin(code, track: current.track, at: moment.cycles)
  }

  private func pop(_ cycle: UInt64) {
    var frame = current.frames.removeLast()
    frame.lowest = min(frame.lowest, frame.ownLowest)
    let top = current.frames.count - 1
    if top >= 0, frame.lowest < current.frames[top].lowest {
      current.frames[top].lowest = frame.lowest
    }
    noteStack(frame)
    timeline.end(frame.code, track: current.track, at: cycle)
  }

  private func noteStack(_ frame: Frame) {
    while stacks.count <= Int(frame.code) { stacks.append(StackOfFunction()) }
    let whole = current.stackTop > frame.lowest ? current.stackTop - frame.lowest : 0
    stacks[Int(frame.code)].deepest = max(stacks[Int(frame.code)].deepest, whole)
    let own =
      frame.entry != .max && frame.entry > frame.ownLowest ? frame.entry - frame.ownLowest : 0
    stacks[Int(frame.code)].own = max(stacks[Int(frame.code)].own, own)
  }
}

/// Bytes of stack.
struct StackOfFunction {
  /// In use altogether at the deepest while the function was under way, its callers included.
  var deepest: UInt32 = 0
  /// The function's own frame at most.
  var own: UInt32 = 0
}
