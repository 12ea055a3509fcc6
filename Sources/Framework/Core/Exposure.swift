/// What open positions and decisions in flight put at stake.
public struct Exposure: Hashable, Codable, Sendable {
    /// Money lost if every stop is hit at its price; zero for a layer whose stop passed its entry.
    public var risk = Money.zero
    /// Money of one average true range.
    public var volatility = Money.zero
    /// Margin in use.
    public var margin = Money.zero
    /// Live positions.
    public var positions = 0

    /// Nothing at stake.
    public init() {}

    mutating func add(risk: Money, volatility: Money, margin: Money) {
        self.risk = Self.saturated(self.risk, risk)
        self.volatility = Self.saturated(self.volatility, volatility)
        self.margin = Self.saturated(self.margin, margin)
    }

    // An amount beyond 64 bits is over every limit anyway.
    private static func saturated(_ left: Money, _ right: Money) -> Money { (try? left.adding(right)) ?? Money(units: .max) }
}

extension PositionRecord {
    /// Money lost if the current stop is hit at its price; not below zero.
    public var riskAmount: Money {
        guard let distance = try? entryPrice.subtracting(currentStop), distance > .zero else { return .zero }
        return (try? distance.value(of: lots, at: pointValue)) ?? Money(units: .max)
    }
    /// Money of one average true range at entry.
    public var volatilityAmount: Money { (try? averageTrueRange.value(of: lots, at: pointValue)) ?? Money(units: .max) }
    /// Margin of the open lots.
    public var marginAmount: Money { (try? marginPerLot.times(lots)) ?? Money(units: .max) }
    /// Profit not yet realised at `price`.
    public func unrealizedProfit(at price: Price) -> Money? {
        guard let difference = try? price.subtracting(entryPrice) else { return nil }
        return try? difference.value(of: lots, at: pointValue)
    }
}

extension Core {
    /// Open positions of all instruments.
    var exposure: Exposure {
        var exposure = Exposure()
        scopes.forEach { scope in
            for position in scope.positions where position.record.status.isLive {
                exposure.add(
                    risk: position.record.riskAmount, volatility: position.record.volatilityAmount, margin: position.record.marginAmount)
                exposure.positions += 1
            }
        }
        return exposure
    }

    /// Open positions and everything in flight, which counts as used.
    var committedExposure: Exposure {
        var exposure = self.exposure
        scopes.forEach { scope in
            for intent in scope.intents where intent.record.record.state.isOpen && intent.record.record.kind.increasesRisk {
                let record = intent.record.record
                exposure.add(risk: record.reservedRisk, volatility: record.reservedVolatility, margin: record.reservedMargin)
                exposure.positions += 1
            }
        }
        return exposure
    }

    /// Unrealised profit of all positions at the last prices heard.
    var unrealizedProfit: Money {
        var sum = Money.zero
        scopes.forEach { scope in
            guard let price = scope.record.record.lastPrice else { return }
            for position in scope.positions where position.status.isLive {
                sum = (try? sum.adding(position.record.unrealizedProfit(at: price) ?? .zero)) ?? sum
            }
        }
        return sum
    }

    /// The equity that sizes are computed from.
    func sizingEquity() throws(Overflow) -> Money {
        switch policy.equity {
        case .closed: portfolio.record.closedEquity
        case .open: try portfolio.record.closedEquity.adding(unrealizedProfit)
        case .blended(let share): try portfolio.record.closedEquity.adding(unrealizedProfit.times(share))
        case .highWater: portfolio.record.equityHigh
        }
    }

    /// Margin that may still be used: the policy's share of the equity less what is used, capped by the broker's free funds.
    func availableMargin(equity: Money, funds: Funds?) throws(Overflow) -> Money {
        let free = try equity.times(policy.marginShare).subtracting(committedExposure.margin)
        let own = max(.zero, free)
        guard let funds else { return own }
        return min(own, max(.zero, funds.available))
    }
}
