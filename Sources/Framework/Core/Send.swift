/// The send gate: the last checks, then PLANNED → SENDING, committed before the first byte leaves.
extension Core {
    /// Sends the planned orders of a leg as far as they may leave now; true when an order was dropped, so that there is more to decide.
    mutating func send(_ indices: [Int], _ leg: Leg, _ intent: inout Intent, _ scope: inout Scope, _ transition: inout Transition) -> Bool {
        let reducesRisk = leg.action == .close
        if let reason = reasonToDrop(leg, intent, scope, at: transition.at) {
            for index in indices { end(&intent.orders[index], as: .dropped, because: reason, &transition) }
            return true
        }
        if policy.has(.exitHeldBySwitch), tradingSwitch.record.isThrown, !leg.isRepair { return false }
        guard isOpen(scope.traded, at: transition.at) else {
            waitForOpen(&scope, &transition)
            return false
        }
        scope.hasAlertedWaiting = false
        for index in indices {
            switch policy.has(.rateIgnored) ? .now : permit(at: transition.at, reducesRisk: reducesRisk) {
            case .now: sendNow(index, &intent, &transition)
            case .at(let time):
                if !reducesRisk, let deadline = intent.record.record.entryDeadline, time > deadline {
                    end(&intent.orders[index], as: .dropped, because: .orderRate, &transition)
                    return true
                }
                transition.perform(.wake(.scope(scope.name), at: time))
                return false
            case .notToday:
                guard reducesRisk else {
                    end(&intent.orders[index], as: .dropped, because: .orderRate, &transition)
                    return true
                }
                waitForRate(&scope, &transition)
                return false
            }
        }
        return false
    }

    private mutating func permit(at now: Instant, reducesRisk: Bool) -> OrderLimiter.Permit {
        let permit = limiter.permit(at: now, reducesRisk: reducesRisk || policy.has(.reservedRateUsed))
        if case .at(let time) = permit, policy.has(.minuteIgnored), time > now + .seconds(1) { return .now }
        if permit == .notToday, policy.has(.dayIgnored) { return .now }
        return permit
    }

    /// Tells people that an exit cannot leave today, and again each hour, when it is tried again.
    private mutating func waitForRate(_ scope: inout Scope, _ transition: inout Transition) {
        if let planned = scope.rateAlarm, planned > transition.at { return }
        let next = transition.at + .minutes(60)
        scope.rateAlarm = next
        alert(.critical, "order_rate", scope.name, "The day's orders are used up; an exit of \(scope.name) cannot leave.", &transition)
        transition.perform(.wake(.scope(scope.name), at: next))
    }

    private func reasonToDrop(_ leg: Leg, _ intent: Intent, _ scope: Scope, at: Instant) -> Reason? {
        guard leg.action == .open else { return nil }
        if isOutranked(intent, in: scope) { return .supersededByExit }
        if policy.has(.secondLegUnderSwitch), leg.number > 0 { return nil }
        if policy.has(.rollUnderSwitch), intent.record.kind == .roll { return nil }
        if tradingSwitch.record.isThrown, !policy.has(.switchForgottenAtGate) { return .tradingStopped }
        if let deadline = intent.record.record.entryDeadline, at > deadline, !policy.has(.windowIgnoredAtGate) {
            return .entryWindow
        }
        if !isOpen(scope.traded, at: at) { return .outsideSession }
        return nil
    }

    private mutating func sendNow(_ index: Int, _ intent: inout Intent, _ transition: inout Transition) {
        // I8: only what is planned is sent.
        guard move(&intent.orders[index], \.state, to: .sending, of: "order", intent.orders[index].tag, cause: "send gate", &transition)
        else { return }
        if !policy.has(.exitsUncounted) || intent.record.kind.mayOpen { limiter.take(at: transition.at) }
        intent.orders[index].sender = incarnation
        intent.orders[index].sentAt = transition.at
        let order = intent.orders[index].record
        transition.perform(
            .place(OrderRequest(tag: order.tag, contract: order.contract.content, side: order.side, quantity: order.quantity)))
    }

    /// Has the positions read, once at a time.
    mutating func readPositions(_ transition: inout Transition) {
        guard !isReadingPositions else { return }
        isReadingPositions = true
        transition.perform(.readPositions)
    }

    /// Stops entries of a scope until a person has looked.
    ///
    /// One that is frozen already stays as it is; what happens only once is told all the same.
    mutating func freeze(_ scope: inout Scope, _ code: String, _ reason: String, happensOnce: Bool = false, _ transition: inout Transition)
    {
        guard scope.record.record.state == .active else {
            guard happensOnce else { return }
            return alert(
                .critical, code, scope.name, "\(scope.name) takes no entries, and now \(reason). See `munim reconcile`.", &transition)
        }
        move(&scope.record, \.state, to: .frozen, of: "scope", scope.name, cause: code, &transition)
        scope.record.frozenReason = "\(code): \(reason)"
        alert(
            .critical, code, scope.name, "\(scope.name) takes no entries: \(reason). Nothing was traded away; see `munim reconcile`.",
            &transition
        )
    }
}
