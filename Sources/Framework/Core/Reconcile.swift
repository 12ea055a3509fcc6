/// Holds what the broker says the account holds against what our books add up to: everything that the account holds, not only what we hold.
extension Core {
    mutating func compare(_ reading: PositionsReading, _ transition: inout Transition) {
        isReadingPositions = false
        guard let positions = reading.positions else { return readPositionsLater(&transition) }
        // It began before the rows were read, and may miss what they hold.
        guard figure.take(reading, at: transition.at) else { return readPositions(&transition) }
        if isComparisonDue(reading) {
            compare(positions, reading, &transition)
        } else if !unexplainedSince.isEmpty {
            readPositionsLater(&transition)
        }
        for name in scopes.keys where scopes[name]?.waitsForAccount ?? false {
            change(name, &transition) { core, scope, transition in
                scope.hasAlertedUnread = false
                scope.awaitsReadingSince = nil
                core.advance(&scope, &transition)
            }
        }
    }

    /// Exits have the positions read often; the whole account is compared once in a second.
    private func isComparisonDue(_ reading: PositionsReading) -> Bool {
        figure.comparedAt.map { reading.startedAt >= $0 + .seconds(1) } ?? true
    }

    private mutating func compare(_ positions: [BrokerPosition], _ reading: PositionsReading, _ transition: inout Transition) {
        var differing: Set<String> = []
        let recorded = recordedUnits
        let symbols = Self.symbols(positions, recorded)
        toldDifferences = toldDifferences.filter { symbols.contains($0.key) }
        unexplainedSince = unexplainedSince.filter { symbols.contains($0.key) }
        for symbol in symbols {
            let difference = Difference(symbol: symbol, ours: recorded[symbol] ?? 0, theirs: positions.netUnits(of: symbol))
            let isSettled = figure.settledAt(symbol).map { $0 <= reading.startedAt } ?? true
            guard !fits(difference, reading), !policy.has(.mismatchIgnored) else {
                toldDifferences[symbol] = nil
                unexplainedSince[symbol] = nil
                // What did not follow the books does so again once both are equal without a trade that the figure may lack.
                if !figure.isFollowed(symbol), difference.ours != difference.theirs || !isSettled { differing.insert(symbol) }
                continue
            }
            differing.insert(symbol)
            let since = unexplainedSince[symbol] ?? transition.at
            unexplainedSince[symbol] = since
            // What is on its way, or came just now, is looked at again before anybody is told; what is out is counted, and explains no more later.
            guard isSettled, !isInFlight(symbol) || transition.at - since >= .seconds(5) else {
                readPositionsLater(&transition)
                continue
            }
            tell(difference, &transition)
        }
        figure.noteComparison(reading, differingIn: differing)
    }

    /// Every contract that one of the two has, in a fixed order.
    private static func symbols(_ positions: [BrokerPosition], _ recorded: [String: Int64]) -> [String] {
        Set(positions.lazy.filter { $0.netUnits != 0 }.map(\.symbol)).union(recorded.lazy.filter { $0.value != 0 }.map(\.key)).sorted()
    }

    /// Whether orders of ours explain a difference: those that are out, and those that were given up and may be there all the same.
    private func fits(_ difference: Difference, _ reading: PositionsReading) -> Bool {
        guard !figure.fits(difference.theirs, recorded: difference.ours, of: difference.symbol, readAt: reading.startedAt) else {
            return true
        }
        var (lowest, highest) = (difference.ours, difference.ours)
        func consider(_ order: OrderRecord) {
            guard order.symbol == difference.symbol, order.state.isOut || order.state == .absent else { return }
            // One of another day explains nothing any more.
            guard order.sentAt.map({ TradingDay(of: $0) == TradingDay(of: reading.startedAt) }) ?? false else { return }
            let rest = max(0, order.quantity.count &- order.filled.count)
            if order.side == .buy { highest &+= rest } else { lowest &-= rest }
        }
        scopes.forEach { scope in
            // Orders of what is over are among the watched, until they came late and are in the books.
            for intent in scope.intents { for order in intent.orders where intent.executes(order.record) { consider(order.record) } }
            for watched in scope.watchedOrders where !watched.hasComeLate { consider(watched.order) }
        }
        return lowest <= difference.theirs && difference.theirs <= highest
    }

    /// Freezes the scopes of a contract in which books and broker differ, once for each difference.
    private mutating func tell(_ difference: Difference, _ transition: inout Transition) {
        let isTold = toldDifferences.updateValue(difference, forKey: difference.symbol) == difference
        let owners = owners(of: difference.symbol, on: TradingDay(of: transition.at))
        let reason = "our positions in \(difference.symbol) add up to \(difference.ours) units, the broker reports \(difference.theirs)"
        for name in owners {
            change(name, &transition) { core, scope, transition in
                core.freeze(&scope, "position_mismatch", reason, happensOnce: !isTold, &transition)
            }
        }
        guard owners.isEmpty, !isTold else { return }
        alert(
            .warning, "foreign_position", nil,
            "The account holds \(difference.theirs) units of \(difference.symbol), which belongs to no instrument of this host; it is left alone.",
            &transition)
    }

    /// The scopes that hold a contract, then those whose instrument it is one of, which may enter it next.
    func owners(of symbol: String, on day: TradingDay) -> [InstrumentName] {
        let holders = scopes.keys.filter { name in
            scopes[name]?.positions.contains { position in position.structure.content.legs.contains { $0.contract.symbol == symbol } }
                ?? false
        }
        return holders
            + scopes.keys.filter { !holders.contains($0) && scopes[$0]?.traded.instrument.isContract(symbol, on: day) ?? false }
    }

    /// Has the positions read in a while, once at a time: soon where an exit waits for them.
    mutating func readPositionsLater(_ transition: inout Transition) {
        let next = transition.at + (scopes.contains { $0.awaitsReadingSince != nil } ? .seconds(1) : .seconds(5))
        if let planned = nextPositionsAlarm, planned > transition.at, planned <= next { return }
        nextPositionsAlarm = next
        transition.perform(.wake(.positions, at: next))
    }

    /// Units of each contract that the books hold, fills that are not in a position yet included.
    private var recordedUnits: [String: Int64] {
        var units: [String: Int64] = [:]
        scopes.forEach { $0.addUnits(to: &units) }
        return units
    }

    /// Whether an intent that is being carried out trades a contract right now, so that the sums cannot agree yet.
    private func isInFlight(_ symbol: String) -> Bool {
        scopes.contains { scope in
            scope.intents.contains { $0.isUnderWay && $0.orders.contains { $0.record.symbol == symbol } }
        }
    }

    // MARK: - Entries

    /// Whether the account was compared since the start and not long ago; before that nothing that increases risk is decided.
    func knowsAccount(at: Instant) -> Bool {
        guard let comparedAt = figure.comparedAt else { return false }
        return at - comparedAt <= policy.longestSilence || policy.has(.recoverySkipped)
    }
}

/// What books and broker say of one contract, in signed units.
struct Difference: Hashable, Sendable {
    let symbol: String
    let ours: Int64
    let theirs: Int64
}

extension Scope {
    /// Whether something of it goes on when the account's positions are known.
    fileprivate var waitsForAccount: Bool {
        awaitsReadingSince != nil || activeIndex != nil || signals.contains { $0.status == .accepted }
    }

    /// Adds signed units of live positions and of fills that are not booked yet, contract by contract.
    fileprivate func addUnits(to units: inout [String: Int64]) {
        for position in positions where position.record.status.isLive { position.record.addUnits(to: &units) }
        for intent in intents where intent.isUnderWay {
            for symbol in intent.symbols { units[symbol, default: 0] &+= intent.unbookedUnits(of: symbol) }
        }
    }
}
