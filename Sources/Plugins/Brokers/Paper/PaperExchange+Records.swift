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
        try merge(book.orders, book.trades)
        let last = book.lastTrade.flatMap { PaperNumber.number(of: BrokerOrderID(String($0.id.text.dropFirst()))) }
        nextTrade = (last ?? 0) + 1
        nextOrder = (book.newest?.number ?? 0) + 1
    }

    /// Adds orders of the current day that the book does not have yet, with their trades. Throws `.corrupt` when they make no sense.
    mutating func merge(_ records: [PaperOrderRecord], _ trades: [PaperTradeRecord]) throws(StorageError) {
        let known = Set(orders.map(\.number))
        let fills = Dictionary(grouping: trades, by: \.order)
        for record in records where !known.contains(record.number) {
            orders.append(try order(record, fills: (fills[record.id] ?? []).sorted { $0.id < $1.id }.map(\.fill)))
        }
        orders.sort { $0.number < $1.number }
        for listing in listings.indices { listings[listing].resting = [] }
        for index in orders.indices where orders[index].report.state == .open { listings[orders[index].listing].resting.append(index) }
    }

    /// An order as it is kept; nil when it is not in the book.
    public func record(of id: BrokerOrderID) -> PaperOrderRecord? { index(of: id).map { record(at: $0) } }

    /// The trades of an order after the first `known` ones, as they are kept.
    public func trades(of id: BrokerOrderID, after known: Int) -> [PaperTradeRecord] {
        guard let report = report(of: id) else { return [] }
        return report.fills.dropFirst(known).map { PaperTradeRecord($0, of: report, day: day) }
    }

    /// A symbol as it is kept; nil when it was never seen.
    public func record(ofSymbol symbol: String) -> PaperPositionRecord? { listingIndex[symbol].map { PaperPositionRecord(listings[$0]) } }

    func record(at index: Int) -> PaperOrderRecord { PaperOrderRecord(orders[index], day: day) }

    private mutating func restore(_ record: PaperPositionRecord) {
        let index = list(record.symbol)
        listings[index].contract = record.contract?.content
        listings[index].pointValue = record.pointValue
        listings[index].netUnits = record.netUnits
        listings[index].cash = record.cash
        listings[index].mark = record.lastPrice
        listings[index].markedAt = record.pricedAt
    }

    private mutating func order(_ record: PaperOrderRecord, fills: [Fill]) throws(StorageError) -> PaperOrder {
        guard let state = BrokerOrderState(rawValue: record.state) else {
            throw .corrupt("paper_orders.state of \(record.id) is \(record.state), which is no state of an order")
        }
        let filled = fills.reduce(Int128(0)) { $0 + Int128($1.quantity.count) }
        guard filled == Int128(record.filled.count), record.filled <= record.quantity else {
            throw .corrupt("paper order \(record.id) has filled \(record.filled) of \(record.quantity), but its trades add up to \(filled)")
        }
        let report = OrderReport(
            orderID: record.id, tag: record.tag, symbol: record.symbol, side: record.side, quantity: record.quantity, state: state,
            fills: fills,
            message: record.message, updatedAt: record.updatedAt)
        return PaperOrder(
            number: record.number, report: report, limit: record.limit, listing: list(record.symbol), filled: record.filled.count)
    }
}
