/// Transitions at the start of a process and at the arrival of a signal.
extension Core {
    /// Takes over what an earlier process left: what may have been sent is unknown until the broker's book says otherwise.
    mutating func start(_ transition: inout Transition) {
        if portfolio.record.ledgerNumber == 0, policy.initialCapital > .zero {
            book(
                .deposit, policy.initialCapital, key: "initial", position: nil, notes: "initial capital of the configuration",
                by: "configuration", &transition)
            portfolio.initialCapital = policy.initialCapital
        }
        for name in scopes.keys {
            change(name, &transition) { core, scope, transition in
                core.releaseSlotsOfDeadSenders(&scope, &transition)
                core.doubt(&scope, &transition)
            }
        }
        wakeCommands(&transition)
        alertCalendarGaps(&transition)
        alertExpiries(&transition)
        isReadingBook = true
        transition.perform(.readBook(leavingOut: endedTags))
        transition.perform(.wake(.reconcile, at: transition.at + policy.reconcileInterval))
        transition.perform(.wake(.rollover, at: transition.at + policy.rolloverInterval))
    }

    /// 4.4: an order that was being sent when its sender ended may have left or not.
    private mutating func doubt(_ scope: inout Scope, _ transition: inout Transition) {
        for intent in scope.intents.indices {
            for order in scope.intents[intent].orders.indices where scope.intents[intent].orders[order].state == .sending {
                guard !policy.has(.sendingForgotten) else { continue }
                if policy.has(.sentAgainAfterDeath) {
                    scope.intents[intent].orders[order].state = .planned
                    continue
                }
                bring(
                    &scope.intents[intent].orders[order], to: .unknown, cause: "its sender ended before the outcome was written",
                    &transition)
            }
        }
    }

    /// Goes on after the rows were read anew. A gate that was passed in a commit without an answer led to no call, so that its order did not leave.
    mutating func resume(_ transition: inout Transition) {
        for name in scopes.keys {
            change(name, &transition) { core, scope, transition in
                for intent in scope.intents.indices {
                    for order in scope.intents[intent].orders.indices where scope.intents[intent].orders[order].state == .sending {
                        guard core.tagsInCall?.contains(scope.intents[intent].orders[order].tag) != true,
                            !core.policy.has(.unansweredGateForgotten)
                        else { continue }
                        core.end(&scope.intents[intent].orders[order], as: .notSent, because: .callNotMade, &transition)
                    }
                }
            }
            // Each scope goes on by itself, so that what the records refuse of one holds up no other.
            transition.perform(.wake(.scope(name), at: transition.at))
        }
        tagsInCall = nil
        wakeCommands(&transition)
    }

    /// 4.5: the process that could still have sent an order is gone, and a horizon has passed since, or the order would not be absent.
    private mutating func releaseSlotsOfDeadSenders(_ scope: inout Scope, _ transition: inout Transition) {
        for index in scope.intents.indices where scope.intents[index].record.state == .quarantined {
            guard scope.intents[index].orders.allSatisfy({ !mayStillSend($0.record.sender) }) else { continue }
            release(index, cause: "its sender has ended", &scope, &transition)
        }
    }

    /// Ends recovery: the broker's book was read, so that scopes may go on.
    mutating func finishRecovery(_ transition: inout Transition) {
        hasRecovered = true
        wakeCommands(&transition)
        for name in scopes.keys { advance(name, &transition) }
        readPositions(&transition)
    }

    /// Takes a signal that the inbox has committed.
    mutating func accept(_ record: SignalRecord, _ transition: inout Transition) {
        let isKnown: Void? = change(record.instrument, &transition) { core, scope, transition in
            guard !scope.signals.contains(where: { $0.fingerprint == record.fingerprint }) else { return }
            scope.signals.append(Tracked(stored: record))
            if record.signal.content.kind.isEntry { scope.pricesBefore[record.fingerprint] = scope.recentPrice(at: transition.at) }
            core.notePrice(of: record.signal.content, &scope, &transition)
            core.advance(&scope, &transition)
            core.takeBack(record.fingerprint, &scope)
        }
        if isKnown == nil { refuseUnknownInstrument(record, &transition) }
    }

    private mutating func refuseUnknownInstrument(_ record: SignalRecord, _ transition: inout Transition) {
        var refused = Tracked(stored: record)
        move(
            &refused, \.status, to: Reason.unknownInstrument.status, of: "signal", record.fingerprint,
            cause: Reason.unknownInstrument.rawValue, &transition)
        refused.reason = .unknownInstrument
        refused.processedAt = transition.at
        refused.explanation = Stored(Explanation(summary: "No instrument \(record.instrument) is configured."))
        transition.write { refused.flush(into: &$0) }
        transition.perform(.conclude(refused.record))
    }

    private func notePrice(of signal: Signal, _ scope: inout Scope, _ transition: inout Transition) {
        // A time in the future would keep every later price out.
        let timestamp = min(signal.timestamp, transition.at)
        if let last = scope.record.record.lastPriceAt, last > timestamp { return }
        scope.record.lastPrice = signal.price
        scope.record.lastPriceAt = timestamp
        if signal.atr > .zero { scope.record.lastAverageTrueRange = signal.atr }
        var seen: [Structure] = []
        for position in scope.positions where !seen.contains(position.structure.content) {
            seen.append(position.structure.content)
            transition.perform(
                .observe(
                    PriceObservation(instrument: scope.name, price: signal.price, structure: position.structure.content, at: transition.at))
            )
        }
    }

    /// Gives a signal its one verdict: that of the reason, or executed without one.
    mutating func conclude(
        _ fingerprint: Fingerprint, _ reason: Reason?, _ explanation: Explanation?, _ scope: inout Scope,
        _ transition: inout Transition
    ) {
        guard let index = scope.signals.firstIndex(where: { $0.fingerprint == fingerprint }) else { return }
        let wasWaiting = scope.signals[index].status == .accepted
        // I2: a signal has one verdict.
        guard
            move(
                &scope.signals[index], \.status, to: reason?.status ?? .executed, of: "signal", fingerprint, cause: reason?.rawValue ?? "",
                &transition)
        else { return }
        // An exit that nobody carries out keeps older entries from being traded as well.
        noteExit(scope.signals[index].signal.content, &scope, at: transition.at)
        scope.signals[index].reason = reason
        scope.signals[index].explanation = explanation.map { Stored($0) }
        scope.signals[index].processedAt = transition.at
        if wasWaiting { beginDeciding(index, &scope, &transition) }
        scope.signals[index].processedBy = incarnation.text
        transition.perform(.conclude(scope.signals[index].record))
    }

    /// Counts this process among those that began to decide a signal, once.
    mutating func beginDeciding(_ index: Int, _ scope: inout Scope, _ transition: inout Transition) {
        if scope.signals[index].attempts == 0 { scope.signals[index].attempts = 1 }
        scope.pricesBefore[scope.signals[index].fingerprint] = nil
        scope.signals[index].processedBy = incarnation.text
        endExamination(of: scope.signals[index].fingerprint, &scope, &transition)
    }

    /// Goes on with a scope until it waits for something.
    mutating func advance(_ name: InstrumentName, _ transition: inout Transition) {
        change(name, &transition) { core, scope, transition in core.advance(&scope, &transition) }
    }

    /// Goes on with a scope that is being changed, until it waits for something.
    mutating func advance(_ scope: inout Scope, _ transition: inout Transition) {
        guard hasRecovered || policy.has(.recoverySkipped), !isStopping else { return }
        // What is more than this goes on in another transition, so that no scope holds up the others.
        for _ in 0..<2_000 {
            guard transition.refusedCount < 10, advanceOnce(&scope, &transition) else { return scheduleBook(for: scope, &transition) }
        }
        transition.perform(.wake(.scope(scope.name), at: transition.at))
    }

    /// One transition of a scope; false when there is nothing to do now.
    private mutating func advanceOnce(_ scope: inout Scope, _ transition: inout Transition) -> Bool {
        if !scope.isHeld, let bar = scope.nextBar {
            // One that goes on record first keeps no exit waiting.
            if scope.leftBehind.contains(bar.fingerprint), scope.activeIndex == nil, decideWaitingExit(&scope, &transition) { return true }
            if !scope.isHeld, mayDecide(bar, &scope, &transition) {
                applyMarketData(bar, &scope, &transition)
                return true
            }
        }
        guard let index = scope.activeIndex else { return scope.isHeld ? false : decideNext(&scope, &transition) }
        // A roll that has not begun keeps no exit waiting: it is over when its position is being closed.
        if scope.intents[index].isRollToCome, !scope.isHeld, decideWaitingExit(&scope, &transition) { return true }
        if execute(at: index, &scope, &transition) { return true }
        guard !scope.intents[index].record.kind.mayOpen else { return false }
        // Layers are closed independently of each other: an exit that waits holds no other exit up.
        for other in scope.intents.indices
        where other != index && scope.intents[other].isUnderWay && !scope.intents[other].record.kind.mayOpen {
            if execute(at: other, &scope, &transition) { return true }
        }
        guard !scope.isHeld, !scope.intents.contains(where: { $0.isUnderWay && $0.record.kind.mayOpen && !$0.isRollToCome }) else {
            return false
        }
        return decideWaitingExit(&scope, &transition)
    }

    private mutating func execute(at index: Int, _ scope: inout Scope, _ transition: inout Transition) -> Bool {
        let refused = transition.refusedCount
        let hasChanged = scope.changeIntent(at: index) { scope, intent in execute(&intent, &scope, &transition) }
        // What cannot go on keeps nothing else waiting.
        return hasChanged && transition.refusedCount == refused
    }
}

extension Scope {
    /// The last price that was heard, when it is not older than a long weekend.
    fileprivate func recentPrice(at: Instant) -> Price? {
        guard let heardAt = record.record.lastPriceAt, at - heardAt <= .days(4) else { return nil }
        return record.record.lastPrice
    }
}
