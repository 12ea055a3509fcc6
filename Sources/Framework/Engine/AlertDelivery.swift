/// Brings alerts to people: each is stored with what it tells of, and delivered at least once by each channel.
///
/// Channels know nothing of each other: each has a queue, a pace and a progress of its own.
final class AlertDelivery: Sendable {
    private let channels: [AlertChannel]

    init(store: any RecordStore, plugins: [any AlertPlugin], clock: any Clock, log: any Log, page: Int = 1_000) {
        let names = Self.names(of: plugins)
        let ledger = DeliveryLedger(store: store, channels: names, clock: clock, page: page)
        channels = zip(names, plugins).map { AlertChannel(name: $0, plugin: $1, ledger: ledger, clock: clock, log: log) }
    }

    func send(_ alert: Alert) { for channel in channels { channel.put(.deliver(alert)) } }

    /// Has stored alerts delivered that were not sent here.
    func sweep() { for channel in channels { channel.put(.sweep) } }

    func close() { for channel in channels { channel.close() } }

    /// Delivers what an earlier process left, what comes, and what failed once more; returns after ``close()``.
    func run() async {
        await withDiscardingTaskGroup { group in
            for channel in channels { group.addTask { await channel.run() } }
        }
    }

    /// The name of each channel: that of its plugin, with its number from the second of a plugin on.
    private static func names(of plugins: [any AlertPlugin]) -> [String] {
        var counts: [String: Int] = [:]
        return plugins.map { plugin in
            let name = type(of: plugin).manifest.name
            counts[name, default: 0] += 1
            return counts[name].flatMap { $0 > 1 ? "\(name) \($0)" : nil } ?? name
        }
    }
}
