/// The words that are known at one place, to say what an unknown word may have meant.
public struct Vocabulary: Hashable, Sendable {
    /// The words, in the order in which they are shown.
    public let words: [String]

    /// A vocabulary of these words.
    public init(_ words: some Sequence<String>) { self.words = Array(words) }

    /// The sentence about an unknown word: `unknown plugin "papr" (known: paper; did you mean "paper"?)`.
    public func unknown(_ kind: String, _ word: String) -> String {
        guard !words.isEmpty else { return "unknown \(kind) \(Shown.quoted(word)) (none is known)" }
        let shown = words.prefix(32).joined(separator: ", ") + (words.count > 32 ? ", …" : "")
        return "unknown \(kind) \(Shown.quoted(word)) (known: \(shown)\(nearest(to: word).map { "; did you mean \"\($0)\"?" } ?? ""))"
    }

    /// The known word with the smallest edit distance to `word`, or nil when none is near: at most a third of the letters, at least two, may differ.
    public func nearest(to word: String) -> String? {
        let limit = max(2, word.count / 3)
        guard word.count <= 64 else { return nil }
        let candidates = words.map { (word: $0, distance: Self.distance($0.lowercased(), word.lowercased())) }
        guard let best = candidates.min(by: { $0.distance < $1.distance }), best.distance <= limit, best.distance < word.count else {
            return nil
        }
        return best.word
    }

    /// The number of letters to insert, delete, replace or swap with a neighbour to turn one word into the other.
    static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left)
        let right = Array(right)
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                let replaced = last[column] + (left[row] == right[column] ? 0 : 1)
                var best = min(replaced, last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}

/// How texts from outside are shown in messages.
enum Shown {
    /// The text in quotes, control characters escaped, cut after 60 characters.
    static func quoted(_ text: String) -> String {
        let cut = text.count > 60 ? text.prefix(60) + "…" : text[...]
        let escaped = cut.unicodeScalars.map { scalar in
            scalar.value < 32 || scalar.value == 127 ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
        }
        return "\"" + escaped.joined() + "\""
    }

    /// The text as it would be written in a file: plain where that is safe, else in quotes.
    static func written(_ text: String) -> String {
        let plain = text.utf8.allSatisfy { ($0 | 32 >= 97 && $0 | 32 <= 122) || ($0 >= 48 && $0 <= 57) || "_-.%:/+ <>".utf8.contains($0) }
        let reserved = ["null", "~"]
        let isSafe =
            plain && !text.isEmpty && !reserved.contains(text) && text.first != " " && text.last != " " && !text.hasPrefix("- ")
            && !text.hasPrefix("%")
            && !text.hasPrefix(">") && !text.contains(": ") && text.last != ":" && text != "-"
        guard !isSafe else { return text }
        // Byte by byte: a quote that carries an accent is one character to Swift.
        let escaped = text.utf8.flatMap { "\\\"".utf8.contains($0) ? [UInt8(ascii: "\\"), $0] : [$0] }
        return "\"" + String(decoding: escaped, as: UTF8.self) + "\""
    }

    /// Words as a choice: `a, b or c`.
    static func choice(_ words: [String]) -> String {
        guard words.count > 1, let last = words.last else { return words.joined() }
        return words.dropLast().joined(separator: ", ") + " or " + last
    }
}
