import MunimKit

/// I14, I15 and I21: what each part of a decision filled becomes a position, profit and charges, recomputed when it is booked.
extension Oracle {
    /// Whether trades that take a surplus back carry charges like every other.
    static let repairsCarryCharges = false

    /// What the ledger must get for an intent in a turn.
    private struct Due {
        var profit: Int128 = 0
        var charges: Int128 = 0
        /// How far roundings of several rows may be off.
        var tolerance: Int128 = 0
        /// Whether the charges are a least amount only.
        var isAtLeast = false
    }

    /// Adds up the trades of a turn, step by step.
    mutating func addTrades(of turn: OracleTurn, _ store: ModelStore) {
        for case let row as OrderRecord in turn.rows where books.orders[row.tag]?.sender != row.sender || books.orders[row.tag] == nil {
            books.orders[row.tag] = OracleOrder(
                intent: row.intent, step: OracleStep(strand: row.strand, step: row.step), instrument: row.instrument, action: row.action,
                sender: row.sender)
        }
        for case let trade as TradeRecord in turn.notes {
            guard let order = books.orders[trade.tag] else { continue }
            var fill = books.fills[trade.intent, default: [:]][order.step, default: OracleFill()]
            fill.units += trade.quantity.count
            fill.value += Int128(trade.quantity.count) * Int128(trade.price.units)
            books.fills[trade.intent, default: [:]][order.step] = fill
        }
        for case let row as OrderRecord in turn.rows { checkValue(of: row, store) }
    }

    // I14: what an order says it filled is what its trades add up to, to the last unit of value.
    private mutating func checkValue(of row: OrderRecord, _ store: ModelStore) {
        guard row.filled > .zero else { return }
        var sum: Int128 = 0
        for trade in store.matching(Query<TradeRecord>(.equal("tag", row.tag))) {
            sum += Int128(trade.quantity.count) * Int128(trade.price.units)
        }
        guard sum != Int128(row.filledValue), let now = store.row(OrderRecord.self, row.tag), now.filled == row.filled else { return }
        breach("I14", "\(row.tag) filled for \(row.filledValue), its trades for \(sum)")
    }

    /// Holds the ledger rows of a turn against what was booked in it.
    mutating func checkMoney(of turn: OracleTurn, _ store: ModelStore) {
        var due: [IntentID: Due] = [:]
        for case let intent as IntentRecord in turn.rows {
            if intent.version == 1 { checkLate(intent, turn) }
            let before = books.intents[intent.id]?.plan.content.strands
            for (number, strand) in intent.plan.content.strands.enumerated() where strand.isSettled {
                guard before.map({ $0.indices.contains(number) && !$0[number].isSettled }) ?? true else { continue }
                settle(strand, number, of: intent, turn, &due[intent.id, default: Due()])
            }
        }
        var booked: [IntentID: (profit: Int128, charges: Int128)] = [:]
        for case let row as LedgerRecord in turn.notes {
            books.equity = row.equityAfter.units
            note(row)
            guard row.kind == .tradingProfit || row.kind == .charges, !row.entryKey.hasPrefix("operator:") else { continue }
            guard let id = due.keys.first(where: { row.entryKey.hasPrefix("\($0):") || row.entryKey == "\($0)" }) else {
                breach("I15", "\(row.entryKey) is booked, and nothing was settled")
                continue
            }
            if row.kind == .charges {
                booked[id, default: (0, 0)].charges -= Int128(row.amount.units)
            } else {
                booked[id, default: (0, 0)].profit += Int128(row.amount.units)
            }
        }
        for (id, due) in due.sorted(by: { $0.key.text < $1.key.text }) {
            // What is not understood in a frozen scope is for people.
            let name = turn.last(IntentRecord.self) { $0.id == id }?.instrument
            if let name, store.row(ScopeRecord.self, name)?.state == .frozen { continue }
            let got = booked[id] ?? (0, 0)
            if abs(got.profit - due.profit) > due.tolerance {
                breach("I15", "\(id) realised \(due.profit) units of money by its trades, \(got.profit) are booked")
            }
            let isCharged = due.isAtLeast ? got.charges >= due.charges - due.tolerance : got.charges == due.charges
            if !isCharged { breach("I15", "\(id) costs \(due.charges) units of charges by its trades, \(got.charges) are booked") }
        }
    }

    private mutating func note(_ row: LedgerRecord) {
        guard row.kind == .deposit || row.kind == .withdraw else { return }
        if books.capital.updateValue(row.amount.units, forKey: row.entryKey) != nil { breach("I15", "\(row.entryKey) was booked twice") }
    }

    // I12: a late order is taken back whole, and booked for what it cost.
    private mutating func checkLate(_ intent: IntentRecord, _ turn: OracleTurn) {
        guard intent.kind == .repair, let key = intent.causeKey, key.hasPrefix("late:"), let strand = intent.plan.content.strands.first
        else {
            return
        }
        let tag = Tag(String(key.dropFirst(5)))
        var late = OracleFill()
        for case let trade as TradeRecord in turn.notes where trade.tag == tag {
            late.units += trade.quantity.count
            late.value += Int128(trade.quantity.count) * Int128(trade.price.units)
        }
        if late.units != strand.steps.first?.quantity.count || late.value != Int128(strand.lateValue) {
            breach(
                "I12", "\(intent.id) takes back \(strand.steps.first?.quantity.count ?? 0) units for \(strand.lateValue), late came \(late)"
            )
        }
    }

    // MARK: - One part of a decision

    /// A leg that was opened or closed: what it filled, and what repairs left of that.
    private struct Leg {
        let step: Step
        let fill: OracleFill
        let held: Int64

        /// The value of so many of its units; the rest belongs to the surplus.
        func value(of units: Int64) -> Int128 {
            fill.units > units && fill.units > 0 ? fill.value * Int128(units) / Int128(fill.units) : fill.value
        }
    }

    private func legs(of strand: Strand, _ number: Int, _ id: IntentID, _ action: LegAction) -> [Leg] {
        let fills = books.fills[id] ?? [:]
        func fill(_ step: Step) -> OracleFill { fills[OracleStep(strand: number, step: step.number)] ?? OracleFill() }
        return strand.steps.filter { !$0.isRepair && $0.action == action }.map { step in
            let taken = strand.steps.reduce(Int64(0)) { sum, repair in
                guard repair.isRepair, repair.contract == step.contract else { return sum }
                return repair.side == step.side ? sum - fill(repair).units : sum + fill(repair).units
            }
            return Leg(step: step, fill: fill(step), held: fill(step).units - taken)
        }
    }

    private mutating func settle(_ strand: Strand, _ number: Int, of intent: IntentRecord, _ turn: OracleTurn, _ due: inout Due) {
        let fills = books.fills[intent.id] ?? [:]
        var cash: Int128 = 0
        var repaired: Int128 = 0
        for step in strand.steps {
            let value = fills[OracleStep(strand: number, step: step.number)]?.value ?? 0
            cash += step.side == .sell ? value : 0 - value
            if step.isRepair { repaired += value }
        }
        let before = books.live[strand.position]
        let after = turn.last(PositionRecord.self) { $0.id == strand.position }
        let isRoll = strand.opens != nil && strand.closes != nil
        var settled: Int128 = 0
        if strand.closes == nil, let structure = strand.opens { settled = checkOpened(strand, number, intent, structure, after, &due) }
        if strand.closes != nil, let before { settled = checkClosed(strand, number, intent, before, after, isRoll: isRoll, &due) }
        guard let structure = strand.opens ?? strand.closes else { return settleLate(strand, intent, cash, repaired, &due) }
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

    private mutating func settleLate(_ strand: Strand, _ intent: IntentRecord, _ cash: Int128, _ repaired: Int128, _ due: inout Due) {
        guard let step = strand.steps.first, let desk = desks[intent.instrument] else { return }
        let late = step.side == .buy ? Int128(strand.lateValue) : 0 - Int128(strand.lateValue)
        let point = desk.instrument.terms(on: TradingDay(of: intent.createdAt)).pointValue
        let lot = step.contract.unitsPerLot.count
        due.profit += repaired == 0 ? 0 : Reckoning.money(ofValue: cash + late, point, unitsPerLot: lot)
        if repaired == 0 { due.tolerance += .max / 4 }
        due.isAtLeast = true
        if Self.repairsCarryCharges {
            due.charges += Reckoning.share(
                Reckoning.money(ofValue: repaired + Int128(strand.lateValue), point, unitsPerLot: lot), policy.chargeRate)
        }
    }

    /// What was opened; answers what it cost, signed as the position stands.
    private mutating func checkOpened(
        _ strand: Strand, _ number: Int, _ intent: IntentRecord, _ structure: Structure, _ after: PositionRecord?, _ due: inout Due
    ) -> Int128 {
        let legs = legs(of: strand, number, intent.id, .open)
        let units = Self.whole(legs)
        guard units > 0 else {
            if after != nil { breach("I14", "\(strand.position) was opened without a whole lot of every leg") }
            return 0
        }
        guard let after else {
            breach("I14", "\(strand.position) filled \(units) units of every leg and is no position")
            return 0
        }
        let value = legs.reduce(Int128(0)) { $1.step.side == .buy ? $0 + $1.value(of: units) : $0 - $1.value(of: units) }
        let price = Self.price(of: structure, legs)
        check(after, holds: units, for: value, at: price)
        checkFirstStop(of: after, intent)
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
    private mutating func checkFirstStop(of row: PositionRecord, _ intent: IntentRecord) {
        guard let terms = desks[row.instrument]?.instrument.terms(on: TradingDay(of: row.createdAt)) else { return }
        let distance = Reckoning.share(Int128(row.averageTrueRange.units), terms.initialStopMultiple)
        let stop = max(0, Int128(row.entryPrice.units) - distance)
        if Int128(row.initialStop.units) != stop || Int128(row.initialRisk.units) != Int128(row.entryPrice.units) - stop
            || row.averageTrueRange != intent.plan.content.averageTrueRange || row.marginPerLot != terms.marginPerLot
        {
            breach("I18", "\(row.id) entered at \(row.entryPrice) begins with the stop \(row.initialStop), one R of \(row.initialRisk)")
        }
    }

    /// What was closed; answers the part of the cost that went with it, with a minus, and for a roll what the new contract cost.
    private mutating func checkClosed(
        _ strand: Strand, _ number: Int, _ intent: IntentRecord, _ before: PositionRecord, _ after: PositionRecord?, isRoll: Bool,
        _ due: inout Due
    ) -> Int128 {
        let closed = legs(of: strand, number, intent.id, .close)
        let units = min(Self.whole(closed), before.quantity.count)
        guard units > 0 else {
            // Nothing was closed: what was traded was taken back, or is for a person.
            due.tolerance += .max / 4
            return 0
        }
        let isWhole = units == before.quantity.count
        let cost = isWhole ? Int128(before.openedValue) : Int128(before.openedValue) * Int128(units) / Int128(before.quantity.count)
        let exit = Self.price(of: before.structure.content, closed)
        let opened = isRoll ? legs(of: strand, number, intent.id, .open) : []
        let new = Self.whole(opened)
        due.charges +=
            exit.map { Reckoning.charges(Int64($0), lots: units / before.unitsPerLot.count, before.pointValue, policy.chargeRate) } ?? 0
        guard let after else {
            breach("I14", "\(units) units of \(before.id) were closed, and its row says nothing")
            return 0 - cost
        }
        guard new > 0, let structure = strand.opens else {
            checkRest(of: before, after, units: units, cost: cost, exit: exit)
            return 0 - cost
        }
        let value = opened.reduce(Int128(0)) { $1.step.side == .buy ? $0 + $1.value(of: new) : $0 - $1.value(of: new) }
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

    private static func whole(_ legs: [Leg]) -> Int64 {
        max(0, legs.map { $0.held / $0.step.contract.unitsPerLot.count * $0.step.contract.unitsPerLot.count }.min() ?? 0)
    }

    /// The structure's price from the averages of its legs, each rounded once.
    private static func price(of structure: Structure, _ legs: [Leg]) -> Int128? {
        price(
            of: structure,
            legs.compactMap { $0.fill.units > 0 ? ($0.step.role, $0.fill.value.rounded(by: Int128($0.fill.units))) : nil })
    }
}
