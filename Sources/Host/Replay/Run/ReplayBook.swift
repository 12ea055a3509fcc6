import MunimKit
import Storage

/// Storage of a run that also notes what the report needs of each commit.
///
/// Signals and books are kept; intents, orders and the trail of transitions are not, because they are most of what is written and a run is
/// repeated from its files whenever somebody wants to look.
struct ReplayBook: ImmediateStore {
    /// The account at one moment.
    struct AccountPoint: Equatable, Sendable {
        let at: Instant
        let closedEquity: Money
        let risk: Money
        let volatility: Money
        let margin: Money
    }

    private(set) var database = MemoryDatabase()
    private(set) var executions: [Execution] = []
    /// One for each moment at which the account changed.
    private(set) var account: [AccountPoint] = []
    /// Lots that each open position had when it was last written.
    private var openLots: [PositionID: Int64] = [:]

    mutating func commit(_ transaction: Transaction) throws(StorageError) -> [Bool] {
        var kept = Transaction()
        for write in transaction.writes where Self.kept.contains(ObjectIdentifier(type(of: write.record))) { kept.append(write) }
        let answers = try database.commit(kept)
        for write in kept.writes { note(write.record) }
        return answers
    }

    /// Types are compared before anything is cast, because most records are evidence that the report does not need.
    private mutating func note(_ record: any Record) {
        let type = ObjectIdentifier(type(of: record))
        if type == Self.portfolio, let portfolio = record as? PortfolioRecord { return note(portfolio) }
        if type == Self.position, let position = record as? PositionRecord { return note(position) }
        if type == Self.roll, let roll = record as? RolloverRecord { note(roll) }
    }

    /// An array, because comparing a handful of words is quicker than hashing one.
    private static let kept = [signal, position, portfolio, roll, ObjectIdentifier(LedgerRecord.self)]
    private static let signal = ObjectIdentifier(SignalRecord.self)
    private static let portfolio = ObjectIdentifier(PortfolioRecord.self)
    private static let position = ObjectIdentifier(PositionRecord.self)
    private static let roll = ObjectIdentifier(RolloverRecord.self)

    /// The records that match.
    mutating func fetch<R: Record>(_ query: Query<R>) throws(StorageError) -> [R] { try database.fetch(query) }

    private mutating func note(_ portfolio: PortfolioRecord) {
        let point = AccountPoint(
            at: portfolio.updatedAt, closedEquity: portfolio.closedEquity, risk: portfolio.totalRisk, volatility: portfolio.totalVolatility,
            margin: portfolio.marginUsed)
        if account.last?.at == point.at { account.removeLast() }
        account.append(point)
    }

    private mutating func note(_ position: PositionRecord) {
        let left = position.status == .closed ? 0 : position.lots.count
        guard let before = openLots[position.id] else {
            openLots[position.id] = left
            executions.append(execution(.open, of: position, lots: left, price: position.entryPrice, at: position.createdAt))
            return
        }
        guard left != before else { return }
        openLots[position.id] = left == 0 ? nil : left
        guard let price = position.exitPrice else { return }
        executions.append(
            execution(.close, of: position, lots: before - left, price: price, at: position.exitTimestamp ?? position.updatedAt))
    }

    /// A roll closes at the old contract's price and opens at the new one's.
    private mutating func note(_ roll: RolloverRecord) {
        guard let stored = try? database.fetch(Query<PositionRecord>(.equal("position_id", roll.position))).first else { return }
        let lots = openLots[roll.position] ?? stored.lots.count
        var position = stored
        position.exitReason = "roll to \(roll.toExpiry)"
        executions.append(execution(.close, of: position, lots: lots, price: roll.exitPrice, at: roll.rolledAt))
        executions.append(execution(.open, of: position, lots: lots, price: roll.entryPrice, at: roll.rolledAt))
    }

    private func execution(_ action: LegAction, of position: PositionRecord, lots: Int64, price: Price, at: Instant) -> Execution {
        Execution(
            action: action, at: at, instrument: position.instrument, position: position.id, layer: position.layer, lots: lots, price: price,
            pointValue: position.pointValue,
            reason: action == .close ? position.exitReason ?? "" : "")
    }
}
