/// How much of a position may be closed: never more than the account holds for it (I10).
extension Core {
    /// Units of `wanted` that the broker's figure leaves to a closing leg, when what other books hold of the contract is set aside.
    ///
    /// Books are virtual, the account holds their sum. Where it holds less, an exit closes its own book less what is missing, and never crosses zero.
    func closeLimit(of wanted: Int64, _ leg: Leg, positionPlan: Int, net: Int64, _ intent: Intent, _ scope: Scope) -> Int64 {
        if policy.has(.exitBeyondExposure) { return wanted }
        let direction: Int64 = leg.side == .sell ? 1 : -1
        let symbol = leg.contract.symbol
        if intent.record.kind == .repair {
            // What brings the account back to the records: other positions may hold the contract, so that its net has either sign.
            return max(0, min(wanted, (net &- recordedNet(of: symbol, in: scope)) &* direction))
        }
        let missing = max(0, (expectedNet(of: symbol, with: intent, in: scope) &- net) &* direction)
        // What an exit closed twice is opened again, whichever sign the account's net has because of other positions.
        guard !leg.isRepair else { return max(0, min(wanted, wanted &- missing)) }
        let others = otherBooks(of: symbol, direction, scope)
        let held = net &* direction &+ others.against &- unitsOut(of: leg, intent, scope)
        // An attempt that left may have filled unseen, and what is missing is that; before it, all that is not another book's is there to be closed.
        let hasLeft = intent.orderIndices(positionPlan: positionPlan, leg: leg.number).contains { intent.orders[$0].record.sentAt != nil }
        return max(0, min(wanted, held, hasLeft ? wanted &- missing : held &- others.along))
    }

    /// Units of a contract in books that are not being closed: those on the side of a position that a closing order takes from, and those against it.
    private func otherBooks(of symbol: String, _ direction: Int64, _ scope: Scope) -> (along: Int64, against: Int64) {
        var (along, against): (Int64, Int64) = (0, 0)
        func add(_ scope: Scope) {
            for position in scope.positions where position.record.status.isLive {
                let units = position.record.units(of: symbol) &* direction
                if units < 0 {
                    against &-= units
                } else if position.record.status != .closing, position.record.rolloverStatus != .inProgress {
                    along &+= units
                }
            }
        }
        add(scope)
        scopes.forEach(add)
        return (along, against)
    }

    /// Units that planned orders of a closing leg may close now; nil while it is not known what the account holds.
    ///
    /// An order may cross zero when the account is not what the books say: the operator squared off by hand, another program trades, an older file was
    /// put back. So no order that closes leaves before the broker's figure is fresh and fits, and where it does not fit, for no more than it leaves.
    mutating func currentCloseLimit(
        of orders: [Int], _ leg: Leg, positionPlan: Int, _ intent: Intent, _ scope: inout Scope, _ transition: inout Transition
    ) -> Int64? {
        let planned = orders.reduce(0) { $0 + intent.orders[$1].quantity.count }
        if policy.has(.exitBeyondExposure) { return planned }
        let symbol = leg.contract.symbol
        guard let reading = figure.reading(of: symbol, at: transition.at), let positions = reading.positions else {
            awaitReading(&scope, &transition)
            return nil
        }
        let net = positions.netUnits(of: symbol)
        let recorded = expectedNet(of: symbol, with: intent, in: scope)
        let direction: Int64 = leg.side == .sell ? 1 : -1
        if let own = ownUnits(of: leg, positionPlan: positionPlan, intent, scope), planned > own { return own }
        // A late fill against the position is in both sums until it is taken back, and what takes it back may stay out.
        if isOwed(planned, of: leg, net: net, intent, scope) {
            if figure.believableAt(symbol) > reading.startedAt {
                awaitSettling(of: symbol, &scope, &transition)
            } else {
                readPositionsLater(&transition)
            }
            return nil
        }
        let unshown = figure.unshown(symbol, direction, readAt: reading.startedAt)
        let isEnough = planned <= net &* direction &- unitsOut(of: leg, intent, scope) &- unshown
        // Both may be equal by chance: the figure lacks our last trade, the books lack somebody else's.
        if net == recorded, unshown == 0 || isEnough || figure.isFollowed(symbol) { return planned }
        // A trade that the figure lags behind explains a difference; what the figure shows without it must still be enough.
        if isEnough, figure.isFollowed(symbol), figure.fits(net, recorded: recorded, of: symbol, readAt: reading.startedAt) {
            return planned
        }
        guard figure.believableAt(symbol) <= reading.startedAt else {
            awaitSettling(of: symbol, &scope, &transition)
            return nil
        }
        let wanted = leg.quantity.count - intent.filled(positionPlan: positionPlan, leg: leg.number)
        let units = closeLimit(of: wanted, leg, positionPlan: positionPlan, net: net, intent, scope)
        // An order of ours that is out may be what is missing: its end tells.
        guard units >= planned || !isInFlight(leg, besides: positionPlan, intent, scope) else { return nil }
        return units
    }

    /// Units that the position of a part still has for a closing leg of it; nil where the part is no position's.
    private func ownUnits(of leg: Leg, positionPlan: Int, _ intent: Intent, _ scope: Scope) -> Int64? {
        let part = intent.record.plan.content.positionPlans[positionPlan]
        guard part.closes != nil, !leg.isRepair else { return nil }
        let position = scope.positionIndex(part.position).map { scope.positions[$0].record }
        let direction: Int64 = leg.side == .sell ? 1 : -1
        let units = position.map { $0.units(of: leg.contract.symbol) &* direction } ?? 0
        return max(0, units &- intent.filled(positionPlan: positionPlan, leg: leg.number))
    }

    /// Whether the account holds units of a closing leg only once a late order, or what another part closed twice, is taken back.
    func isOwed(_ units: Int64, of leg: Leg, net: Int64, _ intent: Intent, _ scope: Scope) -> Bool {
        guard intent.record.kind != .repair, !leg.isRepair else { return false }
        let symbol = leg.contract.symbol
        let direction: Int64 = leg.side == .sell ? 1 : -1
        func owes(_ intent: Intent) -> Bool {
            intent.record.kind == .repair && intent.unbookedUnits(of: symbol) &* direction < 0
                || intent.hasOverclosed(symbol, by: leg.side)
        }
        func isLate(_ scope: Scope) -> Bool { scope.intents.contains(where: owes) }
        guard owes(intent) || isLate(scope) || scopes.contains(where: isLate) else { return false }
        return units > net &* direction &+ otherBooks(of: symbol, direction, scope).against &- unitsOut(of: leg, intent, scope)
    }

    /// Has the positions read for an exit that cannot leave before, and tells people within seconds when they do not come.
    mutating func awaitReading(_ scope: inout Scope, _ transition: inout Transition) {
        readPositions(&transition)
        guard let since = scope.awaitsReadingSince else {
            scope.awaitsReadingSince = transition.at
            return transition.perform(.wake(.scope(scope.name), at: transition.at + policy.repairAlert))
        }
        guard transition.at - since >= policy.repairAlert, !scope.hasAlertedUnread, isOpen(scope.traded, at: transition.at) else { return }
        scope.hasAlertedUnread = true
        alert(
            .critical, "exit_waits_for_positions", scope.name,
            "The broker does not say what the account holds, and an exit of \(scope.name) needs it; it leaves when it is known.",
            &transition)
    }

    /// Comes back when the broker's figure of a contract shows the last trade for certain.
    private mutating func awaitSettling(of symbol: String, _ scope: inout Scope, _ transition: inout Transition) {
        let settled = figure.believableAt(symbol)
        guard settled > transition.at else { return awaitReading(&scope, &transition) }
        transition.perform(.wake(.scope(scope.name), at: settled))
    }

    /// A recorded time as this process may compare it: one in the future is of another process, which had ended before this one began.
    func onOwnClock(_ recorded: Instant, at: Instant) -> Instant { recorded > at ? bornAt : recorded }

    /// When an order of another process left, by this process's clock: exactly where both run since the same boot of one machine, else from this
    /// process's beginning on, because two clocks do not compare.
    func sentAtOnOwnClock(_ order: OrderRecord, _ sentAt: Instant, at: Instant) -> Instant {
        guard order.sender != incarnation else { return max(sentAt, bornAt) }
        guard let own = epoch.machine, let sender = order.sender, let theirs = machines[sender],
            let translated = own.translated(sentAt, from: theirs), translated <= at
        else { return bornAt }
        return translated
    }

    /// Takes attempts back that would close more than may be closed; further attempts are for what is left. False when they may leave as they are.
    mutating func lower(_ orders: [Int], of leg: Leg, to units: Int64, _ intent: inout Intent, _ transition: inout Transition) -> Bool {
        guard orders.reduce(0, { $0 + intent.orders[$1].quantity.count }) > units else { return false }
        for index in orders {
            end(&intent.orders[index], as: .dropped, because: .accountHoldsLess, &transition)
        }
        return true
    }

    /// What the account holds by a reading that is new enough, also for the fills that our records hold; asks for one when there is none.
    mutating func positions(
        since: Instant, _ leg: Leg, _ intent: Intent, _ scope: inout Scope, _ transition: inout Transition
    ) -> PositionsReading? {
        let symbol = leg.contract.symbol
        // An older figure does not fit the records: the fill of another position would hide that an attempt filled unseen.
        if let settled = figure.settledAt(symbol), settled > transition.at {
            transition.perform(.wake(.scope(scope.name), at: settled))
            return nil
        }
        guard let reading = figure.reading(of: symbol, at: transition.at),
            reading.startedAt >= max(since, figure.settledAt(symbol) ?? since),
            let positions = reading.positions
        else {
            awaitReading(&scope, &transition)
            return nil
        }
        let isEqual = positions.netUnits(of: symbol) == expectedNet(of: symbol, with: intent, in: scope)
        guard isEqual || figure.believableAt(symbol) <= reading.startedAt else {
            awaitSettling(of: symbol, &scope, &transition)
            return nil
        }
        return reading
    }

    /// Units that orders which are out may still trade in a leg's contract on its side.
    private func unitsOut(of leg: Leg, _ intent: Intent, _ scope: Scope) -> Int64 {
        func units(_ intent: Intent) -> Int64 {
            intent.orders.reduce(0) { sum, order in
                guard order.record.isOut(in: leg.contract.symbol), order.side == leg.side else { return sum }
                return sum &+ order.quantity.count &- order.filled.count
            }
        }
        var sum = scope.intents.reduce(units(intent)) { $0 &+ units($1) }
        scopes.forEach { scope in for other in scope.intents { sum &+= units(other) } }
        return sum
    }

    /// Whether another order of the scope in the same contract has left and not ended.
    func isInFlight(_ leg: Leg, besides positionPlan: Int, _ intent: Intent, _ scope: Scope) -> Bool {
        intent.orders.contains { $0.record.positionPlan != positionPlan && $0.record.isOut(in: leg.contract.symbol) }
            || scope.intents.contains { other in other.orders.contains { $0.record.isOut(in: leg.contract.symbol) } }
    }

    /// Whether an order of another instrument in the same contract is out, or ended after `reading` began: that figure does not fit the records.
    func isUnsettledElsewhere(_ leg: Leg, _ reading: PositionsReading) -> Bool {
        scopes.contains { scope in
            scope.lastTradeAt.map { $0 >= reading.startedAt } ?? false
                || scope.intents.contains { intent in
                    intent.orders.contains { order in
                        order.record.isOut(in: leg.contract.symbol)
                            || order.record.symbol == leg.contract.symbol
                                && order.record.finishedAt.map { $0 >= reading.startedAt } ?? false
                    }
                }
        }
    }

    /// Whether the account shows units of an opening order that the books lack, where both had agreed before: it reached the broker.
    func accountShows(_ order: OrderRecord, _ intent: Intent, _ scope: Scope) -> Bool {
        guard order.action == .open, figure.isFollowed(order.symbol), let net = figure.lastUnits(of: order.symbol) else { return false }
        let beyond = net &- expectedNet(of: order.symbol, with: intent, in: scope)
        return order.side == .buy ? beyond > 0 : beyond < 0
    }

    /// What the account holds of a contract by our records; the scope and the intent are those that are being changed.
    private func expectedNet(of symbol: String, with intent: Intent, in scope: Scope) -> Int64 {
        recordedNet(of: symbol, in: scope) &+ intent.unbookedUnits(of: symbol)
    }

    /// The same without the intent that is being changed.
    private func recordedNet(of symbol: String, in scope: Scope) -> Int64 {
        var units = scope.heldUnits(of: symbol)
        scopes.forEach { units &+= $0.heldUnits(of: symbol) }
        return units
    }
}

extension [BrokerPosition] {
    /// Signed units that the account holds of a contract; none when it is not listed.
    func netUnits(of symbol: String) -> Int64 { first { $0.symbol == symbol }?.netUnits ?? 0 }
}

extension PositionRecord {
    /// Signed units of a contract that the position holds: bought legs count up, sold ones down.
    func units(of symbol: String) -> Int64 {
        structure.content.legs.reduce(0) { $1.contract.symbol == symbol ? $0 &+ units(of: $1) : $0 }
    }

    /// Adds the signed units of every leg to sums by the contract's symbol.
    public func addUnits(to sums: inout [String: Int64]) {
        for leg in structure.content.legs { sums[leg.contract.symbol, default: 0] &+= units(of: leg) }
    }

    private func units(of leg: StructureLeg) -> Int64 { leg.openingSide == .buy ? quantity.count : 0 &- quantity.count }
}

extension OrderRecord {
    /// Whether it is an order in a contract that may have left and has not ended.
    fileprivate func isOut(in symbol: String) -> Bool {
        self.symbol == symbol && state.isOut
    }
}

extension Scope {
    /// Signed units of a contract in live positions.
    private func units(of symbol: String) -> Int64 {
        positions.reduce(0) { $1.record.status.isLive ? $0 &+ $1.record.units(of: symbol) : $0 }
    }

    /// Signed units of a contract in live positions, and in fills that are not booked yet.
    fileprivate func heldUnits(of symbol: String) -> Int64 {
        intents.reduce(units(of: symbol)) { $0 &+ $1.unbookedUnits(of: symbol) }
    }

    /// Whether an exit of a position is being carried out.
    func hasExitUnderWay(of isMeant: (PositionID) -> Bool) -> Bool {
        intents.contains { intent in
            intent.record.kind == .exit && intent.isUnderWay && intent.record.plan.content.positionPlans.contains { isMeant($0.position) }
        }
    }

    /// Whether an exit waits to be decided, or is being carried out.
    var hasExitToDo: Bool { hasWaitingExit { _ in true } || hasExitUnderWay { _ in true } }

    /// Whether an exit waits to be decided.
    func hasWaitingExit(where isMeant: (Signal) -> Bool) -> Bool {
        signals.contains { $0.status == .accepted && $0.signal.content.kind == .exit && isMeant($0.signal.content) }
    }
}

extension Intent {
    /// Signed units of a contract that a late order filled and that this intent takes back; they are held until it has.
    private func lateUnits(of symbol: String) -> Int64 {
        guard record.record.kind == .repair else { return 0 }
        return record.plan.content.positionPlans.reduce(0) { sum, positionPlan in
            guard !positionPlan.isSettled, let leg = positionPlan.legs.first, leg.contract.symbol == symbol else { return sum }
            return leg.side == .sell ? sum &+ leg.quantity.count : sum &- leg.quantity.count
        }
    }

    /// The contracts of its orders and of what it takes back, each once.
    var symbols: Set<String> {
        Set(orders.map(\.record.symbol)).union(record.plan.content.positionPlans.flatMap { $0.legs.map(\.contract.symbol) })
    }

    /// Whether a part that is not booked closed more of a contract than it wanted, and will open that again.
    func hasOverclosed(_ symbol: String, by side: Side) -> Bool {
        guard isUnderWay else { return false }
        return record.plan.content.positionPlans.enumerated().contains { number, positionPlan in
            !positionPlan.isSettled && positionPlan.closes != nil
                && PositionPlanFills(positionPlan, number, self).legs(.close).contains {
                    $0.contract.symbol == symbol && $0.side == side && $0.held > $0.wanted
                }
        }
    }

    /// Signed units of a contract that were filled and are not in a position yet.
    func unbookedUnits(of symbol: String) -> Int64 {
        guard isUnderWay else { return 0 }
        let positionPlans = record.plan.content.positionPlans
        return orders.reduce(lateUnits(of: symbol)) { sum, order in
            guard order.symbol == symbol, positionPlans.indices.contains(order.positionPlan), !positionPlans[order.positionPlan].isSettled
            else {
                return sum
            }
            return order.side == .buy ? sum &+ order.filled.count : sum &- order.filled.count
        }
    }
}
