import Foundation
import Testing

@Suite("The framework's articles name what exists")
struct ArticleTests {
    private static let folder = "Sources/Framework/Framework.docc"
    private static let articles = (try? FileManager.default.contentsOfDirectory(atPath: "\(Repository.path)/\(folder)"))?.sorted() ?? []
    private static let sources: String = {
        let base = "\(Repository.path)/Sources/Framework"
        let names = FileManager.default.enumerator(atPath: base)?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(".swift") }.compactMap { try? String(contentsOfFile: "\(base)/\($0)", encoding: .utf8) }
            .joined(separator: "\n")
    }()

    @Test("All are there")
    func complete() { #expect(Self.articles == ["FailureAndRecovery.md", "MunimKit.md", "WritingAPlugin.md"]) }

    @Test("Each symbol and article that an article names exists", arguments: articles)
    func names(_ article: String) throws {
        let text = try #require(Document("\(Self.folder)/\(article)")).text
        let symbols = text.matches(of: #/``([A-Za-z]+)(?:/([a-z][A-Za-z]*))?(?:\([^)]*\))?``/#)
        #expect(!symbols.isEmpty)
        for symbol in symbols where symbol.1 != "MunimKit" {
            let pattern = try Regex("public (final class|struct|enum|protocol|func) \(symbol.1)\\b")
            #expect(Self.sources.contains(pattern), "\(article): \(symbol.1)")
            guard let member = symbol.2 else { continue }
            #expect(Self.sources.contains(try Regex("case (\\w+, )*\(member)\\b")), "\(article): \(symbol.1)/\(member)")
        }
        for link in text.matches(of: #/<doc:(\w+)>/#) { #expect(Self.articles.contains("\(link.1).md"), "\(article): \(link.1)") }
    }
}
