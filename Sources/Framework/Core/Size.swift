/// An entry that passed every check, with its size and what it will hold.
struct SizedEntry {
    let structure: Structure
    let lots: Lots
    let risk: Money
    let volatility: Money
    let margin: Money
    let limiter: String
    let explanation: Explanation
}

/// Sizing of entries: quote, rule, surge, gates, explanation.
extension Core {
    func size(
        _ signal: Signal, _ structure: Structure, _ survey: Survey, _ scope: Scope, priceBefore: Price?, at: Instant
    ) throws(Refusal) -> SizedEntry {
        let isPyramid = signal.kind == .pyramid
        let market = try marketPrice(of: structure, survey)
        var explanation = Explanation(summary: "", quotes: survey.quotes)
        let terms = scope.traded.instrument.terms(on: TradingDay(of: at))
        if isPyramid, policy.limits.areEnforced, let base = scope.base { explanation.gates += pyramidGates(signal, base, scope, at: at) }
        if policy.divergence.areEnforced {
            explanation.gates += jumpGate(signal, last: priceBefore)
            explanation.gates += divergenceGates(signal, market: market, isPyramid: isPyramid)
            try refuse(on: explanation)
        }
        let numbers: SizedNumbers
        do throws(Overflow) { numbers = try self.numbers(signal, structure, survey, scope, terms, market: market) } catch {
            throw Refusal(.numberTooLarge, "The numbers of the signal do not fit 64 bits; it is not traded.", details: explanation)
        }
        explanation.request = numbers.request
        explanation.sizing = numbers.decision
        if policy.explainsCounterfactuals {
            explanation.counterfactuals =
                Counterfactuals(rule: scope.traded.sizing, request: numbers.request, decision: numbers.decision).all
        }
        guard numbers.lots > .zero else { throw Self.refusal(of: numbers.decision, explanation) }
        explanation.gates.append(bookableGate(numbers.lots, structure, with: scope))
        try refuse(on: explanation)
        if policy.limits.areEnforced {
            explanation.gates += decisionGates(numbers.lots, structure, value: numbers.value)
            explanation.gates += portfolioGates(
                risk: numbers.risk, volatility: numbers.volatility, margin: numbers.margin, equity: numbers.request.equity,
                isPyramid: isPyramid, with: scope)
            try refuse(on: explanation)
        }
        explanation.summary = Self.summary(of: numbers)
        return SizedEntry(
            structure: structure, lots: numbers.lots, risk: numbers.risk, volatility: numbers.volatility, margin: numbers.margin,
            limiter: numbers.decision.limiter, explanation: explanation)
    }

    private func numbers(
        _ signal: Signal, _ structure: Structure, _ survey: Survey, _ scope: Scope, _ terms: InstrumentTerms, market: Price
    ) throws(Overflow) -> SizedNumbers {
        let request = try sizingRequest(signal, structure, survey, scope, terms)
        let decision = try scope.traded.sizing.size(request)
        let lots = policy.has(.surgeIgnored) ? decision.lots : Self.size(decision.lots, afterSurgeTo: market, from: signal)
        let distance = max(.zero, try signal.price.subtracting(request.stop))
        // The value of the whole position must fit too, because every later profit is smaller.
        let value = try max(signal.price, market).value(of: lots, at: structure.pointValue)
        for leg in structure.legs { _ = try lots.quantity(unitsPerLot: leg.contract.unitsPerLot) }
        return SizedNumbers(
            request: request, decision: decision, lots: lots, risk: try distance.value(of: lots, at: structure.pointValue),
            volatility: try signal.atr.value(of: lots, at: structure.pointValue), margin: try terms.marginPerLot.times(lots), value: value)
    }

    private func marketPrice(of structure: Structure, _ survey: Survey) throws(Refusal) -> Price {
        let prices = structure.legs.compactMap { leg -> LegPrice? in
            survey.quotes.first { $0.symbol == leg.contract.symbol }?.quote.reference.map { LegPrice(role: leg.role, price: $0) }
        }
        guard let price = structure.price(of: prices) else {
            throw Refusal(.noQuote, "The market gave no price for every leg\(survey.failure.map { ": \($0)" } ?? "").")
        }
        return price
    }

    private func sizingRequest(
        _ signal: Signal, _ structure: Structure, _ survey: Survey, _ scope: Scope, _ terms: InstrumentTerms
    ) throws(Overflow) -> SizingRequest {
        let equity = try sizingEquity(with: scope)
        let own = try signal.price.subtracting(signal.atr.times(terms.initialStopMultiple))
        let stop: Price =
            switch policy.sizingStop {
            case .wider: policy.has(.sizedOnNarrowStop) ? max(signal.stop, own) : min(signal.stop, max(own, .zero))
            case .signal: signal.stop
            }
        let pyramid = scope.base.map { base in
            PyramidContext(
                taken: scope.stack.record.taken, baseLots: base.lots, baseEntry: base.entryPrice, baseRisk: base.initialRisk)
        }
        return SizingRequest(
            price: signal.price, stop: stop, averageTrueRange: signal.atr, efficiencyRatio: signal.efficiencyRatio,
            suggestedLots: signal.lots, equity: equity,
            availableMargin: try availableMargin(equity: equity, funds: survey.funds, with: scope),
            marginPerLot: terms.marginPerLot, pointValue: structure.pointValue, pyramid: signal.kind == .pyramid ? pyramid : nil)
    }

    private func refuse(on explanation: Explanation) throws(Refusal) {
        guard let failed = explanation.gates.first(where: { !$0.passed }) else { return }
        throw Refusal(
            Reason(rawValue: failed.name), "Blocked by \(failed.name): \(failed.value) against \(failed.limit).", details: explanation)
    }

    private static func refusal(of decision: SizingDecision, _ explanation: Explanation) -> Refusal {
        Refusal(
            .limited(by: decision.limiter), "The size is 0 lots, limited by \(decision.limiter) (\(numbers(of: decision))).",
            details: explanation)
    }

    private static func summary(of numbers: SizedNumbers) -> String {
        let decision = numbers.decision
        let surge = numbers.lots == decision.lots ? "" : ", lowered from \(decision.lots) because the price rose"
        return "\(numbers.lots) lots, limited by \(decision.limiter) (\(self.numbers(of: decision)))\(surge)."
    }

    private static func numbers(of decision: SizingDecision) -> String {
        decision.constraints.map { "\($0.name) \($0.quotient)\($0.binds ? "" : " (shown only)")" }.joined(separator: ", ")
    }
}

/// The numbers of a size before the gates are asked.
private struct SizedNumbers {
    let request: SizingRequest
    let decision: SizingDecision
    let lots: Lots
    let risk: Money
    let volatility: Money
    let margin: Money
    let value: Money
}

/// What would have given one lot more, found by running the same rule again.
struct Counterfactuals {
    let rule: any SizingPlugin
    let request: SizingRequest
    let decision: SizingDecision

    var all: [Counterfactual] {
        let margin = search("available_margin", "free margin", from: request.availableMargin) { $0.availableMargin = $1 }
        let equity = search("equity", "the sizing equity", from: request.equity) { $0.equity = $1 }
        return [margin, equity].compactMap { $0 }
    }

    /// The smallest whole amount to add for one lot more, or nil when no amount within reach does it.
    private func search(
        _ input: String, _ name: String, from value: Money, _ set: (inout SizingRequest, Money) -> Void
    ) -> Counterfactual? {
        func size(adding whole: Int64) -> SizingDecision? {
            guard let amount = try? value.adding(Money(units: whole * Money.unitsPerWhole)) else { return nil }
            var changed = request
            set(&changed, amount)
            return try? rule.size(changed)
        }
        func reaches(_ whole: Int64) -> Bool { size(adding: whole).map { $0.lots > decision.lots } ?? true }
        // Most inputs do not bind, which the first question tells.
        let far = size(adding: Self.farthest)
        guard far.map({ $0.lots > decision.lots }) ?? true else { return nil }
        var (low, high) = bracket(around: value, far)
        while high < Self.farthest, !reaches(high) { (low, high) = (high, min(high * 4, Self.farthest)) }
        if low > 0, reaches(low) { (low, high) = (0, low) }
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if reaches(middle) { high = middle } else { low = middle }
        }
        guard let lots = size(adding: high)?.lots, lots > decision.lots else { return nil }
        return Counterfactual(input: input, change: "+\(high)", lots: lots, sentence: "\(lots) lots if \(name) were \(high) higher")
    }

    /// 2^44 whole units: far beyond any account, and it still fits the scale.
    private static let farthest: Int64 = 1 << 44

    /// Where the answer lies if every quotient that rises with the input rises in proportion to it; ``search`` finds it elsewhere as well.
    ///
    /// Texts of quotients are cut to ten-thousandths, which is coarse for the size at hand and exact enough for the one far away.
    private func bracket(around value: Money, _ far: SizingDecision?) -> (low: Int64, high: Int64) {
        let whole = Int128(max(1, value.units / Money.unitsPerWhole))
        let reach = Int128(Self.farthest)
        let wanted = (Int128(decision.lots.count) + 1) * Int128(FractionalLots.unitsPerWhole)
        let totals = zip(decision.constraints, far?.constraints ?? []).compactMap { near, far -> Int128? in
            guard near.binds, far.quotient > max(near.quotient, .zero) else { return nil }
            return ((whole + reach) * wanted).divided(by: Int128(far.quotient.units), rounding: .up)
        }
        let estimate = (totals.max() ?? 2 * whole) - whole
        return (Int64(max(0, min(estimate - 2, reach - 2))), Int64(max(1, min(estimate + 1, reach))))
    }
}
