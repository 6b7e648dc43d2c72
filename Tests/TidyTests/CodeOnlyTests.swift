// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

/// The tests' own reading of Swift.
@Suite struct CodeOnlyTests {
  @Test(arguments: [
    ("a // b", "a     "),
    ("a /* b /* c */ d */ e", "a                     e".replacing("  ", with: " ")),
    ("f(\"try!\")", "f(      )"),
    ("f(\"a\\(g(\"b\"))c\") + h", "f(               ) + h"),
    ("f(#\"a\\(b)\"#)x", "f(          )x"),
    ("\"\"\"\na \"b\"\n\"\"\" + c", "   \n     \n    + c"),
    ("\"a\\\"b\" c", "       c"),
  ])
  func stringsAndComments_areBlank(source: String, expected: String) {
    let code = CodeOnly(source).text
    #expect(code.filter { $0 != " " } == expected.filter { $0 != " " })
    #expect(code.utf8.count == source.utf8.count)
  }

  @Test func functions_areMeasuredToTheirClosingBrace() {
    let code = CodeOnly(
      """
      protocol P {
        func requirement() -> Int
        init(x: Int)
      }
      struct S {
        init(
          x: Int = { 3 }()
        ) {
          self.init()
        }
        func f<T>() where T: P {
          func nested() {}
          if true { }
        }
        let tail = "}"
      }
      """)
    #expect(
      FunctionLength.all(in: code) == [
        FunctionLength(name: "init", line: 6, lineCount: 5),
        FunctionLength(name: "f", line: 11, lineCount: 4),
        FunctionLength(name: "nested", line: 12, lineCount: 1),
      ])
  }
}
