/// Which channel took which alert, in the records and, for what could not be stored yet, in memory.
actor DeliveryLedger {
    private let store: any RecordStore
    private let channels: [String]
    private let clock: any Clock
    /// What was taken since this process began, until the records say that every channel has it.
    private var taken: [String: Set<String>] = [:]
    /// Notes about one alert that meet each other are written again.
    private static let tries = 5

    /// The place of the oldest alert that some channel has not taken.
    nonisolated let oldest: Place

    /// Reads so many alerts of a `page` at once.
    init(store: any RecordStore, channels: [String], clock: any Clock, page: Int) {
        oldest = Place(limit: page)
        self.store = store
        self.channels = channels
        self.clock = clock
    }

    /// A place in the list of the alerts that some channel has not taken.
    struct Place: Sendable {
        fileprivate var from = Instant(microseconds: 0)
        /// What was read of that instant.
        fileprivate var seen: Set<String> = []
        fileprivate var limit: Int

        /// The place behind `rows`; nil when there is nothing there.
        fileprivate func behind(_ rows: [OutboxRecord]) -> Place? {
            guard rows.count >= limit, let last = rows.last?.createdAt else { return nil }
            var next = self
            next.seen = Set(rows.filter { $0.createdAt == last }.map(\.id))
            // More alerts than fit a page can be of one instant.
            if last == from { next.limit *= 2 }
            next.from = last
            return next
        }
    }

    /// Some of the stored alerts that a channel has not taken, oldest first, and the place behind them; nil when the records cannot be read.
    func undelivered(at place: Place) async -> (alerts: [Alert], next: Place?)? {
        let query = Query<OutboxRecord>(
            .isNull("delivered_at"), .atLeast("created_at", place.from), order: [.ascending("created_at")], limit: place.limit)
        guard let rows = try? await store.fetch(query) else { return nil }
        return (rows.filter { !place.seen.contains($0.id) }.map(\.alert), place.behind(rows))
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
