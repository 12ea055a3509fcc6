import MunimKit

/// Open positions with the days that are left, and the rolls so far.
struct RolloverStatusView: Codable, Sendable {
    var positions: [Expiring]
    var history: [Roll]

    /// An open position on its way to expiry.
    struct Expiring: Codable, Sendable {
        var positionId: PositionID
        var instrument: InstrumentName
        var position: Layer
        var lots: Lots
        var expiry: TradingDay
        var nextExpiry: TradingDay?
        var tradingDaysLeft: Int?
        var isDue: Bool?
        var advice: String?
        var rolloverStatus: RolloverStatus
        var rolloverCount: Int
        var rolloverPnl: Money

        init(_ record: PositionRecord, traded: TradedInstrument?, on day: TradingDay) {
            positionId = record.id
            instrument = record.instrument
            position = record.layer
            lots = record.lots
            expiry = record.expiry
            rolloverStatus = record.rolloverStatus
            rolloverCount = record.rolloverCount
            rolloverPnl = record.rolloverProfit
            guard let traded else { return }
            let next = traded.instrument.expiries(onOrAfter: record.expiry.advanced(by: 1), count: 1).first
            let left = traded.instrument.tradingDays(from: day, to: record.expiry)
            let advice = traded.rollover.advice(
                on: MunimKit.RolloverView(day: day, expiry: record.expiry, nextExpiry: next, tradingDaysLeft: left))
            nextExpiry = next
            tradingDaysLeft = left
            isDue = advice.isDue
            self.advice = advice.reason
        }
    }

    /// One roll of one position.
    struct Roll: Codable, Sendable {
        var positionId: PositionID
        var fromExpiry: TradingDay
        var toExpiry: TradingDay
        var exitPrice: Price
        var entryPrice: Price
        var basis: Price
        var pnl: Money
        var charges: Money
        var rolledAt: Instant

        init(_ record: RolloverRecord) {
            positionId = record.position
            fromExpiry = record.fromExpiry
            toExpiry = record.toExpiry
            exitPrice = record.exitPrice
            entryPrice = record.entryPrice
            basis = record.basis
            pnl = record.profit
            charges = record.charges
            rolledAt = record.rolledAt
        }
    }

    /// Reads positions and the last `limit` rolls.
    static func read(
        from store: any RecordStore, tradedInstruments: [TradedInstrument], at now: Instant, limit: Int
    ) async throws(StorageError) -> RolloverStatusView {
        let day = TradingDay(of: now)
        let live = try await store.fetch(Query.livePositions)
        let rolls = try await store.fetch(Query<RolloverRecord>(order: [.descending("rolled_at")], limit: limit))
        return RolloverStatusView(
            positions: live.map { record in Expiring(record, traded: tradedInstruments.first { $0.name == record.instrument }, on: day) },
            history: rolls.map(Roll.init))
    }
}

extension RolloverStatusView: DescribedAnswer {
    static var schemaName: String { "RolloverStatus" }
    static var schemaSummary: String { "Open positions on their way to expiry, and the rolls so far." }
    static var meanings: [String: String] {
        ["positions": "Open positions, by instrument and layer.", "history": "Rolls of the past, newest first."]
    }
}

extension RolloverStatusView.Expiring: DescribedAnswer {
    static var schemaName: String { "ExpiringPosition" }
    static var schemaSummary: String { "An open position on its way to expiry." }
    static var meanings: [String: String] {
        [
            "position_id": "The position.", "instrument": "The configured name.", "position": "Its layer.", "lots": "Lots that are open.",
            "expiry": "Last trading day of its contracts.", "next_expiry": "The contract after this one; left out when none is known.",
            "trading_days_left":
                "Days with trading from tomorrow to the day before the expiry; left out when the instrument is no longer configured.",
            "is_due": "What the rule says without looking at open interest.", "advice": "The rule's sentence.",
            "rollover_status": "Whether a roll is under way.", "rollover_count": "How often it rolled.",
            "rollover_pnl": "Profit that rolls made.",
        ]
    }
}

extension RolloverStatusView.Roll: DescribedAnswer {
    static var schemaName: String { "Roll" }
    static var schemaSummary: String { "One roll of one position." }
    static var meanings: [String: String] {
        [
            "position_id": "The position.", "from_expiry": "The contract that it left.", "to_expiry": "The contract that it entered.",
            "exit_price": "Price of the old structure.", "entry_price": "Price of the new one.",
            "basis": "New entry less old exit: by this the stops moved.", "pnl": "Profit of the old contract.",
            "charges": "Charges of both sides.", "rolled_at": "When it was settled.",
        ]
    }
}
