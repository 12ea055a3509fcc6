/// Transitions that people ask for, and alarms.
extension Core {
    mutating func wake(_ alarm: Alarm, _ turn: inout Turn) {
        switch alarm {
        case .scope(let name):
            guard var scope = scopes[name] else { return }
            scope.isHeld = false
            releaseQuarantine(&scope, &turn)
            put(&scope)
            advance(name, &turn)
        case .book:
            // An alarm that an earlier one overtook rings too; it must not make a second chain of them.
            if nextBookAlarm.map({ $0 <= turn.at }) ?? true { nextBookAlarm = nil }
            guard !isReadingBook else { return }
            isReadingBook = true
            turn.perform(.readBook)
        case .positions:
            readPositions(&turn)
        case .reconcile:
            beginDay(&turn)
            turn.perform(.wake(.reconcile, at: turn.at + policy.reconcileInterval))
            if !isReadingBook {
                isReadingBook = true
                turn.perform(.readBook)
            }
            readPositions(&turn)
        case .rollover:
            turn.perform(.wake(.rollover, at: turn.at + policy.rolloverInterval))
            queueRolls(&turn)
        }
    }

    /// On a new day the broker's book starts anew, and with it everything that was only watched for in yesterday's.
    private mutating func beginDay(_ turn: inout Turn) {
        let today = TradingDay(of: turn.at)
        guard today != day else { return }
        day = today
        endedTags.removeAll()
        scopeOfWatchedTag.removeAll()
        for name in scopes.keys {
            guard var scope = scopes[name] else { continue }
            scope.watchedLegs.removeAll { $0.leg.sentAt.map { TradingDay(of: $0) < today } ?? true }
            for watched in scope.watchedLegs { scopeOfWatchedTag[watched.leg.tag] = name }
            releaseQuarantine(&scope, &turn)
            put(&scope)
            turn.touch(name)
        }
    }

    mutating func obey(_ request: OperatorRequest, _ turn: inout Turn) {
        let answer: OperatorAnswer
        switch request.command {
        case .stop(let reason):
            set(isThrown: true, reason: reason, by: request.by, &turn)
            for name in scopes.keys { advance(name, &turn) }
            answer = OperatorAnswer(id: request.id, isDone: true, message: "Trading is stopped: \(reason). Exits go on.")
        case .resume(let reason):
            set(isThrown: false, reason: reason, by: request.by, &turn)
            answer = OperatorAnswer(id: request.id, isDone: true, message: "Trading goes on: \(reason).")
        case .closeAll(let reason): answer = closeAll(reason, request, &turn)
        case .exit(let id, let reason): answer = exit(id, reason, request, &turn)
        case .bookExit(let id, let price, let reason): answer = bookExit(id, price, reason, request, &turn)
        case .capital(let amount, let notes, let key): answer = move(amount, notes, key, request, &turn)
        case .unfreeze(let name, let reason): answer = unfreeze(name, reason, request, &turn)
        case .rollover(let execute): answer = rollover(execute, request, &turn)
        }
        turn.perform(.answer(answer))
    }

    /// Throws or lifts the switch that stops everything that increases risk.
    mutating func set(isThrown: Bool, reason: String, by: String, _ turn: inout Turn) {
        let from = tradingSwitch.record.isThrown ? "stopped" : "running"
        tradingSwitch.isThrown = isThrown
        tradingSwitch.reason = reason
        tradingSwitch.changedBy = by
        tradingSwitch.changedAt = turn.at
        audit("switch", Self.tradingSwitchName, from: from, to: isThrown ? "stopped" : "running", cause: "\(by): \(reason)", &turn)
        alert(
            isThrown ? .critical : .warning, isThrown ? "trading_stopped" : "trading_resumed", nil,
            "\(by) \(isThrown ? "stopped" : "resumed") trading: \(reason).", &turn)
    }

    private mutating func closeAll(_ reason: String, _ request: OperatorRequest, _ turn: inout Turn) -> OperatorAnswer {
        var lines: [String] = []
        for name in scopes.keys {
            guard var scope = scopes[name] else { continue }
            let open = scope.positions.filter { $0.status == .open || $0.status == .partial }.map(\.record)
            guard !open.isEmpty else { continue }
            lines += open.map { "\($0.id): \($0.lots) lots" }
            begin(closing: open, reason, request, &scope, &turn)
            put(&scope)
            advance(name, &turn)
        }
        return OperatorAnswer(id: request.id, isDone: true, message: "\(lines.count) positions are being closed.", details: lines)
    }

    private mutating func begin(
        closing positions: [PositionRecord], _ reason: String, _ request: OperatorRequest, _ scope: inout Scope, _ turn: inout Turn
    ) {
        // A request that is sent again closes what is open then, which is nothing that the first one is closing.
        let name = "\(request.id)-\(scope.name)-\(turn.at.microseconds)"
        beginExit(
            id: IntentID("operator-\(name)"), of: positions.map(\.id),
            price: scope.record.record.lastPrice ?? .zero, reason: "\(request.by): \(reason)",
            causeKey: "operator:\(name)", for: nil, &scope, &turn)
    }

    private mutating func exit(_ id: PositionID, _ reason: String, _ request: OperatorRequest, _ turn: inout Turn) -> OperatorAnswer {
        guard let (found, index) = find(id) else { return missing(id, request) }
        var scope = found
        let position = scope.positions[index].record
        guard position.status == .open || position.status == .partial else {
            return OperatorAnswer(id: request.id, isDone: false, message: "\(id) is \(position.status.rawValue).")
        }
        begin(closing: [position], reason, request, &scope, &turn)
        put(&scope)
        advance(scope.name, &turn)
        return OperatorAnswer(id: request.id, isDone: true, message: "\(id) is being closed.")
    }

    private mutating func bookExit(
        _ id: PositionID, _ price: Price, _ reason: String, _ request: OperatorRequest, _ turn: inout Turn
    ) -> OperatorAnswer {
        guard let (found, index) = find(id) else { return missing(id, request) }
        var scope = found
        let position = scope.positions[index].record
        guard position.status == .open || position.status == .partial else {
            return OperatorAnswer(id: request.id, isDone: false, message: "\(id) is \(position.status.rawValue).")
        }
        // The legs' own prices are not known; their signed sum is the structure's price less its strike.
        let perUnit = price.units - (position.strike?.units ?? 0)
        let (value, overflowed) = perUnit.multipliedReportingOverflow(by: position.quantity.count)
        guard price > .zero, !overflowed else {
            return OperatorAnswer(id: request.id, isDone: false, message: "The price must be positive and fit; found \(price).")
        }
        reduce(
            index, by: position.quantity.count, closedValue: value, price: price, reason: "booked by \(request.by): \(reason)",
            key: "operator:\(request.id):\(id)", &scope, &turn)
        let profit = scope.positions[index].realizedProfit
        put(&scope)
        turn.touch(scope.name)
        return OperatorAnswer(id: request.id, isDone: true, message: "\(id) is booked as closed at \(price), realised profit \(profit).")
    }

    private func find(_ id: PositionID) -> (Scope, Int)? {
        for scope in scopes.values {
            if let index = scope.positionIndex(id) { return (scope, index) }
        }
        return nil
    }

    private func missing(_ id: PositionID, _ request: OperatorRequest) -> OperatorAnswer {
        let open = scopes.values.flatMap { $0.positions.map(\.id.text) }
        return OperatorAnswer(id: request.id, isDone: false, message: "No open position is called \(id).", details: open)
    }

    private mutating func move(
        _ amount: Money, _ notes: String, _ key: String, _ request: OperatorRequest, _ turn: inout Turn
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
        capitalKeys.insert("capital:\(key)")
        book(amount > .zero ? .deposit : .withdraw, amount, key: "capital:\(key)", position: nil, notes: notes, by: request.by, &turn)
        return OperatorAnswer(id: request.id, isDone: true, message: "Closed equity is \(after).")
    }

    private mutating func unfreeze(
        _ name: InstrumentName, _ reason: String, _ request: OperatorRequest, _ turn: inout Turn
    ) -> OperatorAnswer {
        guard var scope = scopes[name] else {
            return OperatorAnswer(
                id: request.id, isDone: false, message: "No instrument is called \(name).", details: scopes.keys.map(\.text))
        }
        scope.record.state = .active
        scope.record.frozenReason = nil
        audit("scope", name, from: ScopeState.frozen.rawValue, to: ScopeState.active.rawValue, cause: "\(request.by): \(reason)", &turn)
        put(&scope)
        advance(name, &turn)
        return OperatorAnswer(id: request.id, isDone: true, message: "\(name) takes entries again.")
    }

    private mutating func rollover(_ execute: Bool, _ request: OperatorRequest, _ turn: inout Turn) -> OperatorAnswer {
        let lines = scopes.values.flatMap { scope in
            scope.positions.map { position in
                let view = view(of: position.record, scope.desk, next: nil, [], at: turn.at)
                let advice = scope.desk.rollover.advice(on: view)
                return
                    "\(position.id): \(view.tradingDaysLeft) trading days to \(view.expiry), \(advice.isDue ? "roll" : "stay"): \(advice.reason)"
            }
        }
        if execute { queueRolls(&turn) }
        return OperatorAnswer(id: request.id, isDone: true, message: "\(lines.count) positions looked at.", details: lines)
    }
}
