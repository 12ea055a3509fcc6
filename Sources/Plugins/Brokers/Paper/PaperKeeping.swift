import MunimKit

/// What of a paper book is not kept yet, and at which version the kept rows stand.
struct PaperKeeping: Sendable {
    /// Rows on their way to the store.
    struct Batch: Sendable {
        var orders: [PaperOrderRecord]
        var trades: [PaperTradeRecord]
        var positions: [PaperPositionRecord]

        /// The writes; a trade may be offered twice, because a number of a trade is never used again.
        var transaction: Transaction {
            var transaction = Transaction()
            for order in orders { order.version == 1 ? transaction.insert(order) : transaction.update(order) }
            for trade in trades { transaction.insertIfAbsent(trade) }
            for position in positions { position.version == 1 ? transaction.insert(position) : transaction.update(position) }
            return transaction
        }
    }

    private var orders: [BrokerOrderID: PaperOrderRecord] = [:]
    private var trades: [PaperTradeRecord] = []
    private var symbols: Set<String> = []
    private var orderVersions: [BrokerOrderID: Int64] = [:]
    private var symbolVersions: [String: Int64] = [:]
    private var tradeCounts: [BrokerOrderID: Int] = [:]

    init() {}

    /// Nothing to keep, because everything comes from `book`.
    init(book: PaperBook) {
        for order in book.orders where !Self.isFinal(order) {
            orderVersions[order.id] = order.version
            tradeCounts[order.id] = book.trades.count { $0.order == order.id }
        }
        for position in book.positions { symbolVersions[position.symbol] = position.version }
    }

    /// Whether orders or trades wait to be kept; a price alone may wait for company.
    var hasOrders: Bool { !orders.isEmpty || !trades.isEmpty }

    /// Whether nothing waits to be kept.
    var isClean: Bool { orders.isEmpty && trades.isEmpty && symbols.isEmpty }

    /// Whether a symbol has a row in the store.
    func keeps(_ symbol: String) -> Bool { symbolVersions[symbol] != nil }

    /// Orders that changed since they were last noted, with their new trades and their symbols.
    mutating func note(_ changed: [PaperOrder]) {
        for order in changed {
            let fills = order.report.fills
            trades += fills.dropFirst(tradeCounts[order.report.orderID] ?? 0).map { PaperTradeRecord($0, of: order) }
            tradeCounts[order.report.orderID] = order.report.state.isTerminal ? nil : fills.count
            orders[order.report.orderID] = PaperOrderRecord(order)
            symbols.insert(order.report.symbol)
        }
    }

    /// A symbol whose price changed.
    mutating func note(symbol: String) { symbols.insert(symbol) }

    /// Everything that waits, in a stable order, with the versions that it will have.
    mutating func take(from exchange: PaperExchange) -> Batch {
        var batch = Batch(orders: orders.values.sorted { $0.number < $1.number }, trades: trades, positions: [])
        for index in batch.orders.indices { batch.orders[index].version = (orderVersions[batch.orders[index].id] ?? 0) + 1 }
        for symbol in symbols.sorted() {
            guard var record = exchange.record(ofSymbol: symbol) else { continue }
            record.version = (symbolVersions[symbol] ?? 0) + 1
            batch.positions.append(record)
        }
        (orders, trades, symbols) = ([:], [], [])
        return batch
    }

    /// A batch that is kept.
    mutating func settle(_ batch: Batch) {
        for order in batch.orders { orderVersions[order.id] = Self.isFinal(order) ? nil : order.version }
        for position in batch.positions { symbolVersions[position.symbol] = position.version }
    }

    /// A batch that was not kept, or perhaps not: it waits again, unless newer rows do.
    mutating func giveBack(_ batch: Batch) {
        for order in batch.orders where orders[order.id] == nil { orders[order.id] = order }
        trades = batch.trades + trades
        symbols.formUnion(batch.positions.map(\.symbol))
    }

    /// Takes over the versions that the store really has, after a commit of unknown outcome.
    mutating func correct(orders: [PaperOrderRecord], positions: [PaperPositionRecord]) {
        for order in orders { orderVersions[order.id] = order.version }
        for position in positions { symbolVersions[position.symbol] = position.version }
    }

    /// What waits, to ask the store for it.
    var waiting: (orders: [BrokerOrderID], symbols: [String]) { (Array(orders.keys), Array(symbols)) }

    private static func isFinal(_ record: PaperOrderRecord) -> Bool { BrokerOrderState(rawValue: record.state)?.isTerminal ?? true }
}
