// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The words that were allowed, the likeliest first.
func suggestion(for word: String, among known: [String]) -> String {
  let all = known.count == 1 ? known[0] : "one of " + known.sorted().joined(separator: ", ")
  let nearest = known.map { (editDistance(word, $0), $0) }.min { $0 < $1 }
  guard let (distance, name) = nearest, distance <= max(2, word.count / 3) else { return all }
  // A list of a hundred names would bury the one that was meant.
  return known.count == 1 || known.count > 20 ? name : "\(name) (or \(all))"
}

/// Letters to insert, delete or replace to turn `a` into `b`, case aside.
func editDistance(_ a: String, _ b: String) -> Int {
  let (a, b) = (Array(a.lowercased().prefix(64)), Array(b.lowercased().prefix(64)))
  var row = Array(0...b.count)
  for (i, letter) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, other) in b.enumerated() {
      let replaced = diagonal + (letter == other ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
    }
  }
  return row[b.count]
}
