import Foundation
import Testing

@Suite("The page on failure keeps up with the machine")
struct FailureDocumentTests {
    private let page: Document

    init() throws { page = try #require(Document("Documentation/failure-and-recovery.md")) }

    private static func sources(below folder: String) -> [String] {
        let names = FileManager.default.enumerator(atPath: "\(Repository.path)/\(folder)")?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(".swift") }.sorted()
            .compactMap { try? String(contentsOfFile: "\(Repository.path)/\(folder)/\($0)", encoding: .utf8) }
    }

    /// The codes in one source: of alerts, of what freezes a scope, and of the names that stand for them.
    private static func codes(in source: String) -> [String] {
        let calls = source.matches(of: #/alert\(\s*[^,"(]+,\s*([^,]+),/#).map { String($0.1) }
        let frozen = source.matches(of: #/freeze\(\s*&\w+,\s*([^,]+),/#).map { String($0.1) }
        let made = source.matches(of: #/\scode: ("[a-z_]+")/#).map { String($0.1) }
        return (calls + frozen + made).flatMap { expression in
            guard !expression.contains("\"") else { return literals(in: expression) }
            let name = expression.trimmingCharacters(in: .whitespacesAndNewlines)
            return source.components(separatedBy: "\n").filter { $0.contains("let \(name) =") }.flatMap(literals)
        }
    }

    private static func literals(in text: String) -> [String] { text.matches(of: #/"([a-z_]+)"/#).map { String($0.1) } }

    @Test("Every code of an alert has a line that says what to do")
    func alerts() {
        let codes = Set(
            ["Framework/Core", "Framework/Engine", "Host/Application"].flatMap { Self.sources(below: "Sources/" + $0) }.flatMap(Self.codes))
        #expect(codes.isSuperset(of: ["order_absent", "trading_stopped", "position_mismatch", "rollover_not_reopened", "signal_conflict"]))
        #expect(codes.filter { !page.text.contains("\n| `\($0)` |") } == [])
        let listed = page.text.matches(of: #/\n\| `([a-z_]+)` \|/#).map { String($0.1) }
        #expect(listed.filter { !codes.contains($0) } == [])
    }

    @Test("Every row of the crash table names tests that exist")
    func crashTable() {
        let tests = Self.sources(below: "Tests").joined(separator: "\n")
        let rows = page.text.components(separatedBy: "\n").filter { $0.hasPrefix("| C") }
        let numbers = rows.compactMap { $0.firstMatch(of: #/^\| C(\d+)/#).flatMap { Int($0.1) } }
        #expect(numbers == Array(1...28) + Array(35...42))
        for row in rows {
            let names = row.matches(of: #/“([^”]+)”/#).map { String($0.1) }
            #expect(!names.isEmpty, "\(row)")
            #expect(names.filter { !tests.contains($0) } == [], "\(row)")
        }
    }
}
