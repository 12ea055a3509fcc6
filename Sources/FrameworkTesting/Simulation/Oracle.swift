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
    private let horizon: Span
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
    private var sent: [Tag: Instant] = [:]
    private var acceptedAt: [Fingerprint: Instant] = [:]
    /// When something was decided or done last.
    private(set) var lastChangeAt: Instant?
    /// Since when the rows can be read without a break.
    var isReadableSince = Instant(microseconds: 0)
    private var attempts: [String: [(tag: Tag, attempt: Int)]] = [:]
    private var thrownAt: Instant?

    /// What must not change, or only in one direction, between two rolls.
    private struct PositionFacts: Sendable {
        let stop: Price
        let high: Price
        let entry: Price
        let initial: Price
        let rolls: Int
        let risk: Price
    }

    /// A judge who has seen nothing, of orders that a broker may hide for so long.
    public init(policy: Policy, horizon: Span = .seconds(60)) {
        self.policy = policy
        self.horizon = horizon
    }

    mutating func breach(_ number: String, _ sentence: String) {
        guard breaches.count < 20 else { return }
        breaches.append("\(number): \(sentence)")
    }

    // MARK: - Commits

    /// Looks at a transaction that was applied; `store` is as it is now.
    public mutating func committed(_ transaction: Transaction, by process: Incarnation, _ store: ModelStore, at: Instant) {
        checkFence(transaction, by: process, store)
        var changed: [(entity: String, id: String, state: String)] = []
        var stacks: [PyramidingRecord] = []
        var portfolio: PortfolioRecord?
        for write in transaction.writes {
            guard Self.isChange(write) else { continue }
            switch write.record {
            case let record as AuditRecord:
                follow(record)
                lastChangeAt = at
            case let record as OrderRecord:
                check(record, at: at)
                changed.append(("order", record.tag.text, record.state.rawValue))
            case let record as TradeRecord: post(record)
            case let record as IntentRecord:
                check(record, write, store, at: at)
                changed.append(("intent", record.id.text, record.state.rawValue))
            case let record as SignalRecord:
                check(record)
                if record.status != .accepted { changed.append(("signal", record.fingerprint.text, record.status.rawValue)) }
            case let record as PositionRecord:
                check(record)
                if record.rolloverCount == 0 { changed.append(("position", record.id.text, record.status.rawValue)) }
            case let record as LedgerRecord: check(record)
            case let record as PortfolioRecord: portfolio = record
            case let record as PyramidingRecord: stacks.append(record)
            case let record as SwitchRecord: thrownAt = record.isThrown ? thrownAt ?? at : nil
            default: break
            }
        }
        noteExits(of: transaction)
        checkCount(store)
        for stack in stacks { check(stack, store) }
        if let portfolio, portfolio.closedEquity.units != ledger.equity {
            breach("I15", "closed equity is \(portfolio.closedEquity), the ledger sums to \(Money(units: ledger.equity))")
        }
        checkTrades(transaction)
        var seen: Set<String> = []
        for row in changed.reversed() {
            let key = "\(row.entity) \(row.id)"
            // Several turns may have come in one commit; the last of them counts.
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

    // I24: what a decider writes demands its epoch, which is the newest.
    private mutating func checkFence(_ transaction: Transaction, by process: Incarnation, _ store: ModelStore) {
        guard let lease = store.row(LeaseRecord.self, "account") else { return }
        var isDecision = false
        var epoch: Int64?
        for write in transaction.writes {
            if case .require(let record) = write, let fence = record as? LeaseRecord { epoch = fence.epoch }
            if write.record is AuditRecord || write.record is IntentRecord || write.record is OrderRecord { isDecision = true }
        }
        guard isDecision else { return }
        if epoch != lease.epoch {
            breach("I24", "\(process) wrote in epoch \(epoch.map(String.init) ?? "none"), which is not \(lease.epoch)")
        }
    }

    // I30
    private mutating func follow(_ audit: AuditRecord) {
        let key = "\(audit.entity) \(audit.entityID)"
        let isRoll = audit.entity == "position" && PositionStatus(rawValue: audit.to) == nil
        marks.insert("\(audit.entity): \(isRoll ? "rolled" : "\(audit.from) → \(audit.to)")")
        let before = auditStates[key] ?? (audit.entity == "signal" ? SignalStatus.accepted.rawValue : "")
        if ["order", "intent", "signal"].contains(audit.entity), before != audit.from {
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
        if store.row(ScopeRecord.self, intent.instrument)?.state == .frozen { breach("I13", "\(intent.id) was decided in a frozen scope") }
        if intent.kind == .pyramid, store.row(PyramidingRecord.self, intent.instrument)?.base == nil {
            breach("I17", "\(intent.id) has no base")
        }
        if intent.createdAt > signal.timestamp + policy.entryWindow { breach("I4", "\(intent.id) trades a signal of \(signal.timestamp)") }
        if let exit = lastExits[intent.instrument], signal.timestamp <= exit {
            breach("I5", "\(intent.id) of \(signal.timestamp) is not newer than the exit of \(exit)")
        }
        if let thrownAt, at > thrownAt + .seconds(1) { breach("I28", "\(intent.id) was decided while trading is stopped") }
    }

    // I4: an exit closes only what was opened before it.
    private mutating func checkExit(_ intent: IntentRecord, _ signal: Signal, _ store: ModelStore) {
        for strand in intent.plan.content.strands {
            guard let position = store.row(PositionRecord.self, strand.position), position.entryTimestamp >= signal.timestamp else {
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

    // MARK: - Orders

    /// Looks at an order that is about to leave, so long after its gate. I4, I6, I7, I8, I9, I19, I26, I28.
    public mutating func sends(
        _ request: OrderRequest, by process: Incarnation, _ store: ModelStore, at: Instant, sinceGate: Span
    ) {
        let tag = request.tag
        if sinceGate > .milliseconds(500) { breach("I26", "\(process) sent \(tag) \(sinceGate) after its gate") }
        guard let row = store.row(OrderRecord.self, tag) else { return breach("I6", "order \(tag) left without a row") }
        if row.state == .planned || row.state == .dropped { breach("I6", "order \(tag) left while \(row.state.rawValue)") }
        if row.quantity != request.quantity || row.side != request.side || row.contract.content != request.contract {
            breach("I6", "order \(tag) is not what its row says")
        }
        if sent.updateValue(at, forKey: tag) != nil { breach("I8", "tag \(tag) was sent twice") }
        let allowed = tag.text.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) }
        if tag.text.utf8.count > 20 || !allowed { breach("I7", "tag \(tag) is not a tag") }
        if row.action == .open, let thrownAt, at > thrownAt + .seconds(4) { breach("I28", "\(tag) opens risk while trading is stopped") }
        if let freeze = row.contract.content.freezeQuantity, row.quantity > freeze {
            breach("I19", "\(tag) is larger than the freeze quantity of \(freeze)")
        }
        if row.action == .open, let deadline = store.row(IntentRecord.self, row.intent)?.entryDeadline, let sentAt = row.sentAt,
            sentAt > deadline
        {
            breach("I4", "\(tag) opens risk at \(sentAt), after \(deadline)")
        }
        checkAttempts(row, store)
        checkOutranked(row, store, at: at)
    }

    // 4.3: what opens risk gives way to a newer exit of its scope, once that had the time to be seen.
    private mutating func checkOutranked(_ row: OrderRecord, _ store: ModelStore, at: Instant) {
        guard row.action == .open, row.attempt > 1, let signal = store.row(IntentRecord.self, row.intent)?.signal,
            let entry = store.row(SignalRecord.self, signal)
        else { return }
        let exits = store.matching(Query<SignalRecord>(.equal("processing_status", SignalStatus.accepted)))
        for exit in exits where exit.instrument == row.instrument && exit.signal.content.kind == .exit {
            guard exit.signal.content.timestamp > entry.signal.content.timestamp,
                acceptedAt[exit.fingerprint].map({ max($0, isReadableSince) + .seconds(8) < at }) ?? false
            else { continue }
            breach("I5", "\(row.tag) opens risk while the exit \(exit.fingerprint) waits")
        }
    }

    // I9
    private mutating func checkAttempts(_ row: OrderRecord, _ store: ModelStore) {
        guard row.action == .open, let intent = store.row(IntentRecord.self, row.intent), intent.kind.increasesRisk else { return }
        let key = "\(row.intent) \(row.strand) \(row.step) \(row.slice)"
        for earlier in attempts[key] ?? [] where earlier.attempt < row.attempt {
            guard let order = store.row(OrderRecord.self, earlier.tag) else { continue }
            if order.state != .notSent && order.state != .filled && order.state != .dropped {
                breach("I9", "entry leg \(row.tag) follows \(order.tag), which is \(order.state.rawValue)")
            }
        }
        attempts[key, default: []].append((row.tag, Int(row.attempt)))
    }

    /// I10: looks at an order on its way into the broker's book.
    mutating func reaches(_ request: OrderRequest, _ broker: ModelBroker, _ store: ModelStore, at: Instant) {
        guard let row = store.row(OrderRecord.self, request.tag), row.action == .close, row.attempt > 1,
            let intent = store.row(IntentRecord.self, row.intent), intent.kind != .repair,
            !intent.plan.content.strands[row.strand].steps[row.step].isRepair
        else { return }
        // What was filled in the last seconds may not have been known when the attempt was decided.
        let nets = [at, at - .seconds(8)].map { broker.net(at: $0)[row.symbol] ?? 0 }
        let exposure = nets.map { request.side == .sell ? $0 : 0 - $0 }.max() ?? 0
        if exposure < request.quantity.count { breach("I10", "\(request.tag) closes \(request.quantity) units of \(max(0, exposure))") }
    }

    /// I11: a leg that is taken for refused was refused.
    mutating func refused(_ order: OrderRecord, _ broker: ModelBroker) {
        guard let real = broker.orders.last(where: { $0.request.tag == order.tag }), !real.fills.isEmpty else { return }
        breach("I11", "\(order.tag) is taken for refused, the broker fills it")
    }

    /// Looks at an order that reached the broker.
    mutating func received(_ order: ModelBroker.Order) {
        if order.request.tag.isOurs, sent[order.request.tag] == nil {
            breach("I6", "the broker got \(order.request.tag), which nobody sent")
        }
    }

    // MARK: - What else happens

    /// I2: what the sender is told to be stored is stored.
    mutating func answered(_ message: Message, _ answer: SimulatedProcess.InboxAnswer, _ store: ModelStore) {
        if case .failed = answer { return }
        guard store.row(SignalRecord.self, message.record.fingerprint) == nil else { return }
        breach("I2", "signal \(message.record.fingerprint) was answered for and is not stored")
    }

    mutating func accepted(_ record: SignalRecord, at: Instant) {
        acceptedAt[record.fingerprint] = at
        marks.insert("signal accepted")
    }

    mutating func alerted(_ alert: Alert) { marks.insert("alert \(alert.code)") }

    mutating func began(_ process: Incarnation, epoch: Int64) {
        marks.insert(epoch == 1 ? "first decider" : "takeover")
    }
}
