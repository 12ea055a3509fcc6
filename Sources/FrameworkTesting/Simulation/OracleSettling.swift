import MunimKit

/// What one part of a decision comes to when it is booked, from its trades alone.
extension Oracle {
    /// A leg that was opened or closed: what it filled, and what repairs left of that.
    private struct FilledLeg {
        let leg: Leg
        let fill: OracleFill
        let held: Int64

        /// The value of so many of its units; the rest belongs to the surplus.
        func value(of units: Int64) -> Int128 {
            fill.units > units && fill.units > 0 ? fill.value * Int128(units) / Int128(fill.units) : fill.value
        }
    }

    private func legs(of positionPlan: PositionPlan, _ number: Int, _ id: IntentID, _ action: LegAction) -> [FilledLeg] {
        let fills = books.fills[id] ?? [:]
        func fill(_ leg: Leg) -> OracleFill { fills[OracleLeg(positionPlan: number, leg: leg.number)] ?? OracleFill() }
        return positionPlan.legs.filter { !$0.isRepair && $0.action == action }.map { leg in
            let taken = positionPlan.legs.reduce(Int64(0)) { sum, repair in
                guard repair.isRepair, repair.contract == leg.contract else { return sum }
                return repair.side == leg.side ? sum - fill(repair).units : sum + fill(repair).units
            }
            return FilledLeg(leg: leg, fill: fill(leg), held: fill(leg).units - taken)
        }
    }

    mutating func settle(
        _ positionPlan: PositionPlan, _ number: Int, of intent: IntentRecord, _ transition: OracleTransition, _ due: inout OracleDue
    ) {
        let fills = books.fills[intent.id] ?? [:]
        var cash: Int128 = 0
        var repaired: Int128 = 0
        for leg in positionPlan.legs {
            let value = fills[OracleLeg(positionPlan: number, leg: leg.number)]?.value ?? 0
            cash += leg.side == .sell ? value : 0 - value
            if leg.isRepair { repaired += value }
        }
        let before = books.live[positionPlan.position]
        let after = transition.last(PositionRecord.self) { $0.id == positionPlan.position }
        let isRoll = positionPlan.opens != nil && positionPlan.closes != nil
        var settled: Int128 = 0
        if positionPlan.closes == nil, let structure = positionPlan.opens {
            settled = checkOpened(positionPlan, number, intent, structure, after, &due)
        }
        if positionPlan.closes != nil, let before {
            settled = checkClosed(positionPlan, number, intent, before, after, isRoll: isRoll, &due)
        }
        guard let structure = positionPlan.opens ?? positionPlan.closes else {
            return settleLate(positionPlan, intent, cash, repaired, &due)
        }
        // Whatever was not taken into a position or out of one was gained or lost.
        let point = before?.pointValue ?? structure.pointValue
        let lot = structure.legs.first?.contract.unitsPerLot.count ?? 1
        due.profit += Reckoning.money(ofValue: cash + settled, point, unitsPerLot: lot)
        guard repaired != 0 else { return }
        due.tolerance += 2
        due.isAtLeast = true
        if Self.repairsCarryCharges {
            due.charges += Reckoning.share(Reckoning.money(ofValue: repaired, point, unitsPerLot: lot), policy.chargeRate)
        }
    }

    private mutating func settleLate(
        _ positionPlan: PositionPlan, _ intent: IntentRecord, _ cash: Int128, _ repaired: Int128, _ due: inout OracleDue
    ) {
        guard case .repair(let lateValue) = positionPlan.kind, let leg = positionPlan.legs.first,
            let traded = tradedInstruments[intent.instrument]
        else { return }
        let late = leg.side == .buy ? Int128(lateValue) : 0 - Int128(lateValue)
        let point = traded.instrument.terms(on: TradingDay(of: intent.createdAt)).pointValue
        let lot = leg.contract.unitsPerLot.count
        due.profit += repaired == 0 ? 0 : Reckoning.money(ofValue: cash + late, point, unitsPerLot: lot)
        if repaired == 0 { due.tolerance += OracleDue.anything }
        due.isAtLeast = true
        if Self.repairsCarryCharges {
            due.charges += Reckoning.share(
                Reckoning.money(ofValue: repaired + Int128(lateValue), point, unitsPerLot: lot), policy.chargeRate)
        }
    }

    /// What was opened; answers what it cost, signed as the position stands.
    private mutating func checkOpened(
        _ positionPlan: PositionPlan, _ number: Int, _ intent: IntentRecord, _ structure: Structure, _ after: PositionRecord?,
        _ due: inout OracleDue
    ) -> Int128 {
        let legs = legs(of: positionPlan, number, intent.id, .open)
        let units = Self.whole(legs)
        // A surplus that nobody could take back is for a person.
        if legs.contains(where: { $0.held != units }) { due.tolerance += OracleDue.anything }
        guard units > 0 else {
            if after != nil { breach("I14", "\(positionPlan.position) was opened without a whole lot of every leg") }
            return 0
        }
        guard let after else {
            breach("I14", "\(positionPlan.position) filled \(units) units of every leg and is no position")
            return 0
        }
        let value = legs.reduce(Int128(0)) { $1.leg.side == .buy ? $0 + $1.value(of: units) : $0 - $1.value(of: units) }
        let price = Self.price(of: structure, legs)
        check(after, holds: units, for: value, at: price)
        checkFirstStop(of: after, positionPlan)
        due.charges += price.map { Reckoning.charges(Int64($0), lots: after.lots.count, after.pointValue, policy.chargeRate) } ?? 0
        return value
    }

    private mutating func check(_ row: PositionRecord, holds units: Int64, for value: Int128, at price: Int128?) {
        if row.quantity.count != units || row.lots.count != units / row.unitsPerLot.count {
            breach("I14", "\(row.id) has \(row.lots) lots and \(row.quantity) units, filled were \(units)")
        }
        if Int128(row.openedValue) != value { breach("I15", "\(row.id) was opened for \(row.openedValue), its trades for \(value)") }
        if price.map({ Int128(row.entryPrice.units) != $0 }) ?? true {
            breach("I15", "\(row.id) has the entry price \(row.entryPrice), its trades averaged \(price.map { "\($0)" } ?? "nothing")")
        }
    }

    // domain.md 5.1
    private mutating func checkFirstStop(of row: PositionRecord, _ positionPlan: PositionPlan) {
        guard case .open(let opening) = positionPlan.kind else { return }
        guard let terms = tradedInstruments[row.instrument]?.instrument.terms(on: TradingDay(of: row.createdAt)) else { return }
        let distance = Reckoning.share(Int128(row.averageTrueRange.units), terms.initialStopMultiple)
        let stop = max(0, Int128(row.entryPrice.units) - distance)
        if Int128(row.initialStop.units) != stop || Int128(row.initialRisk.units) != Int128(row.entryPrice.units) - stop
            || row.averageTrueRange != opening.averageTrueRange || row.marginPerLot != terms.marginPerLot
        {
            breach("I18", "\(row.id) entered at \(row.entryPrice) begins with the stop \(row.initialStop), one R of \(row.initialRisk)")
        }
    }

    /// What was closed; answers the part of the cost that went with it, with a minus, and for a roll what the new contract cost.
    private mutating func checkClosed(
        _ positionPlan: PositionPlan, _ number: Int, _ intent: IntentRecord, _ before: PositionRecord, _ after: PositionRecord?,
        isRoll: Bool,
        _ due: inout OracleDue
    ) -> Int128 {
        let closed = legs(of: positionPlan, number, intent.id, .close)
        let units = min(Self.whole(closed), before.quantity.count)
        guard units > 0 else {
            // Nothing was closed: what was traded was taken back, or is for a person.
            due.tolerance += OracleDue.anything
            return 0
        }
        let isWhole = units == before.quantity.count
        let cost = isWhole ? Int128(before.openedValue) : Int128(before.openedValue) * Int128(units) / Int128(before.quantity.count)
        let exit = Self.price(of: before.structure.content, closed)
        let opened = isRoll ? legs(of: positionPlan, number, intent.id, .open) : []
        let new = Self.whole(opened)
        due.charges +=
            exit.map { Reckoning.charges(Int64($0), lots: units / before.unitsPerLot.count, before.pointValue, policy.chargeRate) } ?? 0
        guard let after else {
            breach("I14", "\(units) units of \(before.id) were closed, and its row says nothing")
            return 0 - cost
        }
        guard new > 0, let structure = positionPlan.opens else {
            checkRest(of: before, after, units: units, cost: cost, exit: exit)
            return 0 - cost
        }
        let value = opened.reduce(Int128(0)) { $1.leg.side == .buy ? $0 + $1.value(of: new) : $0 - $1.value(of: new) }
        let entry = Self.price(of: structure, opened)
        check(after, holds: new, for: value, at: entry)
        due.charges += entry.map { Reckoning.charges(Int64($0), lots: after.lots.count, after.pointValue, policy.chargeRate) } ?? 0
        due.tolerance += 1
        checkShift(from: before, to: after, basis: (entry ?? 0) - (exit ?? 0))
        return value - cost
    }

    private mutating func checkRest(of before: PositionRecord, _ after: PositionRecord, units: Int64, cost: Int128, exit: Int128?) {
        let rest = before.quantity.count - units
        if exit.map({ Int128(after.exitPrice?.units ?? 0) != $0 }) ?? true {
            breach("I15", "\(after.id) left at \(after.exitPrice.map { "\($0)" } ?? "nothing"), its trades averaged \(exit ?? 0)")
        }
        guard rest > 0 else {
            if after.status != .closed { breach("I14", "\(after.id) was closed whole and is \(after.status.rawValue)") }
            return
        }
        if after.quantity.count != rest || Int128(after.openedValue) != Int128(before.openedValue) - cost || !after.status.isLive {
            breach("I14", "\(after.id) keeps \(after.quantity) units for \(after.openedValue), of \(before.quantity) were \(units) closed")
        }
    }

    // I18, I23 and domain.md 9.4: every distance survives a roll.
    private mutating func checkShift(from before: PositionRecord, to after: PositionRecord, basis: Int128) {
        func shifted(_ price: Price) -> Int128 { max(0, Int128(price.units) + basis) }
        if Int128(after.initialStop.units) != shifted(before.initialStop) || after.initialRisk != before.initialRisk
            || after.originalEntryPrice != before.entryPrice || after.originalExpiry != before.expiry
            || after.averageTrueRange != before.averageTrueRange || after.marginPerLot != before.marginPerLot
        {
            breach("I23", "\(after.id) rolled by \(basis) units of price and its facts did not move with it")
        }
    }

    private static func whole(_ legs: [FilledLeg]) -> Int64 {
        max(0, legs.map { $0.held / $0.leg.contract.unitsPerLot.count * $0.leg.contract.unitsPerLot.count }.min() ?? 0)
    }

    /// The structure's price from the averages of its legs, each rounded once.
    private static func price(of structure: Structure, _ legs: [FilledLeg]) -> Int128? {
        price(
            of: structure,
            legs.compactMap { $0.fill.units > 0 ? ($0.leg.role, $0.fill.value.rounded(by: Int128($0.fill.units))) : nil })
    }
}
