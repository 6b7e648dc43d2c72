// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Names as people read them: Swift's, with types and modules left out, `Listener.hear(_:)`.
enum SwiftName {
  /// The symbol itself where it is not Swift's.
  static func readable(_ symbol: String) -> String {
    // Embedded Swift mangles with $e where Swift has $s.
    guard symbol.hasPrefix("$e") || symbol.hasPrefix("$s") else { return symbol }
    guard let full = demangled("$s" + symbol.dropFirst(2)) else { return symbol }
    return simplified(full)
  }

  private static func demangled(_ mangled: String) -> String? {
    let bytes = Array(mangled.utf8)
    let capacity = 4096
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: capacity) { buffer in
      guard let start = buffer.baseAddress else { return nil }
      start.initialize(repeating: 0, count: capacity)
      var size = UInt(capacity)
      let result = bytes.withUnsafeBufferPointer {
        runtimeDemangle($0.baseAddress, UInt($0.count), start, &size, 0)
      }
      guard result != nil else { return nil }
      return String(decoding: buffer.prefix(capacity - 1).prefix { $0 != 0 }, as: UTF8.self)
    }
  }

  /// From `static M.Type.(name in _0123)(label: M.T, M.T) -> ()` to `Type.name(label:_:)`.
  static func simplified(_ full: String) -> String {
    var text = Substring(full)
    // "generic specialization <…> of …", "merged …", "function signature specialization <…> of …"
    while let end = specializationEnd(text) { text = text[end...] }
    if text.hasPrefix("merged ") { text = text.dropFirst(7) }
    if let range = firstRange(of: " in ", in: text), text.hasPrefix("closure #") {
      let owner = simplified(String(text[range.upperBound...]))
      return "closure \(text.dropFirst(8).prefix { $0 != " " }) in \(owner)"
    }
    if text.hasPrefix("one-time initialization "), let range = firstRange(of: " for ", in: text) {
      return text[..<range.upperBound] + simplified(String(text[range.upperBound...]))
    }
    if text.hasPrefix("static ") { text = text.dropFirst(7) }
    if let arrow = firstRange(of: " -> ", in: text) { text = text[..<arrow.lowerBound] }
    for word in [" throws", " async"] {
      if let effect = firstRange(of: word, in: text) { text = text[..<effect.lowerBound] }
    }
    if let colon = firstRange(of: " : ", in: text) { text = text[..<colon.lowerBound] }
    return parts(of: text)
  }

  /// Where the text behind "… specialization <…> of " begins.
  private static func specializationEnd(_ text: Substring) -> String.Index? {
    guard let open = text.firstIndex(of: "<"), text[..<open].hasSuffix("specialization "),
      let range = firstRange(of: " of ", in: text)
    else { return nil }
    return range.upperBound
  }

  /// The first place outside of all brackets.
  private static func firstRange(of word: String, in text: Substring) -> Range<String.Index>? {
    var depth = 0
    var index = text.startIndex
    while index < text.endIndex {
      if depth == 0, text[index...].hasPrefix(word) {
        return index..<text.index(index, offsetBy: word.count)
      }
      if text[index...].hasPrefix("->") {
        index = text.index(index, offsetBy: 2)
        continue
      }
      if "(<[".contains(text[index]) { depth += 1 }
      if ")>]".contains(text[index]) { depth -= 1 }
      index = text.index(after: index)
    }
    return nil
  }

  /// `M.Type.(name in _0123)(label: M.T)`, piece by piece.
  private static func parts(of text: Substring) -> String {
    var names: [String] = []
    var piece = ""
    var rest = text
    while let character = rest.first {
      switch character {
      case ".":
        names.append(piece)
        piece = ""
        rest = rest.dropFirst()
      case "(", "<", "[":
        let inner = bracketed(rest)
        rest = rest.dropFirst(inner.count + 2)
        if character == "(", piece.isEmpty {
          // "(name in _0123)" and "(extension in M):Type".
          piece = inner.hasPrefix("extension in ") ? "" : String(inner.prefix { $0 != " " })
          if rest.first == ":" { rest = rest.dropFirst() }
        } else if character == "(" {
          piece += "(" + labels(inner) + ")"
        }
      default:
        piece.append(character)
        rest = rest.dropFirst()
      }
    }
    names.append(piece)
    return (names.count > 1 ? names.dropFirst() : names[...]).joined(separator: ".")
  }

  /// What stands in the bracket that the text begins with.
  private static func bracketed(_ text: Substring) -> Substring {
    var depth = 0
    var previous: Character = " "
    for index in text.indices {
      let character = text[index]
      if "(<[".contains(character) { depth += 1 }
      if ")]".contains(character) || (character == ">" && previous != "-") { depth -= 1 }
      if depth == 0 { return text[text.index(after: text.startIndex)..<index] }
      previous = character
    }
    return text.dropFirst().dropLast()
  }

  /// `label: M.T, M.T` to `label:_:`.
  private static func labels(_ arguments: Substring) -> String {
    var result = ""
    var rest = arguments
    while !rest.isEmpty {
      let end = firstRange(of: ", ", in: rest)
      let argument = rest[..<(end?.lowerBound ?? rest.endIndex)]
      let label = argument.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
      result += argument[label.endIndex...].hasPrefix(": ") ? "\(label):" : "_:"
      rest = end.map { rest[$0.upperBound...] } ?? ""
    }
    return result
  }
}

/// The Swift runtime's demangler; with a buffer of the caller's it allocates nothing.
@_silgen_name("swift_demangle")
private func runtimeDemangle(
  _ mangled: UnsafePointer<UInt8>?, _ length: UInt, _ output: UnsafeMutablePointer<UInt8>?,
  _ outputLength: UnsafeMutablePointer<UInt>?, _ flags: UInt32
) -> UnsafeMutablePointer<UInt8>?
