/// The books: every movement of money is one ledger row, and closed equity is their sum.
extension Core {
    /// Adds a row to the ledger; an amount of zero moves nothing and leaves no row.
    mutating func book(
        _ kind: LedgerEntryKind, _ amount: Money, key: String, position: PositionID?, notes: String, by: String, _ turn: inout Turn
    ) {
        guard amount != .zero else { return }
        let before = portfolio.record.closedEquity
        guard let after = try? before.adding(amount) else {
            // Sizes are refused when a position's whole value does not fit, so no sum of profits can get here.
            preconditionFailure("I15: the ledger cannot hold \(before) plus \(amount)")
        }
        let number = portfolio.record.ledgerNumber + (policy.has(.ledgerGap) ? 2 : 1)
        turn.insert(
            LedgerRecord(
                number: number, entryKey: key, kind: kind, amount: amount, equityBefore: before, equityAfter: after, position: position,
                notes: notes, createdBy: by, createdAt: turn.at))
        portfolio.ledgerNumber = number
        if !policy.has(.equityForgotten) { portfolio.closedEquity = after }
        portfolio.updatedAt = turn.at
        switch kind {
        case .deposit, .withdraw:
            if !policy.has(.highIgnoresCapital) { portfolio.equityHigh = (try? portfolio.record.equityHigh.adding(amount)) ?? after }
        case .tradingProfit, .charges: portfolio.equityHigh = max(portfolio.record.equityHigh, after)
        }
    }

    /// Charges of one side: the flat rate on the traded value, rounded once.
    func charges(price: Price, lots: Lots, pointValue: PointValue) -> Money {
        guard let value = try? price.value(of: lots, at: pointValue) else { return .zero }
        return (try? value.times(policy.chargeRate)) ?? .zero
    }

    /// Money of a difference of Σ price × units, rounded once: value × point value / units per lot.
    static func money(_ value: Int128, pointValue: PointValue, unitsPerLot: LotSize) -> Money {
        let product = value * Int128(pointValue.units)
        let divisor = Int128(10_000) * Int128(unitsPerLot.count)
        return (try? Money(wide: product.divided(by: divisor, rounding: .halfAwayFromZero))) ?? .zero
    }

    /// The average of fills, rounded once to a ten-thousandth; nil without fills.
    static func average(_ value: Int64, over units: Int64) -> Price? {
        guard units > 0 else { return nil }
        return Price(units: Int64(Int128(value).divided(by: Int128(units), rounding: .halfAwayFromZero)))
    }
}
