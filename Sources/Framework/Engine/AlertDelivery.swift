/// Brings alerts to people: each is stored with what it tells of, and delivered at least once.
final class AlertDelivery: Sendable {
    private enum Errand: Sendable {
        case deliver(Alert)
        /// Look for stored alerts that nobody was told of.
        case sweep
    }

    private let store: any RecordStore
    private let plugins: [any AlertPlugin]
    private let clock: any Clock
    private let log: any Log
    private let mailbox = Mailbox<Errand>()
    /// How long a channel that failed is left alone.
    private static let pause = Span.seconds(30)

    init(store: any RecordStore, plugins: [any AlertPlugin], clock: any Clock, log: any Log) {
        self.store = store
        self.plugins = plugins
        self.clock = clock
        self.log = log
    }

    func send(_ alert: Alert) { mailbox.put(.deliver(alert)) }

    /// Has stored alerts delivered that were not sent here.
    func sweep() { mailbox.put(.sweep) }

    func close() { mailbox.close() }

    /// Delivers what an earlier process left, what comes, and what failed once more; returns after ``close()``.
    func run() async {
        sweep()
        await withDiscardingTaskGroup { group in
            var isSweepPlanned = false
            await mailbox.walk(limit: 64) { errands in
                for errand in errands {
                    if case .sweep = errand { isSweepPlanned = false }
                    guard await !isDone(errand), !isSweepPlanned else { continue }
                    isSweepPlanned = true
                    group.addTask {
                        guard (try? await self.clock.sleep(until: self.clock.now() + Self.pause)) != nil else { return }
                        self.sweep()
                    }
                }
            }
            group.cancelAll()
        }
    }

    private func isDone(_ errand: Errand) async -> Bool {
        switch errand {
        case .deliver(let alert): return await deliver(alert)
        case .sweep:
            let left = try? await store.fetch(Query<OutboxRecord>(.isNull("delivered_at"), order: [.ascending("created_at")], limit: 1_000))
            var isDone = left != nil
            for record in left ?? [] { if await !deliver(record.alert) { isDone = false } }
            return isDone
        }
    }

    /// Answers whether every channel took the alert, now or before.
    private func deliver(_ alert: Alert) async -> Bool {
        let stored = try? await store.fetch(Query<OutboxRecord>(.equal("alert_id", alert.id), limit: 1)).first
        guard stored?.deliveredAt == nil else { return true }
        var isDelivered = true
        for plugin in plugins {
            do { try await plugin.deliver(alert) } catch {
                isDelivered = false
                log(.warning, "an alert was not delivered", LogField("alert", alert.id), LogField("why", "\(error)"))
            }
        }
        if let stored { await note(stored, isDelivered) }
        return isDelivered
    }

    private func note(_ stored: OutboxRecord, _ isDelivered: Bool) async {
        var record = stored
        record.deliveredAt = isDelivered ? clock.now() : nil
        record.attempts += 1
        record.version += 1
        var transaction = Transaction()
        transaction.update(record)
        // A failure leaves the row undelivered: it is delivered again, with the same id.
        _ = try? await store.commit(transaction)
    }
}
