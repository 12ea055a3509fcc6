import MunimKit

/// What a run keeps of its commits: which signals it heard, and what the report needs.
///
/// It is one process that nobody else writes to and that starts anew from its files whenever somebody wants to look, so that nothing is read back:
/// rows, versions and the trail of transitions are not kept, because they are most of what is written.
struct ReplayBook: ImmediateStore {
    /// The account at one moment.
    struct AccountPoint: Equatable, Sendable {
        let at: Instant
        let closedEquity: Money
        let risk: Money
        let volatility: Money
        let margin: Money
    }

    /// Digest of the payload that each signal came with first.
    private(set) var digests: [Fingerprint: String] = [:]
    private(set) var executions: [Execution] = []
    /// One for each moment at which the account changed.
    private(set) var account: [AccountPoint] = []
    /// Open positions as they were last written, or newly opened.
    private var open: [PositionID: PositionRecord] = [:]

    mutating func commit(_ transaction: Transaction) -> [Bool] {
        var isNew: [Bool] = []
        for write in transaction.writes {
            if case .insertIfAbsent(let record) = write { isNew.append(insert(record)) } else { note(write.record) }
        }
        return isNew
    }

    /// Only signals may come twice.
    private mutating func insert(_ record: any Record) -> Bool {
        guard let signal = record as? SignalRecord, digests[signal.fingerprint] == nil else { return false }
        digests[signal.fingerprint] = signal.digest
        return true
    }

    /// Types are compared before anything is cast, because most records are evidence that the report does not need.
    private mutating func note(_ record: any Record) {
        let type = ObjectIdentifier(type(of: record))
        if type == Self.portfolio, let portfolio = record as? PortfolioRecord { return note(portfolio) }
        if type == Self.position, let position = record as? PositionRecord { return note(position) }
        if type == Self.roll, let roll = record as? RolloverRecord { note(roll) }
    }

    private static let portfolio = ObjectIdentifier(PortfolioRecord.self)
    private static let position = ObjectIdentifier(PositionRecord.self)
    private static let roll = ObjectIdentifier(RolloverRecord.self)

    private mutating func note(_ portfolio: PortfolioRecord) {
        let point = AccountPoint(
            at: portfolio.updatedAt, closedEquity: portfolio.closedEquity, risk: portfolio.totalRisk, volatility: portfolio.totalVolatility,
            margin: portfolio.marginUsed)
        if account.last?.at == point.at { account.removeLast() }
        account.append(point)
    }

    private mutating func note(_ position: PositionRecord) {
        let left = position.status == .closed ? 0 : position.lots.count
        let before = open.updateValue(position, forKey: position.id)?.lots.count
        if left == 0 { open[position.id] = nil }
        guard let before else {
            executions.append(execution(.open, of: position, lots: left, price: position.entryPrice, at: position.createdAt))
            return
        }
        guard left != before, let price = position.exitPrice else { return }
        executions.append(
            execution(.close, of: position, lots: before - left, price: price, at: position.exitTimestamp ?? position.updatedAt))
    }

    /// A roll closes at the old contract's price and opens at the new one's.
    private mutating func note(_ roll: RolloverRecord) {
        guard var position = open[roll.position] else { return }
        position.exitReason = "roll to \(roll.toExpiry)"
        let lots = position.lots.count
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
