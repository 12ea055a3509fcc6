/// Transitions that people ask for, and alarms.
extension Core {
    mutating func wake(_ alarm: Alarm, _ transition: inout Transition) {
        switch alarm {
        case .scope(let name):
            change(name, &transition) { core, scope, transition in
                core.releaseQuarantine(&scope, &transition)
                core.advance(&scope, &transition)
                // I29: what is not decided now waits, and a death meanwhile does not speak of it.
                core.endIdleExamination(&scope, &transition)
            }
        case .decide(let name):
            change(name, &transition) { core, scope, transition in
                scope.isHeld = false
                core.advance(&scope, &transition)
                core.endIdleExamination(&scope, &transition)
            }
        case .command(let id): obey(id, &transition)
        case .book:
            // An alarm that an earlier one overtook rings too; it must not make a second chain of them.
            if nextBookAlarm.map({ $0 <= transition.at }) ?? true { nextBookAlarm = nil }
            guard !isReadingBook else { return }
            isReadingBook = true
            transition.perform(.readBook(leavingOut: endedTags))
        case .positions:
            readPositions(&transition)
        case .reconcile:
            beginDay(&transition)
            wakeCommands(&transition)
            transition.perform(.wake(.reconcile, at: transition.at + policy.reconcileInterval))
            if !isReadingBook {
                isReadingBook = true
                transition.perform(.readBook(leavingOut: endedTags))
            }
            readPositions(&transition)
        case .rollover:
            transition.perform(.wake(.rollover, at: transition.at + policy.rolloverInterval))
            queueRolls(&transition)
        }
    }

    /// On a new day the broker's book starts anew, and with it everything that was only watched for in yesterday's.
    private mutating func beginDay(_ transition: inout Transition) {
        let today = TradingDay(of: transition.at)
        guard today != day else { return }
        day = today
        endedTags = EndedTags()
        settledFills = SettledFills()
        scopeOfWatchedTag.removeAll()
        for name in scopes.keys {
            change(name, &transition) { core, scope, transition in
                scope.watchedOrders.removeAll { $0.order.sentAt.map { TradingDay(of: $0) < today } ?? true }
                for watched in scope.watchedOrders { core.scopeOfWatchedTag[watched.order.tag] = name }
                core.releaseQuarantine(&scope, &transition)
            }
        }
        alertCalendarGaps(&transition)
        alertExpiries(&transition)
    }

    /// Throws or lifts the switch that stops everything that increases risk.
    mutating func set(isThrown: Bool, reason: String, by: String, _ transition: inout Transition) {
        let from = tradingSwitch.record.isThrown ? "stopped" : "running"
        if !policy.has(.resumeForgotten) || isThrown { tradingSwitch.isThrown = isThrown }
        tradingSwitch.reason = reason
        tradingSwitch.changedBy = by
        tradingSwitch.changedAt = transition.at
        audit("switch", Self.tradingSwitchName, from: from, to: isThrown ? "stopped" : "running", cause: "\(by): \(reason)", &transition)
        alert(
            isThrown ? .critical : .warning, isThrown ? "trading_stopped" : "trading_resumed", nil,
            "\(by) \(isThrown ? "stopped" : "resumed") trading: \(reason).", &transition)
    }

    mutating func closeAll(_ reason: String, _ request: OperatorRequest, _ transition: inout Transition) -> OperatorAnswer {
        var lines: [String] = []
        for name in scopes.keys {
            change(name, &transition) { core, scope, transition in
                let open = scope.positions.filter { $0.status.isHeld }.map(\.record)
                guard !open.isEmpty else { return }
                lines += open.map { "\($0.id): \($0.lots) lots" }
                core.begin(closing: open, reason, request, &scope, &transition)
                core.advance(&scope, &transition)
            }
        }
        return OperatorAnswer(id: request.id, isDone: true, message: "\(lines.count) positions are being closed.", details: lines)
    }

    private mutating func begin(
        closing positions: [PositionRecord], _ reason: String, _ request: OperatorRequest, _ scope: inout Scope,
        _ transition: inout Transition
    ) {
        let name = "\(request.id)-\(scope.name)"
        beginExit(
            id: IntentID("operator-\(name)"), of: positions.map { $0.id },
            price: scope.record.record.lastPrice, reason: "\(request.by): \(reason)",
            causeKey: "operator:\(name)", for: nil, &scope, &transition)
    }

    mutating func exit(_ id: PositionID, _ reason: String, _ request: OperatorRequest, _ transition: inout Transition)
        -> OperatorAnswer
    {
        changeOpenPosition(id, request, &transition) { core, scope, index, transition in
            core.begin(closing: [scope.positions[index].record], reason, request, &scope, &transition)
            core.advance(&scope, &transition)
            return OperatorAnswer(id: request.id, isDone: true, message: "\(id) is being closed.")
        }
    }

    mutating func bookExit(
        _ id: PositionID, _ price: Price, _ reason: String, _ request: OperatorRequest, _ transition: inout Transition
    ) -> OperatorAnswer {
        changeOpenPosition(id, request, &transition) { core, scope, index, transition in
            let position = scope.positions[index].record
            guard !scope.intents.contains(where: { $0.isUnderWay && $0.record.plan.content.positionPlans.contains { $0.position == id } })
            else {
                return OperatorAnswer(
                    id: request.id, isDone: false, message: "\(id) is being rolled; exit it, or ask again when that is over.")
            }
            // The legs' own prices are not known; their signed sum is the structure's price less its strike.
            let (perUnit, isTooLow) = price.units.subtractingReportingOverflow(position.strike?.units ?? 0)
            let (value, overflowed) = perUnit.multipliedReportingOverflow(by: position.quantity.count)
            guard price > .zero, !isTooLow, !overflowed else {
                return OperatorAnswer(id: request.id, isDone: false, message: "The price must be positive and fit; found \(price).")
            }
            core.reduce(
                index, by: position.quantity.count, closedValue: value, price: price, reason: "booked by \(request.by): \(reason)",
                key: "operator:\(request.id):\(id)", &scope, &transition)
            core.freezeUnbooked(&scope, &transition)
            let profit = scope.positions[index].realizedProfit
            return OperatorAnswer(
                id: request.id, isDone: true, message: "\(id) is booked as closed at \(price), realised profit \(profit).")
        }
    }

    /// Changes a position that nothing is closing yet; else the answer says what is in the way.
    private mutating func changeOpenPosition(
        _ id: PositionID, _ request: OperatorRequest, _ transition: inout Transition,
        _ change: (inout Core, inout Scope, _ index: Int, inout Transition) -> OperatorAnswer
    ) -> OperatorAnswer {
        guard let owner = scopes.values.first(where: { $0.positionIndex(id) != nil })?.name else { return missing(id, request) }
        let answer = self.change(owner, &transition) { core, scope, transition -> OperatorAnswer? in
            guard let index = scope.positionIndex(id) else { return nil }
            let status = scope.positions[index].status
            guard status.isHeld else {
                return OperatorAnswer(id: request.id, isDone: false, message: "\(id) is \(status.rawValue).")
            }
            return change(&core, &scope, index, &transition)
        }
        return answer.flatMap(\.self) ?? missing(id, request)
    }

    private func missing(_ id: PositionID, _ request: OperatorRequest) -> OperatorAnswer {
        let open = scopes.values.flatMap { $0.positions.map(\.id.text) }
        return OperatorAnswer(id: request.id, isDone: false, message: "No open position is called \(id).", details: open)
    }

    mutating func move(
        _ amount: Money, _ notes: String, _ key: String, _ request: OperatorRequest, _ transition: inout Transition
    ) -> OperatorAnswer {
        guard amount != .zero else { return OperatorAnswer(id: request.id, isDone: false, message: "An amount of zero moves nothing.") }
        guard !capitalKeys.contains("capital:\(key)") else {
            return OperatorAnswer(id: request.id, isDone: true, message: "\(key) was booked before; nothing was booked again.")
        }
        guard let after = try? portfolio.record.closedEquity.adding(amount), after >= .zero else {
            return OperatorAnswer(
                id: request.id, isDone: false,
                message: "\(amount) would take the equity of \(portfolio.record.closedEquity) below zero or out of range.")
        }
        if !policy.has(.capitalKeyForgotten) { capitalKeys.insert("capital:\(key)") }
        if policy.has(.capitalNotBooked), amount < .zero {
            return OperatorAnswer(id: request.id, isDone: true, message: "Closed equity is \(after).")
        }
        book(amount > .zero ? .deposit : .withdraw, amount, key: "capital:\(key)", position: nil, notes: notes, by: request.by, &transition)
        return OperatorAnswer(id: request.id, isDone: true, message: "Closed equity is \(after).")
    }

    mutating func unfreeze(
        _ name: InstrumentName, _ reason: String, _ request: OperatorRequest, _ transition: inout Transition
    ) -> OperatorAnswer {
        let answer = change(name, &transition) { core, scope, transition in
            core.move(
                &scope.record, \.state, to: .active, of: "scope", name, cause: "\(request.by): \(reason)", &transition)
            scope.record.frozenReason = nil
            core.advance(&scope, &transition)
            return OperatorAnswer(id: request.id, isDone: true, message: "\(name) takes entries again.")
        }
        return answer
            ?? OperatorAnswer(
                id: request.id, isDone: false, message: "No instrument is called \(name).", details: scopes.keys.map(\.text))
    }

    mutating func rollover(_ execute: Bool, _ request: OperatorRequest, _ transition: inout Transition) -> OperatorAnswer {
        let lines = scopes.values.flatMap { scope in
            scope.positions.map { position in
                let view = view(of: position.record, scope.traded, next: nil, [], at: transition.at)
                let advice = scope.traded.rollover.advice(on: view)
                return
                    "\(position.id): \(view.tradingDaysLeft) trading days to \(view.expiry), \(advice.isDue ? "roll" : "stay"): \(advice.reason)"
            }
        }
        if execute { queueRolls(&transition) }
        return OperatorAnswer(id: request.id, isDone: true, message: "\(lines.count) positions looked at.", details: lines)
    }
}
