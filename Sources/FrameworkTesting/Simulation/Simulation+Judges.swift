import MunimKit

/// Those who judge a whole run, once it has come to rest.
extension Simulation {
    /// Everything that the judges look at.
    var evidence: RunEvidence {
        var evidence = RunEvidence(store, broker, policy: stage.policy, tradedInstruments: stage.tradedInstruments, trail: trail, at: now)
        evidence.hasTrueClocks = outcome.faults[.clockJumps] == nil && outcome.faults[.clockSkewed] == nil
        evidence.doubled = broker.doubled
        evidence.hasScarceFunds = mix.has(.fundsScarce)
        evidence.isAlone = isAlone
        return evidence
    }

    func judgeAtRest() {
        for breach in oracle.missingConflicts(store) { oracle.breach("rest", breach) }
        guard !Oracle.isForPeople(store, broker, bedtimes, oracle.looks.seen, at: now) else { return }
        judgeTrials()
        let evidence = evidence
        for judge in [plan.judge, plan.scenario?.judge] {
            if let breach = judge?(evidence) { oracle.breach("own", breach) }
        }
        let history = HistoryCheck(evidence)
        for breach in history.breaches { oracle.breach("history", breach) }
        for breach in ReferenceModel.judge(evidence, declined: history.declined) { oracle.breach("model", breach) }
    }

    /// What second operators and signals that kill must leave behind.
    private func judgeTrials() {
        let account = AccountHistory(
            broker: broker, isReducing: store.isReducing, sent: oracle.sent, begins: begins,
            blindness: .seconds(15))
        for breach in account.breaches(until: now) { oracle.breach("account", breach) }
        // The first death leaves nothing behind that tells it from any other; and one may come before the count of the one before is read.
        for (fingerprint, deaths) in poisons.sorted(by: { $0.key.text < $1.key.text }) where deaths > stage.policy.attemptLimit + 2 {
            oracle.breach("I29", "signal \(fingerprint) ended \(deaths) processes")
        }
        for row in store.all(SignalRecord.self) where row.status == .quarantined {
            if row.signal.content.kind == .exit { oracle.breach("I25", "the exit \(row.fingerprint) was set aside") }
            // Where all die again and again, one may have been decided each time.
            // Who died deciding leaves the rows of who died before the commit that takes it back.
            if !poisons.isEmpty, poisons[row.fingerprint] == nil, !mix.has(.crashLoop),
                untold[row.fingerprint, default: []].count < stage.policy.attemptLimit
            {
                oracle.breach("I29", "signal \(row.fingerprint) was set aside, and ended nobody")
            }
        }
        // A clock that drifts for days is minutes away, and the end of an order is by such a clock.
        if evidence.hasTrueClocks, outcome.faults[.clockDrifts] == nil { judgeAbsence() }
        judgeCorrections()
        judgeExpiries()
        judgeRestored()
    }

    /// I11: an order that an honest book would have shown for a while was not given up.
    private func judgeAbsence() {
        for order in store.all(OrderRecord.self) where order.state == .absent && !order.isStranded {
            guard let end = order.finishedAt, let real = broker.orders.last(where: { $0.request.tag == order.tag }) else { continue }
            // A process may have been paused between its reading and its decision.
            guard max(real.arrivedAt, real.visibleAt) + .seconds(40) < end else { continue }
            // No book can show it before a blank one counts, and nothing of it was traded that the account could show.
            let isSilent = mix.has(.bookSilent) && firstOrder(onDayOf: real.arrivedAt)?.id == real.id
            let shownFrom = max(real.visibleAt, isSilent ? real.arrivedAt + .seconds(150) : real.arrivedAt)
            if let left = oracle.sent[order.tag], shownFrom > left + stage.policy.emptyBookHorizon,
                !real.fills.contains(where: { $0.at + .seconds(40) < end })
            {
                continue
            }
            oracle.breach("I11", "\(order.tag) was given up by books that had shown nothing, the broker has it since \(real.arrivedAt)")
        }
    }

    private func firstOrder(onDayOf at: Instant) -> ModelBroker.Order? {
        broker.orders.first { TradingDay(of: $0.arrivedAt) == TradingDay(of: at) }
    }

    /// People hear of a trade whose price the broker told otherwise than before.
    private func judgeCorrections() {
        guard !broker.corrections.isEmpty else { return }
        let told = store.all(OutboxRecord.self).map(\.message)
        // Older rows that were put back know of no price before, or book the new one.
        let booked = store.all(TradeRecord.self).filter { trade in broker.corrections[trade.id].map { $0 != trade.price } ?? false }
        let trades = booked.map(\.id).sorted { $0.text < $1.text }
        for trade in trades where !told.contains(where: { $0.contains(trade.text) }) {
            oracle.breach("I15", "nobody was told that the price of trade \(trade) was corrected")
        }
    }

    private func isOpen(_ name: InstrumentName) -> Bool {
        stage.tradedInstruments.contains { $0.name == name && $0.instrument.isOpen(at: now) }
    }

    /// I20: structures whose legs have been unequal for minutes while everything worked.
    var halves: [String] {
        // A fill that nobody can book is a person's.
        guard !store.all(OutboxRecord.self).contains(where: { $0.code == "fill_not_understood" }), !oracle.isDayUsedUp(at: now) else {
            return []
        }
        return store.matching(Query<IntentRecord>(.equal("state", IntentState.active))).filter {
            isOpen($0.instrument) && !isSetAside($0.instrument)
        }
        .flatMap(halves)
    }

    /// Where somebody else traded, or the rows have lost orders, nobody can say what is left to be closed: the scope is a person's.
    private func isSetAside(_ name: InstrumentName) -> Bool {
        (!broker.strangeTrades.isEmpty || !lost.isEmpty) && store.row(ScopeRecord.self, name)?.state == .frozen
    }

    private func halves(of intent: IntentRecord) -> [String] {
        let orders = store.matching(Query<OrderRecord>(.equal("intent_id", intent.id)))
        guard !orders.contains(where: { max($0.sentAt ?? $0.plannedAt, $0.finishedAt ?? $0.plannedAt) > now - .minutes(2) }) else {
            return []
        }
        return intent.plan.content.positionPlans.enumerated().compactMap { number, positionPlan in
            guard !positionPlan.isSettled, positionPlan.legs.count > 1, intent.hasUnequalLegs(number, orders) else { return nil }
            return "I20: position plan \(number) of \(intent.id) has unequal legs, and nobody ends it"
        }
    }

    /// People hear of a position whose contract ends on the next trading day, today, or has ended, on each of these days.
    private func judgeExpiries() {
        let today = TradingDay(of: now)
        guard mix.has(.expiryPasses), let woken = bedtimes.last.map({ _ in now - .minutes(3) }) else { return }
        let told = store.all(OutboxRecord.self).filter { $0.code.hasPrefix("position_expire") && TradingDay(of: $0.createdAt) == today }
        for position in store.all(PositionRecord.self) where position.status.isLive && TradingDay(of: position.createdAt) < today {
            guard let traded = stage.tradedInstruments.first(where: { $0.name == position.instrument }), traded.instrument.isOpen(at: woken)
            else {
                continue
            }
            let isNear = position.expiry <= today || traded.instrument.tradingDays(from: today, to: position.expiry) == 0
            if isNear, !told.contains(where: { $0.message.contains(position.id.text) }) {
                oracle.breach("expiry", "\(position.id) ends on \(position.expiry), and nobody was told on \(today)")
            }
        }
    }

    /// C42: what rows that were put back do not explain freezes its instrument, where the book of the day still shows it.
    private func judgeRestored() {
        guard let restoredAt, TradingDay(of: restoredAt) == TradingDay(of: now) else { return }
        let shown = broker.orders.filter { order in
            lost[order.request.tag] != nil && TradingDay(of: order.arrivedAt) == TradingDay(of: now) && order.visibleAt < now - .minutes(1)
        }
        let instruments = Set(shown.compactMap { lost[$0.request.tag] })
        for name in instruments.sorted(by: { $0.text < $1.text }) where stage.tradedInstruments.contains(where: { $0.name == name }) {
            let isReleased = trail.contains { ($0 as? AuditRecord).map { $0.entity == "scope" && $0.entityID == name.text } ?? false }
            if store.row(ScopeRecord.self, name)?.state != .frozen, !isReleased {
                oracle.breach("I13", "the rows of \(name) have lost orders of today, and its scope takes entries as before")
            }
        }
    }

    /// Tells what was left, for whoever looks for the cause of a breach.
    func tellEnd() {
        guard onLine != nil, !oracle.breaches.isEmpty else { return }
        for breach in oracle.breaches { say("broken: \(breach)") }
        for order in store.all(OrderRecord.self).sorted(by: { ($0.plannedAt, $0.tag.text) < ($1.plannedAt, $1.tag.text) }) {
            say(
                "order \(order.tag) of \(order.intent), \(order.position) leg \(order.leg) attempt \(order.attempt) slice \(order.slice): "
                    + "\(order.side) \(order.quantity) \(order.symbol), \(order.state.rawValue), filled \(order.filled), "
                    + "sent \(order.sentAt.map { "\($0)" } ?? "never"), ended \(order.finishedAt.map { "\($0)" } ?? "never")")
        }
        for order in broker.orders {
            say(
                "the broker's \(order.id) of \(order.request.tag): \(order.request.side) \(order.request.quantity) "
                    + "\(order.request.contract.symbol), arrived \(order.arrivedAt), seen from \(order.visibleAt), filled "
                    + order.fills.map { "\($0.quantity) at \($0.at)" }.joined(separator: " and "))
        }
        for intent in store.all(IntentRecord.self) {
            say("intent \(intent.id) \(intent.kind.rawValue) \(intent.instrument): \(intent.state.rawValue)")
        }
        for row in store.all(PositionRecord.self) { say("position \(row.id) \(row.status.rawValue) \(row.quantity)") }
        for row in store.all(ScopeRecord.self) { say("scope \(row.instrument) \(row.state.rawValue): \(row.frozenReason ?? "")") }
        say("holdings \(broker.net(at: now).sorted { $0.key < $1.key }), of them elsewhere \(broker.foreign.sorted { $0.key < $1.key })")
    }
}
