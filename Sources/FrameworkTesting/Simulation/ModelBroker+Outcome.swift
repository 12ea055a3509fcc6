public import MunimKit

extension ModelBroker {
    /// What becomes of one order.
    public enum Outcome: Hashable, Sendable {
        /// Accepted and filled at once.
        case fill
        /// Accepted; filled so much later.
        case fillAfter(Span)
        /// Accepted, so many units filled at once, the rest after a while.
        case partial(Int64, restAfter: Span)
        /// Accepted, so many units filled, the rest ended by the broker.
        case partialThenCancelled(Int64)
        /// Accepted and rests until it is cancelled.
        case rest
        /// Accepted, so many units filled; the rest rests until it is cancelled.
        case restsPartly(Int64)
        /// Accepted and filled in parts, each at a price of its own.
        case parts([Part])
        /// Accepted, and refused by the exchange a moment later.
        case acceptThenReject
        /// Refused for good.
        case reject
        /// Proven not to have reached the broker.
        case notSent
        /// No answer, but the broker has it and fills it; the book shows it from so much later on.
        case unknownWithOrder(visibleAfter: Span)
        /// No answer, and the request was lost.
        case unknownWithoutOrder
        /// No answer; the request arrives so much later and is filled then.
        case late(Span)
        /// No answer; the request arrives so much later, and is filled so much after that.
        case lateThenRests(Span, fillsAfter: Span)
        /// No answer; the broker has it twice, as when something on the way sent it again.
        case doubled
    }

    /// One part in which an order fills.
    public struct Part: Hashable, Sendable {
        /// How many units.
        public var units: Int64
        /// How long after the order arrived.
        public var after: Span
        /// How much worse than the quote, in points.
        public var worse: Price

        /// A part.
        public init(units: Int64, after: Span = .zero, worse: Price = .zero) {
            self.units = units
            self.after = after
            self.worse = worse
        }
    }

    /// What a person traded past whoever asks the model.
    public struct StrangeTrade: Hashable, Sendable {
        /// What was traded.
        public let symbol: String
        /// How much, negative for what was sold.
        public let units: Int64
        /// When.
        public let at: Instant
    }

    /// Times within a span at which what the account holds of a contract changed, and its beginning.
    func transitions(of symbol: String, from begin: Instant, until end: Instant) -> [Instant] {
        let fills = orders.filter { $0.request.contract.symbol == symbol }.flatMap(\.fills).map(\.at)
        let trades = strangeTrades.filter { $0.symbol == symbol }.map(\.at)
        return [begin] + (fills + trades).filter { begin < $0 && $0 <= end }
    }

    /// Units by symbol that our records need not explain: what a person traded, and what orders filled that our records have lost.
    func elsewhere(at: Instant) -> [String: Int64] {
        guard !disowned.isEmpty else { return foreign }
        return orders.reduce(into: foreign) { units, order in
            guard disowned.contains(order.request.tag) else { return }
            units[order.request.contract.symbol, default: 0] += order.netUnits(at: at)
        }
    }

    /// Tags that the broker has more than once.
    var doubled: Set<Tag> {
        var seen: Set<Tag> = []
        return Set(orders.map(\.request.tag).filter { !seen.insert($0).inserted })
    }

    /// Contracts of which a person, lost rows or a doubled tag make the figures doubtful; of those that belong together one makes all of them so.
    func doubtfulSymbols(at: Instant, _ together: [Set<String>], _ unreadable: Set<TradeID>) -> Set<String> {
        let doubled = doubled
        let twice = doubled.isEmpty ? [] : orders.filter { doubled.contains($0.request.tag) }.map(\.request.contract.symbol)
        let odd =
            unreadable.isEmpty
            ? [] : orders.filter { $0.fills.contains { unreadable.contains($0.id) } }.map(\.request.contract.symbol)
        let doubtful = Set(elsewhere(at: at).keys).union(twice).union(odd)
        guard !doubtful.isEmpty else { return [] }
        return together.reduce(doubtful) { $1.isDisjoint(with: doubtful) ? $0 : $0.union($1) }
    }

    /// A price of a part, never beyond the limit and never nothing.
    func price(_ price: Price, worse: Price, of request: OrderRequest) -> Price {
        let isBuy = request.side == .buy
        let paid = Price(units: max(500, isBuy ? price.units + worse.units : price.units - worse.units))
        return request.limit.map { isBuy ? min(paid, $0) : max(paid, $0) } ?? paid
    }

    /// What an instrument trades at when a signal names a price.
    func price(of observation: PriceObservation) -> Price {
        if let price = market[observation.instrument] { return price }
        guard let distance = distance[observation.instrument] else { return observation.price }
        let step: Int64 = 500
        let price = Int128(observation.price.units) * Int128(1_000 + distance) / 1_000 / Int128(step) * Int128(step)
        return Price(units: max(step, Int64(clamping: price)))
    }
}

extension ModelBroker.Outcome {
    /// Whether the order reaches the broker.
    var arrives: Bool { self != .notSent && self != .unknownWithoutOrder }

    /// Whether the sender is told what became of it.
    var isAnswered: Bool {
        switch self {
        case .unknownWithoutOrder, .unknownWithOrder, .late, .lateThenRests, .doubled: false
        case .fill, .fillAfter, .partial, .partialThenCancelled, .rest, .restsPartly, .parts, .acceptThenReject, .reject, .notSent: true
        }
    }
}
