import Brokers
import MunimKit
import Storage
import Testing

/// All records of a stopped host and of its broker, held against each other: the broker's book is the truth about duplicates.
struct Agreement {
    let signals: [SignalRecord]
    let orders: [OrderRecord]
    let trades: [TradeRecord]
    let positions: [PositionRecord]
    let ledger: [LedgerRecord]
    let portfolio: PortfolioRecord?
    let intents: [IntentRecord]
    let rolls: [RolloverRecord]
    let alerts: [OutboxRecord]
    let trail: [AuditRecord]
    let brokerOrders: [PaperOrderRecord]
    let brokerTrades: [PaperTradeRecord]
    let brokerPositions: [PaperPositionRecord]

    /// Reads both databases of a folder; the host must have ended.
    init(folder: String) async throws {
        let storage = try SQLiteStorage(
            options: SQLiteOptions.read([:]), context: PluginContext(name: "storage", clock: SystemClock(), directory: folder))
        try await storage.start()
        signals = try await storage.fetch(Query<SignalRecord>())
        orders = try await storage.fetch(Query<OrderRecord>())
        trades = try await storage.fetch(Query<TradeRecord>())
        positions = try await storage.fetch(Query<PositionRecord>())
        ledger = try await storage.fetch(Query<LedgerRecord>(order: [.ascending("id")]))
        portfolio = try await storage.fetch(Query<PortfolioRecord>()).first
        intents = try await storage.fetch(Query<IntentRecord>())
        rolls = try await storage.fetch(Query<RolloverRecord>())
        alerts = try await storage.fetch(Query<OutboxRecord>(order: [.ascending("created_at")]))
        trail = try await storage.fetch(Query<AuditRecord>())
        let book = try await storage.privateRecords(named: "paper", tables: PaperExchange.tables)
        brokerOrders = try await book.fetch(Query<PaperOrderRecord>())
        brokerTrades = try await book.fetch(Query<PaperTradeRecord>())
        brokerPositions = try await book.fetch(Query<PaperPositionRecord>())
        await storage.stop()
    }

    /// Everything that must hold whatever happened before.
    func check(sourceLocation: SourceLocation = #_sourceLocation) {
        checkOrders(sourceLocation)
        checkTrades(sourceLocation)
        checkPositions(sourceLocation)
        checkMoney(sourceLocation)
        checkSignals(sourceLocation)
        checkTrail(sourceLocation)
        // C17: whoever raised them, the process that ended in peace has delivered them.
        #expect(alerts.filter { $0.deliveredAt == nil }.map(\.code) == [], "alerts were not delivered", sourceLocation: sourceLocation)
    }

    // I6, I8: no tag at the broker twice, none without a row that was committed before.
    private func checkOrders(_ sourceLocation: SourceLocation) {
        let tags = brokerOrders.compactMap(\.tag)
        #expect(Set(tags).count == tags.count, "a tag was sent twice", sourceLocation: sourceLocation)
        let sent = Set(orders.filter { $0.state != .planned && $0.state != .dropped }.map(\.tag))
        #expect(Set(tags).subtracting(sent) == [], "the broker has orders that no row explains", sourceLocation: sourceLocation)
        let entries = orders.filter { $0.action == .open && $0.filled > .zero }
        let legs = entries.map { "\($0.intent) \($0.positionPlan) \($0.leg)" }
        #expect(Set(legs).count == legs.count, "an entry leg was filled by two orders", sourceLocation: sourceLocation)
    }

    // I14, I15: each trade of the broker is posted once, with its quantity and price.
    private func checkTrades(_ sourceLocation: SourceLocation) {
        let ours = Set(trades.map { "\($0.id) \($0.symbol) \($0.side) \($0.quantity) \($0.price)" })
        let theirs = Set(brokerTrades.map { "\($0.id) \($0.symbol) \($0.side) \($0.quantity) \($0.price)" })
        #expect(ours == theirs, "the trades differ", sourceLocation: sourceLocation)
        #expect(ours.count == trades.count, "a trade was posted twice", sourceLocation: sourceLocation)
    }

    private func checkPositions(_ sourceLocation: SourceLocation) {
        var expected: [String: Int64] = [:]
        for position in positions where position.status.isLive {
            for leg in position.structure.content.legs {
                expected[leg.contract.symbol, default: 0] += leg.openingSide == .buy ? position.quantity.count : -position.quantity.count
            }
        }
        var held: [String: Int64] = [:]
        for position in brokerPositions where position.netUnits != 0 { held[position.symbol] = position.netUnits }
        #expect(expected.filter { $0.value != 0 } == held, "positions differ", sourceLocation: sourceLocation)
    }

    private func checkMoney(_ sourceLocation: SourceLocation) {
        var equity = Money.zero
        for (index, row) in ledger.enumerated() {
            #expect(row.number == Int64(index + 1) && row.equityBefore == equity, "the ledger has a gap", sourceLocation: sourceLocation)
            equity = (try? equity.adding(row.amount)) ?? equity
            #expect(row.equityAfter == equity, sourceLocation: sourceLocation)
        }
        #expect(portfolio?.closedEquity == equity, "closed equity is not the ledger's sum", sourceLocation: sourceLocation)
        let profit = ledger.filter { $0.kind == .tradingProfit }.reduce(Int64(0)) { $0 + $1.amount.units }
        let cash = brokerPositions.reduce(Int64(0)) { $0 + $1.cash.units }
        let invested = positions.filter(\.status.isLive).reduce(Int64(0)) { $0 + $1.cost }
        #expect(profit == cash + invested, "the ledger's profit is not the broker's cash", sourceLocation: sourceLocation)
    }

    private func checkSignals(_ sourceLocation: SourceLocation) {
        let open = signals.filter { !$0.status.isVerdict }.map { "\($0.fingerprint) \($0.signalType) \($0.status)" }
        #expect(open == [], "signals without a verdict", sourceLocation: sourceLocation)
        let intentsPerSignal = intents.compactMap(\.signal)
        #expect(Set(intentsPerSignal).count == intentsPerSignal.count, "a signal caused two intents", sourceLocation: sourceLocation)
    }
}

// I30: replaying the trail from nothing gives the states of the tables.
extension Agreement {
    private func checkTrail(_ sourceLocation: SourceLocation) {
        var states: [String: String] = [:]
        for row in inOrder where ["signal", "intent", "order"].contains(row.entity) {
            let key = "\(row.entity) \(row.entityID)"
            let before = states.updateValue(row.to, forKey: key) ?? (row.entity == "signal" ? SignalStatus.accepted.rawValue : "")
            #expect(before == row.from, "\(key) has a gap in its trail before \(row.to)", sourceLocation: sourceLocation)
        }
        var rows = signals.filter { $0.status != .accepted }.map { ("signal \($0.fingerprint)", $0.status.rawValue) }
        rows += intents.map { ("intent \($0.id)", $0.state.rawValue) } + orders.map { ("order \($0.tag)", $0.state.rawValue) }
        let tables = Dictionary(uniqueKeysWithValues: rows)
        let differing = Set(states.keys).union(tables.keys).filter { states[$0] != tables[$0] }.sorted()
        #expect(differing == [], "rows are not what their trail says", sourceLocation: sourceLocation)
    }

    /// Processes one after the other, each by its own count.
    private var inOrder: [AuditRecord] {
        let begins = Dictionary(grouping: trail, by: \.incarnation).mapValues { $0.map(\.at).min() ?? .init(microseconds: 0) }
        func key(_ row: AuditRecord) -> (Instant, Int) {
            (begins[row.incarnation] ?? row.at, row.id.split(separator: "-").last.flatMap { Int($0) } ?? 0)
        }
        return trail.sorted { key($0) < key($1) }
    }
}

extension PositionRecord {
    /// What the open structure cost, in ten-thousandths.
    fileprivate var cost: Int64 { openedValue * (pointValue.units / PointValue(whole: 1).units) / unitsPerLot.count }
}
