public import MunimKit

/// What a paper book was when it was last kept, as far as trading needs it.
public struct PaperBook: Sendable {
    /// The newest order of all, which says the day and continues the numbering.
    public var newest: PaperOrderRecord?
    /// The orders of that day that have not ended.
    public var orders: [PaperOrderRecord]
    /// The trades of these orders.
    public var trades: [PaperTradeRecord]
    /// The newest trade of all, which continues the numbering.
    public var lastTrade: PaperTradeRecord?
    /// Every symbol.
    public var positions: [PaperPositionRecord]

    /// Creates a book.
    public init(
        newest: PaperOrderRecord? = nil, orders: [PaperOrderRecord] = [], trades: [PaperTradeRecord] = [],
        lastTrade: PaperTradeRecord? = nil, positions: [PaperPositionRecord] = []
    ) {
        self.newest = newest
        self.orders = orders
        self.trades = trades
        self.lastTrade = lastTrade
        self.positions = positions
    }
}

extension PaperExchange {
    /// The tables that keep a book.
    public static var tables: [Table] { [PaperOrderRecord.table, PaperTradeRecord.table, PaperPositionRecord.table] }

    /// The market as a book left it; it still stands on the book's day until ``advance(to:)``. Throws `.corrupt` when the book makes no sense.
    public init(terms: PaperTerms, book: PaperBook, at instant: Instant) throws(StorageError) {
        self.init(terms: terms, at: book.newest?.day.instant(at: TimeOfDay(secondsSinceMidnight: 0)) ?? instant)
        for record in book.positions { restore(record) }
        let fills = Dictionary(grouping: book.trades, by: \.order)
        for record in book.orders.sorted(by: { $0.number < $1.number }) {
            let report = try record.report(fills[record.id] ?? [])
            put(
                PaperOrder(
                    number: record.number, day: record.day, report: report, limit: record.limit, listing: list(record.symbol),
                    filled: record.filled.count))
        }
        let last = book.lastTrade.flatMap { PaperNumber.number(of: BrokerOrderID(String($0.id.text.dropFirst()))) }
        nextTrade = (last ?? 0) + 1
        nextOrder = (book.newest?.number ?? 0) + 1
    }

    /// A symbol as it is kept; nil when it was never seen.
    public func record(ofSymbol symbol: String) -> PaperPositionRecord? { listingIndex[symbol].map { PaperPositionRecord(listings[$0]) } }

    private mutating func restore(_ record: PaperPositionRecord) {
        let index = list(record.symbol)
        listings[index].contract = record.contract?.content
        listings[index].pointValue = record.pointValue
        listings[index].netUnits = record.netUnits
        listings[index].cash = record.cash
        listings[index].mark = record.lastPrice
        listings[index].markedAt = record.pricedAt
    }
}

extension PaperOrderRecord {
    /// The order as the broker reports it, with its trades. Throws `.corrupt` when they make no sense.
    func report(_ trades: [PaperTradeRecord]) throws(StorageError) -> OrderReport {
        guard let state = BrokerOrderState(rawValue: state) else {
            throw .corrupt("paper_orders.state of \(id) is \(state), which is no state of an order")
        }
        let sum = trades.reduce(Int128(0)) { $0 + Int128($1.quantity.count) }
        guard sum == Int128(filled.count), filled <= quantity else {
            throw .corrupt("paper order \(id) has filled \(filled) of \(quantity), but its trades add up to \(sum)")
        }
        return OrderReport(
            orderID: id, tag: tag, symbol: symbol, side: side, quantity: quantity, state: state,
            fills: trades.sorted { $0.id < $1.id }.map(\.fill), message: message, updatedAt: updatedAt)
    }
}
