import Synchronization

/// One way to people, with the alerts that wait for it.
final class AlertChannel: Sendable {
    enum Errand: Sendable {
        case deliver(Alert)
        /// Look for stored alerts that this channel has not taken.
        case sweep
    }

    private let name: String
    private let plugin: any AlertPlugin
    private let ledger: DeliveryLedger
    private let clock: any Clock
    private let log: any Log
    private let mailbox = Mailbox<Errand>()
    private let calls = Mutex(Calls())
    /// How long a channel that failed is left alone.
    private static let pause = Span.seconds(30)
    /// Failures after which the rest waits for the next sweep.
    private static let mostFailures = 1_000
    /// How long a channel may take for one alert.
    private static let limit = Span.seconds(10)
    /// The same while the host stops.
    private static let lastLimit = Span.seconds(1)

    /// Calls that have not come back.
    private struct Calls {
        var alerts: Set<String> = []
        var hasGivenUp = false
        /// Calls that hang at the same time, at most.
        static let most = 8
    }

    init(name: String, plugin: any AlertPlugin, ledger: DeliveryLedger, clock: any Clock, log: any Log) {
        self.name = name
        self.plugin = plugin
        self.ledger = ledger
        self.clock = clock
        self.log = log
    }

    func put(_ errand: Errand) { mailbox.put(errand) }

    func close() { mailbox.close() }

    /// Delivers what comes, and what failed again after a pause; returns after ``close()``.
    func run() async {
        put(.sweep)
        await withDiscardingTaskGroup { group in
            var isSweepPlanned = false
            await mailbox.walk(limit: 64) { errands in
                for errand in errands {
                    if case .sweep = errand { isSweepPlanned = false }
                    guard await !isDone(errand), !isSweepPlanned else { continue }
                    isSweepPlanned = true
                    group.addTask {
                        guard (try? await self.clock.sleep(until: self.clock.now() + Self.pause)) != nil else { return }
                        self.put(.sweep)
                    }
                }
            }
            group.cancelAll()
        }
    }

    private func isDone(_ errand: Errand) async -> Bool {
        switch errand {
        case .deliver(let alert): return await deliver(alert)
        case .sweep: return await sweep()
        }
    }

    /// Goes through everything that some channel has not taken: what only another one misses, however much it is, hides nothing.
    private func sweep() async -> Bool {
        var place: DeliveryLedger.Place? = ledger.oldest
        var failures = 0
        while let here = place {
            guard let page = await ledger.undelivered(at: here) else { return false }
            for alert in page.alerts where await !deliver(alert) { failures += 1 }
            guard failures < Self.mostFailures else { return false }
            place = page.next
        }
        return failures == 0
    }

    /// Answers whether this channel took the alert, now or before.
    private func deliver(_ alert: Alert) async -> Bool {
        guard await !ledger.hasTaken(alert, name) else { return true }
        return await attempt(alert)
    }

    private enum Outcome {
        case taken, refused, late
    }

    /// Answers whether the channel took the alert in time. A call that takes longer goes on, and what becomes of it counts when it comes.
    private func attempt(_ alert: Alert) async -> Bool {
        guard begin(alert) else { return false }
        let (outcomes, outcome) = AsyncStream.makeStream(of: Outcome.self)
        let limit = Task { await expire(outcome, after: Self.limit) }
        let delivery = Task {
            let isTaken = await call(alert)
            limit.cancel()
            await ledger.note(alert, name, isTaken: isTaken)
            calls.withLock { _ = $0.alerts.remove(alert.id) }
            outcome.yield(isTaken ? .taken : .refused)
        }
        let first = Task { await outcomes.first { _ in true } ?? .late }
        let found = await withTaskCancellationHandler {
            await first.value
        } onCancel: {
            Task { await expire(outcome, after: Self.lastLimit) }
        }
        if found == .late { leave(alert, delivery) }
        return found == .taken
    }

    /// Whether the alert may be handed over: not while an earlier call with it hangs, and not beside many that hang.
    private func begin(_ alert: Alert) -> Bool {
        let isStopping = Task.isCancelled
        return calls.withLock { calls in
            guard calls.alerts.count < Calls.most, !(isStopping && calls.hasGivenUp) else { return false }
            return calls.alerts.insert(alert.id).inserted
        }
    }

    private func call(_ alert: Alert) async -> Bool {
        do {
            try await plugin.deliver(alert)
            return true
        } catch {
            log(
                .warning, "an alert was not delivered", LogField("alert", alert.id), LogField("channel", name), LogField("why", "\(error)"))
            return false
        }
    }

    private func expire(_ outcome: AsyncStream<Outcome>.Continuation, after span: Span) async {
        guard (try? await clock.sleep(until: clock.now() + span)) != nil else { return }
        outcome.yield(.late)
    }

    /// Goes on without a call that has taken too long, which is asked to end.
    private func leave(_ alert: Alert, _ delivery: Task<Void, Never>) {
        calls.withLock { $0.hasGivenUp = true }
        delivery.cancel()
        log(
            .warning, "an alert was not delivered", LogField("alert", alert.id), LogField("channel", name),
            LogField("why", "the channel took too long"))
    }
}
