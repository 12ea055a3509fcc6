import Foundation

/// One Swift file of the repository, as text.
struct SourceFile: CustomStringConvertible, Sendable {
    /// The path from the root, with slashes.
    let path: String
    let lines: [String]
    var description: String { path }

    /// Modules that the file imports.
    var imports: [String] {
        lines.compactMap { line in
            let words = line.split(separator: " ").map(String.init)
            guard let place = words.firstIndex(of: "import"), place + 1 < words.count,
                words[..<place].allSatisfy({ ["public", "internal", "private", "fileprivate", "package", "@testable"].contains($0) })
            else { return nil }
            let isPartial = ["struct", "class", "enum", "func", "protocol", "typealias"].contains(words[place + 1])
            return (isPartial && place + 2 < words.count ? words[place + 2] : words[place + 1]).split(separator: ".").first.map(String.init)
        }
    }

    /// Lines without comments, with their numbers from 1; text inside quotes is emptied.
    var code: [(number: Int, text: String)] {
        lines.enumerated().compactMap { index, line in
            let trimmed = line.drop { $0 == " " }
            guard !trimmed.hasPrefix("//") else { return nil }
            return (index + 1, Self.withoutQuotes(String(trimmed)))
        }
    }

    private static func withoutQuotes(_ line: String) -> String {
        var result = ""
        var isQuoted = false
        var previous: Character = " "
        for character in line {
            if character == "\"", previous != "\\" { isQuoted.toggle() } else if !isQuoted { result.append(character) }
            if result.hasSuffix("//") { return String(result.dropLast(2)) }
            previous = character
        }
        return result
    }
}

/// The Swift files of the repository.
enum SourceTree {
    static var root: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    }

    /// All Swift files below a folder of the root.
    static func files(below folder: String) -> [SourceFile] {
        let base = root.appendingPathComponent(folder)
        guard let walk = FileManager.default.enumerator(atPath: base.path) else { return [] }
        return walk.compactMap { $0 as? String }
            .filter { $0.hasSuffix(".swift") && !$0.contains(".build/") }
            .sorted()
            .compactMap { name in
                guard let text = try? String(contentsOf: base.appendingPathComponent(name), encoding: .utf8) else { return nil }
                return SourceFile(path: "\(folder)/\(name)", lines: text.components(separatedBy: "\n"))
            }
    }
}
