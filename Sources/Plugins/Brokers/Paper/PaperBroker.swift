public import MunimKit

/// A broker on paper: real orders, books and failures, no money.
///
/// It behaves as a broker at the other end of a line does: it keeps a durable book of its own in a store of its own, an order is durable there before
/// it is reported as accepted, and its misbehaviour can be ordered (see ``PaperFaults``). All calls may run side by side; the changes of calls that
/// wait at the same time share one commit.
public actor PaperBroker: BrokerPlugin, ObservesPrices, InjectsFaults {
    public static var manifest: PluginManifest {
        PluginManifest(
            kind: .brokers, name: "paper", version: "1.0.0",
            summary: "Trades on paper against the prices that the host hears, with a durable book and faults on order.")
    }

    public nonisolated let traits: BrokerTraits
    let options: PaperOptions
    let context: PluginContext
    nonisolated let feed = PaperFeed()
    private let quoteFile: PaperQuoteFile?

    var exchange: PaperExchange
    var keeping = PaperKeeping()
    var store: (any RecordStore)?
    /// Why the book cannot be written any more; nil while it can.
    var breakdown: String?
    var isDoubtful = false
    var isWriting = false
    var queue: [CheckedContinuation<PaperTurn, Never>] = []

    var dice: PaperDice
    /// From when a new order shows in the book.
    var visibleFrom: [BrokerOrderID: Instant] = [:]
    var heldUpdates: [OrderReport] = []
    private var chores: [Int: Task<Void, Never>] = [:]
    private var lastChore = 0

    public init(options: PaperOptions, context: PluginContext) throws {
        self.options = options
        self.context = context
        quoteFile = options.quotes.map { PaperQuoteFile(path: $0.hasPrefix("/") ? $0 : context.directory + "/" + $0) }
        traits = BrokerTraits(
            isLive: false, findsOrdersByTag: true, horizon: max(options.horizon, options.faults.invisible), rate: options.rate)
        exchange = PaperExchange(terms: options.terms, at: context.clock.now())
        dice = PaperDice(options.faults, seed: options.seed.map { UInt64($0) } ?? context.random.entropy().low)
    }

    public func start() async throws {
        guard store == nil else { return }
        let records = try await context.openRecords("paper", PaperExchange.tables)
        let book = try await Self.load(records)
        let now = context.clock.now()
        exchange = try PaperExchange(terms: options.terms, book: book, at: now)
        keeping = PaperKeeping(book: book)
        keeping.note(exchange.advance(to: now))
        store = records
        for order in exchange.openOrders where order.report.state == .submitted {
            later(dice.faults.followUp) { broker in await broker.followUp(order.report.orderID, isRejected: true) }
        }
        try await reloadQuotes()
        if let failure = await keep() { throw PluginFault("the paper book cannot be written: \(failure)") }
    }

    public func stop() async {
        chores.values.forEach { $0.cancel() }
        chores = [:]
        if store != nil, await keep() != nil { context.log(.error, "the last changes of the paper book could not be kept") }
        store = nil
        heldUpdates.forEach { feed.send($0) }
        heldUpdates = []
        feed.finish()
    }

    public nonisolated func updates() -> AsyncStream<OrderReport> { feed.listen() }

    public func inject(_ text: String) async throws {
        dice.faults = try PaperFaults(text)
        visibleFrom = [:]
        context.log(.warning, "faults of the paper broker set", LogField("faults", text))
    }

    /// Reads the file of quotes again, if there is one; throws a sentence with the line at fault, and then changes nothing.
    public func reloadQuotes() async throws {
        guard let quotes = try await quoteFile?.read(), store != nil else { return }
        let now = context.clock.now()
        turn(to: now)
        var changed: [PaperOrder] = []
        for quote in quotes where exchange.price(ofSymbol: quote.symbol) != quote.price {
            changed += exchange.observe(symbol: quote.symbol, price: quote.price, at: now)
            keeping.note(symbol: quote.symbol)
        }
        keeping.note(changed)
        guard !changed.isEmpty, await keep() == nil else { return }
        publish(changed.map(\.report))
    }

    /// Takes note of a price, and of a new contract durably, so that a restart never leaves the book without a price.
    ///
    /// A change of a known price is kept with the next commit.
    public func observe(_ observation: PriceObservation) async {
        guard store != nil else { return }
        var observation = observation
        observation.at = context.clock.now()
        turn(to: observation.at)
        let symbols = observation.structure.legs.map(\.contract.symbol)
        let isNew = !symbols.allSatisfy { keeping.keeps($0) }
        let changed = exchange.observe(observation)
        for symbol in symbols { keeping.note(symbol: symbol) }
        keeping.note(changed)
        guard isNew || !changed.isEmpty, await keep() == nil else { return }
        publish(changed.map(\.report))
    }

    /// Moves the book to the day of `instant`.
    func turn(to instant: Instant) {
        let lapsed = exchange.advance(to: instant)
        guard !lapsed.isEmpty else { return }
        keeping.note(lapsed)
        visibleFrom = [:]
    }

    /// Runs `work` after `span`, unless the broker stops before.
    func later(_ span: Span, _ work: @escaping @Sendable (isolated PaperBroker) async -> Void) {
        lastChore += 1
        let (number, due, clock) = (lastChore, context.clock.now() + span, context.clock)
        chores[number] = Task {
            try? await clock.sleep(until: due)
            if !Task.isCancelled { await work(self) }
            self.chores[number] = nil
        }
    }

    /// Waits as long as an ordered fault says.
    func pause(_ span: Span) async {
        guard span > .zero else { return }
        try? await context.clock.sleep(until: context.clock.now() + span)
    }
}
