import MunimKit

/// All that is known of one signal: content, verdict with its explanation, and everything that was done for it.
struct SignalDetailView: Codable, Sendable {
    var signal: SignalView
    var content: SignalContentView
    var intents: [IntentView]
    var orders: [OrderView]
    var trades: [TradeView]

    private enum CodingKeys: String, CodingKey { case content, intents, orders, trades }

    init(signal: SignalView, content: SignalContentView, intents: [IntentView], orders: [OrderView], trades: [TradeView]) {
        self.signal = signal
        self.content = content
        self.intents = intents
        self.orders = orders
        self.trades = trades
    }

    init(from decoder: any Decoder) throws {
        signal = try SignalView(from: decoder)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        content = try container.decode(SignalContentView.self, forKey: .content)
        intents = try container.decode([IntentView].self, forKey: .intents)
        orders = try container.decode([OrderView].self, forKey: .orders)
        trades = try container.decode([TradeView].self, forKey: .trades)
    }

    /// The signal's own members stand beside the lists, as in the list of signals.
    func encode(to encoder: any Encoder) throws {
        try signal.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(content, forKey: .content)
        try container.encode(intents, forKey: .intents)
        try container.encode(orders, forKey: .orders)
        try container.encode(trades, forKey: .trades)
    }

    /// Reads what belongs to a signal.
    static func read(_ record: SignalRecord, from store: any RecordStore) async throws(StorageError) -> SignalDetailView {
        let intents = try await store.fetch(
            Query<IntentRecord>(.equal("signal_fingerprint", record.fingerprint), order: [.ascending("created_at")]))
        let keys = intents.map(\.id)
        var orders: [OrderRecord] = []
        var trades: [TradeRecord] = []
        if !keys.isEmpty {
            orders = try await store.fetch(Query<OrderRecord>(.isIn("intent_id", keys), order: [.ascending("planned_at")]))
            trades = try await store.fetch(Query<TradeRecord>(.isIn("intent_id", keys), order: [.ascending("traded_at")]))
        }
        return SignalDetailView(
            signal: SignalView(record), content: SignalContentView(record.signal.content), intents: intents.map(IntentView.init),
            orders: orders.map(OrderView.init), trades: trades.map(TradeView.init))
    }
}

extension SignalDetailView: DescribedAnswer {
    static var schemaName: String { "SignalDetail" }
    static var schemaSummary: String { "A signal with everything that was done for it." }
    static var meanings: [String: String] {
        SignalView.meanings.merging([
            "content": "What the sender said beyond type, instrument, position, price and time.",
            "intents": "Decisions to change exposure that it led to.", "orders": "Orders of these decisions, oldest first.",
            "trades": "Trades of these orders, oldest first.",
        ]) { $1 }
    }
}

/// What the sender said beyond type, instrument, position, price and time.
struct SignalContentView: Codable, Sendable {
    var stop: Price
    var lots: Lots
    var atr: Price
    var er: Ratio
    var supertrend: Price
    var roc: Ratio?
    var reason: String?
    var entryPrice: Price?
    var timestampText: String

    init(_ signal: Signal) {
        stop = signal.stop
        lots = signal.lots
        atr = signal.atr
        er = signal.efficiencyRatio
        supertrend = signal.supertrend
        roc = signal.rateOfChange
        reason = signal.reason
        entryPrice = signal.entryPrice
        timestampText = signal.timestampText
    }
}

extension SignalContentView: DescribedAnswer {
    static var schemaName: String { "SignalContent" }
    static var schemaSummary: String { "What the sender said beyond type, instrument, position, price and time." }
    static var meanings: [String: String] {
        [
            "stop": "Where the position is given up; 0 for an exit.", "lots": "What the chart suggests.", "atr": "Average true range.",
            "er": "Efficiency ratio from 0 to 1.", "supertrend": "The trend line.", "roc": "Rate of change.", "reason": "Why it exits.",
            "entry_price": "Where the chart believes to have entered.", "timestamp_text": "The sender's time as it was written.",
        ]
    }
}

/// Finds a signal by its fingerprint or the beginning of it.
enum SignalSearch {
    /// The signals whose fingerprint begins with `prefix`, at most two, as more are not needed to know that it is not unique.
    static func signals(beginningWith prefix: String, in store: any RecordStore) async throws(StorageError) -> [SignalRecord] {
        // Fingerprints are lower-case hexadecimal digits, so `g` comes behind every continuation.
        try await store.fetch(
            Query<SignalRecord>(
                .atLeast("fingerprint", prefix), .less("fingerprint", prefix + "g"), order: [.ascending("fingerprint")], limit: 2))
    }

    /// `text` as a prefix that can be searched for: 8 to 64 hexadecimal digits; nil when it is none.
    static func prefix(_ text: String) -> String? {
        let lower = text.lowercased()
        let isPrefix = (8...64).contains(lower.utf8.count) && lower.utf8.allSatisfy { 48...57 ~= $0 || 97...102 ~= $0 }
        return isPrefix ? lower : nil
    }
}
