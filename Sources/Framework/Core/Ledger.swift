/// The books: every movement of money is one ledger row, and closed equity is their sum.
extension Core {
    /// Adds a row to the ledger; an amount of zero moves nothing and leaves no row.
    ///
    /// An amount that does not fit, nil or together with the equity, is never booked as something else: the transition keeps a sentence for people, and
    /// ``freezeUnbooked(_:_:)`` stops the scope.
    mutating func book(
        _ kind: LedgerEntryKind, _ amount: Money?, key: String, position: PositionID?, notes: String, by: String,
        _ transition: inout Transition
    ) {
        guard amount != .zero else { return }
        let before = portfolio.record.closedEquity
        guard let amount, let after = try? before.adding(amount) else {
            return transition.leaveUnbooked(
                "\(kind.rawValue) of \(amount?.description ?? "more than 64 bits hold") for \(position?.text ?? key) does not fit beside an equity of \(before)"
            )
        }
        let number = portfolio.record.ledgerNumber + (policy.has(.ledgerGap) ? 2 : 1)
        transition.insert(
            LedgerRecord(
                number: number, entryKey: key, kind: kind, amount: amount, equityBefore: before, equityAfter: after, position: position,
                notes: notes, createdBy: by, createdAt: transition.at))
        portfolio.ledgerNumber = number
        if !policy.has(.equityForgotten) { portfolio.closedEquity = after }
        portfolio.updatedAt = transition.at
        switch kind {
        case .deposit, .withdraw:
            if !policy.has(.highIgnoresCapital) { portfolio.equityHigh = (try? portfolio.record.equityHigh.adding(amount)) ?? after }
        case .tradingProfit, .charges, .repairCharges: portfolio.equityHigh = max(portfolio.record.equityHigh, after)
        }
    }

    /// Stops entries of a scope in which something could not be booked, and tells people what it was.
    mutating func freezeUnbooked(_ scope: inout Scope, _ transition: inout Transition) {
        for sentence in transition.takeUnbooked() {
            freeze(&scope, "not_bookable", "\(sentence), so that the ledger is short of it", happensOnce: true, &transition)
        }
    }

    /// Charges of one side: the flat rate on the traded value, rounded once; nil when it does not fit.
    func charges(price: Price, lots: Lots, pointValue: PointValue) -> Money? {
        guard let value = try? price.value(of: lots, at: pointValue), let cost = try? value.times(policy.chargeRate) else { return nil }
        // Strike + call − put may be below nothing when the market moved between the legs: it costs all the same.
        return Int64(exactly: cost.units.magnitude).map { Money(units: $0) }
    }

    /// Money of a difference of Σ price × units, rounded once: value × point value / units per lot; nil when it does not fit.
    static func money(_ value: Int128, pointValue: PointValue, unitsPerLot: LotSize) -> Money? {
        let (product, overflowed) = value.multipliedReportingOverflow(by: Int128(pointValue.units))
        let divisor = Int128(10_000) * Int128(unitsPerLot.count)
        return overflowed ? nil : try? Money(wide: product.divided(by: divisor, rounding: .halfAwayFromZero))
    }

    /// `sum` and an amount more; where it does not fit the sum stays, and people are told.
    static func adding(_ amount: Money?, to sum: Money, _ name: String, _ transition: inout Transition) -> Money {
        guard let amount, let total = try? sum.adding(amount) else {
            transition.leaveUnbooked("\(name) of \(sum) cannot take \(amount?.description ?? "an amount that does not fit")")
            return sum
        }
        return total
    }

    /// The average of fills, rounded once to a ten-thousandth; nil without fills.
    static func average(_ value: Int64, over units: Int64) -> Price? {
        guard units > 0 else { return nil }
        return Price(units: Int64(Int128(value).divided(by: Int128(units), rounding: .halfAwayFromZero)))
    }
}
