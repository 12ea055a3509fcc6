public import MunimKit

/// A market and an account on paper: takes orders, fills them at the prices that it has heard, and keeps book of orders, trades and positions.
///
/// A plain value without clock, randomness, input or output: the same calls give the same book. A tag is a remark of the sender as it is at a real
/// broker: a second order with the same tag is a second order, which is how a duplicate becomes visible. Time never runs backwards: an instant before
/// the current trading day counts for the current day.
public struct PaperExchange: Sendable {
    /// The rules of the account.
    public let terms: PaperTerms
    /// The trading day whose orders are in the book.
    public internal(set) var day: TradingDay
    var dayEnd: Instant
    var dayPrefix: [UInt8]
    var listings: [PaperListing] = []
    var listingIndex: [String: Int] = [:]
    var orders: [PaperOrder] = []
    var nextOrder: Int64 = 1
    var nextTrade: Int64 = 1

    /// An empty book that opens at `instant`.
    public init(terms: PaperTerms = PaperTerms(), at instant: Instant) {
        self.terms = terms
        day = TradingDay(of: instant)
        dayEnd = day.advanced(by: 1).instant(at: TimeOfDay(secondsSinceMidnight: 0))
        dayPrefix = PaperNumber.prefix(day)
    }

    /// Takes an order, fills it if the market allows, and answers.
    ///
    /// Malformed orders (quantity, lots, freeze quantity, tick) are refused at the counter and leave no trace; orders that the exchange or the risk check
    /// refuses (hours, expiry, no price, funds) stand in the book as rejected.
    public mutating func place(_ request: OrderRequest, at instant: Instant, filling portion: PaperPortion = .whole) -> PaperAnswer {
        advance(to: instant)
        if let fault = Self.fault(of: request) { return PaperAnswer(outcome: .rejected(fault), report: nil) }
        let listing = list(request.contract)
        if let refusal = refusal(of: request, listing, at: instant) { return refuse(request, because: refusal, at: instant) }
        let index = book(request, listing, at: instant)
        match(index, portion, at: instant)
        return PaperAnswer(outcome: .accepted(orders[index].report), report: orders[index].report)
    }

    /// Puts an order into the book as rejected.
    public mutating func refuse(_ request: OrderRequest, because reason: String, at instant: Instant) -> PaperAnswer {
        advance(to: instant)
        let index = book(request, list(request.contract), at: instant)
        orders[index].report.state = .rejected
        orders[index].report.message = reason
        return PaperAnswer(outcome: .rejected(reason), report: orders[index].report)
    }

    /// Takes an order over without bringing it to the market; it waits for ``reject(_:because:at:)``.
    public mutating func submit(_ request: OrderRequest, at instant: Instant) -> PaperAnswer {
        advance(to: instant)
        if let fault = Self.fault(of: request) { return PaperAnswer(outcome: .rejected(fault), report: nil) }
        let index = book(request, list(request.contract), at: instant)
        orders[index].report.state = .submitted
        return PaperAnswer(outcome: .accepted(orders[index].report), report: orders[index].report)
    }

    /// Refuses an order that was taken over; nil when it has ended already.
    public mutating func reject(_ id: BrokerOrderID, because reason: String, at instant: Instant) -> OrderReport? {
        advance(to: instant)
        guard let index = index(of: id), orders[index].report.state == .submitted, orders[index].filled == 0 else { return nil }
        end(index, reason, as: .rejected, at: instant)
        return orders[index].report
    }

    /// Ends an order of the current day that still rests; the report says how it ended.
    public mutating func cancel(_ id: BrokerOrderID, at instant: Instant) -> PaperCancellation {
        advance(to: instant)
        guard let index = index(of: id) else {
            return PaperCancellation(outcome: .refused("there is no order \(id) in the book of \(day)"), report: nil)
        }
        guard !orders[index].report.state.isTerminal else {
            return PaperCancellation(outcome: .refused("order \(id) is already \(orders[index].report.state.rawValue)"), report: nil)
        }
        end(index, "cancelled on request", at: instant)
        return PaperCancellation(outcome: .requested, report: orders[index].report)
    }

    /// Takes note of a price and fills the resting orders that it crosses; answers with the orders that changed.
    ///
    /// A resting order is filled at its own limit. A price that is not positive is ignored.
    @discardableResult
    public mutating func observe(_ observation: PriceObservation) -> [OrderReport] {
        advance(to: observation.at)
        var changed: [Int] = []
        let structure = observation.structure
        PaperPricing.price(structure, at: observation.price, timeValue: terms.timeValue) { contract, price in
            let listing = list(contract)
            listings[listing].pointValue = structure.pointValue
            mark(listing, price, at: observation.at, &changed)
        }
        return changed.map { orders[$0].report }
    }

    /// Takes note of a price of one symbol, as a file of quotes gives it.
    @discardableResult
    public mutating func observe(symbol: String, price: Price, at instant: Instant) -> [OrderReport] {
        guard price > .zero else { return [] }
        advance(to: instant)
        var changed: [Int] = []
        mark(list(symbol), price, at: instant, &changed)
        return changed.map { orders[$0].report }
    }

    /// Fills what is left of a market order that was filled in part; nil when nothing is left.
    public mutating func complete(_ id: BrokerOrderID, at instant: Instant) -> OrderReport? {
        advance(to: instant)
        guard let index = index(of: id), orders[index].limit == nil, !orders[index].report.state.isTerminal,
            let price = listings[orders[index].listing].mark
        else { return nil }
        fill(index, orders[index].rest, against: price, at: instant)
        return orders[index].report
    }

    /// Moves on to the day of `instant`: orders that still rest lapse, the book begins empty, positions stay. Answers with the lapsed orders.
    @discardableResult
    public mutating func advance(to instant: Instant) -> [PaperOrderRecord] {
        guard instant >= dayEnd else { return [] }
        var lapsed: [PaperOrderRecord] = []
        for index in orders.indices where !orders[index].report.state.isTerminal {
            end(index, "lapsed at the end of \(day)", at: dayEnd)
            lapsed.append(record(at: index))
        }
        orders.removeAll(keepingCapacity: true)
        day = TradingDay(of: instant)
        dayEnd = day.advanced(by: 1).instant(at: TimeOfDay(secondsSinceMidnight: 0))
        dayPrefix = PaperNumber.prefix(day)
        return lapsed
    }
}

/// How much of a market order is filled at once.
public enum PaperPortion: Hashable, Codable, Sendable {
    /// All of it.
    case whole
    /// The smaller half in whole lots, which is nothing for one lot; the rest at the next price.
    case part
}

/// What the exchange says to an order.
public struct PaperAnswer: Hashable, Sendable {
    /// The answer to the sender.
    public var outcome: PlaceOutcome
    /// The order as it stands in the book; nil when it was refused at the counter.
    public var report: OrderReport?
}

/// What the exchange says to the wish to end an order.
public struct PaperCancellation: Hashable, Sendable {
    /// The answer to the sender.
    public var outcome: CancelOutcome
    /// The order, if it has ended now.
    public var report: OrderReport?
}

/// One order in the book.
struct PaperOrder: Sendable {
    var number: Int64
    var report: OrderReport
    var limit: Price?
    var listing: Int
    var filled: Int64 = 0

    /// What is not filled yet.
    var rest: Int64 { report.quantity.count - filled }
}

/// One symbol: its price, and what the account holds of it.
struct PaperListing: Sendable {
    var symbol: String
    var contract: Contract?
    var pointValue: PointValue?
    var mark: Price?
    var markedAt: Instant?
    var netUnits: Int64 = 0
    /// What its trades brought in less what they cost, charges included.
    var cash = Money.zero
    /// Indexes of the orders that wait for a price.
    var resting: [Int] = []
}
