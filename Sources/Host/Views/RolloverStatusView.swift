import MunimKit

/// Open positions with the days that are left, and the rolls so far.
struct RolloverStatusView: Codable, Sendable {
    var positions: [Expiring]
    /// Newest first.
    var history: [Roll]

    /// An open position on its way to expiry.
    struct Expiring: Codable, Sendable {
        var positionId: PositionID
        var instrument: InstrumentName
        var position: Layer
        var lots: Lots
        var expiry: TradingDay
        /// The contract after this one; nil when none is known.
        var nextExpiry: TradingDay?
        /// Days with trading from tomorrow to the day before the expiry; nil when the instrument is no longer configured.
        var tradingDaysLeft: Int?
        /// What the rule says without looking at open interest.
        var isDue: Bool?
        var advice: String?
        var rolloverStatus: RolloverStatus
        var rolloverCount: Int
        var rolloverPnl: Money

        init(_ record: PositionRecord, desk: Desk?, on day: TradingDay) {
            positionId = record.id
            instrument = record.instrument
            position = record.layer
            lots = record.lots
            expiry = record.expiry
            rolloverStatus = record.rolloverStatus
            rolloverCount = record.rolloverCount
            rolloverPnl = record.rolloverProfit
            guard let desk else { return }
            let next = desk.instrument.expiries(onOrAfter: record.expiry.advanced(by: 1), count: 1).first
            let left = desk.instrument.tradingDays(from: day, to: record.expiry)
            let advice = desk.rollover.advice(
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
        /// New entry less old exit: by this the stops moved.
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
        from store: any RecordStore, desks: [Desk], at now: Instant, limit: Int
    ) async throws(StorageError) -> RolloverStatusView {
        let day = TradingDay(of: now)
        let live = try await store.fetch(LivePositions.query)
        let rolls = try await store.fetch(Query<RolloverRecord>(order: [.descending("rolled_at")], limit: limit))
        return RolloverStatusView(
            positions: live.map { record in Expiring(record, desk: desks.first { $0.name == record.instrument }, on: day) },
            history: rolls.map(Roll.init))
    }
}
