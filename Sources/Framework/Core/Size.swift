/// An entry that passed every check, with its size and what it will hold.
struct SizedEntry {
    let structure: Structure
    let lots: Lots
    let risk: Money
    let volatility: Money
    let margin: Money
    let explanation: Explanation
}

/// Sizing of entries: quote, rule, surge, gates, explanation.
extension Core {
    func size(_ signal: Signal, _ structure: Structure, _ survey: Survey, _ scope: Scope, at: Instant) throws(Refusal) -> SizedEntry {
        let isPyramid = signal.kind == .pyramid
        let market = try marketPrice(of: structure, survey)
        var explanation = Explanation(summary: "", quotes: survey.quotes)
        let terms = scope.desk.instrument.terms(on: TradingDay(of: at))
        if isPyramid, policy.limits.areEnforced, let base = scope.base { explanation.gates += pyramidGates(signal, base, scope, at: at) }
        if policy.divergence.areEnforced {
            explanation.gates += divergenceGates(signal, market: market, isPyramid: isPyramid)
            try refuse(on: explanation)
        }
        let numbers: SizedNumbers
        do throws(Overflow) { numbers = try self.numbers(signal, structure, survey, scope, terms, market: market) } catch {
            throw Refusal("number_too_large", "The numbers of the signal do not fit 64 bits; it is not traded.", details: explanation)
        }
        explanation.request = numbers.request
        explanation.sizing = numbers.decision
        if policy.explainsCounterfactuals {
            explanation.counterfactuals = Counterfactuals(rule: scope.desk.sizing, request: numbers.request, decision: numbers.decision).all
        }
        guard numbers.lots > .zero else { throw Self.refusal(of: numbers.decision, explanation) }
        if policy.limits.areEnforced {
            explanation.gates += portfolioGates(
                risk: numbers.risk, volatility: numbers.volatility, margin: numbers.margin, equity: numbers.request.equity,
                isPyramid: isPyramid, with: scope)
            explanation.gates += orderValueGate(numbers.value)
            try refuse(on: explanation)
        }
        explanation.summary = Self.summary(of: numbers)
        return SizedEntry(
            structure: structure, lots: numbers.lots, risk: numbers.risk, volatility: numbers.volatility, margin: numbers.margin,
            explanation: explanation)
    }

    private func numbers(
        _ signal: Signal, _ structure: Structure, _ survey: Survey, _ scope: Scope, _ terms: InstrumentTerms, market: Price
    ) throws(Overflow) -> SizedNumbers {
        let request = try sizingRequest(signal, structure, survey, scope, terms)
        let decision = try scope.desk.sizing.size(request)
        let lots = Self.size(decision.lots, afterSurgeTo: market, from: signal)
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
            throw Refusal("no_quote", "The market gave no price for every leg\(survey.failure.map { ": \($0)" } ?? "").")
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
            case .wider: min(signal.stop, max(own, .zero))
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
        throw Refusal(failed.name, "Blocked by \(failed.name): \(failed.value) against \(failed.limit).", details: explanation)
    }

    private static func refusal(of decision: SizingDecision, _ explanation: Explanation) -> Refusal {
        Refusal(
            decision.limiter, "The size is 0 lots, limited by \(decision.limiter) (\(numbers(of: decision))).", details: explanation)
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
        let wanted = decision.lots.count + 1
        func reaches(_ whole: Int64) -> Bool {
            guard let amount = try? value.adding(Money(units: whole * Money.unitsPerWhole)) else { return true }
            var changed = request
            set(&changed, amount)
            return (try? rule.size(changed)).map { $0.lots.count >= wanted } ?? true
        }
        // 2^44 whole units are far beyond any account and still fit the scale; most inputs do not bind, which the first question tells.
        guard reaches(1 << 44) else { return nil }
        var (low, high) = bracket(around: value)
        while high < 1 << 44, !reaches(high) { high *= 4 }
        if low > 0, reaches(low) { low = 0 }
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if reaches(middle) { high = middle } else { low = middle }
        }
        return counterfactual(input, name, adding: high, to: value, set)
    }

    /// Where the answer lies if the smallest quotient grows in proportion to the input; its text is cut to ten-thousandths, hence the margin.
    private func bracket(around value: Money) -> (low: Int64, high: Int64) {
        let quotients = decision.constraints.filter(\.binds).map(\.quotient.units)
        let whole = Int128(max(1, value.units / Money.unitsPerWhole))
        guard let smallest = quotients.min(), smallest > 0 else { return (0, Int64(whole)) }
        let wanted = Int128(decision.lots.count + 1) * 10_000
        let estimate = whole * wanted / Int128(smallest) - whole
        let margin = (estimate + whole) / Int128(smallest) + 2
        return (Int64(clamping: max(0, estimate - margin)), Int64(clamping: max(1, min(estimate + margin, 1 << 44))))
    }

    private func counterfactual(
        _ input: String, _ name: String, adding whole: Int64, to value: Money, _ set: (inout SizingRequest, Money) -> Void
    ) -> Counterfactual? {
        guard let amount = try? value.adding(Money(units: whole * Money.unitsPerWhole)) else { return nil }
        var changed = request
        set(&changed, amount)
        guard let lots = try? rule.size(changed).lots, lots > decision.lots else { return nil }
        return Counterfactual(input: input, change: "+\(whole)", lots: lots, sentence: "\(lots) lots if \(name) were \(whole) higher")
    }
}
