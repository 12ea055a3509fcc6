import Testing

@Suite("Names stay where they belong")
struct WordTests {
    /// Exchanges, brokers, indexes, commodities, databases, formats and libraries that the framework must not know.
    private static let foreign = [
        "nse", "mcx", "nfo", "bse", "zerodha", "kite", "openalgo", "nifty", "banknifty", "goldm", "silverm", "copper", "sqlite",
        "postgres", "postgresql", "redis", "libpq", "hiredis", "yaml", "csv", "microhttpd", "libsodium", "curl", "tradingview", "nginx",
    ]

    @Test(
        "The framework names no exchange, broker, index, database, format or library",
        arguments: SourceTree.files(below: "Sources/Framework"))
    func framework(file: SourceFile) {
        for (index, line) in file.lines.enumerated() {
            let words = line.lowercased().split { !$0.isLetter }.map(String.init)
            #expect(words.first { Self.foreign.contains($0) } == nil, "\(file.path):\(index + 1)")
        }
    }

    @Test(
        "No file carries a path of a machine", arguments: ["Sources", "Tests", "Benchmarks/Sources", "examples"].flatMap(SourceTree.files))
    func paths(file: SourceFile) {
        let roots = ["work", "home", "root", "Users"].map { "/\($0)/" }
        for (index, line) in file.lines.enumerated() {
            #expect(roots.first { line.contains($0) } == nil, "\(file.path):\(index + 1)")
        }
    }

    @Test("No type is named for what it merely does", arguments: SourceTree.files(below: "Sources"))
    func types(file: SourceFile) {
        let vague = ["Manager", "Helper", "Helpers", "Util", "Utils", "Impl", "Data", "Info", "Processor", "Controller", "Wrapper", "Base"]
        for (number, text) in file.code {
            let words = text.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init)
            guard let place = words.firstIndex(where: { ["struct", "class", "enum", "actor", "protocol"].contains($0) }),
                place + 1 < words.count
            else { continue }
            #expect(vague.first { words[place + 1].hasSuffix($0) } == nil, "\(file.path):\(number)")
        }
    }
}
