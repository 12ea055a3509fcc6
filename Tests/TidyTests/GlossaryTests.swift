import Foundation
import Testing

@Suite("The words of the code")
struct GlossaryTests {
    /// The rows of the table: a word, a sentence, the type that carries it.
    private static let rows: [[String]] = {
        let page = SourceTree.root.appendingPathComponent("Documentation/glossary.md")
        let lines = (try? String(contentsOf: page, encoding: .utf8))?.components(separatedBy: "\n") ?? []
        return lines.filter { $0.hasPrefix("| ") }.dropFirst()
            .map { $0.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) } }
    }()

    /// Words that have another name now, by the folder in which nobody says them any more.
    private static let gone: [(folder: String, words: Set<String>)] = [
        ("Sources", ["desk", "desks", "strand", "strands", "tenure", "tenures", "closable"]),
        ("Sources/Framework", ["turn", "turns"]),
        ("Sources/Framework/Core", ["step", "steps"]), ("Sources/Framework/Records", ["step", "steps"]),
    ]

    /// Names whose words are right and that mean something else by them.
    private static let renamed: Set<String> = [
        "LegState", "WatchedLeg", "watchedLegs", "planLegs", "legIndices", "changeLeg", "carryOut", "carryOn", "goOn", "goBack",
    ]

    @Test("Each word stands in the glossary once, in order, with one sentence")
    func words() {
        let words = Self.rows.map(\.[0])
        let isOrdered = words == words.sorted() && Set(words).count == words.count
        #expect(words.count > 40 && isOrdered)
        for row in Self.rows {
            #expect(row.count == 3 && row[1].hasSuffix(".") && row[1].filter { ".;".contains($0) }.count == 1, "\(row)")
        }
    }

    @Test("Each type that the glossary names is declared")
    func types() {
        let declared = Set(SourceTree.files(below: "Sources").flatMap(\.declaredTypes))
        for row in Self.rows {
            let isDeclared = declared.contains(row[2].trimmingCharacters(in: ["`"]))
            #expect(isDeclared, "\(row[0]) names \(row[2])")
        }
    }

    @Test("Words that were given up do not come back", arguments: Self.gone.map(\.folder))
    func forbidden(folder: String) {
        let words = Self.gone.first { $0.folder == folder }?.words ?? []
        for file in SourceTree.files(below: folder) {
            for (number, name) in file.identifiers {
                let isGone = Self.renamed.contains(name) || name.words.contains { words.contains($0) }
                #expect(!isGone, "\(file.path):\(number) says \(name)")
            }
        }
    }
}

extension SourceFile {
    /// Names in code, each with its line.
    fileprivate var identifiers: [(number: Int, name: String)] {
        code.flatMap { number, text in
            text.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map { (number, String($0)) }
        }
    }

    /// Names of the types that the file declares.
    fileprivate var declaredTypes: [String] {
        let kinds: Set = ["struct", "class", "enum", "actor", "protocol", "typealias"]
        let names = identifiers.map(\.name)
        return zip(names, names.dropFirst()).compactMap { kinds.contains($0) ? $1 : nil }
    }
}

extension String {
    /// The words of a name, in small letters: `positionPlan` has two.
    fileprivate var words: [String] {
        var words = [""]
        for character in self {
            if character.isUppercase || character == "_" { words.append("") }
            if character != "_" { words[words.count - 1].append(character.lowercased()) }
        }
        return words
    }
}
