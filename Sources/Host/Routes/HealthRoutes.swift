import MunimKit

/// Whether the host lives, whether it takes signals, and its figures.
struct HealthRoutes: Sendable {
    let application: Application
    /// Shorter than those who ask wait, and twice of it no longer than that.
    private let patience: Patience

    init(application: Application) {
        self.application = application
        patience = Patience(.milliseconds(900), clock: application.clock)
    }

    var all: [RouteDescription] {
        [
            RouteDescription(
                method: .get, pattern: "/health", access: .anybody,
                summary: "Whether the host lives, which protection is switched off, and which holidays are not known.",
                responses: [
                    200: .value(Health.self, "It lives."), 503: .value(Health.self, "It must be restarted or its storage repaired."),
                ], isRaw: true, handler: health),
            RouteDescription(
                method: .get, pattern: "/ready", access: .anybody, summary: "Whether the host takes signals, per dependency.",
                responses: [200: .value(Readiness.self, "It does."), 503: .value(Readiness.self, "It does not.")], isRaw: true,
                handler: ready),
            RouteDescription(
                method: .get, pattern: "/metrics", access: .readers, summary: "Counters, gauges and durations for Prometheus.",
                responses: [200: .text("Text format 0.0.4.")], isRaw: true, handler: metrics),
        ]
    }

    private static let silence = "storage is unavailable: it has not answered yet"

    /// Why records cannot be written now, asked of the storage itself; nil when they can.
    private func writingFailure() async -> String? {
        let answer = await patience.value { [records = application.records] in await records.failure() }
        guard let answer else { return Self.silence }
        return answer
    }

    @Sendable private func health(_ call: RouteCall) async -> HTTPResponse {
        let health = Health(
            application.engine.condition, writingFailure: await writingFailure(), policy: application.configuration.policy,
            gaps: application.tradedInstruments.calendarGaps(at: application.clock.now()), drift: application.clock.drift())
        return .encoded(health, status: health.status == .unhealthy ? 503 : 200)
    }

    @Sendable private func ready(_ call: RouteCall) async -> HTTPResponse {
        var failure = await writingFailure()
        if failure == nil {
            let answer = await patience.value { [store = application.store] () -> String? in
                do throws(StorageError) { _ = try await store.count(Query<PortfolioRecord>()) } catch { return error.description }
                return nil
            }
            failure = answer ?? Self.silence
        }
        let readiness = Readiness(application.engine.condition, storageFailure: failure)
        return .encoded(readiness, status: readiness.ready ? 200 : 503)
    }

    @Sendable private func metrics(_ call: RouteCall) async -> HTTPResponse {
        // Counters matter most when the records cannot be read, so they are shown in any case.
        let failure = await patience.value { () -> String? in
            do { try await fillGauges() } catch { return "\(error)" }
            return nil
        }
        if let failure = failure ?? Self.silence {
            application.log(.warning, "the gauges could not be read", LogField("why", failure))
        }
        return HTTPResponse(
            status: 200, contentType: "text/plain; version=0.0.4; charset=utf-8", body: Array(application.metrics.page.utf8))
    }

    private func fillGauges() async throws {
        let metrics = application.metrics
        let account = try await application.account()
        metrics.set(Int64(account.waitingSignals), of: .waitingSignals, label: nil)
        metrics.set(account.portfolio?.closedEquity.units ?? 0, of: .closedEquity, label: nil)
        metrics.set(account.tradingSwitch?.isThrown ?? false ? 1 : 0, of: .tradingStopped, label: nil)
        for name in Set(application.tradedInstruments.map(\.name) + account.positions.map(\.instrument)) {
            metrics.set(Int64(account.positions.count { $0.instrument == name }), of: .openPositions, label: name.text)
        }
    }
}

extension [TradedInstrument] {
    /// The gaps of all calendars on the exchange's day at `instant`.
    func calendarGaps(at instant: Instant) -> [CalendarGap] { flatMap { $0.calendarGaps(on: TradingDay(of: instant)) } }
}

/// The answer of `/health`.
struct Health: Codable, Sendable {
    /// The parts, each `ok` or a sentence.
    struct Components: Codable, Sendable {
        var storage: String
        var engine: String
        var broker: String
        var clock: String
    }

    /// How the host is doing.
    enum Condition: String, Codable, CaseIterable, Sendable { case healthy, degraded, unhealthy }

    var status: Condition
    var version: String
    var components: Components
    var disabledGuards: [String]
    var calendarGaps: [String]

    init(_ condition: Engine.Condition, writingFailure: String?, policy: Policy, gaps: [CalendarGap], drift: Span) {
        let engine = condition.hasEnded ? "ended" : condition.isStopping ? "stopping" : condition.isRecovered ? "ok" : "recovering"
        components = Components(
            storage: condition.storageFailure ?? writingFailure ?? "ok", engine: engine,
            broker: condition.isRecovered ? "ok" : "its order book was not compared yet", clock: Self.clock(drift))
        let isHealthy = engine == "ok" && components.clock == "ok"
        status = components.storage != "ok" || condition.hasEnded ? .unhealthy : isHealthy ? .healthy : .degraded
        version = Version.current
        disabledGuards = policy.disabledGuards
        calendarGaps = gaps.map(\.description)
    }

    /// A time service moves a clock by fractions of a second; more was a person, or a machine that slept.
    private static func clock(_ drift: Span) -> String {
        let distance = drift.magnitude
        guard distance > .seconds(2) else { return "ok" }
        return
            "the machine's clock was set \(distance) \(drift < .zero ? "back" : "ahead") since the host started, which goes on with the time it "
            + "began with; start it again when the machine's time is right"
    }
}

extension Health: DescribedAnswer {
    static var schemaName: String { "Health" }
    static var schemaSummary: String { "Whether the host lives." }
    static var meanings: [String: String] {
        [
            "status": "degraded: it is starting or stopping, or its clock was set.", "version": "The version of the program.",
            "components": "The parts.",
            "disabled_guards": "Protection that is switched off; it does not make a host unhealthy, but nobody may forget it.",
            "calendar_gaps": "Holidays that are not known, a sentence for each instrument and year; a person must add them.",
        ]
    }
}

extension Health.Components: DescribedAnswer {
    static var schemaName: String { "HealthComponents" }
    static var schemaSummary: String { "The parts of the host, each ok or a sentence." }
    static var meanings: [String: String] {
        [
            "storage": "Whether records can be written.", "engine": "ok, recovering, stopping or ended.",
            "broker": "Whether its order book was compared.", "clock": "Whether the machine still has the time that the host began with.",
        ]
    }
}

/// The answer of `/ready`, per dependency.
struct Readiness: Codable, Sendable {
    var ready: Bool
    var storage: Bool
    var broker: Bool
    var engine: Bool
    var reasons: [String]

    init(_ condition: Engine.Condition, storageFailure: String?) {
        let failure = storageFailure ?? condition.storageFailure
        storage = failure == nil
        broker = condition.isRecovered
        engine = !condition.isStopping && !condition.hasEnded
        ready = storage && broker && engine
        reasons = [
            failure, broker ? nil : "the broker's order book was not compared yet", engine ? nil : "the host is stopping",
        ].compactMap(\.self)
    }
}

extension Readiness: DescribedAnswer {
    static var schemaName: String { "Readiness" }
    static var schemaSummary: String { "Whether the host takes signals." }
    static var meanings: [String: String] {
        [
            "ready": "Whether all of the others are true.", "storage": "Whether records can be read and written.",
            "broker": "Whether its order book was compared with the records.", "engine": "Whether decisions are taken.",
            "reasons": "Why not, a sentence each.",
        ]
    }
}
