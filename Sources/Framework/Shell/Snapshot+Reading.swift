/// Reading what a machine decides from, at a start and after a conflict.
extension Snapshot {
    /// Reads everything that a core of these instruments needs; `entryMemory` is how far back entries matter, by the time that they carry.
    public static func read(
        from store: any RecordStore, instruments: [InstrumentName], at: Instant, entryMemory: Span
    ) async throws(StorageError) -> Snapshot {
        var snapshot = Snapshot()
        snapshot.portfolio = try await store.fetch(Query<PortfolioRecord>()).first
        snapshot.tradingSwitch = try await store.fetch(Query<SwitchRecord>(.equal("name", Core.tradingSwitchName))).first
        snapshot.scopes = try await store.fetch(Query<ScopeRecord>())
        snapshot.stacks = try await store.fetch(Query<PyramidingRecord>())
        snapshot.positions = try await store.fetch(
            Query<PositionRecord>(.isIn("status", [PositionStatus.open, .closing, .partial]), order: [.ascending("position")]))
        snapshot.intents = try await store.fetch(
            Query<IntentRecord>(.isIn("state", [IntentState.active, .flat, .quarantined]), order: [.ascending("created_at")]))
        snapshot.signals = try await store.fetch(
            Query<SignalRecord>(
                .isIn("processing_status", [SignalStatus.accepted, .working]),
                order: [.ascending("received_at"), .ascending("fingerprint")]))
        snapshot.latestSignals = try await store.fetch(.latest)
        snapshot.commands = try await store.fetch(.waiting)
        snapshot.capital = try await store.fetch(Query<LedgerRecord>(.isNull("position_id")))
        for instrument in instruments {
            snapshot.recentEntries[instrument] = try await recentEntries(of: instrument, since: at - entryMemory, from: store)
        }
        try await snapshot.readOrders(from: store, at: at)
        return snapshot
    }

    /// By the sender's time, as they are compared by it: when a row was received says whatever clock its receiver had.
    private static func recentEntries(
        of instrument: InstrumentName, since: Instant, from store: any RecordStore
    ) async throws(StorageError) -> [RecentEntry] {
        let entries = Query<SignalRecord>(
            .equal("instrument", instrument), .atLeast("signal_timestamp", since),
            .isIn("signal_type", SignalKind.allCases.filter(\.isEntry).map(\.rawValue.column)),
            order: [.ascending("signal_timestamp")])
        let columns = ["fingerprint", "position", "signal_timestamp", "intent_id"]
        return try await store.reduce(columns, of: entries, into: []) { entries, row throws(StorageError) in
            let intent: IntentID? = try row.read("intent_id")
            guard intent != nil else { return }
            try entries.append(
                RecentEntry(
                    fingerprint: row.read("fingerprint"), position: row.read("position"), timestamp: row.read("signal_timestamp")))
        }
    }

    private mutating func readOrders(from store: any RecordStore, at: Instant) async throws(StorageError) {
        let midnight = TradingDay(of: at).instant(at: TimeOfDay(secondsSinceMidnight: 0))
        let isOfToday = Condition.atLeast("sent_at", midnight)
        orders = try await store.fetch(where: "intent_id", isIn: intents.map(\.id))
        let open = Set(intents.map(\.id))
        let doubtful = OrderState.allCases.filter(\.isDoubtful)
        orders += try await store.fetch(Query<OrderRecord>(isOfToday, .isIn("state", doubtful))).filter { !open.contains($0.intent) }
        trades = try await store.fetch(where: "tag", isIn: orders.map(\.tag))
        instances = try await store.fetch(where: "instance_id", isIn: Set(orders.compactMap(\.sender)).sorted())
        let filled = Query<OrderRecord>(isOfToday, .equal("state", OrderState.filled), order: [.ascending("sent_at")], limit: 1)
        let isKnown = orders.contains { order in order.brokerOrder != nil && order.sentAt.map { $0 >= midnight } ?? false }
        hasReachedBroker = try await !store.fetch(filled).isEmpty || isKnown
        let all = Query<OrderRecord>(isOfToday, order: [.ascending("sent_at")])
        sent = try await store.reduce(["tag", "sent_at"], of: all, into: SentOrders()) { sent, row throws(StorageError) in
            sent.note(try row.read("tag"), at: try row.read("sent_at"))
        }
    }
}
