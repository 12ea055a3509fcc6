public import MunimKit

extension Oracle {
    /// What must hold once everything has come to rest: equal books, one verdict each, nothing half done.
    ///
    /// `bedtimes` are the times at which everybody fell asleep until the next morning.
    /// `seen` is when the last whole book of each day was read.
    public static func atRest(
        _ store: ModelStore, _ broker: ModelBroker, at: Instant, bedtimes: [Instant] = [], seen: [TradingDay: Instant] = [:]
    ) -> [String] {
        let undone = undone(store)
        guard undone.isEmpty else { return undone }
        var breaches: [String] = []
        var ours: [String: Int64] = broker.elsewhere(at: at)
        let live = PositionStatus.allCases.filter(\.isLive)
        let positions = store.matching(Query<PositionRecord>(.isIn("status", live)))
        for position in positions {
            for leg in position.structure.content.legs {
                ours[leg.contract.symbol, default: 0] += leg.openingSide == .buy ? position.quantity.count : 0 - position.quantity.count
            }
        }
        var theirs = broker.net(at: at)
        let lost = lostToNights(store, broker, bedtimes, seen, at: at)
        for (order, _) in lost where !isTold(order.request.tag, store) {
            breaches.append("I13: nobody was told that \(order.request.tag) was not resolved on its day")
        }
        // I13: where a person traded the same contract, a difference may look like theirs; it was told, and the scope waits for a person.
        if store.all(ScopeRecord.self).contains(where: { $0.state == .frozen }) {
            let unreadable = unreadable(store, broker)
            let held = positions.map { Set($0.structure.content.legs.map(\.contract.symbol)) }
            for symbol in broker.doubtfulSymbols(at: at, held + rolled(store), unreadable) {
                (ours[symbol], theirs[symbol]) = (nil, nil)
            }
        }
        // An order that nobody resolved may hide what somebody traded.
        let isForPeople = isForPeople(store, broker, bedtimes, seen, at: at)
        if !isForPeople { breaches += untold(store, broker, at: at) }
        ours = ours.filter { $0.value != 0 }
        if ours != theirs, !isForPeople {
            breaches.append("I12/I13: we hold \(ours.sorted { $0.key < $1.key }), the broker \(theirs.sorted { $0.key < $1.key })")
        }
        return breaches + unposted(store, broker, besides: Set(lost.map(\.fill.id)), at: at)
    }

    /// The contracts of each roll, old and new, where the scope waits for a person.
    private static func rolled(_ store: ModelStore) -> [Set<String>] {
        let frozen = Set(store.all(ScopeRecord.self).filter { $0.state == .frozen }.map(\.instrument))
        return store.matching(Query<IntentRecord>(.equal("kind", IntentKind.roll))).filter { frozen.contains($0.instrument) }
            .flatMap(\.plan.content.positionPlans).map { Set($0.legs.map(\.contract.symbol)) }
    }

    /// I15: what happened is posted, and nothing else; what a night hid is for people (C36).
    private static func unposted(_ store: ModelStore, _ broker: ModelBroker, besides lost: Set<TradeID>, at: Instant) -> [String] {
        let posted = Set(store.all(TradeRecord.self).map(\.id))
        let real = Set(
            broker.orders.filter { $0.request.tag.isOurs && !broker.disowned.contains($0.request.tag) }.flatMap(\.fills).filter {
                $0.at <= at
            }.map(\.id))
        let doubled = broker.doubled
        let twice = doubled.isEmpty ? [] : broker.orders.filter { doubled.contains($0.request.tag) }.flatMap(\.fills).map(\.id)
        let unreadable = unreadable(store, broker)
        // What is only told to have changed is posted all the same.
        let open = unreadable.subtracting(posted)
        guard posted.subtracting(twice) != real.subtracting(lost).subtracting(twice).subtracting(open) else { return [] }
        return ["I15: \(posted.count) trades posted, \(real.count) happened"]
    }

    /// Trades that nobody can book, as people were told.
    private static func unreadable(_ store: ModelStore, _ broker: ModelBroker) -> Set<TradeID> {
        let told = store.all(OutboxRecord.self).filter { $0.code == "fill_not_understood" }.map(\.message)
        guard !told.isEmpty else { return [] }
        return Set(broker.orders.flatMap(\.fills).map(\.id).filter { trade in told.contains { $0.contains("rade \(trade) of") } })
    }

    /// C36: whether an order was not resolved on its day, so that positions and a person say what is, and books may differ until then.
    static func isForPeople(
        _ store: ModelStore, _ broker: ModelBroker, _ bedtimes: [Instant], _ seen: [TradingDay: Instant], at: Instant
    ) -> Bool {
        !lostToNights(store, broker, bedtimes, seen, at: at).isEmpty
            || store.matching(Query<OrderRecord>(.equal("state", OrderState.absent))).contains(where: \.isStranded)
    }

    /// Fills of earlier days that the book of their day showed too late: after everybody slept, or so shortly before that nobody could read it.
    private static func lostToNights(
        _ store: ModelStore, _ broker: ModelBroker, _ bedtimes: [Instant], _ seen: [TradingDay: Instant], at: Instant
    ) -> [(order: ModelBroker.Order, fill: Fill)] {
        let posted = Set(store.all(TradeRecord.self).map(\.id))
        let ours = broker.orders.filter { $0.request.tag.isOurs && !broker.disowned.contains($0.request.tag) }
        return ours.flatMap { order -> [(ModelBroker.Order, Fill)] in
            // A call may arrive the morning after.
            let row = store.row(OrderRecord.self, order.request.tag)
            let sentAt = row?.sentAt ?? order.arrivedAt
            let day = TradingDay(of: min(sentAt, order.arrivedAt))
            guard let bedtime = bedtimes.last(where: { TradingDay(of: $0) == day && $0 < at }) else { return [] }
            return order.fills.filter { fill in
                let shown = max(fill.at, order.visibleAt)
                // No whole book of its day has shown it, however long before the night.
                let isUnseen = row?.isStranded == true && (seen[day].map { $0 < shown } ?? true)
                return (shown > bedtime - .minutes(5) || isUnseen) && fill.at <= at && !posted.contains(fill.id)
            }
            .map { (order, $0) }
        }
    }

    /// Whether people heard of an instrument that its books are in doubt.
    private static func isTold(_ tag: Tag, _ store: ModelStore) -> Bool {
        // Of an order whose row was lost with an older copy nobody knows the instrument.
        let instrument = store.row(OrderRecord.self, tag)?.instrument
        return store.all(OutboxRecord.self).contains { (instrument == nil || $0.instrument == instrument) && $0.severity >= .error }
    }

    /// Orders whose outcome nobody finds out, long after everything works again; a night would hide them.
    static func stuck(_ store: ModelStore, at: Instant) -> [String] {
        store.matching(Query<OrderRecord>(.isIn("state", [OrderState.sending, .unknown])))
            .filter { $0.sentAt.map { $0 + .minutes(10) < at } ?? false }
            .map { "I2: order \($0.tag) is \($0.state.rawValue) since \($0.sentAt.map { "\($0)" } ?? "")" }
    }

    /// Signals and intents that are not over.
    private static func undone(_ store: ModelStore) -> [String] {
        let open = SignalStatus.allCases.filter { !$0.isVerdict }
        return store.matching(Query<SignalRecord>(.isIn("processing_status", open)))
            .map { "I2: signal \($0.fingerprint) \($0.signalType) is \($0.status.rawValue)" }
            + store.matching(Query<IntentRecord>(.isIn("state", [IntentState.active, .flat])))
            .map { "I2: intent \($0.id) is \($0.state.rawValue)" }
            + store.matching(.waiting).map { "I2: \($0.kind) of \($0.principal), command \($0.id), has no answer" }
    }
}

extension OrderRecord {
    /// Whether its day ended before anybody knew what became of it (C36).
    var isStranded: Bool { state == .absent && reason == .dayEnded }
}
