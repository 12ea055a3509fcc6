public import MunimKit

/// A market and an account on paper: takes orders, fills them at the prices that it has heard, and keeps book of open orders and positions.
///
/// It answers with every order that changes and remembers only those that have not ended, so that a long day weighs no more than a short one; whoever
/// wants the book of a day keeps what is answered.
///
/// A plain value without clock, randomness, input or output: the same calls give the same book. A tag is a remark of the sender as it is at a real
/// broker: a second order with the same tag is a second order, which is how a duplicate becomes visible. Time never runs backwards: an instant before
/// the current trading day counts for the current day.
public struct PaperExchange: Sendable {
    /// The rules of the account.
    public let terms: PaperTerms
    /// The trading day.
    public internal(set) var day: TradingDay
    var dayEnd: Instant
    var dayPrefix: [UInt8]
    var listings: [PaperListing] = []
    var listingIndex: [String: Int] = [:]
    /// Orders that have not ended, by number.
    var open: [Int64: PaperOrder] = [:]
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
        if let fault = Self.fault(of: request) { return PaperAnswer(outcome: .rejected(fault), order: nil) }
        let listing = list(request.contract)
        if let refusal = refusal(of: request, listing, at: instant) { return refuse(request, because: refusal, at: instant) }
        var order = number(request, listing, at: instant)
        match(&order, portion, at: instant)
        put(order)
        return PaperAnswer(outcome: .accepted(order.report), order: order)
    }

    /// Puts an order into the book as rejected.
    public mutating func refuse(_ request: OrderRequest, because reason: String, at instant: Instant) -> PaperAnswer {
        advance(to: instant)
        var order = number(request, list(request.contract), at: instant)
        order.report.state = .rejected
        order.report.message = reason
        return PaperAnswer(outcome: .rejected(reason), order: order)
    }

    /// Takes an order over without bringing it to the market; it waits for ``reject(_:because:at:)``.
    public mutating func submit(_ request: OrderRequest, at instant: Instant) -> PaperAnswer {
        advance(to: instant)
        if let fault = Self.fault(of: request) { return PaperAnswer(outcome: .rejected(fault), order: nil) }
        var order = number(request, list(request.contract), at: instant)
        order.report.state = .submitted
        put(order)
        return PaperAnswer(outcome: .accepted(order.report), order: order)
    }

    /// Refuses an order that was taken over; nil when it has ended already.
    public mutating func reject(_ id: BrokerOrderID, because reason: String, at instant: Instant) -> PaperOrder? {
        advance(to: instant)
        guard let order = openOrder(id), order.report.state == .submitted, order.filled == 0 else { return nil }
        return end(order, reason, as: .rejected, at: instant)
    }

    /// Ends an order of the current day that still rests; the report says how it ended.
    public mutating func cancel(_ id: BrokerOrderID, at instant: Instant) -> PaperCancellation {
        advance(to: instant)
        guard let order = openOrder(id) else {
            return PaperCancellation(outcome: .refused("there is no open order \(id) in the book of \(day)"), order: nil)
        }
        return PaperCancellation(outcome: .requested, order: end(order, "cancelled on request", at: instant))
    }

    /// Takes note of a price and fills the resting orders that it crosses; answers with the orders that changed.
    ///
    /// A resting order is filled at its own limit. A price that is not positive is ignored.
    @discardableResult
    public mutating func observe(_ observation: PriceObservation) -> [PaperOrder] {
        advance(to: observation.at)
        var changed: [PaperOrder] = []
        let structure = observation.structure
        PaperPricing.price(structure, at: observation.price, timeValue: terms.timeValue) { contract, price in
            let listing = list(contract)
            listings[listing].pointValue = structure.pointValue
            mark(listing, price, at: observation.at, &changed)
        }
        return changed
    }

    /// Takes note of a price of one symbol, as a file of quotes gives it.
    @discardableResult
    public mutating func observe(symbol: String, price: Price, at instant: Instant) -> [PaperOrder] {
        guard price > .zero else { return [] }
        advance(to: instant)
        var changed: [PaperOrder] = []
        mark(list(symbol), price, at: instant, &changed)
        return changed
    }

    /// Fills what is left of a market order that was filled in part; nil when nothing is left.
    public mutating func complete(_ id: BrokerOrderID, at instant: Instant) -> PaperOrder? {
        advance(to: instant)
        guard var order = openOrder(id), order.limit == nil, let price = listings[order.listing].mark else { return nil }
        fill(&order, order.rest, against: price, at: instant)
        put(order)
        return order
    }

    /// Moves on to the day of `instant`: orders that still rest lapse, positions stay. Answers with the lapsed orders.
    @discardableResult
    public mutating func advance(to instant: Instant) -> [PaperOrder] {
        guard instant >= dayEnd else { return [] }
        let lapsed = openOrders.map { end($0, "lapsed at the end of \(day)", at: dayEnd) }
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
    /// The order; nil when it was refused at the counter.
    public var order: PaperOrder?
}

/// What the exchange says to the wish to end an order.
public struct PaperCancellation: Hashable, Sendable {
    /// The answer to the sender.
    public var outcome: CancelOutcome
    /// The order, if it has ended now.
    public var order: PaperOrder?
}

/// One order of the market.
public struct PaperOrder: Hashable, Sendable {
    /// Rises by one with each order, over all days.
    public let number: Int64
    /// Its trading day.
    public let day: TradingDay
    /// The order as the broker reports it.
    public internal(set) var report: OrderReport
    /// The worst acceptable price; nil for a market order.
    public let limit: Price?
    let listing: Int
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
    /// Numbers of the orders that wait for a price.
    var resting: [Int64] = []
}
