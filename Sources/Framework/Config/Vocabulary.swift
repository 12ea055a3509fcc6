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
    ///
    /// Only short ASCII words are compared, and only with the first 256 words: what strangers send costs next to nothing.
    public func nearest(to word: String) -> String? {
        guard (1...Self.longest).contains(word.utf8.count), let target = Self.folded(word) else { return nil }
        let limit = max(2, target.count / 3)
        var best: (word: String, distance: Int)?
        for candidate in words.prefix(256) {
            // As many letters must at least be put in or taken out as one is longer than the other.
            guard abs(candidate.utf8.count - target.count) <= limit, let other = Self.folded(candidate) else { continue }
            let distance = Self.distance(other, target)
            if distance <= limit, distance < target.count, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.word
    }

    /// The longest word that is compared, in bytes.
    private static let longest = 64

    /// The bytes of a word without ASCII case; nil where there are others.
    private static func folded(_ word: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(word.utf8.count)
        for byte in word.utf8 {
            guard byte < 128 else { return nil }
            bytes.append(65...90 ~= byte ? byte + 32 : byte)
        }
        return bytes
    }

    /// The number of letters to insert, delete, replace or swap with a neighbour to turn one word into the other.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast = [Int](repeating: 0, count: right.count + 1)
        var last = Array(0...right.count)
        var current = beforeLast
        for row in left.indices {
            current[0] = row + 1
            for column in right.indices {
                let replaced = last[column] + (left[row] == right[column] ? 0 : 1)
                var best = min(replaced, last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current[column + 1] = best
            }
            (beforeLast, last, current) = (last, current, beforeLast)
        }
        return last[right.count]
    }
}

/// How texts from outside are shown in messages.
enum Shown {
    /// The text in quotes, cut after 60 characters.
    static func quoted(_ text: String) -> String { Excerpt.quoted(text, longest: 60) }

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
