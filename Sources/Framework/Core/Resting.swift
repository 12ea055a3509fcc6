/// I20: what is not whole does not stay so. People are told soon, orders that rest are ended, and what was waited is waited over restarts, because every
/// time here is read from the rows.
extension Core {
    /// Asks to end working orders that an exit outranks or that rest too long; their end brings the position plan on.
    mutating func maintain(_ leg: Leg, positionPlan: Int, _ intent: inout Intent, _ scope: Scope, _ transition: inout Transition) -> Bool {
        let isOutranked = leg.action == .open && self.isOutranked(intent, in: scope)
        let last = isOutranked ? intent.lastCancelAt : intent.lastRestCancelAt
        // The request may be lost, so it is repeated as long as the order works.
        if let last, transition.at - last < policy.pollInterval { return false }
        for index in intent.orderIndices(positionPlan: positionPlan, leg: leg.number) where intent.orders[index].state == .working {
            guard let number = intent.orders[index].record.brokerOrder,
                isOutranked || rests(intent.orders[index].record, leg, positionPlan, intent, at: transition.at)
            else { continue }
            if isOutranked { intent.lastCancelAt = transition.at } else { intent.lastRestCancelAt = transition.at }
            transition.perform(.cancel(intent.orders[index].tag, number))
        }
        return false
    }

    /// Whether a working order has had its time: a part of it is filled, the other legs wait for it, or its entry may not be sent any more.
    private func rests(_ order: OrderRecord, _ leg: Leg, _ positionPlan: Int, _ intent: Intent, at: Instant) -> Bool {
        guard let sentAt = order.sentAt, at - onOwnClock(sentAt, at: at) >= policy.restLimit else { return false }
        if order.filled > .zero { return true }
        if leg.action == .open, let deadline = intent.record.record.entryDeadline, at > deadline { return true }
        let plan = intent.record.plan.content.positionPlans[positionPlan]
        return isBroken(plan, positionPlan, intent) || intent.record.kind == .roll && leg.action == .open
    }

    /// Tells people soon when a structure of several legs is not whole, and once more when its time is over.
    mutating func alertBroken(
        _ positionPlan: PositionPlan, _ number: Int, _ intent: inout Intent, _ scope: Scope, _ transition: inout Transition
    ) {
        guard positionPlan.legs.count > 1 else { return }
        guard isBroken(positionPlan, number, intent) else {
            intent.watchedBroken.remove(number)
            intent.alertedBroken.remove(number)
            return
        }
        let since = brokenSince(number, intent, at: transition.at)
        guard transition.at - since >= policy.repairAlert else {
            if intent.watchedBroken.insert(number).inserted {
                transition.perform(.wake(.scope(scope.name), at: since + policy.repairAlert))
            }
            return
        }
        guard intent.alertedBroken.insert(number).inserted, !policy.has(.oneLeggedUntold) else {
            return alertOverdue(positionPlan, &intent, scope, &transition)
        }
        let deadline = since + policy.repairLimit
        if intent.record.record.repairDeadline.map({ deadline < $0 }) ?? true { intent.record.repairDeadline = deadline }
        if deadline > transition.at { transition.perform(.wake(.scope(scope.name), at: deadline)) }
        alert(
            .critical, "one_legged", scope.name,
            "\(positionPlan.position) has unequal legs since \(since); the host completes or unwinds it, and takes no entries until it is whole or flat.",
            &transition)
    }

    private mutating func alertOverdue(_ positionPlan: PositionPlan, _ intent: inout Intent, _ scope: Scope, _ transition: inout Transition)
    {
        guard let deadline = intent.record.record.repairDeadline, transition.at >= deadline, !intent.hasAlertedOverdue else { return }
        intent.hasAlertedOverdue = true
        alert(
            .critical, "one_legged_overdue", scope.name,
            "\(positionPlan.position) should have been whole or flat at \(deadline) and is not; the host goes on trying. Look at the broker.",
            &transition)
    }

    /// What repairs took back counts: between two of them one leg is alone.
    private func isBroken(_ positionPlan: PositionPlan, _ number: Int, _ intent: Intent) -> Bool {
        let fills = PositionPlanFills(positionPlan, number, intent)
        return [LegAction.close, .open].contains { action in
            let held = fills.legs(action).map(\.held)
            return held.contains { $0 != held.first }
        }
    }

    /// When the first order of a position plan filled that had a fill: the legs are unequal since then at the earliest.
    private func brokenSince(_ number: Int, _ intent: Intent, at: Instant) -> Instant {
        intent.orders.compactMap { order in
            guard order.positionPlan == number, order.filled > .zero else { return nil }
            return (order.finishedAt ?? order.record.sentAt).map { onOwnClock($0, at: at) }
        }.min() ?? at
    }
}
