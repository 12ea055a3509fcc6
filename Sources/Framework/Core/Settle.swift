/// Transitions that book what was filled: one commit, from rows, harmless when run twice.
extension Core {
    /// Books a position plan whose legs are complete, or first takes back a surplus of one leg; always changes something.
    mutating func settle(_ number: Int, _ intent: inout Intent, _ scope: inout Scope, _ transition: inout Transition) -> Bool {
        let positionPlan = intent.record.plan.content.positionPlans[number]
        let fills = PositionPlanFills(positionPlan, number, intent)
        if planRepairs(fills, positionPlan, number, &intent, scope, &transition)
            || balanceLate(fills, positionPlan, number, &intent, scope, &transition)
        {
            return true
        }
        switch positionPlan.kind {
        case .open(let opening): settleOpening(opening, of: positionPlan.position, fills, &intent, &scope, &transition)
        case .close: settleClosing(fills, positionPlan.position, &intent, &scope, &transition)
        case .roll(_, let structure, _, _): settleRoll(to: structure, fills, positionPlan.position, &intent, &scope, &transition)
        case .repair(let value): settleRepair(fills, value, intent, scope, &transition)
        }
        freezeUnbooked(&scope, &transition)
        intent.record.plan.content.positionPlans[number].isSettled = true
        // Other position plans go on: what still comes for this one is late, as if the whole intent had ended.
        for order in intent.orders where order.record.positionPlan == number && order.record.isDoubtful {
            watch(order.record, intent, &scope)
        }
        intent.record.updatedAt = transition.at
        return true
    }

    /// A further repair would chase something that is not understood; the comparison of positions tells a person.
    private static let mostRepairs = 4

    /// I21: a surplus of one side is unwound before anything is booked; so is what an exit closed twice, because a lost order came late.
    ///
    /// `action` is what it looks at; nil for both.
    mutating func planRepairs(
        _ fills: PositionPlanFills, _ positionPlan: PositionPlan, _ number: Int, only action: LegAction? = nil, _ intent: inout Intent,
        _ scope: Scope,
        _ transition: inout Transition
    ) -> Bool {
        var hasPlanned = false
        for leg in fills.all where action == nil || leg.action == action {
            // Below zero when a repair came late after another had done its work.
            let surplus = fills.excess(of: leg)
            guard surplus > 0 || surplus < 0 && leg.taken > 0, !policy.has(.surplusKept) else { continue }
            // One that was given up is a person's: the scope is frozen.
            let repairs = positionPlan.legs.count { $0.isRepair && $0.contract == leg.contract }
            guard repairs == 0 || repairs < Self.mostRepairs && scope.record.record.state == .active else { continue }
            let repair = Leg(
                number: intent.record.plan.content.positionPlans[number].legs.count, role: leg.role, action: .close,
                contract: leg.contract,
                side: surplus < 0 || policy.has(.surplusDoubled) ? leg.side : leg.side.opposite, quantity: Quantity(abs(surplus)),
                isRepair: true)
            intent.record.plan.content.positionPlans[number].legs.append(repair)
            planOrders(repair, of: repair.quantity, positionPlan: number, attempt: 1, &intent, &transition)
            hasPlanned = true
        }
        return hasPlanned
    }

    /// I12: what takes a late order back may come late itself, after another attempt did it, and is taken back in turn.
    private mutating func balanceLate(
        _ fills: PositionPlanFills, _ positionPlan: PositionPlan, _ number: Int, _ intent: inout Intent, _ scope: Scope,
        _ transition: inout Transition
    ) -> Bool {
        guard case .repair = positionPlan.kind, let first = positionPlan.legs.first, let leg = fills.repairs.first
        else { return false }
        let done = fills.repairs.reduce(0) { $1.side == first.side ? $0 + $1.units : $0 - $1.units }
        let surplus = done - leg.wanted
        guard surplus != 0, positionPlan.legs.count <= Self.mostRepairs,
            positionPlan.legs.count == 1 ? surplus > 0 : scope.record.record.state == .active
        else { return false }
        let repair = Leg(
            number: positionPlan.legs.count, role: first.role, action: .close, contract: first.contract,
            side: surplus > 0 ? first.side.opposite : first.side, quantity: Quantity(abs(surplus)), isRepair: true)
        intent.record.plan.content.positionPlans[number].legs.append(repair)
        planOrders(repair, of: repair.quantity, positionPlan: number, attempt: 1, &intent, &transition)
        return true
    }

    // MARK: - Opening

    private mutating func settleOpening(
        _ opening: PositionPlan.Opening, of id: PositionID, _ fills: PositionPlanFills, _ intent: inout Intent, _ scope: inout Scope,
        _ transition: inout Transition
    ) {
        let structure = opening.structure
        bookRepairs(fills, structure, opening.layer, intent, &transition)
        guard fills.whole(.open) > 0, let price = fills.price(of: structure, .open), let first = structure.legs.first else { return }
        let units = policy.has(.plannedSizeBooked) ? opening.lots.count * first.contract.unitsPerLot.count : fills.whole(.open)
        let terms = scope.traded.instrument.terms(on: TradingDay(of: transition.at))
        let signal = intent.record.record.signal.flatMap { id in scope.signals.first { $0.fingerprint == id }?.signal.content }
        let multiple = policy.has(.firstStopByTrail) ? terms.trailingStopMultiple : terms.initialStopMultiple
        let distance = (try? opening.averageTrueRange.times(multiple)) ?? .zero
        let stop = max(.zero, (try? (policy.has(.stopFromSignalPrice) ? opening.price : price).subtracting(distance)) ?? .zero)
        let lots = Quantity(units).lots(unitsPerLot: first.contract.unitsPerLot)
        let position = PositionRecord(
            id: id, instrument: scope.name, layer: opening.layer, mode: policy.mode,
            signal: intent.record.record.signal,
            entryPrice: price, signalPrice: opening.price, lots: lots, quantity: Quantity(units), unitsPerLot: first.contract.unitsPerLot,
            marginPerLot: terms.marginPerLot, initialStop: stop, initialRisk: (try? price.subtracting(stop)) ?? .zero,
            averageTrueRange: opening.averageTrueRange, limiter: opening.limiter, structure: structure,
            openedValue: fills.signedValue(.open),
            entryTimestamp: signal?.timestamp ?? transition.at, at: transition.at)
        add(position, signalPrice: opening.price, &scope, &transition)
        let cost = policy.has(.openedWithoutCharges) ? .zero : charges(price: price, lots: lots, pointValue: structure.pointValue)
        bookCharges(cost, of: position.id, key: "\(intent.id):open", &transition)
        if let index = scope.positionIndex(position.id), let cost { scope.positions[index].charges = cost }
    }

    private mutating func add(_ position: PositionRecord, signalPrice: Price, _ scope: inout Scope, _ transition: inout Transition) {
        precondition(
            !scope.positions.contains { $0.layer == position.layer && $0.status.isLive },
            "I17: \(scope.name) \(position.layer) is open already")
        let index = scope.positions.firstIndex { $0.layer > position.layer } ?? scope.positions.endIndex
        scope.positions.insert(Tracked(new: position), at: index)
        // A layer whose base was closed meanwhile is nothing that further ones keep their distance from.
        if position.isBase || scope.stack.record.base != nil {
            if !policy.has(.spacingFromBase) || position.isBase { scope.stack.lastPyramidPrice = signalPrice }
            if policy.has(.spacingFromFill) { scope.stack.lastPyramidPrice = position.entryPrice }
        }
        scope.stack.updatedAt = transition.at
        if position.isBase {
            scope.stack.base = position.id
            if !policy.has(.layersOfOldBase) { scope.stack.taken = 0 }
        } else {
            scope.stack.taken += policy.has(.layerNotCounted) ? 0 : 1
        }
        audit(
            "position", position.id, from: "", to: PositionStatus.open.rawValue, cause: "\(position.lots) lots at \(position.entryPrice)",
            &transition)
    }

    /// The loss or gain of a surplus that was taken back, booked with its intent.
    mutating func bookRepairs(
        _ fills: PositionPlanFills, _ structure: Structure, _ layer: Layer, _ intent: Intent, _ transition: inout Transition
    ) {
        guard let unitsPerLot = structure.legs.first?.contract.unitsPerLot, !policy.has(.repairUnbooked) else { return }
        let profit = Self.money(Int128(fills.repairProfit), pointValue: structure.pointValue, unitsPerLot: unitsPerLot)
        book(
            .tradingProfit, profit, key: "\(intent.id):\(layer):repair", position: nil,
            notes: "a surplus of one leg was taken back", by: "munim", &transition)
        let value = Self.money(fills.repairedValue, pointValue: structure.pointValue, unitsPerLot: unitsPerLot)
        bookRepairCharges(on: value, key: "\(intent.id):\(layer)", &transition)
    }

    /// Charges of what was traded too much, and of taking it back.
    private mutating func bookRepairCharges(on value: Money?, key: String, _ transition: inout Transition) {
        let cost = value.flatMap { try? $0.times(policy.chargeRate) }
        book(
            .repairCharges, cost.map { Money(units: policy.has(.chargesForgotten) ? 0 : 0 - $0.units) }, key: "\(key):repair:charges",
            position: nil, notes: "charges of a surplus and of taking it back", by: "munim", &transition)
    }

    mutating func bookCharges(_ amount: Money?, of position: PositionID?, key: String, _ transition: inout Transition) {
        book(
            .charges, amount.map { Money(units: policy.has(.chargesForgotten) ? 0 : 0 - $0.units) }, key: "\(key):charges",
            position: position, notes: "charges", by: "munim", &transition)
    }

    // MARK: - Closing

    private mutating func settleClosing(
        _ fills: PositionPlanFills, _ id: PositionID, _ intent: inout Intent, _ scope: inout Scope, _ transition: inout Transition
    ) {
        guard let index = scope.positionIndex(id) else { return }
        let position = scope.positions[index].record
        let units = min(fills.whole(.close), position.quantity.count)
        guard units > 0, let price = fills.price(of: position.structure.content, .close) else {
            move(
                &scope.positions[index], \.status, to: .open, of: "position", position.id, cause: "nothing was closed", &transition)
            scope.positions[index].intent = nil
            return
        }
        bookRepairs(fills, position.structure.content, position.layer, intent, &transition)
        reduce(
            index, by: units, closedValue: fills.signedValue(.close, units: units), price: price, reason: intent.record.plan.content.reason,
            key: "\(intent.id):\(position.layer)", &scope, &transition)
    }

    /// Takes units out of a position, with profit, charges, ledger and stack in the same commit.
    mutating func reduce(
        _ index: Int, by units: Int64, closedValue: Int64, price: Price, reason: String, key: String, _ scope: inout Scope,
        _ transition: inout Transition
    ) {
        let position = scope.positions[index].record
        let isWhole = units == position.quantity.count
        let opened = isWhole ? Int128(position.openedValue) : Int128(position.openedValue) * Int128(units) / Int128(position.quantity.count)
        let profit = Self.money(Int128(closedValue) - opened, pointValue: position.pointValue, unitsPerLot: position.unitsPerLot)
        let lots = Quantity(units).lots(unitsPerLot: position.unitsPerLot)
        let cost = policy.has(.closedWithoutCharges) ? .zero : charges(price: price, lots: lots, pointValue: position.pointValue)
        book(
            .tradingProfit, policy.has(.profitForgotten) ? .zero : profit, key: "\(key):profit", position: position.id, notes: reason,
            by: "munim", &transition)
        bookCharges(cost, of: position.id, key: key, &transition)
        scope.positions[index].realizedProfit = Self.adding(
            profit, to: position.realizedProfit, "the profit of \(position.id)", &transition)
        scope.positions[index].charges = Self.adding(cost, to: position.charges, "the charges of \(position.id)", &transition)
        scope.positions[index].exitPrice = policy.has(.exitPriceOfEntry) ? position.entryPrice : price
        scope.positions[index].exitTimestamp = transition.at
        scope.positions[index].exitReason = reason
        scope.positions[index].updatedAt = transition.at
        scope.positions[index].intent = nil
        if !isWhole {
            if !policy.has(.costOfPartKept) { scope.positions[index].openedValue = Int64(Int128(position.openedValue) - opened) }
            scope.positions[index].quantity = Quantity(position.quantity.count - units)
            scope.positions[index].lots = Lots(position.lots.count - lots.count)
        }
        move(
            &scope.positions[index], \.status, to: isWhole ? .closed : .partial, of: "position", position.id,
            cause: "\(lots) lots at \(price), profit \(profit?.description ?? "does not fit")", &transition)
        guard isWhole else { return }
        if scope.stack.record.base == position.id {
            scope.stack.base = nil
            scope.stack.lastPyramidPrice = nil
            if !policy.has(.layersOfOldBase) { scope.stack.taken = 0 }
            scope.stack.updatedAt = transition.at
        }
    }

    /// A late order that was taken back: what it cost is booked, no position changes.
    private mutating func settleRepair(
        _ fills: PositionPlanFills, _ lateValue: Int64, _ intent: Intent, _ scope: Scope, _ transition: inout Transition
    ) {
        guard let leg = fills.repairs.first else { return }
        let pointValue = scope.traded.instrument.terms(on: TradingDay(of: transition.at)).pointValue
        let cash = fills.repairs.reduce(Int128(0)) { $1.side == .sell ? $0 + Int128($1.value) : $0 - Int128($1.value) }
        let difference =
            cash
            + ((leg.side == .sell) != policy.has(.lateCostReversed) ? 0 - Int128(lateValue) : Int128(lateValue))
        let profit = Self.money(difference, pointValue: pointValue, unitsPerLot: leg.contract.unitsPerLot)
        book(
            .tradingProfit, profit, key: "\(intent.id):late", position: nil, notes: intent.record.plan.content.reason, by: "munim",
            &transition)
        let traded = fills.repairs.reduce(Int128(lateValue)) { $0 + Int128($1.value) }
        bookRepairCharges(
            on: Self.money(traded, pointValue: pointValue, unitsPerLot: leg.contract.unitsPerLot), key: "\(intent.id):late", &transition)
    }
}
