public import MunimKit

/// A machine on virtual time between a model store and a model broker, that can be killed at any step and started again.
///
/// Every promise that can be checked on the two books is checked after every effect; see ``Oracle``.
public final class World {
    /// The process that runs now; another one after each restart.
    public private(set) var engine: VirtualEngine<ModelStore, ModelBroker>
    /// What the machine is configured with.
    public let tradedInstruments: [TradedInstrument]
    /// Its numbers.
    public let policy: Policy
    /// What it knows of the broker.
    public let traits: BrokerTraits
    /// Promises that were broken, in order; empty when all is well.
    public private(set) var breaches: [String] = []
    /// All verdicts over all processes, in order.
    public private(set) var verdicts: [SignalRecord] = []
    /// All alerts over all processes, in order.
    public private(set) var alerts: [Alert] = []
    /// All answers to operators, in order.
    public private(set) var answers: [OperatorAnswer] = []
    /// A hash over everything that was done, to compare runs.
    public private(set) var trace = FNV1a().value
    /// The step at which the running process dies: its number, and whether the effect is still performed.
    public var death: (step: Int, isDone: Bool)?
    /// Whether ``trace`` is kept, which makes everything slower.
    public var isTracing: Bool {
        get { box.isTracing }
        set { box.isTracing = newValue }
    }
    /// Sees every event and its effects, when somebody wants to know.
    public var sink: (any TraceSink)? {
        didSet { engine.trace = sink }
    }
    private var processes = 1
    private let seed: UInt64
    private let box: Box

    /// State that the engine's callbacks write to.
    private final class Box {
        var verdicts: [SignalRecord] = []
        var alerts: [Alert] = []
        var answers: [OperatorAnswer] = []
        var breaches: [String] = []
        var trace = FNV1a()
        var oracle: Oracle
        var death: (step: Int, isDone: Bool)?
        var isTracing = false

        init(policy: Policy) { oracle = Oracle(policy: policy) }
    }

    /// A world in which nothing has happened yet; ``start()`` begins.
    public init(
        tradedInstruments: [TradedInstrument], policy: Policy = .testing, traits: BrokerTraits = .testing, at: Instant = .testing,
        seed: UInt64 = 1
    ) {
        self.tradedInstruments = tradedInstruments
        self.policy = policy
        self.traits = traits
        self.seed = seed
        box = Box(policy: policy)
        engine = VirtualEngine(
            Self.parts(tradedInstruments, policy, traits, process: 1), store: ModelStore(), broker: ModelBroker(), at: at, seed: seed)
        connect()
    }

    private static func parts(
        _ tradedInstruments: [TradedInstrument], _ policy: Policy, _ traits: BrokerTraits, process: Int
    ) -> Shell.Parts {
        Shell.Parts(
            policy: policy, broker: traits, tradedInstruments: tradedInstruments, incarnation: Incarnation("P\(process)"), machine: nil,
            instances: .one, othersHaveEnded: true, sweep: nil)
    }

    private func connect() {
        let box = self.box
        let process = Incarnation("P\(processes)")
        engine.trace = sink
        engine.onVerdict = { box.verdicts.append($0) }
        engine.onAlert = { box.alerts.append($0) }
        engine.onAnswer = { box.answers.append($0) }
        engine.dies = { step, _, isDone in box.death.map { $0.step == step && $0.isDone == isDone } ?? false }
        engine.inspects = { store, broker, effect, at in
            if box.isTracing { box.trace.combine("\(at) \(effect)") }
            switch effect {
            case .commit(let transaction): box.oracle.committed(transaction, by: process, store, at: at)
            case .place(let request): box.oracle.sends(request, by: process, store, at: at, sinceGate: .zero)
            default: break
            }
        }
    }

    private func collect() {
        verdicts = box.verdicts
        alerts = box.alerts
        answers = box.answers
        trace = box.trace.value
        breaches = box.breaches + box.oracle.breaches
    }

    private func run(_ work: () -> Void) {
        box.death = death
        work()
        collect()
    }

    // MARK: - What happens

    /// The process starts.
    public func start() { run { engine.start() } }

    /// A signal arrives: it is committed to the inbox, then handed to the machine unless it was there already.
    @discardableResult
    public func send(_ signal: Signal) -> Fingerprint {
        var record = SignalRecord(of: signal, at: engine.now)
        record.attempts = 1
        var inbox = Transaction()
        inbox.insertIfAbsent(record)
        run {
            guard !engine.isDead, (try? engine.store.commit(inbox)) == [true] else { return }
            engine.handle(.signal(record))
        }
        return record.fingerprint
    }

    /// A person asks for something.
    @discardableResult
    public func ask(_ command: OperatorCommand, id: String? = nil) -> OperatorAnswer? {
        let name = id ?? "R\(engine.store.all(CommandRecord.self).count + 1)"
        let record = CommandRecord(id: CommandID(name), command: command, principal: "tester", at: engine.now)
        var asking = Transaction()
        asking.insertIfAbsent(record)
        run {
            guard !engine.isDead, (try? engine.store.commit(asking)) == [true] else { return }
            engine.handle(.commanded(record))
        }
        return answers.last { $0.id == name }
    }

    /// The broker pushes what it knows of an order.
    public func push(_ report: OrderReport) { run { engine.handle(.reported(report)) } }

    /// Any other event, as a shell would hand it.
    public func hand(_ event: Event) { run { engine.handle(event) } }

    /// Time passes.
    public func wait(_ span: Span) { run { engine.advance(to: engine.now + span) } }

    /// Time passes until an instant.
    public func wait(until instant: Instant) { run { engine.advance(to: instant) } }

    /// Changes the broker's behaviour.
    public func broker(_ change: (inout ModelBroker) -> Void) { change(&engine.broker) }

    /// Changes the store's behaviour.
    public func store(_ change: (inout ModelStore) -> Void) { change(&engine.store) }

    /// A new process takes over from the stored rows; memory and alarms are lost.
    public func restart(after pause: Span = .seconds(1), policy: Policy? = nil) async throws(StorageError) {
        processes += 1
        let policy = policy ?? self.policy
        let (store, broker, now) = (engine.store, engine.broker, engine.now + pause)
        engine = VirtualEngine(
            Self.parts(tradedInstruments, policy, traits, process: processes), store: store, broker: broker, at: now,
            seed: seed &+ UInt64(processes) &* 1_000_003)
        let snapshot = try await rows(policy)
        connect()
        run { engine.start(from: snapshot) }
    }

    /// A commit meets another state, so that the rows are read anew in the middle of a life.
    public func reload() async throws(StorageError) {
        engine.store.meetsAnotherState = true
        hand(.putAside("nothing; the next commit is refused once"))
        let snapshot = try await rows(policy)
        run {
            engine.give(rows: snapshot)
            engine.advance(to: engine.now)
        }
    }

    private func rows(_ policy: Policy) async throws(StorageError) -> Snapshot {
        try await Snapshot.read(
            from: ModelRecords(engine.store), instruments: tradedInstruments.map(\.name), at: now, entryMemory: policy.entryMemory)
    }

    // MARK: - What is asked

    /// The virtual time.
    public var now: Instant { engine.now }
    /// Effects performed by the running process.
    public var performed: Int { engine.performed }
    /// Whether the running process has died.
    public var isDead: Bool { engine.isDead }
    /// Positions that still hold exposure.
    public var positions: [PositionRecord] { engine.store.all(PositionRecord.self).filter(\.status.isLive) }
    /// All positions there ever were.
    public var history: [PositionRecord] { engine.store.all() }
    /// Orders as we recorded them.
    public var orders: [OrderRecord] { engine.store.all() }
    /// The account.
    public var portfolio: PortfolioRecord? { engine.store.all(PortfolioRecord.self).first }
    /// The books.
    public var ledger: [LedgerRecord] { engine.store.all() }
    /// The intents.
    public var intents: [IntentRecord] { engine.store.all() }
    /// The state of an instrument's scope.
    public func scope(_ name: InstrumentName) -> ScopeRecord? { engine.store.row(ScopeRecord.self, name) }
    /// A signal's row.
    public func signal(_ fingerprint: Fingerprint) -> SignalRecord? { engine.store.row(SignalRecord.self, fingerprint) }
    /// What the broker holds now.
    public var holdings: [String: Int64] { engine.broker.net(at: engine.now) }
    /// Codes of all alerts, in order.
    public var alertCodes: [String] { alerts.map(\.code) }
}

extension Policy {
    /// An account of 5,000,000 with the defaults, and no surprises: an empty book is as good as any, because most tests send one order.
    public static var testing: Policy {
        var policy = Policy()
        policy.initialCapital = Money(whole: 5_000_000)
        policy.emptyBookHorizon = .zero
        return policy
    }
}

extension BrokerTraits {
    /// A broker whose orders are found by tag within a minute.
    public static let testing = BrokerTraits(
        isLive: false, findsOrdersByTag: true, horizon: .seconds(60), rate: OrderRate(perSecond: 10, perMinute: 400, perDay: 5_000))
}

extension Instant {
    /// Friday, 28 November 2025, 10:30 on the exchange's clock.
    public static let testing = Instant(seconds: 1_764_306_000)
}
