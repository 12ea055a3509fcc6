import MunimKit

/// Faults of ``Fault/market`` and ``Fault/crashes``: what orders do, what the book shows, and deaths that come together.
extension Simulation {
    // MARK: - Orders

    /// What becomes of an order by a fault of the market; nil when there is none.
    func trialOutcome(of request: OrderRequest) -> ModelBroker.Outcome? {
        let units = request.quantity.count
        if isFirstOfSilence() { return .unknownWithOrder(visibleAfter: .zero) }
        if happens(.legRests) {
            let filled = units > 1 ? 1 + Int64(trials.below(Int(units - 1))) : 0
            // Some are filled after minutes, the others never.
            return trials.happens(500) ? .partial(filled, restAfter: trials.span(90_000, 600_000)) : .restsPartly(filled)
        }
        if happens(.lateRests) { return .lateThenRests(trials.span(1_000, 90_000), fillsAfter: trials.span(500, 240_000)) }
        if happens(.tagDoubled) { return .doubled }
        return happens(.fillsApart) ? .parts(parts(of: units)) : nil
    }

    /// Two to four parts, each at a price and a time of its own.
    private func parts(of units: Int64) -> [ModelBroker.Part] {
        var parts: [ModelBroker.Part] = []
        var (left, after) = (units, Span.zero)
        for _ in 0..<(1 + trials.below(3)) where left > 1 {
            let part = 1 + Int64(trials.below(Int(left - 1)))
            parts.append(ModelBroker.Part(units: part, after: after, worse: worse()))
            left -= part
            after = after + trials.span(0, 4_000)
        }
        return parts + [ModelBroker.Part(units: left, after: after, worse: worse())]
    }

    private func worse() -> Price { Price(units: Int64(trials.below(41) - 20) * 500) }

    // MARK: - The book

    /// Whether the book shows nothing although it has an order of today: for minutes after the first one.
    var isBookSilent: Bool {
        if let silentUntil, now < silentUntil { return true }
        guard isSafe, mix.has(.bookSilent), let first = firstOrderOfToday else { return false }
        return now < first + .seconds(150)
    }

    private var firstOrderOfToday: Instant? {
        let today = TradingDay(of: now)
        return broker.orders.first { TradingDay(of: $0.arrivedAt) == today }?.arrivedAt
    }

    /// Whether an order is the first of its day, and the answer to it is lost.
    private func isFirstOfSilence() -> Bool {
        guard isSafe, mix.has(.bookSilent), firstOrderOfToday == nil, trials.happens(700), isOnTape(.bookSilent) else { return false }
        note(.bookSilent)
        return true
    }

    // MARK: - Deaths

    /// Whether the process dies while an order of a roll is on its way: half of the time the broker has it all the same.
    func diesRolling(_ request: OrderRequest, at index: Int) -> Bool {
        guard mix.has(.rollKilled), let order = store.row(OrderRecord.self, request.tag),
            store.row(IntentRecord.self, order.intent)?.kind == .roll, happens(.rollKilled)
        else { return false }
        if trials.happens(500) { _ = place(request, by: index) }
        kill(index)
        add(.start(index), after: trials.span(100, 20_000))
        return true
    }

    /// Whether the process dies with the commit of a roll: when its decision is done and nothing was sent, or while its end is being written.
    func diesRolling(_ transaction: Transaction, isDone: Bool, at index: Int) -> Bool {
        guard mix.has(.rollKilled) else { return false }
        let isMeant = transaction.writes.contains { write in
            guard let intent = write.record as? IntentRecord, intent.kind == .roll else { return false }
            if case .insert = write { return isDone }
            return !isDone && intent.state == .settled
        }
        guard isMeant, happens(.rollKilled) else { return false }
        kill(index)
        add(.start(index), after: trials.span(100, 20_000))
        return true
    }

    /// Everybody dies soon after every start, for a while.
    func beginCrashLoop(for span: Span) {
        crashLoopUntil = now + span
        for index in processes.indices where processes[index].isUp {
            kill(index)
            add(.start(index), after: trials.span(50, 1_500))
        }
    }

    /// Dies in the middle of a crash loop; whoever watches over it starts it again.
    func dieInLoop(_ index: Int, _ life: Int) {
        guard processes[index].isUp, processes[index].life == life else { return }
        kill(index)
        add(.start(index), after: trials.span(50, 1_500))
    }

    /// Some entries end every process that decides them.
    func poison(_ signal: Signal) {
        guard signal.kind.isEntry, happens(.signalPoisons) else { return }
        poisons[SignalRecord(of: signal, at: now).fingerprint] = 0
    }

    /// Whether a decision that is about to be committed is one that ends its process: one to trade a signal that kills.
    func isPoisoned(by transaction: Transaction, at index: Int) -> Bool {
        guard !poisons.isEmpty else { return false }
        for write in transaction.writes {
            guard let signal = write.record as? SignalRecord, poisons[signal.fingerprint] != nil, signal.status == .working else {
                continue
            }
            poisons[signal.fingerprint, default: 0] += 1
            mark(.c38)
            say("\(processes[index].incarnation) dies of \(signal.fingerprint)")
            kill(index, deciding: signal.fingerprint)
            add(.start(index), after: trials.span(100, 3_000))
            return true
        }
        return false
    }

    // MARK: - Every now and then

    func chooseTrial() {
        if happens(.squaredOff) { squareOff() }
        if happens(.tradedBeside) { tradeBeside() }
        rememberPast()
        if happens(.rowsRestored) { restoreRows() }
        // Between two loops somebody lives long enough to find out what became of orders.
        if crashLoopUntil.map({ $0 + .minutes(4) < now }) ?? true, happens(.crashLoop) { beginCrashLoop(for: trials.span(15_000, 120_000)) }
        if happens(.pricesApart) {
            let traded = trials.pick(stage.tradedInstruments)
            broker.distance[traded.name] = trials.happens(300) ? nil : Int64(trials.below(61) - 30)
        }
        if happens(.tradeCorrected) { correctTrade() }
        if mix.has(.fundsScarce), isSafe, trials.happens(300), isOnTape(.fundsScarce) {
            note(.fundsScarce)
            let available = Money(whole: trials.pick([0, 200_000, 300_000, 600_000, 2_000_000]))
            broker.funds = trials.happens(200) ? nil : Funds(available: available, used: .zero)
        }
    }

    /// The broker tells another price of a trade than it did, with the next report of its order.
    private func correctTrade() {
        // Of orders that have ended nobody keeps the trades in mind.
        let working = store.matching(Query<OrderRecord>(.equal("state", OrderState.working)))
        let told = Set(store.matching(Query<TradeRecord>(.isIn("tag", working.map(\.tag)))).map(\.id))
        let orders = broker.orders.filter { order in
            let isOpen = order.fills.allSatisfy { $0.at > now + .seconds(20) || told.contains($0.id) } && order.endsAt == nil
            return isOpen && order.netUnits(at: now + .seconds(20)).magnitude < order.request.quantity.count
                && order.fills.contains { told.contains($0.id) && broker.corrections[$0.id] == nil }
        }
        guard !orders.isEmpty else { return }
        let order = trials.pick(orders)
        guard let fill = order.fills.first(where: { told.contains($0.id) }) else { return }
        broker.correct(fill.id, to: Price(units: fill.price.units + 500 * Int64(1 + trials.below(40))))
        schedule.add(.report(order.id), at: now + trials.span(1, 3_000))
    }
}
