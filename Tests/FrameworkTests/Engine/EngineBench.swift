import MunimKit
import MunimTesting
import Simulation
import Synchronization
import Testing

/// An engine with its inbox between a model store, a model broker and one channel of alerts.
final class EngineBench: Sendable {
    let store: SharedStore
    let broker: SharedBroker
    let channel: Channel
    let engine: Engine
    let inbox: Inbox
    private let clock: any Clock

    convenience init(clock: any Clock = SystemClock()) throws {
        try self.init("P1", clock: clock, store: SharedStore(), broker: SharedBroker(options: NoOptions(), context: Self.context(clock)))
    }

    /// A second process beside another one, on its store and broker.
    convenience init(_ incarnation: Incarnation, beside other: EngineBench, by coordination: any CoordinationPlugin) throws {
        try self.init(incarnation, clock: other.clock, store: other.store, broker: other.broker, by: coordination)
    }

    private static func context(_ clock: any Clock) -> PluginContext { PluginContext(name: "bench", clock: clock) }

    init(
        _ incarnation: Incarnation, clock: any Clock, store: SharedStore, broker: SharedBroker,
        by coordination: (any CoordinationPlugin)? = nil
    ) throws {
        let context = Self.context(clock)
        self.clock = clock
        self.store = store
        self.broker = broker
        channel = try Channel(options: NoOptions(), context: context)
        var policy = Policy.testing
        policy.sessions = .ignored
        engine = Engine(
            Engine.Parts(
                policy: policy, tradedInstruments: [Fixture.traded()], store: store, broker: broker, coordination: coordination,
                alerts: [channel],
                incarnation: incarnation, clock: clock, random: SeededRandomSource(1)))
        inbox = Inbox(store: store, engine: engine, clock: clock)
    }

    /// Runs `body` beside the engine, and stops the engine afterwards.
    func run(grace: Span = .seconds(5), _ body: () async throws -> Void) async throws {
        let running = Task { try await engine.run() }
        try await wait { self.engine.condition.isRecovered }
        try await body()
        await engine.stop(grace: grace)
        try await running.value
    }

    /// Waits for something that will be so without a further push.
    func wait(until isThere: () async -> Bool) async throws {
        while await !isThere() { try await Task.sleep(for: .milliseconds(1)) }
    }

    /// Hands a signal to the inbox and waits up to `span` for its verdict.
    func send(_ signal: Signal, digest: String = "digest", waiting span: Span = .seconds(30)) async -> Inbox.Admission {
        let text = String(signal.canonicalText.utf8.reduce(UInt64(1)) { $0 &* 31 &+ UInt64($1) }, radix: 16)
        let fingerprint = Fingerprint(text + String(repeating: "0", count: 64 - text.count))
        let record = SignalRecord(fingerprint: fingerprint, signal: signal, digest: digest, rawBody: "", receivedAt: clock.now())
        return await inbox.submit(record, waiting: span)
    }
}

/// The model store as an engine sees it, in trouble when told so.
actor SharedStore: RecordStore {
    private var store = ModelStore()
    private var troubles: [(state: String, error: StorageError)] = []
    private var writeTroubles: (table: String, errors: [StorageError], isMade: Bool) = ("", [], false)

    /// Fails the next commit that moves something to `state`; it is made all the same when its outcome is uncertain.
    func fail(at state: String, _ error: StorageError) { troubles.append((state, error)) }

    /// Fails the next commits that write a record of this type, as often as there are errors; they are made all the same when `isMade`.
    func fail(writing type: any Record.Type, _ errors: [StorageError], isMade: Bool) { writeTroubles = (type.table.name, errors, isMade) }

    /// Whether every commit fails.
    func setFull(_ isFull: Bool) { store.isFull = isFull }

    func all<R: Record>(_ type: R.Type = R.self) -> [R] { store.all() }

    func commit(_ transaction: Transaction) async throws(StorageError) -> [Bool] {
        if let error = writeTroubles.errors.first,
            transaction.writes.contains(where: { type(of: $0.record).table.name == writeTroubles.table })
        {
            writeTroubles.errors.removeFirst()
            if writeTroubles.isMade { _ = try store.commit(transaction) }
            throw error
        }
        let states = transaction.writes.compactMap { ($0.record as? AuditRecord)?.to }
        guard let index = troubles.firstIndex(where: { states.contains($0.state) }) else { return try store.commit(transaction) }
        let error = troubles.remove(at: index).error
        if case .uncertain = error { _ = try store.commit(transaction) }
        throw error
    }

    func fetch<R: Record>(_ query: Query<R>) async throws(StorageError) -> [R] { try store.fetch(query) }
    func count<R: Record>(_ query: Query<R>) async throws(StorageError) -> Int { try store.fetch(query).count }
}

/// The model broker as an engine sees it.
actor SharedBroker: BrokerPlugin, ObservesPrices {
    static let manifest = PluginManifest(kind: .brokers, name: "shared", version: "1.0.0", summary: "A model broker behind calls.")
    let traits = BrokerTraits.testing
    private let clock: any Clock
    private var model = ModelBroker()

    init(options: NoOptions, context: PluginContext) throws { clock = context.clock }

    var requests: [OrderRequest] { model.requests }

    func place(_ request: OrderRequest) async -> PlaceOutcome { model.place(request, at: clock.now()) }
    func cancel(_ order: BrokerOrderID) async -> CancelOutcome { model.cancel(order, at: clock.now()) }
    func book(leavingOut settled: EndedTags) async throws(BrokerError) -> OrderBook {
        model.book(at: clock.now(), leavingOut: settled) ?? OrderBook([])
    }
    func positions() async throws(BrokerError) -> [BrokerPosition] { model.holdings(at: clock.now()) ?? [] }
    func quotes(_ contracts: [Contract]) async throws(BrokerError) -> [ContractQuote] {
        contracts.map { ContractQuote(symbol: $0.symbol, quote: Quote(last: Price(whole: 52_000), at: clock.now())) }
    }
    func funds() async throws(BrokerError) -> Funds { Funds(available: Money(whole: 5_000_000), used: .zero) }
    nonisolated func updates() -> AsyncStream<OrderReport> { AsyncStream { $0.finish() } }
    func observe(_ observation: PriceObservation) async { model.observe(observation) }
}

/// A channel that tells a test what it was given, and fails as often as it is told to.
final class Channel: AlertPlugin {
    static let manifest = PluginManifest(kind: .alerts, name: "channel", version: "1.0.0", summary: "Alerts for tests.")
    private let state = Mutex<(failures: Int, tries: [String])>((0, []))

    init(options: NoOptions, context: PluginContext) throws {}

    /// The next so many deliveries fail.
    func fail(_ count: Int) { state.withLock { $0.failures = count } }

    /// Every alert that was to be delivered, as often as it was.
    var tries: [String] { state.withLock(\.tries) }

    func deliver(_ alert: Alert) async throws {
        let isBroken = state.withLock { state in
            state.tries.append(alert.id)
            state.failures -= 1
            return state.failures >= 0
        }
        if isBroken { throw PluginFault("the channel is down") }
    }
}
