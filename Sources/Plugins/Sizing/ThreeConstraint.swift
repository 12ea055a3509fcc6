package import MunimKit

/// Sizes a base entry by risk, volatility and margin, a pyramid by margin, a shrinking share of the base, and half of the profit made.
///
/// All arithmetic is exact and each size is floored once. Every constraint is shown with its number, also one that does not bind.
package struct ThreeConstraint: SizingPlugin {
    /// How much of the equity a position may use.
    package struct Options: PluginOptions, Hashable {
        /// Share of the equity that a new position may lose at its stop.
        package var risk: Ratio
        /// Share of the equity that one average true range of a new position may move.
        package var volatility: Ratio
        /// Share of the equity above which an open layer's risk calls for peeling off.
        package var ongoingRisk: Ratio
        /// Share of the equity above which an open layer's volatility calls for peeling off.
        package var ongoingVolatility: Ratio
        /// Which constraints bind a base entry; the others are only shown.
        package var constraints: [BaseConstraint]

        package init(
            risk: Ratio = Ratio(units: 10_000), volatility: Ratio = Ratio(units: 5_000), ongoingRisk: Ratio = Ratio(units: 10_000),
            ongoingVolatility: Ratio = Ratio(units: 7_000), constraints: [BaseConstraint] = BaseConstraint.allCases
        ) {
            self.risk = risk
            self.volatility = volatility
            self.ongoingRisk = ongoingRisk
            self.ongoingVolatility = ongoingVolatility
            self.constraints = constraints
        }

        package init(from reader: inout OptionReader) {
            let standard = Options()
            let share = OptionKind<Ratio>.percent.above(.zero, atMost: .one)
            risk = reader.value("risk", share, default: standard.risk, summary: "Share of equity lost when a new position is stopped.")
            volatility = reader.value(
                "volatility", share, default: standard.volatility, summary: "Share of equity that one average true range may move.")
            ongoingRisk = reader.value(
                "ongoing_risk", share, default: standard.ongoingRisk,
                summary: "Share of equity at risk above which peeling off is advised. Not used yet: nothing asks for the advice.")
            ongoingVolatility = reader.value(
                "ongoing_volatility", share, default: standard.ongoingVolatility,
                summary:
                    "Share of equity in one average true range above which peeling off is advised. Not used yet: nothing asks for the advice."
            )
            constraints = reader.list(
                "constraints", of: .choice(BaseConstraint.self), default: standard.constraints, count: 1...3,
                summary: "Which constraints bind a base entry; the others are shown only.")
            if Set(constraints).count != constraints.count { reader.fail("constraints", "expected each constraint at most once") }
        }
    }

    /// A limit on a base entry; ties go to the earlier one.
    package enum BaseConstraint: String, CaseIterable, Hashable, Sendable {
        case risk, volatility, margin
    }

    package static let manifest = PluginManifest(
        kind: .sizing, name: "three-constraint", version: "1.0.0",
        summary: "The smallest of what risk, volatility and margin allow; pyramids shrink by halves and spend only half of the profit.")

    let options: Options

    package init(options: Options, context: PluginContext) { self.options = options }

    package func size(_ request: SizingRequest) throws(Overflow) -> SizingDecision {
        if let reason = Self.reasonForNothing(request) { return decision(.zero, reason, []) }
        guard let pyramid = request.pyramid else { return try baseEntry(request) }
        return try self.pyramid(request, pyramid)
    }

    package func peel(_ request: PeelRequest) throws(Overflow) -> PeelAdvice? {
        let risk = try Self.excess(of: request.risk, over: options.ongoingRisk, in: request)
        let volatility = try Self.excess(of: request.volatility, over: options.ongoingVolatility, in: request)
        let limits = [risk.map { _ in "risk" }, volatility.map { _ in "volatility" }].compactMap(\.self)
        return PeelAdvice(lots: min(request.lots, max(risk ?? .zero, volatility ?? .zero)), limits: limits)
    }

    private func baseEntry(_ request: SizingRequest) throws(Overflow) -> SizingDecision {
        var constraints: [SizingConstraint] = []
        var smallest: (constraint: BaseConstraint, quotient: Quotient)?
        for constraint in BaseConstraint.allCases {
            let quotient = try quotient(of: constraint, for: request)
            let binds = options.constraints.contains(constraint)
            constraints.append(try Self.shown(constraint.rawValue, quotient, binds: binds))
            if binds, smallest.map({ quotient < $0.quotient }) ?? true { smallest = (constraint, quotient) }
        }
        guard let smallest else { return decision(.zero, "no_constraint", constraints) }
        return decision(try smallest.quotient.wholeLots(), smallest.constraint.rawValue, constraints)
    }

    /// Scales: money, price and point value count ten-thousandths, ratios millionths; the last factors bring both sides to the same unit.
    private func quotient(of constraint: BaseConstraint, for request: SizingRequest) throws(Overflow) -> Quotient {
        let equity = Int128(request.equity.units)
        let pointValue = Int128(request.pointValue.units)
        switch constraint {
        case .risk:
            return try Quotient(
                [equity, Int128(options.risk.units), Int128(request.efficiencyRatio.units)],
                over: [Self.distance(request), pointValue, 100_000_000])
        case .volatility:
            return try Quotient(
                [equity, Int128(options.volatility.units)], over: [Int128(request.averageTrueRange.units), pointValue, 100])
        case .margin:
            return try Quotient([Int128(request.availableMargin.units)], over: [Int128(request.marginPerLot.units)])
        }
    }

    /// The point value cancels out of `half of (profit of the base − risk of the base) / risk of one lot`.
    private func pyramid(_ request: SizingRequest, _ base: PyramidContext) throws(Overflow) -> SizingDecision {
        let margin = try quotient(of: .margin, for: request)
        let step = max(0, min(base.taken, 62)) + 1
        let share = try Quotient([Int128(base.baseLots.count)], over: [Int128(1) << Int128(step)])
        let gain = Int128(request.price.units) - Int128(base.baseEntry.units) - Int128(base.baseRisk.units)
        let budget = try Quotient([max(0, gain), Int128(base.baseLots.count)], over: [2, Self.distance(request)])
        let constraints = [
            try Self.shown("margin", margin), try Self.shown("geometric_0.5^\(step)", share), try Self.shown("risk_budget", budget),
        ]
        let smallest = constraints.dropFirst().reduce(constraints[0]) { $1.lots < $0.lots ? $1 : $0 }
        return decision(smallest.lots, smallest.name, constraints)
    }

    private func decision(_ lots: Lots, _ limiter: String, _ constraints: [SizingConstraint]) -> SizingDecision {
        SizingDecision(rule: Self.manifest.name, lots: lots, limiter: limiter, constraints: constraints)
    }

    private static func shown(_ name: String, _ quotient: Quotient, binds: Bool = true) throws(Overflow) -> SizingConstraint {
        SizingConstraint(name: name, quotient: try quotient.fractionalLots(), lots: try quotient.wholeLots(), binds: binds)
    }

    private static func distance(_ request: SizingRequest) -> Int128 { Int128(request.price.units) - Int128(request.stop.units) }

    /// Why no size can be computed: a stop that is not below the price, or a divisor or share that makes no sense.
    private static func reasonForNothing(_ request: SizingRequest) -> String? {
        if request.price <= request.stop { return "invalid_risk" }
        if request.averageTrueRange <= .zero { return "invalid_atr" }
        if request.pointValue <= .zero { return "invalid_point_value" }
        if request.marginPerLot <= .zero { return "invalid_margin" }
        guard (Ratio.zero...Ratio.one).contains(request.efficiencyRatio) else { return "invalid_efficiency_ratio" }
        return nil
    }

    /// Lots by which an amount passes its share of the equity, rounded up; nil when it does not pass it.
    private static func excess(of amount: Money, over share: Ratio, in request: PeelRequest) throws(Overflow) -> Lots? {
        let limit = Int128(request.equity.units) * Int128(share.units)
        let present = Int128(amount.units) * 1_000_000
        guard amount > .zero, present > limit else { return nil }
        let (product, overflowed) = (present - limit).multipliedReportingOverflow(by: Int128(request.lots.count))
        guard !overflowed else { throw Overflow() }
        let lots = product.divided(by: present, rounding: .up)
        return Lots(Int64(clamping: min(lots, Int128(request.lots.count))))
    }
}
