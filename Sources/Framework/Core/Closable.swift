/// How much of a position may be closed once more after an attempt fell short: never more than the broker still reports (I10).
extension Core {
    /// Units of `wanted` that the broker's figure still shows, when what all other positions hold of the contract is set aside.
    ///
    /// An attempt that filled unseen makes the account's net smaller than our records say; that difference is not closed again.
    func closable(_ wanted: Int64, _ step: Step, net: Int64, _ intent: Intent, _ scope: Scope) -> Int64 {
        if policy.has(.exitBeyondExposure) { return wanted }
        let direction: Int64 = step.side == .sell ? 1 : -1
        if intent.record.kind == .repair {
            // What brings the account back to the records: other positions may hold the contract, so that its net has either sign.
            return max(0, min(wanted, (net &- recordedNet(of: step.contract.symbol, in: scope)) &* direction))
        }
        let unseen = max(0, (expectedNet(of: step.contract.symbol, with: intent, in: scope) &- net) &* direction)
        // What an exit closed twice is opened again, whichever sign the account's net has because of other positions.
        let reported = step.isRepair ? wanted : max(0, net &* direction)
        return max(0, min(wanted, reported, wanted - unseen))
    }

    /// Units that a first attempt may close where the records are in doubt; nil while no reading of the positions can tell.
    mutating func reportedUnits(for step: Step, strand: Int, _ intent: Intent, _ scope: Scope, _ turn: inout Turn) -> Int64? {
        let since = onOwnClock(intent.record.record.createdAt, at: turn.at)
        guard let positions = positions(since: since, step, intent, scope, &turn), let exposure = intent.exposure else { return nil }
        guard isComparable(scope, exposure) else {
            readPositionsLater(&turn)
            return nil
        }
        let net = positions.netUnits(of: step.contract.symbol)
        return closable(step.quantity.count - intent.filled(strand: strand, step: step.number), step, net: net, intent, scope)
    }

    /// A recorded time as this process may compare it: one in the future is of another process, which had ended before this one began.
    func onOwnClock(_ recorded: Instant, at: Instant) -> Instant { recorded > at ? bornAt : recorded }

    /// Takes attempts back that would close more than may be closed; further attempts are for what is left. False when they may leave as they are.
    mutating func lower(_ legs: [Int], of step: Step, to units: Int64, _ intent: inout Intent, _ turn: inout Turn) -> Bool {
        guard legs.reduce(0, { $0 + intent.legs[$1].quantity.count }) > units else { return false }
        for index in legs {
            move(&intent.legs[index], to: .dropped, cause: "the broker reports less of \(step.contract.symbol) than the records", &turn)
        }
        return true
    }

    /// For how long a figure of the account is used (I10): a call may take seven seconds; what waited longer, as for a full disk, is old.
    private static let mostAge: Span = .seconds(8)

    /// What the account holds by a reading that is new enough, also for the fills that our records hold; asks for one when there is none.
    mutating func positions(since: Instant, _ step: Step, _ intent: Intent, _ scope: Scope, _ turn: inout Turn) -> [BrokerPosition]? {
        let settled = lastFillIsShown(of: step.contract.symbol)
        guard turn.at >= settled else {
            turn.perform(.wake(.scope(scope.name), at: settled))
            return nil
        }
        guard let exposure = intent.exposure, exposure.startedAt >= max(since, settled, turn.at - Self.mostAge),
            let positions = exposure.positions
        else {
            readPositions(&turn)
            return nil
        }
        return positions
    }

    /// From when on the account's figure of a contract shows every fill that our records hold, which is a little after we heard of the last one.
    ///
    /// An older figure does not fit the records: the fill of another position would hide that an attempt filled unseen.
    private func lastFillIsShown(of symbol: String) -> Instant {
        max(loadedAt, lastFillAt[symbol].map { $0 + policy.pollInterval } ?? loadedAt)
    }

    /// Whether another order of the scope in the same contract has left and not ended.
    func isInFlight(_ step: Step, besides strand: Int, _ intent: Intent, _ scope: Scope) -> Bool {
        intent.legs.contains { $0.record.strand != strand && $0.record.isOut(in: step.contract.symbol) }
            || scope.intents.contains { other in other.legs.contains { $0.record.isOut(in: step.contract.symbol) } }
    }

    /// Whether an order of another instrument in the same contract is out, or ended after `reading` began: that figure does not fit the records.
    func isUnsettledElsewhere(_ step: Step, _ reading: PositionsReading) -> Bool {
        scopes.contains { scope in
            scope.lastTradeAt.map { $0 >= reading.startedAt } ?? false
                || scope.intents.contains { intent in
                    intent.legs.contains { leg in
                        leg.record.isOut(in: step.contract.symbol)
                            || leg.record.symbol == step.contract.symbol && leg.record.finishedAt.map { $0 >= reading.startedAt } ?? false
                    }
                }
        }
    }

    /// What the account holds of a contract by our records; the scope and the intent are those that are being changed.
    private func expectedNet(of symbol: String, with intent: Intent, in scope: Scope) -> Int64 {
        recordedNet(of: symbol, in: scope) + intent.unbookedUnits(of: symbol)
    }

    /// The same without the intent that is being changed.
    private func recordedNet(of symbol: String, in scope: Scope) -> Int64 {
        var units = scope.heldUnits(of: symbol)
        scopes.forEach { units += $0.heldUnits(of: symbol) }
        return units
    }
}

extension [BrokerPosition] {
    /// Signed units that the account holds of a contract; none when it is not listed.
    func netUnits(of symbol: String) -> Int64 { first { $0.symbol == symbol }?.netUnits ?? 0 }
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
        positions.reduce(0) { sum, position in
            guard position.record.status.isLive else { return sum }
            return position.record.structure.content.legs.reduce(sum) { sum, leg in
                guard leg.contract.symbol == symbol else { return sum }
                return leg.openingSide == .buy ? sum + position.record.quantity.count : sum - position.record.quantity.count
            }
        }
    }

    /// Signed units of a contract in live positions, and in fills that are not booked yet.
    fileprivate func heldUnits(of symbol: String) -> Int64 {
        intents.reduce(units(of: symbol)) { $0 + $1.unbookedUnits(of: symbol) }
    }

    /// Whether first attempts would close what the records say although a person still has to compare them with the broker.
    func isInDoubt(_ legs: [Int], of step: Step, _ intent: Intent) -> Bool {
        step.action == .close && !step.isRepair && record.record.state == .frozen && legs.allSatisfy { intent.legs[$0].attempt == 1 }
    }

    /// Whether an exit of a position is being carried out.
    func hasExitUnderWay(of isMeant: (PositionID) -> Bool) -> Bool {
        intents.contains { intent in
            intent.record.kind == .exit && intent.isUnderWay && intent.record.plan.content.strands.contains { isMeant($0.position) }
        }
    }

    /// Whether an exit is being carried out of which no order is on its way.
    var hasIdleExit: Bool {
        intents.contains { intent in
            intent.isUnderWay && intent.record.kind == .exit
                && !intent.legs.contains { $0.state.isOut }
        }
    }

    /// Whether an exit waits to be decided.
    func hasWaitingExit(where isMeant: (Signal) -> Bool) -> Bool {
        signals.contains { $0.status == .accepted && $0.signal.content.kind == .exit && isMeant($0.signal.content) }
    }
}

extension Intent {
    /// Signed units of a contract that a late order filled and that this intent takes back; they are held until it has.
    private func lateUnits(of symbol: String) -> Int64 {
        guard record.record.kind == .repair else { return 0 }
        return record.plan.content.strands.reduce(0) { sum, strand in
            guard !strand.isSettled, let step = strand.steps.first, step.contract.symbol == symbol else { return sum }
            return step.side == .sell ? sum + step.quantity.count : sum - step.quantity.count
        }
    }

    /// Signed units of a contract that were filled and are not in a position yet.
    fileprivate func unbookedUnits(of symbol: String) -> Int64 {
        guard isUnderWay else { return 0 }
        let strands = record.plan.content.strands
        return legs.reduce(lateUnits(of: symbol)) { sum, leg in
            guard leg.symbol == symbol, strands.indices.contains(leg.strand), !strands[leg.strand].isSettled else { return sum }
            return leg.side == .buy ? sum + leg.filled.count : sum - leg.filled.count
        }
    }
}
