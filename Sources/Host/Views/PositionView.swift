import MunimKit

/// A position as the interface shows it; prices and money are exact decimal text.
struct PositionView: Codable, Sendable {
    var positionId: PositionID
    var instrument: InstrumentName
    var position: Layer
    var status: PositionStatus
    var mode: TradingMode
    var lots: Lots
    var quantity: Quantity
    var entryPrice: Price
    var signalPrice: Price
    var initialStop: Price
    var currentStop: Price
    var highestClose: Price
    var atr: Price
    var pointValue: PointValue
    var limiter: String
    var symbols: [String]
    var expiry: TradingDay
    var strike: Price?
    var riskAmount: Money
    var volatilityAmount: Money
    var marginAmount: Money
    var lastPrice: Price?
    var unrealizedPnl: Money?
    var realizedPnl: Money
    var charges: Money
    var rolloverStatus: RolloverStatus
    var rolloverCount: Int
    var rolloverPnl: Money
    var signalFingerprint: Fingerprint?
    var intentId: IntentID?
    var entryTimestamp: Instant
    var exitTimestamp: Instant?
    var exitPrice: Price?
    var exitReason: String?
    var createdAt: Instant
    var updatedAt: Instant

    /// - Parameter lastPrice: the last price heard for the instrument.
    init(_ record: PositionRecord, lastPrice: Price?) {
        positionId = record.id
        instrument = record.instrument
        position = record.layer
        status = record.status
        mode = record.mode
        lots = record.lots
        quantity = record.quantity
        entryPrice = record.entryPrice
        signalPrice = record.signalPrice
        initialStop = record.initialStop
        currentStop = record.currentStop
        highestClose = record.highestClose
        atr = record.averageTrueRange
        pointValue = record.pointValue
        limiter = record.limiter
        symbols = record.structure.content.legs.map(\.contract.symbol)
        expiry = record.expiry
        strike = record.strike
        let isLive = record.status.isLive
        riskAmount = isLive ? record.riskAmount : .zero
        volatilityAmount = isLive ? record.volatilityAmount : .zero
        marginAmount = isLive ? record.marginAmount : .zero
        self.lastPrice = isLive ? lastPrice : nil
        unrealizedPnl = isLive ? lastPrice.flatMap { record.unrealizedProfit(at: $0) } : nil
        realizedPnl = record.realizedProfit
        charges = record.charges
        rolloverStatus = record.rolloverStatus
        rolloverCount = record.rolloverCount
        rolloverPnl = record.rolloverProfit
        signalFingerprint = record.signal
        intentId = record.intent
        entryTimestamp = record.entryTimestamp
        exitTimestamp = record.exitTimestamp
        exitPrice = record.exitPrice
        exitReason = record.exitReason
        createdAt = record.createdAt
        updatedAt = record.updatedAt
    }
}

extension PositionView: DescribedAnswer {
    static var schemaName: String { "Position" }
    static var schemaSummary: String { "One layer of an instrument, from its opening to its close." }
    static var meanings: [String: String] {
        [
            "position_id": "Its name, unique for ever.", "instrument": "The configured name.", "position": "Its layer.",
            "status": "Where it stands.", "mode": "Whether paper or real money was traded.", "lots": "Lots that are open.",
            "quantity": "Units of each leg.", "entry_price": "Price of the structure at its opening; moves only with a roll.",
            "signal_price": "The sender's price at signal time.", "initial_stop": "The stop at its opening; moves only with a roll.",
            "current_stop": "The stop that counts now.", "highest_close": "The highest close since the entry, which carries the stop.",
            "atr": "Average true range of the decision to open it.", "point_value": "Money per point of price per lot.",
            "limiter": "What limited its size.", "symbols": "The contracts of its legs, in the order in which they are opened.",
            "expiry": "Last trading day of its contracts.", "strike": "The common strike of a synthetic.",
            "risk_amount": "What is lost when the stop is hit at its price; 0 once closed.",
            "volatility_amount": "What one average true range moves; 0 once closed.", "margin_amount": "Its margin; 0 once closed.",
            "last_price": "The last price heard; left out where none was, and once closed.",
            "unrealized_pnl": "Profit at the last price.", "realized_pnl": "Profit booked so far, before charges.",
            "charges": "Charges booked so far.", "rollover_status": "Whether a roll is under way.",
            "rollover_count": "How often it rolled.", "rollover_pnl": "The part of the booked profit that rolls made.",
            "signal_fingerprint": "The signal that opened it.", "intent_id": "The decision that closes or rolls it now.",
            "entry_timestamp": "The time of that signal.", "exit_timestamp": "When units were closed last.",
            "exit_price": "At which price.", "exit_reason": "Why, as a stable code or in words.", "created_at": "When it was opened.",
            "updated_at": "When it changed last.",
        ]
    }
}

/// An instrument's scope as the interface shows it.
struct ScopeView: Codable, Sendable {
    var instrument: InstrumentName
    var state: ScopeState
    var frozenReason: String?
    var lastPrice: Price?
    var lastPriceAt: Instant?
    var lastExitAt: Instant?

    init(_ record: ScopeRecord) {
        instrument = record.instrument
        state = record.state
        frozenReason = record.frozenReason
        lastPrice = record.lastPrice
        lastPriceAt = record.lastPriceAt
        lastExitAt = record.lastExitAt
    }
}

extension ScopeView: DescribedAnswer {
    static var schemaName: String { "Scope" }
    static var schemaSummary: String { "The state of one instrument." }
    static var meanings: [String: String] {
        [
            "instrument": "The configured name.", "state": "Whether it takes entries.", "frozen_reason": "Why it takes none.",
            "last_price": "The last price heard.", "last_price_at": "When it was heard.", "last_exit_at": "Time of the newest exit.",
        ]
    }
}

/// The last prices that the host heard, by instrument.
struct LastPrices: Sendable {
    private let prices: [InstrumentName: Price]

    init(_ scopes: [ScopeRecord]) {
        prices = Dictionary(scopes.compactMap { scope in scope.lastPrice.map { (scope.instrument, $0) } }) { first, _ in first }
    }

    /// Reads them.
    static func read(from store: any RecordStore) async throws(StorageError) -> LastPrices {
        LastPrices(try await store.fetch(Query<ScopeRecord>()))
    }

    subscript(instrument: InstrumentName) -> Price? { prices[instrument] }
}
