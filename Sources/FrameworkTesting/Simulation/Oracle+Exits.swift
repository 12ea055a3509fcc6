import MunimKit

/// What reduces risk and waits: since when nothing has been in its way, in the epoch of whoever could act.
struct OracleWaits: Sendable {
    /// Since when something waits, in which epoch, and whether something was in its way when that was looked at last.
    struct Wait: Sendable {
        var since: Instant
        var epoch: Int64
        var wasHeld = false

        /// Looks again: true when nothing is in the way and nothing was, so that it counts since it began.
        mutating func counts(isHeld: Bool, in epoch: Int64, at: Instant) -> Bool {
            defer { (self.epoch, wasHeld) = (epoch, isHeld) }
            guard isHeld || wasHeld || self.epoch != epoch else { return true }
            since = at
            return false
        }

        /// Leaves out a time in which nothing could leave.
        mutating func skip(from start: Instant, to end: Instant) { since = since + max(.zero, end - max(since, start)) }
    }

    var orders: [Tag: Wait] = [:]
    var signals: [Fingerprint: Wait] = [:]
    /// Since when whoever decides in an epoch has seen the broker's whole book, before which it sends nothing.
    var ready: [Int64: Instant] = [:]
    /// When the account's positions were last asked for in vain, without which nothing is closed.
    var unreadAt = Instant(microseconds: 0)
    /// Since when the database spoils commits; nil once a batch went through.
    private var flappingSince: Instant?
    var isFlapping: Bool { flappingSince != nil }

    mutating func flapped(at: Instant) { flappingSince = flappingSince ?? at }

    /// A batch went through: what it took is no wait of an exit.
    mutating func wentThrough(at: Instant) {
        guard let start = flappingSince else { return }
        flappingSince = nil
        for tag in orders.keys { orders[tag]?.skip(from: start, to: at) }
        for fingerprint in signals.keys { signals[fingerprint]?.skip(from: start, to: at) }
    }
}

/// 4.3 and 4.4: an exit that could leave leaves within seconds, whatever the switch says.
extension Oracle {
    /// How long it may take when nothing is in its way: a process may be paused meanwhile.
    private static let haste: Span = .seconds(20)

    mutating func watchExits(of transaction: Transaction, in epoch: Int64?, _ store: ModelStore, at: Instant) {
        guard !tradedInstruments.isEmpty else { return }
        for write in transaction.writes {
            if let order = write.record as? OrderRecord, order.action == .close {
                if order.state != .planned {
                    waits.orders[order.tag] = nil
                } else if let epoch, waits.orders[order.tag] == nil {
                    waits.orders[order.tag] = OracleWaits.Wait(since: at, epoch: epoch)
                }
            }
            if let signal = write.record as? SignalRecord, signal.status != .accepted { waits.signals[signal.fingerprint] = nil }
        }
        guard let epoch else { return }
        let ready = waits.ready[epoch]
        let readableSince = max(ready ?? at, isReadableSince, waits.unreadAt)
        for tag in waits.orders.keys.sorted() {
            let order = store.row(OrderRecord.self, tag)
            let isHeld =
                ready == nil
                || order.map { isInTheWay(of: $0, store, at: at) || hasOut($0.symbol, $0.side, store) || isTakenBack($0) } ?? true
            guard var wait = waits.orders[tag] else { continue }
            let counts = wait.counts(isHeld: isHeld, in: epoch, at: at)
            waits.orders[tag] = wait
            guard counts, !waits.isFlapping, at > max(wait.since, readableSince) + Self.haste else { continue }
            waits.orders[tag]?.since = at
            breach("I2", "\(tag) closes and could leave since \(wait.since), and does not")
        }
        for fingerprint in waits.signals.keys.sorted() {
            let signal = store.row(SignalRecord.self, fingerprint)
            let isHeld = ready == nil || signal.map { isInTheWay(of: $0, store, at: at) } ?? true
            guard var wait = waits.signals[fingerprint] else { continue }
            let counts = wait.counts(isHeld: isHeld, in: epoch, at: at)
            waits.signals[fingerprint] = wait
            guard counts, !waits.isFlapping, at > max(wait.since, readableSince) + Self.haste else { continue }
            waits.signals[fingerprint]?.since = at
            breach("I2", "the exit \(fingerprint.text.prefix(8)) could be decided since \(wait.since), and is not")
        }
    }

    /// A webhook that asks for an exit was stored.
    mutating func awaitExit(_ record: SignalRecord, at: Instant) {
        guard record.signal.content.kind == .exit, tradedInstruments[record.instrument] != nil else { return }
        waits.signals[record.fingerprint] = OracleWaits.Wait(since: at, epoch: -1)
    }

    /// Closed hours, a used-up rate, a scope that waits for people, or an order of its scope whose outcome is not known.
    private func isInTheWay(of order: OrderRecord, _ store: ModelStore, at: Instant) -> Bool {
        if isHeldUp(order.instrument, store, at: at) || isRateUsedUp(at: at) { return true }
        let others = store.matching(Query<OrderRecord>(.equal("intent_id", order.intent))).filter { $0.positionPlan == order.positionPlan }
        if others.contains(where: { $0.leg <= order.leg && $0.state.mayBeOut }) { return true }
        // The legs of a structure go one after the other.
        let legs = books.intents[order.intent]?.plan.content.positionPlans[order.positionPlan].legs ?? []
        return legs.contains { leg in
            leg.number < order.leg && others.reduce(0) { $1.leg == leg.number ? $0 + $1.filled.count : $0 } < leg.quantity.count
        }
    }

    /// Whether another order that closes is out in a contract: the account may show its fill before the books do.
    private func hasOut(_ symbol: String, _ side: Side, _ store: ModelStore) -> Bool {
        let orders = store.matching(Query<OrderRecord>(.isIn("state", [OrderState.sending, .unknown, .working])))
        return orders.contains { $0.symbol == symbol && $0.side == side }
    }

    /// Whether a late order of an exit's own side is being taken back: until then the account may lack what the exit closes.
    private func isTakenBack(_ order: OrderRecord) -> Bool {
        books.intents.values.contains { intent in
            intent.plan.content.positionPlans.enumerated().contains { number, positionPlan in
                !positionPlan.isSettled
                    && positionPlan.legs.contains { leg in
                        (leg.isRepair || intent.kind == .repair) && leg.contract.symbol == order.symbol && leg.side != order.side
                            && (books.fills[intent.id]?[OracleLeg(positionPlan: number, leg: leg.number)]?.units ?? 0)
                                < leg.quantity.count
                    }
            }
        }
    }

    private func isInTheWay(of signal: SignalRecord, _ store: ModelStore, at: Instant) -> Bool {
        // One that ended whoever decided it comes after everything else, and people are told.
        signal.attempts >= policy.attemptLimit || isHeldUp(signal.instrument, store, at: at)
    }

    private func isHeldUp(_ name: InstrumentName, _ store: ModelStore, at: Instant) -> Bool {
        guard hasTrueClocks else { return true }
        if policy.sessions == .enforced, tradedInstruments[name]?.instrument.isOpen(at: at) == false { return true }
        if store.row(ScopeRecord.self, name)?.state == .frozen { return true }
        return books.intents.values.contains { $0.instrument == name && $0.kind.mayOpen && $0.state != .quarantined }
    }

    private func isRateUsedUp(at: Instant) -> Bool {
        guard let rate else { return false }
        // How long it waits for a minute's orders to be over is not asked.
        return rates.last.values.contains { last in last.count { $0.at > at - .minutes(2) } >= rate.perMinute / 2 }
            || isDayUsedUp(at: at)
    }

    /// Whether the broker takes no more orders today.
    func isDayUsedUp(at: Instant) -> Bool {
        guard let rate else { return false }
        // Whoever passed its gate counts, also when its process died or paused before it left.
        let today = TradingDay(of: at)
        return looks.gates.values.count { TradingDay(of: $0) == today } >= rate.perDay
    }
}

extension OrderState {
    /// Whether an order may be at the broker and has not ended.
    fileprivate var mayBeOut: Bool { self == .sending || self == .unknown || self == .working }
}
