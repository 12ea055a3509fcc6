/// Which channel took which alert, in the records and, for what could not be stored yet, in memory.
actor DeliveryLedger {
    private let store: any RecordStore
    private let channels: [String]
    private let clock: any Clock
    /// What was taken since this process began, until the records say that every channel has it.
    private var taken: [String: Set<String>] = [:]
    /// Notes about one alert that meet each other are written again.
    private static let tries = 5

    init(store: any RecordStore, channels: [String], clock: any Clock) {
        self.store = store
        self.channels = channels
        self.clock = clock
    }

    /// Stored alerts that some channel has not taken, oldest first; nil when the records cannot be read.
    func undelivered() async -> [Alert]? {
        let query = Query<OutboxRecord>(.isNull("delivered_at"), order: [.ascending("created_at")], limit: 1_000)
        return try? await store.fetch(query).map(\.alert)
    }

    /// Whether a channel took the alert, in this process or an earlier one.
    func hasTaken(_ alert: Alert, _ channel: String) async -> Bool {
        if taken[alert.id]?.contains(channel) == true {
            // The note of it could not be stored, or others are not done.
            if let stored = await stored(alert), stored.deliveredAt == nil { await write(alert, channel, isTaken: true, countsTry: false) }
            return true
        }
        if await stored(alert)?.deliveredAt != nil { return true }
        return await takers(of: alert).contains(channel)
    }

    /// Notes what became of one delivery.
    func note(_ alert: Alert, _ channel: String, isTaken: Bool) async {
        if isTaken { taken[alert.id, default: []].insert(channel) }
        await write(alert, channel, isTaken: isTaken, countsTry: true)
    }

    private func write(_ alert: Alert, _ channel: String, isTaken: Bool, countsTry: Bool) async {
        for _ in 0..<Self.tries {
            guard var record = await stored(alert) else { return }
            guard record.deliveredAt == nil else { return taken[alert.id] = nil }
            let before = await takers(of: alert)
            let all = before.union(taken[alert.id] ?? [])
            var transaction = Transaction()
            if channels.allSatisfy(all.contains) {
                record.deliveredAt = clock.now()
                for name in before.sorted() { transaction.delete(DeliveryRecord(alert: alert.id, channel: name, at: clock.now())) }
            } else {
                for name in all.subtracting(before).sorted() {
                    transaction.insertIfAbsent(DeliveryRecord(alert: alert.id, channel: name, at: clock.now()))
                }
            }
            guard countsTry || record.deliveredAt != nil || !transaction.isEmpty else { return }
            if countsTry { record.attempts += 1 }
            record.version += 1
            transaction.update(record)
            do throws(StorageError) {
                _ = try await store.commit(transaction)
                if record.deliveredAt != nil { taken[alert.id] = nil }
                return
            } catch {
                // Another channel was noted meanwhile; any other failure leaves the row as it is, and the next sweep notes it.
                guard case .conflict = error else { return }
            }
        }
    }

    private func stored(_ alert: Alert) async -> OutboxRecord? {
        try? await store.fetch(Query<OutboxRecord>(.equal("alert_id", alert.id), limit: 1)).first
    }

    private func takers(of alert: Alert) async -> Set<String> {
        Set(((try? await store.fetch(Query<DeliveryRecord>(.equal("alert_id", alert.id)))) ?? []).map(\.channel))
    }
}
