/// The direction of an order.
public enum Side: String, Codable, CaseIterable, Sendable {
    /// Adds units to the account's net position.
    case buy = "BUY"
    /// Takes units from the account's net position, below zero too.
    case sell = "SELL"
    /// The other direction.
    public var opposite: Side { self == .buy ? .sell : .buy }
}

/// What one contract obliges to.
public enum ContractKind: Hashable, Codable, Sendable {
    /// Delivery or settlement at expiry.
    case future
    /// The right to buy at `strike`.
    case call(strike: Price)
    /// The right to sell at `strike`.
    case put(strike: Price)

    /// The strike of an option, nil for a future.
    public var strike: Price? {
        switch self {
        case .future: nil
        case .call(let strike), .put(let strike): strike
        }
    }
}

/// One tradable contract: structured facts to decide with, and the broker's symbol to send.
public struct Contract: Hashable, Codable, Sendable {
    /// The exchange segment as the broker names it.
    public var venue: String
    /// The root of the contract family.
    public var root: String
    /// Future, call or put.
    public var kind: ContractKind
    /// Last trading day.
    public var expiry: TradingDay
    /// The broker's symbol; never parsed to decide anything.
    public var symbol: String
    /// Units in which the broker counts one lot of this contract.
    public var unitsPerLot: LotSize
    /// The smallest price step.
    public var tick: Tick
    /// The largest quantity of one order; nil when there is no limit.
    public var freezeQuantity: Quantity?

    /// Creates a contract from checked parts.
    public init(
        venue: String, root: String, kind: ContractKind, expiry: TradingDay, symbol: String, unitsPerLot: LotSize, tick: Tick,
        freezeQuantity: Quantity? = nil
    ) {
        self.venue = venue
        self.root = root
        self.kind = kind
        self.expiry = expiry
        self.symbol = symbol
        self.unitsPerLot = unitsPerLot
        self.tick = tick
        self.freezeQuantity = freezeQuantity
    }
}

/// What a leg is within its structure.
public enum LegRole: String, Codable, CaseIterable, Sendable {
    /// The only leg of a future, or the bought and sold halves of a synthetic.
    case future, call, put
}

/// One leg of a structure, as it is opened; it is closed on the opposite side.
public struct StructureLeg: Hashable, Codable, Sendable {
    /// What it is.
    public var role: LegRole
    /// What is traded.
    public var contract: Contract
    /// The side that opens it.
    public var openingSide: Side

    /// Creates a leg.
    public init(role: LegRole, contract: Contract, openingSide: Side) {
        self.role = role
        self.contract = contract
        self.openingSide = openingSide
    }

    /// The side of an order that opens or closes this leg.
    public func side(for action: LegAction) -> Side { action == .open ? openingSide : openingSide.opposite }
}

/// Whether an order opens or closes exposure.
public enum LegAction: String, Codable, CaseIterable, Sendable {
    /// Trades on the leg's opening side, or on the opposite one.
    case open, close
}

/// The contracts that together make one position of an instrument: one future, or a call and a put.
public struct Structure: Hashable, Codable, Sendable {
    /// Legs in the order in which they are opened: the protective one first.
    public var legs: [StructureLeg]
    /// Last trading day of all legs.
    public var expiry: TradingDay
    /// The common strike of a synthetic; nil for a future.
    public var strike: Price?
    /// Money per point per lot, kept with a position for its whole life.
    public var pointValue: PointValue

    private enum CodingKeys: CodingKey { case legs, expiry, strike, pointValue }

    /// Decodes a structure with at least one leg and each role at most once.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        legs = try container.decode([StructureLeg].self, forKey: .legs)
        expiry = try container.decode(TradingDay.self, forKey: .expiry)
        strike = try container.decodeIfPresent(Price.self, forKey: .strike)
        pointValue = try container.decode(PointValue.self, forKey: .pointValue)
        let areDistinct = Set(legs.map(\.role)).count == legs.count
        guard !legs.isEmpty, areDistinct else {
            let reason = areDistinct ? "a structure has at least one leg" : "two legs have one role"
            throw DecodingError.dataCorruptedError(forKey: .legs, in: container, debugDescription: reason)
        }
    }

    /// Creates a structure; it has at least one leg and each role at most once.
    public init(legs: [StructureLeg], expiry: TradingDay, strike: Price? = nil, pointValue: PointValue) {
        self.legs = legs
        self.expiry = expiry
        self.strike = strike
        self.pointValue = pointValue
    }

    /// Legs in the order in which they are closed: what carries the larger risk, the leg opened last, goes first.
    public var closingOrder: [StructureLeg] { legs.reversed() }

    /// The leg with `role`, if there is one.
    public func leg(_ role: LegRole) -> StructureLeg? { legs.first { $0.role == role } }

    /// The price of one unit of the whole: the future's price, or strike + call − put.
    ///
    /// Nil when a leg price is missing or not positive: a price is never guessed.
    public func price(of legs: [LegPrice]) -> Price? {
        guard self.legs.allSatisfy({ leg in legs.contains { $0.role == leg.role && $0.price > .zero } }) else { return nil }
        var total = strike ?? .zero
        for leg in self.legs {
            guard let price = legs.first(where: { $0.role == leg.role })?.price,
                let next = try? leg.openingSide == .buy ? total.adding(price) : total.subtracting(price)
            else { return nil }
            total = next
        }
        return total
    }
}

/// The price of one leg.
public struct LegPrice: Hashable, Codable, Sendable {
    /// Which leg.
    public var role: LegRole
    /// Its price.
    public var price: Price
    /// Creates the pair.
    public init(role: LegRole, price: Price) {
        self.role = role
        self.price = price
    }
}

/// What a contract trades at now.
public struct Quote: Hashable, Codable, Sendable {
    /// Best price of buyers; nil when there are none.
    public var bid: Price?
    /// Best price of sellers; nil when there are none.
    public var ask: Price?
    /// Price of the last trade; nil when there was none.
    public var last: Price?
    /// Open contracts; nil when the broker does not say.
    public var openInterest: Int64?
    /// When the broker's figure was made.
    public var at: Instant

    /// Creates a quote.
    public init(bid: Price? = nil, ask: Price? = nil, last: Price? = nil, openInterest: Int64? = nil, at: Instant) {
        self.bid = bid
        self.ask = ask
        self.last = last
        self.openInterest = openInterest
        self.at = at
    }

    /// The middle of bid and ask where both exist, else the last price.
    public var reference: Price? {
        guard let bid, let ask else { return last }
        return Price(units: Int64((Int128(bid.units) + Int128(ask.units)).divided(by: 2, rounding: .halfAwayFromZero)))
    }
}

/// A quote of a contract, named by its symbol.
public struct ContractQuote: Hashable, Codable, Sendable {
    /// The broker's symbol.
    public var symbol: String
    /// What it trades at.
    public var quote: Quote
    /// Creates the pair.
    public init(symbol: String, quote: Quote) {
        self.symbol = symbol
        self.quote = quote
    }
}
