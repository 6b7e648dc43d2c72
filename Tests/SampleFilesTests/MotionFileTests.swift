// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MachineModel
import SampleFiles
import Testing

@Suite struct MotionFileTests {
  private func parse(_ text: String) throws -> MotionFile {
    try MotionFile(Array(text.utf8), name: "tilt.csv")
  }

  @Test func rows_areInterpolated_andHeldAtTheEnds() throws {
    let file = try parse("t,ax,ay,az\r\n0.5,0,0,1\r\n\r\n# tilted\r\n1.5, 1,-1,0\r\n")
    #expect(file.rowCount == 2)
    #expect(file.duration == 1.5)
    #expect(file.motion(at: 0).acceleration == Axes(0, 0, 1))
    #expect(file.motion(at: 0.75).acceleration == Axes(0.25, -0.25, 0.75))
    #expect(file.motion(at: 1.5).acceleration == Axes(1, -1, 0))
    #expect(file.motion(at: 9).acceleration == Axes(1, -1, 0))
    #expect(file.motion(at: 1).rotation == Axes(0, 0, 0))
    #expect(file.motion(at: 1).field == Motion.ground.field)
  }

  @Test func gyroscopeAndMagnetometer_mayFollow() throws {
    let file = try parse("0,0,0,1,10,20,30,1,2,3\n1,0,0,1,30,20,30,1,2,3")
    #expect(file.motion(at: 0.5).rotation == Axes(20, 20, 30))
    #expect(file.motion(at: 0.5).field == Axes(1, 2, 3))
    #expect(try parse("0,0,0,1,10,20,30").motion(at: 0).field == Motion.ground.field)
  }

  @Test(arguments: [
    ("", "the motion tilt.csv: holds no rows of t,ax,ay,az"),
    ("t,ax,ay,az\n", "the motion tilt.csv: holds no rows"),
    ("0,0,1\n", "tilt.csv:1: 3 columns, expected 4, 7 or 10: t,ax,ay,az"),
    ("t,ax,ay,az\n0,0,0,1\n1,0,0\n", "tilt.csv:3: 3 columns, expected 4 as above"),
    ("0,0,0,1\n1,0,0,1,0,0,0\n", "tilt.csv:2: 7 columns, expected 4 as above"),
    ("0,0,zero,1\n", "tilt.csv:1: \"zero\" is not a number"),
    ("0,0,nan,1\n", "tilt.csv:1: \"nan\" is not a number"),
    ("0,0,,1\n", "tilt.csv:1: \"\" is not a number"),
    ("1,0,0,1\n\n1,0,0,1\n", "tilt.csv:3: the time 1.0 s does not follow 1.0 s; sort the rows"),
  ])
  func mistake_namesItsLine(text: String, expected: String) {
    #expect {
      try parse(text)
    } throws: { error in
      "\(error)".hasPrefix(expected)
    }
  }

  @Test func missingFile_isNamed() {
    #expect {
      try MotionFile.load(path: "/nowhere/tilt.csv")
    } throws: { error in
      "\(error)"
        == "the motion /nowhere/tilt.csv: No such file or directory; check its path and permissions"
    }
    #expect(throws: MotionFileError.self) { try MotionFile.load(path: "/") }
  }
}
