import MunimKit

/// What a run left behind, gathered once for those who judge it at rest: the rows, their trail in the order of the commits, and the broker's side.
struct RunEvidence {
    /// One trade as the broker made it.
    struct Execution {
        let trade: TradeID
        let tag: Tag
        let symbol: String
        let side: Side
        let units: Int64
        let price: Int64
        /// What the broker says of it since; nil when it says the same as before.
        let corrected: Int64?
        let at: Instant
    }

    var policy: Policy
    var instruments: [InstrumentName: any InstrumentPlugin]
    /// Signals as they were first accepted, audit, ledger and lease rows, in the order in which they were committed.
    var trail: [any Record]
    var executions: [Execution]
    var signals: [Fingerprint: SignalRecord] = [:]
    var intents: [IntentID: IntentRecord] = [:]
    var orders: [Tag: OrderRecord] = [:]
    var trades: [TradeID: TradeRecord] = [:]
    var positions: [PositionID: PositionRecord] = [:]
    var stacks: [PyramidingRecord]
    var scopes: [ScopeRecord]
    var alerts: [OutboxRecord]
    var portfolio: PortfolioRecord?
    /// Whether every process had the true time, without which ages that two of them measured do not fit together.
    var hasTrueClocks = true
    /// Tags that the broker has more than once.
    var doubled: Set<Tag> = []
    /// Whether the broker's free funds limited sizes now and then.
    var hasScarceFunds = false
    /// Whether one process was alone with its database, whose rows then have no epochs.
    var isAlone = false

    init(
        _ store: ModelStore, _ broker: ModelBroker, policy: Policy, tradedInstruments: [TradedInstrument], trail: [any Record], at: Instant
    ) {
        self.policy = policy
        instruments = Dictionary(uniqueKeysWithValues: tradedInstruments.map { ($0.name, $0.instrument) })
        self.trail = trail
        executions = broker.orders.filter { $0.request.tag.isOurs && !broker.disowned.contains($0.request.tag) }.flatMap { order in
            order.fills.filter { $0.at <= at }.map { fill in
                Execution(
                    trade: fill.id, tag: order.request.tag, symbol: order.request.contract.symbol, side: order.request.side,
                    units: fill.quantity.count, price: fill.price.units, corrected: broker.corrections[fill.id]?.units, at: fill.at)
            }
        }.sorted { ($0.at, $0.trade.text) < ($1.at, $1.trade.text) }
        for row in store.all(SignalRecord.self) { signals[row.fingerprint] = row }
        for row in store.all(IntentRecord.self) { intents[row.id] = row }
        for row in store.all(OrderRecord.self) { orders[row.tag] = row }
        for row in store.all(TradeRecord.self) { trades[row.id] = row }
        for row in store.all(PositionRecord.self) { positions[row.id] = row }
        stacks = store.all()
        scopes = store.all()
        alerts = store.all()
        portfolio = store.row(PortfolioRecord.self, 1)
    }

    /// What of a transaction belongs to the trail.
    static func trail(of transaction: Transaction) -> [any Record] {
        transaction.writes.compactMap { write in
            switch write {
            case .insert(let record) where record is AuditRecord || record is LedgerRecord: record
            case .insert(let record as LeaseRecord), .update(let record as LeaseRecord): record
            default: nil
            }
        }
    }

    /// Whether records and broker may differ in a scope: it waits for a person, and people were told.
    func isSetAside(_ instrument: InstrumentName) -> Bool {
        scopes.contains { $0.instrument == instrument && $0.state == .frozen } && alerts.contains { $0.instrument == instrument }
    }
}
