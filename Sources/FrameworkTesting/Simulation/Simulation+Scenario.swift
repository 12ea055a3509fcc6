import MunimKit

/// Runs with a script.
extension Simulation {
    /// Plans the next act of a scenario, so long after the one before it.
    func plan(_ scenario: Scenario) {
        let before = acts == 0 ? .zero : scenario.acts[acts - 1].after
        guard acts < scenario.acts.count else { return }
        add(.act(scenario.acts[acts].act), after: Span(microseconds: scenario.acts[acts].after.microseconds - before.microseconds))
    }

    /// Whether the script goes on.
    var hasActs: Bool { plan.scenario.map { acts < $0.acts.count } ?? false }

    /// Does what the script says now.
    func perform(_ act: Scenario.Act) {
        // A person asks again where nobody answers, or nobody decides yet.
        if case .ask = act, !processes.contains(where: { $0.isReady }) { return add(.act(act), after: .seconds(1)) }
        play(act)
        acts += 1
        lastActAt = now
        if let scenario = plan.scenario { plan(scenario) }
    }

    private func play(_ act: Scenario.Act) {
        switch act {
        case .send(let kind, let name, let target, let price, let stop, let age):
            let signal = Signal(
                kind: kind, instrument: name, target: target, price: Price(whole: price), stop: Price(whole: stop),
                lots: Lots(kind == .exit ? 0 : 2), atr: Price(whole: 300), efficiencyRatio: Ratio(units: 850_000),
                supertrend: Price(whole: stop), timestamp: now - .seconds(age), reason: kind == .exit ? "SuperTrend" : nil)
            lastSent = signal
            outcome.signals += 1
            if isNextPoisoned { poisons[SignalRecord(of: signal, at: now).fingerprint] = 0 }
            isNextPoisoned = false
            send(signal, at: now)
        case .sendAgain(let price):
            guard var signal = lastSent else { return }
            if let price { signal.price = Price(whole: price) }
            send(signal, at: now)
        case .ask(let command): ask(command)
        case .expect(let outcomes): expected = outcomes
        case .night: leap(to: TradingDay(of: now).advanced(by: 1))
        case .leave(let span):
            for index in processes.indices where processes[index].isUp { kill(index) }
            for index in processes.indices { add(.start(index), after: span) }
        case .crashLoop(let span): beginCrashLoop(for: span)
        case .squareOff:
            for (symbol, units) in broker.net(at: now).sorted(by: { $0.key < $1.key }) { broker.trade(0 - units, of: symbol, at: now) }
        case .remember: past = Past(store: store, oracle: oracle, trail: trail.count)
        case .restore: restoreRows()
        case .silence(let span): silentUntil = now + span
        case .poisonNext: isNextPoisoned = true
        }
    }

    /// Goes on until the script is over and everything has come to rest, and then for as long as something late may still come.
    func play() async {
        await handle { self.hasActs || !self.unanswered.isEmpty }
        let bound = now + .minutes(30)
        await settle(after: .minutes(4), until: bound)
        if let diedAt, let rested = oracle.lastChangeAt { outcome.recovery = max(.zero, rested - max(diedAt, lastActAt)) }
    }
}
