/// Transitions of an intent whose position plans are all booked: its own end, and its signal's verdict.
extension Core {
    mutating func finish(_ intent: inout Intent, _ scope: inout Scope, _ transition: inout Transition) {
        let isQuarantined = holdsSlot(intent)
        let outcome = self.outcome(of: intent, scope)
        move(
            &intent.record, \.state, to: isQuarantined ? .quarantined : outcome.end, of: "intent", intent.id,
            cause: outcome.failure?.reason.rawValue ?? "", &transition)
        intent.record.reservedRisk = .zero
        intent.record.reservedVolatility = .zero
        if !policy.has(.reservationKept) { intent.record.reservedMargin = .zero }
        if intent.record.record.repairDeadline != nil { intent.record.repairDeadline = nil }
        intent.record.updatedAt = transition.at
        watch(intent, &scope)
        if intent.hasStarted { scope.lastTradeAt = transition.at }
        if isQuarantined { releaseLater(scope, &transition) }
        if intent.record.kind == .roll { finishRoll(&intent, &scope, &transition) }
        guard let signal = intent.record.record.signal, !policy.has(.verdictForgotten) else { return }
        var explanation = intent.record.plan.content.explanation
        explanation.outcome = outcome.lines
        if let (reason, words) = outcome.failure { explanation.summary = "\(words) (\(reason.rawValue)). \(explanation.summary)" }
        conclude(signal, outcome.failure?.reason, explanation, &scope, &transition)
    }

    /// 4.5: a slot stays closed while a late order of a sender that still lives could appear.
    private func holdsSlot(_ intent: Intent) -> Bool {
        intent.record.kind.increasesRisk && !policy.has(.slotFreedAtAbsent)
            && intent.orders.contains { $0.state == .absent && mayStillSend($0.record.sender) }
    }

    /// Remembers orders that ended unfilled, and settles the tags of the others. What the book has of one that was never sent is nobody's.
    private mutating func watch(_ intent: Intent, _ scope: inout Scope) {
        for order in intent.orders where scopeOfWatchedTag[order.tag] == nil {
            scopeOfTag[order.tag] = nil
            if order.record.isDoubtful {
                watch(order.record, intent, &scope)
            } else if order.record.sentAt != nil {
                endedTags.insert(order.tag)
                settledFills.note(order.tag, intent.postedTrades)
            }
        }
    }

    /// Remembers an order that ended unfilled: from now on its fills are late.
    mutating func watch(_ order: OrderRecord, _ intent: Intent, _ scope: inout Scope) {
        scopeOfTag[order.tag] = nil
        scope.watchedOrders.append(WatchedOrder(order: order, posted: intent.postedTrades))
        scopeOfWatchedTag[order.tag] = scope.name
    }

    /// Lets entries into a slot again.
    mutating func release(_ index: Int, cause: String, _ scope: inout Scope, _ transition: inout Transition) {
        let intent = scope.intents[index]
        move(&scope.intents[index].record, \.state, to: outcome(of: intent, scope).end, of: "intent", intent.id, cause: cause, &transition)
        scope.intents[index].record.updatedAt = transition.at
    }

    private mutating func releaseLater(_ scope: Scope, _ transition: inout Transition) {
        transition.perform(.wake(.scope(scope.name), at: quarantineEnd(scope, at: transition.at)))
    }

    /// The end of the session in which a slot was quarantined.
    func quarantineEnd(_ scope: Scope, at: Instant) -> Instant {
        let midnight = TradingDay(of: at).advanced(by: 1).instant(at: TimeOfDay(secondsSinceMidnight: 0))
        guard policy.sessions == .enforced, let close = scope.traded.instrument.close(onDayOf: at), close > at else { return midnight }
        return close
    }

    /// Frees slots whose session has ended.
    mutating func releaseQuarantine(_ scope: inout Scope, _ transition: inout Transition) {
        for index in scope.intents.indices where scope.intents[index].record.state == .quarantined {
            guard transition.at >= quarantineEnd(scope, at: scope.intents[index].record.updatedAt) || policy.has(.slotFreedSoon) else {
                continue
            }
            release(index, cause: "the session ended", &scope, &transition)
        }
    }

    private func outcome(of intent: Intent, _ scope: Scope) -> Outcome {
        let plan = intent.record.plan.content
        let lines = plan.positionPlans.enumerated().map { number, positionPlan in describe(positionPlan, number, intent) }
        let hasChanged = plan.positionPlans.enumerated().contains { number, positionPlan in
            let fills = PositionPlanFills(positionPlan, number, intent)
            return switch positionPlan.kind {
            case .open: fills.whole(.open) > 0
            case .roll: fills.whole(.close) > 0
            case .close: fills.whole(.close) > 0 || !fills.repairs.isEmpty
            case .repair: !fills.repairs.isEmpty
            }
        }
        guard !hasChanged else {
            return Outcome(failure: nil, lines: lines)
        }
        return Outcome(failure: failure(of: intent), lines: lines)
    }

    /// Why nothing came of an intent: our own reasons first, then the broker's words.
    private func failure(of intent: Intent) -> (reason: Reason, words: String) {
        let ended = intent.orders.lazy.map(\.record).filter { $0.state.isTerminal && $0.state != .filled }
        for own in [Reason.supersededByExit, .tradingStopped, .entryWindow, .outsideSession, .orderRate] {
            if ended.contains(where: { $0.reason == own }) { return (own, own.words) }
        }
        if intent.lastCancelAt != nil { return (.supersededByExit, "An exit ended its orders before they filled") }
        let reason: Reason = intent.orders.contains { $0.state == .absent } ? .orderAbsent : .orderFailed
        return (reason, ended.lazy.compactMap { $0.reason?.words ?? $0.message }.first ?? reason.words)
    }

    private func describe(_ positionPlan: PositionPlan, _ number: Int, _ intent: Intent) -> String {
        let parts = positionPlan.legs.map { leg in
            let filled = intent.filled(positionPlan: number, leg: leg.number)
            let price = Self.average(intent.filledValue(positionPlan: number, leg: leg.number), over: filled)
            return
                "\(leg.side.rawValue) \(filled) \(leg.contract.symbol)\(price.map { " at \($0)" } ?? "")\(leg.isRepair ? " (repair)" : "")"
        }
        return "\(positionPlan.layer?.description ?? "repair"): \(parts.joined(separator: ", "))"
    }
}

/// How an intent ended.
private struct Outcome {
    /// Why nothing came of it; nil when something did.
    let failure: (reason: Reason, words: String)?
    let lines: [String]

    /// Where its intent stands then, unless it waits for the end of its slot's quarantine.
    var end: IntentState { failure == nil ? .settled : .failed }
}
