/// Brings alerts to people: each is stored with what it tells of, and delivered at least once.
final class AlertDelivery: Sendable {
    private let store: any RecordStore
    private let plugins: [any AlertPlugin]
    private let clock: any Clock
    private let log: any Log
    private let mailbox = Mailbox<Alert>()

    init(store: any RecordStore, plugins: [any AlertPlugin], clock: any Clock, log: any Log) {
        self.store = store
        self.plugins = plugins
        self.clock = clock
        self.log = log
    }

    func send(_ alert: Alert) { mailbox.put(alert) }

    func close() { mailbox.close() }

    /// Delivers what an earlier process left, then what comes; returns after ``close()``.
    func run() async {
        await deliverLeftovers()
        await mailbox.walk(limit: 64) { await deliver($0) }
    }

    private func deliverLeftovers() async {
        let left =
            (try? await store.fetch(Query<OutboxRecord>(.isNull("delivered_at"), order: [.ascending("created_at")], limit: 1_000))) ?? []
        if !left.isEmpty { await deliver(left.map(\.alert)) }
    }

    private func deliver(_ alerts: [Alert]) async {
        for alert in alerts {
            for plugin in plugins {
                do { try await plugin.deliver(alert) } catch {
                    log(.warning, "an alert was not delivered", LogField("alert", alert.id), LogField("why", "\(error)"))
                }
            }
            await mark(alert)
        }
    }

    private func mark(_ alert: Alert) async {
        guard var record = try? await store.fetch(Query<OutboxRecord>(.equal("alert_id", alert.id), limit: 1)).first,
            record.deliveredAt == nil
        else { return }
        record.deliveredAt = clock.now()
        record.attempts += 1
        record.version += 1
        var transaction = Transaction()
        transaction.update(record)
        // A failure leaves the row undelivered: the next process delivers it again, with the same id.
        _ = try? await store.commit(transaction)
    }
}
