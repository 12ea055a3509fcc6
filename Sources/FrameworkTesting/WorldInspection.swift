public import MunimKit

/// Promises of the protocol that can be decided on the store and the broker alone, checked after every effect.
public struct WorldInspection: Sendable {
    /// Broken promises, each with its number.
    public private(set) var breaches: [String] = []
    private var filled: [Tag: Int64] = [:]
    private var stops: [PositionID: PositionFacts] = [:]
    private var verdicts: [Fingerprint: SignalStatus] = [:]
    private var ledgerCount = 0
    private var versions: [String: Int64] = [:]
    private var switchThrownAt: Instant?
    private var tagsSent: Set<Tag> = []
    private var requestCount = 0

    /// What must not change, or only in one direction, between two rolls.
    private struct PositionFacts: Sendable {
        let stop: Price
        let high: Price
        let entry: Price
        let initial: Price
        let rolls: Int
        let risk: Price
    }

    /// An inspection that has seen nothing yet.
    public init() {}

    /// Checks both books after an effect.
    public mutating func check(_ store: ModelStore, _ broker: ModelBroker, _ effect: Effect, at: Instant) {
        if case .place(let request) = effect { checkSend(request, store, broker, at: at) }
        guard case .commit(let transaction) = effect else { return }
        checkVersions(transaction)
        checkIntents(store)
        checkOrders(store)
        checkPositions(store)
        checkLedger(store)
        checkSignals(store)
        checkAudit(transaction)
    }

    private mutating func breach(_ number: String, _ sentence: String) {
        guard breaches.count < 20 else { return }
        breaches.append("\(number): \(sentence)")
    }

    // I6, I7, I8, I28
    private mutating func checkSend(_ request: OrderRequest, _ store: ModelStore, _ broker: ModelBroker, at: Instant) {
        guard let row = store.row(OrderRecord.self, request.tag) else {
            return breach("I6", "order \(request.tag) left without a row")
        }
        if row.state == .planned || row.state == .dropped { breach("I6", "order \(request.tag) left while \(row.state.rawValue)") }
        if !tagsSent.insert(request.tag).inserted { breach("I8", "tag \(request.tag) was sent twice") }
        let allowed = request.tag.text.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) }
        if request.tag.text.utf8.count > 20 || !allowed { breach("I7", "tag \(request.tag) is not a tag") }
        let isThrown = store.row(SwitchRecord.self, Core.tradingSwitchName)?.isThrown ?? false
        if isThrown, row.action == .open { breach("I28", "order \(request.tag) opens risk while trading is stopped") }
        checkAttempts(row, store)
    }

    // I9
    private mutating func checkAttempts(_ row: OrderRecord, _ store: ModelStore) {
        guard row.action == .open, let intent = store.row(IntentRecord.self, row.intent), intent.kind.increasesRisk else { return }
        let earlier = store.unordered(OrderRecord.self).filter {
            $0.intent == row.intent && $0.step == row.step && $0.attempt < row.attempt && $0.slice == row.slice
        }
        for order in earlier where order.state != .notSent && order.state != .filled && order.state != .dropped {
            breach("I9", "entry leg \(row.tag) follows \(order.tag), which is \(order.state.rawValue)")
        }
    }

    // I16
    private mutating func checkVersions(_ transaction: Transaction) {
        for write in transaction.writes {
            guard case .update(let record) = write else { continue }
            let table = type(of: record).table
            guard let column = table.versionColumn, case .integer(let version) = record.values[table.index(of: column)] else { continue }
            let key = "\(table.name) \(table.primaryKey.map { record.values[table.index(of: $0)] })"
            if let before = versions[key], before + 1 != version { breach("I16", "\(key) went from version \(before) to \(version)") }
            versions[key] = version
        }
    }

    // I1
    private mutating func checkIntents(_ store: ModelStore) {
        var signals: Set<Fingerprint> = []
        for intent in store.unordered(IntentRecord.self) {
            if let signal = intent.signal, !signals.insert(signal).inserted { breach("I1", "signal \(signal) has two intents") }
        }
    }

    // I14: filled never falls and equals the posted trades
    private mutating func checkOrders(_ store: ModelStore) {
        var posted: [Tag: Int64] = [:]
        for trade in store.unordered(TradeRecord.self) { posted[trade.tag, default: 0] += trade.quantity.count }
        for order in store.unordered(OrderRecord.self) {
            if let before = filled[order.tag], order.filled.count < before { breach("I14", "fills of \(order.tag) fell") }
            filled[order.tag] = order.filled.count
            if order.filled.count > posted[order.tag] ?? 0 { breach("I14", "\(order.tag) filled more than its trades") }
        }
    }

    // I14, I17, I18
    private mutating func checkPositions(_ store: ModelStore) {
        var slots: Set<String> = []
        for position in store.unordered(PositionRecord.self) {
            checkMonotonic(position)
            guard position.status.isLive else { continue }
            if position.quantity.count != position.lots.count * position.unitsPerLot.count {
                breach("I14", "\(position.id) is not whole lots")
            }
            if !slots.insert("\(position.instrument) \(position.layer)").inserted { breach("I17", "two positions in \(position.layer)") }
        }
        for stack in store.unordered(PyramidingRecord.self) {
            guard let base = stack.base else { continue }
            if store.row(PositionRecord.self, base)?.status.isLive != true {
                breach("I17", "the base \(base) of \(stack.instrument) is not open")
            }
        }
    }

    private mutating func checkMonotonic(_ position: PositionRecord) {
        defer {
            stops[position.id] = PositionFacts(
                stop: position.currentStop, high: position.highestClose, entry: position.entryPrice, initial: position.initialStop,
                rolls: position.rolloverCount, risk: position.initialRisk)
        }
        guard let before = stops[position.id] else { return }
        if before.risk != position.initialRisk { breach("I18", "one R of \(position.id) changed") }
        guard before.rolls == position.rolloverCount else { return }
        if position.currentStop < before.stop || position.highestClose < before.high {
            breach("I18", "the stop of \(position.id) moved back")
        }
        if position.entryPrice != before.entry || position.initialStop != before.initial {
            breach("I18", "entry facts of \(position.id) changed")
        }
    }

    // I15
    private mutating func checkLedger(_ store: ModelStore) {
        let rows = store.all(LedgerRecord.self)
        if rows.count < ledgerCount { breach("I15", "the ledger lost rows") }
        ledgerCount = rows.count
        var equity: Int64 = 0
        for (index, row) in rows.enumerated() {
            if row.number != Int64(index + 1) || row.equityBefore.units != equity || row.equityAfter.units != equity + row.amount.units {
                breach("I15", "ledger row \(row.number) does not join the one before")
            }
            equity = row.equityAfter.units
        }
        if let portfolio = store.row(PortfolioRecord.self, 1), portfolio.closedEquity.units != equity {
            breach("I15", "closed equity is \(portfolio.closedEquity), the ledger sums to \(Money(units: equity))")
        }
    }

    // I2
    private mutating func checkSignals(_ store: ModelStore) {
        for signal in store.unordered(SignalRecord.self) {
            if let before = verdicts[signal.fingerprint], before != signal.status {
                breach("I2", "signal \(signal.fingerprint) changed its verdict")
            }
            if signal.status.isVerdict { verdicts[signal.fingerprint] = signal.status }
        }
    }

    // I30
    private mutating func checkAudit(_ transaction: Transaction) {
        let audited = transaction.writes.contains { $0.record is AuditRecord }
        let transitions = transaction.writes.contains { write in
            guard case .insert(let record) = write else { return false }
            return record is PositionRecord || record is IntentRecord || record is OrderRecord
        }
        if transitions, !audited { breach("I30", "a transition has no audit row") }
    }

    /// What must hold once everything has come to rest: equal books, one verdict each, nothing half done.
    public static func atRest(_ store: ModelStore, _ broker: ModelBroker, at: Instant) -> [String] {
        var breaches: [String] = []
        var ours: [String: Int64] = broker.foreign
        for position in store.all(PositionRecord.self) where position.status.isLive {
            for leg in position.structure.content.legs {
                ours[leg.contract.symbol, default: 0] += leg.openingSide == .buy ? position.quantity.count : 0 - position.quantity.count
            }
        }
        ours = ours.filter { $0.value != 0 }
        let theirs = broker.net(at: at)
        if ours != theirs {
            breaches.append("I12/I13: we hold \(ours.sorted { $0.key < $1.key }), the broker \(theirs.sorted { $0.key < $1.key })")
        }
        for signal in store.all(SignalRecord.self) where !signal.status.isVerdict {
            breaches.append("I2: signal \(signal.fingerprint) \(signal.signalType) is \(signal.status.rawValue)")
        }
        for intent in store.all(IntentRecord.self) where intent.state == .active || intent.state == .flat {
            breaches.append("I2: intent \(intent.id) is \(intent.state.rawValue)")
        }
        let trades = store.all(TradeRecord.self)
        let real = broker.orders.filter { $0.request.tag.isOurs }.flatMap(\.fills).filter { $0.at <= at }
        if Set(trades.map(\.id)) != Set(real.map(\.id)) { breaches.append("I15: \(trades.count) trades posted, \(real.count) happened") }
        return breaches
    }
}
