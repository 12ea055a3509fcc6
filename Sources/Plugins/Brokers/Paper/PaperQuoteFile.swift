import FoundationEssentials
import MunimKit

/// A file with one quote per line, such as `{"symbol": "ALPHA25NOVFUT", "price": "52000.05"}`; the price may also be a JSON number.
actor PaperQuoteFile {
    /// One line.
    struct Quote: Decodable, Sendable {
        var symbol: String
        var price: Price

        private enum Key: CodingKey { case symbol, price }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            symbol = try container.decode(String.self, forKey: .symbol)
            if let price = try? container.decode(Price.self, forKey: .price) {
                self.price = price
            } else {
                price = try Price(try container.decode(Decimal.self, forKey: .price).description)
            }
        }
    }

    private let path: String
    private let executor = BlockingExecutor(label: "paper-quotes")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(path: String) { self.path = path }

    /// All quotes of the file; throws a sentence with the line at fault.
    func read() throws(PluginFault) -> [Quote] {
        guard let bytes = FileManager.default.contents(atPath: path) else { throw PluginFault("the file of quotes \(path) cannot be read") }
        var quotes: [Quote] = []
        for (index, line) in bytes.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
            guard line.contains(where: { $0 > 32 }) else { continue }
            guard let quote = try? JSONDecoder().decode(Quote.self, from: Data(line)), !quote.symbol.isEmpty, quote.price > .zero else {
                throw PluginFault(#"\#(path):\#(index + 1): expected {"symbol": text, "price": above 0} with at most 4 decimals"#)
            }
            quotes.append(quote)
        }
        return quotes
    }
}
