// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Emulator
import MachineModel
import Testing

@testable import DebugServer

@Suite struct SessionTests {
  @Test func description_namesEveryRegisterInOrder() throws {
    let client = try Client(Guest.counting)
    var text = client.ask("qXfer:features:read:target.xml:0,3fff")
    #expect(text.removeFirst() == "l")
    let names = text.split(separator: "<reg name=\"").dropFirst().map { $0.prefix { $0 != "\"" } }
    #expect(names.count == client.debuggee.registers.names.count)
    #expect(names[15] == "pc" && names[16] == "xpsr" && names[17] == "msp" && names[23] == "d0")
    #expect(client.ask("g").count == (23 + 1) * 8 + 16 * 16)
  }

  @Test func documents_comeInPieces() throws {
    let client = try Client(Guest.counting)
    let whole = client.ask("qXfer:memory-map:read::0,3fff").dropFirst()
    var pieces = ""
    while true {
      let piece = client.ask("qXfer:memory-map:read::\(Hexadecimal.string(pieces.count)),40")
      pieces += piece.dropFirst()
      if piece.first != "m" { break }
    }
    #expect(pieces == whole)
    #expect(pieces.contains("type=\"flash\" start=\"0x0\" length=\"0x100000\""))
    #expect(pieces.contains("start=\"0xe0000000\" length=\"0x100000\""))
  }

  @Test func step_runsOneInstruction() throws {
    let client = try Client(Guest.counting)
    #expect(client.pc == 0x1_0040)
    #expect(client.ask("vCont;s:1;c").hasPrefix("T05thread:1;"))
    #expect(client.pc == 0x1_0044)
    client.ask("s")
    #expect(client.register(0) == 1)
    // Out of the loop's first two instructions.
    client.ask("vCont;r10044,10048:1")
    #expect(client.pc == 0x1_0048)
  }

  @Test func breakAndWatchpoints_stopWithTheirReasons() throws {
    let client = try Client(Guest.counting)
    #expect(client.ask("Z1,10046,2") == "OK")
    #expect(client.ask("c") == "T05thread:1;hwbreak:;")
    #expect(client.pc == 0x1_0046)
    #expect(client.ask("z1,10046,2") == "OK")
    #expect(client.ask("Z2,20000000,4") == "OK")
    #expect(client.ask("c") == "T05thread:1;watch:20000000;")
    #expect(client.word(0x2000_0000) == 1)
    #expect(client.ask("z2,20000000,4") == "OK")
    #expect(client.ask("Z3,20000000,4") == "OK")
    #expect(client.ask("Z4,20000002,1") == "OK")
    #expect(client.ask("c") == "T05thread:1;awatch:20000002;")
    #expect(client.word(0x2000_0000) == 2)
  }

  @Test func registersAndMemory_areWritten() throws {
    let client = try Client(Guest.counting)
    #expect(client.ask("P0=78563412") == "OK")
    #expect(client.register(0) == 0x1234_5678)
    #expect(client.ask("M20000010,4:deadbeef") == "OK")
    #expect(client.ask("m20000010,4") == "deadbeef")
    #expect(client.ask(Array("X20000010,2:".utf8) + [0x7D, 0x24]) == "OK")
    #expect(client.ask("m20000010,4") == "7d24beef")
    let all = client.ask("g")
    #expect(client.ask("G" + "01000000" + all.dropFirst(8)) == "OK")
    #expect(client.register(0) == 1)
    #expect(client.ask("P17=0000000000000840") == "OK")
    #expect(client.register(0x17) == 0x4008_0000_0000_0000)
  }

  @Test func looking_hasNoSideEffects() throws {
    let client = try Client(Guest.busy)
    client.ask("Z1,100a0,2")
    client.ask("c")
    let before = client.debuggee.machine.finalTrace().value
    // SysTick's CSR, whose COUNTFLAG reading clears; the random number generator; nothing at all.
    let status = client.word(0xE000_E010)
    #expect(status & 1 << 16 != 0)
    #expect(client.word(0xE000_E010) == status)
    _ = client.word(0x4000_D508)
    #expect(client.ask("m70000000,4") == "E0e")
    #expect(client.debuggee.machine.finalTrace().value == before)
  }

  @Test func registersOfTheChip_areWrittenAsTheCoreWould() throws {
    let client = try Client(Guest.counting)
    #expect(client.ask("M50000514,4:00200000") == "OK")
    #expect(client.ask("M50000508,4:00200000") == "OK")
    #expect(client.word(0x5000_0504) == 0x2000)
    #expect(client.ask("M10000000,4:00000000") == "OK")
    #expect(client.ask("M70000000,4:00000000") == "E0e")
  }

  @Test func load_writesFlash() throws {
    let client = try Client(Guest.counting)
    #expect(client.ask("vFlashErase:10000,1000") == "OK")
    #expect(client.ask("vFlashWrite:10040:abcd") == "OK")
    #expect(client.ask("m10040,4") == "4ff00057", "nothing happens before vFlashDone")
    #expect(client.ask("vFlashDone") == "OK")
    #expect(client.ask("m10040,4") == "61626364")
    #expect(client.ask("m10000,4") == "ffffffff")
    #expect(client.ask("vFlashErase:20000000,1000") == "E.memtype")
  }

  @Test func programsOwnBreakpoint_isPassedOnContinue() throws {
    let client = try Client(Guest.stopsItself)
    #expect(client.ask("c").hasSuffix("T05thread:1;"))
    #expect(client.pc == 0x1_0040)
    client.ask("s")
    #expect(client.register(0) == 7)
    client.ask("bs")
    #expect(client.register(0) == 0)
    #expect(client.pc == 0x1_0042)
  }

  @Test func fault_isASignal() throws {
    let client = try Client(Guest.undefined)
    #expect(client.ask("c").contains("T04thread:1;"))
    #expect(client.pc == 0x1_0040)
    #expect(client.register(13) == 0x2004_0000, "as the faulting program had it")
  }

  @Test func sleepWithoutEnd_isReported() throws {
    let client = try Client(Guest.sleeps)
    let reply = client.ask("c")
    #expect(reply.hasSuffix("T05thread:1;"), "\(reply)")
    #expect(client.ask("c") == "W00")
    #expect(client.hasLeft)
  }

  @Test func endOfTheRun_isReportedAndMayBeLookedBackFrom() throws {
    let machine = try Guest.machine(Guest.counting)
    let client = Client(machine, until: StopConditions(duration: Cycles(10_000)))
    #expect(client.ask("c").hasSuffix("T05thread:1;"))
    let count = machine.core.instructionsExecuted
    client.ask("bs")
    #expect(machine.core.instructionsExecuted == count - 1)
    client.ask("c")
    #expect(machine.core.instructionsExecuted == count)
    #expect(client.ask("c") == "W00")
  }

  @Test func monitor_answers() throws {
    let client = try Client(Guest.busy)
    client.ask("Z1,100a0,2")
    client.ask("c")
    #expect(client.monitor("help").contains("history"))
    #expect(client.monitor("info").contains("instructions"))
    #expect(client.monitor("info").contains("SysTick"))
    #expect(client.monitor("peripherals").contains("0x4000d000  RNG, interrupt 13, nordic.rng"))
    #expect(client.monitor("tasks").contains("no task"))
    #expect(client.monitor("nonsense").contains("monitor help"))
    #expect(client.monitor("reset").contains("reset"))
    #expect(client.pc == 0x1_0040)
  }

  @Test func damage_isAskedForAgain() throws {
    let machine = try Guest.machine(Guest.counting)
    let debuggee = Debuggee(machine)
    var session = Session()
    #expect(session.receive(Array("$g#00".utf8), debuggee) == [.send(Array("-".utf8))])
    let first = session.receive(Array("$qC#b4".utf8), debuggee)
    #expect(first == [.send(Array("+".utf8)), .send(Array("$QC1#c5".utf8))])
    #expect(session.receive(Array("-".utf8), debuggee) == [.send(Array("$QC1#c5".utf8))])
  }
}
