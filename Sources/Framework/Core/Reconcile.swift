/// Holds what the broker says the account holds against what our positions add up to.
extension Core {
    mutating func compare(_ reading: PositionsReading, _ turn: inout Turn) {
        isReadingPositions = false
        guard let positions = reading.positions else {
            alertUnread(&turn)
            return readPositionsLater(&turn)
        }
        hand(reading, &turn)
        let expected = expectedUnits
        for name in scopes.keys {
            change(name, &turn) { core, scope, turn in
                guard scope.activeIndex == nil, core.isComparable(scope, reading) else { return }
                for symbol in core.symbols(of: scope) where !core.isInFlight(symbol) {
                    let ours = expected[symbol] ?? 0
                    let theirs = positions.netUnits(of: symbol)
                    guard ours != theirs, !core.policy.has(.mismatchIgnored) else { continue }
                    core.freeze(
                        &scope, "position_mismatch", "our positions in \(symbol) add up to \(ours) units, the broker reports \(theirs)",
                        &turn)
                }
            }
        }
    }

    /// Tells people once of each exit that cannot go on because the broker does not say what the account holds.
    private mutating func alertUnread(_ turn: inout Turn) {
        for name in scopes.keys {
            change(name, &turn) { core, scope, turn in
                guard !scope.hasAlertedUnread, core.isOpen(scope.desk, at: turn.at), scope.hasIdleExit else { return }
                scope.hasAlertedUnread = true
                core.alert(
                    .critical, "exit_waits_for_positions", name,
                    "The broker's positions cannot be read, and an exit of \(name) needs them; it goes on when they can.", &turn)
            }
        }
    }

    /// Has the positions read in a while, once at a time.
    mutating func readPositionsLater(_ turn: inout Turn) {
        if let planned = nextPositionsAlarm, planned > turn.at { return }
        let next = turn.at + .seconds(5)
        nextPositionsAlarm = next
        turn.perform(.wake(.positions, at: next))
    }

    /// A figure from before our last trade, or from the moment after it, may not show that trade yet.
    func isComparable(_ scope: Scope, _ reading: PositionsReading) -> Bool {
        scope.lastTradeAt.map { reading.startedAt >= $0 + policy.pollInterval } ?? true
    }

    /// Gives a reading to the intents that wait for one.
    private mutating func hand(_ reading: PositionsReading, _ turn: inout Turn) {
        for name in scopes.keys {
            change(name, &turn) { core, scope, turn in
                guard scope.activeIndex != nil else { return }
                scope.hasAlertedUnread = false
                for index in scope.intents.indices where scope.intents[index].isUnderWay { scope.intents[index].exposure = reading }
                core.advance(&scope, &turn)
            }
        }
    }

    private var expectedUnits: [String: Int64] {
        var units: [String: Int64] = [:]
        scopes.forEach { scope in
            for position in scope.positions where position.record.status.isLive {
                for leg in position.record.structure.content.legs {
                    let signed = leg.openingSide == .buy ? position.record.quantity.count : 0 - position.record.quantity.count
                    units[leg.contract.symbol, default: 0] += signed
                }
            }
        }
        return units
    }

    private func symbols(of scope: Scope) -> [String] {
        var symbols: [String] = []
        for position in scope.positions {
            for leg in position.structure.content.legs where !symbols.contains(leg.contract.symbol) { symbols.append(leg.contract.symbol) }
        }
        return symbols
    }

    /// Whether another scope trades the same contract right now, so that the sums cannot agree yet.
    private func isInFlight(_ symbol: String) -> Bool {
        scopes.contains { scope in
            scope.intents.contains { $0.isUnderWay && $0.legs.contains { $0.record.symbol == symbol } }
        }
    }
}
