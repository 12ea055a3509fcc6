/// All stored rows that decisions look at, as read at a start or after a conflict.
public struct Snapshot: Sendable {
    /// The account's row; nil before it was first written.
    public var portfolio: PortfolioRecord?
    /// The switch that stops all increase of risk; nil while it was never thrown.
    public var tradingSwitch: SwitchRecord?
    /// Every instrument's scope that was ever stored, also of instruments no longer configured.
    public var scopes: [ScopeRecord] = []
    /// Every instrument's stack of layers that was ever stored.
    public var stacks: [PyramidingRecord] = []
    /// Positions that are not closed.
    public var positions: [PositionRecord] = []
    /// Intents that are not over.
    public var intents: [IntentRecord] = []
    /// Orders of these intents, and those of the current day that a fill could still come for.
    public var orders: [OrderRecord] = []
    /// What was sent on the current day.
    public var sent = SentOrders()
    /// Whether the broker is known to have had an order of ours on the current day.
    public var hasReachedBroker = false
    /// The processes that sent them.
    public var instances: [InstanceRecord] = []
    /// Trades of these orders.
    public var trades: [TradeRecord] = []
    /// Signals without a verdict, oldest first.
    public var signals: [SignalRecord] = []
    /// Commands without an answer, oldest first.
    public var commands: [CommandRecord] = []
    /// Ledger rows without a position: capital, and what repairs cost.
    public var capital: [LedgerRecord] = []
    /// The signals that came last, newest first, for those who look.
    public var latestSignals: [SignalRecord] = []
    /// Entries of the last minutes that were traded, whatever became of them.
    var recentEntries: [InstrumentName: [RecentEntry]] = [:]

    /// Nothing stored.
    public init() {}
}

/// What is left to know of very many orders: which they are, and when they left.
public struct SentOrders: Sendable {
    var tags = EndedTags()
    var times: [Instant] = []

    mutating func note(_ tag: Tag, at: Instant) {
        tags.insert(tag)
        times.append(at)
    }
}

extension Snapshot {
    /// The rows of each instrument, in one walk over all of them.
    fileprivate var byInstrument: [InstrumentName: Snapshot] {
        var parts: [InstrumentName: Snapshot] = [:]
        for row in scopes { parts[row.instrument, default: Snapshot()].scopes.append(row) }
        for row in stacks { parts[row.instrument, default: Snapshot()].stacks.append(row) }
        for row in positions { parts[row.instrument, default: Snapshot()].positions.append(row) }
        for row in intents { parts[row.instrument, default: Snapshot()].intents.append(row) }
        for row in signals { parts[row.instrument, default: Snapshot()].signals.append(row) }
        for (name, entries) in recentEntries { parts[name, default: Snapshot()].recentEntries[name] = entries }
        var instrumentOfTag: [Tag: InstrumentName] = [:]
        for row in orders {
            instrumentOfTag[row.tag] = row.instrument
            parts[row.instrument, default: Snapshot()].orders.append(row)
        }
        for row in trades {
            if let name = instrumentOfTag[row.tag] { parts[name, default: Snapshot()].trades.append(row) }
        }
        return parts
    }
}

extension OrderRecord {
    /// Whether a fill could still come although its intent is over.
    var isDoubtful: Bool { sentAt != nil && state.isDoubtful }
}

extension OrderState {
    /// Whether an attempt that was sent could still be filled.
    var isDoubtful: Bool { self != .filled && self != .notSent }
}

extension Core {
    /// A machine that goes on from stored rows.
    public init(
        policy: Policy, broker: BrokerTraits, tradedInstruments: [TradedInstrument], incarnation: Incarnation, epoch: Epoch = Epoch(),
        snapshot: Snapshot,
        at: Instant
    ) {
        self.init(policy: policy, broker: broker, tradedInstruments: tradedInstruments, incarnation: incarnation, epoch: epoch, at: at)
        if let record = snapshot.portfolio { portfolio = Tracked(stored: record) }
        if let record = snapshot.tradingSwitch { tradingSwitch = Tracked(stored: record) }
        let parts = snapshot.byInstrument
        for name in scopes.keys {
            guard var scope = scopes.take(name) else { continue }
            scope.restore(name, from: parts[name] ?? Snapshot())
            if epoch.othersHaveEnded {
                scope.leftBehind = Set(scope.signals.lazy.filter { $0.status == .accepted }.map(\.record.fingerprint))
            }
            for watched in scope.watchedOrders { scopeOfWatchedTag[watched.order.tag] = name }
            count(&scope)
            scopes[name] = scope
        }
        commands = snapshot.commands.map { Tracked(stored: $0) }
        if !policy.has(.capitalKeysNotRead) { capitalKeys = Set(snapshot.capital.map(\.entryKey)) }
        if snapshot.hasReachedBroker { dayOfLastOrder = day }
        if !policy.has(.rateNotRead) { limiter.restore(snapshot.sent.times, at: at) }
        endedTags = snapshot.sent.tags
        for instance in snapshot.instances { machines[instance.id] = instance.machine }
        for order in snapshot.orders {
            if isLive(order) { scopeOfTag[order.tag] = order.instrument }
            if scopeOfTag[order.tag] != nil || scopeOfWatchedTag[order.tag] != nil { endedTags.remove(order.tag) }
        }
    }

    private func isLive(_ order: OrderRecord) -> Bool {
        scopes[order.instrument]?.intents.contains { $0.id == order.intent && $0.executes(order) } ?? false
    }

    private var leavingTags: Set<Tag> {
        var tags: Set<Tag> = []
        for name in scopes.keys {
            for intent in scopes[name]?.intents ?? [] {
                for order in intent.orders where order.state == .sending { tags.insert(order.tag) }
            }
        }
        return tags
    }

    /// Goes on after the rows were read anew in the middle of a life; what was being sent is still being sent.
    public mutating func restore(from previous: Core) {
        hasRecovered = previous.hasRecovered
        isStopping = previous.isStopping
        bornAt = previous.bornAt
        figure.takeOver(from: previous.figure)
        settledFills = previous.settledFills
        toldDifferences = previous.toldDifferences
        unexplainedSince = previous.unexplainedSince
        auditCount = previous.auditCount
        alertCount = previous.alertCount
        limiter = previous.limiter
        day = previous.day
        nextBookAlarm = previous.nextBookAlarm
        nextPositionsAlarm = previous.nextPositionsAlarm
        // A machine that has not yet dealt with rows read anew does not know itself which of its orders are really leaving.
        tagsInCall = policy.has(.leavingOrdersForgotten) ? previous.leavingTags : previous.tagsInCall ?? previous.leavingTags
        scopeOfWatchedTag.merge(previous.scopeOfWatchedTag) { fresh, _ in fresh }
        for name in scopes.keys {
            guard let old = previous.scopes[name] else { continue }
            scopes.change(name) { $0.restore(from: old) }
        }
        findExamined()
    }
}

extension Scope {
    /// Keeps what only memory knows: alarms that are out, and the times of bars and trades.
    mutating func restore(from previous: Scope) {
        hasAlertedWaiting = previous.hasAlertedWaiting
        hasAlertedUnread = previous.hasAlertedUnread
        awaitsReadingSince = previous.awaitsReadingSince
        openAlarm = previous.openAlarm
        rateAlarm = previous.rateAlarm
        isHeld = previous.isHeld
        lastTradeAt = previous.lastTradeAt
        rollQueue = previous.rollQueue
        leftBehind = previous.leftBehind
        pricesBefore = previous.pricesBefore
        postponed = previous.postponed
        for index in intents.indices {
            guard let old = previous.intents.first(where: { $0.id == intents[index].id }) else { continue }
            intents[index].watchedBroken = old.watchedBroken
            intents[index].alertedBroken = old.alertedBroken
            intents[index].hasAlertedOverdue = old.hasAlertedOverdue
        }
    }

    mutating func restore(_ name: InstrumentName, from snapshot: Snapshot) {
        if let stored = snapshot.scopes.first(where: { $0.instrument == name }) { record = Tracked(stored: stored) }
        if let stored = snapshot.stacks.first(where: { $0.instrument == name }) { stack = Tracked(stored: stored) }
        positions = snapshot.positions.filter { $0.instrument == name }.sorted { $0.layer < $1.layer }.map { Tracked(stored: $0) }
        signals = snapshot.signals.filter { $0.instrument == name }.map { Tracked(stored: $0) }
        for stored in snapshot.intents where stored.instrument == name {
            var intent = Intent(record: Tracked(stored: stored))
            intent.orders = snapshot.orders.filter { $0.intent == stored.id }
                .sorted { ($0.positionPlan, $0.leg, $0.attempt, $0.slice) < ($1.positionPlan, $1.leg, $1.attempt, $1.slice) }
                .map { Tracked(stored: $0) }
            intent.postedTrades = snapshot.trades.filter { $0.intent == stored.id }.map(PostedTrade.init)
            intents.append(intent)
        }
        watchedOrders = snapshot.orders
            .filter { order in
                order.instrument == name && order.isDoubtful && !intents.contains { $0.id == order.intent && $0.executes(order) }
            }
            .map { order in
                let posted = snapshot.trades.filter { $0.tag == order.tag }
                return WatchedOrder(
                    order: order, posted: posted.map(PostedTrade.init),
                    hasComeLate: posted.reduce(0) { $0 &+ $1.quantity.count } > order.filled.count)
            }
        recentEntries = snapshot.recentEntries[name] ?? []
    }
}
