/// Rollover: R1 intent, R2 close, R3 staged by the rows of the closing fills, R4 open exactly that quantity, R5 settle.
extension Core {
    /// Queues every open position to be held against its rule.
    mutating func queueRolls(_ transition: inout Transition) {
        for name in scopes.keys {
            change(name, &transition) { core, scope, transition in
                scope.rollQueue = scope.positions.filter { $0.status.isHeld }.map { $0.id }
                if !scope.rollQueue.isEmpty { core.advance(&scope, &transition) }
            }
        }
    }

    /// Surveys the next queued position; false when there is none or now is no time to roll.
    mutating func examineNextRoll(_ scope: inout Scope, _ transition: inout Transition) -> Bool {
        guard scope.surveying == nil, let id = scope.rollQueue.first else { return false }
        scope.rollQueue.removeFirst()
        // An expired contract trades no more: what is left of it is told every day, and a person's.
        guard let index = scope.positionIndex(id), scope.positions[index].status.isHeld,
            scope.positions[index].expiry >= TradingDay(of: transition.at)
        else { return true }
        guard mayRoll(scope, at: transition.at) else {
            notePending(index, &scope, &transition)
            return true
        }
        let position = scope.positions[index].record
        guard let next = nextStructure(of: position, scope, at: transition.at) else {
            alert(
                .error, "no_next_contract", scope.name, "\(id) expires on \(position.expiry) and no later contract is known.", &transition)
            return true
        }
        let price = scope.record.record.lastPrice ?? position.entryPrice
        let subject = Subject.roll(id, scope.name)
        scope.surveying = subject
        let observations = [position.structure.content, next].map {
            PriceObservation(instrument: scope.name, price: price, structure: $0, at: transition.at)
        }
        transition.perform(.survey(SurveyRequest(subject: subject, observations: observations, needsFunds: false)))
        return false
    }

    /// Notes that a roll is due by the calendar and cannot begin now.
    private func notePending(_ index: Int, _ scope: inout Scope, _ transition: inout Transition) {
        let position = scope.positions[index].record
        guard position.rolloverStatus != .pending else { return }
        let view = view(of: position, scope.traded, next: nil, [], at: transition.at)
        guard scope.traded.rollover.advice(on: view).isDue else { return }
        moveRoll(of: &scope.positions[index], to: .pending, &transition)
        scope.positions[index].updatedAt = transition.at
    }

    private func mayRoll(_ scope: Scope, at: Instant) -> Bool {
        guard scope.activeIndex == nil, scope.record.record.state == .active, isOpen(scope.traded, at: at), !tradingSwitch.record.isThrown
        else { return false }
        return policy.rolloverHours?.contains(TimeOfDay(of: at)) ?? true
    }

    private func nextStructure(of position: PositionRecord, _ scope: Scope, at: Instant) -> Structure? {
        guard let expiry = scope.traded.expiry(after: position.expiry) else { return nil }
        let price = scope.record.record.lastPrice ?? position.entryPrice
        return try? scope.traded.instrument.structure(expiry: expiry, price: price, on: TradingDay(of: at))
    }

    /// Rolls a surveyed position when its rule says so.
    mutating func decideRoll(_ id: PositionID, _ survey: Survey, _ scope: inout Scope, _ transition: inout Transition) {
        guard let index = scope.positionIndex(id), scope.positions[index].status.isHeld, mayRoll(scope, at: transition.at) else { return }
        let position = scope.positions[index].record
        guard let next = nextStructure(of: position, scope, at: transition.at) else { return }
        let advice = scope.traded.rollover.advice(on: view(of: position, scope.traded, next: next, survey.quotes, at: transition.at))
        guard advice.isDue else { return }
        let closing = PositionPlan(closing: position)
        guard next.legs.allSatisfy({ (try? position.lots.quantity(unitsPerLot: $0.contract.unitsPerLot)) != nil }) else {
            return alert(
                .error, "rollover_failed", scope.name, "\(id) has more lots than a contract of \(next.expiry) can count.", &transition)
        }
        let opening = next.legs.enumerated().map { number, leg in
            Leg(
                number: closing.legs.count + number, role: leg.role, action: .open, contract: leg.contract, side: leg.openingSide,
                quantity: Quantity(position.lots.count * leg.contract.unitsPerLot.count))
        }
        let kind = PositionPlan.Kind.roll(from: position.structure.content, to: next, layer: position.layer, lots: position.lots)
        let plan = IntentPlan(
            positionPlans: [PositionPlan(position: id, kind: kind, legs: closing.legs + opening)],
            price: scope.record.record.lastPrice ?? position.entryPrice, reason: "rollover: \(advice.reason)",
            explanation: Explanation(summary: advice.reason, quotes: survey.quotes))
        // I22: a position rolls at most once per expiry.
        let record = IntentRecord(
            id: IntentID("roll-\(id)-\(position.expiry)-\(position.version)"), instrument: scope.name, kind: .roll, signal: nil,
            causeKey: "roll:\(id):\(position.expiry)", plan: plan, entryDeadline: nil, owner: incarnation, epoch: epoch.number,
            at: transition.at)
        moveRoll(of: &scope.positions[index], to: .inProgress, &transition)
        scope.positions[index].intent = record.id
        scope.positions[index].updatedAt = transition.at
        begin(record, for: nil, &scope, &transition)
    }

    func view(of position: PositionRecord, _ traded: TradedInstrument, next: Structure?, _ quotes: [ContractQuote], at: Instant)
        -> RolloverView
    {
        let day = TradingDay(of: at)
        func interest(_ structure: Structure?) -> Int64? {
            structure?.legs.compactMap { leg in quotes.first { $0.symbol == leg.contract.symbol }?.quote.openInterest }.min()
        }
        return RolloverView(
            day: day, expiry: position.expiry, nextExpiry: next?.expiry,
            tradingDaysLeft: traded.instrument.tradingDays(from: day, to: position.expiry),
            openInterest: interest(position.structure.content), nextOpenInterest: interest(next))
    }

    /// R5: new contract, count, realised part, stops and ledger in one commit.
    mutating func settleRoll(
        to structure: Structure, _ fills: PositionPlanFills, _ id: PositionID, _ intent: inout Intent, _ scope: inout Scope,
        _ transition: inout Transition
    ) {
        guard let index = scope.positionIndex(id) else { return }
        if scope.positions[index].status.isHeld { scope.positions[index].intent = nil }
        scope.positions[index].updatedAt = transition.at
        bookRepairs(fills, structure, scope.positions[index].layer, intent, &transition)
        let isRolled = bookRoll(index, to: structure, fills, &intent, &scope, &transition)
        moveRoll(of: &scope.positions[index], to: isRolled ? .rolled : .failed, &transition)
    }

    /// Where a roll stands has no row of the trail of its own.
    private func moveRoll(of position: inout Tracked<PositionRecord>, to next: RolloverStatus, _ transition: inout Transition) {
        guard mayMove(from: position.rolloverStatus, to: next, "the roll of \(position.id)", &transition) else { return }
        position.rolloverStatus = next
    }

    /// Books what a roll closed and opened; false when the position is not in its new contract then.
    private mutating func bookRoll(
        _ index: Int, to structure: Structure, _ fills: PositionPlanFills, _ intent: inout Intent, _ scope: inout Scope,
        _ transition: inout Transition
    ) -> Bool {
        let old = scope.positions[index].record
        let closed = min(fills.whole(.close), old.quantity.count)
        guard closed > 0, let exit = fills.price(of: old.structure.content, .close) else {
            guard fills.whole(.open) > 0 else { return false }
            freeze(
                &scope, "rollover_not_closed",
                "\(old.id) opened \(fills.whole(.open)) units of \(structure.expiry), although nothing of \(old.expiry) is known to be closed",
                happensOnce: true, &transition)
            return false
        }
        let opened = fills.whole(.open)
        guard opened > 0, let entry = fills.price(of: structure, .open), let unitsPerLot = structure.legs.first?.contract.unitsPerLot else {
            let reason = isOutranked(intent, in: scope) ? "exit_during_roll" : "rollover_not_reopened"
            reduce(
                index, by: closed, closedValue: fills.signedValue(.close, units: closed), price: exit, reason: reason,
                key: "\(intent.id):\(old.layer)", &scope, &transition)
            alert(
                .critical, reason, scope.name, "\(old.id) was closed at \(exit) and not opened again; it is flat.", &transition)
            return false
        }
        let cost = Int128(old.openedValue) * Int128(closed) / Int128(max(1, old.quantity.count))
        let profit = Self.money(
            Int128(fills.signedValue(.close, units: closed)) - cost, pointValue: old.pointValue, unitsPerLot: old.unitsPerLot)
        let lots = Quantity(opened).lots(unitsPerLot: unitsPerLot)
        let left = Quantity(closed).lots(unitsPerLot: old.unitsPerLot)
        let closing = policy.has(.rollChargedOnce) ? .zero : charges(price: exit, lots: left, pointValue: old.pointValue)
        let charged = charges(price: entry, lots: lots, pointValue: structure.pointValue).flatMap { try? closing?.adding($0) }
        let basis = (try? policy.has(.basisReversed) ? exit.subtracting(entry) : entry.subtracting(exit)) ?? .zero
        book(.tradingProfit, profit, key: "\(intent.id):profit", position: old.id, notes: "rollover", by: "munim", &transition)
        bookCharges(charged, of: old.id, key: intent.id.text, &transition)
        transition.insert(
            RolloverRecord(
                position: old.id, fromExpiry: old.expiry, toExpiry: structure.expiry, exitPrice: exit, entryPrice: entry, basis: basis,
                profit: profit ?? .zero, charges: charged ?? .zero, rolledAt: transition.at))
        var rolled = old.rolled(to: structure, entry: entry, basis: basis, at: transition.at)
        rolled.realizedProfit = Self.adding(profit, to: old.realizedProfit, "the profit of \(old.id)", &transition)
        rolled.rolloverProfit = Self.adding(profit, to: old.rolloverProfit, "the profit of rolls of \(old.id)", &transition)
        rolled.charges = Self.adding(charged, to: old.charges, "the charges of \(old.id)", &transition)
        rolled.lots = lots
        rolled.quantity = Quantity(opened)
        rolled.unitsPerLot = unitsPerLot
        rolled.openedValue = fills.signedValue(.open)
        replace(&scope.positions[index], with: rolled)
        shiftLastPrice(by: basis, of: old, &scope)
        audit(
            "position", old.id, from: old.status.rawValue, to: old.status.rawValue,
            cause: "rolled from \(old.expiry) to \(structure.expiry), basis \(basis)", &transition)
        return true
    }

    /// The next layer is spaced from the last one, so that the price of that one follows its own roll, once.
    private func shiftLastPrice(by basis: Price, of position: PositionRecord, _ scope: inout Scope) {
        let isLast = scope.positions.allSatisfy { !$0.status.isLive || $0.layer <= position.layer }
        guard isLast, let last = scope.stack.record.lastPyramidPrice else { return }
        scope.stack.lastPyramidPrice = (try? last.adding(basis)) ?? last
    }

    private func replace(_ position: inout Tracked<PositionRecord>, with rolled: PositionRecord) {
        position.structure = rolled.structure
        position.expiry = rolled.expiry
        position.strike = rolled.strike
        position.entryPrice = rolled.entryPrice
        position.pointValue = rolled.pointValue
        if !policy.has(.rollKeepsFirstStop) { position.initialStop = rolled.initialStop }
        if !policy.has(.rollKeepsStop) { position.currentStop = rolled.currentStop }
        if !policy.has(.rollKeepsHigh) { position.highestClose = rolled.highestClose }
        position.lots = rolled.lots
        position.quantity = rolled.quantity
        position.unitsPerLot = rolled.unitsPerLot
        position.openedValue = rolled.openedValue
        position.realizedProfit = rolled.realizedProfit
        position.charges = rolled.charges
        position.rolloverCount = rolled.rolloverCount
        position.rolloverProfit = rolled.rolloverProfit
        position.rolloverTimestamp = rolled.rolloverTimestamp
        position.originalEntryPrice = rolled.originalEntryPrice
        position.originalExpiry = rolled.originalExpiry
    }

    /// Ends a roll: what it left in the old contract may be rolled again, so its once-for-ever name is given back.
    mutating func finishRoll(_ intent: inout Intent, _ scope: inout Scope, _ transition: inout Transition) {
        let isLeft = intent.record.plan.content.positionPlans.contains { positionPlan in
            scope.positionIndex(positionPlan.position).map { scope.positions[$0].structure.content == positionPlan.closes } ?? false
        }
        if isLeft { intent.record.causeKey = nil }
        if intent.record.state == .failed {
            alert(
                .warning, "rollover_failed", scope.name, "A rollover of \(scope.name) closed nothing and is tried again later.", &transition
            )
        }
        concludeExitsDoneByRoll(intent, &scope, &transition)
    }

    /// An exit that interrupted a roll found its position closed by it: that is the exit's execution.
    private mutating func concludeExitsDoneByRoll(_ intent: Intent, _ scope: inout Scope, _ transition: inout Transition) {
        for positionPlan in intent.record.plan.content.positionPlans where scope.positionIndex(positionPlan.position) == nil {
            let isLast = !scope.positions.contains { $0.status.isLive }
            let done = scope.signals.filter { signal in
                guard signal.status == .accepted, signal.signal.content.kind == .exit else { return false }
                return signal.signal.content.target == positionPlan.layer.map(SignalTarget.layer)
                    || (isLast && signal.signal.content.target == .all)
            }
            for signal in done {
                conclude(
                    signal.fingerprint, .closedByInterruptedRoll,
                    Explanation(summary: "The position was being rolled; it was closed and not opened again."), &scope, &transition)
            }
        }
    }
}

extension PositionRecord {
    /// The position in its new contract: stops, high and entry move by the basis, so that every distance survives.
    func rolled(to structure: Structure, entry: Price, basis: Price, at: Instant) -> PositionRecord {
        var next = self
        func shifted(_ price: Price) -> Price { max(.zero, (try? price.adding(basis)) ?? price) }
        next.structure = Stored(structure)
        next.expiry = structure.expiry
        next.strike = structure.strike
        next.originalEntryPrice = entryPrice
        next.originalExpiry = expiry
        next.entryPrice = entry
        next.pointValue = structure.pointValue
        next.initialStop = shifted(initialStop)
        next.currentStop = shifted(currentStop)
        next.highestClose = shifted(highestClose)
        next.rolloverCount += 1
        next.rolloverTimestamp = at
        return next
    }
}
