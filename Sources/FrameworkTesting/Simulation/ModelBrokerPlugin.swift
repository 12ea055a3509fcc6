public import MunimKit
import Synchronization

/// The model broker behind calls, as a process sees it; with a line between, as ``ModelDatabase``.
public final class ModelBrokerPlugin: BrokerPlugin, ObservesPrices, InjectsFaults {
    public static let manifest = PluginManifest(
        kind: .brokers, name: "model", version: "1.0.0", summary: "A broker modelled from documents, for tests.")

    /// What looks at orders on their way.
    public struct Watch: Sendable {
        /// A process lets an order go.
        public var sends: (@Sendable (OrderRequest, Instant) -> Void)?
        /// An order comes to the broker, which is as it was before.
        public var reaches: (@Sendable (OrderRequest, ModelBroker, Instant) -> Void)?

        /// Nobody looks.
        public init() {}
    }

    private struct State {
        var model: ModelBroker
        var isExpired = false
        var isStopped = false
        var listeners: [AsyncStream<OrderReport>.Continuation] = []
        var told: [BrokerOrderID: OrderReport] = [:]
    }

    public let traits: BrokerTraits
    private let clock: any Clock
    private let line: ModelLine?
    private let watch: Watch
    /// Whether reports are pushed.
    private let pushes: Bool
    private let state: Mutex<State>

    public convenience init(options: NoOptions, context: PluginContext) { self.init(ModelBroker(), clock: context.clock) }

    /// A broker behind a clock, and a line that orders travel on.
    public init(
        _ model: ModelBroker, traits: BrokerTraits = .testing, clock: any Clock, line: ModelLine? = nil, pushes: Bool = true,
        watch: Watch = Watch()
    ) {
        self.traits = traits
        self.clock = clock
        self.line = line
        self.pushes = pushes
        self.watch = watch
        state = Mutex(State(model: model))
    }

    /// The broker as it is now.
    public var model: ModelBroker { state.withLock(\.model) }

    /// Changes the broker's behaviour.
    public func change(_ body: (inout ModelBroker) -> Void) { state.withLock { body(&$0.model) } }

    public func stop() async {
        let listeners = state.withLock { state in
            state.isStopped = true
            defer { state.listeners = [] }
            return state.listeners
        }
        listeners.forEach { $0.finish() }
    }

    // MARK: - Orders

    public func place(_ request: OrderRequest) async -> PlaceOutcome {
        watch.sends?(request, clock.now())
        return await carry { self.take(request) }
    }

    private func take(_ request: OrderRequest) -> PlaceOutcome {
        let now = clock.now()
        let (outcome, moments) = state.withLock { state in
            watch.reaches?(request, state.model, now)
            let before = state.model.orders.count
            let outcome = state.model.place(request, at: now)
            let new = state.model.orders[before...]
            return (outcome, new.flatMap { $0.fills.map(\.at) + ($0.endsAt.map { [$0] } ?? []) }.filter { $0 > now })
        }
        tell()
        // What happens later is told then.
        if let line { for moment in moments { line.clock.call(at: moment) { self.tell() } } }
        return outcome
    }

    public func cancel(_ order: BrokerOrderID) async -> CancelOutcome {
        await carry {
            let outcome = self.state.withLock { $0.model.cancel(order, at: self.clock.now()) }
            self.tell()
            return outcome
        }
    }

    // MARK: - Reading

    public func book(leavingOut settled: EndedTags) async throws(BrokerError) -> OrderBook {
        try await read("the order book does not answer") { $0.book(at: $1, leavingOut: settled) }
    }

    public func positions() async throws(BrokerError) -> [BrokerPosition] {
        try await read("the positions do not answer") { $0.holdings(at: $1) }
    }

    public func quotes(_ contracts: [Contract]) async throws(BrokerError) -> [ContractQuote] {
        try await read("no market") { model, now in model.quotes ? model.quotes(of: contracts, at: now) : nil }
    }

    public func funds() async throws(BrokerError) -> Funds { try await read("the funds do not answer") { model, _ in model.funds } }

    private func read<Answer: Sendable>(
        _ failure: String, _ question: @escaping @Sendable (inout ModelBroker, Instant) -> Answer?
    ) async throws(BrokerError) -> Answer {
        let answer: Result<Answer, BrokerError> = await carry {
            self.state.withLock { state in
                if state.isExpired { return .failure(.sessionExpired("a person must log in")) }
                return question(&state.model, self.clock.now()).map { .success($0) } ?? .failure(.unavailable(failure))
            }
        }
        return try answer.get()
    }

    private func carry<Answer: Sendable>(_ work: @escaping @Sendable () -> Answer) async -> Answer {
        guard let line else { return work() }
        return await line.carry(work)
    }

    // MARK: - Prices and reports

    public func observe(_ observation: PriceObservation) async {
        var heard = observation
        heard.at = clock.now()
        state.withLock { $0.model.observe(heard) }
        tell()
    }

    public func updates() -> AsyncStream<OrderReport> {
        let (stream, continuation) = AsyncStream<OrderReport>.makeStream()
        let isOver = state.withLock { state in
            guard pushes, !state.isStopped else { return true }
            state.listeners.append(continuation)
            return false
        }
        if isOver { continuation.finish() }
        return stream
    }

    /// Tells all who listen what is new of any order.
    private func tell() {
        guard pushes else { return }
        let now = clock.now()
        let (news, listeners) = state.withLock { state in
            let reports = state.model.orders.filter { $0.arrivedAt <= now }.map { state.model.report($0, at: now) }
            let news = reports.filter { state.told[$0.orderID] != $0 }
            for report in news { state.told[report.orderID] = report }
            return (news, state.listeners)
        }
        for report in news { for listener in listeners { listener.yield(report) } }
    }

    // MARK: - Faults

    /// Understands what the conformance suite asks for; a span is ignored, because the model answers at once.
    public func inject(_ faults: String) async throws {
        let names = faults.split(separator: ",").map { $0.trimmed }.filter { !$0.isEmpty && !$0.hasPrefix("timeout=") }
        try state.withLock { state in
            state.isExpired = false
            (state.model.bookMood, state.model.positionsMood, state.model.script) = (.honest, .honest, [])
            for name in names {
                switch name {
                case "next:timeout-after": state.model.script.append(.unknownWithOrder(visibleAfter: .zero))
                case "next:timeout-before": state.model.script.append(.unknownWithoutOrder)
                case "book-outage=on": (state.model.bookMood, state.model.positionsMood) = (.failing, .failing)
                case "session-expired=on": state.isExpired = true
                default: throw PluginFault("a model broker knows no fault called \(name)")
                }
            }
        }
    }
}

extension Substring {
    fileprivate var trimmed: String { String(drop { $0 == " " }) }
}
