import MunimKit

/// A position as the interface shows it; prices and money are exact decimal text.
struct PositionView: Codable, Sendable {
    var positionId: PositionID
    var instrument: InstrumentName
    var position: Layer
    var status: PositionStatus
    var mode: TradingMode
    var lots: Lots
    /// Units per leg.
    var quantity: Quantity
    var entryPrice: Price
    var signalPrice: Price
    var initialStop: Price
    var currentStop: Price
    var highestClose: Price
    var atr: Price
    var pointValue: PointValue
    var limiter: String
    /// The symbols of the legs, in the order in which they are opened.
    var symbols: [String]
    var expiry: TradingDay
    var strike: Price?
    /// Money lost when the stop is hit at its price.
    var riskAmount: Money
    var volatilityAmount: Money
    var marginAmount: Money
    /// The last price heard; nil for a closed position and where none was heard.
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
