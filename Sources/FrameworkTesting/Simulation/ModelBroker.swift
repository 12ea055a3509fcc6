public import MunimKit

/// A broker modelled from documents: it never deduplicates tags, keeps a book of orders and a book of positions, and misbehaves as scripted.
///
/// Everything an order will do is fixed when it is placed, with times; what is visible follows from the time of the question.
public struct ModelBroker: ImmediateBroker, Sendable {
    /// How a book answers.
    public enum Mood: Hashable, Sendable {
        /// As it is.
        case honest
        /// Without rows, though there are some.
        case empty
        /// Not at all.
        case failing
    }

    /// One order of the model.
    public struct Order: Hashable, Sendable {
        /// The broker's number.
        public let id: BrokerOrderID
        /// What was asked for.
        public let request: OrderRequest
        /// When the broker got it.
        public let arrivedAt: Instant
        /// From when the book shows it.
        public let visibleAt: Instant
        /// All fills that it will have.
        public fileprivate(set) var fills: [Fill]
        /// When it ends unfilled, and whether as a refusal.
        public fileprivate(set) var endsAt: Instant?
        fileprivate var isRejected = false

        /// Signed units that it has filled by then.
        func netUnits(at: Instant) -> Int64 {
            let units = fills.reduce(0) { $1.at <= at ? $0 + $1.quantity.count : $0 }
            return request.side == .buy ? units : 0 - units
        }
    }

    /// Outcomes of the next orders, first come first served; without any, ``usual`` counts.
    public var script: [Outcome] = []
    /// The outcome of an order that the script does not cover.
    public var usual: Outcome = .fill
    /// How the order book answers.
    public var bookMood = Mood.honest
    /// Whether the order book shows settled orders all the same, as a broker may.
    public var showsSettled = false
    /// How the positions answer.
    public var positionsMood = Mood.honest
    /// Whether contracts have quotes.
    public var quotes = true
    /// Prices that differ from the signal's, by instrument.
    public var market: [InstrumentName: Price] = [:]
    /// How much more a contract costs for each day until its end, so that two contracts have two prices.
    public var carry = Price.zero
    /// How far prices are from the signal's, in thousandths, by instrument.
    public var distance: [InstrumentName: Int64] = [:]
    /// Prices of single contracts, which count before all others.
    public var marks: [String: Price] = [:]
    /// How much worse than the quote orders fill.
    public var slippage = Price.zero
    /// Free funds; nil when they cannot be read.
    public var funds: Funds?
    /// Everything that reached the broker.
    public private(set) var orders: [Order] = []
    /// Every request that was made, whether it arrived or not.
    public private(set) var requests: [OrderRequest] = []
    /// Every cancellation that was asked for.
    public private(set) var cancellations: [BrokerOrderID] = []
    /// Units held from before, by symbol: what a person traded elsewhere.
    public var foreign: [String: Int64] = [:]
    /// What of that was traded while the model was watched, in order.
    public private(set) var strangeTrades: [StrangeTrade] = []
    /// Our orders that our records have lost, and nobody can explain any more.
    public var disowned: Set<Tag> = []
    /// What the broker says now of the price of a trade that it had told otherwise.
    public private(set) var corrections: [TradeID: Price] = [:]
    private var heard: [String: Price] = [:]
    /// Limit orders, by their place in the book, that wait for the market.
    private var waiting: [Int] = []

    /// A broker without orders.
    public init() {}

    public mutating func place(_ request: OrderRequest, at: Instant) -> PlaceOutcome {
        requests.append(request)
        let outcome = script.isEmpty ? usual : script.removeFirst()
        let whole = request.quantity.count
        if outcome.arrives, let fault = fault(of: request) {
            return outcome.isAnswered ? .rejected(fault) : .unknown("no answer in 7 s")
        }
        switch outcome {
        case .fill: return accept(request, fills: [Part(units: whole)], at: at)
        case .fillAfter(let span): return accept(request, fills: [Part(units: whole, after: span)], at: at)
        case .partial(let units, let span):
            return accept(
                request, fills: [Part(units: min(units, whole)), Part(units: max(0, whole - units), after: span)], at: at)
        case .partialThenCancelled(let units):
            return accept(request, fills: [Part(units: min(units, whole))], endsAfter: .zero, at: at)
        case .rest: return accept(request, fills: [], at: at)
        case .restsPartly(let units): return accept(request, fills: [Part(units: min(units, whole))], at: at)
        case .parts(let parts): return accept(request, fills: parts, at: at)
        case .acceptThenReject:
            let answer = accept(request, fills: [], endsAfter: .milliseconds(300), at: at)
            orders[orders.count - 1].isRejected = true
            return answer
        case .reject: return .rejected("margin exceeds the funds")
        case .notSent: return .notSent("no connection was made")
        case .unknownWithoutOrder: return .unknown("no answer in 7 s")
        case .unknownWithOrder(let span): _ = accept(request, fills: [Part(units: whole)], visibleAfter: span, at: at)
        case .late(let span): _ = accept(request, fills: [Part(units: whole)], at: at + span)
        case .lateThenRests(let span, let rest): _ = accept(request, fills: [Part(units: whole, after: rest)], at: at + span)
        case .doubled:
            _ = accept(request, fills: [Part(units: whole)], at: at)
            _ = accept(request, fills: [Part(units: whole)], at: at)
        }
        return .unknown("no answer in 7 s")
    }

    /// A trade of a person, past whoever asks the model otherwise.
    public mutating func trade(_ units: Int64, of symbol: String, at: Instant) {
        foreign[symbol, default: 0] += units
        strangeTrades.append(StrangeTrade(symbol: symbol, units: units, at: at))
    }

    /// Says from now on another price of a trade.
    public mutating func correct(_ trade: TradeID, to price: Price) { corrections[trade] = price }

    private mutating func accept(
        _ request: OrderRequest, fills: [Part], visibleAfter: Span = .zero, endsAfter: Span? = nil, at: Instant
    ) -> PlaceOutcome {
        let number = orders.count + 1
        let quoted = self.price(of: request.contract.symbol)
        let isBuy = request.side == .buy
        var price = Price(units: isBuy ? quoted.units + slippage.units : quoted.units - slippage.units)
        let waits = request.limit.map { isBuy ? quoted > $0 : quoted < $0 } ?? false
        if let limit = request.limit { price = isBuy ? min(price, limit) : max(price, limit) }
        if waits, !fills.isEmpty { waiting.append(orders.count) }
        let trades = (waits ? [] : fills).enumerated().compactMap { index, fill -> Fill? in
            guard fill.units > 0 else { return nil }
            let paid = fill.worse == .zero ? price : self.price(price, worse: fill.worse, of: request)
            return Fill(id: TradeID("T\(number)-\(index)"), quantity: Quantity(fill.units), price: paid, at: at + fill.after)
        }
        orders.append(
            Order(
                id: BrokerOrderID("B\(number)"), request: request, arrivedAt: at, visibleAt: at + visibleAfter, fills: trades,
                endsAt: endsAfter.map { at + $0 }))
        return .accepted(report(orders[number - 1], at: at))
    }

    public mutating func cancel(_ order: BrokerOrderID, at: Instant) -> CancelOutcome {
        cancellations.append(order)
        guard let index = orders.firstIndex(where: { $0.id == order }) else { return .refused("no such order") }
        guard !report(orders[index], at: at).state.isTerminal else { return .refused("the order has ended") }
        orders[index].fills.removeAll { $0.at > at }
        orders[index].endsAt = at
        return .requested
    }

    /// Fills the rest of an order now, as when the market comes to it.
    public mutating func complete(_ order: BrokerOrderID, at: Instant) {
        guard let index = orders.firstIndex(where: { $0.id == order }) else { return }
        let rest = orders[index].request.quantity.count - orders[index].fills.reduce(0) { $0 + $1.quantity.count }
        guard rest > 0 else { return }
        let price = self.price(of: orders[index].request.contract.symbol)
        orders[index].fills.append(Fill(id: TradeID("\(order)-rest"), quantity: Quantity(rest), price: price, at: at))
    }

    public mutating func book(at: Instant, leavingOut settled: EndedTags) -> OrderBook? {
        switch bookMood {
        case .failing: return nil
        case .empty: return OrderBook([])
        case .honest: break
        }
        let today = TradingDay(of: at)
        let shown = orders.filter { $0.visibleAt <= at && TradingDay(of: $0.arrivedAt) == today }
        return OrderBook(shown.map { report($0, at: at) }, leavingOut: showsSettled ? EndedTags() : settled)
    }

    public mutating func holdings(at: Instant) -> [BrokerPosition]? {
        switch positionsMood {
        case .failing: nil
        case .empty: []
        case .honest: net(at: at).map { BrokerPosition(symbol: $0.key, netUnits: $0.value) }.sorted { $0.symbol < $1.symbol }
        }
    }

    /// Net units by symbol, whatever the moods say; symbols that net to nothing are left out.
    public func net(at: Instant) -> [String: Int64] {
        var units = foreign
        for trade in strangeTrades where trade.at > at { units[trade.symbol, default: 0] -= trade.units }
        for order in orders { units[order.request.contract.symbol, default: 0] += order.netUnits(at: at) }
        return units.filter { $0.value != 0 }
    }

    public mutating func observe(_ observation: PriceObservation) {
        var price = price(of: observation)
        if carry != .zero {
            let days = Int64(observation.structure.expiry.daysSinceEpoch - TradingDay(of: observation.at).daysSinceEpoch)
            price = Price(units: max(500, price.units + carry.units * days))
        }
        for leg in observation.structure.legs { heard[leg.contract.symbol] = legPrice(leg, of: observation.structure, at: price) }
        guard !waiting.isEmpty else { return }
        let reached = waiting.filter { isReached(orders[$0].request) }
        waiting.removeAll { reached.contains($0) }
        for index in reached { fillAtLimit(index, at: observation.at) }
    }

    private func isReached(_ request: OrderRequest) -> Bool {
        guard let limit = request.limit else { return true }
        let price = price(of: request.contract.symbol)
        return request.side == .buy ? price <= limit : price >= limit
    }

    private mutating func fillAtLimit(_ index: Int, at: Instant) {
        let order = orders[index]
        guard !report(order, at: at).state.isTerminal, let limit = order.request.limit else { return }
        orders[index].fills = [Fill(id: TradeID("T\(index + 1)-0"), quantity: order.request.quantity, price: limit, at: at)]
    }

    /// What these contracts trade at, without those that have no price.
    public func quotes(of contracts: [Contract], at: Instant) -> [ContractQuote] {
        guard quotes else { return [] }
        return contracts.compactMap { contract in
            (marks[contract.symbol] ?? heard[contract.symbol]).map {
                ContractQuote(symbol: contract.symbol, quote: Quote(last: $0, at: at))
            }
        }
    }

    /// Why an exchange takes no such order; nil when it does.
    private func fault(of request: OrderRequest) -> String? {
        let (contract, units) = (request.contract, request.quantity.count)
        if units <= 0 { return "an order of no units" }
        if let freeze = contract.freezeQuantity, units > freeze.count { return "\(units) units are above the freeze quantity of \(freeze)" }
        if let limit = request.limit, limit.units % contract.tick.units != 0 { return "the limit \(limit) is off the tick" }
        let lot = contract.unitsPerLot.count
        guard units % lot != 0 else { return nil }
        // Where the broker itself has filled a part of a lot, that part can be given back.
        let hasBrokenLot = orders.contains { order in
            order.request.contract.symbol == contract.symbol && order.fills.contains { $0.quantity.count % lot != 0 }
        }
        return hasBrokenLot ? nil : "\(units) units are not whole lots of \(lot)"
    }

    public mutating func survey(_ request: SurveyRequest, at: Instant) -> Survey {
        var answers: [ContractQuote] = []
        for observation in request.observations {
            observe(observation)
            for leg in observation.structure.legs where quotes {
                answers.append(
                    ContractQuote(symbol: leg.contract.symbol, quote: Quote(last: self.price(of: leg.contract.symbol), at: at)))
            }
        }
        return Survey(
            subject: request.subject, quotes: answers, funds: request.needsFunds ? funds : nil, failure: quotes ? nil : "no market")
    }

    /// Sets the prices of all legs of a structure from the structure's price.
    public mutating func mark(_ structure: Structure, at price: Price) {
        for leg in structure.legs { marks[leg.contract.symbol] = legPrice(leg, of: structure, at: price) }
    }

    /// Strike + call − put is the structure's price; the option out of the money is worth 200.
    private func legPrice(_ leg: StructureLeg, of structure: Structure, at price: Price) -> Price {
        let distance = price.units - (structure.strike?.units ?? 0)
        let timeValue = Price(whole: 200).units
        switch leg.role {
        case .future: return price
        case .call: return Price(units: max(distance, 0) + timeValue)
        case .put: return Price(units: max(0 - distance, 0) + timeValue)
        }
    }

    private func price(of symbol: String) -> Price { marks[symbol] ?? heard[symbol] ?? Price(whole: 100) }

    /// What the broker says of one of its orders.
    public func report(on order: BrokerOrderID, at: Instant) -> OrderReport? {
        orders.first { $0.id == order }.map { report($0, at: at) }
    }

    func report(_ order: Order, at: Instant) -> OrderReport {
        var fills = order.fills.filter { $0.at <= at }
        if !corrections.isEmpty {
            for index in fills.indices { fills[index].price = corrections[fills[index].id] ?? fills[index].price }
        }
        let filled = fills.reduce(0) { $0 + $1.quantity.count }
        let hasEnded = order.endsAt.map { $0 <= at } ?? false
        let state: BrokerOrderState =
            filled >= order.request.quantity.count ? .filled : hasEnded ? (order.isRejected ? .rejected : .cancelled) : .open
        return OrderReport(
            orderID: order.id, tag: order.request.tag, symbol: order.request.contract.symbol, side: order.request.side,
            quantity: order.request.quantity, state: state, fills: fills, message: hasEnded ? "ended by the broker" : nil,
            updatedAt: max(order.arrivedAt, fills.last?.at ?? order.arrivedAt))
    }
}
