public import MunimKit

/// The judge of a run: the promises of the protocol, decided on rows and on what the broker got, after every commit and every order.
///
/// It knows the rows and the broker's side only, never a machine's memory, and looks at no more of them than what has just changed.
public struct Oracle: Sendable {
    /// Broken promises, each with its number; the first is the one to look at.
    public private(set) var breaches: [String] = []
    /// What was seen: transitions as `entity: from → to`, alerts, deaths by what was durable.
    public private(set) var marks: Set<String> = []

    let policy: Policy
    let horizon: Span
    private var auditStates: [String: String] = [:]
    private var verdicts: Set<Fingerprint> = []
    private var intentOfSignal: [Fingerprint: IntentID] = [:]
    private var fills: [Tag: (filled: Int64, posted: Int64)] = [:]
    private var trades: Set<TradeID> = []
    private var slots: [String: PositionID] = [:]
    private var facts: [PositionID: PositionFacts] = [:]
    private var ledger: (number: Int64, equity: Int64) = (0, 0)
    /// As of the transactions before: an exit that came with a decision may have come after it.
    private var lastExits: [InstrumentName: Instant] = [:]
    /// True times, which no process knows.
    var sent: [Tag: Instant] = [:]
    var acceptedAt: [Fingerprint: Instant] = [:]
    /// Orders whose call has not been answered for, with the epoch of whoever passed their gate.
    private var calls: [Tag: (at: Instant, epoch: Int64)] = [:]
    /// When something was decided or done last.
    private(set) var lastChangeAt: Instant?
    /// Since when the rows can be read and written without a break.
    var isReadableSince = Instant(microseconds: 0)
    /// When the rows of trades were committed.
    var posted: [TradeID: Instant] = [:]
    /// When processes that were paused went on.
    var resumedAt: [Incarnation: Instant] = [:]
    /// Tags that left after the rows that were put back: whoever cannot find them at the broker sends them again.
    var forgotten: Set<Tag> = []
    var attempts: [String: [(tag: Tag, attempt: Int)]] = [:]
    var thrownAt: Instant?
    var watches = Watches()
    /// The life of a process that is alone with its database, which has no epochs; nil where there are leases.
    var aloneEpoch: Int64?
    /// What the account may send; nil when nobody counts.
    let rate: OrderRate?
    /// What is traded; nothing where rows alone are judged.
    let tradedInstruments: [InstrumentName: TradedInstrument]
    /// Whether one process is alone in its world, so that an earlier one is proven to have ended.
    let isAlone: Bool
    /// Whether every process had the true time so far.
    var hasTrueClocks = true
    /// Whether looks at the broker's book are told to the judge.
    var hasLooks = false
    var books = OracleBooks()
    var looks = OracleLooks()
    var rates = OracleRates()
    var waits = OracleWaits()
    /// Movements of capital that were asked for: their keys by request, and the amounts of each key.
    var requests: [String: String] = [:]
    var amounts: [String: Set<Int64>] = [:]
    /// Changes what the judge sees of a commit, to show that it sees what is wrong with it; nil but in tests.
    var plants: (@Sendable (Transaction) -> Transaction)?
    /// Answered messages that are not what was stored under their fingerprint.
    var conflicts: Set<String> = []

    /// What must not change, or only in one direction, between two rolls.
    private struct PositionFacts: Sendable {
        let stop: Price
        let high: Price
        let entry: Price
        let initial: Price
        let rolls: Int
        let risk: Price
    }

    /// A judge who has seen nothing, of orders that a broker may hide for so long, and of which so many may leave.
    public init(
        policy: Policy, horizon: Span = .seconds(60), rate: OrderRate? = nil, tradedInstruments: [TradedInstrument] = [],
        isAlone: Bool = false
    ) {
        self.policy = policy
        self.rate = rate
        self.horizon = horizon
        self.tradedInstruments = Dictionary(tradedInstruments.map { ($0.name, $0) }) { first, _ in first }
        self.isAlone = isAlone
    }

    /// The rows are again those that `past` knew; what was seen and sent since stays seen and sent.
    mutating func rollBack(to past: Oracle) {
        var past = past
        past.marks.formUnion(marks)
        past.breaches = breaches
        past.forgotten = forgotten.union(sent.keys.filter { past.sent[$0] == nil })
        past.sent.merge(sent) { old, _ in old }
        self = past
    }

    mutating func breach(_ number: String, _ sentence: String) {
        guard breaches.count < 20 else { return }
        breaches.append("\(number): \(sentence)")
    }

    // MARK: - Commits

    /// Looks at a transaction that was applied; `store` is as it is now.
    public mutating func committed(_ transaction: Transaction, by process: Incarnation, _ store: ModelStore, at: Instant) {
        let transaction = plants?(transaction) ?? transaction
        let epoch = checkFence(transaction, by: process, store)
        var changed: [(entity: String, id: String, state: String)] = []
        var stacks: [PyramidingRecord] = []
        var portfolio: PortfolioRecord?
        for write in transaction.writes {
            if let trade = write.record as? TradeRecord { posted[trade.id] = at }
            guard Self.isChange(write) else { continue }
            switch write.record {
            case let record as AuditRecord:
                follow(record)
                lastChangeAt = at
            case let record as OrderRecord:
                check(record, at: at)
                follow(record, in: epoch, at: at)
                changed.append(("order", record.tag.text, record.state.rawValue))
            case let record as TradeRecord: post(record)
            case let record as IntentRecord:
                check(record, write, store, at: at)
                if case .insert = write { checkRecovery(before: record, in: epoch) }
                changed.append(("intent", record.id.text, record.state.rawValue))
            case let record as SignalRecord:
                check(record)
                if record.status != .accepted { changed.append(("signal", record.fingerprint.text, record.status.rawValue)) }
            case let record as PositionRecord:
                check(record)
                changed.append(("position", record.id.text, record.status.rawValue))
            case let record as LedgerRecord: check(record)
            case let record as PortfolioRecord: portfolio = record
            case let record as PyramidingRecord: stacks.append(record)
            case let record as SwitchRecord: thrownAt = record.isThrown ? thrownAt ?? at : nil
            default: break
            }
        }
        noteExits(of: transaction)
        judgeTransitions(of: transaction, store, at: at)
        watchExits(of: transaction, in: epoch, store, at: at)
        checkCalls(in: epoch, at: at)
        watchLegs(of: transaction, in: epoch, store, at: at)
        checkCount(store)
        for stack in stacks { check(stack, store) }
        if let portfolio, portfolio.closedEquity.units != ledger.equity {
            breach("I15", "closed equity is \(portfolio.closedEquity), the ledger sums to \(Money(units: ledger.equity))")
        }
        checkTrades(transaction)
        var seen: Set<String> = []
        for row in changed.reversed() {
            let key = "\(row.entity) \(row.id)"
            // Several transitions may have come in one commit; the last of them counts.
            guard seen.insert(key).inserted, auditStates[key] != row.state else { continue }
            breach("I30", "\(key) is \(row.state), its trail says \(auditStates[key] ?? "nothing")")
        }
    }

    private static func isChange(_ write: Write) -> Bool {
        switch write {
        case .insert, .insertIfAbsent, .update: true
        case .delete, .require: false
        }
    }

    // I24: what a decider writes demands its epoch, which is the newest; answers the epoch of a decision.
    private mutating func checkFence(_ transaction: Transaction, by process: Incarnation, _ store: ModelStore) -> Int64? {
        guard transaction.isDecision else { return nil }
        guard let lease = store.row(LeaseRecord.self, "account") else { return aloneEpoch }
        let epoch = transaction.fence?.epoch
        if epoch != lease.epoch {
            breach("I24", "\(process) wrote in epoch \(epoch.map(String.init) ?? "none"), which is not \(lease.epoch)")
        }
        return epoch
    }

    /// I16 and I30: whoever has the newest epoch alone writes everything but the inbox, so that storage has no reason to refuse it.
    ///
    /// A signal may be told to it late, when it has its verdict: that write is refused, and is the only one.
    mutating func couldNotCommit(_ transaction: Transaction, by process: Incarnation, _ store: ModelStore, _ error: StorageError) {
        guard case .conflict(let index, let reason) = error, let lease = store.row(LeaseRecord.self, "account"),
            transaction.isDecision, transaction.fence?.epoch == lease.epoch, !transaction.writes[index].record.isFoundBySweep
        else { return }
        breach("I16", "\(process) alone decides in epoch \(lease.epoch), and its commit is refused: \(reason)")
    }

    private mutating func follow(_ order: OrderRecord, in epoch: Int64?, at: Instant) {
        guard order.state == .sending else { return calls[order.tag] = nil }
        if let epoch, calls[order.tag] == nil { calls[order.tag] = (at, epoch) }
    }

    /// Whoever decides goes on in the next epoch, and with it what it has to find out.
    mutating func wentOn(from previous: Int64, to epoch: Int64) {
        for (tag, call) in calls where call.epoch == previous { calls[tag]?.epoch = epoch }
        watches.wentOn(from: previous, to: epoch)
        waits.ready[epoch] = waits.ready[previous]
        for (tag, wait) in waits.orders where wait.epoch == previous { waits.orders[tag]?.epoch = epoch }
        for (fingerprint, wait) in waits.signals where wait.epoch == previous { waits.signals[fingerprint]?.epoch = epoch }
    }

    /// Everybody slept until now: what was on its way has waited as well.
    mutating func slept(until at: Instant) {
        for tag in calls.keys { calls[tag]?.at = at }
        for intent in watches.broken.keys { watches.broken[intent]?.at = at }
        for tag in waits.orders.keys { waits.orders[tag]?.since = at }
        for fingerprint in waits.signals.keys { waits.signals[fingerprint]?.since = at }
    }

    // I2: an outcome is found out as long as the same process decides and can commit; another process begins by doubting it.
    private mutating func checkCalls(in epoch: Int64?, at: Instant) {
        for (tag, call) in calls.sorted(by: { $0.key < $1.key }) where call.epoch == epoch && at > call.at + .minutes(1) {
            breach("I2", "\(tag) is being sent for \(at - call.at), and nobody finds out what came of it")
        }
    }

    // I30
    private mutating func follow(_ audit: AuditRecord) {
        let key = "\(audit.entity) \(audit.entityID)"
        let isRoll = audit.entity == "position" && audit.cause.hasPrefix("rolled from")
        marks.insert("\(audit.entity): \(isRoll ? "rolled" : "\(audit.from) → \(audit.to)")")
        let before = auditStates[key] ?? (audit.entity == "signal" ? SignalStatus.accepted.rawValue : "")
        if ["order", "intent", "signal", "position"].contains(audit.entity), before != audit.from {
            breach("I30", "\(key) went from \(audit.from) to \(audit.to), but was \(before)")
        }
        auditStates[key] = audit.to
    }

    /// Exits count from when they were looked at, found something or not; a time in the future counts as that moment.
    private mutating func noteExits(of transaction: Transaction) {
        var looked: [String: Instant] = [:]
        for write in transaction.writes {
            if let audit = write.record as? AuditRecord, audit.entity == "signal", looked[audit.entityID] == nil {
                looked[audit.entityID] = audit.at
            }
        }
        for write in transaction.writes {
            guard let exit = write.record as? SignalRecord, exit.signal.content.kind == .exit, let at = looked[exit.fingerprint.text] else {
                continue
            }
            let time = min(exit.signal.content.timestamp, at)
            lastExits[exit.instrument] = max(lastExits[exit.instrument] ?? time, time)
        }
    }

    // I14, and the horizon of I10 and I11
    private mutating func check(_ order: OrderRecord, at: Instant) {
        if order.state == .absent, let sentAt = sent[order.tag], at >= sentAt, at < sentAt + horizon,
            TradingDay(of: at) == TradingDay(of: sentAt)
        {
            breach("I11", "\(order.tag) was given up as absent \(at - sentAt) after it was sent")
        }
        let before = fills[order.tag]?.filled ?? 0
        if order.filled.count < before { breach("I14", "fills of \(order.tag) fell from \(before) to \(order.filled)") }
        fills[order.tag, default: (0, 0)].filled = order.filled.count
    }

    // I15: each broker trade is posted once.
    private mutating func post(_ trade: TradeRecord) {
        if !trades.insert(trade.id).inserted { breach("I15", "trade \(trade.id) was posted twice") }
        fills[trade.tag, default: (0, 0)].posted += trade.quantity.count
    }

    private mutating func checkTrades(_ transaction: Transaction) {
        for write in transaction.writes {
            guard let order = write.record as? OrderRecord, let sums = fills[order.tag], sums.filled > sums.posted else { continue }
            breach("I14", "\(order.tag) filled \(sums.filled) units, its trades add up to \(sums.posted)")
        }
    }

    // I1, I4, I5, I28
    private mutating func check(_ intent: IntentRecord, _ write: Write, _ store: ModelStore, at: Instant) {
        guard case .insert = write else { return }
        if let signal = intent.signal {
            if let other = intentOfSignal[signal] { breach("I1", "signal \(signal) has the intents \(other) and \(intent.id)") }
            intentOfSignal[signal] = intent.id
        }
        if intent.kind == .exit,
            !store.matching(Query<IntentRecord>(.equal("state", IntentState.active))).allSatisfy({
                $0.instrument != intent.instrument || $0.kind != .pyramid
            })
        {
            marks.insert(CrashRow.c18.rawValue)
        }
        guard let fingerprint = intent.signal, let signal = store.row(SignalRecord.self, fingerprint)?.signal.content else { return }
        guard intent.kind == .entry || intent.kind == .pyramid else { return checkExit(intent, signal, store) }
        // As of the transitions before it: what came later in the same commit may have frozen it.
        if auditStates["scope \(intent.instrument)"] == ScopeState.frozen.rawValue {
            breach("I13", "\(intent.id) was decided in a frozen scope")
        }
        if intent.kind == .pyramid, store.row(PyramidingRecord.self, intent.instrument)?.base == nil {
            breach("I17", "\(intent.id) has no base")
        }
        if intent.createdAt > signal.timestamp + policy.entryWindow { breach("I4", "\(intent.id) trades a signal of \(signal.timestamp)") }
        if let exit = lastExits[intent.instrument], signal.timestamp.seconds <= exit.seconds {
            breach("I5", "\(intent.id) of \(signal.timestamp) is not newer than the exit of \(exit)")
        }
        if let thrownAt, at > thrownAt + .seconds(1) { breach("I28", "\(intent.id) was decided while trading is stopped") }
    }

    // I4: an exit closes only what was opened before it.
    private mutating func checkExit(_ intent: IntentRecord, _ signal: Signal, _ store: ModelStore) {
        for positionPlan in intent.plan.content.positionPlans {
            guard let position = store.row(PositionRecord.self, positionPlan.position),
                position.entryTimestamp.seconds > signal.timestamp.seconds
            else {
                continue
            }
            breach("I4", "\(intent.id) of \(signal.timestamp) closes \(position.id) of \(position.entryTimestamp)")
        }
    }

    // I19
    private mutating func checkCount(_ store: ModelStore) {
        guard policy.limits.areEnforced, slots.count > policy.limits.positions else { return }
        breach("I19", "\(slots.count) positions are open, \(policy.limits.positions) are allowed")
    }

    // I2
    private mutating func check(_ signal: SignalRecord) {
        if verdicts.contains(signal.fingerprint) {
            if !signal.isDuplicate { breach("I2", "signal \(signal.fingerprint) was written after its verdict") }
            return
        }
        if signal.status.isVerdict { verdicts.insert(signal.fingerprint) }
    }

    // I14, I17, I18
    private mutating func check(_ position: PositionRecord) {
        checkMonotonic(position)
        let slot = "\(position.instrument) \(position.layer)"
        guard position.status.isLive else {
            if slots[slot] == position.id { slots[slot] = nil }
            return
        }
        if position.quantity.count != position.lots.count * position.unitsPerLot.count { breach("I14", "\(position.id) is not whole lots") }
        if let other = slots[slot], other != position.id { breach("I17", "\(other) and \(position.id) are both in \(slot)") }
        slots[slot] = position.id
    }

    private mutating func checkMonotonic(_ position: PositionRecord) {
        defer {
            facts[position.id] = PositionFacts(
                stop: position.currentStop, high: position.highestClose, entry: position.entryPrice, initial: position.initialStop,
                rolls: position.rolloverCount, risk: position.initialRisk)
        }
        guard let before = facts[position.id] else { return }
        if before.risk != position.initialRisk { breach("I18", "one R of \(position.id) changed") }
        guard before.rolls == position.rolloverCount else {
            if before.rolls + 1 != position.rolloverCount {
                breach("I23", "\(position.id) went from \(before.rolls) rolls to \(position.rolloverCount)")
            }
            return
        }
        if position.currentStop < before.stop || position.highestClose < before.high {
            breach("I18", "the stop of \(position.id) moved back")
        }
        if position.entryPrice != before.entry || position.initialStop != before.initial {
            breach("I18", "entry facts of \(position.id) changed")
        }
    }

    // I17
    private mutating func check(_ stack: PyramidingRecord, _ store: ModelStore) {
        guard let base = stack.base else { return }
        if store.row(PositionRecord.self, base)?.status.isLive != true {
            breach("I17", "the base \(base) of \(stack.instrument) is not open")
        }
    }

    // I15
    private mutating func check(_ row: LedgerRecord) {
        if row.number != ledger.number + 1 || row.equityBefore.units != ledger.equity
            || row.equityAfter.units != ledger.equity + row.amount.units
        {
            breach("I15", "ledger row \(row.number) does not join row \(ledger.number)")
        }
        ledger = (row.number, row.equityAfter.units)
    }

    // MARK: - What else happens

    mutating func accepted(_ record: SignalRecord, at: Instant) {
        acceptedAt[record.fingerprint] = at
        awaitExit(record, at: at)
        marks.insert("signal accepted")
    }

    mutating func alerted(_ alert: Alert) { marks.insert("alert \(alert.code)") }

    mutating func began(_ process: Incarnation, epoch: Int64) {
        marks.insert(epoch == 1 ? "first decider" : "takeover")
    }
}

extension Transaction {
    /// The lease row that the writes depend on.
    fileprivate var fence: LeaseRecord? {
        for write in writes {
            if case .require(let record) = write, let lease = record as? LeaseRecord { return lease }
        }
        return nil
    }

    /// Whether it writes what only a decider may write.
    fileprivate var isDecision: Bool {
        writes.contains { $0.record is AuditRecord || $0.record is IntentRecord || $0.record is OrderRecord }
    }
}

extension Record {
    /// Whether a sweep over a replica that lags behind may bring it back when it is decided already.
    fileprivate var isFoundBySweep: Bool { self is SignalRecord || self is CommandRecord }
}
