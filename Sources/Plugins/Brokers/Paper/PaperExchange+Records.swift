public import MunimKit

/// What a paper book was when it was last kept.
public struct PaperBook: Sendable {
    /// The orders of the newest day that has any.
    public var orders: [PaperOrderRecord]
    /// The trades of the same day.
    public var trades: [PaperTradeRecord]
    /// Every symbol.
    public var positions: [PaperPositionRecord]
    /// The newest trade of all, which continues the numbering.
    public var lastTrade: PaperTradeRecord?

    /// Creates a book.
    public init(
        orders: [PaperOrderRecord] = [], trades: [PaperTradeRecord] = [], positions: [PaperPositionRecord] = [],
        lastTrade: PaperTradeRecord? = nil
    ) {
        self.orders = orders
        self.trades = trades
        self.positions = positions
        self.lastTrade = lastTrade
    }
}

extension PaperExchange {
    /// The tables that keep a book.
    public static var tables: [Table] { [PaperOrderRecord.table, PaperTradeRecord.table, PaperPositionRecord.table] }

    /// The market as a book left it; it still stands on the book's day until ``advance(to:)``. Throws `.corrupt` when the book makes no sense.
    public init(terms: PaperTerms, book: PaperBook, at instant: Instant) throws(StorageError) {
        let day = book.orders.map(\.day).max()
        self.init(terms: terms, at: day?.instant(at: TimeOfDay(secondsSinceMidnight: 0)) ?? instant)
        for record in book.positions { restore(record) }
        let fills = Dictionary(grouping: book.trades, by: \.order)
        for record in book.orders.sorted(by: { $0.number < $1.number }) {
            try restore(record, fills: (fills[record.id] ?? []).sorted { $0.id < $1.id }.map(\.fill))
        }
        let last = book.lastTrade.flatMap { PaperNumber.number(of: BrokerOrderID(String($0.id.text.dropFirst()))) }
        nextTrade = (last ?? 0) + 1
        nextOrder = (book.orders.map(\.number).max() ?? 0) + 1
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

    private mutating func restore(_ record: PaperOrderRecord, fills: [Fill]) throws(StorageError) {
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
        let listing = list(record.symbol)
        orders.append(
            PaperOrder(number: record.number, report: report, limit: record.limit, listing: listing, filled: record.filled.count))
        if !state.isTerminal { listings[listing].resting.append(orders.count - 1) }
    }
}
