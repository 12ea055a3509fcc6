public import MunimKit

extension Oracle {
    /// What must hold once everything has come to rest: equal books, one verdict each, nothing half done.
    public static func atRest(_ store: ModelStore, _ broker: ModelBroker, at: Instant) -> [String] {
        let undone = undone(store)
        guard undone.isEmpty else { return undone }
        var breaches: [String] = []
        var ours: [String: Int64] = broker.foreign
        let live = PositionStatus.allCases.filter(\.isLive)
        for position in store.matching(Query<PositionRecord>(.isIn("status", live))) {
            for leg in position.structure.content.legs {
                ours[leg.contract.symbol, default: 0] += leg.openingSide == .buy ? position.quantity.count : 0 - position.quantity.count
            }
        }
        var theirs = broker.net(at: at)
        // I13: where a person traded the same contract, a difference may look like theirs; it was told, and the scope waits for a person.
        if store.all(ScopeRecord.self).contains(where: { $0.state == .frozen }) {
            for symbol in broker.foreign.keys { (ours[symbol], theirs[symbol]) = (nil, nil) }
        }
        ours = ours.filter { $0.value != 0 }
        if ours != theirs {
            breaches.append("I12/I13: we hold \(ours.sorted { $0.key < $1.key }), the broker \(theirs.sorted { $0.key < $1.key })")
        }
        let trades = store.all(TradeRecord.self)
        let real = broker.orders.filter { $0.request.tag.isOurs }.flatMap(\.fills).filter { $0.at <= at }
        if Set(trades.map(\.id)) != Set(real.map(\.id)) { breaches.append("I15: \(trades.count) trades posted, \(real.count) happened") }
        return breaches
    }

    /// Orders whose outcome nobody finds out, long after everything works again; a night would hide them.
    static func stuck(_ store: ModelStore, at: Instant) -> [String] {
        store.matching(Query<OrderRecord>(.isIn("state", [LegState.sending, .unknown])))
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
    }
}
