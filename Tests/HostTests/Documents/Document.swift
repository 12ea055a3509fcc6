import Foundation

/// A Markdown file of the repository.
struct Document: CustomStringConvertible, Sendable {
    /// Its path from the root.
    let path: String
    let text: String
    var description: String { path }

    /// Every document that is written by hand.
    static let all = ["README.md", "CONTRIBUTING.md"].compactMap(Document.init) + below("Documentation") + below("examples")

    /// The document at a path from the root; nil when there is none.
    init?(_ path: String) {
        guard let text = try? String(contentsOfFile: "\(Repository.path)/\(path)", encoding: .utf8) else { return nil }
        self.path = path
        self.text = text
    }

    private static func below(_ folder: String) -> [Document] {
        let names = FileManager.default.enumerator(atPath: "\(Repository.path)/\(folder)")?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(".md") && !$0.contains(".build/") }.sorted().compactMap { Document("\(folder)/\($0)") }
    }

    /// The lines with whether they stand in a fenced block.
    private var lines: [(text: String, isFenced: Bool)] {
        var isFenced = false
        return text.components(separatedBy: "\n").map { line in
            guard line.hasPrefix("```") else { return (line, isFenced) }
            isFenced.toggle()
            return (line, true)
        }
    }

    /// The lines of fenced blocks.
    var fenced: [String] { lines.filter(\.isFenced).map(\.text) }

    /// Where its links lead, without those to other machines.
    var links: [String] {
        lines.filter { !$0.isFenced }.flatMap { line in
            line.text.matches(of: #/\]\(([^)\s]+)\)/#).map { String($0.1) }.filter { !$0.contains("://") }
        }
    }

    /// The names of its headings, as a link spells them.
    var anchors: Set<String> {
        Set(
            lines.filter { !$0.isFenced && $0.text.hasPrefix("#") }.map { line in
                let words = line.text.drop { $0 == "#" || $0 == " " }.lowercased()
                return String(words.filter { $0.isLetter || $0.isNumber || "-_ ".contains($0) }.map { $0 == " " ? "-" : $0 })
            })
    }

    /// The text below the heading that says exactly this, up to the next heading of any depth.
    func section(_ heading: String) -> String? {
        var found: [String]?
        for line in lines {
            if !line.isFenced, line.text.hasPrefix("#") {
                if found != nil { break }
                if line.text.drop(while: { $0 == "#" || $0 == " " }) == heading { found = [] }
            } else {
                found?.append(line.text)
            }
        }
        return found?.joined(separator: "\n")
    }
}
