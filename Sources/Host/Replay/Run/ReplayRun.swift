import Brokers
import MunimKit

/// Signals carried through the machine on virtual time, with the paper broker and nothing on disk.
struct ReplayRun {
    /// What came of a run.
    struct Result: Sendable {
        /// Trades that ended, in order of their end, then those still open.
        let trades: [ReplayTrade]
        let executions: [Execution]
        let account: [ReplayBook.AccountPoint]
        /// How many signals had each verdict, such as `executed` or `refused: no_position`.
        let verdicts: [String: Int]
        /// How many signals of each kind were traded.
        let executed: [SignalKind: Int]
        let duplicates: Int
        let conflicts: Int
        let alerts: [String: Int]
        /// Closed equity of the ledger at the end.
        let closedEquity: Money
    }

    let stage: ReplayStage
    private var engine: VirtualEngine<ReplayBook, ReplayMarket>
    private let tally = Tally()
    private var duplicates = 0
    private var lastPrices: [InstrumentName: EndMark] = [:]
    private var conflicts = 0

    /// A run that begins before its first signal.
    init(_ stage: ReplayStage, from start: Instant) {
        self.stage = stage
        let begin = start - .seconds(1)
        let traits = BrokerTraits(isLive: false, findsOrdersByTag: true, horizon: .seconds(2), rate: Self.rate)
        let parts = Shell.Parts(
            policy: stage.policy, broker: traits, tradedInstruments: stage.tradedInstruments, incarnation: "replay", machine: nil,
            instances: .one, othersHaveEnded: true, sweep: nil, publishes: false)
        let terms = PaperTerms(funds: stage.policy.initialCapital, checksFunds: false, margin: .zero, refusesExpired: false)
        engine = VirtualEngine(parts, store: ReplayBook(), broker: ReplayMarket(terms: terms, at: begin), at: begin, seed: 1)
        engine.onVerdict = { [tally] record in tally.note(record) }
        engine.onAlert = { [tally] alert in tally.alerts[alert.code, default: 0] += 1 }
    }

    private static let rate = OrderRate(perSecond: 1_000_000_000, perMinute: 1_000_000_000, perDay: 1_000_000_000)

    /// Runs all signals, which are in order of time; `step` is called after every few thousand and at the end with how many are done.
    mutating func run(_ signals: [ReplaySignal], step: (Int) -> Void = { _ in }) {
        engine.start()
        for (index, signal) in signals.enumerated() {
            take(signal)
            if index & 4_095 == 4_095 { step(index + 1) }
        }
        step(signals.count)
    }

    private mutating func take(_ input: ReplaySignal) {
        engine.advance(to: input.at)
        lastPrices[input.signal.instrument] = EndMark(at: input.at, price: input.signal.price)
        let fingerprint = Fingerprint(Cryptography.sha256Hex(input.signal.canonicalText.utf8))
        let record = SignalRecord(
            fingerprint: fingerprint, signal: input.signal, digest: input.digest, rawBody: input.body, receivedAt: input.at)
        var inbox = Transaction()
        inbox.insertIfAbsent(record)
        guard engine.store.commit(inbox) == [true] else {
            if engine.store.digests[fingerprint] == input.digest { duplicates += 1 } else { conflicts += 1 }
            return
        }
        engine.handle(.signal(record))
    }

    /// What came of it; what is still open is valued at `marks`, else at the last price heard.
    func result(marks: [InstrumentName: EndMark]) -> Result {
        var matching = FirstInFirstOut(rate: stage.policy.chargeRate)
        for execution in engine.store.executions { matching.take(execution) }
        let open = matching.open(at: lastPrices.merging(marks) { _, mark in mark })
        var trades = matching.trades + open
        for index in trades.indices { trades[index].number = index + 1 }
        return Result(
            trades: trades, executions: engine.store.executions, account: engine.store.account, verdicts: tally.verdicts,
            executed: tally.executed, duplicates: duplicates, conflicts: conflicts, alerts: tally.alerts,
            closedEquity: engine.store.account.last?.closedEquity ?? stage.policy.initialCapital)
    }

    /// Counts while the engine runs; used by one thread only.
    private final class Tally {
        var verdicts: [String: Int] = [:]
        var executed: [SignalKind: Int] = [:]
        var alerts: [String: Int] = [:]

        func note(_ record: SignalRecord) {
            let reason = record.status == .executed ? nil : record.reason?.rawValue
            verdicts[record.status.rawValue + (reason.map { ": \($0)" } ?? ""), default: 0] += 1
            if record.status == .executed { executed[record.signal.content.kind, default: 0] += 1 }
        }
    }
}
