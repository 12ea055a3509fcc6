/// What open positions and decisions in flight put at stake.
public struct Exposure: Hashable, Codable, Sendable {
    /// Money lost if every stop is hit at its price; zero for a layer whose stop passed its entry.
    public var risk = Money.zero
    /// Money of one average true range.
    public var volatility = Money.zero
    /// Margin in use.
    public var margin = Money.zero
    /// The most that closing everything could move the ledger by, whatever the prices.
    public var reach = Money.zero
    /// Live positions.
    public var positions = 0

    /// Nothing at stake.
    public init() {}

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

/// A sum of exposures that cannot overflow, so that parts can be taken out again.
struct ExposureSum: Sendable {
    private var risk: Int128 = 0
    private var volatility: Int128 = 0
    private var margin: Int128 = 0
    private var reach: Int128 = 0
    private var positions = 0

    /// The highest price that a signal may carry, whole: what is held may be closed at it.
    static let highestPrice: Int128 = 1_000_000_000

    /// Units of money that lots are worth at the highest price.
    static func reach(of lots: Lots, at pointValue: PointValue) -> Int128 {
        Int128(lots.count) * Int128(pointValue.units) * highestPrice
    }

    mutating func add(risk: Money, volatility: Money, margin: Money, reach: Int128) {
        self.reach += reach
        self.risk += Int128(risk.units)
        self.volatility += Int128(volatility.units)
        self.margin += Int128(margin.units)
        positions += 1
    }

    static func + (left: ExposureSum, right: ExposureSum) -> ExposureSum {
        var sum = left
        sum.risk += right.risk
        sum.volatility += right.volatility
        sum.margin += right.margin
        sum.reach += right.reach
        sum.positions += right.positions
        return sum
    }

    static func - (left: ExposureSum, right: ExposureSum) -> ExposureSum {
        var difference = left
        difference.risk -= right.risk
        difference.volatility -= right.volatility
        difference.margin -= right.margin
        difference.reach -= right.reach
        difference.positions -= right.positions
        return difference
    }

    /// The sum as amounts; one beyond 64 bits is over every limit anyway.
    var exposure: Exposure {
        func saturated(_ units: Int128) -> Money { Money(units: Int64(clamping: units)) }
        var exposure = Exposure()
        exposure.risk = saturated(risk)
        exposure.volatility = saturated(volatility)
        exposure.margin = saturated(margin)
        exposure.reach = saturated(reach)
        exposure.positions = positions
        return exposure
    }
}

extension Scope {
    /// Live positions of the scope.
    fileprivate var openNow: ExposureSum {
        var sum = ExposureSum()
        for position in positions where position.record.status.isLive {
            let record = position.record
            sum.add(
                risk: record.riskAmount, volatility: record.volatilityAmount, margin: record.marginAmount,
                reach: ExposureSum.reach(of: record.lots, at: record.pointValue))
        }
        return sum
    }

    /// Unrealised profit of the scope's positions at the last price heard.
    fileprivate var unrealizedProfit: Money {
        guard let price = record.record.lastPrice else { return .zero }
        var sum = Money.zero
        for position in positions where position.record.status.isLive {
            sum = (try? sum.adding(position.record.unrealizedProfit(at: price) ?? .zero)) ?? sum
        }
        return sum
    }

    /// Decisions of the scope that are in flight, which count as used.
    fileprivate var inFlightNow: ExposureSum {
        var sum = ExposureSum()
        for intent in intents where intent.record.record.state.isOpen && intent.record.record.kind.increasesRisk {
            let record = intent.record.record
            let reach = record.plan.content.positionPlans.reduce(Int128(0)) { sum, positionPlan in
                guard case .open(let opening) = positionPlan.kind else { return sum }
                return sum + ExposureSum.reach(of: opening.lots, at: opening.structure.pointValue)
            }
            sum.add(risk: record.reservedRisk, volatility: record.reservedVolatility, margin: record.reservedMargin, reach: reach)
        }
        return sum
    }
}

extension Core {
    /// Brings the account's exposure up to a scope that was changed.
    mutating func count(_ scope: inout Scope) {
        let (open, inFlight) = (scope.openNow, scope.inFlightNow)
        openExposure = openExposure - scope.openExposure + open
        inFlightExposure = inFlightExposure - scope.inFlightExposure + inFlight
        scope.openExposure = open
        scope.inFlightExposure = inFlight
    }

    /// Open positions of all instruments.
    var exposure: Exposure { openExposure.exposure }

    /// Open positions and everything in flight, which counts as used, with the scope that is being changed as it is now.
    func committedExposure(with scope: Scope) -> Exposure {
        let others = openExposure + inFlightExposure - scope.openExposure - scope.inFlightExposure
        if policy.has(.inFlightUncounted) { return (openExposure - scope.openExposure + scope.openNow).exposure }
        if policy.has(.othersUncounted) { return (scope.openNow + scope.inFlightNow).exposure }
        return (others + scope.openNow + scope.inFlightNow).exposure
    }

    /// Unrealised profit of all positions at the last prices heard; `scope` is the one that is being changed.
    private func unrealizedProfit(with scope: Scope) -> Money {
        var sum = scope.unrealizedProfit
        scopes.forEach { sum = (try? sum.adding($0.unrealizedProfit)) ?? sum }
        return sum
    }

    /// The equity that sizes are computed from.
    func sizingEquity(with scope: Scope) throws(Overflow) -> Money {
        switch policy.equity {
        case .closed: policy.has(.sizedOnHigh) ? portfolio.record.equityHigh : portfolio.record.closedEquity
        case .open: try portfolio.record.closedEquity.adding(unrealizedProfit(with: scope))
        case .blended(let share): try portfolio.record.closedEquity.adding(unrealizedProfit(with: scope).times(share))
        case .highWater: portfolio.record.equityHigh
        }
    }

    /// Margin that may still be used: the policy's share of the equity less what is used, capped by the broker's free funds.
    func availableMargin(equity: Money, funds: Funds?, with scope: Scope) throws(Overflow) -> Money {
        let free = try equity.times(policy.marginShare).subtracting(
            policy.has(.marginWithoutUsed) ? .zero : committedExposure(with: scope).margin)
        let own = max(.zero, free)
        guard let funds else { return own }
        return min(own, max(.zero, funds.available))
    }
}
