import MunimKit

/// Money and exposure, computed anew from the broker's raw trades.
extension ReferenceModel {
    // I15: profit is what came in less what went out, plus what the open rest cost; charges are a share of both sides.
    mutating func checkMoney() {
        var profits: [PositionID: Int64] = [:]
        var charges: [PositionID: Int64] = [:]
        var total: Int64 = 0
        for row in evidence.trail.compactMap({ $0 as? LedgerRecord }) {
            switch row.kind {
            case .tradingProfit:
                total += row.amount.units
                if let position = row.position { profits[position, default: 0] += row.amount.units }
            case .charges, .repairCharges:
                if row.amount > .zero { breach("ledger row \(row.number) books charges of \(row.amount)") }
                if let position = row.position { charges[position, default: 0] -= row.amount.units }
            case .deposit, .withdraw: break
            }
        }
        var expected: Int64 = 0
        for (id, flow) in flows { expected += amount(flow.cash, of: id) ?? 0 }
        for position in evidence.positions.values {
            if position.status.isLive { expected += amount(position.openedValue, of: position.id) ?? 0 }
            checkMoney(of: position, booked: profits[position.id] ?? 0, charged: charges[position.id] ?? 0)
        }
        let isWhole = evidence.doubled.isEmpty && !evidence.scopes.contains { evidence.isSetAside($0.instrument) }
        if isWhole, total != expected {
            breach("the ledger's profits sum to \(Money(units: total)), the broker's trades to \(Money(units: expected))")
        }
    }

    private mutating func checkMoney(of position: PositionRecord, booked: Int64, charged: Int64) {
        if booked != position.realizedProfit.units {
            breach("\(position.id) realised \(position.realizedProfit), booked \(Money(units: booked))")
        }
        if charged != position.charges.units { breach("\(position.id) was charged \(position.charges), booked \(Money(units: charged))") }
        guard let flow = flows[position.id], !flow.hasRepairs, !evidence.isSetAside(position.instrument), !isDoubled(position) else {
            return
        }
        let rest = position.status.isLive ? position.openedValue : 0
        if let profit = amount(flow.cash + rest, of: position.id), profit != position.realizedProfit.units {
            breach("\(position.id) realised \(position.realizedProfit), by its trades \(Money(units: profit))")
        }
        let share = Int128(flow.traded) * Int128(evidence.policy.chargeRate.units)
        let parts = evidence.trail.count { ($0 as? LedgerRecord).map { $0.kind == .charges && $0.position == position.id } ?? false }
        // Each booking is rounded once, and so is the average price of each side, half a ten-thousandth of it per unit at most.
        let worth = Int128(position.lots.count) * Int128(position.pointValue.units) / 10_000
        let slack = Int64(clamping: 1 + worth * Int128(evidence.policy.chargeRate.units) / 2_000_000) * Int64(parts)
        if share % 1_000_000 == 0, let cost = amount(Int64(share / 1_000_000), of: position.id), abs(cost - position.charges.units) > slack
        {
            breach("\(position.id) was charged \(position.charges), by its trades \(Money(units: cost))")
        }
        let isUntouched = position.status == .open && position.rolloverCount == 0 && position.realizedProfit == .zero
        guard isUntouched, flow.cash + position.openedValue == 0 else { return }
        let points = position.entryPrice.units * position.quantity.count - (position.strike?.units ?? 0) * position.quantity.count
        // The entry price is a quotient, which was rounded once.
        if abs(points - position.openedValue) > position.quantity.count {
            breach(
                "\(position.id) has the entry price \(position.entryPrice), its trades cost \(position.openedValue) for \(position.quantity)"
            )
        }
    }

    /// Points × units as money; nil where no structure says what a point is worth or it is not a whole number.
    private func amount(_ points: Int64, of id: PositionID) -> Int64? {
        let structure =
            evidence.positions[id]?.structure.content
            ?? evidence.intents.values.lazy.flatMap(\.plan.content.positionPlans).filter { $0.position == id }.compactMap {
                $0.opens ?? $0.closes
            }
            .first
        guard let structure, let leg = structure.legs.first else { return nil }
        let product = Int128(points) * Int128(structure.pointValue.units)
        let divisor = 10_000 * Int128(leg.contract.unitsPerLot.count)
        return product % divisor == 0 ? Int64(exactly: product / divisor) : nil
    }

    // MARK: - The account

    // I15: closed equity is the capital and all that was booked; what is open counts as exposure, what is being opened as well.
    mutating func checkPortfolio() {
        guard let portfolio = evidence.portfolio else {
            if !evidence.positions.isEmpty { breach("there are positions and no account") }
            return
        }
        var equity: Int64 = 0
        var high: Int64 = 0
        for row in evidence.trail.compactMap({ $0 as? LedgerRecord }) {
            equity += row.amount.units
            if row.kind == .deposit || row.kind == .withdraw { high += row.amount.units }
            high = max(high, equity)
        }
        if portfolio.closedEquity.units != equity {
            breach("closed equity is \(portfolio.closedEquity), booked is \(Money(units: equity))")
        }
        if portfolio.initialCapital != evidence.policy.initialCapital { breach("the capital became \(portfolio.initialCapital)") }
        if portfolio.equityHigh.units > high || portfolio.equityHigh.units < equity {
            breach("the equity's high is \(portfolio.equityHigh), by the ledger \(Money(units: high))")
        }
        checkExposure(portfolio)
    }

    private mutating func checkExposure(_ portfolio: PortfolioRecord) {
        var (risk, volatility, margin): (Int64, Int64, Int64) = (0, 0, 0)
        for position in evidence.positions.values where position.status.isLive {
            let lots = Int128(position.lots.count)
            let worth = lots * Int128(position.pointValue.units)
            risk += Int64(Int128(max(0, position.entryPrice.units - position.currentStop.units)) * worth / 10_000)
            volatility += Int64(Int128(position.averageTrueRange.units) * worth / 10_000)
            margin += Int64(lots * Int128(position.marginPerLot.units))
        }
        for intent in evidence.intents.values where intent.state.isOpen {
            risk += intent.reservedRisk.units
            volatility += intent.reservedVolatility.units
            margin += intent.reservedMargin.units
        }
        let stored = [portfolio.totalRisk.units, portfolio.totalVolatility.units, portfolio.marginUsed.units]
        if stored != [risk, volatility, margin] {
            breach("the account's exposure is \(stored), its positions and reservations make \([risk, volatility, margin])")
        }
    }

    // MARK: - Stacks and stops

    // I17, I18 and domain.md 4.1, 5.1.
    mutating func checkStacks() {
        for stack in evidence.stacks {
            let base = evidence.positions.values.first { $0.instrument == stack.instrument && $0.isBase && $0.status.isLive }
            if stack.base != base?.id {
                breach("the base of \(stack.instrument) is \(stack.base?.text ?? "none"), open is \(base?.id.text ?? "none")")
            }
            if (stack.lastPyramidPrice == nil) != (base == nil) {
                breach("\(stack.instrument) has a last layer's price without a base, or none with one")
            }
        }
        for position in evidence.positions.values where position.status.isLive && position.rolloverCount == 0 {
            let bars = prices[position.instrument] ?? []
            if position.highestClose != position.entryPrice, !bars.contains(position.highestClose.units) {
                breach("\(position.id) has the high \(position.highestClose), at which no bar closed")
            }
            if position.currentStop < position.initialStop { breach("the stop of \(position.id) fell below its first") }
            guard let terms = evidence.instruments[position.instrument]?.terms(on: TradingDay(of: position.createdAt)) else { continue }
            let first = Int128(position.averageTrueRange.units) * Int128(terms.initialStopMultiple.units) / 1_000_000
            // A stop is never below nothing.
            let distance = min(first, Int128(position.entryPrice.units))
            if Int128(position.entryPrice.units - position.initialStop.units) != distance || Int128(position.initialRisk.units) != distance
            {
                breach("\(position.id) entered at \(position.entryPrice) with the stop \(position.initialStop)")
            }
        }
    }

    private var prices: [InstrumentName: Set<Int64>] {
        var found: [InstrumentName: Set<Int64>] = [:]
        for row in evidence.signals.values where row.status == .executed && row.signal.content.kind == .marketData {
            found[row.instrument, default: []].insert(row.signal.content.price.units)
        }
        return found
    }
}
