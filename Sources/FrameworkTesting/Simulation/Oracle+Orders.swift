public import MunimKit

/// What an order must not break when it leaves, when it arrives, and when it is given up.
extension Oracle {
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
        if sent.updateValue(at, forKey: tag) != nil, !forgotten.contains(tag) { breach("I8", "tag \(tag) was sent twice") }
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
        checkRate(of: row, by: process)
        countOrder(row, by: process)
        checkAttempts(row, store)
        checkOutranked(row, by: process, store, at: at)
    }

    // 4.3: what opens risk gives way to a newer exit of its scope, once that had the time to be seen.
    private mutating func checkOutranked(_ row: OrderRecord, by process: Incarnation, _ store: ModelStore, at: Instant) {
        // A second leg makes a first one whole, which does not open risk.
        guard row.action == .open, row.attempt > 1 || row.leg == 0, let signal = store.row(IntentRecord.self, row.intent)?.signal,
            let entry = store.row(SignalRecord.self, signal)
        else { return }
        let awake = max(isReadableSince, resumedAt[process] ?? isReadableSince)
        let exits = store.matching(Query<SignalRecord>(.equal("processing_status", SignalStatus.accepted)))
        for exit in exits where exit.instrument == row.instrument && exit.signal.content.kind == .exit {
            guard exit.signal.content.timestamp.seconds >= entry.signal.content.timestamp.seconds,
                acceptedAt[exit.fingerprint].map({ max($0, awake) + .seconds(8) < at }) ?? false
            else { continue }
            breach("I5", "\(row.tag) opens risk while the exit \(exit.fingerprint) waits")
        }
    }

    // I9
    private mutating func checkAttempts(_ row: OrderRecord, _ store: ModelStore) {
        guard row.action == .open, let intent = store.row(IntentRecord.self, row.intent), intent.kind.increasesRisk else { return }
        let key = "\(row.intent) \(row.positionPlan) \(row.leg) \(row.slice)"
        for earlier in attempts[key] ?? [] where earlier.attempt < row.attempt {
            guard let order = store.row(OrderRecord.self, earlier.tag) else { continue }
            if order.state != .notSent && order.state != .filled && order.state != .dropped {
                breach("I9", "entry order \(row.tag) follows \(order.tag), which is \(order.state.rawValue)")
            }
        }
        attempts[key, default: []].append((row.tag, Int(row.attempt)))
    }

    /// I10: looks at an order on its way into the broker's book.
    mutating func reaches(_ request: OrderRequest, _ broker: ModelBroker, _ store: ModelStore, at: Instant) {
        guard let row = store.row(OrderRecord.self, request.tag), row.action == .close,
            let intent = store.row(IntentRecord.self, row.intent)
        else { return }
        let isRepair = intent.kind == .repair || intent.plan.content.positionPlans[row.positionPlan].legs[row.leg].isRepair
        guard isRepair || row.attempt > 1 else { return }
        // What was filled in the last seconds may not have been known when the attempt was decided, and one that has left cannot be called back.
        let left = sent[request.tag] ?? at
        let times = broker.transitions(of: request.contract.symbol, from: min(at, left) - .seconds(8), until: at)
        let book = TrueBook(broker, store, forgotten: forgotten)
        if !isRepair {
            let nets = times.map { broker.net(at: $0)[row.symbol] ?? 0 }
            let exposure = nets.map { request.side == .sell ? $0 : 0 - $0 }.max() ?? 0
            if exposure < request.quantity.count { breach("I10", "\(request.tag) closes \(request.quantity) units of \(max(0, exposure))") }
        }
        // C36: after a night nobody can say which of our orders made the account's figure what it is.
        if isStranded(row, store) { return }
        let units = times.map { book.unitsLeft(for: row, of: intent, at: $0) }.max() ?? 0
        let excess = request.quantity.count - max(0, units)
        guard excess > 0 else { return }
        let known = Set(posted.filter { $0.value <= left }.keys)
        guard excess > book.uncertainUnits(besides: row, known: known, at: at) else { return }
        breach("I10", "\(request.tag) of \(intent.id) takes back \(request.quantity) units of \(max(0, units)) that are there")
    }

    /// Whether an order of the same position was not resolved on its day.
    private func isStranded(_ row: OrderRecord, _ store: ModelStore) -> Bool {
        store.matching(Query<OrderRecord>(.equal("intent_id", row.intent))).contains {
            $0.positionPlan == row.positionPlan && $0.isStranded
        }
    }

    /// I11: an order that is taken for refused was refused.
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
}
