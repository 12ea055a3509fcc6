import Foundation
import MunimKit
import MunimTesting
import Testing

@testable import munim

@Suite("The plugin that the documentation shows")
struct PluginExampleTests {
    @Test("It builds as it stands, loads, and keeps what every rollover rule promises, entries included", arguments: [1, 20, 28])
    func example(day: Int) async throws {
        let folder = try TestFolder()
        let page = try #require(Document("Documentation/plugins.md"))
        let code = page.blocks(of: "swift").joined(separator: "\n\n")
        let library = try await BuiltLibraries.compile(swift: "import MunimKit\n\n" + code, named: "EveryMonth\(day)", in: folder)
        var registry = try Builtins.registry()
        try DynamicPlugin.load(library, into: &registry)
        let entry = try #require(registry.entry(.rollover, "every-month"))
        let (prepared, faults) = OptionReader.read(["day": ConfigNode(integerLiteral: day)], file: "options") {
            entry.type.prepare(from: &$0)
        }
        #expect(faults == [])
        let rule = try #require(try prepared.make(in: PluginContext(name: "test", clock: SystemClock())) as? any RolloverPlugin)
        RolloverConformance.check(rule)
        // A contract that ends before that day of its month leaves on that day of the month before.
        let expiry = try #require(TradingDay("2026-02-05"))
        let due = (1...60).map { expiry.advanced(by: -$0) }.filter { today in
            rule.advice(on: RolloverView(day: today, expiry: expiry, nextExpiry: nil, tradingDaysLeft: 0)).isDue
        }
        #expect(due.last == (day < 5 ? TradingDay("2026-02-01") : TradingDay("2026-01-\(day)")))
    }
}

extension Document {
    /// The text of each fenced block that names a language.
    fileprivate func blocks(of language: String) -> [String] {
        text.components(separatedBy: "```" + language + "\n").dropFirst().map {
            String($0.prefix(upTo: $0.firstRange(of: "```")?.lowerBound ?? $0.endIndex))
        }
    }
}
