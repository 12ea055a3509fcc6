import Foundation
import MunimKit
import Testing

@testable import munim

/// A clock that starts at a chosen moment and runs as the machine's does.
struct ShiftedClock: MunimKit.Clock {
    private let system = SystemClock()
    private let shift: Span

    init(startingAt start: Instant) { shift = start - SystemClock().now() }

    func now() -> Instant { system.now() + shift }
    func boot() -> Span { system.boot() }
    func sleep(until instant: Instant) async throws {
        try await system.sleep(until: Instant(microseconds: instant.microseconds - shift.microseconds))
    }
}

/// Runs hosts in this process and gives them signals.
enum CommandHost {
    /// A morning on which every example trades.
    static var morning: Instant { Instant(seconds: 1_768_200_300) }  // 2026-01-12 12:15:00 +05:30

    /// One instrument, SQLite and the paper broker, at any hour and on any machine: no entry grows too old while it waits for its turn.
    static func configuration(in folder: TestFolder, http: String = "listen: 127.0.0.1:0") throws -> String {
        try folder.write(
            """
            instance: { name: bench, data: \(folder.path)/var }
            http: { \(http) }
            storage: { use: sqlite, path: bench.db }
            broker: { use: paper }
            instruments:
              GOLD_MINI:
                use: gold-mini
                sizing: { use: three-constraint, risk: 1.0%, volatility: 0.5% }
                rollover: { use: tender-period }
            risk:
              initial_capital: 5000000
              signals: { sessions: ignored, entry_window: 1d }
            """, to: "bench.yaml")
    }

    /// A base entry of an instrument.
    static func entry(_ instrument: InstrumentName, at price: Int, stop: Int, atr: Int, _ time: Instant = morning) -> Signal {
        Signal(
            kind: .baseEntry, instrument: instrument, target: .layer(.base), price: Price(whole: price), stop: Price(whole: stop),
            lots: Lots(1),
            atr: Price(whole: atr), efficiencyRatio: .one, supertrend: Price(whole: stop), timestamp: time)
    }

    /// A signal just received.
    static func record(_ signal: Signal, at time: Instant) -> SignalRecord {
        SignalRecord(
            fingerprint: Fingerprint(Cryptography.sha256Hex(signal.canonicalText.utf8)), signal: signal, digest: "digest", rawBody: "{}",
            receivedAt: time)
    }

    /// Starts the host of a configuration, gives it signals one after the other, then lets `body` look at it while it runs.
    static func run<Answer: Sendable>(
        _ file: String, signals: [Signal], trace: String? = nil, environment: [String: String] = [:],
        _ body: @Sendable ([SignalRecord], Application) async throws -> Answer
    ) async throws -> Answer {
        let reading = ConfigurationReading(
            file: file, registry: try Builtins.registry(), environment: EnvironmentReferences { environment[$0] },
            loading: DynamicPlugin.loading(beside: file))
        let configuration = try #require(reading.configuration, "\(reading.faults)")
        try Folder.create(configuration.instance.data)
        var seams = ApplicationSeams()
        seams.trace = try trace.map { try TraceFile(path: $0) }
        let clock = ShiftedClock(startingAt: morning)
        let application = try Application(configuration, clock: clock, log: SilentLog(), seams: seams)
        try await application.start()
        let answer = await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.engine.run() }
            let answer: Result<Answer, any Error>
            do { answer = .success(try await body(try await decide(signals, application), application)) } catch { answer = .failure(error) }
            await application.engine.stop(grace: .seconds(5))
            group.cancelAll()
            return answer
        }
        await application.stop()
        return try answer.get()
    }

    /// The verdicts on signals that are sent one after the other.
    private static func decide(_ signals: [Signal], _ application: Application) async throws -> [SignalRecord] {
        while !application.engine.condition.isRecovered, !application.engine.condition.hasEnded {
            try await application.clock.sleep(until: application.clock.now() + .milliseconds(1))
        }
        var decided: [SignalRecord] = []
        for signal in signals {
            let admission = await application.inbox.submit(record(signal, at: application.clock.now()), waiting: .seconds(300))
            guard case .accepted(let record) = admission else { throw PluginFault("\(admission)") }
            decided.append(record)
        }
        return decided
    }
}
