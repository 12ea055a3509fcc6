/// Gates of pyramids and of the portfolio, each with its number and limit.
extension Core {
    /// The gates that need no size: one R, spacing, profit and count (domain rules for pyramids).
    func pyramidGates(_ signal: Signal, _ base: PositionRecord, _ scope: Scope, at: Instant) -> [Gate] {
        let terms = scope.traded.instrument.terms(on: TradingDay(of: at))
        return [
            oneRGate(signal, base), spacingGate(signal, scope, terms), profitGate(signal, scope),
            Gate(
                .maximumPyramids, passed: scope.stack.record.taken < terms.maximumPyramids, value: "\(scope.stack.record.taken) taken",
                limit: "below \(terms.maximumPyramids)"),
        ]
    }

    private func oneRGate(_ signal: Signal, _ base: PositionRecord) -> Gate {
        guard base.initialRisk > .zero else {
            return Gate(.invalidInitialRisk, passed: false, value: base.initialRisk.description, limit: "above 0")
        }
        let move = (try? signal.price.subtracting(base.entryPrice)) ?? .zero
        return Gate(
            .oneR, passed: move > base.initialRisk || policy.has(.oneRIgnored), value: "\(move) points",
            limit: "above \(base.initialRisk)")
    }

    private func spacingGate(_ signal: Signal, _ scope: Scope, _ terms: InstrumentTerms) -> Gate {
        guard let last = scope.stack.record.lastPyramidPrice, signal.atr > .zero,
            let distance = try? signal.price.subtracting(last), let needed = try? signal.atr.times(terms.pyramidSpacing)
        else { return Gate(.pyramidSpacing, passed: false, value: "unknown", limit: "\(terms.pyramidSpacing) ATR") }
        return Gate(
            .pyramidSpacing, passed: distance >= needed || policy.has(.spacingIgnored), value: "\(distance) points",
            limit: "\(needed) points (\(terms.pyramidSpacing) ATR)")
    }

    private func profitGate(_ signal: Signal, _ scope: Scope) -> Gate {
        var profit = Money.zero
        for position in scope.positions where position.status.isLive {
            profit = (try? profit.adding(position.record.unrealizedProfit(at: signal.price) ?? .zero)) ?? profit
        }
        return Gate(
            .negativeProfit, passed: profit > .zero, value: profit.description, limit: "above 0")
    }

    /// The gates that hold a size against the whole account, everything in flight counted as used.
    func portfolioGates(
        risk: Money, volatility: Money, margin: Money, equity: Money, isPyramid: Bool, with scope: Scope
    ) -> [Gate] {
        let committed = committedExposure(with: scope)
        let limits = policy.limits
        return [
            shareGate(
                .portfolioRisk, committed.risk, risk, of: equity,
                limit: isPyramid != policy.has(.riskLimitsSwapped) ? limits.pyramidRisk : limits.entryRisk),
            shareGate(
                .portfolioVolatility, policy.has(.volatilityOfNewOnly) ? .zero : committed.volatility, volatility, of: equity,
                limit: isPyramid ? limits.pyramidVolatility : limits.entryVolatility),
            shareGate(.portfolioMargin, committed.margin, margin, of: equity, limit: policy.marginShare),
            Gate(
                .positionCount, passed: committed.positions < limits.positions || policy.has(.positionLimitIgnored),
                value: "\(committed.positions + 1)",
                limit: "at most \(limits.positions)"),
        ]
    }

    /// I19: the size of one decision: its lots, the orders that each leg takes, and its value.
    func decisionGates(_ lots: Lots, _ structure: Structure, value: Money) -> [Gate] {
        let limits = policy.limits
        let slices = structure.legs.map { Self.slices(of: lots, $0.contract) }.max() ?? 0
        return [
            Gate(
                .decisionLots, passed: lots <= limits.lots || policy.has(.decisionLotsIgnored), value: "\(lots) lots",
                limit: "at most \(limits.lots)"),
            Gate(
                .decisionOrders, passed: slices <= limits.slices || policy.has(.decisionOrdersIgnored),
                value: "\(slices) orders for one leg", limit: "at most \(limits.slices)"),
            Gate(
                .orderValue, passed: value <= limits.orderValue || policy.has(.decisionValueIgnored), value: value.description,
                limit: "at most \(limits.orderValue)"),
        ]
    }

    /// Orders that a leg of so many lots takes, none above the freeze quantity.
    private static func slices(of lots: Lots, _ contract: Contract) -> Int {
        guard let freeze = contract.freezeQuantity, freeze.count >= contract.unitsPerLot.count else { return 1 }
        let lotsOfOne = freeze.count / contract.unitsPerLot.count
        return Int(clamping: lots.count / lotsOfOne + (lots.count % lotsOfOne == 0 ? 0 : 1))
    }

    /// What could not be booked is not traded: closing at the highest price that a signal may carry must fit the ledger, everything held counted.
    func bookableGate(_ lots: Lots, _ structure: Structure, with scope: Scope) -> Gate {
        let equity = Int128(portfolio.record.closedEquity.units)
        let most =
            (equity < 0 ? 0 - equity : equity) + Int128(committedExposure(with: scope).reach.units)
            + ExposureSum.reach(of: lots, at: structure.pointValue)
        let units = structure.legs.map { Int128(lots.count) * Int128($0.contract.unitsPerLot.count) }.max() ?? 0
        let isCountable = units * ExposureSum.highestPrice * Int128(Price.unitsPerWhole) <= Int128(Self.largestValue)
        return Gate(
            .numberTooLarge, passed: isCountable && most <= Int128(Int64.max),
            value: "\(lots) lots at up to \(ExposureSum.highestPrice)",
            limit: "what 64 bits can book")
    }

    /// A price that is many times the last one, or a small part of it, is a mistake of somebody.
    func jumpGate(_ signal: Signal, last: Price?) -> [Gate] {
        guard let last, last > .zero, signal.price > .zero else { return [] }
        let (low, high) = (min(last, signal.price), max(last, signal.price))
        let allowed = (try? low.times(policy.divergence.jump)).flatMap { try? low.adding($0) } ?? Price(units: .max)
        return [
            Gate(
                .priceJump, passed: high <= allowed, value: "\(signal.price) after \(last)",
                limit: "\(policy.divergence.jump.percentText) % of the smaller one apart")
        ]
    }

    private func shareGate(_ reason: Reason, _ used: Money, _ added: Money, of equity: Money, limit: Ratio) -> Gate {
        guard let sum = try? used.adding(added), let share = sum.share(of: equity) else {
            return Gate(reason, passed: false, value: "not a share of the equity \(equity)", limit: "\(limit.percentText) %")
        }
        return Gate(
            reason, passed: share <= limit, value: "\(share.percentText) % (\(used) in use, \(added) new)", limit: "\(limit.percentText) %")
    }

    /// Holds the market against the signal; exits are never refused for price, so only entries come here.
    func divergenceGates(_ signal: Signal, market: Price, isPyramid: Bool) -> [Gate] {
        let limits = policy.divergence
        let limit = isPyramid ? limits.pyramid : limits.entry
        let riskLimit = isPyramid ? limits.pyramidRiskIncrease : limits.entryRiskIncrease
        guard let difference = try? market.subtracting(signal.price), let planned = try? signal.price.subtracting(signal.stop),
            planned > .zero,
            let allowed = try? signal.price.times(limit)
        else { return [Gate(.divergence, passed: false, value: "unknown", limit: "\(limit.percentText) %")] }
        guard market > signal.stop else {
            return [Gate(.belowStop, passed: false, value: market.description, limit: "above \(signal.stop)")]
        }
        let distance = Price(units: abs(difference.units))
        let riskAllowed = (try? planned.times(riskLimit)) ?? .zero
        return [
            Gate(
                .divergence, passed: distance <= allowed, value: "\(difference) points",
                limit: "±\(allowed) points (\(limit.percentText) %)"),
            Gate(
                .riskIncrease, passed: difference <= riskAllowed, value: "\(difference) points",
                limit: "\(riskAllowed) points (\(riskLimit.percentText) % of the planned risk)"),
        ]
    }

    /// The size that keeps the planned risk after the price rose: floor(lots × planned risk / execution risk), at least 1, never more than before.
    static func size(_ lots: Lots, afterSurgeTo market: Price, from signal: Signal) -> Lots {
        guard market > signal.price, lots > .zero, let planned = try? signal.price.subtracting(signal.stop),
            let actual = try? market.subtracting(signal.stop), actual > .zero
        else { return lots }
        let scaled = (Int128(lots.count) * Int128(planned.units)).divided(by: Int128(actual.units), rounding: .floor)
        return Lots(Int64(min(Int128(lots.count), max(1, scaled))))
    }
}
