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
    var condition: String?
    var since: Instant?
    var at: Instant
    var trading: Trading
    var disabledGuards: [String]
    var calendarGaps: [String]
    var portfolio: PortfolioView
    var positions: [PositionView]
    var waitingSignals: Int
    var latestSignals: [SignalView]
    var frozen: [ScopeView]

    /// - Parameters:
    ///   - since: when the newest process of the account started.
    ///   - condition: the engine's, for a host that runs.
    init(
        _ account: AccountView, configuration: HostConfiguration, tradedInstruments: [TradedInstrument], since: Instant?,
        condition: Engine.Condition?, at now: Instant
    ) {
        let prices = LastPrices(account.scopes)
        instance = configuration.instance.name
        version = Version.current
        mode = configuration.instance.mode
        broker = configuration.broker.name
        storage = configuration.storage.name
        self.condition = condition.map(\.word)
        self.since = since
        at = now
        trading = Trading(account.tradingSwitch)
        disabledGuards = configuration.policy.disabledGuards
        calendarGaps = tradedInstruments.calendarGaps(at: now).map(\.description)
        portfolio = PortfolioView(account, policy: configuration.policy, at: now)
        positions = account.positions.map { PositionView($0, lastPrice: prices[$0.instrument]) }
        waitingSignals = account.waitingSignals
        latestSignals = account.latestSignals.map { SignalView($0, isBrief: true) }
        frozen = account.scopes.filter { $0.state == .frozen }.map(ScopeView.init)
    }

    /// Reads the page from the records of a host that does not run.
    static func read(
        from store: any RecordStore, configuration: HostConfiguration, tradedInstruments: [TradedInstrument], at now: Instant
    ) async throws(StorageError) -> StatusView {
        let newest = try await store.fetch(Query<InstanceRecord>(order: [.descending("started_at")], limit: 1)).first
        return StatusView(
            try await .read(from: store), configuration: configuration, tradedInstruments: tradedInstruments, since: newest?.startedAt,
            condition: nil, at: now)
    }
}

extension StatusView: DescribedAnswer {
    static var schemaName: String { "Status" }
    static var schemaSummary: String { "The host on one page." }
    static var meanings: [String: String] {
        [
            "instance": "The name of the host.", "version": "The version of the program.", "mode": "Whether real money is traded.",
            "broker": "The broker's plugin.", "storage": "The storage's plugin.",
            "condition": "ok, recovering, stopping, ended, or the sentence of a storage that fails; left out when read without a host.",
            "since": "When the newest process of the account started.", "at": "When the page was made.",
            "trading": "Whether risk may be increased.", "disabled_guards": "Protection that the configuration switched off.",
            "calendar_gaps": "Holidays that are not known, a sentence for each instrument and year.", "portfolio": "The account.",
            "positions": "Open positions.", "waiting_signals": "Signals without a verdict.",
            "latest_signals": "The signals that came last, newest first, without explanations.",
            "frozen": "Instruments that take no entries until a person has looked.",
        ]
    }
}

extension StatusView.Trading: DescribedAnswer {
    static var schemaName: String { "TradingSwitch" }
    static var schemaSummary: String { "Whether risk may be increased, and who said so." }
    static var meanings: [String: String] {
        [
            "is_stopped": "Whether everything that adds risk is refused.", "reason": "Why, in the words of who changed it.",
            "changed_by": "Who changed it last.", "changed_at": "When.",
        ]
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
