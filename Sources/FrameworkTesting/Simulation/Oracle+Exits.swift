import MunimKit

/// What reduces risk and waits: since when nothing has been in its way, in the epoch of whoever could act.
struct OracleWaits: Sendable {
    var orders: [Tag: (since: Instant, epoch: Int64)] = [:]
    var signals: [Fingerprint: (since: Instant, epoch: Int64)] = [:]
    /// Since when whoever decides in an epoch has seen the broker's whole book, before which it sends nothing.
    var ready: [Int64: Instant] = [:]
    /// When the account's positions were last asked for in vain, without which nothing is closed.
    var unreadAt = Instant(microseconds: 0)
}

/// 4.3 and 4.4: an exit that could leave leaves within seconds, whatever the switch says.
extension Oracle {
    /// How long it may take when nothing is in its way: a process may be paused meanwhile.
    private static let haste: Span = .seconds(20)

    mutating func watchExits(of transaction: Transaction, in epoch: Int64?, _ store: ModelStore, at: Instant) {
        guard !desks.isEmpty else { return }
        for write in transaction.writes {
            if let order = write.record as? OrderRecord, order.action == .close {
                if order.state != .planned {
                    waits.orders[order.tag] = nil
                } else if let epoch, waits.orders[order.tag] == nil {
                    waits.orders[order.tag] = (at, epoch)
                }
            }
            if let signal = write.record as? SignalRecord, signal.status != .accepted { waits.signals[signal.fingerprint] = nil }
        }
        guard let epoch, let ready = waits.ready[epoch] else { return }
        for (tag, wait) in waits.orders.sorted(by: { $0.key < $1.key }) {
            guard let order = store.row(OrderRecord.self, tag), wait.epoch == epoch, !isInTheWay(of: order, store, at: at) else {
                waits.orders[tag] = (at, epoch)
                continue
            }
            guard at > max(wait.since, ready, isReadableSince, waits.unreadAt) + Self.haste else { continue }
            guard !hasOut(order.symbol, order.side, store) else {
                waits.orders[tag] = (at, epoch)
                continue
            }
            breach("I2", "\(tag) closes and could leave since \(wait.since), and does not")
            waits.orders[tag] = (at, epoch)
        }
        for (fingerprint, wait) in waits.signals.sorted(by: { $0.key.text < $1.key.text }) {
            guard let signal = store.row(SignalRecord.self, fingerprint), wait.epoch == epoch, !isInTheWay(of: signal, store, at: at) else {
                waits.signals[fingerprint] = (at, epoch)
                continue
            }
            guard at > max(wait.since, ready, isReadableSince) + Self.haste else { continue }
            breach("I2", "the exit \(fingerprint.text.prefix(8)) could be decided since \(wait.since), and is not")
            waits.signals[fingerprint] = (at, epoch)
        }
    }

    /// A webhook that asks for an exit was stored.
    mutating func awaitExit(_ record: SignalRecord, at: Instant) {
        guard record.signal.content.kind == .exit, desks[record.instrument] != nil else { return }
        waits.signals[record.fingerprint] = (at, -1)
    }

    /// Closed hours, a used-up rate, a scope that waits for people, or an order of its scope whose outcome is not known.
    private func isInTheWay(of order: OrderRecord, _ store: ModelStore, at: Instant) -> Bool {
        if isHeldUp(order.instrument, store, at: at) || isRateUsedUp(at: at) { return true }
        let others = store.matching(Query<OrderRecord>(.equal("intent_id", order.intent))).filter { $0.strand == order.strand }
        if others.contains(where: { $0.step <= order.step && $0.state.mayBeOut }) { return true }
        // The legs of a structure go one after the other.
        let steps = books.intents[order.intent]?.plan.content.strands[order.strand].steps ?? []
        return steps.contains { step in
            step.number < order.step && others.reduce(0) { $1.step == step.number ? $0 + $1.filled.count : $0 } < step.quantity.count
        }
    }

    /// Whether another order that closes is out in a contract: the account may show its fill before the books do.
    private func hasOut(_ symbol: String, _ side: Side, _ store: ModelStore) -> Bool {
        let orders = store.matching(Query<OrderRecord>(.isIn("state", [LegState.sending, .unknown, .working])))
        return orders.contains { $0.symbol == symbol && $0.side == side }
    }

    private func isInTheWay(of signal: SignalRecord, _ store: ModelStore, at: Instant) -> Bool {
        isHeldUp(signal.instrument, store, at: at)
    }

    private func isHeldUp(_ name: InstrumentName, _ store: ModelStore, at: Instant) -> Bool {
        guard hasTrueClocks else { return true }
        if policy.sessions == .enforced, desks[name]?.instrument.isOpen(at: at) == false { return true }
        if store.row(ScopeRecord.self, name)?.state == .frozen { return true }
        return books.intents.values.contains { $0.instrument == name && $0.kind.mayOpen && $0.state != .quarantined }
    }

    private func isRateUsedUp(at: Instant) -> Bool {
        guard let rate else { return false }
        // How long it waits for a minute's orders to be over is not asked.
        return rates.last.values.contains { last in last.count { $0.at > at - .minutes(2) } >= rate.perMinute / 2 }
            || rates.days.values.contains { $0[TradingDay(of: at)].map { $0 >= rate.perDay } ?? false }
    }
}

extension LegState {
    /// Whether an order may be at the broker and has not ended.
    fileprivate var mayBeOut: Bool { self == .sending || self == .unknown || self == .working }
}
