import MunimKit

/// What happens between days, and what people do.
extension Simulation {
    /// Plans the night some time after the last signal of a day; answers when the next morning begins.
    func night(after last: Instant) -> Instant {
        let bedtime = last + days.span(1_000, 300_000)
        schedule.add(.act(.night), at: bedtime)
        return morning(atOrAfter: TradingDay(of: bedtime).advanced(by: 1).instant(at: TimeOfDay(secondsSinceMidnight: 0)))
    }

    /// When the first instrument is open next.
    func morning(atOrAfter instant: Instant) -> Instant {
        senderStage.tradedInstruments.compactMap { $0.instrument.nextOpen(atOrAfter: instant) }.min() ?? instant
    }

    /// Money goes in or out, now and then with the same request twice.
    func moveMoney() {
        let amount = Money(whole: days.pick([10_000, 250_000, -5_000, -100_000]))
        let command = OperatorCommand.capital(amount, notes: "moved", key: "K\(days.below(40))")
        for _ in 0..<(days.happens(200) ? 2 : 1) { ask(command) }
    }

    /// A person closes, rolls or lets trade again.
    func intervene() {
        let live = store.matching(Query<PositionRecord>(.equal("status", PositionStatus.open), order: [.ascending("position")]))
        let frozen = store.all(ScopeRecord.self).filter { $0.state == .frozen }
        switch days.below(10) {
        case 0: ask(.closeAll(reason: "a person closes everything"))
        case 1...3: if !live.isEmpty { ask(.exit(days.pick(live).id, reason: "a person closes it")) }
        case 4...6: ask(.rollover(execute: true))
        // Where somebody trades past the host, nobody can say that the books are right.
        default:
            if !frozen.isEmpty, broker.foreign.isEmpty, lost.isEmpty {
                ask(.unfreeze(days.pick(frozen).instrument, reason: "a person has compared the books"))
            }
        }
    }
}

extension SimulationStage {
    /// Trades a contract that ends within days, so that positions roll.
    mutating func move(toTheEndOfAContract chance: inout Chance) {
        policy.entryRolloverDays = 0
        policy.rolloverInterval = .minutes(1)
        let rollover = TestRollover(days: chance.pick([0, 1, 1]))
        tradedInstruments = tradedInstruments.map {
            TradedInstrument(name: $0.name, instrument: $0.instrument, sizing: $0.sizing, rollover: rollover)
        }
        // Wednesday, 26 November 2025, two trading days before the month's last.
        start = Instant(seconds: 1_764_131_700) + chance.span(0, 3_600_000)
    }
}
