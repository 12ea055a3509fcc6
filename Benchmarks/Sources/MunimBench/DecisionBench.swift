import Foundation
import Instruments
import MunimKit
import Rollover
import Sizing

/// Decides base entries with the core alone: no store, no broker, no clock.
struct DecisionBench {
    func microsecondsPerEntry(count: Int) throws -> Double {
        var clockless = PluginContext(name: "bench", clock: SystemClock())
        clockless.name = "GOLD_MINI"
        func make(_ kind: PluginKind, _ name: String, _ types: [any Plugin.Type]) throws -> any Plugin {
            guard let type = types.first(where: { $0.manifest.name == name }) else { throw BenchFault("no plugin \(name)") }
            let (prepared, faults) = OptionReader.read([:], file: "bench") { type.prepare(from: &$0) }
            guard faults.isEmpty else { throw BenchFault("\(faults)") }
            return try prepared.make(in: clockless)
        }
        guard let instrument = try make(.instruments, "gold-mini", BuiltInInstruments.all) as? any InstrumentPlugin,
            let sizing = try make(.sizing, "three-constraint", BuiltInSizing.all) as? any SizingPlugin,
            let rollover = try make(.rollover, "never", BuiltInRollover.all) as? any RolloverPlugin
        else { throw BenchFault("the plugins of the bench have the wrong kind") }
        var policy = Policy()
        policy.sessions = .ignored
        policy.initialCapital = Money(whole: 100_000_000)
        let at = Instant(seconds: 1_764_300_000)
        let traits = BrokerTraits(
            isLive: false, findsOrdersByTag: true, horizon: .seconds(1),
            rate: OrderRate(perSecond: 1_000_000, perMinute: 10_000_000, perDay: 100_000_000))
        var ready = Core(
            policy: policy, broker: traits,
            tradedInstruments: [TradedInstrument(name: "GOLD_MINI", instrument: instrument, sizing: sizing, rollover: rollover)],
            incarnation: "bench", at: at)
        let entropy = Entropy(high: 1, low: 2)
        _ = ready.handle(Stimulus(.started, at: at, entropy: entropy))
        _ = ready.handle(Stimulus(.bookRead(BookReading(startedAt: at, book: OrderBook([]))), at: at, entropy: entropy))
        _ = ready.handle(Stimulus(.positionsRead(PositionsReading(startedAt: at, positions: [])), at: at, entropy: entropy))
        let signal = Signal(
            kind: .baseEntry, instrument: "GOLD_MINI", target: .layer(.base), price: Price(whole: 78_500), stop: Price(whole: 77_800),
            lots: Lots(5), atr: Price(whole: 450), efficiencyRatio: Ratio(units: 850_000), supertrend: Price(whole: 77_800), timestamp: at)
        var record = SignalRecord(fingerprint: "f", signal: signal, digest: "d", rawBody: "", receivedAt: at)
        // As the inbox stores it.
        record.attempts = 1
        let survey = try survey(of: ready, record, at, entropy)
        var decided = 0
        let start = Date()
        for _ in 0..<count {
            var core = ready
            _ = core.handle(Stimulus(.signal(record), at: at, entropy: entropy))
            let effects = core.handle(Stimulus(.surveyed(survey), at: at, entropy: entropy))
            decided += effects.contains { if case .place = $0 { true } else { false } } ? 1 : 0
        }
        guard decided == count else { throw BenchFault("only \(decided) of \(count) entries were decided") }
        return Date().timeIntervalSince(start) * 1_000_000 / Double(count)
    }

    private func survey(of core: Core, _ record: SignalRecord, _ at: Instant, _ entropy: Entropy) throws -> Survey {
        var core = core
        for effect in core.handle(Stimulus(.signal(record), at: at, entropy: entropy)) {
            guard case .survey(let request) = effect else { continue }
            let quotes = request.observations.flatMap(\.structure.legs).map { leg in
                ContractQuote(symbol: leg.contract.symbol, quote: Quote(last: Price(whole: 78_500), at: at))
            }
            return Survey(
                subject: request.subject, quotes: quotes, funds: Funds(available: Money(whole: 100_000_000), used: .zero))
        }
        throw BenchFault("the core asked for no survey")
    }
}
