import MunimKit

/// Ends a host whose records were taken away: whatever it stored from then on, nobody would find.
struct RecordsGuard: Sendable {
    let application: Application
    let servers: Servers
    /// How long the channels of alerts get.
    private static let patience = Span.seconds(3)

    /// Comes back with the exit code when the host has stopped for that reason, and with nil when it stops for another.
    func run() async -> Int32? {
        guard let store = application.store as? any NoticesLoss, let sentence = await store.loss() else { return nil }
        application.log(.critical, "the records were taken away, the host stops", LogField("why", sentence))
        await tell(sentence)
        await application.engine.stop(grace: .zero)
        for server in servers.all { await server.stop(grace: .seconds(1)) }
        return 1
    }

    /// Tells people by every channel; not by way of the records, as other alerts.
    private func tell(_ sentence: String) async {
        let alert = Alert(
            id: "\(application.incarnation)-records_lost", severity: .critical, code: "records_lost",
            message: "The records were taken away: \(sentence). The host has stopped; what it holds at the broker is not looked after.",
            instrument: nil, at: application.clock.now())
        guard !application.alerts.isEmpty else { return }
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        for channel in application.alerts {
            Task {
                try? await channel.deliver(alert)
                end.yield()
            }
        }
        let limit = Task {
            try? await application.clock.sleep(until: application.clock.now() + Self.patience)
            end.finish()
        }
        var left = application.alerts.count
        for await _ in ends {
            left -= 1
            if left == 0 { break }
        }
        limit.cancel()
    }
}
