/// What is asked of a broker: one order.
public struct OrderRequest: Hashable, Codable, Sendable {
    /// Our name of the attempt; sent at most once.
    public var tag: Tag
    /// What is traded.
    public var contract: Contract
    /// Buy or sell.
    public var side: Side
    /// How many units of the contract.
    public var quantity: Quantity
    /// The worst acceptable price; nil for a market order.
    public var limit: Price?

    /// Creates a request.
    public init(tag: Tag, contract: Contract, side: Side, quantity: Quantity, limit: Price? = nil) {
        self.tag = tag
        self.contract = contract
        self.side = side
        self.quantity = quantity
        self.limit = limit
    }
}

/// Where an order stands at the broker.
public enum BrokerOrderState: String, Codable, CaseIterable, Sendable {
    /// Taken over, not yet at the exchange.
    case submitted
    /// At the exchange, nothing or a part filled.
    case open
    /// Completely filled.
    case filled
    /// Ended before it was filled; what was filled stays.
    case cancelled
    /// Refused; nothing was filled.
    case rejected

    /// Whether no further fill is expected.
    public var isTerminal: Bool { self == .filled || self == .cancelled || self == .rejected }
}

/// One trade of an order.
public struct Fill: Hashable, Codable, Sendable {
    /// The broker's number of the trade; each is posted once.
    public var id: TradeID
    /// How many units.
    public var quantity: Quantity
    /// At which price.
    public var price: Price
    /// When.
    public var at: Instant

    /// Creates a fill.
    public init(id: TradeID, quantity: Quantity, price: Price, at: Instant) {
        self.id = id
        self.quantity = quantity
        self.price = price
        self.at = at
    }
}

/// What the broker says of one order: its state and all its trades so far.
public struct OrderReport: Hashable, Codable, Sendable {
    /// The broker's number.
    public var orderID: BrokerOrderID
    /// Our tag; nil for an order that is not ours.
    public var tag: Tag?
    /// The contract's symbol.
    public var symbol: String
    /// Buy or sell.
    public var side: Side
    /// How many units were asked for.
    public var quantity: Quantity
    /// Where it stands.
    public var state: BrokerOrderState
    /// All trades known so far, oldest first.
    public var fills: [Fill]
    /// The broker's words on a refusal or cancellation.
    public var message: String?
    /// When the broker last changed it.
    public var updatedAt: Instant

    /// Creates a report.
    public init(
        orderID: BrokerOrderID, tag: Tag?, symbol: String, side: Side, quantity: Quantity, state: BrokerOrderState, fills: [Fill] = [],
        message: String? = nil, updatedAt: Instant
    ) {
        self.orderID = orderID
        self.tag = tag
        self.symbol = symbol
        self.side = side
        self.quantity = quantity
        self.state = state
        self.fills = fills
        self.message = message
        self.updatedAt = updatedAt
    }
}

/// What a broker has of one day.
public struct OrderBook: Hashable, Codable, Sendable {
    /// How many orders it holds, those that were left out included: only a book of none is empty.
    public var count: Int
    /// The orders that were not left out, oldest first.
    public var orders: [OrderReport]

    /// Creates a book from what was read of it.
    public init(count: Int, orders: [OrderReport]) {
        self.count = count
        self.orders = orders
    }

    /// All orders of a day, but for those that are settled.
    public init(_ all: [OrderReport], leavingOut settled: EndedTags = EndedTags()) {
        self.init(count: all.count, orders: all.filter { order in !(order.tag.map(settled.contains) ?? false) })
    }
}

/// How an attempt to place an order ended; the cases answer what may be done next.
public enum PlaceOutcome: Hashable, Codable, Sendable {
    /// The broker has the order.
    case accepted(OrderReport)
    /// The broker refused it for good: nothing can be filled.
    case rejected(String)
    /// Proven not to have reached the broker (no connection was made, or an explicit throttle refusal): a new attempt is safe.
    case notSent(String)
    /// Nobody knows. Only evidence leads out of it, never the passing of time.
    case unknown(String)
}

/// How an attempt to cancel an order ended.
public enum CancelOutcome: Hashable, Codable, Sendable {
    /// The broker took the request; the order's report tells how it ends.
    case requested
    /// There is nothing left to cancel.
    case refused(String)
    /// Nobody knows; the order's report tells.
    case unknown(String)
}

/// What the broker holds of one contract, all of the account's strategies together.
public struct BrokerPosition: Hashable, Codable, Sendable {
    /// The contract's symbol.
    public var symbol: String
    /// Net units: positive when long, negative when short.
    public var netUnits: Int64

    /// Creates a position.
    public init(symbol: String, netUnits: Int64) {
        self.symbol = symbol
        self.netUnits = netUnits
    }
}

/// The account's money as the broker sees it.
public struct Funds: Hashable, Codable, Sendable {
    /// Free to be used as margin.
    public var available: Money
    /// Blocked as margin.
    public var used: Money

    /// Creates the pair.
    public init(available: Money, used: Money) {
        self.available = available
        self.used = used
    }
}
