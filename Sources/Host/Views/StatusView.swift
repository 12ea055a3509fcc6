import MunimKit

/// The host on one page.
struct StatusView: Codable, Sendable {
    /// Whether risk may be increased, and who said so.
    struct Trading: Codable, Sendable {
        var isStopped: Bool
        var reason: String?
        var changedBy: String?
        var changedAt: Instant?

        init(_ record: SwitchRecord?) {
            isStopped = record?.isThrown ?? false
            reason = record?.reason
            changedBy = record?.changedBy
            changedAt = record?.changedAt
        }
    }

    var instance: String
    var version: String
    var mode: TradingMode
    var broker: String
    var storage: String
    /// `ok`, `recovering`, `stopping`, `ended` or `storage: …`; nil when read from the records of a host that need not run.
    var condition: String?
    /// When the newest process of the account started.
    var since: Instant?
    var at: Instant
    var trading: Trading
    /// Protection that the configuration switched off.
    var disabledGuards: [String]
    /// Holidays that are not known, a sentence for each instrument and year.
    var calendarGaps: [String]
    var portfolio: PortfolioView
    var positions: [PositionView]
    /// Signals without a verdict.
    var waitingSignals: Int
    /// The signals that came last, newest first, without their explanations.
    var latestSignals: [SignalView]
    /// Instruments that take no entries until a person has looked.
    var frozen: [ScopeView]

    /// Reads the page from the records; `condition` is the engine's, for a host that runs.
    static func read(
        from store: any RecordStore, configuration: HostConfiguration, desks: [Desk], condition: Engine.Condition?, at now: Instant
    ) async throws(StorageError) -> StatusView {
        let scopes = try await store.fetch(Query<ScopeRecord>(order: [.ascending("instrument")]))
        let prices = LastPrices(scopes)
        let live = try await store.fetch(LivePositions.query)
        let account = try await store.fetch(Query<PortfolioRecord>()).first
        let waiting = try await store.count(
            Query<SignalRecord>(.isIn("processing_status", SignalStatus.allCases.filter { !$0.isVerdict })))
        let latest = try await store.fetch(Query<SignalRecord>(order: [.descending("received_at")], limit: 5))
        let thrown = try await store.fetch(Query<SwitchRecord>(.equal("name", Core.tradingSwitchName))).first
        let newest = try await store.fetch(Query<InstanceRecord>(order: [.descending("started_at")], limit: 1)).first
        return StatusView(
            instance: configuration.instance.name, version: Version.current, mode: configuration.instance.mode,
            broker: configuration.broker.name, storage: configuration.storage.name, condition: condition.map(\.word),
            since: newest?.startedAt, at: now, trading: Trading(thrown), disabledGuards: configuration.policy.disabledGuards,
            calendarGaps: desks.calendarGaps(at: now).map(\.description),
            portfolio: PortfolioView(account ?? PortfolioRecord(at: now), positions: live, prices: prices, policy: configuration.policy),
            positions: live.map { PositionView($0, lastPrice: prices[$0.instrument]) }, waitingSignals: waiting,
            latestSignals: latest.map { SignalView($0, isBrief: true) },
            frozen: scopes.filter { $0.state == .frozen }.map(ScopeView.init))
    }
}

extension Engine.Condition {
    /// The condition in one word, or the sentence of the storage that fails.
    var word: String {
        if let storageFailure { return "storage: \(storageFailure)" }
        return hasEnded ? "ended" : isStopping ? "stopping" : isRecovered ? "ok" : "recovering"
    }
}

extension Policy {
    /// Protection that is switched off, in words; empty when everything protects.
    var disabledGuards: [String] {
        var guards: [String] = []
        if sessions == .ignored { guards.append("sessions are ignored: entries trade at any hour") }
        if !limits.areEnforced { guards.append("limits are off: risk, volatility, positions and order value are not limited") }
        if !divergence.areEnforced { guards.append("divergence is off: the market may have moved any distance from the signal") }
        return guards
    }
}
