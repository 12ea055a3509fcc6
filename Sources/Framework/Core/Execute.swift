/// How far a leg of a position plan is.
private enum Standing {
    /// An attempt may still change by itself.
    case inFlight
    /// Attempts wait to be sent.
    case planned([Int])
    /// Attempts wait that would fill more than is wanted, because an earlier one filled after all.
    case overplanned([Int])
    /// All that was wanted is filled, or the leg was given up.
    case complete
    /// Every attempt ended and something is missing.
    case short
}

/// Transitions of an intent: position plan after position plan, leg after leg.
extension Core {
    /// One transition of an intent; false when it waits for something.
    mutating func execute(_ intent: inout Intent, _ scope: inout Scope, _ transition: inout Transition) -> Bool {
        for number in intent.record.plan.content.positionPlans.indices where !intent.record.plan.content.positionPlans[number].isSettled {
            if refresh(number, &intent, scope, &transition) || endOvertaken(number, &intent, scope, &transition)
                || execute(positionPlan: number, &intent, &scope, &transition)
            {
                return true
            }
            // Layers that are closed together do not wait for each other; every other intent has one position plan.
            guard intent.record.kind == .exit else { return false }
        }
        guard intent.record.plan.content.positionPlans.allSatisfy(\.isSettled) else { return false }
        finish(&intent, &scope, &transition)
        return true
    }

    private mutating func execute(positionPlan number: Int, _ intent: inout Intent, _ scope: inout Scope, _ transition: inout Transition)
        -> Bool
    {
        let positionPlan = intent.record.plan.content.positionPlans[number]
        alertBroken(positionPlan, number, &intent, scope, &transition)
        // What was closed twice is opened again before a roll opens its new contract.
        for leg in positionPlan.legs.filter({ $0.action == .close }) + positionPlan.legs.filter({ $0.action == .open }) {
            if leg.action == .open, positionPlan.closes != nil {
                let fills = PositionPlanFills(positionPlan, number, intent)
                if planRepairs(fills, positionPlan, number, only: .close, &intent, scope, &transition) { return true }
            }
            switch standing(of: leg, positionPlan: number, intent) {
            case .complete: continue
            case .inFlight: return maintain(leg, positionPlan: number, &intent, scope, &transition)
            case .planned(let orders):
                if leg.isRepair, withdraw(leg, orders, positionPlan: number, &intent, &transition) { return true }
                if leg.action == .close, isOpen(scope.traded, at: transition.at) {
                    guard let units = currentCloseLimit(of: orders, leg, positionPlan: number, intent, &scope, &transition) else {
                        return false
                    }
                    if lower(orders, of: leg, to: units, &intent, &transition) { return true }
                }
                return send(orders, leg, &intent, &scope, &transition)
            case .overplanned(let orders):
                for index in orders { end(&intent.orders[index], as: .dropped, because: .overtakenByFill, &transition) }
                return true
            case .short:
                return leg.action == .open
                    ? openingFellShort(leg, positionPlan: number, &intent, scope, &transition)
                    : closingFellShort(leg, positionPlan: number, &intent, &scope, &transition)
            }
        }
        return settle(number, &intent, &scope, &transition)
    }

    /// A repair that waits to be sent is taken back when a fill that came late has changed what is too many.
    private mutating func withdraw(
        _ leg: Leg, _ orders: [Int], positionPlan number: Int, _ intent: inout Intent, _ transition: inout Transition
    ) -> Bool {
        let fills = PositionPlanFills(intent.record.plan.content.positionPlans[number], number, intent)
        let filled = intent.filled(positionPlan: number, leg: leg.number)
        guard fills.surplus(against: leg) < leg.quantity.count - filled else { return false }
        for index in orders { end(&intent.orders[index], as: .dropped, because: .surplusChanged, &transition) }
        intent.record.plan.content.positionPlans[number].legs[leg.number].quantity = Quantity(filled)
        return true
    }

    /// An exit that was decided while its position rolled is planned anew from what the position holds now, as long as nothing was sent.
    private mutating func refresh(_ number: Int, _ intent: inout Intent, _ scope: Scope, _ transition: inout Transition) -> Bool {
        let positionPlan = intent.record.plan.content.positionPlans[number]
        guard intent.record.kind == .exit, let planned = positionPlan.closes else { return false }
        let position = scope.positionIndex(positionPlan.position).map { scope.positions[$0].record }
        let wanted = position?.quantity ?? .zero
        guard
            position.map({ $0.structure.content }) ?? planned != planned
                || positionPlan.legs.contains(where: { !$0.isRepair && $0.quantity > wanted }),
            intent.hasOnlyPlanned(positionPlan: number)
        else { return false }
        for index in intent.orders.indices where intent.orders[index].positionPlan == number {
            end(&intent.orders[index], as: .dropped, because: .positionChanged, &transition)
        }
        guard let position else {
            for leg in positionPlan.legs.indices { intent.record.plan.content.positionPlans[number].legs[leg].quantity = .zero }
            return true
        }
        let fresh = PositionPlan(closing: position)
        intent.record.plan.content.positionPlans[number] = fresh
        for leg in fresh.legs { planOrders(leg, of: leg.quantity, positionPlan: number, attempt: 1, &intent, &transition) }
        return true
    }

    /// A roll whose position is being closed, or was, before anything of it left has nothing to move: its orders would open what they close.
    private mutating func endOvertaken(_ number: Int, _ intent: inout Intent, _ scope: Scope, _ transition: inout Transition) -> Bool {
        let positionPlan = intent.record.plan.content.positionPlans[number]
        let planned = intent.orders.indices.filter { intent.orders[$0].positionPlan == number && intent.orders[$0].state == .planned }
        guard intent.record.kind == .roll, !planned.isEmpty,
            scope.positionIndex(positionPlan.position).map({ !scope.positions[$0].status.isHeld }) ?? true,
            intent.hasOnlyPlanned(positionPlan: number)
        else { return false }
        for index in planned { end(&intent.orders[index], as: .dropped, because: .positionClosing, &transition) }
        for leg in positionPlan.legs.indices { intent.record.plan.content.positionPlans[number].legs[leg].quantity = .zero }
        return true
    }

    private func standing(of leg: Leg, positionPlan: Int, _ intent: Intent) -> Standing {
        let indices = intent.orderIndices(positionPlan: positionPlan, leg: leg.number)
        let states = indices.map { intent.orders[$0].state }
        if states.contains(where: \.isOut) { return .inFlight }
        let planned = indices.filter { intent.orders[$0].state == .planned }
        let filled = intent.filled(positionPlan: positionPlan, leg: leg.number)
        guard planned.isEmpty else {
            let units = planned.reduce(0) { $0 + intent.orders[$1].quantity.count }
            return filled + units > leg.quantity.count ? .overplanned(planned) : .planned(planned)
        }
        return filled >= leg.quantity.count ? .complete : .short
    }

    /// Whether an exit waits that outranks what the intent still wants to open.
    func isOutranked(_ intent: Intent, in scope: Scope) -> Bool {
        switch intent.record.kind {
        case .exit, .repair: return false
        case .entry, .pyramid:
            guard !policy.has(.outrankedEntrySent) else { return false }
            // C18: what its exit leaves of a base has no layers.
            if intent.record.kind == .pyramid, scope.stack.record.base == nil { return true }
            let decided = intent.record.record.signal.flatMap { id in scope.signals.first { $0.fingerprint == id } }
            let timestamp = decided?.signal.content.timestamp ?? intent.record.createdAt
            // The protocol lets an exit of any layer outrank what its scope still opens, but not an exit that is older (I5).
            return scope.hasExitUnderWay { _ in true } || scope.hasWaitingExit { $0.timestamp.seconds >= timestamp.seconds }
        case .roll:
            guard let positionPlan = intent.record.plan.content.positionPlans.first else { return false }
            let opened = scope.positionIndex(positionPlan.position).map { scope.positions[$0].entryTimestamp } ?? intent.record.createdAt
            return scope.hasExitUnderWay { $0 == positionPlan.position }
                || scope.hasWaitingExit {
                    $0.timestamp.seconds >= opened.seconds && ($0.target == .all || positionPlan.layer.map(SignalTarget.layer) == $0.target)
                }
        }
    }

    /// A fill of an opening leg is missing and no attempt is left running.
    private mutating func openingFellShort(
        _ leg: Leg, positionPlan: Int, _ intent: inout Intent, _ scope: Scope, _ transition: inout Transition
    ) -> Bool {
        let indices = intent.orderIndices(positionPlan: positionPlan, leg: leg.number)
        let attempts = indices.map { intent.orders[$0].attempt }.max() ?? 0
        let filled = intent.filled(positionPlan: positionPlan, leg: leg.number)
        // I9: a further attempt needs proof that nothing was accepted; a roll may also try again after a refusal or an end that the broker told.
        let lastStates = indices.filter { intent.orders[$0].attempt == attempts }.map { intent.orders[$0].state }
        let isProven =
            lastStates.allSatisfy {
                $0 == .notSent || $0 == .filled || (intent.record.kind == .roll && ($0 == .rejected || $0 == .cancelled))
            }
            || policy.has(.entryAfterUnknown)
        if isProven, attempts < policy.entryAttempts, !isOutranked(intent, in: scope), mayStillOpen(intent, at: transition.at) {
            guard
                isDue(
                    &intent, positionPlan: positionPlan, attempt: attempts, since: end(of: indices, intent, at: transition.at), scope.name,
                    &transition)
            else {
                return false
            }
            if intent.record.kind == .roll { markAsFlat(&intent, &transition) }
            planOrders(
                leg, of: leg.quantity.remaining(after: Quantity(filled)), positionPlan: positionPlan, attempt: attempts + 1, &intent,
                &transition)
            return true
        }
        giveUp(leg, filled: filled, positionPlan: positionPlan, &intent, &transition)
        return true
    }

    /// R3: a roll whose old contract is closed and whose new one is not open yet holds nothing.
    private mutating func markAsFlat(_ intent: inout Intent, _ transition: inout Transition) {
        move(
            &intent.record, \.state, to: .flat, of: "intent", intent.id, cause: "closed, and the new contract is not open", &transition)
    }

    /// Takes what an opening leg got as its whole, and lowers the later opening legs to whole lots of it.
    private mutating func giveUp(_ leg: Leg, filled: Int64, positionPlan: Int, _ intent: inout Intent, _ transition: inout Transition) {
        let whole = leg.contract.unitsPerLot.wholeUnits(in: filled)
        let later = intent.record.plan.content.positionPlans[positionPlan].legs.filter {
            $0.action == .open && !$0.isRepair && $0.number > leg.number
        }
        intent.record.plan.content.positionPlans[positionPlan].legs[leg.number].quantity = Quantity(filled)
        for next in later {
            intent.record.plan.content.positionPlans[positionPlan].legs[next.number].quantity = Quantity(whole)
            replan(next, to: Quantity(whole), positionPlan: positionPlan, &intent, &transition)
        }
    }

    /// Replaces the planned attempts of a leg by attempts for another quantity.
    mutating func replan(_ leg: Leg, to quantity: Quantity, positionPlan: Int, _ intent: inout Intent, _ transition: inout Transition) {
        for index in intent.orderIndices(positionPlan: positionPlan, leg: leg.number) where intent.orders[index].state == .planned {
            end(&intent.orders[index], as: .dropped, because: .legFilledLess, &transition)
        }
        planOrders(leg, of: quantity, positionPlan: positionPlan, attempt: 1, &intent, &transition)
    }

    /// A fill of a closing leg is missing: a further attempt for what the broker still reports, never more (I10).
    private mutating func closingFellShort(
        _ leg: Leg, positionPlan: Int, _ intent: inout Intent, _ scope: inout Scope, _ transition: inout Transition
    )
        -> Bool
    {
        let indices = intent.orderIndices(positionPlan: positionPlan, leg: leg.number)
        let ended = end(of: indices, intent, at: transition.at)
        guard let reading = positions(since: ended, leg, intent, &scope, &transition), let positions = reading.positions else {
            return false
        }
        let attempts = indices.map { intent.orders[$0].attempt }.max() ?? 0
        let filled = intent.filled(positionPlan: positionPlan, leg: leg.number)
        let net = positions.netUnits(of: leg.contract.symbol)
        let wanted = closeLimit(of: leg.quantity.count - filled, leg, positionPlan: positionPlan, net: net, intent, scope)
        guard wanted > 0 else {
            // Another order of ours may explain what is missing: its end brings the scope back here.
            if isInFlight(leg, besides: positionPlan, intent, scope) { return false }
            if isUnsettledElsewhere(leg, reading) || isOwed(1, of: leg, net: net, intent, scope) {
                intent.missingSince[positionPlan] = nil
                readPositionsLater(&transition)
                return false
            }
            guard isMissingForLong(positionPlan, &intent, scope.name, &transition) else { return false }
            if waitsForLostOrder(leg, intent, &scope, &transition) { return false }
            giveUpClosing(leg, filled: filled, positionPlan: positionPlan, &intent, &scope, &transition)
            return true
        }
        intent.missingSince[positionPlan] = nil
        guard isDue(&intent, positionPlan: positionPlan, attempt: attempts, since: ended, scope.name, &transition) else { return false }
        // I10: what is reported now counts, not what was reported before the pause.
        if let due = intent.notBefore[positionPlan], reading.startedAt < due {
            readPositions(&transition)
            return false
        }
        if attempts == 3 {
            alert(
                .critical, "exit_not_filled", scope.name,
                "\(leg.side.rawValue) \(leg.quantity) \(leg.contract.symbol) failed \(attempts) times; the host goes on trying. Look at the broker.",
                &transition)
        }
        planOrders(leg, of: Quantity(wanted), positionPlan: positionPlan, attempt: attempts + 1, &intent, &transition)
        return true
    }

    /// Whether what is to be closed was missing in the account for as long as a structure may stay unequal: one wrong answer of the broker ends no exit.
    private func isMissingForLong(_ positionPlan: Int, _ intent: inout Intent, _ name: InstrumentName, _ transition: inout Transition)
        -> Bool
    {
        guard let since = intent.missingSince[positionPlan] else {
            intent.missingSince[positionPlan] = transition.at
            transition.perform(.wake(.scope(name), at: transition.at + policy.repairLimit))
            return false
        }
        return transition.at - since >= policy.repairLimit
    }

    /// An order that was not found has probably closed what is missing: until the book forgets the day it may still show up and say so.
    private mutating func waitsForLostOrder(_ leg: Leg, _ intent: Intent, _ scope: inout Scope, _ transition: inout Transition) -> Bool {
        let today = TradingDay(of: transition.at)
        func isLost(_ order: OrderRecord) -> Bool {
            order.symbol == leg.contract.symbol && order.side == leg.side && order.state == .absent
                && order.sentAt.map { TradingDay(of: $0) == today } ?? false
        }
        // One of another decision may as well have done what is missing here.
        func hasLost(_ scope: Scope) -> Bool {
            scope.watchedOrders.contains { !$0.hasComeLate && isLost($0.order) }
                || scope.intents.contains { intent in intent.orders.contains { intent.executes($0.record) && isLost($0.record) } }
        }
        guard intent.orders.contains(where: { isLost($0.record) }) || hasLost(scope) || scopes.contains(where: hasLost) else {
            return false
        }
        freeze(
            &scope, "exit_order_missing",
            "the broker holds nothing of \(leg.contract.symbol) any more, and does not show the order that closed it", &transition)
        return true
    }

    private mutating func giveUpClosing(
        _ leg: Leg, filled: Int64, positionPlan: Int, _ intent: inout Intent, _ scope: inout Scope, _ transition: inout Transition
    ) {
        intent.record.plan.content.positionPlans[positionPlan].legs[leg.number].quantity = Quantity(filled)
        let whole = leg.contract.unitsPerLot.wholeUnits(in: filled)
        // A roll opens exactly what it closed.
        for next in intent.record.plan.content.positionPlans[positionPlan].legs where next.action == .open && next.quantity.count > whole {
            intent.record.plan.content.positionPlans[positionPlan].legs[next.number].quantity = Quantity(whole)
            replan(next, to: Quantity(whole), positionPlan: positionPlan, &intent, &transition)
        }
        freeze(
            &scope, "missing_in_broker",
            "the broker holds nothing of \(leg.contract.symbol) that could be closed, but \(leg.quantity.count - filled) units are ours",
            happensOnce: true, &transition)
    }

    /// Whether a further attempt of a position plan may be made now; asks to be woken when it may not yet. The pause counts from the end of the attempt
    /// before, whichever process saw it.
    private mutating func isDue(
        _ intent: inout Intent, positionPlan: Int, attempt: Int, since ended: Instant, _ name: InstrumentName,
        _ transition: inout Transition
    ) -> Bool {
        let wait = policy.retry.isEmpty ? Span.seconds(1) : policy.retry[min(max(attempt - 1, 0), policy.retry.count - 1)]
        let due = ended + wait
        if intent.notBefore[positionPlan] != due {
            intent.notBefore[positionPlan] = due
            if due > transition.at { transition.perform(.wake(.scope(name), at: due)) }
        }
        return transition.at >= due
    }

    /// When the last of these orders ended, by this process's clock.
    private func end(of orders: [Int], _ intent: Intent, at: Instant) -> Instant {
        orders.compactMap { intent.orders[$0].finishedAt }.map { onOwnClock($0, at: at) }.max() ?? at
    }

    func mayStillOpen(_ intent: Intent, at: Instant) -> Bool {
        guard !tradingSwitch.record.isThrown else { return false }
        return intent.record.record.entryDeadline.map { at <= $0 || policy.has(.windowIgnoredAtGate) } ?? true
    }
}
